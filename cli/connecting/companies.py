"""That the credentials belong to one company, and to this tenant alone (ALL-12)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from cli.connecting.asking import Asking
from cli.connecting.getting import Asked, Connected, stored
from cli.connecting.known import TenantText
from connectors.connecting import Company
from connectors.settings import SEVERA
from core.errors import ConfigurationError, TransientError
from state.store import Store
from tasks.connecting import CONNECTING, connected_company, refuse_other_company, used_already
from tenants.section import secret_fields


def refuse_used(got: Asked | Connected, others: Mapping[str, TenantText]) -> None:
    """ConfigurationError when another tenant's file has the same credentials of a company; no call is made for that."""
    for name in CONNECTING[got.system].company:
        for other, file in others.items():
            theirs = file.section(got.system).get(name)
            if isinstance(theirs, str | int) and _same(got, name, str(theirs)):
                raise used_already(f"The company of this {got.system}.{name}", other)


def refuse_wrong(
    store: Store, tenant: str, others: Mapping[str, TenantText], connected: Sequence[Connected], number: str
) -> None:
    """ConfigurationError for a company that is not this tenant's, is another tenant's, or has not the wanted number."""
    erps = {name: str(file.document.data.get("erp")) for name, file in others.items()}
    for each in connected:
        refuse_used(each, others)
        company = each.proof.company
        if company is None:
            continue
        if number and each.system != SEVERA and not company.has_number(number):
            raise ConfigurationError(
                f"{each.title} is {company.title}, not {number}.", todo="Give credentials of that company."
            )
        kinds = erps if each.system != SEVERA else dict.fromkeys(erps, "")
        refuse_other_company(store, tenant, kinds, each.system, company)


def refuse_mixed(
    store: Store, tenant: str, systems: Sequence[str], connected: Sequence[Connected], asking: Asking, number: str
) -> None:
    """ConfigurationError when Severa and the ERP have different organisation numbers, unless a person wants that.

    A company that was not connected now is the one that was connected last. Naming the ERP's company (`number`) is
    wanting it. Where a system does not say its number, nothing is compared.
    """
    state = store.tenant(tenant)
    found = {each.system: each.proof.company for each in connected}
    severa, erp = (found.get(system) or connected_company(state, system) for system in systems)
    if severa is None or erp is None or number or not severa.numbers or not erp.numbers or _one(severa, erp):
        return
    question = f"Severa is {severa.title} and the ERP is {erp.title}: these are two companies."
    hint = f"Give credentials of one company, or --company {erp.numbers[0]} if this is what you want."
    if not asking.agree(f"{question} Connect them?", hint):
        raise ConfigurationError(question, todo=hint)


def _one(severa: Company, erp: Company) -> bool:
    return any(erp.has_number(number) for number in severa.numbers)


def _same(got: Asked | Connected, name: str, theirs: str) -> bool:
    if name not in secret_fields(CONNECTING[got.system].section):
        return str(getattr(got.settings, name)).strip().casefold() == theirs.strip().casefold()
    if name not in got.secrets:
        return False
    try:
        other = stored(theirs)
    except (ConfigurationError, TransientError):
        return False  # what cannot be read now is compared when that tenant is connected
    return hmac.compare_digest(got.secrets[name].get_secret_value().encode(), other.get_secret_value().encode())
