"""The gate before a tenant's very first cycle: settings are checked once, and a hard finding refuses the run (ALL-10).

Afterwards the daily check tells what went wrong since; it stops nothing.
"""

from __future__ import annotations

from datetime import timedelta

from core.checks import Finding, Weight
from core.errors import ConfigurationError
from core.records import Side
from tasks.registry_read import cursor_name
from tasks.run import Run

FACT = "checked"
"""The fact that the settings were found good, or that the tenant ran before there was anything to check."""
FOR_GOOD = timedelta(days=365 * 100)


async def check_before_first_cycle(run: Run) -> None:
    """Ask nothing of a tenant that passed. ConfigurationError with the whole list where something hard was found."""
    facts = run.state.facts
    if facts.get(FACT, max_age=FOR_GOOD) is not None:
        return
    if not _ran_before(run):
        from tasks.check import Checking  # noqa: PLC0415 - once in a tenant's life: no other run pays for loading it
        from tasks.check_desk import note  # noqa: PLC0415

        checking = Checking(run)
        try:
            await checking.settings(let_in=True)
            report = checking.report()
        finally:
            checking.close()
        if not run.preview:
            note(run.state, report)
        if report.hard:
            raise refusal(run.tenant.name, report.hard)
        hard_unread = [each.error for each in report.unread if each.check.weight is Weight.HARD]
        if hard_unread:
            raise hard_unread[0]
    facts.put(FACT, {"checked": True})


def _ran_before(run: Run) -> bool:
    registries = [rule.registry for rule in run.profile.registries]
    return any(run.state.cursors.get(cursor_name(side, registry)) for side in Side for registry in registries)


def refusal(tenant: str, findings: tuple[Finding, ...]) -> ConfigurationError:
    """All hard findings in one error."""
    number = len(findings)
    lines = [
        f"{n}. {each.check.title}: {each.what} {each.advice} {each.check.where}." for n, each in enumerate(findings, 1)
    ]
    return ConfigurationError(
        f"{tenant} is not ready to be switched on: {number} {'thing is' if number == 1 else 'things are'} wrong.",
        why="\n" + "\n".join(lines) + "\n",
        todo=f"Mend them and look again: severa-sync check {tenant}. Nothing was transferred.",
    )
