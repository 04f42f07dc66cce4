"""Registries: PowerOffice as master, prospects, whose turn an invoice or a project brings, what belongs to new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.records import Registry
from tests.support.registry_scene import NUMBERS, Scene
from tests.support.sandbox import Row
from tests.support.scenes import delete_in_severa


@pytest.fixture
def tenant_file(scene: Scene) -> Iterator[Scene]:
    """The scene, whose tenant file is put back afterwards."""
    path = scene.company.tenants / f"{scene.company.name}.yaml"
    before = path.read_text()
    yield scene
    path.write_text(before)


def linked_keys(scene: Scene, registry: Registry) -> set[str | None]:
    """Numbers or codes of the linked items."""
    with scene.company.state() as state:
        return {link.key for link in state.links.all(registry)}


# ---------------------------------------------------------------- PowerOffice as master (PO-02, ALL-03)


def _product(scene: Scene) -> tuple[str, Row]:
    made = scene.sandbox.act("poweroffice", "create_product", Name="Go-vare", Code="GOM-1", ProductType="Product")
    return "GOM-1", made["product"]


def _department(scene: Scene) -> tuple[str, Row]:
    made = scene.sandbox.act("poweroffice", "create_department", Name="Go-avdeling", Code="771")
    return "771", made["department"]


def _employee(scene: Scene) -> tuple[str, Row]:
    given = {"FirstName": "Åse", "LastName": "Goansatt", "Number": 7701, "EmailAddress": "aase@go.example"}
    return "7701", scene.sandbox.act("poweroffice", "create_employee", **given)["employee"]


def _project(scene: Scene) -> tuple[str, Row]:
    customer = scene.customer()
    scene.sync()
    erp = scene.erp("Customers", "Number", customer["number"])
    given = {"Code": "77001", "Name": "Go-oppdrag", "CustomerId": erp["Id"], "IsActive": True}
    return "77001", scene.sandbox.act("poweroffice", "create_project", **given)["project"]


CASES: dict[str, tuple[Callable[[Scene], tuple[str, Row]], str, str, str, str, str]] = {
    "products": (_product, "edit_product", "Products", "Name", "products", "code"),
    "business_units": (_department, "edit_department", "Departments", "Name", "businessunits", "code"),
    "users": (_employee, "edit_employee", "Employees", "LastName", "users", "code"),
    "projects": (_project, "edit_project", "Projects", "Name", "projects", "number"),
}
"""Registry -> how one is made; in PowerOffice the edit, kind and changing member; in Severa kind and key member."""


@pytest.mark.parametrize("registry", list(CASES))
def test_with_poweroffice_as_master_its_changes_come_in_and_severas_are_drift(
    tenant_file: Scene, registry: str
) -> None:
    """PO-02 ALL-03: for every registry whose master can be chosen."""
    scene = tenant_file
    make, action, there, member, kind, key = CASES[registry]
    scene.company.set(**{f"masters__{registry}": "erp"})
    code, erp = make(scene)
    scene.sync()
    wanted: Any = int(code) if key == "number" else code
    ours = member[0].lower() + member[1:]
    assert scene.severa(kind, key, wanted)[ours] == erp[member]

    scene.sandbox.act("poweroffice", action, id=erp["Id"], **{member: "Endret i Go"})
    written = scene.sync()
    severa = scene.severa(kind, key, wanted)
    assert (severa[ours], written) == ("Endret i Go", [f"PATCH /v1/{kind}/{severa['guid']}"])

    scene.registrar.change(kind, severa["guid"], **{ours: "Endret i Severa"})
    assert scene.sync() == []
    assert scene.sync() == []
    (issue,) = scene.issues(registry, severa["guid"])
    assert (issue.cause.partition(":")[0], issue.count) == ("drift", 1)
    assert "Endret i Severa" in issue.what
    assert scene.erp(there, "Id", erp["Id"])[member] == "Endret i Go"


def test_with_poweroffice_as_master_new_customers_still_go_both_ways(tenant_file: Scene) -> None:
    """PO-02: only updates hang on the master."""
    scene = tenant_file
    scene.company.set(masters__customers="erp", masters__contacts="erp")
    ours, theirs = scene.customer()["number"], next(NUMBERS)
    scene.sandbox.act("poweroffice", "create_customer", Name=f"Fra Go {theirs}", Number=theirs)
    scene.sync()
    assert scene.erp("Customers", "Number", ours)["Name"] == f"Kunde {ours} AS"
    assert scene.severa("customers", "number", theirs)["name"] == f"Fra Go {theirs}"
    assert scene.sync() == []


# ---------------------------------------------------------------- prospects (PO-04)


def test_a_prospect_stays_in_severa_until_it_is_none_any_more(tenant_file: Scene) -> None:
    """PO-04: although it has a project; out of the segment it goes by the next full read, with its contact."""
    scene = tenant_file
    customer = scene.customer()
    segment = scene.registrar.make("marketsegments", name="Emner")
    mark = scene.registrar.make(
        "customermarketsegments", customer={"guid": customer["guid"]}, marketSegment={"guid": segment["guid"]}
    )
    scene.company.set(severa__prospect_segment="Emner")
    for sync in (scene.sync, scene.full):
        sync()
        assert scene.all_erp("Customers", "Number", customer["number"]) == []
    assert str(customer["number"]) not in linked_keys(scene, Registry.CUSTOMERS)
    delete_in_severa(scene.company, f"/v1/customermarketsegments/{mark['guid']}", "customers:delete")
    scene.full()
    there = scene.erp("Customers", "Number", customer["number"])
    assert len(scene.all_erp("ContactPersons", "ContactId", there["Id"])) == 1
    assert scene.sync() == []


@pytest.mark.thorough
def test_a_prospect_that_stands_in_poweroffice_under_its_number_is_not_linked(tenant_file: Scene) -> None:
    """PO-04: never transferred, from neither side: neither doubled in Severa nor updated in PowerOffice."""
    scene = tenant_file
    customer = scene.customer(project=False)
    number = customer["number"]
    segment = scene.registrar.make("marketsegments", name="Emner to")
    members = {"customer": {"guid": customer["guid"]}, "marketSegment": {"guid": segment["guid"]}}
    scene.registrar.make("customermarketsegments", **members)
    scene.company.set(severa__prospect_segment="Emner to")
    scene.sandbox.act("poweroffice", "create_customer", Name="Emne i Go", Number=number)
    scene.sync()
    assert scene.severa("customers", "number", number)["name"] == customer["name"]
    assert scene.erp("Customers", "Number", number)["Name"] == "Emne i Go"
    assert str(number) not in linked_keys(scene, Registry.CUSTOMERS)


# ---------------------------------------------------------------- whose turn it is (PO-05)


def closed_project(scene: Scene, number: int) -> Row:
    """A project of a customer that is over already."""
    project = scene.project(number)
    scene.sandbox.act("severa", "close_project", guid=project["guid"])
    return project


def test_an_invoice_alone_brings_its_customer_and_it_is_remembered(scene: Scene) -> None:
    """PO-05: no active project; a customer like it without an invoice stays."""
    customer, other = scene.customer(project=False), scene.customer(project=False)
    project = closed_project(scene, customer["number"])
    closed_project(scene, other["number"])
    scene.sync()
    assert scene.all_erp("Customers", "Number", customer["number"]) == []
    guid = scene.company.bill(project=project["number"], trigger=False)
    scene.sync()
    there = scene.erp("Customers", "Number", customer["number"])
    assert len(scene.all_erp("ContactPersons", "ContactId", there["Id"])) == 1
    assert scene.all_erp("Customers", "Number", other["number"]) == []
    scene.sandbox.act("severa", "delete_invoice", guid=guid)
    scene.sandbox.act("severa", "edit_customer", guid=customer["guid"], members={"website": "https://husket.example"})
    scene.sync()
    assert scene.erp("Customers", "Id", there["Id"])["WebsiteUrl"] == "https://husket.example"
    scene.full()
    assert scene.all_erp("Customers", "Number", other["number"]) == []


@pytest.mark.thorough
def test_an_invoice_of_an_old_customer_goes_in_one_cycle_with_it(scene: Scene) -> None:
    """PO-05 PO-13: the first invoice brings the customer, and goes to it."""
    customer = scene.customer(project=False)
    project = scene.project(customer["number"])
    guid = scene.company.bill(project=project["number"])
    scene.company.good()
    there = scene.erp("Customers", "Number", customer["number"])
    assert scene.company.order(guid)["CustomerId"] == there["Id"]


def test_customers_of_poweroffice_may_be_limited_to_those_with_a_project(tenant_file: Scene) -> None:
    """PO-02, setting customers_from_erp: with_project; once a project brought it, it is remembered for good."""
    scene = tenant_file
    scene.company.set(poweroffice__customers_from_erp="with_project")
    idle, busy = next(NUMBERS), next(NUMBERS)
    scene.sandbox.act("poweroffice", "create_customer", Name=f"Uten {idle}", Number=idle)
    erp = scene.sandbox.act("poweroffice", "create_customer", Name=f"Med {busy}", Number=busy)["customer"]
    scene.sync()
    assert [scene.all_severa("customers", "number", number) for number in (idle, busy)] == [[], []]
    given = {"Code": str(busy + 60000), "Name": "Oppdrag fra Go", "CustomerId": erp["Id"], "IsActive": True}
    project = scene.sandbox.act("poweroffice", "create_project", **given)["project"]
    scene.sync()
    customer = scene.severa("customers", "number", busy)
    assert scene.severa("projects", "number", busy + 60000)["customer"]["guid"] == customer["guid"]
    scene.sandbox.act("poweroffice", "archive_project", id=project["Id"])
    scene.full()
    assert str(busy) in linked_keys(scene, Registry.CUSTOMERS)
    assert scene.all_severa("customers", "number", idle) == []
    assert scene.sync() == []
    scene.company.set(poweroffice__customers_from_erp="all")
    scene.full()
    assert scene.severa("customers", "number", idle)["name"] == f"Uten {idle}"


# ---------------------------------------------------------------- what belongs to new customers (PO-06, PO-07)


def test_a_new_customer_has_its_headquarter_as_delivery_address_and_mail_address(scene: Scene) -> None:
    """PO-06: one delivery address, under the guid of Severa's address."""
    customer = scene.customer()
    number = customer["number"]
    scene.sync()
    there = scene.erp("Customers", "Number", number)
    wanted = {"AddressLine1": f"Kai {number}", "ZipCode": "5003", "City": "Bergen"}
    (delivery,) = scene.all_erp("ContactDeliveryAddresses", "ContactId", there["Id"])
    headquarter = scene.severa("customers", "guid", customer["guid"])["headquarterAddress"]["guid"]
    assert delivery["ExternalCode"].lower() == headquarter.lower()
    for address in (delivery, there["MailAddress"]):
        assert {name: address[name] for name in wanted} == wanted
        assert len(address["CountryCode"]) == 2
    assert delivery["CountryCode"] == there["MailAddress"]["CountryCode"]


def test_a_lost_answer_to_the_delivery_address_does_not_make_a_second_one(scene: Scene) -> None:
    """PO-06 law 1: the customer stands, its address is written by the next run at the latest, once."""
    customer = scene.customer()
    scene.sandbox.fault("poweroffice", "POST", "/v2/ContactDeliveryAddresses/{contactId}", "drop_after")
    for _ in range(2):
        scene.sync()
    there = scene.erp("Customers", "Number", customer["number"])
    assert len(scene.all_erp("ContactDeliveryAddresses", "ContactId", there["Id"])) == 1
    assert scene.issues("customers", customer["guid"]) == []


def test_contacts_of_a_customer_that_is_linked_only_now_go_both_ways(scene: Scene) -> None:
    """PO-07: neither contact changed, but their customer was linked; each stands once on either side."""
    customer = scene.customer(project=False)
    number = customer["number"]
    scene.sync()  # the contact in Severa was read, and its turn had not come
    scene.sandbox.act("severa", "edit_customer", guid=customer["guid"], members={"isActive": False})
    scene.sandbox.act("poweroffice", "create_customer", Name=customer["name"], Number=number)
    scene.sandbox.act("poweroffice", "create_contact_person", number=number, FirstName="Ola", LastName=f"Ny {number}")
    scene.sync()
    assert str(number) not in linked_keys(scene, Registry.CUSTOMERS)
    scene.sandbox.act("severa", "edit_customer", guid=customer["guid"], members={"isActive": True})
    scene.project(number)
    for _ in range(2):
        scene.sync()
    assert str(number) in linked_keys(scene, Registry.CUSTOMERS)
    there = scene.erp("Customers", "Number", number)
    erp = {row["LastName"] for row in scene.all_erp("ContactPersons", "ContactId", there["Id"])}
    severa = [row for row in scene.sandbox.objects("severa", "contactpersons") if _of(row, customer)]
    wanted = [f"Nordmann {number}", f"Ny {number}"]
    assert (sorted(erp), sorted(row["lastName"] for row in severa)) == (wanted, wanted)
    assert scene.sync() == []


def _of(contact: Row, customer: Row) -> bool:
    return bool(contact["customer"]["guid"] == customer["guid"])
