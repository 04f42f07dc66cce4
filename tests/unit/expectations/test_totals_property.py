"""The expectation and the gate say the same of any two totals (ALL-07)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import Money, TotalCheck
from expectations.totals import TotalRow, validate_totals

CURRENCIES = st.sampled_from(["NOK", "ISK", "KWD"])
AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=6)
NEAR = st.decimals(min_value=Decimal("-1.2"), max_value=Decimal("1.2"), places=4)
AT_THE_EDGE = st.sampled_from([Decimal(n) / 1000 for n in (-55, -51, -50, -49, -45, 0, 45, 49, 50, 51, 55, 60)])


@st.composite
def checks(draw: st.DrawFn) -> TotalCheck:
    """Two totals: near each other, at the edge of the tolerance, or unrelated; sometimes in two currencies."""
    currency, amount = draw(CURRENCIES), draw(AMOUNTS)
    other = draw(st.one_of(NEAR.map(amount.__add__), AT_THE_EDGE.map(amount.__add__), AMOUNTS))
    return TotalCheck(Money(amount, currency), Money(other, draw(st.one_of(st.just(currency), CURRENCIES))))


@settings(max_examples=12, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(checks(), min_size=20, max_size=60))
def test_the_expectation_says_what_the_gate_says(batch: list[TotalCheck]) -> None:
    """ALL-07"""
    rows = [TotalRow.of(str(place), "x", check, passed=check.passes) for place, check in enumerate(batch)]
    result = validate_totals(rows, tenant="demo", run="property", docs=None)
    assert list(result.passed.values()) == [check.passes for check in batch]
    assert result.disagreements == []
