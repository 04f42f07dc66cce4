"""What Severa shows before the switch-on (contract sections 10 and 12), and what its guides want of it.

The checks are data; below them is how each is looked at. What is compared with the ERP is read once, a `SeveraSetup`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from connectors.severa.client import Paging, SeveraClient
from connectors.severa.references import References
from connectors.severa.settings import SeveraSettings
from connectors.values import Rejected, decimal, text, whole
from core.checks import Area, Check, SeveraSetup, Sheet, Weight
from core.errors import BadDataError
from core.profiles import Profile
from core.records import Registry, Side

HARD, SOFT = Weight.HARD, Weight.SOFT
SETTINGS = "Severa: Settings"

ACCESS = Check(
    key="severa.access",
    title="The API credentials are right and carry every scope that is asked for",
    where=f"{SETTINGS} > Integrations > REST API",
    todo="Check severa.client_id and severa.client_secret in the tenant file, and the scopes of the credentials.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, Severa contract 2",
)
STATUSES = Check(
    key="severa.statuses",
    title="The invoice statuses exist, stand in the right order and have the right flags",
    where=f"{SETTINGS} > Invoicing > Invoice statuses; the tenant file, severa.statuses",
    todo="Correct the status there, or name another one in the tenant file.",
    weight=HARD,
    area=Area.INVOICES,
    source="ALL-04, VN-13, guide: Invoice transfer settings",
)
COST_PRODUCT = Check(
    key="severa.cost_product",
    title="The product for purchase costs without a code exists",
    where="Severa: Settings > Work time, travel expense & product registries; the tenant file, cost_product",
    todo="Name the code of an active product of Severa.",
    weight=HARD,
    area=Area.COSTS,
    source="PO-14, ALL-10",
)
NO_COST_PRODUCT = Check(
    key="severa.no_cost_product",
    title="There is a product for purchase costs without a code",
    where="Severa: Settings > Work time, travel expense & product registries; the tenant file, cost_product",
    todo="Make a product for them in Severa, and name its code.",
    weight=SOFT,
    area=Area.COSTS,
    source="PO-14, guide: Regular products",
)
ORGANISATION = Check(
    key="severa.organisation",
    title="Severa says which company it is, and how it numbers",
    where=f"{SETTINGS} > Integrations > REST API",
    todo="Give the API credentials the scope organization:read.",
    weight=HARD,
    area=Area.ACCESS,
    source="ALL-10, Severa contract 12",
)
CREDIT_NOTES = Check(
    key="severa.credit_note_numbers",
    title="Severa gives credit notes no number of its own",
    where=f"{SETTINGS} > Invoicing > Invoicing defaults > Generate invoice number for credit note",
    todo="Switch the setting off: the ERP numbers credit notes.",
    weight=HARD,
    area=Area.INVOICES,
    source="VN-12, VN-13, guide: Invoice numbering",
)
ROUNDING = Check(
    key="severa.rounding",
    title="Severa does not round invoice totals to whole units",
    where="Severa: Settings, rounding of invoice totals",
    todo="Round to the currency's decimals, or expect totals that differ by more than 0.05 and are refused.",
    weight=SOFT,
    area=Area.INVOICES,
    source="ALL-07, Severa contract 10",
)
WON_STATUS = Check(
    key="severa.won_status",
    title="Projects that come from the ERP find their Won status",
    where="Severa: Settings, sales statuses; the tenant file, severa.won_status",
    todo="Name an active Won status, or make one.",
    weight=HARD,
    area=Area.REGISTERS,
    source="PO-11",
)
OWNER = Check(
    key="severa.project_owner",
    title="The owner of projects that come from the ERP exists",
    where="Severa: Users; the tenant file, severa.project_owner",
    todo="Give the code or the guid of an active user.",
    weight=HARD,
    area=Area.REGISTERS,
    source="PO-11, Severa contract 9",
)
NO_OWNER = Check(
    key="severa.no_project_owner",
    title="Projects that come from the ERP have an owner",
    where="The tenant file, severa.project_owner",
    todo="Name a user, or give every project in the ERP a project manager.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="PO-11, Severa contract 9",
)
PROSPECTS = Check(
    key="severa.prospect_segment",
    title="The market segment that marks prospects exists",
    where="Severa: Settings, market segments; the tenant file, severa.prospect_segment",
    todo="Give the name or the guid of a market segment.",
    weight=HARD,
    area=Area.REGISTERS,
    source="PO-04",
)
CURRENCIES = Check(
    key="severa.currencies",
    title="Severa says which currencies it uses",
    where="Severa: Settings, currencies",
    todo="Mark one as the organisation's currency.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="ALL-10",
)
VAT_RATES = Check(
    key="severa.vat_rates",
    title="Severa's VAT rates can be read",
    where="Severa: Settings, VAT rates",
    todo="Give the API credentials the scope settings:read.",
    weight=SOFT,
    area=Area.REGISTERS,
    source="ALL-10",
)


class SeveraChecks:
    """Looks at the settings of one Severa organisation."""

    def __init__(self, client: SeveraClient, references: References, settings: SeveraSettings) -> None:
        self._client = client
        self._references = references
        self._settings = settings

    async def look(self, profile: Profile) -> tuple[SeveraSetup, Sheet]:
        """What is compared with the ERP, and what was found; five calls, and those for what settings name."""
        sheet = Sheet()
        sheet.made(ORGANISATION, CURRENCIES, VAT_RATES)
        details = await sheet.read((ORGANISATION,), self._object("/v1/organizationdetails")) or {}
        numbers = await sheet.read((ORGANISATION,), self._object("/v1/organizationsettings")) or {}
        percents = await sheet.read((VAT_RATES,), self._vat_percents())
        currencies = await sheet.read((CURRENCIES,), self._currencies())
        await self._names(profile, sheet)
        if numbers:
            sheet.holds(
                ROUNDING,
                numbers.get("currencyRoundingType") != "NearestInteger",
                "Severa rounds totals to whole units, the ERP does not.",
            )
            if profile.credit_notes_enter is not None:
                sheet.holds(
                    CREDIT_NOTES,
                    numbers.get("setCreditNoteInvoiceNumber") is not True,
                    "Severa gives credit notes a number of its own.",
                )
        codes, own = currencies or (frozenset(), None)
        if currencies is not None and own is None:
            sheet.found(CURRENCIES, "Severa does not say which currency is the organisation's own.")
        found = SeveraSetup(
            name=_text(details, "name"),
            company_numbers=tuple(number for name in ("vatNumber", "kvkNumber") if (number := _text(details, name))),
            own_currency=own,
            currencies=codes,
            vat_percents=frozenset(percents or ()),
            next_project=_whole(numbers, "nextProjectNumber"),
            last_invoice=_whole(numbers, "lastInvoiceNumber"),
        )
        return found, sheet

    async def _names(self, profile: Profile, sheet: Sheet) -> None:
        """Whatever the tenant's file names exists."""
        created_here = [rule.registry for rule in profile.registries if Side.SEVERA in rule.created_on]
        if Registry.PROJECTS in created_here:
            sheet.made(WON_STATUS, NO_OWNER)
            await sheet.read((WON_STATUS,), self._references.new_project_status())
            if self._settings.project_owner is None:
                sheet.found(
                    NO_OWNER,
                    "No owner is named for projects without a project manager.",
                    why="Severa requires one: such projects stay on the error desk.",
                )
            else:
                sheet.made(OWNER)
                await sheet.read((OWNER,), self._references.default_owner())
        if self._settings.prospect_segment is not None:
            sheet.made(PROSPECTS)
            await sheet.read((PROSPECTS,), self._references.prospects())

    async def _currencies(self) -> tuple[frozenset[str], str | None]:
        """Codes of the active currencies, and the organisation's own."""
        codes: set[str] = set()
        own: str | None = None
        for row in await self._client.rows("/v1/currencies", Paging.FIRST_ROW):
            code = (_text(row, "code") or "").upper() if isinstance(row, Mapping) else ""
            if code and row.get("isActive") is not False:
                codes.add(code)
            if code and row.get("isOrganizationCurrency") is True:
                own = code
        return frozenset(codes), own

    async def _vat_percents(self) -> set[Decimal]:
        """Percentages of the active VAT rates, and 0 for invoices without VAT left out."""
        found = set()
        for row in await self._client.rows("/v1/vatrates", Paging.NONE):
            if isinstance(row, Mapping) and row.get("isActive") is not False:
                with suppress(Rejected):
                    percent = decimal(row.get("percentage"))
                    if percent:
                        found.add(percent.normalize())
        return found

    async def _object(self, path: str) -> Mapping[str, Any]:
        found = await self._client.one(path)
        if not isinstance(found, Mapping):
            raise BadDataError(f"Severa does not answer {path} with an object.")
        return found


def _text(row: Mapping[str, Any], name: str) -> str | None:
    with suppress(Rejected):
        return text(row.get(name))
    return None


def _whole(row: Mapping[str, Any], name: str) -> int | None:
    with suppress(Rejected):
        return whole(row.get(name))
    return None
