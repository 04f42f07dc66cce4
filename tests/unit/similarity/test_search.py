"""Likely partners are found by blocks, and blocks lose nothing that one slip of the pen makes (ALL-09)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.records import Address, Contact, Customer, Product, Project, Record, Registry, Side
from core.similarity.blocking import Index
from core.similarity.features import Features, features_of
from core.similarity.scoring import DOUBTFUL, LIKELY, evidence, score
from core.similarity.search import partners

SEVERA, ERP = Side.SEVERA, Side.ERP


def no_link(_registry: Registry, _record_id: str) -> None:
    """A register of links that is empty."""


def of(record: Record, side: Side = SEVERA) -> Features:
    return features_of(record, side, no_link)


def customer(record_id: str, name: str, number: str | None = None, **more: Any) -> Customer:
    return Customer(id=record_id, number=number, name=name, **more)


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        ({"name": "Nordwind Oy", "vat_number": "FI20774740"}, {"name": "Tuuli Oy", "vat_number": "2077474-0"},
         "same VAT number"),
        ({"name": "Nordwind Oy", "number": "1"}, {"name": "NORDWIND OYJ", "number": "2"},
         "same name, another legal form"),
        ({"name": "Nordwind", "number": "0012"}, {"name": "Nordwind", "number": "12"}, "but for zeros"),
        ({"name": "Fjord AS", "email": "a@fjord.example"}, {"name": "Fjrod AS", "email": "A@fjord.example"},
         "same e-mail address"),
    ],
)  # fmt: skip
def test_likely_pairs_are_named_with_the_reason(ours: dict[str, Any], theirs: dict[str, Any], reason: str) -> None:
    left, right = of(customer("a", **ours)), of(customer("b", **theirs), ERP)
    assert score(left, right) >= LIKELY
    assert any(reason in word for word in evidence(left, right))
    (found,) = partners([left], [right], loose_severa={"a"}, loose_erp={"b"})
    assert (found.severa, found.erp) == ("a", "b")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"name": "Nordwind Oy", "number": "7"}, {"name": "Lyngen Bygg AS", "number": "7"}),
        ({"name": "Nordwind Oy", "number": "7", "vat_number": "FI20774740"},
         {"name": "Nordvik AS", "number": "7", "vat_number": "NO974760673MVA"}),
    ],
)  # fmt: skip
def test_a_number_alone_leaves_doubt_where_all_else_contradicts(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert score(of(customer("a", **ours)), of(customer("b", **theirs), ERP)) < DOUBTFUL


def test_an_equal_pair_is_sure_and_a_score_is_symmetric() -> None:
    place = Address("Kaigata 1", None, "7010", "Trondheim", "NO")
    one = of(customer("a", "Fjord AS", "10", vat_number="NO974760673MVA", email="a@f.example", address=place))
    other = of(customer("b", "Fjord", "10", address=place), ERP)
    assert score(one, one) == 100
    assert score(one, other) == score(other, one)


def test_projects_and_contacts_of_other_customers_are_not_alike() -> None:
    ours = of(Project(id="a", number="1", name="Årsmøte", customer="c1"))
    same = features_of(Project(id="b", number="2", name="Årsmøte", customer="9"), ERP, lambda *_: "c1")
    other = features_of(Project(id="c", number="3", name="Årsmøte", customer="8"), ERP, lambda *_: "c2")
    assert score(ours, same) >= LIKELY > score(ours, other)
    person = Contact(id="p", code=None, customer="c1", first_name="Åse", last_name="Berg")
    assert of(person).name.core == "ase berg"
    assert of(person).number is None


def test_a_code_whose_zero_was_lost_is_found() -> None:
    ours, theirs = (Product(id=i, code=code, name="Sensor") for i, code in (("a", "0042"), ("b", "42")))
    assert score(of(ours), of(theirs, ERP)) >= LIKELY


WORDS = st.text(st.sampled_from("abdefgiklmnoprstuv"), min_size=6, max_size=24)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.data())
def test_one_slip_leaves_a_key_in_common(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abdxz"))
    slip = data.draw(st.sampled_from(["wrong", "more", "less", "swapped"]))
    before, after = name[:place], name[place:]
    other = {
        "wrong": before + letter + after[1:], "more": before + letter + after, "less": before + after[1:],
        "swapped": before + after[1:2] + after[:1] + after[2:],
    }[slip]  # fmt: skip
    plain = [of(customer("a", text)) for text in (name, other)]
    if all(len(each.name.compact) >= 6 for each in plain) and plain[0].name.compact[:-1] != plain[1].name.core:
        ours, theirs = plain
        if abs(len(ours.name.compact) - len(theirs.name.compact)) <= 1:
            assert Index([theirs]).near(ours) == {0}


def test_a_key_that_many_have_costs_no_more_than_a_few_looks() -> None:
    many = [of(customer(str(i), f"Bygg og Anlegg {i:05d}", email="post@bygg.example")) for i in range(3000)]
    assert max(len(Index(many).near(each)) for each in many[::300]) < 100
