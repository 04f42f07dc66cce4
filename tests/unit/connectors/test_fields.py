"""Field tables: what a vendor's row becomes, and that no row can do harm (law 10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.fields import Field, Table, Use, gather, label, nested
from connectors.payload import UnreadableError, decode, encode
from connectors.values import (
    Rejected,
    day,
    decimal,
    flag_or,
    guid,
    instant,
    invert,
    inverted,
    line,
    number,
    number_text,
    one_of,
    rest,
    same,
    shown,
    text,
    whole,
    word_of,
)
from core.errors import BadDataError
from core.records import Address

KINDS = {"Product": "goods", "Service": "service"}

TABLE: Table[dict[str, Any]] = Table(
    "Item",
    dict,
    (
        Field("guid", "Id", "id", read=number_text, required=True),
        Field("name", "Name", "name", write=same, required=True),
        Field("isActive", "IsArchived", "active", read=inverted(default=True), write=invert),
        Field("row 1", "Mail.Line", "address.line1", read=line(1)),
        Field("row 2", "Mail.Line", "address.line2", read=rest(2)),
        Field("city", "Mail.City", "address.city", write=same),
        Field("price", "Price", "price", read=decimal, write=same),
        Field("type", "Type", "kind", read=one_of(KINDS), write=word_of(KINDS), patch=None),
        Field("term", "Term", "term", read=whole, write=same, patch="TermId"),
        Field("number", "No", "number", read=number_text, write=number),
        Field("-", "Created", "created_at", read=instant),
    ),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(st.characters(codec=None), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("Id", "Name", "IsArchived", "Mail", "Price", "Type", "Term", "No", "Created")
READERS = (
    text,
    guid,
    whole,
    number_text,
    decimal,
    day,
    instant,
    line(2),
    rest(1),
    one_of(KINDS),
    flag_or(default=True),
)


def refusal(kind: type[Exception], function: Callable[[Any], Any], value: Any) -> str:
    """What a refusal of `kind` says; empty when the value is taken. Anything else raised fails the test."""
    try:
        function(value)
    except kind as error:
        return str(error)
    return ""


def test_a_row_is_read_by_the_table() -> None:
    row = {
        "Id": 12,
        "Name": " Sjøgata ",
        "IsArchived": True,
        "Mail": {"Line": "Sjøgata 12\r\n\n Inngang B \nOppgang 2", "City": "Bergen"},
        "Price": Decimal("96.50"),
        "Type": "Service",
        "Term": 14,
        "Created": "2026-02-27T14:05:09.1234567+01:00",
    }
    assert TABLE.read(row) == {
        "id": "12",
        "name": "Sjøgata",
        "active": False,
        "address": Address(line1="Sjøgata 12", line2="Inngang B, Oppgang 2", city="Bergen"),
        "price": Decimal("96.50"),
        "kind": "service",
        "term": 14,
        "number": None,
        "created_at": datetime(2026, 2, 27, 13, 5, 9, 123456, tzinfo=UTC),
    }


def test_missing_members_take_their_default_and_an_empty_address_is_none() -> None:
    values = TABLE.read({"Id": "x1", "Name": "n", "Mail": None})
    assert values["active"] is True
    assert values["address"] is None
    assert values["id"] == "x1"


@pytest.mark.parametrize(
    ("member", "value", "says"),
    [
        ("Name", None, "Name is missing. A value is wanted."),
        ("Name", "  ", 'Name is "  ". A value is wanted.'),
        ("Name", 7, "Name is 7. A text is wanted."),
        ("Name", "a\x00b", 'Name is "a\\x00b". Control characters are not allowed.'),
        ("Name", "\ud800", 'Name is "\\ud800". Control characters are not allowed.'),
        ("Id", [1], "Id is a list of 1. A number is wanted."),
        ("Price", Decimal("NaN"), "Price is NaN."),
        ("Price", Decimal("1e400"), "Price is 1E+400."),
        ("Price", "12.5", 'Price is "12.5". A number is wanted.'),
        ("Price", True, "Price is True. A number is wanted."),
        ("Term", Decimal("1.5"), "Term is 1.5. A whole number is wanted."),
        ("Term", 10**400, "Term is a very large number."),
        ("Type", "Thing", 'Type is "Thing". One of Product, Service is wanted.'),
        ("Mail", [], "Mail.Line is a list of 0. An object is wanted."),
        ("Mail", "Oslo", 'Mail.Line is "Oslo". An object is wanted.'),
        ("Created", "yesterday", 'Created is "yesterday".'),
        ("Created", "0001-01-01T00:00:00+05:00", "Created is"),
        ("IsArchived", "false", "True or false is wanted."),
    ],
)
def test_a_value_that_breaks_the_contract_is_named_and_shown(member: str, value: Any, says: str) -> None:
    with pytest.raises(BadDataError) as raised:
        TABLE.read({"Id": 1, "Name": "n"} | {member: value})
    assert says in str(raised.value)
    assert raised.value.field is not None
    assert raised.value.field.partition(".")[0] == member


def test_one_bad_row_becomes_a_problem_and_the_others_are_read_law_3() -> None:
    rows = [{"Id": 1, "Name": "a"}, {"Id": 2, "Name": 5}, "nonsense", {"Id": 3, "Name": "c"}]
    items, problems = gather(rows, TABLE.build, title="Item", key="Id")
    assert [item["id"] for item in items] == ["1", "3"]
    assert [(each.id, each.label) for each in problems] == [("2", "Item 5 2"), ("row 3", "Item")]


def test_writes_use_the_members_of_their_kind() -> None:
    values = {
        "name": "n",
        "active": False,
        "kind": "goods",
        "term": 14,
        "number": "77",
        "address": Address(city="Oslo"),
    }
    assert TABLE.write(values, Use.POST) == {
        "Name": "n", "IsArchived": True, "Mail.City": "Oslo", "Type": "Product", "Term": 14, "No": 77,
    }  # fmt: skip
    assert TABLE.write(values, Use.PATCH) == {
        "Name": "n", "IsArchived": True, "Mail.City": "Oslo", "TermId": 14, "No": 77,
    }  # fmt: skip
    assert TABLE.write({"address": None, "unheard_of": 1}, Use.PATCH) == {"Mail.City": None}


@pytest.mark.parametrize(("name", "value"), [("number", "P-77"), ("number", "1" * 19), ("kind", "other")])
def test_a_value_that_the_vendor_cannot_hold_is_bad_data(name: str, value: str) -> None:
    with pytest.raises(BadDataError, match="cannot be written"):
        TABLE.write({name: value}, Use.POST)


def test_dotted_members_become_objects() -> None:
    assert nested({"a": 1, "b.c": 2, "b.d.e": 3}) == {"a": 1, "b": {"c": 2, "d": {"e": 3}}}


@given(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_no_row_raises_anything_but_bad_data(row: Any) -> None:
    said = refusal(BadDataError, TABLE.read, row)
    assert len(said) < 600
    assert said.isprintable()


@given(JSON)
@example(10**5000)
@example(Decimal("1e-400"))
@example(Decimal("sNaN"))
def test_readers_refuse_or_return_and_never_crash(value: Any) -> None:
    for read in READERS:
        assert refusal(Rejected, read, value).isprintable()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Lämpö\x07 Öy", r'"Lämpö\x07 Öy"'),
        ("Blåbær\nÅse", r'"Blåbær\nÅse"'),
        ("Žižek\u202e", r'"Žižek\u202e"'),
        ("Ærø", '"Ærø"'),
        ("\x00" * 90, '"' + r"\x00" * 19 + '\\…"'),
    ],
)
def test_letters_are_shown_as_they_are_and_control_characters_escaped(value: str, says: str) -> None:
    """Law 10: a person finds the name, and sees what is wrong with it."""
    assert shown(value) == says


def test_a_name_with_a_control_character_is_readable_in_the_error() -> None:
    """PO-03."""
    with pytest.raises(BadDataError) as raised:
        TABLE.read({"Id": 1, "Name": "Lämpö\x07Østervåg"})
    assert r'Name is "Lämpö\x07Østervåg"' in raised.value.what


@given(JSON)
def test_what_is_shown_of_a_value_is_short_and_printable(value: Any) -> None:
    assert len(shown(value)) <= 80
    assert shown(value).isprintable()
    assert len(label("Item", {"Name": value, "Code": value})) <= 200


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=6))
def test_amounts_survive_json_unchanged_law_6(amount: Decimal) -> None:
    assert decode(encode({"amount": amount})) == {"amount": amount}


@given(st.binary(max_size=60) | st.text(st.sampled_from('[]{}",:0123456789eE-+. aNInfinty'), max_size=40))
def test_decoding_any_body_gives_a_value_or_says_it_is_unreadable(body: bytes | str) -> None:
    raw = body.encode() if isinstance(body, str) else body
    assert refusal(UnreadableError, decode, raw).isprintable()


def test_an_integer_of_thousands_of_digits_spoils_its_row_and_not_the_page() -> None:
    rows = decode(b'[{"Id": 1, "Name": "a", "Price": ' + b"9" * 5000 + b'}, {"Id": 2, "Name": "b", "Price": 1}]')
    items, problems = gather(rows, TABLE.build, title="Item", key="Id")
    assert [item["id"] for item in items] == ["2"]
    assert problems[0].id == "1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2026-03-02", date(2026, 3, 2)), ("2026-03-02T00:00:00+02:00", date(2026, 3, 2)), (None, None)],
)
def test_a_time_part_of_a_date_is_cut(value: str | None, expected: date | None) -> None:
    assert day(value) == expected


def test_json_text_escapes_are_kept_out_of_json_numbers() -> None:
    assert json.loads(encode({"a": Decimal("0.10"), "b": date(2026, 1, 2), "c": "ø\u2028"})) == {
        "a": 0.1,
        "b": "2026-01-02",
        "c": "ø\u2028",
    }
