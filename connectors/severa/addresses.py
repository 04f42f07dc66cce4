"""A customer's billing and postal address in Severa: rows of their own beside the headquarter (VN-06, section 9).

An address row may serve several uses by its flags. A customer's billing address is the row that has that flag and is
not the headquarter; of several the first one that was entered. Where there is none, or it says what the headquarter
says, the customer has no billing address of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.fields import gather
from connectors.severa.client import Paging, SeveraClient
from connectors.severa.mapping import ADDRESSES, reference
from connectors.severa.references import References
from core.records import Address

Row = Mapping[str, Any]
USES: Mapping[str, tuple[str, str]] = {
    "billing_address": ("billing", "isBillingAddress"),
    "postal_address": ("postal", "isPostalAddress"),
}
"""Field of a customer -> the use of an address row, and its flag."""
FLAGS: Mapping[str, str] = {"billing": "isBillingAddress", "postal": "isPostalAddress", "visit": "isVisitAddress"}
NOT_STAMPED = datetime.max.replace(tzinfo=UTC)
PATH = "/v1/customers/{customerGuid}/addresses"


def members_of(address: Address | None, country: str | None) -> dict[str, Any]:
    """An address as members of Severa's row; `country` is the guid of its country."""
    return {
        "addressline": address_text(address),
        "postalCode": address.postal_code if address else None,
        "city": address.city if address else None,
        "country": reference(country),
    }


def address_text(address: Address | None) -> str | None:
    """The lines of an address as Severa's one text."""
    return "\n".join(part for part in (address.line1, address.line2) if part) or None if address else None


def serving(rows: Iterable[Row], use: str, headquarter: str | None) -> list[Row]:
    """Rows with a use that are not the headquarter, the first entered first."""
    found = [row for row in rows if row[use] and row["id"] != headquarter]
    return sorted(found, key=lambda row: (row["created_at"] or NOT_STAMPED, row["id"]))


class CustomerAddresses:
    """The addresses beside the headquarters."""

    def __init__(self, client: SeveraClient, references: References) -> None:
        self._client = client
        self._references = references

    async def all(self) -> dict[str, list[Row]]:
        """All of Severa's addresses by customer."""
        found: dict[str, list[Row]] = {}
        async for page in self._client.pages("/v1/addresses", Paging.FIRST_ROW):
            for row in self._read(page.rows):
                found.setdefault(row["customer"] or "", []).append(row)
        return found

    async def of(self, customer_id: str) -> list[Row]:
        """The addresses of one customer."""
        return self._read(await self._client.rows(PATH, Paging.FIRST_ROW, customerGuid=customer_id))

    async def fields(self, values: Row, rows: Sequence[Row], names: Iterable[str]) -> dict[str, Address | None]:
        """The named address fields of a customer; `values` are its other fields, `rows` its addresses."""
        found: dict[str, Address | None] = {}
        for name in names:
            chosen = next(iter(serving(rows, USES[name][0], values["address_id"])), None)
            address = await self._references.iso_address(chosen["address"]) if chosen else None
            found[name] = None if address == values["address"] else address or None
        return found

    async def write(self, name: str, customer_id: str, headquarter: str | None, wanted: Address | None) -> None:
        """Give a customer the address for one use; rows that serve another use, too, are not changed for this one."""
        use, flag = USES[name]
        rows = await self.of(customer_id)
        present = serving(rows, use, headquarter)
        if wanted is None:
            for row in present:
                await self._change(row["id"], {flag: False})
            return
        members = members_of(wanted, await self._references.country_guid(wanted.country))
        current = present[0] if present else None
        if current is not None and not any(current[other] for other in FLAGS if other != use):
            await self._change(current["id"], members)
            return
        same = [row for row in rows if row["id"] != headquarter and await self._holds(row, wanted)]
        if same:
            await self._change(same[0]["id"], {flag: True})
        else:
            uses = {each: each == flag for each in FLAGS.values()}
            body = {member: value for member, value in members.items() if value is not None} | uses
            await self._client.post(PATH, body, customerGuid=customer_id)
        for row in present:
            if row not in same[:1]:
                await self._change(row["id"], {flag: False})

    async def _holds(self, row: Row, wanted: Address) -> bool:
        return await self._references.iso_address(row["address"]) == wanted

    async def _change(self, guid: str, members: Mapping[str, Any]) -> None:
        await self._client.patch("/v1/addresses/{guid}", members, guid=guid)

    @staticmethod
    def _read(rows: Sequence[Any]) -> list[Row]:
        """Addresses as values; one that breaks the contract is left out: its customer goes without it."""
        values, _ = gather(rows, ADDRESSES.read, title=ADDRESSES.title, key="guid")
        return list(values)
