"""What Severa offers for the settings of a new tenant: statuses, users, products, segments, rates (contract section 9).

Rows that break the contract are as good as absent: they cannot be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.offers import Offer, Source, distinct
from connectors.rules import NOT_PROSPECT
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.client import Paging, SeveraClient
from connectors.severa.settings import SCOPES, SeveraSettings
from connectors.values import Rejected, decimal
from core.invoices import InvoiceStatus
from core.profiles import Profile
from core.records import Registry, Side

TAKES_AWAY = "customers:delete"
"""The scope by which a customer's former class, a market segment, is taken away."""


def makes_projects(profile: Profile) -> bool:
    """Whether projects that were made in the ERP come to Severa (PO-11)."""
    return any(rule.registry is Registry.PROJECTS and Side.SEVERA in rule.created_on for rule in profile.registries)


def knows_prospects(profile: Profile) -> bool:
    """Whether prospects stay in Severa (PO-04)."""
    return any(NOT_PROSPECT in rule.filters.get(Side.SEVERA, ()) for rule in profile.registries)


def classes_are_segments(profile: Profile) -> bool:
    """Whether customers have a class of the ERP's, which Severa keeps as a market segment (VN-05)."""
    return any(
        rule.registry is Registry.CUSTOMERS and any(field.offered for field in rule.fields)
        for rule in profile.registries
    )


def scopes_for(profile: Profile) -> tuple[str, ...]:
    """The scopes that a tenant file names: the usual ones, and removing where the ERP's registries need it."""
    return (*SCOPES, TAKES_AWAY) if classes_are_segments(profile) else SCOPES


STATUSES = "invoice_statuses"
SOURCES: Mapping[str, Source] = {
    "statuses": Source(Side.SEVERA, STATUSES),
    "project_owner": Source(Side.SEVERA, "users", makes_projects),
    "won_status": Source(Side.SEVERA, "won_statuses", makes_projects, several=True),
    "prospect_segment": Source(Side.SEVERA, "segments", knows_prospects),
    "currency_rates": Source(Side.SEVERA, "currency_rates"),
}
"""Setting -> the register that its values stand in."""


class SeveraOffers:
    """One Severa organisation (fulfils `OffersPort`), and its status register as checks want it."""

    def __init__(self, client: SeveraClient, settings: SeveraSettings) -> None:
        self._client = client
        self._adapter = SeveraAdapter(client, settings)
        self._read = {
            "users": self._users,
            "won_statuses": self._won_statuses,
            "segments": self._segments,
            "products": self._products,
            "currency_rates": self._currency_rates,
        }

    @classmethod
    def open(cls, settings: SeveraSettings, secrets: Mapping[str, SecretStr]) -> SeveraOffers:
        """Severa as these credentials see it. Nothing is called before it is used."""
        return cls(SeveraClient(settings, secrets["client_secret"]), settings)

    async def read(self, register: str) -> tuple[Offer, ...]:
        """The values of a register other than the statuses."""
        return await self._read[register]()

    async def statuses(self) -> tuple[InvoiceStatus, ...]:
        """The status register with its order and flags."""
        return await self._adapter.invoice_statuses()

    async def close(self) -> None:
        """Close connections."""
        await self._adapter.close()

    async def _users(self) -> tuple[Offer, ...]:
        """By code where one user has it, else by guid."""
        found = []
        for row in await self._rows("/v1/users", Paging.TOKEN):
            name = " ".join(part for part in (_text(row, "firstName"), _text(row, "lastName")) if part)
            found.append((_text(row, "code"), _text(row, "guid").lower(), name, _text(row, "email")))
        return _by_code(found)

    async def _products(self) -> tuple[Offer, ...]:
        """Products by code; codes may be double in Severa, and such a code names none."""
        rows = await self._rows("/v1/products", Paging.TOKEN)
        return distinct([Offer(code, _text(row, "name")) for row in rows if (code := _text(row, "code"))])

    async def _won_statuses(self) -> tuple[Offer, ...]:
        rows = await self._rows("/v1/salesstatustypes", Paging.FIRST_ROW)
        return _by_name([row for row in rows if _text(row, "salesState") == "Won"])

    async def _segments(self) -> tuple[Offer, ...]:
        return _by_name(await self._rows("/v1/marketsegments", Paging.FIRST_ROW))

    async def _currency_rates(self) -> tuple[Offer, ...]:
        """What a rate may mean, said with one of Severa's own; none where there is no other currency."""
        own, other, rate = "", "", Decimal(0)
        for row in await self._rows("/v1/currencies", Paging.FIRST_ROW):
            code = _text(row, "code").upper()
            if row.get("isOrganizationCurrency") is True:
                own = code
            elif code and not other and (said := _positive(row.get("rate"))) not in (None, 1):
                other, rate = code, said or rate
        if not own or not other:
            return ()
        return (
            Offer("own_per_unit", f"1 {other} is {rate.normalize():f} {own}", "Severa's rate as it stands"),
            Offer("units_per_own", f"1 {own} is {rate.normalize():f} {other}", "the other way round"),
            Offer("none", "not converted", "costs in another currency are reported"),
        )

    async def _rows(self, template: str, paging: Paging) -> list[Mapping[str, Any]]:
        """The active rows of a register."""
        rows = await self._client.rows(template, paging)
        return [row for row in rows if isinstance(row, Mapping) and row.get("isActive") is not False]


def status_offers(register: Sequence[InvoiceStatus]) -> tuple[Offer, ...]:
    """Active statuses in their order, their flags as notes.

    By name where one alone has it, else by guid; inactive ones count, too, for a name does not say which is meant.
    """
    names = [_folded(status) for status in register]
    offers = []
    for status in register:
        if not status.active:
            continue
        flags = {"default": status.is_default, "number": status.has_number, "sent": status.is_sent}
        flags |= {"paid": status.is_paid, "after credit": status.is_default_for_credit_note}
        note = ", ".join(flag for flag, there in flags.items() if there)
        alone = names.count(_folded(status)) == 1
        offers.append(Offer(status.name if alone else status.id, status.name, note, (status.id,) if alone else ()))
    return tuple(offers)


def _folded(status: InvoiceStatus) -> str:
    return status.name.strip().casefold()


def _by_code(rows: list[tuple[str, str, str, str]]) -> tuple[Offer, ...]:
    codes = [code for code, _, _, _ in rows]
    return tuple(
        Offer(code if code and codes.count(code) == 1 else guid, name, note, (guid,)) for code, guid, name, note in rows
    )


def _by_name(rows: list[Mapping[str, Any]]) -> tuple[Offer, ...]:
    names = [_text(row, "name") for row in rows]
    offers = []
    for row, name in zip(rows, names, strict=True):
        guid = _text(row, "guid").lower()
        offers.append(Offer(name if name and names.count(name) == 1 else guid, name, "", (guid,)))
    return tuple(offers)


def _positive(value: Any) -> Decimal | None:
    try:
        found = decimal(value)
    except Rejected:
        return None
    return found if found is not None and found > 0 else None


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    return " ".join(value.split()) if isinstance(value, str) else ""
