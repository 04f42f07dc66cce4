"""Customers by PowerOffice's profile (PO-03 to PO-06)."""

from __future__ import annotations

from typing import Any

import pytest
from profile_world import ERP, SEVERA, World

from connectors.poweroffice.profile import is_number, same_text, same_vat_number
from core.profiles import Master
from core.records import Address, Customer, Record, Registry, Side

CUSTOMERS, PROJECTS = Registry.CUSTOMERS, Registry.PROJECTS


def customer(
    world: World, side: Side, number: str | None = "10042", name: str = "Blåfjell AS", **fields: Any
) -> Customer:
    """A customer who has an invoice, where that matters."""
    record = world.add(side, CUSTOMERS, number=number, name=name, **fields)
    if side is SEVERA:
        world.invoiced.add(record.id)
    assert isinstance(record, Customer)
    return record


def on(world: World, side: Side, registry: Registry = CUSTOMERS) -> list[Record]:
    return world.all(side, registry)


@pytest.mark.parametrize("side", list(Side))
def test_a_new_customer_is_made_on_the_other_side(world: World, side: Side) -> None:
    """PO-02, PO-03: with its number, whoever is master."""
    made = customer(world, side, email="post@x.example", payment_term=14)
    world.sync()
    (copy,) = on(world, side.other)
    assert isinstance(copy, Customer)
    assert (copy.number, copy.name, copy.email, copy.payment_term) == (made.number, made.name, made.email, 14)
    assert world.partner(side, made) == copy


def test_customers_of_one_number_are_one_customer(world: World) -> None:
    """PO-03: linked, and brought into step by the master."""
    ours = customer(world, SEVERA, "10042", "Blåfjell AS")
    theirs = customer(world, ERP, "10042", "Gammelt navn")
    done = world.sync()
    assert done.created(CUSTOMERS) == []
    assert world.partner(SEVERA, ours) == world.records[ERP][CUSTOMERS][theirs.id]
    assert [record.label for record in on(world, ERP)] == ["10042 Blåfjell AS"]


@pytest.mark.parametrize(
    ("side", "fields", "why"),
    [
        (SEVERA, {"active": False}, "inactive"),
        (ERP, {"active": False}, "inactive"),
        (SEVERA, {"internal": True}, "in-house customer"),
        (SEVERA, {"prospect": True}, "prospect"),
    ],
)
def test_some_customers_are_never_transferred(world: World, side: Side, fields: dict[str, Any], why: str) -> None:
    """PO-04: counted with the reason, without an issue."""
    customer(world, side, **fields)
    for _ in range(2):
        done = world.sync()
        assert (done.writes, done.issues, dict(done.plans[CUSTOMERS].skipped)) == ([], [], {why: 1})
    assert on(world, side.other) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [({"internal": True}, {}), ({"prospect": True}, {}), ({"active": False}, {}), ({}, {"active": False})],
)
def test_a_customer_that_stays_is_not_even_linked(world: World, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """PO-04: nor is its namesake on the other side made a second time."""
    customer(world, SEVERA, **ours)
    customer(world, ERP, **theirs)
    done = world.sync()
    assert (done.writes, world.links[CUSTOMERS]) == ([], {})


def test_a_prospect_that_becomes_a_customer_goes(world: World) -> None:
    """PO-04: nothing has to be asked for again."""
    record = customer(world, SEVERA, prospect=True)
    world.sync()
    world.edit(SEVERA, CUSTOMERS, record.id, prospect=False)
    assert len(world.sync(full=False).created(CUSTOMERS)) == 1


@pytest.mark.parametrize("full", [True, False])
def test_a_customer_goes_with_its_first_active_project(world: World, *, full: bool) -> None:
    """PO-05: not before; it need not have changed itself."""
    record = world.add(SEVERA, CUSTOMERS, number="10042", name="Blåfjell AS")
    closed = world.add(SEVERA, PROJECTS, number="700", name="Kai", customer=record.id, active=False)
    first = world.sync()
    assert first.created(CUSTOMERS) == []
    assert first.plans[CUSTOMERS].skipped["no active project and no invoice yet"] == 1
    world.edit(SEVERA, PROJECTS, closed.id, active=True)
    done = world.sync(full=full)
    assert [write.registry for write in done.created()] == [CUSTOMERS, PROJECTS]


def test_a_customer_goes_with_its_first_invoice(world: World) -> None:
    """PO-05: the other of the two conditions."""
    record = world.add(SEVERA, CUSTOMERS, number="10042", name="Blåfjell AS")
    assert world.sync().created() == []
    world.invoiced.add(record.id)
    assert len(world.sync(full=False).created(CUSTOMERS)) == 1


def test_a_customer_is_remembered_for_good(world: World) -> None:
    """PO-05: the project is closed again before the customer had a number; it goes when it gets one."""
    record = world.add(SEVERA, CUSTOMERS, number=None, name="Blåfjell AS")
    project = world.add(SEVERA, PROJECTS, number="700", name="Kai", customer=record.id)
    assert ("severa:guid-1", "requirement:number") in world.sync().causes(CUSTOMERS)
    world.edit(SEVERA, PROJECTS, project.id, active=False)
    world.sync()
    world.edit(SEVERA, CUSTOMERS, record.id, number="10042")
    assert len(world.sync().created(CUSTOMERS)) == 1


def test_a_linked_customer_is_kept_in_step_without_any_project(world: World) -> None:
    """PO-05: the condition is for the first time only."""
    record = customer(world, SEVERA)
    world.sync()
    world.invoiced.clear()
    world.remembered.clear()
    world.edit(SEVERA, CUSTOMERS, record.id, name="Nytt navn")
    world.sync()
    assert [one.label for one in on(world, ERP)] == ["10042 Nytt navn"]


def test_powerofffices_customers_come_without_a_condition(world: World) -> None:
    """PO-02: Severa's condition is about Severa's own (PO-05)."""
    customer(world, ERP)
    assert len(world.sync().created(CUSTOMERS)) == 1


@pytest.mark.parametrize("number", [None, "", " ", "0", "A-7", "-5", "1.5", "1" * 19])
@pytest.mark.parametrize("side", list(Side))
def test_a_customer_without_a_usable_number_is_an_issue(world: World, side: Side, number: str | None) -> None:
    """PO-03: PowerOffice's customer numbers are whole numbers, so another one cannot be matched."""
    record = customer(world, side, number)
    done = world.sync()
    assert done.created() == []
    assert done.causes(CUSTOMERS) == {(f"{side.value}:{record.id}", "requirement:number")}
    assert all(issue.todo for issue in done.issues)


def test_a_customer_without_a_name_is_an_issue(world: World) -> None:
    """PO-03."""
    customer(world, SEVERA, name="")
    assert {cause for _, cause in world.sync().causes(CUSTOMERS)} == {"requirement:name"}


def test_the_headquarter_address_goes_over_as_a_whole(world: World) -> None:
    """PO-06: and a change of one line of it, too."""
    place = Address("Østre Kanalgate 7", None, "7010", "Trondheim", "NO")
    record = customer(world, SEVERA, address=place)
    world.sync()
    moved = Address("Østre Kanalgate 9", None, "7010", "Trondheim", "NO")
    world.edit(SEVERA, CUSTOMERS, record.id, address=moved)
    done = world.sync()
    assert [write.names for write in done.writes] == [("address",)]
    assert [one.address for one in on(world, ERP) if isinstance(one, Customer)] == [moved]


def test_whether_it_is_a_person_goes_to_poweroffice_only(world: World) -> None:
    """PO-06: the field table's one-way field, under either master."""
    world.masters[CUSTOMERS] = Master.ERP
    record = customer(world, SEVERA, is_person=True)
    world.sync()
    (copy,) = on(world, ERP)
    assert isinstance(copy, Customer)
    assert copy.is_person
    world.edit(ERP, CUSTOMERS, copy.id, is_person=False)
    done = world.sync()
    assert (done.writes, done.causes(CUSTOMERS)) == ([], {(f"erp:{copy.id}", "drift:is_person")})
    assert getattr(world.partner(ERP, copy), "id", None) == record.id


def test_an_inactive_customer_rests_and_comes_back(world: World) -> None:
    """PO-04: while it rests nothing goes over; on its return it goes over whole."""
    record = customer(world, SEVERA)
    world.sync()
    (copy,) = on(world, ERP)
    world.edit(SEVERA, CUSTOMERS, record.id, active=False)
    assert [write.names for write in world.sync().writes] == [("active",)]
    world.edit(SEVERA, CUSTOMERS, record.id, name="Nytt navn")
    assert world.sync().writes == []
    world.edit(SEVERA, CUSTOMERS, record.id, active=True)
    assert [set(write.names) for write in world.sync(full=False).writes] == [{"active", "name"}]
    assert world.records[ERP][CUSTOMERS][copy.id].label == "10042 Nytt navn"
    assert world.sync().writes == []


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("912345678", "NO 912 345 678 MVA", True),
        ("NO912345678", "912345678mva", True),
        ("FI-1234567-8", "fi12345678", True),
        ("912345678", "912345679", False),
        ("NO91234567", "91234567", False),
        ("SE912345678", "912345678", False),
        (None, "", True),
        (None, "912345678", False),
    ],
)
def test_a_norwegian_number_is_one_with_and_without_its_letters(
    left: str | None, right: str | None, *, same: bool
) -> None:
    """PO-03: Severa keeps the VAT number, PowerOffice the bare organisation number."""
    assert same_vat_number(left, right) is same_vat_number(right, left) is same


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [("Post@x.no", "post@x.no", True), (" a ", "a", True), (None, " ", True), ("a", "b", False), (None, "a", False)],
)
def test_letters_of_an_address_do_not_matter(left: str | None, right: str | None, *, same: bool) -> None:
    """PO-03: no write for another spelling."""
    assert same_text(left, right) is same


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("1", True),
        ("9" * 18, True),
        ("9" * 19, False),
        ("01", False),
        ("١", False),
        ("1\n", False),
        (None, False),
        ("", False),
    ],
)
def test_a_number_is_all_digits_and_fits(value: str | None, *, usable: bool) -> None:
    """PO-03, PO-12: 64 bits, no leading zero, no other digits."""
    assert is_number(value) is usable
