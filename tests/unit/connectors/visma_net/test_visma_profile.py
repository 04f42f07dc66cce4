"""The rules of the guide: who is one with whom, what stays where it is (VN-02, VN-03, VN-07, VN-09, VN-10)."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.visma_net.profile import PROFILE, by_vat_number, same_where_known
from connectors.visma_net.settings import VismaNetSettings
from core.matching import Matches, match
from core.profiles import Flow, Master
from core.records import Contact, Customer, Product, ProductKind, Project, Record, Registry, Side


def customer(record_id: str, **more: Any) -> Customer:
    return Customer(**({"id": record_id, "number": record_id, "name": "Fjord AS"} | more))


def product(record_id: str, code: str) -> Product:
    return Product(id=record_id, code=code, name="Rør", kind=ProductKind.PRODUCT)


def matched(registry: Registry, severa: list[Any], erp: list[Any]) -> Matches:
    return match(PROFILE.rule(registry), severa, erp, translate=lambda *_: None)


def test_customers_are_one_by_their_name_whatever_their_numbers() -> None:
    """VN-03: trimmed, and case does not count."""
    found = matched(Registry.CUSTOMERS, [customer("1", name=" FJORD  as ")], [customer("50001")])
    assert [(one.id, other.id) for one, other in found.pairs] == [("1", "50001")]


def test_customers_that_share_a_name_are_a_clash() -> None:
    found = matched(Registry.CUSTOMERS, [customer("1")], [customer("50001"), customer("50002")])
    assert (len(found.pairs), len(found.clashes)) == (0, 1)


def test_items_are_one_by_their_code_in_whatever_case() -> None:
    """VN-07."""
    found = matched(Registry.PRODUCTS, [product("product:1", "råd-10")], [product("9", "RÅD-10")])
    assert len(found.pairs) == 1


@pytest.mark.parametrize(("more", "goes"), [({}, True), ({"internal": True}, False), ({"active": False}, False)])
def test_internal_and_closed_projects_stay(more: dict[str, Any], goes: bool) -> None:
    """VN-09: out only."""
    rule = PROFILE.rule(Registry.PROJECTS)
    record = Project(**({"id": "1", "number": "4711", "name": "Havn"} | more))
    assert all(each.keeps(record) for each in rule.filters[Side.SEVERA]) is goes
    assert rule.created_on == (Side.ERP,)
    assert {field.flow for field in rule.fields} == {Flow.TO_ERP}


def test_who_may_be_master_is_what_the_settings_offer() -> None:
    """VN-02: customers, contacts and products by both."""
    assert {registry: (master,) for registry, master in PROFILE.masters.items()} == VismaNetSettings.master_choices
    both = {registry for registry, master in PROFILE.masters.items() if master is Master.BOTH}
    assert both == {Registry.CUSTOMERS, Registry.CONTACTS, Registry.PRODUCTS}


def test_what_only_one_side_says_is_not_emptied_by_the_other() -> None:
    assert same_where_known(None, 14)
    assert same_where_known(14, None)
    assert not same_where_known(14, 30)


def test_contacts_are_one_by_customer_and_name_where_their_addresses_differ() -> None:
    """VN-06: first by name and e-mail address, then by name alone where that leaves no choice."""

    def person(record_id: str, email: str | None, last: str = "Nordmann") -> Contact:
        return Contact(id=record_id, code=None, customer="c", first_name="Kari", last_name=last, email=email)

    def found(severa: list[Contact], erp: list[Contact]) -> Matches:
        return match(PROFILE.rule(Registry.CONTACTS), severa, erp, translate=lambda *_: "c")

    both = found([person("1", "a@x.example")], [person("51", None), person("52", "A@x.example")])
    assert [(one.id, other.id) for one, other in both.pairs] == [("1", "52")]
    assert [one.id for one in both.only_erp] == ["51"]
    assert len(found([person("1", "a@x.example")], [person("51", None)]).pairs) == 1
    several = found([person("1", "a@x.example")], [person("51", None), person("52", "b@x.example")])
    assert (several.pairs, len(several.clashes)) == ([], 1)


def test_who_numbers_what() -> None:
    """VN-02, VN-04, VN-09: Visma.net its customers, Severa its projects; items bring their codes along."""
    numbers = {rule.registry: rule.numbered_by for rule in PROFILE.registries}
    assert (numbers[Registry.CUSTOMERS], numbers[Registry.PROJECTS]) == (Side.ERP, Side.SEVERA)
    assert numbers[Registry.PRODUCTS] is None


def test_a_unit_without_a_vat_number_is_no_branch() -> None:
    """VN-10."""
    assert by_vat_number(Record(id="1"), lambda _: None) is None
