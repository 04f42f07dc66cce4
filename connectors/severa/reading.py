"""Reading Severa's registries into records (contract sections 3, 6 and 9).

Pages are turned into records as they come, so that the memory needed is that of the records. What refers to a small
register (countries, Won types, contacts' addresses) is looked up only when there is a row that needs it: a cycle in
which nothing changed makes one call per list and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.fields import gather
from connectors.ports import Problem, Read
from connectors.severa.beside import Beside, RowsBeside
from connectors.severa.carried import Carried
from connectors.severa.classes import WORTH_A_LIST, SeveraClasses
from connectors.severa.client import Page, Paging, SeveraClient, moment
from connectors.severa.mapping import ADDRESSES, bare, guid_in
from connectors.severa.references import References
from connectors.severa.registers import REGISTERS, Register, register_of
from connectors.together import each, together
from connectors.values import GUID, Rejected, instant
from core.errors import BugError
from core.records import Address, Record, Registry

KEYS_AT_ONCE = 50
"""Numbers in one call; the address of a call stays far below 2 000 characters."""
NAMES_AT_ONCE = 5
"""The same for names, which are longer."""
KEYS_WORTH_A_LIST = 20
"""From so many codes on, reading a register whole takes fewer calls than asking for each code."""
SHARED_CHANGES = timedelta(seconds=2)
"""Changed addresses are read once for customers and contacts: from this much before what the first of them asks."""


@dataclass
class Found:
    """What has come in so far, by guid: rows of several lists may be the same item."""

    items: dict[str, Record] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    started: datetime | None = None
    addresses: Mapping[str, Address] | None = None
    """All of Severa's addresses by guid, once a full read has needed them."""
    beside: Beside | None = None
    """What stands beside all customers or contacts, once a read of many of them has needed it."""
    related: list[Any] = field(default_factory=list)
    """Rows of other registers that changed and belong to items of this one."""

    def add(self, records: Sequence[Record], problems: Sequence[Problem]) -> None:
        """Add records and problems, once each."""
        for record in records:
            self.items[record.id] = record
        for problem in problems:
            self.problems[problem.id] = problem

    def seen(self, date: datetime | None) -> None:
        """Keep the earliest of the vendor's times."""
        if date is not None and (self.started is None or date < self.started):
            self.started = date

    def read(self, *, full: bool) -> Read[Record]:
        """The outcome."""
        return Read(tuple(self.items.values()), tuple(self.problems.values()), self.started, full)


@dataclass
class ChangedAddresses:
    """Addresses changed since a moment, and which registries have made use of them."""

    since: datetime
    rows: list[Any]
    date: datetime | None
    used_by: set[Registry]


class SeveraReading:
    """Reads of one Severa organisation."""

    def __init__(
        self,
        client: SeveraClient,
        references: References,
        classes: SeveraClasses,
        carried: Carried,
    ) -> None:
        self._client = client
        self._references = references
        self._carried = carried
        self._rows_beside = RowsBeside(client, references, classes, carried)
        self._changed_addresses: ChangedAddresses | None = None
        self._changed_lock = asyncio.Lock()

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`, also through rows that belong to them."""
        found = Found()
        lists = [
            self._list(registry, register, {name: moment(since)} if since else {}, found, full=since is None)
            for register in REGISTERS[registry]
            for name in (register.since if since else ("",))
        ]
        if since is None:
            await together(lists)
        elif registry is Registry.CUSTOMERS:
            await together([*lists, self._changed(registry, since, found)])
            await self._add_by_id(registry, self._owners(found, "customer"), found)
        elif registry is Registry.CONTACTS:
            await together([*lists, self._changed(registry, since, found), self._communications(since, found)])
            await self._add_by_id(registry, self._owners(found, "contacts"), found)
        else:
            await together(lists)
        return found.read(full=since is None)

    async def find_by_name(self, registry: Registry, names: Sequence[str]) -> Read[Record]:
        """Customers of exactly these names, but for case and white space (VN-03)."""
        if registry is not Registry.CUSTOMERS:
            raise BugError(f"{registry.value} are not looked for by name in Severa.")
        wanted = sorted({name.strip() for name in names if name.strip()})
        found = Found()
        parts = [wanted[at : at + NAMES_AT_ONCE] for at in range(0, len(wanted), NAMES_AT_ONCE)]
        register = REGISTERS[registry][0]
        await each(lambda part: self._list(registry, register, {"customerNames": part}, found), parts)
        folded = {_folded(name) for name in wanted}
        found.items = {
            record_id: record
            for record_id, record in found.items.items()
            if _folded(str(getattr(record, "name", ""))) in folded
        }
        return found.read(full=False)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is exactly one of `keys`; for contacts their guid."""
        wanted = {key.strip() for key in keys if key.strip()}
        found = Found()
        if registry is Registry.CONTACTS:
            # A person may type any external code in the ERP: what is no guid can be nobody's here.
            await self._add_by_id(registry, sorted(key for key in wanted if GUID.fullmatch(key)), found)
        else:
            await each(lambda register: self._find_in(registry, register, wanted, found), REGISTERS[registry])
        found.items = {record_id: record for record_id, record in found.items.items() if record.key in wanted}
        return found.read(full=False)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist. BadDataError when its row breaks the contract."""
        row = await self._client.one(register_of(registry, record_id).one, guid=bare(record_id))
        return None if row is None else await self.record(registry, register_of(registry, record_id), row)

    async def query(self, registry: Registry, params: Mapping[str, Any], register: Register) -> Read[Record]:
        """Items of one of the registry's registers, by query parameters of Severa's own."""
        found = Found()
        await self._list(registry, register, params, found)
        return found.read(full=False)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """Contacts of a customer."""
        if registry is not Registry.CONTACTS:
            raise BugError(f"{registry.value} have no parent in Severa.")
        found = Found()
        path = "/v1/customers/{customerGuid}/contactpersons"
        async for page in self._client.pages(path, Paging.FIRST_ROW, customerGuid=parent_id):
            await self._add(registry, REGISTERS[registry][0], page, found, full=False)
        return found.read(full=False)

    async def record(self, registry: Registry, register: Register, row: Any) -> Record:
        """The record of one row. BadDataError when the row breaks the contract."""
        return (await self._records(registry, register, [register.table.read(row)], Found()))[0]

    async def _list(
        self, registry: Registry, register: Register, params: Mapping[str, Any], found: Found, *, full: bool = False
    ) -> None:
        async for page in self._client.pages(register.path, register.paging, params):
            await self._add(registry, register, page, found, full=full)

    async def _add(
        self, registry: Registry, register: Register, page: Page, found: Found, *, full: bool = False
    ) -> None:
        found.seen(page.date)
        if page.rows:
            values, problems = gather(page.rows, register.table.read, title=register.table.title, key="guid")
            if full and registry is Registry.CONTACTS and found.addresses is None and self._use_addresses(values):
                found.addresses = await self._addresses()
            if found.beside is None and (full or len(page.rows) > WORTH_A_LIST):
                found.beside = await self._rows_beside.all(registry)
            found.add(await self._records(registry, register, values, found), problems)

    async def _add_by_id(self, registry: Registry, ids: Sequence[str], found: Found) -> None:
        """Read items one by one; those that are gone meanwhile are left out."""
        register = REGISTERS[registry][0]

        async def add(guid: str) -> None:
            answer = await self._client.get(register.one, allow=(404,), guid=guid)
            if answer.status != 404:
                await self._add(registry, register, Page([answer.data], answer.date), found)

        await each(add, ids)

    async def _find_in(self, registry: Registry, register: Register, wanted: set[str], found: Found) -> None:
        keys = sorted(key for key in wanted if not register.numeric_keys or (key.isascii() and key.isdigit()))
        if register.many_keys:
            parts = [keys[at : at + KEYS_AT_ONCE] for at in range(0, len(keys), KEYS_AT_ONCE)]
            asked: list[dict[str, Any]] = [{register.by_key: part} for part in parts]
        elif len(keys) >= KEYS_WORTH_A_LIST:
            asked = [{}]
        else:
            asked = [{register.by_key: key} for key in keys]
        await each(lambda params: self._list(registry, register, params, found), asked)

    async def _records(
        self, registry: Registry, register: Register, rows: list[dict[str, Any]], found: Found
    ) -> list[Record]:
        """Records of values that were read from rows, with what stands in other registers."""
        if registry is Registry.PROJECTS:
            won = await self._references.won_types() if rows else frozenset()
            lost = await self._references.lost_types() if rows else frozenset()
            for values in rows:
                status = values.pop("status_type")
                values |= {"won": status in won, "lost": status in lost}
        elif registry is Registry.CONTACTS:
            await self._add_contact_addresses(rows, found)
        elif registry is Registry.CUSTOMERS:
            prospects = await self._references.prospects() if rows else frozenset()
            for values in rows:
                values["prospect"] = values["id"] in prospects
            await self._translate_countries(rows)
        elif registry is Registry.USERS:
            for values in rows:
                values["address"] = await self._references.iso_address(values["address"])
        await self._rows_beside.add(registry, rows, found.beside)
        return [register.table.record(**values) for values in rows]

    async def _translate_countries(self, rows: list[dict[str, Any]]) -> None:
        """Severa gives a headquarter's country as a text; one that no country is called is asked of the address."""
        unknown: list[dict[str, Any]] = []
        for values in rows:
            named: Address | None = values["address"]
            values["address"] = found = await self._references.iso_address(named)
            if named and named.country and found and not found.country and values["address_id"]:
                unknown.append(values)

        async def ask(values: dict[str, Any]) -> None:
            row = await self._client.one("/v1/addresses/{guid}", guid=values["address_id"])
            code = (await self._references.countries()).code(guid_in(row, "country"))
            values["address"] = replace(values["address"], country=code)

        await each(ask, unknown)

    async def _add_contact_addresses(self, rows: list[dict[str, Any]], found: Found) -> None:
        """The address that a contact uses is one of its customer's; a full read takes them from the whole list."""
        wanted = [values.pop("address_id") for values in rows]
        if not self._carried.has(Registry.CONTACTS, "address"):
            wanted = [None] * len(wanted)
        known = found.addresses
        if known is None:
            ids = sorted({guid for guid in wanted if guid})
            got = await each(lambda guid: self._client.one("/v1/addresses/{guid}", guid=guid), ids)
            known = await self._address_book([row for row in got if row is not None])
        for values, guid in zip(rows, wanted, strict=True):
            values["address"] = known.get(guid) if guid else None
            values["active"] = not values.pop("deleted") and values["active"]

    async def _addresses(self) -> dict[str, Address]:
        book: dict[str, Address] = {}
        async for page in self._client.pages("/v1/addresses", Paging.FIRST_ROW):
            book |= await self._address_book(page.rows)
        return book

    async def _address_book(self, rows: Sequence[Any]) -> dict[str, Address]:
        """Addresses by guid. One that breaks the contract is left out: its contact goes without address."""
        values, _ = gather(rows, ADDRESSES.read, title=ADDRESSES.title, key="guid")
        return {row["id"]: address for row in values if (address := await self._references.iso_address(row["address"]))}

    async def _changed(self, registry: Registry, since: datetime, found: Found) -> None:
        """Addresses changed since, read once for the customers and the contacts of the same cycle."""
        async with self._changed_lock:
            known = self._changed_addresses
            if known is None or registry in known.used_by or known.since > since:
                known = ChangedAddresses(since - SHARED_CHANGES, [], None, set())
                asked = {"changedSince": moment(known.since)}
                async for page in self._client.pages("/v1/addresses", Paging.FIRST_ROW, asked):
                    known.date = known.date or page.date
                    known.rows.extend(page.rows)
                self._changed_addresses = known
            known.used_by.add(registry)
        found.seen(known.date)
        found.related.extend(row for row in known.rows if _may_be_since(row, since))

    async def _communications(self, since: datetime, found: Found) -> None:
        """E-mail addresses and phone numbers changed since."""
        async for page in self._client.pages(
            "/v1/contactcommunications", Paging.FIRST_ROW, {"changedSince": moment(since)}
        ):
            found.seen(page.date)
            found.related.extend({"contacts": [row.get("contact")]} for row in page.rows if isinstance(row, Mapping))

    def _use_addresses(self, rows: list[dict[str, Any]]) -> bool:
        return self._carried.has(Registry.CONTACTS, "address") and any(values["address_id"] for values in rows)

    def _owners(self, found: Found, member: str) -> list[str]:
        """Guids of the items that the changed rows belong to and that no list has brought yet."""
        owners: set[str] = set()
        for row in found.related:
            named = row.get(member) if isinstance(row, Mapping) else None
            for owner in named if isinstance(named, list) else [named]:
                if guid := guid_in({"": owner}, ""):
                    owners.add(guid)
        return sorted(owners - found.items.keys() - found.problems.keys())


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _may_be_since(row: Any, since: datetime) -> bool:
    """Whether a row that others asked for, too, changed at or after `since`; in doubt it did."""
    try:
        changed = instant(row["lastUpdatedDateTime"])
    except (KeyError, TypeError, Rejected):
        return True
    return changed is None or changed >= since.replace(microsecond=0)
