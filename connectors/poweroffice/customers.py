"""Customers in PowerOffice: the record, its delivery address, its payment term and its way of delivery (PO-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.fields import Use, nested
from connectors.gaps import Gaps
from connectors.ports import Written
from connectors.poweroffice import rows
from connectors.poweroffice.client import PowerOfficeClient
from connectors.poweroffice.mapping import CUSTOMERS
from connectors.poweroffice.registers import Registers
from connectors.values import shown
from core.errors import BadDataError, GoneError, MissingDependencyError, SyncError
from core.records import Address

OURS = ("PdfByEmail", "Print", None)
"""Ways of delivery that we decide; every other one was set in PowerOffice and is kept (contract section 8)."""


def delivery_type(email: str | None) -> str:
    """InvoiceDeliveryType by the guide: PdfByEmail when there is an e-mail address, otherwise Print."""
    return "PdfByEmail" if email else "Print"


class Customers:
    """Writes customers. A part that does not get through is named in the answer; the customer stands."""

    def __init__(self, client: PowerOfficeClient, registers: Registers) -> None:
        self._client = client
        self._registers = registers

    async def create(self, values: Mapping[str, Any], reference: str | None) -> Written:
        """POST the customer, then its delivery address under the guid of the Severa address."""
        gaps = Gaps()
        members = CUSTOMERS.write(values, Use.POST)
        if values.get("is_person"):
            members |= rows.person_names(str(values.get("name") or ""))
        address = values.get("address")
        if address is not None and (gap := rows.address_gap(address)):
            gaps.add("address", gap)
            members = rows.without_address(members)
            address = None
        days = values.get("payment_term")
        if days is not None and await self._registers.payment_term(days) is None:
            gaps.add("payment_term", no_term(days))
            members.pop("PaymentTerm")
        members["InvoiceDeliveryType"] = delivery_type(values.get("email"))
        members["ExternalImportReference"] = reference
        body = nested({name: value for name, value in members.items() if value is not None})
        row = await self._client.post("/Customers", body)
        made = rows.made(rows.customer, row, "Customer")
        if address is not None:
            await self._deliver(made.id, address, values.get("address_id"), gaps, fresh=True)
        return Written(made, frozenset(gaps.names), gaps.error)

    async def update(self, record_id: str, changes: Mapping[str, Any]) -> Written:
        """PATCH the named fields; e-mail, name and address look at the customer first, because rules hang on it."""
        gaps = Gaps()
        members = CUSTOMERS.write(changes, Use.PATCH)
        if "payment_term" in changes:
            await self._term(changes["payment_term"], members, gaps)
        row: Any = None
        if {"email", "name", "is_person", "address"} & set(changes) or not members:
            row = await self._client.row("/Customers/{id}", {"id": record_id})
            if row is None:
                raise GoneError(f"Customer {record_id} is not in PowerOffice any more.")
            members = _by_row(members, changes, row, gaps)
        if members:
            row = await self._client.patch("/Customers/{id}", _email_first(members), {"id": record_id})
            row = row if row is not None else await self._client.row("/Customers/{id}", {"id": record_id})
        address = changes.get("address")
        if address is not None and rows.address_gap(address) is None:
            await self._deliver(record_id, address, changes.get("address_id"), gaps)
        return Written(rows.customer(row), frozenset(gaps.names), gaps.error)

    async def _term(self, days: int | None, members: dict[str, Any], gaps: Gaps) -> None:
        term = None if days is None else await self._registers.payment_term(days)
        if days is not None and term is None:
            gaps.add("payment_term", no_term(days))
            members.pop("PaymentTermId")
        else:
            members["PaymentTermId"] = term

    async def _deliver(
        self, customer_id: str, address: Address, address_id: str | None, gaps: Gaps, *, fresh: bool = False
    ) -> None:
        """Write the delivery address that carries the Severa address' guid as ExternalCode."""
        wanted = {
            "AddressLine1": address.line1,
            "AddressLine2": address.line2,
            "ZipCode": address.postal_code,
            "City": address.city,
            "CountryCode": address.country,
        }
        try:
            held = None if fresh else await self._delivery_address(customer_id, address_id)
            if held is None:
                if address_id is None:
                    raise BadDataError(
                        "The delivery address is not written: the address in Severa has no id.",
                        todo="Save the customer's headquarter address in Severa again.",
                        field="ExternalCode",
                    )
                body = {name: value for name, value in wanted.items() if value is not None}
                await self._client.post(
                    "/ContactDeliveryAddresses/{contactId}",
                    body | {"ExternalCode": address_id},
                    {"contactId": customer_id},
                )
                return
            changed = {name: value for name, value in wanted.items() if held.get(name) != value}
            if changed:
                await self._client.patch(
                    "/ContactDeliveryAddresses/{contactId}/{id}",
                    changed,
                    {"contactId": customer_id, "id": str(held["Id"])},
                )
        except SyncError as error:
            gaps.add("address", error)

    async def _delivery_address(self, customer_id: str, address_id: str | None) -> Mapping[str, Any] | None:
        """The customer's delivery address of ours: by its code, else the only one that carries a code."""
        filters = {"externalCodes": address_id} if address_id else {"contactIds": customer_id}
        found = await self._client.rows("/ContactDeliveryAddresses", **filters)
        ours = [
            row
            for row in found.rows
            if isinstance(row, Mapping)
            and isinstance(row.get("Id"), int)
            and isinstance(row.get("ExternalCode"), str)
            and row["ExternalCode"]
            and (address_id is None or row["ExternalCode"].casefold() == address_id.casefold())
        ]
        strangers = [row for row in ours if str(row.get("ContactId")) != customer_id]
        if strangers and address_id:
            raise BadDataError(
                "The delivery address is not written: another customer in PowerOffice holds it.",
                why=f"Address {address_id} belongs to contact {shown(strangers[0].get('ContactId'))}.",
                todo="Remove the external code of that address in PowerOffice.",
                field="ExternalCode",
            )
        if len(ours) > 1:
            raise BadDataError(
                "The delivery address is not written: the customer has several with an external code.",
                todo="Remove the codes of those in PowerOffice that are not the headquarter address.",
                field="ExternalCode",
            )
        return ours[0] if ours else None


def no_term(days: int) -> MissingDependencyError:
    """PowerOffice has no active payment term with so many credit days."""
    return MissingDependencyError(
        f"PowerOffice has no payment term of {days} days.",
        todo=f"Add a payment term of {days} days in PowerOffice, or choose another term in Severa.",
        field="PaymentTermId",
        needs=f"payment_terms:{days}",
    )


def _by_row(members: dict[str, Any], changes: Mapping[str, Any], row: Any, gaps: Gaps) -> dict[str, Any]:
    """What to write, given the customer as it stands now."""
    now = rows.customer(row)
    if changes.get("is_person", now.is_person) and {"name", "is_person"} & set(changes):
        members |= rows.person_names(changes.get("name", now.name) or "")
    if "email" in changes and row.get("InvoiceDeliveryType") in OURS:
        members["InvoiceDeliveryType"] = delivery_type(changes["email"])
    if "address" in changes:
        if gap := rows.address_gap(changes["address"]):
            gaps.add("address", gap)
            return rows.without_address(members)
        if row.get("MailAddress") is None:
            return rows.whole_address(members)
    return members


def _email_first(members: Mapping[str, Any]) -> dict[str, Any]:
    """PdfByEmail wants an e-mail address to stand there already; archiving comes last."""
    order = {"EmailAddress": 0, "IsArchived": 2}
    return dict(sorted(members.items(), key=lambda member: order.get(member[0], 1)))
