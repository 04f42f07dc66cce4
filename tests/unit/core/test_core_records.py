"""Records and their states: what is compared, by meaning, as plain JSON (ALL-02)."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from core_samples import customer, project
from hypothesis import given, settings
from hypothesis import strategies as st

from core.records import (
    META,
    RECORD_TYPES,
    Address,
    Contact,
    Product,
    ProductKind,
    ProductType,
    Record,
    Registry,
    Side,
    User,
    business_fields,
)
from core.states import MISSING, NOT_APPLICABLE, encode, shown, state_of

modest = settings(max_examples=150, deadline=None)
# as many digits as a connector lets through in an amount, a price or a quantity of a business
DECIMALS = st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False, allow_infinity=False, places=10)
PARTS = st.none() | st.text(max_size=8)
ADDRESSES = st.builds(Address, line1=PARTS, line2=PARTS, postal_code=PARTS, city=PARTS, country=PARTS)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), DECIMALS, st.dates(), ADDRESSES, st.sampled_from(ProductType)
)


def test_the_other_side_is_the_opposite_one() -> None:
    assert [side.other for side in (Side.SEVERA, Side.ERP)] == [Side.ERP, Side.SEVERA]


@pytest.mark.parametrize("registry", list(Registry))
def test_every_registry_has_a_frozen_record_with_key_and_known_references(registry: Registry) -> None:
    """A record's key and references are fields of it; what is about the row is never synchronised."""
    kind: Any = RECORD_TYPES[registry]
    names = {field.name for field in fields(kind)}
    assert kind.registry is registry
    assert kind.KEY in names
    assert set(kind.REFERENCES) <= set(business_fields(kind))
    assert not META & set(business_fields(kind))
    assert names >= META
    assert kind.__dataclass_params__.frozen


def test_a_record_cannot_be_changed_behind_the_planner() -> None:
    record = customer("c-1")
    with pytest.raises(FrozenInstanceError):
        record.name = "Another"  # type: ignore[misc]


def test_references_are_written_after_what_they_refer_to() -> None:
    """Registries are declared in the order in which they are written; a user's superior is the one exception."""
    order = list(Registry)
    for kind in RECORD_TYPES.values():
        for target in kind.REFERENCES.values():
            assert order.index(target) <= order.index(kind.registry)


@pytest.mark.parametrize(
    ("number", "key"),
    [("10042", "10042"), (" 10042\t", "10042"), ("", None), ("  ", None), (None, None), ("A-1", "A-1")],
)
def test_the_key_is_the_trimmed_number(number: str | None, key: str | None) -> None:
    """PO-03, PO-08: an empty number or code is none."""
    assert customer("c-1", number).key == key


@pytest.mark.parametrize(
    ("record", "label"),
    [
        (customer("c-1", "10", "Fjord"), "10 Fjord"),
        (customer("c-1", None, "Fjord"), "Fjord"),
        (project("p-1", " 700 ", "Kai"), "700 Kai"),
        (User(id="u", code="7", first_name="Åse", last_name="Berg"), "7 Åse Berg"),
        (User(id="u", code=None, first_name=None, last_name="Berg"), "Berg"),
        (Contact(id="k", code=None, customer=None, first_name=None, last_name=None), "contacts k"),
    ],
)
def test_a_record_is_named_as_a_person_would(record: Record, label: str) -> None:
    assert record.label == label


@pytest.mark.parametrize(
    ("address", "given_"),
    [
        (Address(), False),
        (Address(country="NO"), False),
        (Address(line1="Kaigata 1"), True),
        (Address(postal_code="7010", country="NO"), True),
    ],
)
def test_a_country_alone_is_no_address(address: Address, *, given_: bool) -> None:
    assert bool(address) is given_


@pytest.mark.parametrize("written", ["10", "10.0", "10.00", "1E+1", "1.0E1", "+10", "0010"])
def test_ten_is_ten_however_it_is_written(written: str) -> None:
    """Law 7: a price that the vendor writes with other decimals is not a change."""
    assert encode(Decimal(written)) == "10"


@pytest.mark.parametrize(
    ("written", "plain"), [("0", "0"), ("-0", "0"), ("0.00", "0"), ("-0.50", "-0.5"), ("1E-7", "0.0000001")]
)
def test_decimals_are_encoded_plainly(written: str, plain: str) -> None:
    assert encode(Decimal(written)) == plain


@modest
@given(left=DECIMALS, right=DECIMALS)
def test_two_prices_are_encoded_alike_exactly_when_they_are_equal(left: Decimal, right: Decimal) -> None:
    """No change is missed and none is made up."""
    assert (encode(left) == encode(right)) == (left == right)
    assert Decimal(encode(left)) == left


@modest
@given(value=VALUES)
def test_an_encoded_value_survives_json(value: Any) -> None:
    """A link's states are stored as JSON: what comes back compares equal to what was put in."""
    assert json.loads(json.dumps(encode(value))) == encode(value)


@modest
@given(left=ADDRESSES, right=ADDRESSES)
def test_addresses_are_compared_line_by_line(left: Address, right: Address) -> None:
    """PO-06: every part counts, in its place."""
    assert (encode(left) == encode(right)) == (left == right)


def test_addresses_with_the_same_words_on_other_lines_differ() -> None:
    assert encode(Address(line1="Kaigata 1")) != encode(Address(line2="Kaigata 1"))


def test_instants_dates_and_kinds_are_texts() -> None:
    assert encode(date(2026, 3, 29)) == "2026-03-29"
    assert encode(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == "2026-03-29T01:00:00+00:00"
    assert encode(ProductKind.WORK_TYPE) == "work_type"


def test_the_state_of_a_record_holds_the_named_fields_only() -> None:
    product = Product(id="1", code="K", name="Kabel", unit_price=Decimal("10.50"), type=ProductType.GOODS)
    assert state_of(product, ["unit_price", "type", "unit"]) == {"unit_price": "10.5", "type": "goods", "unit": None}


@modest
@given(value=VALUES)
def test_what_never_got_through_differs_from_every_value(value: Any) -> None:
    assert encode(value) != MISSING
    assert encode(value) != NOT_APPLICABLE


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "(empty)"),
        (MISSING, "(empty)"),
        (["Kaigata 1", None, "7010", "Trondheim", "NO"], "Kaigata 1, 7010, Trondheim, NO"),
        (False, "False"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_values_are_shown_short_on_the_error_desk(value: Any, words: str) -> None:
    """ALL-13: what an issue quotes is at most 80 characters."""
    assert shown(value) == words
