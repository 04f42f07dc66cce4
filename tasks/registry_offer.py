"""What the profile asks of Severa before anything is read: which fields it carries, and what people choose from."""

from __future__ import annotations

from typing import cast

from connectors.ports import ChoosingPort, ClassesPort
from core.foreseen import Act, Foreseen
from core.records import Registry, Side
from tasks.foreseeing import foresee
from tasks.run import Run


def carry(run: Run) -> None:
    """Severa reads what the profile's rules name: data that no rule uses costs no call."""
    fields = {rule.registry: {field.name for field in rule.fields} for rule in run.profile.registries}
    cast(ChoosingPort, run.severa).carry(fields)


async def offer(run: Run, registry: Registry) -> None:
    """The ERP's classes of a registry are offered in Severa, so that people choose the right one (VN-05, VN-08).

    The ERP keeps its register for an hour, Severa what it was offered for a day: most runs make no call here.
    """
    for field in run.rule(registry).fields:
        if field.offered is not None:
            choices = await cast(ClassesPort, run.erp).registers.choices(registry)
            severa = cast(ChoosingPort, run.severa)
            absent = await severa.offer(registry, field.offered, choices, write=not run.preview)
            for choice in absent if run.preview else ():
                foreseen = Foreseen(
                    scope=registry.value,
                    act=Act.CREATE,
                    side=Side.SEVERA,
                    record=f"erp:{choice.id}",
                    label=f"{field.offered} {choice.id} {choice.name or ''}".strip(),
                    fields={field.name: (None, choice.id)},
                )
                foresee(run, "registry_sync", foreseen)
