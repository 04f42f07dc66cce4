"""Everything that the simulated Severa holds, and the one way in which rows come to be and change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.fields import Field, Fields, check, check_value
from sandbox.ids import Ids
from sandbox.severa.errors import invalid, missing
from sandbox.severa.kind import Kind
from sandbox.severa.kinds import KINDS
from sandbox.severa.shapes import Shapes
from sandbox.severa.stamps import instant
from sandbox.store import ChangeLog, Row, Table, member

INTEGRATION = {
    "code": None,
    "name": "Integration User",
    "guid": "00b7f7c0-5b1a-4f5e-9c43-77aa0d1e0001",
    "firstName": "Integration",
    "lastName": "User",
}
"""Who writes through the API. It is not listed among the users."""

NONE = "none.none"
"""The shape of kinds that the demo company has nothing of (price lists, industries ..): every guid is unknown."""


class Registers:
    """The tables by kind. `currency` is the organisation's; `company` holds what belongs to the company as a whole."""

    def __init__(self, clock: Clock, ids: Ids, currency: str) -> None:
        self.clock = clock
        self.ids = ids
        self.currency = currency
        self.company: Row = {}
        self.shapes = Shapes()
        self.tables: dict[str, Table] = {
            name: Table(
                clock,
                key="guid",
                stamp=instant,
                created=kind.stamps[0],
                changed=kind.stamps[1],
                indexes={path: member(path) for path in kind.indexes},
            )
            for name, kind in KINDS.items()
        }
        self.sales_changes = ChangeLog()
        """Projects by the last change of their sales status."""
        self.status_changes = ChangeLog()
        """Projects by the last change of their project status."""
        self.sales_history: dict[str, list[tuple[str, datetime]]] = {}
        """Sales status type guids with their times, by project, of projects whose status ever changed here."""
        self.settings_of: dict[str, str] = {}
        """Settings guid by invoice guid."""
        self.invoice_of: dict[str, str] = {}
        """Invoice guid by settings guid."""
        self.contents: dict[str, bytes] = {}
        """Bytes of files by file guid."""

    def get(self, table: str, guid: object) -> Row:
        """A row. Refuses with 404 when there is none."""
        row = self.tables[table].get(guid) if isinstance(guid, str) else None
        if row is None:
            raise missing()
        return row

    def create(self, kind: Kind, body: object, extra: Mapping[str, Any] | None = None) -> Row:
        """A new row from a request's body. Refuses what the input model or a rule does not allow."""
        if not isinstance(body, dict):
            raise invalid("body", "must be an object")
        for problem in check(kind.input, body):
            raise invalid(problem.member, problem.message)
        for name, value in (extra or {}).items():
            if name in body and body[name] != value:
                raise invalid(name, "is not the one of the path")
        given = {**body, **(extra or {})}
        return self.make(kind.name, given)

    def make(
        self,
        name: str,
        given: Mapping[str, Any],
        *,
        created: datetime | None = None,
        changed: datetime | None = None,
        author: Row | None = None,
    ) -> Row:
        """A new row from input members that are known to be well formed; rules apply."""
        kind = KINDS[name]
        members = self.members(kind, given)
        kind.before(self, None, members, given)
        row = self.put(name, members, created=created, changed=changed, author=author)
        kind.after(self, row, given)
        return row

    def put(
        self,
        name: str,
        members: Row,
        *,
        created: datetime | None = None,
        changed: datetime | None = None,
        author: Row | None = None,
    ) -> Row:
        """A new row from members as answers show them; no rules apply."""
        kind = KINDS[name]
        row = {**kind.blank, **members}
        if not row["guid"]:
            row["guid"] = self.ids.guid(name, *kind.natural(row))
        if kind.audited:
            row["createdBy"] = row["lastUpdatedBy"] = author or INTEGRATION
        return self.tables[name].insert(row, created=created, changed=changed)

    def change(self, name: str, guid: str, given: Mapping[str, Any], *, author: Row | None = None) -> Row:
        """Changes a row by input members that are known to be well formed; rules apply."""
        kind = KINDS[name]
        row = self.get(name, guid)
        members = self.members(kind, given)
        kind.before(self, row, members, given)
        touched = not members.keys() <= kind.quiet
        if kind.audited and touched:
            members["lastUpdatedBy"] = author or INTEGRATION
        row = self.write(name, guid, members, touch=touched)
        kind.after(self, row, given)
        return row

    def write(self, name: str, guid: str, members: Row, *, touch: bool = False) -> Row:
        """Puts members as answers show them into a row; no rules apply."""
        row = self.tables[name].update(guid, members, touch=touch)
        self.shapes.refresh(name, row)
        return row

    def members(self, kind: Kind, given: Mapping[str, Any]) -> Row:
        """Input members in the form of the answers: references with their names, money complete."""
        found: Row = {}
        for name, value in given.items():
            target = kind.renamed.get(name, name)
            if target is not None:
                found[target] = self._shown(kind.fields.get(name), value, name)
        return found

    def _shown(self, field: Field | None, value: Any, name: str) -> Any:
        if field is None or value is None:
            return value
        if field.reference == "money":
            if not self.tables["currencies"].find("code", value["currencyCode"]):
                raise invalid(f"{name}.currencyCode", f"{value['currencyCode']} is not a currency of the organisation")
            return {"amount": value.get("amount"), "currencyCode": value["currencyCode"], "multiCurrencyInfo": None}
        if field.reference is not None and "." in field.reference:
            return self.refer(field.reference, value["guid"])
        return value

    def refer(self, shape: str, guid: object) -> Row:
        """A row as another one refers to it. Refuses with 404 when there is none, or none of the kind at all."""
        if shape == NONE:
            raise missing()
        return self.shapes.of(shape, self.get(shape.partition(".")[0], guid))

    def as_given(self, kind: Kind, row: Row, name: str) -> Any:
        """A stored member in the form of the input model: what a patch of a part of it starts from."""
        field = kind.fields[name]
        target = kind.renamed.get(name, name)
        value = row.get(target) if target else None
        if not isinstance(value, dict) or field.fields is None:
            return value
        return {part: value.get(part) for part in field.fields if part in value}

    def checked(self, fields: Fields, given: Mapping[str, Any]) -> None:
        """Refuses changed members that the input model does not allow."""
        for name, value in given.items():
            for problem in check_value(fields[name], value, name):
                raise invalid(problem.member, problem.message)
