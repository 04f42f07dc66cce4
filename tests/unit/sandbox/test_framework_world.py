"""The seeded world: the awkward cases that the demo, the tests and the benchmark rely on stand in it at every scale."""

from decimal import Decimal

import pytest

from sandbox.world import World
from sandbox.world.invoices import TRAPS, gross

SMALL = World.generate(7, "small")


@pytest.fixture(params=["small", "medium"])
def world(request: pytest.FixtureRequest) -> World:
    return SMALL if request.param == "small" else World.generate(7, "medium")


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    assert World.generate(7, "small") == SMALL
    assert World.generate(8, "small") != SMALL
    with pytest.raises(ValueError, match="small, medium, large"):
        World.generate(7, "tiny")


def test_sizes_are_those_of_the_scale(world: World) -> None:
    sizes = {"small": (40, 60, 80, 30), "medium": (2000, 5000, 1500, 1000)}[world.scale]
    in_severa = [sum(one.in_severa for one in many) for many in (world.customers, world.projects, world.products)]
    assert (*in_severa, len(world.invoices)) == sizes


def test_every_trap_is_there_and_waits_on_the_trigger_status(world: World) -> None:
    """ALL-07 PO-13: what must not go through, and the difference of 0.05 that must."""
    assert {one.trap for one in world.invoices} == {None, *TRAPS}
    assert all(one.stage == "trigger" for one in world.invoices if one.trap)


def test_totals_add_up_but_for_the_traps(world: World) -> None:
    """ALL-07: Severa's stored total is the sum of its rows, or differs by what the trap says."""
    for invoice in world.invoices:
        extra = Decimal(0)
        if invoice.trap and invoice.trap.startswith("difference_"):
            extra = Decimal(invoice.trap.removeprefix("difference_"))
        assert invoice.total_including_tax == sum(gross(row) for row in invoice.rows) + extra


def test_rows_that_go_through_have_products_with_the_same_rate_on_both_sides(world: World) -> None:
    """PO-13: PowerOffice takes VAT from the product's account: the standard one, or the one without VAT."""
    for invoice in world.invoices:
        if invoice.trap in {"vat_rate", "missing_product"}:
            continue
        for row in invoice.rows:
            assert row.product is not None
            product = world.products[row.product]
            assert product.in_erp
            assert row.vat_rate in {product.erp_vat_rate, Decimal(0)}


def test_the_wrong_account_makes_a_large_difference(world: World) -> None:
    for invoice in world.invoices:
        if invoice.trap == "vat_rate":
            rates = {
                world.products[row.product].erp_vat_rate - row.vat_rate
                for row in invoice.rows
                if row.product is not None
            }
            assert Decimal(-10) in rates


def test_awkward_customers_are_there(world: World) -> None:
    """PO-03 PO-04 PO-06: without number, in-house, inactive, private, without e-mail, long names, several addresses."""
    found = [one for one in world.customers if one.in_severa]
    assert sum(one.is_internal for one in found) == 1
    assert sum(one.number is None for one in found) == 1
    assert any(not one.is_active for one in found)
    assert any(one.is_prospect for one in found)
    assert any(one.is_person for one in found)
    assert any(one.email is None for one in found)
    assert any(len(one.name) > 190 for one in found)
    assert any(len(one.addresses) > 2 for one in found)
    assert any(one.payment_term == 45 for one in found)
    assert {"NOK", "EUR", "SEK", "DKK"} <= {one.currency for one in found}
    assert any(one.erp_differs for one in found)
    assert any(not one.name.isascii() for one in found)
    assert len({one.name for one in world.customers}) == len(world.customers)
    assert any(one.in_erp and not one.in_severa for one in world.customers)
    both = sum(one.in_severa and one.in_erp for one in world.customers)
    assert 0.4 < both / len(found) < 0.65


def test_prospects_have_neither_project_nor_invoice(world: World) -> None:
    """PO-04 PO-05."""
    prospects = {i for i, one in enumerate(world.customers) if one.is_prospect}
    assert not prospects & {one.customer for one in world.projects}
    assert not prospects & {one.customer for one in world.invoices}


def test_awkward_items_are_there(world: World) -> None:
    """PO-08 PO-09 PO-10: empty and double codes, products of one side alone, long names."""
    found = [one for one in world.products if one.in_severa]
    assert any(not one.code for one in found)
    codes = [one.code for one in found if one.code]
    assert len(codes) == len(set(codes)) + 1
    assert {one.kind for one in found} == {"product", "work_type", "travel_expense"}
    assert any(one.kind == "product" and not one.in_erp for one in found)
    assert any(one.kind == "product" and one.in_erp and not one.in_severa for one in world.products)
    assert max(len(one.name) for one in found) >= 380
    assert any(one.in_severa != one.in_erp for one in world.categories)
    assert any(one.code is None for one in world.business_units)
    assert {"EXT-1", None} <= {one.code for one in world.users}


def test_awkward_projects_are_there(world: World) -> None:
    """PO-11 NX-03: alphanumeric and sub-project codes only in PowerOffice; closed, lost and internal ones."""
    assert {"P-77", "1187.1"} <= {one.code for one in world.projects if not one.in_severa}
    assert any(one.code == "1187" for one in world.projects if one.in_severa)
    assert {"Won", "InProgress", "Lost"} == {one.state for one in world.projects}
    assert any(one.is_closed for one in world.projects)
    assert any(one.is_internal for one in world.projects)
    assert len({one.code for one in world.projects}) == len(world.projects)


def test_invoices_have_all_row_types_rates_and_currencies(world: World) -> None:
    """PO-13 VN-12: credit notes, several projects on one, 25.5 % and 0 %, EUR and SEK."""
    rows = [row for one in world.invoices for row in one.rows]
    assert {row.row_type for row in rows} == {"FlatRate", "Hours", "ProjectFees", "TravelExpenses"}
    assert {row.vat_rate for row in rows} == {Decimal(25), Decimal(15), Decimal("25.5"), Decimal(0)}
    assert {"NOK", "EUR", "SEK"} <= {one.currency for one in world.invoices}
    assert any(len(one.projects) > 1 for one in world.invoices)
    credits_given = [one for one in world.invoices if one.credited is not None]
    assert credits_given
    assert all(one.total_including_tax < 0 for one in world.invoices if one.is_credit_note)
    assert all(world.invoices[one.credited or 0].stage == "paid" for one in credits_given)
    assert {one.stage for one in world.invoices} == {"draft", "trigger", "paid"}
    assert all(1 <= len(one.rows) <= 6 or one.trap for one in world.invoices)
