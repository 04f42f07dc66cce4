"""Projects and contacts by PowerOffice's profile (PO-07, PO-11)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from profile_world import ERP, SEVERA, World

from core.profiles import Master
from core.records import Contact, Customer, Project, Registry, Side

PROJECTS, CONTACTS, CUSTOMERS = Registry.PROJECTS, Registry.CONTACTS, Registry.CUSTOMERS


def customers(world: World) -> dict[Side, str]:
    """A customer that both sides hold, by its id on each."""
    held = {side: world.add(side, CUSTOMERS, number="10042", name="Blåfjell AS").id for side in Side}
    world.invoiced.add(held[SEVERA])
    return held


def project(world: World, side: Side, customer: str | None, number: str | None = "700", **fields: Any) -> Project:
    record = world.add(side, PROJECTS, number=number, name="Kaikanten", customer=customer, **fields)
    assert isinstance(record, Project)
    return record


def the_project(world: World, side: Side) -> Project:
    (record,) = world.all(side, PROJECTS)
    assert isinstance(record, Project)
    return record


@pytest.mark.parametrize("side", list(Side))
def test_a_project_is_made_on_the_other_side_under_its_customer(world: World, side: Side) -> None:
    """PO-11: matched by number from then on."""
    held = customers(world)
    project(world, side, held[side], start_date=date(2026, 3, 2), order_number="PO-7", joinable=True)
    world.sync()
    copy = the_project(world, side.other)
    assert (copy.number, copy.name, copy.customer) == ("700", "Kaikanten", held[side.other])
    assert (copy.start_date, copy.order_number, copy.joinable) == (date(2026, 3, 2), "PO-7", True)


def test_only_won_projects_go_out(world: World) -> None:
    """PO-11: one that is won later goes then."""
    held = customers(world)
    record = project(world, SEVERA, held[SEVERA], won=False)
    assert world.sync().plans[PROJECTS].skipped == {"not won": 1}
    assert world.all(ERP, PROJECTS) == []
    world.edit(SEVERA, PROJECTS, record.id, won=True)
    assert len(world.sync(full=False).created(PROJECTS)) == 1


def test_a_project_from_poweroffice_is_won_in_severa(world: World) -> None:
    """PO-11."""
    held = customers(world)
    project(world, ERP, held[ERP])
    world.sync()
    assert the_project(world, SEVERA).won


def test_projects_of_one_number_are_one_project(world: World) -> None:
    """PO-11: and one that is not won is not linked."""
    held = customers(world)
    ours = project(world, SEVERA, held[SEVERA], won=False)
    theirs = project(world, ERP, held[ERP])
    assert (world.sync().writes, world.links[PROJECTS]) == ([], {})
    world.edit(SEVERA, PROJECTS, ours.id, won=True)
    world.sync()
    assert world.translate(PROJECTS, ERP, theirs.id) == ours.id


def test_a_closed_project_goes_out_closed(world: World) -> None:
    """PO-11: the state is a field; a closed one is not left out."""
    held = customers(world)
    record = project(world, SEVERA, held[SEVERA])
    world.sync()
    world.edit(SEVERA, PROJECTS, record.id, active=False)
    world.sync()
    assert not the_project(world, ERP).active


@pytest.mark.parametrize(("number", "goes"), [("700", True), ("A7", True), (None, False), ("", False)])
def test_a_project_needs_a_number_to_go_out(world: World, number: str | None, *, goes: bool) -> None:
    """PO-11: PowerOffice's project codes may have letters."""
    held = customers(world)
    record = project(world, SEVERA, held[SEVERA], number)
    done = world.sync()
    assert bool(world.all(ERP, PROJECTS)) is goes
    assert done.causes(PROJECTS) == (set() if goes else {(f"severa:{record.id}", "requirement:number")})


@pytest.mark.parametrize("number", ["A7", None, "0", "07"])
def test_a_project_needs_a_whole_number_to_come_in(world: World, number: str | None) -> None:
    """PO-11: Severa's project numbers are numeric."""
    record = project(world, ERP, customers(world)[ERP], number)
    done = world.sync()
    assert world.all(SEVERA, PROJECTS) == []
    assert done.causes(PROJECTS) == {(f"erp:{record.id}", "requirement:number")}


def test_a_project_waits_for_its_customer(world: World) -> None:
    """PO-11: an active one waits with an issue of its own; it goes by itself with the customer."""
    customer = world.add(SEVERA, CUSTOMERS, number=None, name="Blåfjell AS")
    record = project(world, SEVERA, customer.id)
    first = world.sync()
    assert first.stayed == {(PROJECTS, SEVERA, record.id)}
    world.edit(SEVERA, CUSTOMERS, customer.id, number="10042")
    done = world.sync(full=False)
    assert [write.registry for write in done.created()] == [CUSTOMERS, PROJECTS]


def test_an_in_house_project_needs_no_customer(world: World) -> None:
    """PO-04, PO-11: its customer is the company itself, which is never transferred."""
    company = world.add(SEVERA, CUSTOMERS, number="1", name="Oss AS", internal=True)
    project(world, SEVERA, company.id, internal=True)
    world.sync()
    copy = the_project(world, ERP)
    assert (copy.internal, copy.customer) == (True, None)
    assert world.sync().writes == []


def test_people_and_units_of_a_project_follow_when_they_can(world: World) -> None:
    """PO-11, PO-12: business unit, owner and contact are the linked ones, also when those come later."""
    held = customers(world)
    unit = world.add(SEVERA, Registry.BUSINESS_UNITS, code="10", name="Oslo")
    owner = world.add(SEVERA, Registry.USERS, code=None, first_name="Åse", last_name="Berg")
    contact = world.add(SEVERA, CONTACTS, customer=held[SEVERA], first_name="Ola", last_name="Dahl")
    project(world, SEVERA, held[SEVERA], business_unit=unit.id, owner=owner.id, contact=contact.id)
    world.sync()
    assert the_project(world, ERP).owner is None
    world.edit(SEVERA, Registry.USERS, owner.id, code="7")
    world.sync()
    copy = the_project(world, ERP)
    assert copy.business_unit == world.translate(Registry.BUSINESS_UNITS, SEVERA, unit.id) is not None
    assert copy.owner == world.translate(Registry.USERS, SEVERA, owner.id) is not None
    assert copy.contact == world.translate(CONTACTS, SEVERA, contact.id) is not None


def contact(world: World, side: Side, customer: str, **fields: Any) -> Contact:
    given = {"first_name": "Åse", "last_name": "Kjærstad", "customer": customer} | fields
    record = world.add(side, CONTACTS, **given)
    assert isinstance(record, Contact)
    return record


@pytest.mark.parametrize("side", list(Side))
def test_a_contact_goes_over_under_its_customer_and_carries_severas_guid(world: World, side: Side) -> None:
    """PO-07: also one that was made in PowerOffice."""
    held = customers(world)
    made = contact(world, side, held[side], title="Sjef", email="ase@x.example")
    world.sync()
    (ours,), (theirs,) = world.all(SEVERA, CONTACTS), world.all(ERP, CONTACTS)
    assert isinstance(theirs, Contact)
    assert theirs.code == ours.id
    copy = world.partner(side, made)
    assert isinstance(copy, Contact)
    assert (copy.customer, copy.name, copy.title) == (held[side.other], "Åse Kjærstad", "Sjef")
    assert world.sync().writes == []


def test_contacts_from_before_are_found_by_customer_name_and_address(world: World) -> None:
    """PO-07: and get the guid; letters do not matter."""
    held = customers(world)
    ours = contact(world, SEVERA, held[SEVERA], email="Ase@x.example")
    theirs = contact(world, ERP, held[ERP], first_name="ÅSE", email="ase@X.example")
    done = world.sync()
    assert done.created(CONTACTS) == []
    assert world.translate(CONTACTS, SEVERA, ours.id) == theirs.id
    assert world.records[ERP][CONTACTS][theirs.id].key == ours.id


@pytest.mark.parametrize("fields", [{"email": "other@x.example"}, {"last_name": "Dahl"}])
def test_another_person_is_another_contact(world: World, fields: dict[str, Any]) -> None:
    """PO-07."""
    held = customers(world)
    contact(world, SEVERA, held[SEVERA], email="ase@x.example")
    contact(world, ERP, held[ERP], **({"email": "ase@x.example"} | fields))
    assert len(world.sync().created(CONTACTS)) == 2


def test_the_same_name_at_two_customers_is_two_contacts(world: World) -> None:
    """PO-07."""
    held = customers(world)
    other = world.add(ERP, CUSTOMERS, number="20001", name="Vidda AS")
    contact(world, SEVERA, held[SEVERA])
    contact(world, ERP, other.id)
    assert len(world.sync().created(CONTACTS)) == 2


def test_contacts_of_customers_that_stay_stay_quietly(world: World) -> None:
    """PO-04, PO-07: there may be thousands, so no issue each."""
    stays = world.add(SEVERA, CUSTOMERS, number="10042", name="Blåfjell AS", prospect=True)
    record = contact(world, SEVERA, stays.id)
    done = world.sync()
    assert (done.issues, done.stayed) == ([], {(CONTACTS, SEVERA, record.id)})
    world.edit(SEVERA, CUSTOMERS, stays.id, prospect=False)
    world.invoiced.add(stays.id)
    assert len(world.sync(full=False).created(CONTACTS)) == 1


@pytest.mark.parametrize("missing", ["first_name", "last_name"])
@pytest.mark.parametrize("side", list(Side))
def test_a_contact_without_its_whole_name_is_an_issue(world: World, side: Side, missing: str) -> None:
    """PO-07: both systems require both."""
    record = contact(world, side, customers(world)[side], **{missing: None})
    assert world.sync().causes(CONTACTS) == {(f"{side.value}:{record.id}", f"requirement:{missing}")}


def test_a_contact_that_moves_to_another_customer_is_left_there(world: World) -> None:
    """PO-07: PowerOffice's contacts cannot move, so the customer is not looked at again."""
    held = customers(world)
    other = world.add(SEVERA, CUSTOMERS, number="20001", name="Vidda AS")
    world.invoiced.add(other.id)
    record = contact(world, SEVERA, held[SEVERA])
    world.sync()
    world.edit(SEVERA, CONTACTS, record.id, customer=other.id)
    done = world.sync()
    assert (done.writes, done.issues) == ([], [])


@pytest.mark.parametrize("master", list(Master))
def test_a_contacts_address_goes_to_poweroffice_only(world: World, master: Master) -> None:
    """PO-07: Severa's contact addresses are written there, never back."""
    world.masters[CONTACTS] = master
    held = customers(world)
    contact(world, SEVERA, held[SEVERA])
    world.sync()
    (theirs,) = world.all(ERP, CONTACTS)
    assert isinstance(theirs, Contact)
    world.edit(ERP, CONTACTS, theirs.id, address=None, title="Leder")
    names = {name for write in world.sync().writes for name in write.names}
    assert names == (set() if master is Master.SEVERA else {"title"})
    assert isinstance(world.partner(ERP, theirs), Contact)
    assert all(isinstance(record, Customer) for record in world.all(ERP, CUSTOMERS))
