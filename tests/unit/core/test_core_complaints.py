"""What the planner complains about, once and in words (ALL-02, ALL-03, ALL-14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from core_samples import CUSTOMERS, ERP, RULE, SEVERA, causes, customer, inputs_of, link_of

from core.complaints import PLANNER_CAUSES
from core.links import Link
from core.planning import plan
from core.plans import Plan
from core.profiles import Master, RegistryRule
from core.records import Customer

OURS, THEIRS = customer("s-1", "1", "Fjord"), customer("e-1", "1", "Fjord")
LINK = link_of(RULE, OURS, THEIRS)
NAMES = {SEVERA: "Severa", ERP: "PowerOffice"}


def of(
    ours: Customer | None, theirs: Customer | None, link: Link = LINK, rule: RegistryRule = CUSTOMERS, **kw: Any
) -> Plan:
    read = [[record] if record is not None else [] for record in (ours, theirs)]
    return plan(inputs_of(rule, [*read[0]], [*read[1]], [link], names=NAMES, **kw))


def settled(result: Plan, link: Link) -> Link:
    """The link as it is saved when the plan was carried out without a call."""
    assert not result.calls
    return result.settlements[0].link if result.settlements else link


@pytest.mark.parametrize(
    ("master", "side", "record"), [(Master.SEVERA, ERP, "erp:e-1"), (Master.ERP, SEVERA, "severa:s-1")]
)
def test_drift_is_told_once_and_nothing_is_written(master: Master, side: str, record: str) -> None:
    """ALL-03: on the side that is not master; the second look says nothing more, however often."""
    ours = replace(OURS, name="Fjell") if side == SEVERA else OURS
    theirs = replace(THEIRS, name="Fjell") if side == ERP else THEIRS
    first = of(ours, theirs, master=master)
    (issue,) = first.issues
    assert (issue.record, issue.cause, issue.field) == (record, "drift:name", "name")
    assert issue.what == f"name was changed in {NAMES[ERP if side == ERP else SEVERA]} from Fjord to Fjell."
    assert first.healthy == []
    link = settled(first, LINK)
    for _ in range(3):
        again = of(ours, theirs, link, master=master)
        assert (again.issues, again.calls, again.healthy) == ([], False, [])
        link = settled(again, link)


def test_another_drift_of_the_same_field_is_told_again() -> None:
    """ALL-03: it is another change."""
    link = settled(of(OURS, replace(THEIRS, name="Fjell")), LINK)
    assert causes(of(OURS, replace(THEIRS, name="Vidda"), link)) == {"erp:e-1": "drift:name"}


@pytest.mark.parametrize("master_read", [True, False])
def test_drift_that_is_taken_back_is_over(*, master_read: bool) -> None:
    """ALL-03: the records are healthy again, so the issue is resolved."""
    link = settled(of(OURS, replace(THEIRS, name="Fjell")), LINK)
    back = of(OURS if master_read else None, THEIRS, link)
    assert (back.issues, back.calls) == ([], False)
    assert "erp:e-1" in back.healthy


def test_drift_that_the_master_takes_over_is_over() -> None:
    """ALL-03: the other advised way out of it."""
    theirs = replace(THEIRS, name="Fjell")
    link = settled(of(OURS, theirs), LINK)
    ours = replace(OURS, name="Fjell")
    result = of(ours, theirs, link)
    assert (result.issues, result.calls, result.settlements[0].link.drift) == ([], False, {})
    assert result.healthy == ["severa:s-1", "erp:e-1"]


def test_drift_that_was_taken_back_and_is_made_again_is_told_again() -> None:
    """ALL-03: Fjord, Fjell (told), Fjord (resolved), Fjell: nobody hears of the last one."""
    theirs = replace(THEIRS, name="Fjell")
    link = settled(of(OURS, theirs), LINK)
    link = settled(of(OURS, THEIRS, link), link)
    assert causes(of(OURS, theirs, link)) == {"erp:e-1": "drift:name"}


@pytest.mark.parametrize("master", [Master.SEVERA, Master.ERP])
def test_a_change_of_the_other_side_is_not_overwritten_silently(master: Master) -> None:
    """ALL-03: both sides changed one field between two cycles; the master wins, and people must hear what was lost."""
    result = of(replace(OURS, name="Fjell"), replace(THEIRS, name="Vidda"), master=master)
    loser = "erp:e-1" if master is Master.SEVERA else "severa:s-1"
    assert [issue.record for issue in result.issues] == [loser]


def test_another_spelling_is_no_drift_when_the_master_was_not_read() -> None:
    """ALL-03: with both sides read it is settled silently, so it must be so with one."""
    ours, theirs = replace(OURS, email="post@fjord.example"), replace(THEIRS, email="post@fjord.example")
    changed = replace(theirs, email="Post@Fjord.example")
    link = link_of(RULE, ours, theirs)
    assert of(ours, changed, link).issues == []
    assert of(None, changed, link).issues == []


def test_a_drifted_field_does_not_hold_up_the_others() -> None:
    """ALL-03: the master's other changes go over, and the drift is saved with the update."""
    result = of(replace(OURS, website="ny.example"), replace(THEIRS, name="Fjell"))
    assert causes(result) == {"erp:e-1": "drift:name"}
    (update,) = result.updates
    assert (update.names, update.link.drift) == (("website",), {"name": "Fjell"})


def test_a_conflict_is_told_about_the_side_that_loses() -> None:
    """ALL-02: the later change wins; the words say what the other held."""
    early, late = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    ours, theirs = replace(OURS, name="Fjell", changed_at=early), replace(THEIRS, name="Vidda", changed_at=late)
    result = of(ours, theirs, master=Master.BOTH)
    (issue,) = result.issues
    assert (issue.record, issue.cause) == ("severa:s-1", "conflict:name")
    assert issue.what == "name was changed on both sides; PowerOffice changed it later and wins."
    assert issue.why == "Severa held Fjell."
    assert [(update.target, update.names) for update in result.updates] == [(SEVERA, ("name",))]


@pytest.mark.parametrize("side", [SEVERA, ERP])
def test_a_number_that_changed_after_linking_is_told_and_never_pushed(side: str) -> None:
    """ALL-14: nothing is created under the new number, and the link stays."""
    ours = replace(OURS, number="2") if side == SEVERA else OURS
    theirs = replace(THEIRS, number="2") if side == ERP else THEIRS
    result = of(ours, theirs)
    (issue,) = result.issues
    assert (issue.record, issue.cause) == (f"{side}:{'s-1' if side == SEVERA else 'e-1'}", "renumbered")
    assert issue.what == f"{NAMES[SEVERA if side == SEVERA else ERP]} now says 2 where 1 was linked."
    assert (result.calls, result.healthy) == (False, [])
    again = of(ours, theirs, settled(result, LINK))
    assert (causes(again), again.calls) == (causes(result), False)


def test_a_number_that_was_taken_away_is_told() -> None:
    """ALL-14."""
    (issue,) = of(replace(OURS, number=None), THEIRS).issues
    assert issue.what == "Severa now says (empty) where 1 was linked."


def test_the_same_new_number_on_both_sides_is_in_step_again() -> None:
    """ALL-14: the advised way out."""
    ours, theirs = replace(OURS, number="2"), replace(THEIRS, number="2")
    result = of(ours, theirs)
    assert (result.issues, result.calls) == ([], False)
    link = settled(result, LINK)
    assert link.key == "2"
    assert of(ours, theirs, link).settlements == []


def test_two_different_new_numbers_are_told_for_each_side() -> None:
    """ALL-14."""
    assert causes(of(replace(OURS, number="2"), replace(THEIRS, number="3"))) == {
        "severa:s-1": "renumbered",
        "erp:e-1": "renumbered",
    }


def test_following_the_renumbering_on_the_other_side_alone_is_no_new_problem() -> None:
    """ALL-14, law 7: in the cycle after the advice was followed only that side has changed and is read."""
    first = of(replace(OURS, number="2"), None)
    assert causes(first) == {"severa:s-1": "renumbered"}
    link = settled(first, LINK)
    second = of(None, replace(THEIRS, number="2"), link)
    assert (second.issues, second.healthy) == ([], ["severa:s-1", "erp:e-1"])
    assert settled(second, link).key == "2"


@pytest.mark.parametrize("side", [SEVERA, ERP])
def test_a_renumbering_is_not_over_because_the_other_side_alone_was_read(side: str) -> None:
    """ALL-14, law 7: the numbers still differ, so the issue must stay until somebody has followed it."""
    ours = replace(OURS, number="2") if side == SEVERA else OURS
    theirs = replace(THEIRS, number="2") if side == ERP else THEIRS
    link = settled(of(ours, theirs), LINK)
    if side == ERP:
        quiet = of(replace(OURS, name="Fjell"), None, link, master=Master.SEVERA)
    else:
        quiet = of(None, replace(THEIRS, name="Fjell"), link, master=Master.ERP)
    assert f"{side}:{'s-1' if side == SEVERA else 'e-1'}" not in quiet.healthy


def test_a_number_that_was_put_back_is_in_step_again() -> None:
    """ALL-14: the other way out."""
    link = settled(of(replace(OURS, number="2"), THEIRS), LINK)
    for theirs in (THEIRS, None):
        back = of(OURS, theirs, link)
        assert (back.issues, back.calls, back.healthy) == ([], False, ["severa:s-1", "erp:e-1"])
        assert of(OURS, THEIRS, settled(back, link)).settlements == []


def test_a_registry_may_let_its_keys_be() -> None:
    """PO-07: a contact's code is our own guid."""
    rule = replace(CUSTOMERS, watches_key=False)
    assert of(OURS, replace(THEIRS, number="2"), rule=rule).issues == []


def test_every_complaint_of_the_planner_can_be_resolved_by_its_cause() -> None:
    """Law 3: a healthy record's complaints are found by the beginning of their cause."""
    unfit = plan(inputs_of(CUSTOMERS, [customer("s-9", None)], []))
    double = plan(inputs_of(CUSTOMERS, [customer("s-8", "8"), customer("s-9", "8")], []))
    late = datetime(2026, 3, 2, tzinfo=UTC)
    conflict = of(replace(OURS, name="A", changed_at=late), replace(THEIRS, name="B"), master=Master.BOTH)
    plans = [unfit, double, conflict, of(OURS, replace(THEIRS, name="B")), of(OURS, replace(THEIRS, number="2"))]
    found = {cause for result in plans for cause in causes(result).values()}
    assert {next(start for start in PLANNER_CAUSES if cause.startswith(start)) for cause in found} == set(
        PLANNER_CAUSES
    )
