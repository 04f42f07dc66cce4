"""What each ERP can do, side by side, from the profiles and the settings (`docs/systems.md`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cli.docs_tables import markdown, master, matched
from connectors.profiles import PROFILES
from connectors.settings import ERP_SETTINGS
from core.profiles import Flow, Profile
from core.records import Registry, Side
from tenants.section import ErpSection

TIMETABLES = {
    "staggered": "08:00-19:00 every 10 minutes, 19:00-00:00 every hour, nothing at night",
    "every_5_minutes": "every 5 minutes, round the clock",
    "every_10_minutes": "every 10 minutes, round the clock",
    "always": "whenever somebody starts a run",
}
JOBS = {
    "registry_sync": "registries",
    "invoice_export": "invoices out",
    "invoice_status": "number, sent and paid back",
    "cost_import": "purchase costs in",
}


@dataclass(frozen=True)
class Erp:
    """One column."""

    profile: Profile
    section: type[ErpSection]

    def setting(self, name: str) -> str:
        """By which setting, or not at all."""
        return f"by the setting `{name}`" if name in self.section.model_fields else "-"


COLUMNS = tuple(Erp(PROFILES[system], section) for system, section in ERP_SETTINGS.items())
ROWS: tuple[tuple[str, Callable[[Erp], str]], ...] = (
    ("its guide's timetable", lambda erp: TIMETABLES[erp.section.timetable]),
    ("customer numbers", lambda erp: _numbers(erp, Registry.CUSTOMERS)),
    ("project numbers", lambda erp: _numbers(erp, Registry.PROJECTS)),
    ("an invoice goes out as", lambda erp: _goes_as(erp.profile)),
    ("it is sent to the customer by", lambda erp: erp.profile.title if erp.profile.erp_sends else "Severa"),
    ("its number is written back at", lambda erp: f"*{erp.profile.number_written_at}*"),
    ("payment reference back", lambda erp: _yes(good=erp.profile.payment_references)),
    ("part payments back", lambda erp: _yes(good="partially_paid" in _all_statuses(erp.profile))),
    ("statuses needed in Severa", lambda erp: ", ".join(_needed(erp))),
    ("optional statuses", lambda erp: ", ".join(s for s in _all_statuses(erp.profile) if s not in _needed(erp)) or "-"),
    ("offered for choice in Severa", lambda erp: _offered(erp.profile)),
    ("texts of the invoice", lambda erp: _yes(good=erp.profile.invoice_texts)),
    ("PDF and attachments of the invoice", lambda erp: erp.setting("invoice_files")),
    ("companies of a group", lambda erp: _yes(good=erp.profile.companies)),
    ("product of a project cost", lambda erp: "needed" if erp.profile.cost_product_needed else "not needed"),
    ("price of a billable cost", lambda erp: erp.setting("cost_multiplier").replace("-", "the cost")),
    ("attachments of costs", lambda erp: erp.setting("cost_files")),
)


def render_systems() -> str:
    """What differs between the ERPs beyond registries and jobs."""
    return markdown(_head(""), ([name, *(say(erp) for erp in COLUMNS)] for name, say in ROWS))


def render_registries() -> str:
    """Which registries each ERP has, how they match, who may be master and where new items are made."""
    return markdown(_head("registry"), _registries())


def render_jobs() -> str:
    """Which jobs run with each ERP."""
    rows = ([words, *(_yes(good=job in erp.profile.jobs) for erp in COLUMNS)] for job, words in JOBS.items())
    return markdown(_head("job"), rows)


def _head(first: str) -> list[str]:
    return [first, *(erp.profile.title for erp in COLUMNS)]


def _registries() -> Iterator[list[str]]:
    for registry in Registry:
        cells = [_registry(erp, registry) for erp in COLUMNS]
        if any(cell != "-" for cell in cells):
            yield [registry.value.replace("_", " "), *cells]


def _registry(erp: Erp, registry: Registry) -> str:
    rule = next((each for each in erp.profile.registries if each.registry is registry), None)
    if rule is None:
        return "-"
    flows = {each.flow for each in rule.fields}
    made = {Side.SEVERA: "Severa", Side.ERP: erp.profile.title}
    where = " and ".join(made[side] for side in rule.created_on)
    choices = [master(erp.profile, choice) for choice in erp.section.master_choices[registry]]
    ways = "linked only" if not flows else f"to {erp.profile.title} only" if flows == {Flow.TO_ERP} else ""
    by = f"matched by {matched(rule)}"
    parts = (ways, f"master: {' or '.join(choices)}", f"made in {where}" if where else "", by)
    return "; ".join(part for part in parts if part)


def _numbers(erp: Erp, registry: Registry) -> str:
    """Who gives the numbers; where nobody takes over, an item keeps the number that it was made with."""
    rule = next((each for each in erp.profile.registries if each.registry is registry), None)
    if rule is None:
        return "-"
    if rule.numbered_by is not None:
        return f"given by {'Severa' if rule.numbered_by is Side.SEVERA else erp.profile.title}"
    if rule.created_on == (Side.ERP,):
        return "given by Severa"
    return "from the side where it was made"


def _offered(profile: Profile) -> str:
    """Registers of the ERP whose values people choose in Severa."""
    return ", ".join(each.offered for rule in profile.registries for each in rule.fields if each.offered) or "-"


def _goes_as(profile: Profile) -> str:
    if profile.releases:
        return "a document on hold, released when the totals agree"
    return "a draft, which a person sends when the totals agree"


def _all_statuses(profile: Profile) -> tuple[str, ...]:
    return (*profile.statuses, *profile.optional_statuses)


def _needed(erp: Erp) -> list[str]:
    """The profile's own, and those that the settings demand."""
    demanded = [path[-1] for path in erp.section.requires]
    return [role for role in _all_statuses(erp.profile) if role in erp.profile.statuses or role in demanded]


def _yes(*, good: bool) -> str:
    return "yes" if good else "-"
