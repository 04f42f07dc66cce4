"""Money: quantised at named points, compared in whole minor units (ALL-07, VN-11, law 6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import TOLERANCE, Money, TotalCheck, minor_digits, quantise, to_minor, tolerance_minor

modest = settings(max_examples=150, deadline=None)
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=6)
CURRENCIES = st.sampled_from(["NOK", "EUR", "SEK", "DKK", "ISK", "JPY", "KWD", "BHD"])


def check(severa: str, erp: str, currency: str = "NOK", other: str | None = None) -> TotalCheck:
    return TotalCheck(Money(Decimal(severa), currency), Money(Decimal(erp), other or currency))


@pytest.mark.parametrize(
    ("severa", "erp", "currency", "passes"),
    [
        ("100.00", "100.00", "NOK", True),
        ("100.00", "100.05", "NOK", True),
        ("100.00", "100.06", "NOK", False),
        ("100.05", "100.00", "NOK", True),
        ("100.06", "100.00", "NOK", False),
        ("1.10", "1.05", "EUR", True),
        ("1.05", "1.10", "EUR", True),
        ("1.11", "1.05", "EUR", False),
        ("0", "0.05", "SEK", True),
        ("0", "-0.05", "SEK", True),
        ("0", "-0.06", "SEK", False),
        ("-125.00", "-125.05", "DKK", True),
        ("-125.00", "-125.06", "DKK", False),
        ("-125.00", "125.00", "DKK", False),
        ("1000", "1000.49", "ISK", True),
        ("1000", "1000.50", "ISK", False),
        ("1000", "1001", "JPY", False),
        ("1.000", "1.050", "KWD", True),
        ("1.000", "1.051", "KWD", False),
        ("999999999999.95", "1000000000000.00", "NOK", True),
        ("999999999999.94", "1000000000000.00", "NOK", False),
    ],
)
def test_exactly_five_hundredths_pass_and_one_more_does_not(
    severa: str, erp: str, currency: str, *, passes: bool
) -> None:
    """ALL-07, VN-11: a difference of more than 0.05 is refused, in the currency's own minor unit."""
    assert check(severa, erp, currency).passes is passes


@pytest.mark.parametrize(
    ("severa", "erp", "difference", "passes"),
    [
        ("1.1000000000000001", "1.05", "-0.05", True),
        ("1.1", "1.0499999999999998", "-0.05", True),
        ("0.30000000000000004", "0.3", "0.00", True),
        ("100.00499999999999", "100.06", "0.06", False),
        ("100.005", "100.06", "0.05", True),
    ],
)
def test_the_noise_of_a_double_is_no_difference(severa: str, erp: str, difference: str, *, passes: bool) -> None:
    """ALL-07: both totals are rounded to the minor unit before they are compared."""
    found = check(severa, erp)
    assert (str(found.difference), found.passes) == (difference, passes)


@pytest.mark.parametrize("amount", ["100.00", "0.00", "-3.50"])
def test_equal_figures_in_different_currencies_are_never_compared(amount: str) -> None:
    """ALL-07: not even 100 against 100 passes, and there is no difference to name."""
    found = check(amount, amount, "NOK", "SEK")
    assert not found.comparable
    assert not found.passes
    with pytest.raises(ValueError, match="NOK and SEK are not comparable"):
        _ = found.difference_minor
    with pytest.raises(ValueError, match="not comparable"):
        _ = found.difference


@pytest.mark.parametrize(
    ("currency", "digits", "tolerance"),
    [("NOK", 2, 5), ("EUR", 2, 5), ("nok", 2, 5), ("ISK", 0, 0), ("JPY", 0, 0), ("KWD", 3, 50), ("TND", 3, 50)],
)
def test_minor_units_and_tolerance_by_currency(currency: str, digits: int, tolerance: int) -> None:
    """ALL-07: ISO 4217 minor units; an unknown code has two decimals."""
    assert (minor_digits(currency), tolerance_minor(currency)) == (digits, tolerance)


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "minor"),
    [
        ("1.005", "NOK", "1.01 NOK", 101),
        ("-1.005", "NOK", "-1.01 NOK", -101),
        ("1.004999", "NOK", "1.00 NOK", 100),
        ("2.5", "ISK", "3 ISK", 3),
        ("-2.5", "ISK", "-3 ISK", -3),
        ("1.2345", "KWD", "1.235 KWD", 1235),
        ("1E+3", "NOK", "1000.00 NOK", 100000),
        ("0E-10", "NOK", "0.00 NOK", 0),
    ],
)
def test_amounts_are_rounded_half_up_away_from_zero(amount: str, currency: str, shown: str, minor: int) -> None:
    """Law 6: one rounding, the same for credit notes as for invoices."""
    money = Money(Decimal(amount), currency)
    assert (str(money), money.minor) == (shown, minor)


@modest
@given(amount=AMOUNTS, currency=CURRENCIES)
def test_minor_units_come_back_as_the_quantised_amount(amount: Decimal, currency: str) -> None:
    """Law 6: to minor units and back loses nothing that quantising had not taken."""
    minor = to_minor(amount, currency)
    back = Decimal(minor).scaleb(-minor_digits(currency))
    assert back == quantise(amount, currency)
    assert to_minor(back, currency) == minor
    assert abs(back - amount) * 2 <= Decimal(1).scaleb(-minor_digits(currency))


@modest
@given(amount=AMOUNTS, currency=CURRENCIES)
def test_quantising_twice_is_quantising_once(amount: Decimal, currency: str) -> None:
    """Law 6: a stored total compares as the total that it was made of."""
    once = Money(amount, currency).quantised()
    assert once.quantised() == once
    assert quantise(-amount, currency) == -once.amount


@modest
@given(left=AMOUNTS, right=AMOUNTS, currency=CURRENCIES)
def test_the_check_does_not_care_which_side_is_which(left: Decimal, right: Decimal, currency: str) -> None:
    """ALL-07: symmetry, and turning both signs (a credit note) changes nothing."""
    one = TotalCheck(Money(left, currency), Money(right, currency))
    two = TotalCheck(Money(right, currency), Money(left, currency))
    credit = TotalCheck(Money(-left, currency), Money(-right, currency))
    assert one.passes == two.passes == credit.passes
    assert one.difference_minor == -two.difference_minor == -credit.difference_minor


@modest
@given(amount=AMOUNTS, minor=st.integers(-200, 200), currency=CURRENCIES)
def test_the_check_is_the_rule_in_whole_minor_units(amount: Decimal, minor: int, currency: str) -> None:
    """ALL-07: passes exactly when the quantised totals differ by at most 0.05."""
    other = quantise(amount, currency) + Decimal(minor).scaleb(-minor_digits(currency))
    found = TotalCheck(Money(amount, currency), Money(other, currency))
    assert found.difference_minor == minor
    assert found.passes == (abs(found.difference) <= TOLERANCE)


@modest
@given(minor=st.integers(-(10**12), 10**12), apart=st.integers(-12, 12))
def test_totals_that_went_through_a_double_are_judged_like_the_exact_ones(minor: int, apart: int) -> None:
    """ALL-07: JSON numbers that a vendor computed with doubles change no verdict."""
    exact = Decimal(minor).scaleb(-2)
    noisy = Decimal(repr((minor + apart) / 100))
    assert TotalCheck(Money(exact, "NOK"), Money(noisy, "NOK")).passes == (abs(apart) <= 5)
