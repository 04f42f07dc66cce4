"""The expectation's verdict on single totals and batches (ALL-07)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.money import Money, TotalCheck
from expectations.totals import TotalRow, TotalsResult, validate_totals


def row(
    severa: str, erp: str, currency: str = "NOK", erp_currency: str | None = None, *, reference: str = "a"
) -> TotalRow:
    """A row as the export makes it: the gate decided about the same two amounts."""
    check = TotalCheck(Money(Decimal(severa), currency), Money(Decimal(erp), erp_currency or currency))
    return TotalRow.of(reference, f"Invoice {reference}", check, passed=check.passes)


def validated(*rows: TotalRow) -> TotalsResult:
    return validate_totals(rows, tenant="demo", run="test", docs=None)


@pytest.mark.parametrize(
    ("severa", "erp", "currency", "passes"),
    [
        ("100.00", "100.05", "NOK", True),
        ("100.05", "100.00", "NOK", True),
        ("100.00", "100.06", "NOK", False),
        ("100.06", "100.00", "NOK", False),
        ("1.10", "1.05", "NOK", True),
        ("-1.10", "-1.05", "NOK", True),
        ("-1.10", "1.10", "NOK", False),
        ("0.30000000000000004", "0.35", "NOK", True),
        ("100.0549999", "100.00", "NOK", True),
        ("100.0550001", "100.00", "NOK", False),
        ("100", "101", "ISK", False),
        ("100", "100.4", "ISK", True),
        ("10.000", "10.050", "KWD", True),
        ("10.000", "10.051", "KWD", False),
        ("9" * 24, "9" * 24, "NOK", True),
        ("9" * 24, "9" * 24 + ".06", "NOK", False),
        ("-" + "9" * 24, "9" * 24, "NOK", False),
    ],
)
def test_a_difference_of_at_most_five_hundredths_passes(severa: str, erp: str, currency: str, passes: bool) -> None:
    """ALL-07"""
    result = validated(row(severa, erp, currency))
    assert result == TotalsResult({"a": passes}, [], None)


def test_totals_in_two_currencies_are_not_compared_and_fail() -> None:
    """ALL-07: equal amounts in two currencies fail, and do not disturb the rows beside them."""
    rows = [
        row("100", "100", "NOK", "SEK", reference="two"),
        row("100", "100", reference="one"),
        row("5", "5", "ISK", "KWD", reference="odd"),
    ]
    assert validated(*rows) == TotalsResult({"two": False, "one": True, "odd": False}, [], None)


def test_a_batch_of_nothing_but_two_currencies_is_evaluated() -> None:
    """ALL-07: no row is left to compare."""
    assert validated(row("1", "1", "NOK", "SEK")).passed == {"a": False}


def test_every_failed_row_of_a_large_batch_is_named() -> None:
    """ALL-07: Great Expectations cuts its own list of values at 200; the verdicts are not cut."""
    rows = [row("1.00", "2.00" if place % 2 else "1.00", reference=str(place)) for place in range(600)]
    result = validated(*rows)
    assert result.disagreements == []
    assert [reference for reference, passed in result.passed.items() if not passed] == [
        str(place) for place in range(600) if place % 2
    ]


@pytest.mark.parametrize(("erp", "gate"), [(116, True), (110, False)])
def test_a_gate_that_disagrees_is_named(erp: int, gate: bool) -> None:
    """ALL-07: the caller raises a bug for it."""
    wrong = TotalRow("b", "Invoice 7", 110, erp, "NOK", "NOK", passed=gate)
    result = validated(row("1", "1"), wrong)
    assert result.passed == {"a": True, "b": not gate}
    [sentence] = result.disagreements
    by_the_gate, by_the_expectation = ("passes", "fails") if gate else ("fails", "passes")
    assert sentence.startswith(
        f"Invoice 7 (b): by the gate it {by_the_gate}, by the expectation it {by_the_expectation};"
    )
    assert f"Severa 1.10 NOK, ERP {erp / 100:.2f} NOK" in sentence


def test_a_gate_that_passes_two_currencies_is_named() -> None:
    """ALL-07"""
    result = validated(TotalRow("a", "Invoice 7", 100, 100, "NOK", "SEK", passed=True))
    assert len(result.disagreements) == 1


def test_of_two_rows_of_one_reference_both_must_pass() -> None:
    """ALL-07"""
    assert validated(row("1", "2"), row("1", "1")).passed == {"a": False}


def test_labels_that_no_file_can_hold_are_no_obstacle() -> None:
    """ALL-07: JSON may hold half a surrogate pair."""
    assert validated(TotalRow("a", "\ud800 \0 Ås", 1, 1, "NOK", "NOK", passed=True)).passed == {"a": True}


@pytest.mark.parametrize("tenant", ["", "../up", "a/b", "Demo", ".hidden"])
def test_a_tenant_that_is_no_folder_name_is_refused(tenant: str) -> None:
    """ALL-07: one tenant's pages never land in another's folder."""
    with pytest.raises(ValueError, match="not a tenant's name"):
        validate_totals([row("1", "1")], tenant=tenant, run="test", docs=None)


def test_amounts_are_written_for_people() -> None:
    """ALL-07"""
    shown = TotalRow("a", "x", 123456789, -5, "NOK", "NOK", passed=False)
    assert (shown.severa_total, shown.erp_total) == ("1\u00a0234\u00a0567.89 NOK", "-0.05 NOK")
    assert (shown.difference, shown.allowed) == ("-1\u00a0234\u00a0567.94 NOK", "0.05 NOK")
    other = TotalRow("a", "x", 1500, 1501, "KWD", "ISK", passed=False)
    assert (other.severa_total, other.erp_total, other.difference, other.allowed) == (
        "1.500 KWD",
        "1\u00a0501 ISK",
        "",
        "",
    )
