"""What a tenant may set for Severa (the `severa` section of a tenant file).

Defaults are those of the vendor contract; what the contract leaves open is a setting here (contract sections 2 to 4,
8, 10 and 14).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from tenants.section import BaseUrl, SecretReference, Section, Text, wrong

SCOPES = (
    "customers:read",
    "customers:write",
    "settings:read",
    "settings:write",
    "projects:read",
    "projects:write",
    "users:read",
    "users:write",
    "fees:read",
    "fees:write",
    "invoices:read",
    "invoices:write",
    "organization:read",
)
"""What the integration asks for by default (contract section 2)."""


class SeveraStatuses(Section):
    """The invoice statuses that drive the transfer (ALL-04), each by its exact name or its guid."""

    trigger: Text
    """An invoice on this status is transferred."""
    transferred: Text
    """The status that an invoice receives after a successful transfer."""
    sent: Text
    """The status for invoices that have been sent to the end customer."""
    partially_paid: Text | None = None
    """The status for invoices of which a part is paid, where the ERP tells of it (VN-15)."""
    paid: Text
    """The status for invoices that are paid."""
    failed: Text | None = None
    """The status for invoices that were refused (total check). Without one, where the ERP lets it be missing, they
    stay on the trigger status."""

    @model_validator(mode="after")
    def _distinct(self) -> SeveraStatuses:
        seen: dict[str, str] = {}
        for role in type(self).model_fields:
            status = getattr(self, role)
            if status is None:
                continue
            if (other := seen.setdefault(status.casefold(), role)) != role:
                raise wrong(f"{other} and {role} name the same status", "a status of its own for each")
        return self


class SeveraSettings(Section):
    """Severa: access, pace, statuses and defaults."""

    title: ClassVar[str] = "Severa"

    base_url: BaseUrl = "https://api.severa.visma.com/rest-api"
    """Address of Severa's REST API, without `/v1`."""
    client_id: Text
    """Client id of the API credentials made in Severa (Settings > Integrations > REST API)."""
    client_secret: SecretReference
    """Where the client secret is kept: block:NAME, env:NAME or file:PATH."""
    statuses: SeveraStatuses
    """Severa's invoice statuses, by exact name or guid. Each must exist and be active."""
    project_owner: Text | None = None
    """Code or guid of the user who owns projects that were made in the ERP. Without one such projects are reported."""
    won_status: Text | None = None
    """Name or guid of the Won status for projects made in the ERP. Without one: the first active Won status."""
    prospect_segment: Text | None = None
    """Name or guid of the market segment that marks prospects; they are never transferred."""
    fee_key_field: Literal["invoiceRowComment", "description", "none"] = "invoiceRowComment"
    """Field of a project cost that carries our key, by which a cost is found again after a lost answer."""
    number_fallback: Literal["none", "ourReference"] = "none"
    """Where the ERP's invoice number goes when Severa does not take it as the invoice's number."""
    currency_rates: Literal["none", "own_per_unit", "units_per_own"] = "none"
    """What a rate in Severa's register means, for costs in another currency than their project: own_per_unit is 11.7
    for EUR where the own currency is NOK, units_per_own is 0.085. none: such costs are reported, not converted."""
    scopes: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[a-z]+$")], ...] = Field(SCOPES, min_length=1)
    """Scopes to ask for; the credentials in Severa must have them."""
    calls_per_second: float = Field(8, ge=0, le=10)
    """Most calls in a second; Severa refuses more than 10. 0 is no limit, for simulated systems only."""
    concurrency: int = Field(8, ge=1, le=32)
    """Most calls under way at the same time."""
    timeout_seconds: float = Field(30, gt=0, le=300)
    """How long to wait for an answer."""
    page_size: int = Field(100, ge=20, le=100)
    """Rows asked for in one call."""
    overlap_minutes: int = Field(5, ge=0, le=1440)
    """How far each read of changes reaches back before the start of the last one."""
    full_read_hours: int = Field(24, ge=1, le=8760)
    """How often the registries are read in full, to see what changed unnoticed or was deleted."""
    token_share: float = Field(0.8, gt=0, le=1)
    """Share of an access token's life after which it is renewed."""
    token_default_seconds: int = Field(300, ge=10, le=86400)
    """Life of an access token for which Severa states none."""
