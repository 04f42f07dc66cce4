"""The tenant: one customer company with its settings, as read from `tenants/NAME.yaml`.

The sections of the systems are models of the connectors; this room does not know them. They are handed in as a table
(name of the system -> its section), and `tenant_model` builds the whole model of a tenant file from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model, model_validator

from core.profiles import Master
from core.records import Registry
from core.timetable import TIMETABLES, Timetable, Word, minutes_of
from tenants.mistakes import did_you_mean, one_of
from tenants.section import ErpSection, Instant, Section, wrong

S = TypeVar("S", bound=Section)

EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
"""One address without a name, as mail servers take it everywhere; a domain with other letters in its xn-- form."""
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
"""Names of tenants are names of files, folders and tags: small letters, digits, `-` and `_`."""
QUEUE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
"""Names of work queues that Prefect takes, and that need no quotes on a command line."""
DEFAULT_QUEUE = "default"
"""The work queue that every work pool of Prefect has."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        # A name that is no zone, a folder of the zone database, or a name that is no file name at all.
        near = did_you_mean(value, sorted(available_timezones()))
        raise wrong("is not a time zone", near or "an IANA name such as Europe/Helsinki") from None
    return value


def _timetable(value: Any) -> Any:
    if isinstance(value, str):
        if value in TIMETABLES:
            return value
        near = did_you_mean(value, TIMETABLES)
        allowed = f"{one_of(TIMETABLES)}, or a list of cron expressions"
        raise wrong("is not allowed", f"{allowed} ({near})" if near else allowed)
    if not isinstance(value, list | tuple) or not value or not all(isinstance(cron, str) for cron in value):
        raise wrong(
            "is not a timetable",
            f'{one_of(TIMETABLES)}, or a list of cron expressions such as "*/15 6-20 * * 1-5"',
            quote=False,
        )
    for cron in value:
        try:
            minutes_of(cron)
        except ValueError as error:
            raise wrong(f"holds a cron expression that is wrong: {cron!r} {error}", quote=False) from None
    return tuple(value)


class Jobs(Section):
    """A switch per job (ALL-11): a job that is switched off transfers nothing and says so."""

    registry_sync: bool = True
    """Customers, contacts, products, projects, business units and users, both ways."""
    invoice_export: bool = True
    """Sales invoices on the trigger status, out to the ERP."""
    invoice_status: bool = True
    """Invoice numbers, sent and paid, back to Severa."""
    cost_import: bool = True
    """Purchase invoice rows that name a project, in as project costs."""

    def on(self, job: str) -> bool:
        """Whether the job of this name is switched on. KeyError for a name that is no job."""
        if job not in type(self).model_fields:
            raise KeyError(job)
        return bool(getattr(self, job))


class Notify(Section):
    """Who is told (ALL-13)."""

    emails: tuple[Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)], ...] = ()
    """Addresses that get an e-mail when an error is new: one per run, through SEVERA_SYNC_SMTP_URL."""


class Tenant(Section):
    """One customer company: one Severa organisation and one ERP company.

    Instances come from `tenants.load`; their class is built by `tenant_model` and has one more attribute per system
    that the file has a section for. `section` and `erp_section` give these, typed.
    """

    tenant: Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
    """The tenant's name; the file is called NAME.yaml."""
    enabled: bool = True
    """The main switch. Switched off, no run of this tenant transfers anything."""
    time_zone: Annotated[str, AfterValidator(_zone)] = Field("Europe/Helsinki", examples=["Europe/Oslo"])
    """Zone of the timetable and of business dates."""
    timetable: Annotated[
        Timetable,
        BeforeValidator(_timetable, json_schema_input_type=Word | Annotated[tuple[str, ...], Field(min_length=1)]),
    ] = "staggered"
    """When runs start and transfer; the ERP's own timetable when this is left out.
    staggered: 08:00-19:00 every 10 minutes, 19:00-00:00 every hour, nothing at night.
    every_5_minutes, every_10_minutes: round the clock. always: whenever somebody starts a run.
    Or a list of cron expressions of five fields, in the tenant's time zone."""
    work_queue: Annotated[str, StringConstraints(pattern=QUEUE_PATTERN)] = DEFAULT_QUEUE
    """The work queue of the Prefect work pool that this tenant's runs go into, one for each place. A worker that is
    started for some queues (severa-sync worker --queue NAME) gets only the runs of their tenants."""
    switched_on: Instant
    """When the integration was switched on. Regular products from before are left alone (PO-09), purchase invoices
    are imported from this day on."""
    jobs: Jobs = Field(default_factory=Jobs)
    """A switch per job."""
    erp: str
    """The ERP; its settings stand in the section of the same name."""
    masters: dict[Registry, Master] = Field(default_factory=dict)
    """The master of each registry, severa or erp: updates flow only from the master. both: field by field, from
    whichever side changed it. New items are created in both systems, whichever side they came from, unless the ERP's
    guide has a registry go one way."""
    notify: Notify = Field(default_factory=Notify)
    """Who is told of new errors."""

    @model_validator(mode="after")
    def _the_erps_own_timetable(self) -> Self:
        if "timetable" not in self.model_fields_set:
            section = getattr(self, self.erp, None)
            if isinstance(section, ErpSection):
                self.__dict__["timetable"] = section.timetable
        return self

    @property
    def name(self) -> str:
        """The tenant's name."""
        return self.tenant

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.time_zone)

    def section(self, kind: type[S]) -> S:
        """The settings of one system by their class. KeyError when this tenant has no such section."""
        for name in type(self).model_fields:
            if isinstance(value := getattr(self, name), kind):
                return value
        raise KeyError(kind.__name__)

    @property
    def erp_section(self) -> ErpSection:
        """The settings of this tenant's ERP."""
        section = getattr(self, self.erp)
        if not isinstance(section, ErpSection):
            raise KeyError(self.erp)
        return section

    def master(self, registry: Registry, default: Master) -> Master:
        """The master of a registry; `default` (the profile's) where the file names none."""
        return self.masters.get(registry, default)


def erps(sections: Mapping[str, type[Section]]) -> dict[str, type[ErpSection]]:
    """The ERPs among the sections."""
    return {name: kind for name, kind in sections.items() if issubclass(kind, ErpSection)}


def tenant_model(sections: Mapping[str, type[Section]]) -> type[Tenant]:
    """The model of a whole tenant file. A section of an ERP is optional: which one is needed is a rule."""
    return _tenant_model(tuple(sections.items()))


@lru_cache(maxsize=32)
def _tenant_model(sections: tuple[tuple[str, type[Section]], ...]) -> type[Tenant]:
    names = tuple(erps(dict(sections)))
    fields: dict[str, Any] = {"erp": (Literal[names], Field(description=Tenant.model_fields["erp"].description))}
    for name, kind in sections:
        text = (kind.__doc__ or "").strip()
        if issubclass(kind, ErpSection):
            fields[name] = (kind | None, Field(None, description=text))
        else:
            fields[name] = (kind, Field(description=text))
    return create_model("TenantFile", __base__=Tenant, __doc__=Tenant.__doc__, **fields)


def required(kind: type[Section]) -> Iterable[str]:
    """Names of the fields without which a section is not complete."""
    return (name for name, info in kind.model_fields.items() if info.is_required())
