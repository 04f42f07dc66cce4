"""Visma.net's registries read and looked up (contract sections 4, 7, 9 and 10)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from connectors.fields import gather
from connectors.ports import Read
from connectors.together import each
from connectors.values import Rejected
from connectors.visma_net.client import Rows, VismaNetClient
from connectors.visma_net.numbers import WORTH_A_LIST, Numbers
from connectors.visma_net.registers import Registers
from connectors.visma_net.resources import Resource, is_id, resource_of
from connectors.visma_net.rows import Records, customer_number, plain_text, version_of
from connectors.visma_net.words import asked, stamp, stamp_in
from core.errors import BadDataError, BugError
from core.records import Record, Registry

LONGEST_NUMBER = 18
"""Digits that Severa holds (int64)."""
MARKER = "severa:customer:{guid}#1"
"""What the note of a customer that we made says (contract section 9)."""


class Reading:
    """Reads of one company. `versions` are the time stamps of what was read, by registry and id."""

    def __init__(
        self, client: VismaNetClient, records: Records, registers: Registers, customers: Numbers, projects: Numbers
    ) -> None:
        self._client = client
        self._records = records
        self._registers = registers
        self._customers = customers
        self._projects = projects
        self.versions: dict[tuple[Registry, str], str | None] = {}

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`.

        `started` is the latest time of change that came: the zone of these times is not known, so no clock is.
        """
        resource = resource_of(registry)
        async with AsyncExitStack() as stack:
            if registry is Registry.CUSTOMERS and since is None:
                await stack.enter_async_context(self._customers.reading)
            listed = await self._list(resource, resource.path, changed_since(since, self._records))
            self._learn(registry, listed.rows)
        started = latest(listed, self._records) or since or listed.date
        return await self._gathered(registry, listed.rows, started=started, full=since is None)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`. Contacts and branches have none that Severa knows."""
        resource = resource_of(registry)
        wanted = {key.strip(): None for key in keys if key.strip()}
        if resource.digits:
            wanted = {key: None for key in wanted if key.isascii() and key.isdigit() and len(key) <= LONGEST_NUMBER}
        if resource.by_key is None or not wanted:
            return Read((), full=False)
        if len(wanted) > WORTH_A_LIST:
            rows = (await self._list(resource, resource.path, {})).rows
        else:
            found = await each(lambda key: self._by_key(resource, key), wanted)
            rows = [row for row in found if row is not None]
        self._learn(registry, rows)
        folded = {key.casefold() for key in wanted}
        member = resource.key_name if registry is not Registry.CUSTOMERS else "number"
        kept = [row for row in rows if str(row.get(member) if isinstance(row, Mapping) else "").casefold() in folded]
        return await self._gathered(registry, kept, started=None, full=False)

    async def named(self, registry: Registry, names: Sequence[str]) -> Read[Record]:
        """Customers of exactly these names: they are matched by them (VN-03)."""
        if registry is not Registry.CUSTOMERS:
            raise BugError(f"{registry.value} are not looked for by name in Visma.net.", todo="Report it.")
        wanted = {_folded(name): name for name in names}
        if len(wanted) > WORTH_A_LIST:
            listed = (await self._list(resource_of(registry), "/v1/customer", {})).rows
        else:
            parts = await each(lambda name: self._client.rows("/v1/customer", name=name), wanted.values())
            listed = [row for part in parts for row in part.rows]
        rows = [row for row in listed if _folded(plain_text(row, "name")) in wanted]
        self._learn(registry, rows)
        return await self._gathered(registry, rows, started=None, full=False)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist."""
        row = await self.row(registry, record_id)
        return None if row is None else await self.record(registry, row)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """The contacts of a customer."""
        if registry is not Registry.CONTACTS:
            raise BugError(f"{registry.value} have no parent in Visma.net.", todo="Report it.")
        number = await self._customers.number(parent_id)
        listed = await self._client.whole("/v1/customer/{customerCd}/contact", {"customerCd": number})
        self._learn(registry, listed.rows)
        return await self._gathered(registry, listed.rows, started=None, full=False)

    async def find_created(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """What an earlier create of ours made: by the marker, or by the key that is ours (contract section 9)."""
        if registry is Registry.CONTACTS:
            customer = values.get("customer")
            if not customer:
                return None
            everyone = await self.children(registry, str(customer))
            own = [one for one in everyone.items if _same(one, values, "first_name", "last_name", "email")]
            return only(own, everyone)
        if registry is Registry.CUSTOMERS:
            return await self._customer_made(reference, values)
        key = str(values.get("code" if registry is Registry.PRODUCTS else "number") or "").strip()
        if not key:
            return None
        found = await self.find(registry, [key])
        return only(list(found.items), found)

    async def row(self, registry: Registry, record_id: str) -> Mapping[str, Any] | None:
        """One object by its internal id."""
        resource = resource_of(registry)
        if not is_id(record_id):
            return None
        if registry is Registry.BUSINESS_UNITS:
            rows = (await self._client.whole(resource.path)).rows
            return next((row for row in rows if _has_id(row, resource, record_id)), None)
        row = await self._client.row(resource.item, {resource.id_name: record_id})
        self._learn(registry, [row])
        return row

    async def row_by_key(self, registry: Registry, key: str) -> Mapping[str, Any] | None:
        """One object by its number or code."""
        row = await self._by_key(resource_of(registry), key)
        self._learn(registry, [row])
        return row

    async def record(self, registry: Registry, row: Any) -> Record:
        """The record of one row. BadDataError for one that breaks the contract or is left alone here."""
        context = await self._context(registry, [row])
        record = self._record(registry, row, context)
        if record is None:
            raise BadDataError(
                f"{resource_of(registry).table.title}: this one is left alone.",
                why="Severa has no registry for its type, or it belongs to no customer.",
                todo="Nothing, unless it should be in Severa: then change its type or customer in Visma.net.",
            )
        return record

    # ------------------------------------------------------------------------------------------------------------

    async def _list(self, resource: Resource, path: str, filters: Mapping[str, Any]) -> Rows:
        return await (self._client.rows if resource.paged else self._client.whole)(path, **filters)

    async def _by_key(self, resource: Resource, key: str) -> Mapping[str, Any] | None:
        if resource.by_key is None:
            return None
        if "/" in key or "\\" in key:  # such a code may not survive a path
            asked_for = key if resource.key_name == "inventoryNumber" else None
            rows = (await self._client.rows(resource.path, inventoryNumber=asked_for)).rows
            return next((row for row in rows if isinstance(row, Mapping) and row.get(resource.key_name) == key), None)
        return await self._client.row(resource.by_key, {resource.key_name: key})

    async def _gathered(
        self, registry: Registry, rows: Sequence[Any], *, started: datetime | None, full: bool
    ) -> Read[Record]:
        """Records of rows. A row that moved between two pages came twice: the later one counts."""
        resource, context = resource_of(registry), await self._context(registry, rows)
        built, problems = gather(
            rows,
            lambda row: self._record(registry, row, context),
            title=resource.table.title,
            key=resource.id_member,
        )
        items = {record.id: record for record in built if record is not None}
        return Read(tuple(items.values()), tuple(problems), started, full=full)

    async def _context(self, registry: Registry, rows: Sequence[Any]) -> Mapping[str, Any]:
        """What records of these rows need besides: days by credit term, internal ids by customer number."""
        if not rows:
            return {}
        if registry is Registry.CUSTOMERS:
            return await self._registers.term_days()
        if registry is Registry.CONTACTS:
            return await self._customers.ids({plain_text(row, "businessAccount") for row in rows})
        if registry is Registry.PROJECTS:
            return await self._customers.ids({customer_number(row) for row in rows})
        return {}

    def _record(self, registry: Registry, row: Any, context: Mapping[str, Any]) -> Record | None:
        records = self._records
        if registry is Registry.CUSTOMERS:
            return records.customer(row, context)
        if registry is Registry.CONTACTS:
            return records.contact(row, context)
        if registry is Registry.PROJECTS:
            return records.project(row, context)
        return records.item(row) if registry is Registry.PRODUCTS else records.branch(row)

    def _learn(self, registry: Registry, rows: Sequence[Any]) -> None:
        """Numbers, ids and versions of rows just read."""
        if registry is Registry.CUSTOMERS:
            self._customers.learn(rows)
        elif registry is Registry.PROJECTS:
            self._projects.learn(rows)
        member = resource_of(registry).id_member
        for row in rows:
            if isinstance(row, Mapping) and isinstance(row.get(member), int):
                self.versions[registry, str(row[member])] = version_of(row)

    async def _customer_made(self, reference: str, values: Mapping[str, Any]) -> Record | None:
        name = str(values.get("name") or "").strip()
        if not name:
            return None
        found = await self.named(Registry.CUSTOMERS, [name])
        marker = re.compile(re.escape(MARKER.format(guid=reference).partition("#")[0]) + r"#\d+", re.IGNORECASE)
        notes = await each(self._note, [str(getattr(one, "number", "")) for one in found.items])
        ours = [one for one, note in zip(found.items, notes, strict=True) if marker.search(note)]
        if not ours and values.get("vat_number"):
            unmarked = [one for one, note in zip(found.items, notes, strict=True) if "severa:customer:" not in note]
            ours = [one for one in unmarked if _same(one, values, "vat_number")]
        return only(ours, found)

    async def _note(self, number: str) -> str:
        row = await self._client.row("/v1/customer/{customerCd}/note", {"customerCd": number})
        note = row.get("note") if row else None
        return note if isinstance(note, str) else ""


def changed_since(since: datetime | None, records: Records) -> dict[str, Any]:
    """The two filters that go together: changed at or after an instant."""
    if since is None:
        return {}
    return {"lastModifiedDateTime": asked(since, records.zone), "lastModifiedDateTimeCondition": ">="}


def latest(listed: Rows, records: Records) -> datetime | None:
    """The latest time of change among rows, as an instant of the zone that the tenant names.

    One that lies a day ahead of the vendor's clock is no time of change: nothing after it would be read any more.
    """
    end = listed.date + timedelta(days=1) if listed.date else None
    found = []
    for row in listed.rows:
        try:
            value = stamp(row.get("lastModifiedDateTime")) if isinstance(row, Mapping) else None
        except Rejected:
            continue
        instant = stamp_in(records.zone)(value)
        if instant and (end is None or instant < end):
            found.append(instant)
    return max(found, default=None)


def only(records: Sequence[Record], found: Read[Record]) -> Record | None:
    """The one record of a look-up; what cannot be read or told apart is an error, not an absence."""
    if not records and found.problems:
        raise found.problems[0].error
    if len(records) > 1:
        raise BadDataError(
            f"{len(records)} in Visma.net could be the one that we created.",
            why=", ".join(record.label for record in records[:3]),
            todo="Make all but one of them inactive.",
        )
    return records[0] if records else None


def _same(record: Record, values: Mapping[str, Any], *names: str) -> bool:
    return all((getattr(record, name) or None) == (values.get(name) or None) for name in names)


def _folded(name: str | None) -> str:
    return " ".join((name or "").casefold().split())


def _has_id(row: Any, resource: Resource, record_id: str) -> bool:
    return isinstance(row, Mapping) and str(row.get(resource.id_member)) == record_id
