"""What a tenant may set for Visma.net Financials (the `visma_net` section of a tenant file).

Defaults are those of the vendor contract; what the contract leaves open is a setting here (contract section 15).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from core.profiles import Master
from core.records import ProductKind, Registry
from core.timetable import Word
from tenants.section import BaseUrl, Day, ErpSection, SecretReference, Text, wrong

SCOPES = tuple(f"vismanet_erp_service_api:{word}" for word in ("read", "create", "update", "delete"))
"""What the service application asks for (contract section 2)."""

Module = Literal["GL", "CA", "CM", "IN", "DR", "FA", "PM"]
"""Modules whose journal transactions may become costs. AP would repeat supplier invoices, AR holds own sales."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise wrong("is not a time zone", "an IANA name such as Europe/Oslo, or UTC") from None
    return value


class VismaNetSettings(ErpSection):
    """Visma.net Financials: access, pace, registries, invoices and costs."""

    title: ClassVar[str] = "Visma.net"
    master_choices: ClassVar[Mapping[Registry, tuple[Master, ...]]] = {
        Registry.BUSINESS_UNITS: (Master.SEVERA,),
        Registry.CUSTOMERS: (Master.BOTH,),
        Registry.CONTACTS: (Master.BOTH,),
        Registry.PRODUCTS: (Master.BOTH,),
        Registry.PROJECTS: (Master.SEVERA,),
    }
    timetable: ClassVar[Word] = "every_5_minutes"  # VN-01
    requires: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("severa", "statuses", "partially_paid"),  # VN-15
        ("severa", "statuses", "failed"),  # VN-13
    )

    base_url: BaseUrl = "https://api.finance.visma.net"
    """Address of the Visma Net ERP API, without `/v1`."""
    connect_url: BaseUrl = "https://connect.visma.com"
    """Address of Visma Connect, which gives access tokens, without `/connect/token`."""
    client_id: Text
    """Client id of the service application in the Visma Developer Portal."""
    client_secret: SecretReference
    """Where the service application's secret is kept: block:NAME, env:NAME or file:PATH."""
    tenant_id: Text
    """Tenant id of the company (Visma Admin > Company > Configuration), not that of the customer."""
    scopes: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[a-z]+$")], ...] = Field(SCOPES, min_length=1)
    """Scopes to ask for; the application must have them."""

    customer_class: Text | None = None
    """Class of new customers for which none is chosen in Severa. Without one Visma.net takes its own default."""
    item_classes: dict[ProductKind, Text] = Field(default_factory=dict, examples=[{"work_type": "TIMER"}])
    """Inventory class of new items for which none is chosen in Severa: for product, work_type and travel_expense."""
    work_type_classes: dict[Text, Text] = Field(default_factory=dict, examples=[{"RAD-10": "TIMER"}])
    """Inventory class by code of a work type: work types have no place for it in Severa."""
    credit_terms: dict[int, Text] = Field(default_factory=dict, examples=[{14: "14"}])
    """Credit term by days, where Visma.net has several of so many days."""
    units: dict[Text, Text] = Field(default_factory=dict, examples=[{"h": "TIME"}])
    """Severa's units and Visma.net's for them on invoice rows. Others are sent as they are."""

    template: Text = "Z"
    """Template of new projects."""
    task: Text = "10"
    """Task that every project has and every invoice row names."""
    task_description: Text = "Standard"
    """Description of that task where a project is made without it."""
    project_activation: Literal["after_create", "never"] = "after_create"
    """Whether a new project is taken out of planning. In planning it cannot be chosen on documents."""
    project_length_rule: Literal["equal", "at_most"] = "equal"
    """Whether project numbers must fill the segmented key exactly, or at most."""
    non_project: Text | None = None
    """Visma.net's code for "no project". Without one it is asked for."""

    after_transfer: Literal["release", "balanced", "hold"] = "release"
    """What becomes of a document whose total is right: released into the books, taken off hold, or left on hold."""
    release_seconds: float = Field(60, ge=0, le=600)
    """How long to wait until a released document shows as open."""
    poll_seconds: float = Field(5, ge=0, le=60)
    """How often it is looked at meanwhile."""
    release_tries: int = Field(3, ge=1, le=100)
    """After so many runs in which it could not be released, a draft is deleted and the invoice fails."""
    multi_project: Literal["none", "refuse"] = "none"
    """An invoice of several projects: sent under the code for "no project", or refused."""
    exchange_rate: Literal["send", "omit", "reciprocal"] = "send"
    """The rate of an invoice in a foreign currency: as Severa has it, not at all, or one divided by it."""
    default_item: Text | None = None
    """Item for invoice rows without a code. Without one such rows are refused."""
    text_labels: dict[Literal["our_reference", "billing_contact"], Text] = Field(
        default_factory=dict, examples=[{"our_reference": "Vår referanse"}]
    )
    """What stands before these two in the invoice text. Without a label they stand by themselves."""
    longest_texts: dict[Text, Annotated[int, Field(ge=1, le=10000)]] = Field(
        default_factory=dict, examples=[{"externalReference": 40}]
    )
    """Longest texts by member of an invoice or its rows: longer ones are cut and reported. Others go as they are."""
    note_given_back: Literal["check", "yes", "no"] = "check"
    """Whether Visma.net gives an invoice's note back, by which a lost invoice is found: found out, or known."""
    invoice_files: Literal["none", "pdf", "attachments", "both"] = "none"
    """What goes with an invoice: its PDF, its attachments, both or neither."""
    largest_file_mb: int = Field(20, ge=1, le=100)
    """Larger files are refused with a reason."""
    file_tries: int = Field(3, ge=1, le=100)
    """In how many more runs a file that could not be attached is tried."""
    lookup_delay_seconds: float = Field(300, ge=0, le=3600)
    """How long after a lost answer an invoice may still appear. 0 for simulated systems only."""

    cost_product: Text | None = None
    """Code of the Severa product for imported costs. Without one Severa's own logic decides."""
    cost_from: Day | None = None
    """First document date of costs that are imported. Without one: the day of the switch-on."""
    cost_billable: bool = False
    """Whether imported costs are billable in Severa. Otherwise their price is 0.00."""
    cost_multiplier: Decimal = Field(Decimal(100), ge=0, le=10000)
    """Price of a billable cost in percent of the cost: 150 makes it one and a half times the cost."""
    cost_files: bool = True
    """Whether attachments of costs go to Severa's projects."""
    journal_modules: tuple[Module, ...] = ("GL", "CA")
    """Modules whose other transactions become costs."""
    journal_days_before: int = Field(92, ge=0, le=3660)
    """How many days before its own date a transaction may have been entered, for the first read."""

    stamp_zone: Annotated[Text, AfterValidator(_zone)] = "UTC"
    """Zone of Visma.net's times of change, which carry none. It decides only which of two changes was the later."""
    concurrency: int = Field(1, ge=1, le=16)
    """Most calls under way at the same time."""
    timeout_seconds: float = Field(60, gt=0, le=300)
    """How long to wait for an answer to a question."""
    write_timeout_seconds: float = Field(250, gt=0, le=600)
    """How long to wait for an answer to a write; Visma.net itself gives up after four minutes."""
    longest_wait_seconds: float = Field(60, ge=0, le=3600)
    """The longest pause that Visma.net may ask for before the run ends instead."""
    quota_reserve: float = Field(0.1, ge=0, le=1)
    """Share of the hour's calls that is kept for invoices under way."""
    page_size: int = Field(500, ge=1, le=5000)
    """Rows asked for in one call."""
    overlap_minutes: int = Field(10, ge=0, le=1440)
    """How far each read of changes reaches back."""
    full_read_hours: int = Field(24, ge=1, le=8760)
    """How often the registries are read in full; deletions show only then."""
    register_hours: float = Field(1, ge=0, le=168)
    """How long classes, terms, branches, currencies and the like are kept."""
    token_share: float = Field(0.8, gt=0, le=1)
    """Share of an access token's life after which a new one is asked for."""

    def unit(self, unit: str | None) -> str | None:
        """Visma.net's unit for a Severa unit text; None for an empty one."""
        return None if not unit or not unit.strip() else self.units.get(unit.strip(), unit.strip())
