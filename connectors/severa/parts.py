"""Parts of a record that are rows of their own in Severa: addresses, classes, e-mail addresses, phone numbers.

Each is looked up before it is created, so that a create whose answer was lost is not made twice (contract section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.severa.addresses import USES, CustomerAddresses, members_of
from connectors.severa.carried import Carried
from connectors.severa.classes import SeveraClasses
from connectors.severa.client import Paging, SeveraClient
from connectors.severa.mapping import guid_in
from connectors.severa.references import References
from core.errors import BadDataError, ConfigurationError
from core.records import Address, Record, Registry

PARTS: Mapping[Registry, tuple[str, ...]] = {
    Registry.CUSTOMERS: ("address", *USES, "customer_class"),
    Registry.CONTACTS: ("email", "phone", "mobile"),
}
"""Fields of a registry that are written through rows of their own."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "email": ("EmailAddress",),
    "phone": ("Phone", "MobilePhone"),
    "mobile": ("MobilePhone",),
}
"""Communication types that a field stands for, the one for new rows first."""
APART = {"phone": ("Phone",)}
"""The same where mobile phones are a field of their own."""


class SeveraParts:
    """Writes parts of customers and contacts."""

    def __init__(
        self,
        client: SeveraClient,
        references: References,
        carried: Carried,
        addresses: CustomerAddresses,
        classes: SeveraClasses,
    ) -> None:
        self._client = client
        self._references = references
        self._carried = carried
        self._addresses = addresses
        self._classes = classes

    async def write(self, part: str, record: Record, row: Any, wanted: Any, *, new: bool) -> None:
        """Bring one part to the wanted value; `row` is Severa's row of the record, `new` when it was just created."""
        if part == "address":
            await self._write_address(record.id, row, wanted, new=new)
        elif part in USES:
            customer = await self._client.one("/v1/customers/{guid}", guid=record.id)
            await self._addresses.write(part, record.id, guid_in(customer, "headquarterAddress"), wanted)
        elif part == "customer_class":
            await self._classes.set_class(record.id, wanted)
        else:
            await self._write_communication(record, part, wanted, new=new)

    async def _write_address(self, customer_id: str, row: Any, wanted: Address | None, *, new: bool) -> None:
        """The headquarter address: changed where there is one, else created and chosen (PO-06)."""
        country = await self._references.country_guid(wanted.country if wanted else None)
        members = members_of(wanted, country)
        present = guid_in(row, "headquarterAddress")
        if present:
            await self._client.patch("/v1/addresses/{guid}", members, guid=present)
            return
        if wanted is None:
            return
        created = None if new else await self._same_address(customer_id, members)
        if created is None:
            uses = dict.fromkeys(("isBillingAddress", "isPostalAddress", "isVisitAddress"), True)
            body = {name: value for name, value in members.items() if value is not None} | uses
            answer = await self._client.post("/v1/customers/{customerGuid}/addresses", body, customerGuid=customer_id)
            created = guid_in({"": answer}, "")
        if created is None:
            raise BadDataError(
                "Severa created an address without saying its guid.",
                todo="Choose it as the customer's headquarter address in Severa.",
                field="guid",
            )
        customer = await self._client.one("/v1/customers/{guid}", guid=customer_id)
        if guid_in(customer, "headquarterAddress") != created:
            await self._client.patch("/v1/customers/{guid}", {"headquarterAddress.guid": created}, guid=customer_id)

    async def _same_address(self, customer_id: str, members: Mapping[str, Any]) -> str | None:
        """An address of the customer that is the wanted one already."""
        path = "/v1/customers/{customerGuid}/addresses"
        for row in await self._client.rows(path, Paging.FIRST_ROW, customerGuid=customer_id):
            if isinstance(row, Mapping) and all(
                (row.get(name) or None) == members[name] for name in ("addressline", "postalCode", "city")
            ):
                return guid_in({"": row}, "")
        return None

    async def _write_communication(self, contact: Record, part: str, wanted: str | None, *, new: bool) -> None:
        """The first e-mail address or phone number of a contact: changed, removed, or created."""
        methods = METHODS[part]
        if self._carried.has(Registry.CONTACTS, "mobile"):
            methods = APART.get(part, methods)
        known = [] if new else await self._communications(contact.id, methods)
        if wanted is not None and any(row.get("value") == wanted for row in known):
            return
        shown = getattr(contact, part)
        current = next((row for row in known if row.get("value") == shown), None) if shown else None
        guid = guid_in({"": current}, "")
        if guid and wanted is None:
            await self._remove_communication(part, guid)
        elif guid:
            await self._client.patch("/v1/contactcommunications/{guid}", {"value": wanted}, guid=guid)
        elif wanted is not None:
            body = {
                "value": wanted,
                "contact": {"guid": contact.id},
                "communicationType": {"guid": await self._references.communication_type(*methods)},
                "isForbiddenToUse": False,  # Severa's own default is true
            }
            await self._client.post("/v1/contactcommunications", body)

    async def _remove_communication(self, part: str, guid: str) -> None:
        """Removing needs a scope of its own, which the default scopes leave out: without it a person removes it."""
        try:
            await self._client.delete("/v1/contactcommunications/{guid}", guid=guid)
        except ConfigurationError as refused:
            raise BadDataError(
                f"The contact's {part} cannot be removed in Severa.",
                why=refused.why,
                todo="Remove it in Severa, or add customers:delete to severa.scopes and to the API credentials.",
                field=part,
            ) from refused

    async def _communications(self, contact_id: str, methods: tuple[str, ...]) -> list[Mapping[str, Any]]:
        path = "/v1/contacts/{contactGuid}/contactcommunications"
        found: list[Mapping[str, Any]] = []
        for row in await self._client.rows(path, Paging.NONE, contactGuid=contact_id):
            kind = row.get("communicationType") if isinstance(row, Mapping) else None
            if isinstance(kind, Mapping) and kind.get("type") in methods:
                found.append(row)
        return found
