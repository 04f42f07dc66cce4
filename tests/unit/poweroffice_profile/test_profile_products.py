"""Products, work types, travel expenses and categories by PowerOffice's profile (PO-08 to PO-10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from profile_world import ERP, SEVERA, World

from connectors.poweroffice.profile import same_unit
from core.profiles import Master
from core.records import Product, ProductKind, ProductType, Registry, Side

PRODUCTS, CATEGORIES = Registry.PRODUCTS, Registry.PRODUCT_CATEGORIES
WORK, TRAVEL, REGULAR = ProductKind.WORK_TYPE, ProductKind.TRAVEL_EXPENSE, ProductKind.PRODUCT


def product(world: World, side: Side, code: str | None = "KONS01", name: str = "Rådgivning", **fields: Any) -> Product:
    record = world.add(side, PRODUCTS, code=code, name=name, **fields)
    assert isinstance(record, Product)
    return record


def the_product(world: World, side: Side) -> Product:
    (record,) = world.all(side, PRODUCTS)
    assert isinstance(record, Product)
    return record


@pytest.mark.parametrize("kind", list(ProductKind))
def test_all_three_registers_are_matched_by_code(world: World, kind: ProductKind) -> None:
    """PO-08: against PowerOffice's one product registry."""
    ours = product(world, SEVERA, kind=kind)
    theirs = product(world, ERP)
    done = world.sync()
    assert done.created() == []
    assert world.translate(PRODUCTS, SEVERA, ours.id) == theirs.id


@pytest.mark.parametrize("code", [None, ""])
@pytest.mark.parametrize("side", list(Side))
def test_an_empty_code_is_refused(world: World, side: Side, code: str | None) -> None:
    """PO-08: an issue with what to do; two of them are not taken for one another."""
    both = [product(world, side, code) for _ in range(2)]
    done = world.sync()
    assert (done.writes, world.links[PRODUCTS]) == ([], {})
    assert done.causes(PRODUCTS) == {(f"{side.value}:{one.id}", "requirement:code") for one in both}
    assert all(issue.todo for issue in done.issues)


@pytest.mark.parametrize("kinds", [(REGULAR, WORK), (WORK, TRAVEL), (REGULAR, REGULAR)])
def test_one_code_in_two_registers_is_told_of_and_not_linked(
    world: World, kinds: tuple[ProductKind, ProductKind]
) -> None:
    """PO-08: no duplicate codes between the product types in Severa."""
    doubles = [product(world, SEVERA, kind=kind) for kind in kinds]
    theirs = product(world, ERP)
    done = world.sync()
    assert (done.writes, world.links[PRODUCTS]) == ([], {})
    records = {f"severa:{one.id}" for one in doubles} | {f"erp:{theirs.id}"}
    assert done.causes(PRODUCTS) == {(record, "duplicate key") for record in records}


@pytest.mark.parametrize("side", list(Side))
def test_regular_products_from_before_the_switch_on_stay(world: World, side: Side) -> None:
    """PO-09: also after they are changed."""
    record = product(world, side, old=True)
    assert dict(world.sync().plans[PRODUCTS].skipped) == {"from before the switch-on": 1}
    world.edit(side, PRODUCTS, record.id, name="Rådgivning, senior")
    assert world.sync().writes == []
    assert world.all(side.other, PRODUCTS) == []


@pytest.mark.parametrize("side", list(Side))
def test_regular_products_made_later_are_carried_over(world: World, side: Side) -> None:
    """PO-09, PO-02: from either side, whoever is master."""
    product(world, side, unit_price=Decimal("1450.00"), type=ProductType.SERVICE, unit="h")
    world.sync()
    copy = the_product(world, side.other)
    assert (copy.code, copy.name, copy.unit_price, copy.unit) == ("KONS01", "Rådgivning", Decimal("1450.00"), "h")
    assert copy.kind is (REGULAR if side is ERP else None)


def test_an_old_product_with_a_counterpart_is_linked_and_left_as_it_is(world: World) -> None:
    """PO-09: the invoice rows need the pair; prices agreed before stay on both sides."""
    product(world, SEVERA, old=True, unit_price=Decimal(100))
    product(world, ERP, old=True, unit_price=Decimal(90))
    done = world.sync()
    assert (done.writes, len(world.links[PRODUCTS])) == ([], 1)
    assert (the_product(world, SEVERA).unit_price, the_product(world, ERP).unit_price) == (Decimal(100), Decimal(90))


def test_a_later_change_of_an_old_product_is_carried_over(world: World) -> None:
    """PO-09, PO-02: it is an update by the master, and of the changed field only."""
    ours = product(world, SEVERA, old=True, unit_price=Decimal(100))
    product(world, ERP, "KONS01", "Rådgiving", old=True)
    world.sync()
    world.edit(SEVERA, PRODUCTS, ours.id, unit_price=Decimal(110))
    done = world.sync()
    assert [write.names for write in done.writes] == [("unit_price",)]
    assert the_product(world, ERP).name == "Rådgiving"


@pytest.mark.parametrize("kind", [WORK, TRAVEL])
def test_work_types_and_travel_expenses_are_carried_over_whatever_their_age(world: World, kind: ProductKind) -> None:
    """PO-08, PO-09: the guide excepts regular products only."""
    product(world, SEVERA, kind=kind, old=True)
    assert len(world.sync().created(PRODUCTS)) == 1


@pytest.mark.parametrize("kind", list(ProductType))
@pytest.mark.parametrize("side", list(Side))
def test_the_type_goes_with_the_product(world: World, side: Side, kind: ProductType) -> None:
    """PO-10: goods stay goods, service stays service."""
    product(world, side, type=kind)
    world.sync()
    assert the_product(world, side.other).type is kind


@pytest.mark.parametrize(
    ("kind", "pushed"),
    [(REGULAR, {"name", "description", "unit_price", "unit", "type"}), (TRAVEL, {"name", "unit"}), (WORK, {"name"})],
)
def test_only_what_a_kind_has_in_severa_is_carried_over(world: World, kind: ProductKind, pushed: set[str]) -> None:
    """PO-08, PO-10: a work type has no price, unit, type or category there."""
    ours = product(world, SEVERA, kind=kind)
    product(world, ERP, unit_price=Decimal(5), description="x", type=ProductType.GOODS, unit="day")
    world.sync()
    changed = {"name": "Ny", "description": "Ny", "unit_price": Decimal(9), "unit": "stk", "type": ProductType.SERVICE}
    world.edit(SEVERA, PRODUCTS, ours.id, **changed)
    assert {name for write in world.sync().writes for name in write.names} == pushed


@pytest.mark.parametrize(("kind", "kept"), [(WORK, {"category", "unit"}), (TRAVEL, set())])
def test_linking_leaves_alone_what_a_kind_does_not_have(world: World, kind: ProductKind, kept: set[str]) -> None:
    """PO-08: PowerOffice's price, type and description of a work type or travel expense survive its linking."""
    category = world.add(ERP, CATEGORIES, code="TJ", name="Tjenester")
    fields: dict[str, Any] = {"unit_price": Decimal(5), "description": "x", "type": ProductType.GOODS}
    theirs = product(world, ERP, unit="day", category=category.id, **fields)
    product(world, SEVERA, kind=kind)
    world.sync()
    now = the_product(world, ERP)
    unchanged = {name for name in (*fields, "category", "unit") if getattr(now, name) == getattr(theirs, name)}
    assert unchanged == {*fields, *kept}


@pytest.mark.parametrize("kind", [WORK, TRAVEL])
def test_poweroffices_price_of_a_work_type_is_its_own_affair(world: World, kind: ProductKind) -> None:
    """PO-08, ALL-03: neither drift nor a write to Severa, under either master."""
    for master in Master:
        world.masters[PRODUCTS] = master
        product(world, SEVERA, str(master), kind=kind)
    world.sync()
    for record in world.all(ERP, PRODUCTS):
        world.edit(ERP, PRODUCTS, record.id, unit_price=Decimal(5), description="x", type=ProductType.GOODS)
    done = world.sync()
    assert (done.writes, done.issues) == ([], [])


@pytest.mark.parametrize("price", [Decimal(1450), Decimal("1450.0"), Decimal("1.45E+3")])
def test_a_price_with_other_decimals_is_no_change(world: World, price: Decimal) -> None:
    """Law 7."""
    ours = product(world, SEVERA, unit_price=Decimal("1450.00"))
    world.sync()
    world.edit(SEVERA, PRODUCTS, ours.id, unit_price=price)
    assert world.sync().writes == []


@pytest.mark.parametrize("side", list(Side))
def test_categories_are_matched_by_identifier_and_products_follow_them(world: World, side: Side) -> None:
    """PO-10: the product's category is the linked one."""
    held = {one: world.add(one, CATEGORIES, code="TJ", name="Tjenester") for one in Side}
    product(world, side, category=held[side].id)
    done = world.sync()
    assert done.created(CATEGORIES) == []
    assert the_product(world, side.other).category == held[side.other].id


def test_a_category_without_identifier_keeps_back_itself_but_not_its_products(world: World) -> None:
    """PO-10: the product goes without and gets it when the category comes."""
    category = world.add(SEVERA, CATEGORIES, code=None, name="Tjenester")
    product(world, SEVERA, category=category.id)
    first = world.sync()
    assert {cause for _, cause in first.causes(CATEGORIES)} == {"requirement:code"}
    assert the_product(world, ERP).category is None
    world.edit(SEVERA, CATEGORIES, category.id, code="TJ")
    world.sync()
    assert the_product(world, ERP).category == world.translate(CATEGORIES, SEVERA, category.id)
    assert world.sync().writes == []


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("stk", "pcs", True),
        ("Stk", "stk", True),
        ("h", "stk", False),
        (None, "stk", False),
        (None, "", True),
        ("x", "y", False),
    ],
)
def test_units_are_compared_as_poweroffices_code(left: str | None, right: str | None, *, same: bool) -> None:
    """PO-08: two words of one code are no difference; two unknown words are."""
    assert same_unit(left, right) is same_unit(right, left) is same
