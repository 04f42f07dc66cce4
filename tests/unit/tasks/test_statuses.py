"""The invoice statuses of the tenant file against Severa's register: every mistake by name (ALL-04)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.poweroffice.profile import PROFILE
from core.invoices import InvoiceStatus
from tasks.statuses import check_statuses

GUIDS = {
    role: f"0c9f6a52-0000-4000-8000-00000000000{n}" for n, role in enumerate(("failed", *PROFILE.statuses), start=1)
}
NAMES = {"failed": "Avvist", "trigger": "Klar", "transferred": "Overført", "sent": "Sendt", "paid": "Betalt"}


def status(role: str, **fields: Any) -> InvoiceStatus:
    """A status as a well-prepared Severa has it for the role."""
    given_: dict[str, Any] = {
        "id": GUIDS[role],
        "name": NAMES[role],
        "active": True,
        "is_default": role == "trigger",
        "read_only": role in ("sent", "paid"),
        "has_number": role in ("transferred", "sent", "paid"),
        "is_sent": role in ("sent", "paid"),
        "is_paid": role == "paid",
        "is_default_for_credit_note": role == "trigger",
        "sort_order": list(GUIDS).index(role) + 1,
    }
    return InvoiceStatus(**(given_ | fields))


def register(**changes: dict[str, Any]) -> list[InvoiceStatus]:
    """The well-prepared register, but for these roles' fields; and two statuses that nobody asked for."""
    held = [status(role, **changes.get(role, {})) for role in GUIDS]
    draft = status("trigger", id="0c9f6a52-0000-4000-8000-00000000000a", name="Kladd", sort_order=0)
    old = status("paid", id="0c9f6a52-0000-4000-8000-00000000000b", name="Gammel", active=False, sort_order=9)
    return [draft, *held, old]


def mistakes(wanted: dict[str, str] | None = None, **changes: dict[str, Any]) -> list[str]:
    return check_statuses(PROFILE, wanted or NAMES, register(**changes))[1]


@pytest.mark.parametrize("wanted", [NAMES, GUIDS, {role: guid.upper() for role, guid in GUIDS.items()}])
def test_statuses_are_found_by_name_or_guid(wanted: dict[str, str]) -> None:
    """ALL-04: a well-prepared Severa has no mistake."""
    found, wrong = check_statuses(PROFILE, wanted, register())
    assert wrong == []
    assert {role: one.id for role, one in found.items()} == GUIDS


@pytest.mark.parametrize("name", ["Klar", "klar", " KLAR "])
def test_letters_and_white_space_of_a_name_do_not_matter(name: str) -> None:
    assert mistakes({**NAMES, "trigger": name}) == []


def test_the_failed_status_may_be_left_out() -> None:
    """ALL-07: without one a refused invoice stays where it is."""
    wanted = {role: NAMES[role] for role in PROFILE.statuses}
    found, wrong = check_statuses(PROFILE, wanted, register(failed={"is_default": True, "sort_order": 99}))
    assert (set(found), wrong) == (set(PROFILE.statuses), [])


@pytest.mark.parametrize("role", list(NAMES))
def test_a_status_that_does_not_exist_is_named_with_those_that_do(role: str) -> None:
    """ALL-04: existence; what is inactive is not offered."""
    (words,) = mistakes({**NAMES, role: "Ukjent"})
    assert words == f"{role}: 'Ukjent' does not exist; there are: Avvist, Betalt, Kladd, Klar, Overført, Sendt."


@pytest.mark.parametrize("role", list(NAMES))
def test_an_inactive_status_is_named(role: str) -> None:
    """ALL-04: activity."""
    (words,) = mistakes(NAMES, **{role: {"active": False}})
    assert words == f"{role}: '{NAMES[role]}' is not active."


def test_a_name_that_stands_twice_needs_a_guid() -> None:
    """ALL-04: two statuses of one name cannot be told apart, their guids can."""
    held = register(trigger={"name": "Sendt"})
    wanted = {**NAMES, "trigger": GUIDS["trigger"]}
    _, wrong = check_statuses(PROFILE, wanted, held)
    assert wrong == ["sent: 'Sendt' stands there more than once; use its guid."]
    assert check_statuses(PROFILE, {**wanted, "sent": GUIDS["sent"]}, held)[1] == []


@pytest.mark.parametrize(("before", "after"), [("trigger", "transferred"), ("transferred", "sent"), ("sent", "paid")])
@pytest.mark.parametrize("same", [True, False], ids=["same place", "other way round"])
def test_the_four_statuses_stand_in_their_order(before: str, after: str, *, same: bool) -> None:
    """ALL-04: order, pair by pair."""
    places = {before: {"sort_order": 50}, after: {"sort_order": 50 if same else 49}}
    words = f"{after}: '{NAMES[after]}' must come after '{NAMES[before]}' in Severa's order."
    assert words in mistakes(NAMES, **places)


@pytest.mark.parametrize(
    ("role", "fields", "words"),
    [
        ("trigger", {"has_number": True}, "trigger: 'Klar' must not give an invoice number; the ERP numbers invoices."),
        ("sent", {"is_sent": False}, "sent: 'Sendt' is not marked as sent."),
        ("paid", {"is_paid": False}, "paid: 'Betalt' is not marked as paid."),
        ("trigger", {"is_paid": True}, "trigger: 'Klar' is marked as paid."),
        ("transferred", {"is_paid": True}, "transferred: 'Overført' is marked as paid."),
        ("sent", {"is_paid": True}, "sent: 'Sendt' is marked as paid."),
        ("failed", {"is_paid": True}, "failed: 'Avvist' is marked as paid."),
        ("failed", {"is_default": True}, "failed: 'Avvist' must not be the default status."),
        ("failed", {"sort_order": 2}, "failed: 'Avvist' must come before 'Klar' in Severa's order."),
        ("failed", {"sort_order": 7}, "failed: 'Avvist' must come before 'Klar' in Severa's order."),
    ],
)
def test_each_wrong_flag_is_one_mistake(role: str, fields: dict[str, Any], words: str) -> None:
    """ALL-04: flags; a single mistake is told once and brings no other."""
    assert mistakes(NAMES, **{role: fields}) == [words]


@pytest.mark.parametrize("role", ["trigger", "transferred", "sent"])
def test_two_roles_on_one_status_are_a_mistake(role: str) -> None:
    """ALL-04: one by its name, the other by its guid, which the tenant file cannot see."""
    following = PROFILE.statuses[PROFILE.statuses.index(role) + 1]
    wrong = mistakes({**NAMES, following: GUIDS[role]})
    assert f"{following}: '{NAMES[role]}' must come after '{NAMES[role]}' in Severa's order." in wrong


def test_all_mistakes_are_told_at_once() -> None:
    """ALL-04: one error per mistake, so that a person corrects the file once."""
    wrong = mistakes(
        {**NAMES, "transferred": "Ukjent"},
        trigger={"has_number": True},
        sent={"is_sent": False},
        failed={"is_default": True},
    )
    assert [words.partition(":")[0] for words in wrong] == ["transferred", "trigger", "sent", "failed"]


def test_the_order_is_checked_around_a_missing_status() -> None:
    """ALL-04: trigger, (nothing), sent."""
    wrong = mistakes({**NAMES, "transferred": "Ukjent"}, sent={"sort_order": 0}, trigger={"sort_order": 1})
    assert "sent: 'Sendt' must come after 'Klar' in Severa's order." in wrong


@pytest.mark.parametrize(
    "missing",
    [
        "trigger",
        "transferred",
        "sent",
        pytest.param("paid"),
    ],
)
def test_the_failed_statuss_mistakes_do_not_wait_for_others(missing: str) -> None:
    """ALL-04: told in the first round, also while another status is missing."""
    wrong = mistakes({**NAMES, missing: "Ukjent"}, failed={"is_default": True})
    assert "failed: 'Avvist' must not be the default status." in wrong


def test_without_statuses_in_severa_every_role_is_a_mistake() -> None:
    found, wrong = check_statuses(PROFILE, NAMES, [])
    assert (found, len(wrong)) == ({}, len(NAMES))


FLAGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "active": st.booleans(),
        "is_default": st.booleans(),
        "has_number": st.booleans(),
        "is_sent": st.booleans(),
        "is_paid": st.booleans(),
        "sort_order": st.integers(0, 7),
    },
)
CHANGES = st.dictionaries(st.sampled_from(sorted(NAMES)), FLAGS, max_size=2)


@settings(max_examples=150, deadline=None)
@given(changes=CHANGES)
def test_silence_means_that_everything_holds(changes: dict[str, dict[str, Any]]) -> None:
    """ALL-04: and whatever does not hold is told."""
    found, wrong = check_statuses(PROFILE, NAMES, register(**changes))
    held = {role: status(role, **changes.get(role, {})) for role in NAMES}
    order = [held[role].sort_order for role in NAMES if role != "failed"]
    holds = (
        all(one.active for one in held.values())
        and all(one < two for one, two in pairwise(order))
        and held["failed"].sort_order < held["trigger"].sort_order
        and not held["trigger"].has_number
        and held["sent"].is_sent
        and not held["failed"].is_default
        and [role for role, one in held.items() if one.is_paid] == ["paid"]
    )
    assert (wrong == []) is holds
    assert found == {role: one for role, one in held.items() if one.active}
