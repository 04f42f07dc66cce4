"""Which systems can be connected, and whose company a tenant's credentials open (ALL-12).

What was connected is remembered per tenant, so that credentials of another company are noticed before they meet the
links and the ledger of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.connecting import Company, Connecting
from connectors.poweroffice.connecting import CONNECTING as POWEROFFICE
from connectors.severa.connecting import CONNECTING as SEVERA
from connectors.visma_net.connecting import CONNECTING as VISMA_NET
from core.errors import ConfigurationError
from state.store import Store, TenantState

CONNECTING: Mapping[str, Connecting[Any]] = {each.system: each for each in (SEVERA, POWEROFFICE, VISMA_NET)}
"""The explicit table: system -> how it is connected."""

_FOR_EVER = timedelta(days=365_000)


def connected_company(state: TenantState, system: str) -> Company | None:
    """The company that this tenant was connected to last; None when it was never connected by the command."""
    fact = state.facts.get(_fact(system), max_age=_FOR_EVER)
    if fact is None:
        return None
    return Company(str(fact["id"]), str(fact["name"]), tuple(str(number) for number in fact["numbers"]))


def remember(state: TenantState, system: str, company: Company | None) -> None:
    """Keep what was connected; the tokens of the credentials before are forgotten with their privileges."""
    with state.batch():
        if company is not None:
            value = {"id": company.id, "name": company.name, "numbers": list(company.numbers)}
            state.facts.put(_fact(system), value)
        state.tokens.drop(system)


def refuse_other_company(store: Store, tenant: str, others: Mapping[str, str], system: str, company: Company) -> None:
    """ConfigurationError when the company is not this tenant's, or is another tenant's.

    A tenant without links or invoices may still change its company: nothing of the one before is in its state.
    `others` are the tenants that there are, with the ERP of each (Severa: any).
    """
    state = store.tenant(tenant)
    known = connected_company(state, system)
    if known is not None and not _same(known, company) and _at_work(state):
        raise ConfigurationError(
            f"These credentials open {company.title}, but the tenant {tenant} works with {known.title}.",
            why="Its links and invoices belong to that company.",
            todo=f"Give credentials of {known.title}, or make another tenant with severa-sync init.",
        )
    for other, kind in others.items():
        if other == tenant or kind not in {system, ""}:
            continue
        theirs = connected_company(store.tenant(other), system)
        if theirs is not None and _same(theirs, company):
            raise used_already(company.title, other)


def used_already(what: str, other: str) -> ConfigurationError:
    """The error of a company that another tenant has."""
    return ConfigurationError(
        f"{what} is connected to the tenant {other} already.",
        why="Two tenants of one company would transfer its invoices twice.",
        todo=f"Give credentials of another company, or take the file of the tenant {other} away first.",
    )


def _fact(system: str) -> str:
    return f"company of {system}"


def _same(one: Company, other: Company) -> bool:
    return one.id == other.id or any(other.has_number(number) for number in one.numbers)


def _at_work(state: TenantState) -> bool:
    return state.links.count() > 0 or bool(state.transfers.all())
