"""Severa's small registers that other rows refer to, each fetched when it is first needed and kept for the run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from connectors.ports import RegisterStore
from connectors.severa.client import Paging, SeveraClient
from connectors.severa.settings import SeveraSettings
from connectors.together import Once
from connectors.values import Rejected, decimal, shown
from core.errors import BadDataError, ConfigurationError
from core.records import Address


@dataclass(frozen=True, slots=True)
class Countries:
    """ISO two-letter codes by every name and code that Severa has for a country, and its guid by code."""

    codes: Mapping[str, str]
    guids: Mapping[str, str]

    def code(self, name: str | None) -> str | None:
        """The two-letter code of a name, three-letter code or guid; None when Severa's register has no such country."""
        return self.codes.get(name.strip().casefold()) if name else None


@dataclass(frozen=True, slots=True)
class Currencies:
    """Guids of the active currencies by code, rates of all, and the code of the organisation's own."""

    guids: Mapping[str, str]
    rates: Mapping[str, Decimal]
    own: str | None


COUNTRIES = "severa.countries"
"""The one register that is kept between runs: every customer has a country, and countries do not change."""


class References:
    """Lookups of one Severa organisation. Every method makes at most one round of calls per run."""

    def __init__(self, client: SeveraClient, settings: SeveraSettings, kept: RegisterStore | None = None) -> None:
        self._client = client
        self._kept = kept
        self._settings = settings
        self._countries = Once(self._read_countries)
        self._currencies = Once(self._read_currencies)
        self._communication_types = Once(self._read_communication_types)
        self._sales = Once(self._read_sales)
        self._owner = Once(self._read_owner)
        self._prospects = Once(self._read_prospects)

    async def countries(self) -> Countries:
        """The register of countries."""
        found: Countries = await self._countries.get()
        return found

    async def country_guid(self, code: str | None) -> str | None:
        """Guid of a country by its two-letter code. BadDataError when Severa does not have it."""
        if code is None:
            return None
        found = (await self.countries()).guids.get(code.upper())
        if found is None:
            raise BadDataError(
                f"Severa has no country {shown(code)}.", todo="Correct the country of the address.", field="country"
            )
        return found

    async def iso_address(self, address: Address | None) -> Address | None:
        """An address whose country is the ISO code instead of Severa's own word for it; unknown words become None."""
        if address is None or address.country is None:
            return address
        return replace(address, country=(await self.countries()).code(address.country))

    async def currency_guid(self, code: str) -> str:
        """Guid of a currency by its code. BadDataError when Severa does not have it or it is inactive."""
        found = (await self._register()).guids.get(code.upper())
        if found is None:
            raise BadDataError(
                f"Severa has no active currency {shown(code)}.", todo="Add the currency in Severa.", field="currency"
            )
        return str(found)

    async def organisation_currency(self) -> str:
        """Code of the organisation's own currency."""
        found = (await self._register()).own
        if found is None:
            raise ConfigurationError(
                "Severa does not say which currency is the organisation's own.",
                todo="Mark one as the organisation's currency in Severa's settings.",
            )
        return found

    async def currency_rates(self) -> dict[str, Decimal]:
        """Rates by currency code as Severa's register has them; the organisation's own currency is 1."""
        return dict((await self._register()).rates)

    async def _register(self) -> Currencies:
        found: Currencies = await self._currencies.get()
        return found

    async def communication_type(self, *methods: str) -> str:
        """Guid of the first active communication type of one of these methods (EmailAddress, Phone, MobilePhone)."""
        types = await self._communication_types.get()
        for method in methods:
            if method in types:
                return str(types[method])
        raise BadDataError(
            f"Severa has no active communication type {' or '.join(methods)}.", todo="Add one in Severa's settings."
        )

    async def won_types(self) -> frozenset[str]:
        """Guids of all Won sales status types."""
        return frozenset((await self._sales.get())["Won"])

    async def lost_types(self) -> frozenset[str]:
        """Guids of all Lost sales status types (VN-09)."""
        return frozenset((await self._sales.get())["Lost"])

    async def new_project_status(self) -> str:
        """Guid of the Won sales status that projects made in the ERP get (PO-11)."""
        states = await self._sales.get()
        everything, active = states["Won"], states["Won, active"]
        wanted = self._settings.won_status
        if wanted is None:
            if active:
                return str(next(iter(active)))
            raise ConfigurationError("Severa has no active Won sales status.", todo="Add one in Severa's settings.")
        for guid, name in everything.items():
            if wanted.lower() == guid or wanted == name:
                return str(guid)
        raise ConfigurationError(
            f"severa.won_status {shown(wanted)} is no Won sales status in Severa.",
            todo="Name one: " + ", ".join(sorted(everything.values())) + ".",
        )

    async def default_owner(self) -> str:
        """Guid of the user who owns projects made in the ERP without a project manager (PO-11)."""
        return str(await self._owner.get())

    async def prospects(self) -> frozenset[str]:
        """Guids of the customers in the market segment that marks prospects; empty without that setting (PO-04)."""
        if self._settings.prospect_segment is None:
            return frozenset()
        found: frozenset[str] = await self._prospects.get()
        return found

    async def _rows(self, template: str, paging: Paging, params: Mapping[str, Any] | None = None) -> list[Any]:
        """The rows of a register that are objects; a register is used as far as it makes sense."""
        return [row for row in await self._client.rows(template, paging, params) if isinstance(row, Mapping)]

    async def _read_countries(self) -> Countries:
        codes: dict[str, str] = {}
        guids: dict[str, str] = {}
        rows = self._kept.load(COUNTRIES) if self._kept else None
        if rows is None:
            rows = await self._rows("/v1/localization/countries", Paging.NONE)
            if self._kept:
                wanted = ("guid", "name", "englishName", "code2", "code3")
                self._kept.save(COUNTRIES, [{name: row.get(name) for name in wanted} for row in rows])
        for row in rows:
            code = _text(row, "code2").upper()
            if not code:
                continue
            for name in ("name", "englishName", "code2", "code3", "guid"):
                if word := _text(row, name):
                    codes.setdefault(word.casefold(), code)
            if guid := _text(row, "guid"):
                guids.setdefault(code, guid)
        return Countries(codes, guids)

    async def _read_currencies(self) -> Currencies:
        guids: dict[str, str] = {}
        rates: dict[str, Decimal] = {}
        own: str | None = None
        for row in await self._rows("/v1/currencies", Paging.FIRST_ROW):
            code = _text(row, "code").upper()
            if code and row.get("isActive") is not False:
                guids.setdefault(code, _text(row, "guid"))
            with suppress(Rejected):
                rate = decimal(row.get("rate"))
                if code and rate is not None and rate > 0:
                    rates.setdefault(code, rate)
            if code and row.get("isOrganizationCurrency") is True:
                own = code
                rates[code] = Decimal(1)
        return Currencies(guids, rates, own)

    async def _read_communication_types(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in await self._rows("/v1/communicationtypes", Paging.FIRST_ROW):
            if _text(row, "type") and row.get("isActive") is not False:
                found.setdefault(_text(row, "type"), _text(row, "guid"))
        return found

    async def _read_sales(self) -> dict[str, dict[str, str]]:
        """Names of sales status types by guid, per sales state; the active ones of Won besides."""
        found: dict[str, dict[str, str]] = {"Won": {}, "Won, active": {}, "Lost": {}}
        for row in await self._rows("/v1/salesstatustypes", Paging.FIRST_ROW):
            state, own = _text(row, "salesState"), _text(row, "guid").lower()
            if state not in found or not own:
                continue
            found[state][own] = _text(row, "name")
            if state == "Won" and row.get("isActive") is not False:
                found["Won, active"][own] = _text(row, "name")
        return found

    async def _read_owner(self) -> str:
        wanted = self._settings.project_owner
        if wanted is None:
            raise BadDataError(
                "The project has no owner, and Severa requires one.",
                todo="Name a project manager in the ERP, or set severa.project_owner.",
                field="projectOwner",
            )
        for row in await self._rows("/v1/users", Paging.TOKEN, {"code": wanted}):
            if _text(row, "code") == wanted and row.get("isActive") is not False:
                return _text(row, "guid")
        if len(wanted) == 36 and await self._client.one("/v1/users/{guid}", guid=wanted) is not None:
            return wanted
        raise ConfigurationError(
            f"severa.project_owner {shown(wanted)} is no active user in Severa.",
            todo="Give the code or the guid of an active user.",
        )

    async def _read_prospects(self) -> frozenset[str]:
        wanted = self._settings.prospect_segment
        found: set[str] = set()
        known = False
        for row in await self._rows("/v1/customermarketsegments", Paging.FIRST_ROW):
            segment = row.get("marketSegment")
            if wanted in (_text(segment, "name"), _text(segment, "guid").lower()):
                known = True
                found.add(_text(row.get("customer"), "guid").lower())
        if not known and not await self._segment_exists(wanted):
            raise ConfigurationError(
                f"severa.prospect_segment {shown(wanted)} is no market segment in Severa.",
                todo="Give the name or the guid of a market segment in Severa.",
            )
        return frozenset(found)

    async def _segment_exists(self, wanted: str | None) -> bool:
        rows = await self._rows("/v1/marketsegments", Paging.FIRST_ROW)
        return any(wanted in (_text(row, "name"), _text(row, "guid").lower()) for row in rows)


def _text(row: Any, name: str) -> str:
    """A text member of a register's row, trimmed; empty when there is none."""
    value = row.get(name) if isinstance(row, Mapping) else None
    return value.strip() if isinstance(value, str) else ""
