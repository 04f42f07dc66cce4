"""The invoice statuses that drive the transfer, checked for existence, order and flags beforehand (ALL-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from connectors.severa.settings import SeveraSettings
from core.errors import ConfigurationError
from core.invoices import InvoiceStatus
from core.profiles import Profile
from tasks.run import Run

FACT = "severa.statuses"
"""The register is read once in the time of a full read and whenever the settings change: it has no changedSince."""


async def load_statuses(run: Run) -> None:
    """Resolve the configured statuses to ids and check them, once a run. ConfigurationError lists every mistake."""
    if run.statuses:
        return
    settings = run.tenant.section(SeveraSettings)
    wanted = {
        role: value
        for role in (*run.profile.statuses, *run.profile.optional_statuses)
        if (value := getattr(settings.statuses, role, None)) is not None
    }
    fact = run.state.facts.get(FACT, max_age=timedelta(hours=settings.full_read_hours))
    if fact is not None and fact["wanted"] == wanted:
        run.statuses = fact["ids"]
        return
    register = await run.severa.invoice_statuses()
    found, mistakes = check_statuses(run.profile, wanted, register)
    if mistakes:
        raise ConfigurationError(
            "The invoice statuses in the tenant file do not fit Severa's: " + " ".join(mistakes),
            todo="Correct severa.statuses in the tenant file, or the statuses in Severa's settings.",
        )
    run.statuses = {role: status.id for role, status in found.items()}
    run.state.facts.put(FACT, {"wanted": wanted, "ids": run.statuses})


def check_statuses(
    profile: Profile, wanted: Mapping[str, str], register: Sequence[InvoiceStatus]
) -> tuple[dict[str, InvoiceStatus], list[str]]:
    """(role -> status, mistakes in words). Roles come by guid or exact name."""
    by_id = {status.id.casefold(): status for status in register}
    found: dict[str, InvoiceStatus] = {}
    mistakes = []
    for role, value in wanted.items():
        named = [status for status in register if status.name.strip().casefold() == value.strip().casefold()]
        status = by_id.get(value.casefold()) or (named[0] if len(named) == 1 else None)
        if status is None:
            names = ", ".join(sorted(s.name for s in register if s.active))
            why = "stands there more than once; use its guid" if named else f"does not exist; there are: {names}"
            mistakes.append(f"{role}: '{value}' {why}.")
        elif not status.active:
            mistakes.append(f"{role}: '{status.name}' is not active.")
        else:
            found[role] = status
    active = [status for status in register if status.active]
    return found, mistakes + _order_and_flags(profile, found, active)


def _order_and_flags(profile: Profile, found: dict[str, InvoiceStatus], register: Sequence[InvoiceStatus]) -> list[str]:
    mistakes = []
    roles = [role for role in profile.statuses if role in found]
    for before, after in pairwise(roles):
        if found[before].sort_order >= found[after].sort_order:
            mistakes.append(f"{after}: '{found[after].name}' must come after '{found[before].name}' in Severa's order.")
    trigger = found.get("trigger")
    if trigger is not None and trigger.has_number:
        mistakes.append(f"trigger: '{trigger.name}' must not give an invoice number; the ERP numbers invoices.")
    mistakes += [
        f"{role}: '{found[role].name}' is not marked as sent."
        for role in ("sent", "partially_paid")
        if role in found and not found[role].is_sent
    ]
    mistakes += _numbers(profile, found)
    for role, status in found.items():
        if status.is_paid != (role == "paid"):
            word = "is not marked as paid" if role == "paid" else "is marked as paid"
            mistakes.append(f"{role}: '{status.name}' {word}.")
    if (failed := found.get("failed")) is not None:
        if failed.is_default:
            mistakes.append(f"failed: '{failed.name}' must not be the default status.")
        if trigger is not None and failed.sort_order >= trigger.sort_order:
            mistakes.append(f"failed: '{failed.name}' must come before '{trigger.name}' in Severa's order.")
        if profile.failed_comes_first and any(other.sort_order < failed.sort_order for other in register):
            mistakes.append(f"failed: '{failed.name}' must be the first status in Severa's order.")
    credit = found.get(profile.credit_notes_enter or "")
    if credit is not None and not credit.is_default_for_credit_note:
        mistakes.append(
            f"{profile.credit_notes_enter}: '{credit.name}' must be the default after credit in Severa's settings."
        )
    return mistakes


def _numbers(profile: Profile, found: dict[str, InvoiceStatus]) -> list[str]:
    """The statuses that must give an invoice number, where the ERP's guide says from which on (VN-13)."""
    if profile.numbered_from is None:
        return []
    roles = (profile.numbered_from, *profile.later_statuses(profile.numbered_from))
    return [
        f"{role}: '{found[role].name}' must have the invoice number enabled in Severa's settings."
        for role in roles
        if role in found and not found[role].has_number
    ]
