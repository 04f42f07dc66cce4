"""What makes two spellings one: letters, legal forms, numbers (ALL-09)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.similarity.keys import business_id, domain_of, email_of, phone_of
from core.similarity.letters import bare, folded
from core.similarity.names import FORMS, name_of
from core.similarity.scoring import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åsgård Rør & Varme", "AASGAARD RØR OG VARME"),
        ("Möller", "Moeller"),
        ("Møller", "Möller"),
        ("Kærgård", "Kaergaard"),
        ("Säätiö", "SAEAETIOE"),
        ("Möller", "MÃ¶ller"),
        ("Ærfugl", "Ãrfugl".encode("latin-1", "replace").decode("latin-1").replace("Ã", "Æ", 1)),
        ("Tõnisson Öö", "Tonisson Oo"),
        ("Thorvald", "Torvald"),
    ],
)
def test_letters_fold_the_same_however_they_are_spelled(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_folding_gives_small_letters_digits_and_single_spaces_for_any_text(text: str) -> None:
    assert all(c.isascii() and (c.isalnum() or c == " ") for c in folded(text))
    assert "  " not in folded(text)
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    "written",
    [
        *("Nordwind Oy", "NORDWIND OYJ", "Oy Nordwind Ab", "Nordwind A/S", "AS Nordwind", "Nordwind AB (publ)"),
        *("Nordwind ApS", "Nordwind OÜ", "Nordwind Osakeyhtiö", "Aktiebolaget Nordwind", "Nordwind K/S", "Nordwind"),
        *("Nordwind Ky", "Tmi Nordwind", "T:mi Nordwind", "Nordwind ek. för.", "Nordwind Osaühing", "Nordwind I/S"),
    ],
)
def test_legal_forms_of_five_countries_are_no_part_of_a_name(written: str) -> None:
    assert name_of(written).core == "nordwind"


@pytest.mark.parametrize("text", ["Ås", "Kommune Ås", "Aas"])
def test_a_place_that_reads_like_a_legal_form_stays_in_the_name(text: str) -> None:
    assert "asby" in name_of(text).core
    assert name_of(text).form == ""


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_name_that_is_nothing_but_a_legal_form_stays_a_name(form: str) -> None:
    assert name_of(form).core


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Nordwind Oy", "NORDWIND OYJ", 0.97, 0.99),
        ("Nordwind Oy", "Nordiwnd Oy", 0.85, 0.99),
        ("Fjord Rør AS", "Rør Fjord AS", 0.95, 1.0),
        ("Nordwind Oy", "Nordwind Holding Oy", 0.0, 0.8),
        ("Hotell 1 AS", "Hotell 2 AS", 0.0, 0.8),
        ("Fjordkraft", "Lyngen Bygg", 0.0, 0.5),
    ],
)
def test_how_alike_names_are(one: str, other: str, least: float, most: float) -> None:
    assert least <= alike(name_of(one), name_of(other)) <= most
    assert alike(name_of(one), name_of(other)) == pytest.approx(alike(name_of(other), name_of(one)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("FI20774740", None), ("2077474-0", "FI")),
        (("FI 2077474-0", None), ("20774740", None)),
        (("NO 974760673 MVA", None), ("974 760 673", "NO")),
        (("NO974760673", None), ("974760673", None)),
        (("SE556000461501", None), ("556000-4615", "SE")),
        (("DK13585628", None), ("13585628", "DK")),
        (("EE100931558", None), ("100931558", "EE")),
    ],
)
def test_a_vat_number_and_its_business_id_are_one(one: tuple[str, str | None], other: tuple[str, str | None]) -> None:
    left, right = business_id(*one), business_id(*other)
    assert left is not None
    assert right is not None
    assert left.agrees(right)
    assert left.valid
    assert right.valid


@pytest.mark.parametrize(
    ("one", "other"), [("FI20774740", "NO974760673MVA"), ("FI20774740", "DK20774740"), ("FI20774740", "FI01120389")]
)
def test_other_companies_do_not_agree(one: str, other: str) -> None:
    left, right = business_id(one), business_id(other)
    assert left is not None
    assert right is not None
    assert not left.agrees(right)


def test_two_equal_wrong_numbers_still_meet() -> None:
    left, right = business_id("FI 1234567-2"), business_id("fi12345672")
    assert left is not None
    assert left == right
    assert not left.valid


@pytest.mark.parametrize("text", [None, "", "-", "n/a"])
def test_nothing_is_no_number(text: str | None) -> None:
    assert business_id(text) is None


@given(st.text(max_size=30), st.sampled_from([None, "FI", "NO", "SE", "DK", "EE", "XX"]))
def test_any_text_has_a_number_or_none(text: str, country: str | None) -> None:
    found = business_id(text, country)
    assert found is None or found.digits


def test_loose_keys() -> None:
    assert bare("0012") == bare("12") == "12"
    assert bare("P-0012") == bare("p0012")
    assert email_of(" Post@X.Example ") == "post@x.example"
    assert email_of("@") is None
    assert domain_of("post@fjord.example", "https://www.Fjord.example/om") == "fjord.example"
    assert domain_of("ola@gmail.com") is None
    assert phone_of("+47 91 23 45 67") == phone_of("91234567")
