"""The comparison says by what a registry goes in the ERP's own terms: numbers only where numbers count (ALL-09)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.poweroffice.profile import PROFILE as POWEROFFICE
from connectors.visma_net.profile import PROFILE as VISMA_NET
from core.comparison.compare import compare_registry
from core.comparison.report import RegistryComparison
from core.inputs import Inputs
from core.planning import plan
from core.profiles import Profile
from core.records import Customer, Record, Registry, Side


def compared(
    profile: Profile, registry: Registry, severa: tuple[Record, ...] = (), erp: tuple[Record, ...] = ()
) -> RegistryComparison:
    inputs = Inputs(
        rule=profile.rule(registry),
        master=profile.masters[registry],
        severa=severa,
        erp=erp,
        links={side: {} for side in Side},
        translate=lambda *_: None,
        switched_on=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return compare_registry(inputs, plan(inputs))


@pytest.mark.parametrize(
    ("profile", "registry", "words"),
    [
        (POWEROFFICE, Registry.CUSTOMERS, ("same number",)),
        (POWEROFFICE, Registry.PRODUCTS, ("same code",)),
        (POWEROFFICE, Registry.CONTACTS, ("same external code", "same customer, name and e-mail address")),
        (VISMA_NET, Registry.CUSTOMERS, ("same name",)),
        (VISMA_NET, Registry.BUSINESS_UNITS, ("same VAT number",)),
        (VISMA_NET, Registry.PRODUCTS, ("same code",)),
        (VISMA_NET, Registry.PROJECTS, ("same number",)),
        (VISMA_NET, Registry.CONTACTS, ("same customer, name and e-mail address", "same customer and name")),
    ],
)
def test_rules_are_named_by_what_two_items_share(profile: Profile, registry: Registry, words: tuple[str, ...]) -> None:
    assert compared(profile, registry).rules == words


def test_namesakes_and_likely_pairs_are_told_apart_by_their_names() -> None:
    """VN-03: numbers in the two systems have nothing to do with each other before they are linked."""

    def customer(record_id: str, number: str, name: str, vat_number: str | None = None) -> Customer:
        return Customer(id=record_id, number=number, name=name, vat_number=vat_number)

    severa = (customer("s1", "1", "Fjord AS"), customer("s2", "2", "Berg AS", "NO923456783MVA"))
    erp = (
        customer("e1", "50001", "Fjord AS"),
        customer("e2", "50002", "FJORD AS"),
        customer("e3", "50003", "Berg Rådgivning AS", "923456783"),
    )
    found = compared(VISMA_NET, Registry.CUSTOMERS, severa, erp)
    assert [group.what for group in found.groups if group.ruled] == ["name fjord as"]
    (likely,) = (each for each in found.likely if each.severa.id == "s2")
    assert "give both the same name" in likely.todo
