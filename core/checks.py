"""Checks before the switch-on (ALL-10): what must be so, what was found, and what only a person can look at.

A check is data: what must be so, where to click, what to do. Looking at a system fills a `Sheet`; sheets make a
`Report`. A hard finding refuses the first cycle: with it the transfer as a whole fails or goes to the wrong place. What
concerns single records is soft: they wait on the error desk by themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from core.errors import BugError, ConfigurationError, SyncError
from core.records import Side

T = TypeVar("T")


class Weight(StrEnum):
    """Whether a finding refuses the first cycle."""

    HARD = "hard"
    SOFT = "soft"


class Area(StrEnum):
    """What a check is about, in the order for people."""

    ACCESS = "Access and company"
    INVOICES = "Invoices"
    NUMBERS = "Numbers"
    REGISTERS = "Registers and settings"
    COSTS = "Purchase costs"
    RECORDS = "Records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must be so.

    `key` names it for good: on the error desk it is the record. `title` says what must be so, `where` where to click,
    `todo` what to do when it is not so, `source` where that is written: rows of the features, guide, contract section.
    """

    key: str
    title: str
    where: str
    todo: str
    weight: Weight
    area: Area
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as its check wants it.

    `part` tells several findings of one check apart. `records` are examples by label, texts of vendors; `count` is how
    many there are. `accepted_by` and `accepted_why` say who lets it be: it does not refuse the first cycle any more.
    """

    check: Check
    what: str
    why: str = ""
    todo: str = ""
    part: str = ""
    records: tuple[str, ...] = ()
    count: int = 0
    accepted_by: str | None = None
    accepted_why: str = ""

    @property
    def key(self) -> str:
        """What it is called on the error desk."""
        return f"{self.check.key}:{self.part}" if self.part else self.check.key

    @property
    def hard(self) -> bool:
        """Whether it refuses the first cycle."""
        return self.check.weight is Weight.HARD and self.accepted_by is None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return self.todo or self.check.todo


@dataclass(frozen=True, slots=True)
class Unread:
    """A check that could not be made, and the error that stood in the way."""

    check: Check
    error: SyncError


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What no call of the vendor's contract shows: a person looks at it. `source` as in a check."""

    title: str
    where: str
    source: str


@dataclass(slots=True)
class Sheet:
    """What is filled in while a system is looked at."""

    checks: list[Check] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def made(self, *checks: Check) -> None:
        """These checks are being made; without a finding they hold."""
        self.checks += [check for check in checks if check not in self.checks]

    def holds(self, check: Check, so: bool, what: str, *, why: str = "", todo: str = "", part: str = "") -> None:  # noqa: FBT001 - holds(CHECK, a == b, "a is not b") reads as what it says
        """A check that is made, and what to say when it is not `so`."""
        self.made(check)
        if not so:
            self.found(check, what, why=why, todo=todo, part=part)

    def found(
        self,
        check: Check,
        what: str,
        *,
        why: str = "",
        todo: str = "",
        part: str = "",
        records: Sequence[str] = (),
        count: int = 0,
    ) -> None:
        """A check that does not hold."""
        self.made(check)
        self.findings.append(
            Finding(check=check, what=what, why=why, todo=todo, part=part, records=tuple(records), count=count)
        )

    async def read(self, checks: Sequence[Check], call: Awaitable[T]) -> T | None:
        """What a call brings. None when it fails: a wrong setting is a finding of the first check, else all wait."""
        try:
            return await call
        except BugError:
            raise
        except ConfigurationError as error:
            self.found(checks[0], error.what, why=error.why, todo=error.todo)
            self.missed(checks[1:], error)
        except SyncError as error:
            self.missed(checks, error)
        return None

    def missed(self, checks: Sequence[Check], error: SyncError) -> None:
        """Checks that cannot be made."""
        self.unread += [Unread(check, error) for check in checks]

    def is_open(self, check: Check) -> bool:
        """Whether a check was found not to hold, or could not be made."""
        return any(found.check is check for found in self.findings) or any(each.check is check for each in self.unread)

    def add(self, other: Sheet) -> None:
        """What was looked at elsewhere."""
        self.made(*other.checks)
        self.findings += other.findings
        self.unread += other.unread


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveraSetup:
    """What is asked of Severa once and compared with the ERP.

    `company_numbers` are its VAT number and its number at the (Dutch) chamber of commerce. Currencies are codes of
    active ones, `vat_percents` are 25 for 25 %. Numbers are those that Severa gives next and gave last. None where
    Severa does not say.
    """

    name: str | None = None
    company_numbers: tuple[str, ...] = ()
    own_currency: str | None = None
    currencies: frozenset[str] = frozenset()
    vat_percents: frozenset[Decimal] = frozenset()
    next_project: int | None = None
    last_invoice: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at in one tenant, and what came of it. `at` is UTC, `names` the systems as people call them.

    `records` says whether the records were looked at, too, `docs` is the first page of their Data Docs.
    """

    tenant: str
    names: dict[Side, str]
    at: datetime
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    by_hand: tuple[ByHand, ...]
    records: bool = True
    docs: str | None = None

    @property
    def hard(self) -> tuple[Finding, ...]:
        """What refuses the first cycle."""
        return tuple(finding for finding in self.findings if finding.hard)

    @property
    def soft(self) -> tuple[Finding, ...]:
        """What does not, but is to be looked at; what a person accepted is not among it."""
        return tuple(finding for finding in self.findings if not finding.hard and finding.accepted_by is None)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """What a person has seen and lets be."""
        return tuple(finding for finding in self.findings if finding.accepted_by is not None)

    @property
    def passed(self) -> tuple[Check, ...]:
        """The checks that hold."""
        open_ = {finding.check.key for finding in self.findings} | {each.check.key for each in self.unread}
        return tuple(check for check in self.checks if check.key not in open_)

    @property
    def state(self) -> str:
        """The state of a run that only checks: `completed`, or `completed with issues`."""
        return "completed with issues" if self.hard or self.soft or self.unread else "completed"

    def accepting(self, decisions: dict[str, tuple[str, str]]) -> Report:
        """The same with what people decided: key of a finding -> (who, why)."""
        findings = [
            replace(each, accepted_by=decisions[each.key][0], accepted_why=decisions[each.key][1])
            if each.key in decisions
            else each
            for each in self.findings
        ]
        return replace(self, findings=tuple(findings))
