"""What the oracle judges by: both systems' own stores, what people did, and the error desk."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.faults.people import People
from tests.faults.stage import Row, Stage

SEVERA = {
    "customers": "name",
    "projects": "name",
    "products": "name",
    "worktypes": "name",
    "travelexpensetypes": "name",
    "productcategories": "name",
    "businessunits": "name",
    "users": "firstName lastName",
    "contactpersons": "customer.name firstName lastName",
}
"""Kind -> the members by which a person sees that two rows are one item."""


def member(row: Row, path: str) -> object:
    value: object = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass
class Evidence:
    """Both systems' stores, what people did, and the error desk: the one thing of ours, for it is what people read."""

    stage: Stage
    people: People
    database: Path
    refused: bool = False
    """Whether a system refused something with a plain 400: that is for good, until people act."""

    def objects(self, system: str, kind: str) -> list[Row]:
        """Everything stored of a kind."""
        return self.stage.objects(system, kind)

    def __post_init__(self) -> None:
        self.before = self.names()

    def names(self) -> Counter[tuple[str, str, str]]:
        """How often a name stands in a register: (system, kind, name)."""
        found: Counter[tuple[str, str, str]] = Counter()
        erp = self.people.erp
        kinds = {("severa", kind): name for kind, name in SEVERA.items()}
        kinds |= {(erp.name, kind): name for kind, name in erp.names.items()}
        for (system, kind), name in kinds.items():
            for row in self.objects(system, kind):
                if row.get("isDeleted"):
                    continue
                found[system, kind, " / ".join(str(member(row, part)) for part in name.split())] += 1
        return found

    @cached_property
    def issues(self) -> list[Row]:
        """The open issues."""
        connection = sqlite3.connect(self.database)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute("SELECT * FROM issues WHERE state = 'open'")]
        finally:
            connection.close()

    def told(self, record: str) -> list[Row]:
        """Open issues that name a record (`severa:<guid>`, `erp:<id>`)."""
        return [issue for issue in self.issues if issue["record"] == record]

    def words(self, record: str, *, but: str = "-") -> str:
        """The same in words, without those whose cause begins with a word."""
        told = [issue for issue in self.told(record) if not issue["cause"].startswith(but)]
        return json.dumps([f"{issue['scope']}/{issue['cause']}: {issue['what']}" for issue in told])
