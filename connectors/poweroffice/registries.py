"""PowerOffice's registries read, looked up and written (contract sections 4, 5, 6 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.fields import Use, gather, nested
from connectors.gaps import Gaps
from connectors.ports import Read, Written
from connectors.poweroffice import rows
from connectors.poweroffice.client import PowerOfficeClient, after
from connectors.poweroffice.customers import Customers
from connectors.poweroffice.registers import Registers, askable, chunks
from connectors.poweroffice.resources import RESOURCES, Resource, path_names
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import BadDataError, BugError, GoneError
from core.records import RECORD_TYPES, Record, Registry


class Registries:
    """Reads and writes of registries. `written` is told the registry of every write."""

    def __init__(
        self,
        client: PowerOfficeClient,
        settings: PowerOfficeSettings,
        registers: Registers,
        written: Callable[[Registry], None],
    ) -> None:
        self._client = client
        self._settings = settings
        self._customers = Customers(client, registers)
        self._written = written
        self._builders: dict[Registry, Callable[[Any], Record]] = {
            **{registry: resource.table.build for registry, resource in RESOURCES.items()},
            Registry.CUSTOMERS: rows.customer,
            Registry.CONTACTS: rows.contact,
            Registry.PRODUCTS: rows.Products(settings).read,
            Registry.PROJECTS: rows.project,
        }

    async def read(self, registry: Registry, since: datetime | None) -> Read[Record]:
        """All items, or those changed at or after `since`."""
        filters = {} if since is None else {"lastChangedDateTimeOffsetGreaterThan": after(since)}
        return await self._list(registry, filters, full=since is None)

    async def find(self, registry: Registry, keys: Sequence[str]) -> Read[Record]:
        """Items whose number or code is one of `keys`; several may share one."""
        resource = RESOURCES[registry]
        wanted = {key.strip().casefold() for key in keys if key.strip()}
        if resource.numeric:
            wanted = {key for key in wanted if key.isascii() and key.isdigit() and len(key) <= 18}
        if not wanted:
            return Read((), full=False)
        asked = registry is Registry.CONTACTS or askable(wanted)
        if asked:
            parts = [
                await self._list(registry, {resource.by_key: ",".join(part)}, full=False)
                for part in chunks(key.strip() for key in keys if key.strip().casefold() in wanted)
            ]
        else:
            parts = [await self._list(registry, {}, full=False)]
        items = {
            record.id: record
            for part in parts
            for record in part.items
            if record.key and record.key.casefold() in wanted
        }
        problems = tuple(
            problem for part in parts for problem in part.problems if asked or _about(problem.label, wanted)
        )
        return Read(tuple(items.values()), problems, parts[0].started, full=False)

    async def find_by_reference(self, registry: Registry, reference: str, values: Mapping[str, Any]) -> Record | None:
        """What an earlier create of ours made: by our reference where rows carry it, then by number or code."""
        resource = RESOURCES[registry]
        if resource.by_reference:
            found = await self._list(registry, {resource.by_reference: reference}, full=False)
            ours = [record for record in found.items if _reference(record) == reference.casefold()]
            if ours or found.problems:
                return self._only(registry, ours, found)
            if registry is Registry.CONTACTS:
                return None
        key = str(values.get(RECORD_TYPES[registry].KEY) or "").strip()
        if not key:
            return None
        found = await self.find(registry, [key])
        same = [record for record in found.items if record.key == key]
        if resource.by_reference and any(record.reference for record in same):
            raise BadDataError(
                f"{resource.table.title} {key} is in PowerOffice with another reference than ours.",
                why=f"It carries {same[0].reference}.",
                todo="Give one of the two another number.",
                field="ExternalImportReference",
            )
        return self._only(registry, same, found)

    async def get(self, registry: Registry, record_id: str) -> Record | None:
        """One item; None when it does not exist."""
        if not all(path_names(registry, record_id).values()):
            return None
        row = await self._row(registry, record_id)
        return None if row is None else self._builders[registry](row)

    async def children(self, registry: Registry, parent_id: str) -> Read[Record]:
        """The contact persons of a customer."""
        if registry is not Registry.CONTACTS:
            raise BugError(f"PowerOffice has no children in {registry.value}.")
        return await self._list(registry, {"contactIds": parent_id}, full=False)

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """POST an item."""
        self._written(registry)
        if registry is Registry.CUSTOMERS:
            return await self._customers.create(values, reference)
        resource, gaps = RESOURCES[registry], Gaps()
        members = resource.table.write(self._prepared(registry, values), Use.POST) | dict(resource.always or {})
        names: dict[str, str] = {}
        if registry is Registry.CONTACTS:
            names = {"contactId": _required_customer(values)}
            members["ExternalCode"] = values.get("code") or reference
            _required(resource, members, "FirstName", "LastName")
        elif registry is Registry.USERS:
            members["ExternalImportReference"] = reference
            _required(resource, members, "FirstName", "LastName")
        elif registry is Registry.PROJECTS:
            _contact_of_customer(values, members, gaps)
        address = values.get("address")
        if address is not None and (gap := rows.address_gap(address)):
            gaps.add("address", gap)
            members = rows.without_address(members)
        body = nested({name: value for name, value in members.items() if value is not None})
        path = resource.path + ("/{contactId}" if names else "")
        row = await self._client.post(path, body, names)
        made = rows.made(self._builders[registry], row, resource.table.title)
        return Written(made, frozenset(gaps.names), gaps.error)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """PATCH the named fields of an item. An address looks first whether there is one to change."""
        self._written(registry)
        if registry is Registry.CUSTOMERS:
            return await self._customers.update(record_id, changes)
        resource, gaps = RESOURCES[registry], Gaps()
        members = resource.table.write(self._prepared(registry, changes), Use.PATCH)
        if "customer" in changes and registry is Registry.CONTACTS and _other_customer(record_id, changes["customer"]):
            gaps.add("customer", _moved())
        row: Any = None
        if not members or "address" in changes:
            row = await self._row(registry, record_id)
            if row is None:
                raise GoneError(f"{resource.table.title} {record_id} is not in PowerOffice any more.")
        if "address" in changes:
            if gap := rows.address_gap(changes["address"]):
                gaps.add("address", gap)
                members = rows.without_address(members)
            elif row.get("MailAddress") is None:
                members = rows.whole_address(members)
        if members:
            row = await self._client.patch(resource.item_path, members, path_names(registry, record_id))
            row = row if isinstance(row, Mapping) else await self._row(registry, record_id)
        return Written(self._builders[registry](row), frozenset(gaps.names), gaps.error)

    async def set_reference(self, registry: Registry, record_id: str, reference: str) -> None:
        """Write Severa's guid as the external code of a linked contact that was just read and had none.

        Customers and employees get a reference only when we create them (contract section 8); other rows keep none.
        """
        if registry is not Registry.CONTACTS:
            return
        names = path_names(registry, record_id)
        await self._client.patch(RESOURCES[registry].item_path, {"ExternalCode": reference}, names)

    async def _list(self, registry: Registry, filters: Mapping[str, Any], *, full: bool) -> Read[Record]:
        resource = RESOURCES[registry]
        found = await self._client.rows(resource.path, **filters)
        items, problems = gather(found.rows, self._builders[registry], title=resource.table.title, key="Id")
        return Read(tuple(items), tuple(problems), found.started, full=full)

    async def _row(self, registry: Registry, record_id: str) -> Any:
        return await self._client.row(RESOURCES[registry].item_path, path_names(registry, record_id))

    def _prepared(self, registry: Registry, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Values as the table writes them: PowerOffice's unit codes; no number that is kept for sub-projects."""
        if registry is Registry.PRODUCTS and "unit" in values:
            code = self._settings.unit_code(values["unit"])
            rest = {name: value for name, value in values.items() if name != "unit"}
            return rest if code is None and values["unit"] else {**rest, "unit": code}
        if registry is Registry.PROJECTS and "." in str(values.get("number") or ""):
            raise BadDataError(
                f"Project number {values['number']} cannot go to PowerOffice.",
                why="A dot is reserved for sub-projects there.",
                todo="Give the project a number without a dot in Severa.",
                field="Code",
            )
        return values

    def _only(self, registry: Registry, records: Sequence[Record], found: Read[Record]) -> Record | None:
        """The one record of a look-up; what cannot be read or told apart is an error, not an absence."""
        if found.problems:
            raise found.problems[0].error
        if len(records) > 1:
            raise BadDataError(
                f"{RESOURCES[registry].table.title}: {len(records)} in PowerOffice could be the one that we created.",
                why=", ".join(record.label for record in records[:3]),
                todo="Archive or renumber all but one of them.",
            )
        return records[0] if records else None


def _about(label: str, keys: Collection[str]) -> bool:
    """Whether a row that could not be read is, by its label, one of those that were asked for."""
    return any(f" {key} " in f" {label.casefold()} " for key in keys)


def _other_customer(record_id: str, customer_id: str | None) -> bool:
    return record_id.partition("/")[0] != customer_id


def _reference(record: Record) -> str:
    """Our own reference as a row carries it."""
    return str(getattr(record, "code", "") if record.registry is Registry.CONTACTS else record.reference).casefold()


def _required_customer(values: Mapping[str, Any]) -> str:
    """A contact person stands under its customer."""
    customer = values.get("customer")
    if not customer:
        raise BadDataError(
            "The contact person has no customer in PowerOffice.",
            why="PowerOffice keeps contact persons under their customer.",
            todo="Choose a customer for the contact person in Severa that goes to PowerOffice, too.",
            field="ContactId",
        )
    return str(customer)


def _moved() -> BadDataError:
    return BadDataError(
        "PowerOffice cannot move a contact person to another customer.",
        why="It keeps contact persons under their customer.",
        todo="Make a new contact person under the other customer in Severa, and this one inactive.",
        field="ContactId",
    )


def _required(resource: Resource, members: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not members.get(name):
            raise BadDataError(
                f"{resource.table.title}: {name} is empty, and PowerOffice requires it.",
                todo="Enter it in Severa.",
                field=name,
            )


def _contact_of_customer(values: Mapping[str, Any], members: dict[str, Any], gaps: Gaps) -> None:
    """A project's contact must be a contact person of its customer."""
    contact, customer = values.get("contact"), values.get("customer")
    if contact and contact.partition("/")[0] != customer:
        members.pop("ContactPersonId", None)
        gaps.add(
            "contact",
            BadDataError(
                "The project's contact is left out: it is no contact person of the project's customer.",
                todo="Choose a contact of this customer in Severa.",
                field="ContactPersonId",
            ),
        )
