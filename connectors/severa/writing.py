"""Writing Severa's registries (contract sections 7 and 9).

What a write asked for is compared with what Severa shows afterwards: status 200 alone proves nothing. Addresses of
customers, e-mail addresses and phone numbers of contacts are rows of their own: when one of them does not get through,
the record stands and `Written.missing` names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.fields import Use, nested
from connectors.ports import Written
from connectors.severa.addresses import USES, CustomerAddresses, address_text
from connectors.severa.carried import Carried
from connectors.severa.classes import SeveraClasses
from connectors.severa.client import SeveraClient
from connectors.severa.mapping import NEW_EXPENSE_CLASS, bare, reference
from connectors.severa.parts import PARTS, SeveraParts
from connectors.severa.reading import SeveraReading
from connectors.severa.references import References
from connectors.severa.registers import TRAVEL_EXPENSE_TYPES, Register, register_for, register_of
from core.errors import BadDataError, GoneError, OutcomeUnknownError, SyncError
from core.records import Address, Record, Registry, business_fields

NOT_OURS = frozenset({"address_id", "prospect", "kind", "won", "lost", "is_person"})
"""Business fields that Severa has no member to write to, or that follow from something else."""


class SeveraWriting:
    """Creates and changes items of one Severa organisation."""

    def __init__(
        self,
        client: SeveraClient,
        references: References,
        reading: SeveraReading,
        classes: SeveraClasses,
        carried: Carried,
    ) -> None:
        self._client = client
        self._references = references
        self._reading = reading
        self._classes = classes
        self._carried = carried
        self._parts = SeveraParts(client, references, carried, CustomerAddresses(client, references), classes)

    async def create(self, registry: Registry, values: Mapping[str, Any]) -> Written:
        """Create an item. OutcomeUnknownError when the answer was lost."""
        register = register_for(registry, values.get("kind"))
        values = self._held(registry, values)
        members = await self._members(registry, register, values, Use.POST)
        if registry is Registry.PROJECTS:
            members |= await self._for_new_project(values)
        body = nested({name: value for name, value in members.items() if value is not None})
        row = await self._client.post(register.path, body)
        try:
            record = await self._reading.record(registry, register, row)
        except SyncError as error:
            raise OutcomeUnknownError(
                f"Severa answered POST {register.path}, but the new item could not be read.",
                why=str(error),
                field=error.field,
            ) from error
        sent = {name: value for name, value in values.items() if value is not None}
        return await self._completed(registry, register, record, row, sent, new=True)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields of an item. GoneError when it does not exist."""
        register = register_of(registry, record_id)
        changes = self._held(registry, changes)
        members = await self._members(registry, register, changes, Use.PATCH)
        guid = bare(record_id)
        row = await self._client.patch(register.one, members, guid=guid) if members else None
        if not isinstance(row, Mapping):
            row = await self._client.one(register.one, guid=guid)
            if row is None:
                raise GoneError(f"{register.table.title} {guid} does not exist in Severa any more.")
        record = await self._reading.record(registry, register, row)
        return await self._completed(registry, register, record, row, changes, new=False)

    def _held(self, registry: Registry, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the values that are carried."""
        out = self._carried.left_out(registry)
        return {name: value for name, value in values.items() if name not in out}

    async def _members(
        self, registry: Registry, register: Register, values: Mapping[str, Any], use: Use
    ) -> dict[str, Any]:
        """Dotted member -> JSON value. Currencies and countries go by guid, prices with their currency."""
        ready = dict(values)
        if ready.get("currency") is not None:
            ready["currency"] = await self._references.currency_guid(str(ready["currency"]))
        expense = register is TRAVEL_EXPENSE_TYPES
        if expense and ready.get("unit_price") is None and (use is Use.POST or "unit_price" in ready):
            ready["unit_price"] = Decimal(0)  # Severa requires a cost
        if ready.get("unit_price") is not None:
            currency = await self._references.organisation_currency()
            ready["unit_price"] = {"amount": ready["unit_price"], "currencyCode": currency}
        members = register.table.write(ready, use)
        if expense and use is Use.POST:
            members["expenseClass"] = NEW_EXPENSE_CLASS
        if ready.get("item_class") is not None:
            guid = self._classes.guid_of(registry, str(ready["item_class"]))
            members["productCategory"] = reference(guid)
        if registry is Registry.USERS and "address" in values:
            address: Address | None = values["address"]
            members["address"] = address_text(address)
            country = await self._references.country_guid(address.country if address else None)
            members["country"] = reference(country)
        return members

    async def _for_new_project(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What Severa requires of a new project: a customer, an owner, and the status Won (PO-11)."""
        if values.get("customer") is None:
            raise BadDataError(
                "The project has no customer, and Severa requires one.",
                todo="Give the project a customer in the ERP.",
                field="customer",
            )
        owner = values.get("owner") or await self._references.default_owner()
        status = await self._references.new_project_status()
        return {"projectOwner.guid": owner, "salesStatus.salesStatusTypeGuid": status}

    async def _completed(
        self,
        registry: Registry,
        register: Register,
        record: Record,
        row: Any,
        values: Mapping[str, Any],
        *,
        new: bool,
    ) -> Written:
        """Write what stands in other rows, read back where something differs, and say what did not get through."""
        error: SyncError | None = None
        untold: SyncError | None = None
        for part in PARTS.get(registry, ()):
            wanted = values.get(part)
            if part not in values or getattr(record, part) == wanted:
                continue
            try:
                await self._parts.write(part, record, row, wanted, new=new)
            except SyncError as failed:
                error = error or failed
                untold = failed if part == "customer_class" else untold
        missing = _differing(record, values)
        if missing:
            try:
                record = await self._read_back(registry, register, record)
            except SyncError as failed:
                if not new:
                    raise
                return Written(record, missing, error or failed)  # it exists: its id must not be lost
            missing = _differing(record, values)
        if not missing:
            return Written(record, error=untold)  # the class is there; a former one may be there, too
        names = ", ".join(sorted(missing))
        return Written(
            record,
            missing,
            error
            or BadDataError(
                f"Severa did not take {names} of {register.table.title.lower()} {record.label}.",
                todo="Change it in Severa by hand, or in the other system to what Severa shows.",
                field=next(iter(sorted(missing))),
            ),
        )

    async def _read_back(self, registry: Registry, register: Register, record: Record) -> Record:
        found = await self._reading.get(registry, record.id)
        if found is None:
            raise GoneError(f"{register.table.title} {record.label} was deleted in Severa meanwhile.")
        return found


def _differing(record: Record, values: Mapping[str, Any]) -> frozenset[str]:
    """Names of the fields that Severa shows otherwise than asked. A contact's code is Severa's own guid."""
    ours = NOT_OURS | {"code"} if record.registry is Registry.CONTACTS else NOT_OURS
    known = set(business_fields(type(record))) - ours
    main = values.get("address", getattr(record, "address", None))
    own = {name: None if name in USES and value == main else value for name, value in values.items()}
    return frozenset(name for name, value in own.items() if name in known and getattr(record, name) != _plain(value))


def _plain(value: Any) -> Any:
    """A value as a read would give it: texts trimmed, empty ones None."""
    return value.strip() or None if isinstance(value, str) else value
