"""Which ledger rows become project costs, and with what figures (PO-14, PO-10, ALL-08)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from core_samples import cost
from hypothesis import given, settings
from hypothesis import strategies as st

from core.costs import PRODUCT_TYPES, belongs, cost_key, fingerprint, in_currency, worth
from core.invoices import CostRow
from core.records import ProductType

modest = settings(max_examples=100, deadline=None)
RATES = {"NOK": Decimal("11.65"), "EUR": Decimal(1), "SEK": Decimal("11.20"), "ISK": Decimal("142.5")}
WORTH = worth(RATES, "units_per_own")


def test_the_key_of_a_cost_is_the_systems_own_row() -> None:
    """ALL-08: two systems may number their rows alike."""
    assert {
        cost_key("poweroffice", cost("1")),
        cost_key("visma_net", cost("1")),
        cost_key("poweroffice", cost("2")),
    } == {
        "poweroffice:1",
        "visma_net:1",
        "poweroffice:2",
    }


def test_both_kinds_of_the_erps_products_have_a_type_in_severa() -> None:
    """PO-10: Product is Materials, Service is Subcontracting."""
    assert PRODUCT_TYPES == {ProductType.GOODS: "Materials", ProductType.SERVICE: "Subcontracting"}


@pytest.mark.parametrize(
    ("reverses", "imported", "expected"),
    [(None, set(), True), (None, {"v"}, True), ("v", {"v"}, True), ("v", {"w"}, False), ("v", set(), False)],
)
def test_a_reversal_belongs_where_the_reversed_voucher_was_imported(
    reverses: str | None, imported: set[str], *, expected: bool
) -> None:
    """PO-14: undoing what never came would make a negative cost."""
    assert belongs(cost(reverses=reverses), imported) is expected


@pytest.mark.parametrize(
    "change",
    [{"amount": Decimal("1000.01")}, {"project_code": "701"}, {"project_id": "502"}, {"currency": "SEK"}],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_was_edited_after_the_import_shows(change: dict[str, Any]) -> None:
    """ALL-08: the edited row is reported, not imported again."""
    assert fingerprint(cost(**change)) != fingerprint(cost())


@pytest.mark.parametrize("written", ["1000", "1000.0", "1E+3", "1000.000000"])
def test_an_amount_written_with_other_decimals_is_no_edit(written: str) -> None:
    """ALL-08: nor is a changed text or date, which no cost hangs on."""
    same = cost(amount=Decimal(written), description="Kabel 3x1,5", voucher_number=None)
    assert fingerprint(same) == fingerprint(cost())


@modest
@given(left=st.decimals(-1000, 1000, places=2), right=st.decimals(-1000, 1000, places=2))
def test_fingerprints_agree_exactly_when_amounts_do(left: Decimal, right: Decimal) -> None:
    """ALL-08: also 0 and -0."""
    assert (fingerprint(cost(amount=left)) == fingerprint(cost(amount=right))) == (left == right)


@pytest.mark.parametrize("currency", [None, "EUR"])
def test_a_row_in_the_projects_currency_comes_as_it_is(currency: str | None) -> None:
    """PO-14: quantity and unit price of the purchase invoice row; no rate is needed."""
    assert in_currency(cost(), currency, {}) == (Decimal(4), Decimal("250.00"), "EUR", False)


def test_a_project_in_the_companys_currency_gets_the_booked_amount() -> None:
    """PO-14: the ERP has converted it already, at the voucher's own rate."""
    assert in_currency(cost(), "NOK", {}) == (Decimal(1), Decimal("11650.00"), "NOK", False)


def test_another_currency_is_converted_by_severas_rates() -> None:
    """PO-14: 1000 EUR at 11.20 SEK per EUR."""
    assert in_currency(cost(), "SEK", WORTH) == (Decimal(1), Decimal("11200.00"), "SEK", True)


def test_the_tenant_says_what_a_rate_means_and_none_converts_nothing() -> None:
    """PO-14: 1172.50 NOK on a EUR project are 100 EUR by 11.725 NOK for a euro, and never 13 747."""
    row = cost(amount=Decimal("1172.50"), currency="NOK", company_currency="DKK")
    rates = {"NOK": Decimal(1), "EUR": Decimal("11.725")}
    assert in_currency(row, "EUR", worth(rates, "own_per_unit")) == (Decimal(1), Decimal("100.00"), "EUR", True)
    assert in_currency(row, "EUR", worth(rates, "none")) is None
    assert worth({"EUR": Decimal("0.5"), "XXX": Decimal(0)}, "units_per_own") == {"EUR": Decimal(2)}


@pytest.mark.parametrize(
    "rates",
    [
        {},
        {"EUR": Decimal(1)},
        {"SEK": Decimal("11.2")},
        {"EUR": Decimal(0), "SEK": Decimal(1)},
        {"EUR": Decimal(1), "SEK": Decimal(0)},
    ],
)
def test_without_a_rate_there_are_no_figures(rates: dict[str, Decimal]) -> None:
    """PO-14: the row waits with an issue instead of coming in with a wrong amount."""
    assert in_currency(cost(), "SEK", rates) is None


AMOUNTS = st.decimals(-100_000, 100_000, places=2)


@modest
@given(amount=AMOUNTS, quantity=st.integers(1, 50), currency=st.sampled_from([None, "EUR", "NOK", "SEK"]))
def test_the_figures_keep_amount_and_sign(amount: Decimal, quantity: int, currency: str | None) -> None:
    """PO-14: quantity times unit cost is the amount in its currency; a credit stays negative."""
    row: CostRow = replace(
        cost(),
        quantity=Decimal(quantity),
        unit_price=amount,
        amount=amount * quantity,
        amount_company=amount * quantity * 11,
    )
    figures = in_currency(row, currency, WORTH)
    assert figures is not None
    number, unit_cost, code, converted = figures
    exact = {"EUR": row.amount, "NOK": row.amount_company, "SEK": row.amount * RATES["SEK"]}[code]
    assert abs(number * unit_cost - exact) <= (Decimal("0.0050001") if converted else 0)
    assert converted == (code == "SEK")
    assert code == (currency or row.currency)
    assert unit_cost * amount >= 0


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "unit_cost"),
    [("1.50", "ISK", "1", "2"), ("0.05", "SEK", "2.5", "0.13"), ("1.00", "KWD", "0.3335", "0.334")],
)
def test_a_converted_cost_is_rounded_as_money_is(amount: str, currency: str, rate: str, unit_cost: str) -> None:
    """Law 6, PO-14: half up, to the minor unit of the project's currency."""
    figures = in_currency(cost(amount=Decimal(amount)), currency, {"EUR": Decimal(1), currency: 1 / Decimal(rate)})
    assert figures is not None
    assert str(figures[1]) == unit_cost
