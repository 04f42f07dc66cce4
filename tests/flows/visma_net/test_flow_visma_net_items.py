"""Items, projects and branches of Severa and Visma.net, over HTTP against both simulated systems (VN-07 to VN-10)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from core.records import Registry
from tests.support.sandbox import Row
from tests.support.visma_net_scene import VismaNetScene, linked

PROJECTS = count(8801)
"""Project numbers that nobody has, of the length that Visma.net's have here."""


# items ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "members", "item_type"),
    [
        ("products", {"unitPrice": {"amount": 125.5, "currencyCode": "NOK"}, "type": "Materials"}, "NonStockItem"),
        ("worktypes", {}, "LaborItem"),
        (
            "travelexpensetypes",
            {"unitCost": {"amount": 4.9, "currencyCode": "NOK"}, "expenseClass": "Mileage"},
            "ExpenseItem",
        ),
    ],
)
def test_items_of_severas_three_registers_go_into_one(
    scene: VismaNetScene, kind: str, members: dict[str, Any], item_type: str
) -> None:
    """VN-07: the register decides the item's type; prices of products, costs of travel expenses."""
    code = f"NY-{kind[:3].upper()}"
    made = scene.registrar.make(kind, code=code, name="Nytt i Severa", **members)
    scene.sync()
    item = scene.visma("Items", "inventoryNumber", code)
    price = (members.get("unitPrice") or members.get("unitCost") or {"amount": 0})["amount"]
    assert (item["type"], item["description"], item["defaultPrice"]) == (item_type, "Nytt i Severa", price)
    assert linked(scene.company, Registry.PRODUCTS)[made_id(kind, made)] == str(item["inventoryId"])
    scene.company.visma("edit_item", number=code, description="Endret i Financials")
    scene.sync()
    assert scene.severa(kind, "guid", made["guid"])["name"] == "Endret i Financials"
    assert scene.sync() == []


def made_id(kind: str, row: Row) -> str:
    prefix = {"products": "product", "worktypes": "work_type", "travelexpensetypes": "travel_expense"}[kind]
    return f"{prefix}:{row['guid']}"


@pytest.mark.parametrize(
    ("item_class", "kind"),
    [("VARE25", "products"), ("TJEN25", "products"), ("TIMER25", "worktypes"), ("UTLEGG25", "travelexpensetypes")],
)
def test_a_new_item_goes_into_the_register_of_its_type(scene: VismaNetScene, item_class: str, kind: str) -> None:
    """VN-07: Non-stock and Service to products, Labor to work types, Expense to travel expenses."""
    code = f"FIN-{item_class}"
    scene.company.visma(
        "create_item", inventoryNumber=code, description="Ny i Financials", itemClass=item_class, defaultPrice=50
    )
    scene.sync()
    row = scene.severa(kind, "code", code)
    assert row["name"] == "Ny i Financials"
    others = {"products", "worktypes", "travelexpensetypes"} - {kind}
    assert [scene.all_severa(other, "code", code) for other in others] == [[], []]
    price = (row.get("unitPrice") or row.get("unitCost") or {}).get("amount")
    assert price == {"products": 50, "travelexpensetypes": 50, "worktypes": None}[kind]
    assert scene.issues("products", row["guid"]) == []
    assert scene.sync() == []


def test_an_item_of_another_kind_with_the_same_code_is_reported_on_both_sides(scene: VismaNetScene) -> None:
    """VN-07: a code that means a work type here and a product there links nothing."""
    made = scene.registrar.make("worktypes", code="ULIK-1", name="Arbeid")
    item = scene.company.visma("create_item", inventoryNumber="ULIK-1", description="Vare", itemClass="VARE25")["item"]
    scene.sync()
    for record in (made["guid"], item["inventoryId"]):
        (issue,) = scene.issues("products", record)
        assert issue.field == "kind"
        assert "work type" in issue.what
    assert made_id("worktypes", made) not in linked(scene.company, Registry.PRODUCTS)


def test_a_second_item_of_a_code_in_another_register_is_reported(scene: VismaNetScene) -> None:
    """VN-07: codes are unique through all three registers."""
    first = scene.registrar.make("products", code="TO-1", name="Vare", type="Materials")
    scene.sync()
    second = scene.registrar.make("worktypes", code="TO-1", name="Arbeid")
    scene.sync()
    (issue,) = scene.issues("products", second["guid"])
    assert issue.cause == "duplicate key"
    pairs = linked(scene.company, Registry.PRODUCTS)
    assert made_id("products", first) in pairs
    assert made_id("worktypes", second) not in pairs


@pytest.mark.thorough
def test_inventory_classes_are_offered_as_categories_and_carried_on_the_item(scene: VismaNetScene) -> None:
    """VN-08: chosen in Severa before the transfer, changed on either side; classes of work types are not offered."""
    codes = {row["code"]: row["guid"] for row in scene.sandbox.objects("severa", "productcategories")}
    assert {"VARE15", "TJEN25", "UTLEGG25"} <= set(codes)
    assert "TIMER25" not in codes
    category = {"guid": codes["VARE15"]}
    made = scene.registrar.make("products", code="KL-1", name="Med klasse", type="Materials", productCategory=category)
    scene.sync()
    assert scene.visma("Items", "inventoryNumber", "KL-1")["itemClass"]["id"] == "VARE15"
    scene.company.visma("edit_item", number="KL-1", itemClass="VARE25")
    scene.sync()
    assert scene.severa("products", "guid", made["guid"])["productCategory"]["guid"] == codes["VARE25"]
    scene.registrar.change("products", made["guid"], productCategory=category)
    scene.sync()
    assert scene.visma("Items", "inventoryNumber", "KL-1")["itemClass"]["id"] == "VARE15"


def test_a_category_that_is_no_class_is_left_alone(scene: VismaNetScene) -> None:
    """VN-08: what people sorted their products by stays, and the item takes the tenant's default class."""
    own = scene.severa("productcategories", "code", "G10")
    made = scene.registrar.make(
        "products", code="KL-2", name="Med kategori", type="Materials", productCategory={"guid": own["guid"]}
    )
    scene.sync()
    assert scene.visma("Items", "inventoryNumber", "KL-2")["itemClass"]["id"] == "VARE25"
    assert scene.severa("products", "guid", made["guid"])["productCategory"]["guid"] == own["guid"]


# projects, branches ---------------------------------------------------------------------------------------------------


def test_closing_and_losing_a_project_makes_it_inactive_and_reopening_active(scene: VismaNetScene) -> None:
    """VN-09: sales cases go, too; closed is completed, lost is cancelled."""
    severa, _ = scene.pair()
    number = next(PROJECTS)
    project = scene.project(severa, number=number, sales_state="InProgress")

    def status() -> str:
        scene.sync()
        return str(scene.visma("Projects", "projectID", str(number))["status"])

    assert status() == "Active"
    edit = {"guid": project["guid"]}
    scene.sandbox.act("severa", "edit_project", **edit, members=scene.sales_status("Lost"))
    assert status() == "Cancelled"
    assert scene.sync() == []
    scene.sandbox.act("severa", "edit_project", **edit, members=scene.sales_status("Won"))
    assert status() == "Active"
    scene.sandbox.act("severa", "close_project", **edit)
    assert status() == "Completed"
    scene.sandbox.act("severa", "edit_project", **edit, members={"isClosed": False})
    assert status() == "Active"
    assert scene.issues("projects", project["guid"]) == []
    assert scene.sync() == []


def test_projects_go_out_only(scene: VismaNetScene) -> None:
    """VN-09: one made in Visma.net stays there; a change there is reported once and not overwritten (ALL-03)."""
    severa, visma = scene.pair()
    number, theirs = next(PROJECTS), next(PROJECTS)
    own = {"description": "Bare her", "startDate": "2026-03-01", "customer": visma["number"]}
    scene.company.visma("create_project", projectID=str(theirs), **own)
    project = scene.project(severa, number=number)
    scene.sync()
    assert scene.all_severa("projects", "number", theirs) == []
    made = scene.visma("Projects", "projectID", str(number))
    assert (made["description"], made["customer"]["number"]) == (project["name"], visma["number"])
    scene.company.visma("edit_project", number=str(number), description="Endret der")
    assert scene.sync() == []
    (issue,) = scene.issues("projects", made["internalID"])
    assert issue.cause == "drift:name"
    assert scene.severa("projects", "guid", project["guid"])["name"] == project["name"]


def test_an_internal_project_never_goes(scene: VismaNetScene) -> None:
    """VN-09."""
    numbers = {str(row["number"]) for row in scene.sandbox.objects("severa", "projects") if row["isInternal"]}
    assert numbers
    assert not numbers & {row["projectID"] for row in scene.company.objects("Projects")}


def test_a_project_number_of_another_length_is_an_issue(scene: VismaNetScene) -> None:
    """VN-09: it must fit the segmented key, and the issue says where that is set."""
    severa, _ = scene.pair()
    project = scene.project(severa, number=880_100_777)
    scene.sync()
    (issue,) = scene.issues("projects", project["guid"])
    assert "segmented key PROJECT" in issue.todo
    assert scene.all_visma("Projects", "projectID", "880100777") == []


def test_only_business_units_that_are_companies_are_branches(scene: VismaNetScene) -> None:
    """VN-10: by the VAT number; a unit that gets one later is linked then; nothing is created."""
    units = scene.sandbox.objects("severa", "businessunits")
    branches = {row["branchId"]: row for row in scene.company.objects("Branches")}
    pairs = linked(scene.company, Registry.BUSINESS_UNITS)
    assert set(pairs) == {row["guid"] for row in units if row["vatNumber"]}
    other = next(row for own, row in branches.items() if str(own) not in pairs.values())
    unit = next(row for row in units if not row["vatNumber"] and row["isActive"])
    scene.registrar.change("businessunits", unit["guid"], vatNumber=other["vatRegistrationId"])
    scene.sync()
    assert linked(scene.company, Registry.BUSINESS_UNITS)[unit["guid"]] == str(other["branchId"])
    assert len(scene.company.objects("Branches")) == len(branches)
    assert len(scene.sandbox.objects("severa", "businessunits")) == len(units)
