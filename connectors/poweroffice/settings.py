"""What a tenant may set for PowerOffice Go (the `poweroffice` section of a tenant file).

Defaults are those of the vendor contract; what the contract leaves open is a setting here (contract sections 1 to 4,
6, 9 and 11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from connectors.poweroffice.vocabulary import UnitOfMeasure, VoucherType
from core.profiles import Master
from core.records import Registry
from tenants.section import BaseUrl, Day, ErpSection, SecretReference, Text, wrong

UNITS: Mapping[str, UnitOfMeasure] = {
    **dict.fromkeys(("h", "tim", "timer", "timmar", "tuntia", "hour", "hours"), "HUR"),
    **dict.fromkeys(("kpl", "stk", "st", "pcs", "pc", "ea"), "EA"),
    "km": "KMT",
    **dict.fromkeys(("pv", "dag", "dager", "dagar", "day", "days"), "DAY"),
}
"""Severa's unit texts, lower case, and PowerOffice's codes for them."""


def _accounts(value: str) -> str:
    """Numbers and ranges as PowerOffice's own filter takes them, without spaces."""
    compact = re.sub(r"\s", "", value)
    ranges = [re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part) for part in compact.split(",")]
    if not all(r and int(r[1]) <= int(r[2] or r[1]) for r in ranges):
        raise wrong("is not a list of accounts", "numbers and ranges, such as 4000-7999 or 4000-4999,6790")
    return compact


def _units(value: dict[str, UnitOfMeasure]) -> dict[str, UnitOfMeasure]:
    return {**UNITS, **{unit.strip().casefold(): code for unit, code in value.items()}}


class PowerOfficeSettings(ErpSection):
    """PowerOffice Go: access, pace, invoices, purchase costs and registries."""

    title: ClassVar[str] = "PowerOffice"
    master_choices: ClassVar[Mapping[Registry, tuple[Master, ...]]] = dict.fromkeys(
        Registry, (Master.SEVERA, Master.ERP)
    )

    base_url: BaseUrl = "https://goapi.poweroffice.net"
    """Address of PowerOffice Go, without `/v2` and `/OAuth`. The demo environment is https://goapi.poweroffice.net/Demo"""
    application_key: SecretReference
    """Where the application key is kept: block:NAME, env:NAME or file:PATH."""
    client_key: SecretReference
    """Where the client key is kept; it belongs to the company in PowerOffice."""
    subscription_key: SecretReference
    """Where the subscription key is kept. All three keys belong to the same environment."""
    cost_product: Text | None = None
    """Code of the Severa product for purchase invoice rows that have no product code (PO-14)."""
    cost_from: Day | None = None
    """First posting date of purchase invoices that are imported. Without one: the day of the switch-on."""
    cost_billable: bool = False
    """Whether imported costs are billable in Severa."""
    customers_from_erp: Literal["all", "with_project"] = "all"
    """Which of PowerOffice's customers are created in Severa: all active ones, or those with an active project."""
    create_users: bool = True
    """Whether employees that exist only in PowerOffice are created as Severa users (each may take a licence)."""
    units: Annotated[dict[str, UnitOfMeasure], AfterValidator(_units)] = Field(
        default_factory=lambda: dict(UNITS), examples=[{"kk": "MON"}]
    )
    """Severa's units and PowerOffice's codes for them, added to the usual ones. Others are left out on invoices."""
    cost_accounts: Annotated[Text, AfterValidator(_accounts)] = "4000-7999"
    """Ledger accounts of purchase rows, as numbers and ranges; leaves out ledger and VAT rows."""
    voucher_types: tuple[VoucherType, ...] = Field(
        ("IncomingInvoice", "IncomingCreditNote", "ReversalVoucher", "CorrectionVoucher"), min_length=1
    )
    """Kinds of vouchers whose rows become project costs."""
    cost_years_ahead: int = Field(5, ge=0, le=20)
    """How many years ahead of today postings are looked for; accruals are posted ahead."""
    calls_per_second: float = Field(5, ge=0, le=10)
    """Most calls in a second; PowerOffice refuses more than 10 for all tenants of one subscription key together.
    0 is no limit, for simulated systems only."""
    concurrency: int = Field(8, ge=1, le=32)
    """Most calls under way at the same time."""
    timeout_seconds: float = Field(60, gt=0, le=300)
    """How long to wait for an answer."""
    page_size: int = Field(5000, ge=1, le=20000)
    """Rows asked for in one call."""
    overlap_minutes: int = Field(5, ge=0, le=1440)
    """How far each read of changes reaches back."""
    full_read_hours: int = Field(24, ge=1, le=8760)
    """How often the registries are read in full; address changes and deletions show only then."""
    lookup_delay_seconds: float = Field(60, ge=0, le=3600)
    """How long after a lost answer PowerOffice needs until its lists show the order. 0 for simulated systems only."""
    token_margin_seconds: int = Field(60, ge=0, le=300)
    """How long before its end an access token is renewed."""

    def unit_code(self, unit: str | None) -> UnitOfMeasure | None:
        """PowerOffice's code for a Severa unit text; None when there is none (the unit is then left out)."""
        return self.units.get(unit.strip().casefold()) if unit else None
