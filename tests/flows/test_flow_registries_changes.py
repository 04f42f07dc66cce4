"""One thing changes in a settled tenant, and the next registry run: customers, drift, numbers, deletions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.records import Registry
from tests.support.company import wrote
from tests.support.registry_scene import NUMBERS, Scene
from tests.support.sandbox import Row


def test_a_customer_goes_once_it_has_a_project_with_its_contacts_and_is_remembered(scene: Scene) -> None:
    """PO-05: none without; by the next incremental run with one; still updated when the project is closed."""
    customer = scene.customer(project=False)
    number = customer["number"]
    assert scene.sync() == []
    assert scene.all_erp("Customers", "Number", number) == []
    project = scene.project(number)
    scene.sync()
    there = scene.erp("Customers", "Number", number)
    contact = scene.erp("ContactPersons", "ContactId", there["Id"])
    source = next(
        c for c in scene.sandbox.objects("severa", "contactpersons") if c["customer"]["guid"] == customer["guid"]
    )
    assert contact["ExternalCode"] == source["guid"]
    assert scene.erp("Projects", "Code", str(project["number"]))["CustomerNo"] == number
    scene.sandbox.act("severa", "close_project", guid=project["guid"])
    scene.sync()
    assert scene.erp("Projects", "Code", str(project["number"]))["IsActive"] is False
    scene.sandbox.act("severa", "edit_customer", number=number, members={"name": "Nytt navn etter lukking"})
    scene.sync()
    assert scene.erp("Customers", "Id", there["Id"])["Name"] == "Nytt navn etter lukking"


def test_a_project_of_poweroffice_makes_no_memory_of_a_stranger(scene: Scene) -> None:
    """PO-02: a new customer of PowerOffice comes with its contact; the run after it writes nothing."""
    number = next(NUMBERS)
    scene.sandbox.act("poweroffice", "create_customer", Name=f"Fra Go {number}", Number=number)
    scene.sandbox.act("poweroffice", "create_contact_person", number=number, FirstName="Ola", LastName=f"Go {number}")
    scene.sync()
    customer = scene.severa("customers", "number", number)
    contact = scene.severa("contactpersons", "lastName", f"Go {number}")
    assert contact["customer"]["guid"] == customer["guid"]
    assert scene.erp("ContactPersons", "LastName", f"Go {number}")["ExternalCode"] == contact["guid"]
    assert scene.sync() == []


def test_a_change_in_the_master_goes_out_and_only_the_changed_is_written(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-02 law 7."""
    severa, erp = pair
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"website": "https://ny.example"})
    assert scene.sync() == [f"PATCH /v2/Customers/{erp['Id']}"]
    assert scene.erp("Customers", "Id", erp["Id"])["WebsiteUrl"] == "https://ny.example"


def test_a_preview_of_a_change_writes_nothing_and_leaves_it_to_the_next_run(
    scene: Scene, pair: tuple[Row, Row]
) -> None:
    """Law 2: links, cursors and both systems stay as they are."""
    severa, erp = pair
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"website": "https://sett.example"})
    with scene.company.state() as state:
        before = (list(state.links.all(Registry.CUSTOMERS)), state.cursors.get("severa.customers"))
    mark = scene.sandbox.mark()
    outcome = scene.company.good("registry_sync", preview=True)
    assert scene.sandbox.writes(mark) == []
    assert wrote(outcome) == 1
    with scene.company.state() as state:
        assert (list(state.links.all(Registry.CUSTOMERS)), state.cursors.get("severa.customers")) == before
    scene.sync()
    assert scene.erp("Customers", "Id", erp["Id"])["WebsiteUrl"] == "https://sett.example"


def test_drift_is_reported_once_and_neither_pushed_nor_overwritten(scene: Scene, linked: Iterator[Row]) -> None:
    """ALL-03: other changes of the master do not touch it; the master's own change of that field tells what is lost."""
    severa = next(linked)
    number = severa["number"]
    scene.sandbox.act("poweroffice", "edit_customer", number=number, WebsiteUrl="https://avvik.example")
    assert scene.sync() == []
    erp = scene.erp("Customers", "Number", number)
    (issue,) = scene.issues("customers", erp["Id"])
    assert issue.cause == "drift:website"
    assert scene.sync() == []
    (again,) = scene.issues("customers", erp["Id"])
    assert (again.count, again.first_seen) == (issue.count, issue.first_seen)
    scene.sandbox.act("severa", "edit_customer", number=number, members={"name": "Annet navn AS"})
    scene.sync()
    erp = scene.erp("Customers", "Number", number)
    assert (erp["Name"], erp["WebsiteUrl"]) == ("Annet navn AS", "https://avvik.example")
    assert scene.severa("customers", "number", number)["website"] is None
    scene.full()
    assert scene.erp("Customers", "Number", number)["WebsiteUrl"] == "https://avvik.example"
    assert len(scene.issues("customers", erp["Id"])) == 1
    scene.sandbox.act("poweroffice", "edit_customer", number=number, WebsiteUrl="")
    scene.sync()
    assert scene.issues("customers", erp["Id"]) == []


def test_a_renumbered_customer_is_reported_and_not_made_twice(scene: Scene, linked: Iterator[Row]) -> None:
    """ALL-14: by an incremental run as by a full one; taken back, the issue is resolved."""
    severa = next(linked)
    old, new = severa["number"], next(NUMBERS)
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"number": new})
    assert scene.sync() == []
    assert scene.full() == []
    (issue,) = scene.issues("customers", severa["guid"])
    assert issue.cause == "renumbered"
    assert scene.all_erp("Customers", "Number", new) == []
    assert scene.erp("Customers", "Number", old)
    assert scene.all_severa("customers", "number", old) == []
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"number": old})
    scene.sync()
    assert scene.issues("customers", severa["guid"]) == []


def test_a_renumbered_project_and_product_are_reported_and_not_made_twice(scene: Scene, linked: Iterator[Row]) -> None:
    """ALL-14: a new code in PowerOffice, a new code of a work type in Severa."""
    project = scene.project(next(linked)["number"])
    work_type = scene.registrar.make("worktypes", name="Ny arbeidstype", code="AX1")
    scene.sync()
    there = scene.erp("Projects", "Code", str(project["number"]))
    scene.sandbox.act("poweroffice", "edit_project", id=there["Id"], Code="99881")
    scene.registrar.change("worktypes", work_type["guid"], code="AX2")
    assert scene.full() == []
    assert [i.cause for i in scene.issues("projects", there["Id"])] == ["renumbered"]
    assert [i.cause for i in scene.issues("products", work_type["guid"])] == ["renumbered"]
    assert scene.all_severa("projects", "number", 99881) == []
    assert scene.all_erp("Projects", "Code", str(project["number"])) == []
    assert scene.all_erp("Products", "Code", "AX2") == []


@pytest.fixture
def deleted(scene: Scene, linked: Iterator[Row]) -> Row:
    """A project in Severa whose counterpart was deleted in PowerOffice."""
    customer = next(linked)
    project = next(
        row for row in scene.sandbox.objects("severa", "projects") if row["customer"]["guid"] == customer["guid"]
    )
    scene.sandbox.act("poweroffice", "delete_project", code=str(project["number"]))
    return project


def test_a_deleted_item_is_not_made_again(scene: Scene, deleted: Row) -> None:
    """ALL-14 law 1: not on a full read, and not by a change of the other side, which is reported."""
    assert scene.full() == []
    scene.sandbox.act("severa", "edit_project", guid=deleted["guid"], members={"name": "Endret etter sletting"})
    scene.sync()
    assert scene.all_erp("Projects", "Code", str(deleted["number"])) == []
    (issue,) = scene.issues("projects", deleted["guid"])
    assert issue.todo
    scene.sandbox.act("severa", "edit_project", guid=deleted["guid"], members={"name": deleted["name"]})


def test_a_deleted_item_stays_reported_after_a_full_read(scene: Scene, deleted: Row) -> None:
    """ALL-14."""
    scene.full()
    (issue,) = scene.issues("projects", deleted["guid"])
    assert issue.cause == "gone:erp"
    assert issue.todo


def test_a_project_goes_by_itself_once_its_customer_is_there(scene: Scene) -> None:
    """PO-11: the customer without a number gets one; its waiting projects go by the run after its own, untouched."""
    customer = scene.severa("customers", "number", None)
    waiting = [i for i in scene.company.issues("projects") if (i.needs or "").endswith(customer["guid"])]
    assert len(waiting) >= 2
    number = next(NUMBERS)
    scene.sandbox.act("severa", "edit_customer", guid=customer["guid"], members={"number": number})
    scene.sync()
    there = scene.erp("Customers", "Number", number)
    scene.sync()
    went = scene.all_erp("Projects", "CustomerId", there["Id"])
    assert len(went) >= len(waiting)
    assert [i for i in scene.company.issues("projects") if (i.needs or "").endswith(customer["guid"])] == []


def test_an_inactive_customer_rests_until_it_is_active_again(scene: Scene, linked: Iterator[Row]) -> None:
    """PO-04: becoming inactive goes over, later changes wait for the reactivation."""
    severa = next(linked)
    number, guid = severa["number"], severa["guid"]
    scene.sandbox.act("severa", "edit_customer", guid=guid, members={"isActive": False})
    scene.sync()
    assert scene.erp("Customers", "Number", number)["IsArchived"] is True
    scene.sandbox.act("severa", "edit_customer", guid=guid, members={"name": "Navn i dvale"})
    assert scene.sync() == []
    scene.sandbox.act("severa", "edit_customer", guid=guid, members={"isActive": True})
    scene.sync()
    there = scene.erp("Customers", "Number", number)
    assert (there["IsArchived"], there["Name"]) == (False, "Navn i dvale")


def test_new_inactive_and_in_house_customers_stay(scene: Scene) -> None:
    """PO-04: although they have a new project or stand in PowerOffice's list of changes."""
    inactive = scene.customer()
    scene.sandbox.act("severa", "edit_customer", guid=inactive["guid"], members={"isActive": False})
    in_house = scene.severa("customers", "isInternal", True)
    scene.sandbox.act("severa", "edit_customer", guid=in_house["guid"], members={"website": "https://oss.example"})
    number = next(NUMBERS)
    scene.sandbox.act("poweroffice", "create_customer", Name="Arkivert", Number=number)
    scene.sandbox.act("poweroffice", "archive_customer", number=number)
    scene.sync()
    assert scene.all_erp("Customers", "Number", inactive["number"]) == []
    assert scene.all_erp("Customers", "Number", in_house["number"]) == []
    assert scene.all_severa("customers", "number", number) == []


def test_the_way_of_delivery_follows_the_email_address(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-06: Print when the address is taken away, PdfByEmail when there is one again."""
    severa, erp = pair
    for email, wanted in ((None, "Print"), ("igjen@kunde.example", "PdfByEmail")):
        scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"email": email})
        scene.sync()
        there = scene.erp("Customers", "Id", erp["Id"])
        assert (there["EmailAddress"] or None, there["InvoiceDeliveryType"]) == (email, wanted)


def test_a_moved_headquarter_changes_the_delivery_address_in_place(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-06."""
    severa, erp = pair
    guid = severa["headquarterAddress"]["guid"]
    before = scene.erp("ContactDeliveryAddresses", "ContactId", erp["Id"])
    scene.registrar.change("addresses", guid, addressline="Ny gate 1", city="Oslo", postalCode="0150")
    scene.sync()
    after = scene.erp("ContactDeliveryAddresses", "ContactId", erp["Id"])
    assert (after["Id"], after["ExternalCode"]) == (before["Id"], guid)
    assert (after["AddressLine1"], after["ZipCode"], after["City"]) == ("Ny gate 1", "0150", "Oslo")
    assert scene.erp("Customers", "Id", erp["Id"])["MailAddress"]["AddressLine1"] == "Ny gate 1"
