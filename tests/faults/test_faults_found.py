"""What the campaign found and was mended: each as the shortest story in which it happened."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.faults.play import Player
from tests.faults.scenarios import Scenario, Step, Trouble

ORDER = {"system": "poweroffice", "method": "POST", "path": "/v2/SalesOrders/Complete"}
DELETION = {"system": "poweroffice", "method": "DELETE", "path": "/v2/SalesOrders/*"}
STATUS = {"system": "severa", "method": "PATCH", "path": "/v1/invoices/*"}
CONTACT = {"system": "poweroffice", "method": "PATCH", "path": "/v2/ContactPersons/*"}


def wire(kind: str, where: Mapping[str, str], times: int = 1) -> Trouble:
    return Trouble("wire", fault={**where, "kind": kind, "times": times})


def post(system: str, path: str) -> Mapping[str, str]:
    return {"system": system, "method": "POST", "path": path}


def deed(name: str, seed: int = 1) -> Step:
    return Step(deed=name, seed=seed)


def run(job: str, *troubles: Trouble) -> Step:
    return Step(job=job, troubles=troubles)


def play(player: Player, *steps: Step, world: int = 1, settled: bool = True) -> None:
    """The story must end well."""
    played = player.play(Scenario(world, settled=settled, short_pages=False, hasty=False, steps=steps))
    assert not played.findings, "\n".join([*played.log, *map(str, played.findings)])
    assert played.faults, "nothing of what was ordered came to pass"


# ---------------------------------------------------------------- registers: items that a killed run began


@pytest.mark.thorough
def test_a_customer_that_was_begun_in_severa_is_completed_and_its_source_is_not_emptied(own_player: Player) -> None:
    """PO-02: the address is a row of its own there; what lacks it is no news of the master's."""
    killed = Trouble("kill", at="POST /severa/v1/customers/", when="unheard")
    play(own_player, deed("new_erp_customer"), run("registry_sync", killed))


@pytest.mark.parametrize(
    ("at", "when"),
    [("POST /severa/v1/contactpersons", "unanswered"), ("POST /severa/v1/contactcommunications", "answered")],
)
def test_a_contact_that_was_begun_in_severa_is_not_made_twice(own_player: Player, at: str, when: str) -> None:
    """PO-07: its e-mail address, by which it would match, was not written yet."""
    play(own_player, deed("new_erp_customer"), run("registry_sync", Trouble("kill", at=at, when=when)))


@pytest.mark.parametrize("kind", ["drop_after", "late:50"])
def test_a_customer_whose_create_was_not_answered_has_its_delivery_address(own_player: Player, kind: str) -> None:
    """PO-06: found again by its reference, and then completed."""
    fault = wire(kind, post("poweroffice", "/v2/Customers"))
    play(own_player, deed("new_customer", 2), run("registry_sync", fault))


def test_a_customer_whose_maker_was_killed_has_its_delivery_address(own_player: Player) -> None:
    """PO-06."""
    killed = Trouble("kill", at="POST /poweroffice/v2/ContactDeliveryAddresses", when="unheard")
    play(own_player, deed("new_customer", 2), run("registry_sync", killed))


def test_a_delivery_address_that_was_refused_for_a_while_is_written_by_the_next_run(own_player: Player) -> None:
    """PO-06: the mail address got through, so both records look equal."""
    fault = wire("status:500", post("poweroffice", "/v2/ContactDeliveryAddresses*"), 3)
    play(own_player, deed("new_customer", 2), run("registry_sync", fault))


def test_a_gap_of_a_customer_whose_create_was_not_answered_is_told(own_player: Player) -> None:
    """PO-03: PowerOffice has no payment term of 45 days; the lost answer would have said so."""
    fault = wire("drop_after", post("poweroffice", "/v2/Customers"), 6)
    play(own_player, run("registry_sync", fault), settled=False)


def test_a_customer_that_came_late_into_severa_is_linked_although_it_has_no_project_there(own_player: Player) -> None:
    """PO-02 PO-05: it is the copy of one of PowerOffice's."""
    fault = wire("late:50", post("severa", "/v1/customers"))
    play(own_player, deed("new_erp_customer"), run("registry_sync", fault))


# ---------------------------------------------------------------- registers: what follows from a link


def test_a_customer_that_a_killed_run_remembered_goes_by_the_next_one(own_player: Player) -> None:
    """PO-05: it did not change; its project did."""
    killed = Trouble("kill", at="POST /poweroffice/v2/Customers", when="unheard")
    alone = Step(deed="new_idle_customer")
    steps = (alone, run("registry_sync"), Step(minutes=45), deed("project_of_the_idle"), run("registry_sync", killed))
    play(own_player, *steps)


def test_contacts_of_a_customer_that_a_killed_run_linked_follow(own_player: Player) -> None:
    """PO-07: neither the customer nor its contacts changed since."""
    killed = Trouble("kill", at="POST /poweroffice/v2/ContactPersons", when="unheard")
    alone = Step(deed="new_idle_customer")
    steps = (alone, run("registry_sync"), Step(minutes=45), deed("project_of_the_idle"), run("registry_sync", killed))
    play(own_player, *steps)


@pytest.mark.thorough
@pytest.mark.parametrize("number", [3, 4, 5])
def test_drift_is_told_at_whichever_commit_a_run_is_killed(own_player: Player, number: int) -> None:
    """ALL-03: what the link says is known was told before."""
    play(own_player, deed("edit_erp_customer"), run("registry_sync", Trouble("die", number=number, when="before")))


def test_the_reference_of_a_contact_that_was_not_taken_is_written_by_the_next_run(own_player: Player) -> None:
    """PO-07: ExternalCode."""
    fault = wire("status:500", CONTACT, 3)
    play(own_player, deed("new_erp_customer"), run("registry_sync", fault))


# ---------------------------------------------------------------- the error desk


@pytest.mark.parametrize("number", [3, 4])
def test_a_trouble_that_has_passed_is_not_left_on_the_desk_by_a_killed_run(own_player: Player, number: int) -> None:
    """ALL-13: carried over, and killed before it was said."""
    fault = wire("html:502", post("poweroffice", "/v2/Projects"), 6)
    killed = Trouble("die", number=number, when="after")
    play(own_player, deed("new_project", 4), run("registry_sync", fault), run("registry_sync", killed))


@pytest.mark.parametrize("number", [2, 3])
def test_an_invoice_that_is_in_order_is_not_left_on_the_desk_by_a_killed_run(own_player: Player, number: int) -> None:
    """ALL-13."""
    failed, killed = wire("status:503", STATUS, 3), Trouble("die", number=number, when="after")
    play(own_player, deed("bill"), run("invoice_export", failed), run("invoice_export", killed))


@pytest.mark.parametrize("number", [3, 4])
def test_a_rejection_is_told_in_its_own_words_by_whichever_run(own_player: Player, number: int) -> None:
    """ALL-07: its deletion failed at first; killed after the second try, before the desk was told why."""
    failed, killed = wire("status:503", DELETION, 3), Trouble("die", number=number, when="after")
    play(own_player, deed("bill_wrongly", 1), run("invoice_export", failed), run("invoice_export", killed))


def test_a_failed_status_that_was_written_by_a_killed_run_is_not_missed_any_more(own_player: Player) -> None:
    """ALL-07: Severa shows it, so it does not stand on the trigger status any more."""
    failed = wire("status:503", STATUS, 3)
    killed = Trouble("kill", at="PATCH /severa/v1/invoices/", when="unanswered")
    play(own_player, deed("bill_wrongly", 1), run("invoice_export", failed), run("invoice_export", killed))


def test_an_invoice_that_was_taken_back_after_its_answer_was_lost_is_off_the_desk(own_player: Player) -> None:
    """ALL-05: proved not to be in PowerOffice, and nobody wants it there any more."""
    lost = wire("drop_before", ORDER)
    play(own_player, deed("bill"), run("invoice_export", lost), deed("take_back"))
