"""One thing changes in a settled tenant, and the next registry run: contacts, products, projects, people, bad rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.records import Registry
from tests.support.registry_scene import NUMBERS, TIMES, Scene
from tests.support.sandbox import Row


def test_a_changed_contact_is_changed_in_place(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-07."""
    severa, erp = pair
    before = scene.erp("ContactPersons", "ContactId", erp["Id"])
    scene.registrar.change("contactpersons", before["ExternalCode"], jobTitle="Daglig leder", lastName="Hansen")
    scene.sync()
    after = scene.erp("ContactPersons", "ContactId", erp["Id"])
    assert (after["Id"], after["ExternalCode"]) == (before["Id"], before["ExternalCode"])
    assert (after["LastName"], after["Title"]) == ("Hansen", "Daglig leder")
    assert severa["guid"]


def test_a_new_product_without_a_code_is_refused_and_goes_once_it_has_one(scene: Scene) -> None:
    """PO-08 PO-09."""
    made = scene.registrar.make("products", name="Ny vare uten kode", type="Materials")
    assert scene.sync() == []
    (issue,) = scene.issues("products", made["guid"])
    assert issue.cause == "requirement:code"
    scene.registrar.change("products", made["guid"], code="NY-1")
    scene.sync()
    assert scene.erp("Products", "Code", "NY-1")["Name"] == "Ny vare uten kode"


def test_the_issue_of_a_missing_code_is_resolved_by_the_run_that_creates_the_item(scene: Scene) -> None:
    """PO-08 ALL-13: resolved when the record next succeeds."""
    made = scene.registrar.make("products", name="Nok en uten kode", type="Materials")
    scene.sync()
    scene.registrar.change("products", made["guid"], code="NY-2")
    scene.sync()
    assert scene.erp("Products", "Code", "NY-2")
    assert scene.issues("products", made["guid"]) == []


def test_a_new_item_with_a_code_that_is_taken_is_refused(scene: Scene) -> None:
    """PO-08: codes are one list over products, work types and travel expenses."""
    before = scene.erp("Products", "Code", "A101")
    made = scene.registrar.make("products", name="Vare med opptatt kode", code="A101", type="Materials")
    assert scene.sync() == []
    (issue,) = scene.issues("products", made["guid"])
    assert issue.cause == "duplicate key"
    assert scene.erp("Products", "Code", "A101") == before


@pytest.mark.parametrize(
    ("severa", "erp"), [("FixedFees", "Product"), ("Materials", "Product"), ("Subcontracting", "Service")]
)
def test_a_new_product_goes_with_its_category_and_type(scene: Scene, severa: str, erp: str) -> None:
    """PO-09 PO-10: made after the switch-on, with a category of the same run."""
    category = scene.registrar.make("productcategories", name=f"Gruppe {severa}", code=f"GX-{severa}", isActive=True)
    code = f"VX-{severa}"
    scene.registrar.make(
        "products",
        name="Ny vare",
        code=code,
        type=severa,
        productCategory={"guid": category["guid"]},
        unitPrice={"amount": 120.5, "currencyCode": "NOK"},
    )
    scene.sync()
    row = scene.erp("Products", "Code", code)
    assert (row["ProductType"], row["ProductGroupCode"], row["UnitPrice"]) == (erp, f"GX-{severa}", 120.5)
    assert scene.erp("ProductGroups", "Code", f"GX-{severa}")["Name"] == f"Gruppe {severa}"


@pytest.mark.parametrize(("erp", "severa"), [("Product", {"FixedFees", "Materials"}), ("Service", {"Subcontracting"})])
def test_a_new_product_of_poweroffice_comes_in_with_its_type(scene: Scene, erp: str, severa: set[str]) -> None:
    """PO-09 PO-10."""
    scene.sandbox.act("poweroffice", "create_product", Name="Ny i Go", Code=f"GO-{erp}", ProductType=erp)
    scene.sync()
    assert scene.severa("products", "code", f"GO-{erp}")["type"] in severa
    assert scene.sync() == []


def test_a_project_goes_when_it_is_won(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-11."""
    project = scene.project(pair[0]["number"], sales_state="InProgress")
    assert scene.sync() == []
    won = next(row for row in scene.sandbox.objects("severa", "salesstatustypes") if row["salesState"] == "Won")
    changes = {"salesStatus": {"salesStatusTypeGuid": won["guid"]}}
    scene.sandbox.act("severa", "edit_project", guid=project["guid"], members=changes)
    scene.sync()
    assert scene.erp("Projects", "Code", str(project["number"]))["CustomerNo"] == pair[0]["number"]


def test_projects_made_in_poweroffice(scene: Scene, pair: tuple[Row, Row]) -> None:
    """PO-11: a plain one becomes Won with the default owner; a sub-project and a code with letters are reported."""
    number = pair[0]["number"]
    plain = scene.sandbox.act("poweroffice", "create_project", Name="Fra Go", Code="88001", CustomerNo=number)[
        "project"
    ]
    letters = scene.sandbox.act("poweroffice", "create_project", Name="Bokstaver", Code="X-1", CustomerNo=number)
    sub = scene.sandbox.act("poweroffice", "create_project", Name="Del", CustomerNo=number, ParentProjectId=plain["Id"])
    scene.sync()
    project = scene.severa("projects", "number", 88001)
    types = {row["guid"]: row["salesState"] for row in scene.sandbox.objects("severa", "salesstatustypes")}
    assert types[project["salesStatus"]["salesStatusTypeGuid"]] == "Won"
    assert (project["projectOwner"]["code"], project["customer"]["number"]) == ("101", number)
    for made in (letters["project"], sub["project"]):
        assert len(scene.issues("projects", made["Id"])) == 1, made["Code"]
    assert scene.all_severa("projects", "name", "Bokstaver") == []
    assert scene.all_severa("projects", "name", "Del") == []


def test_new_users_go_with_their_new_unit_and_superior(scene: Scene) -> None:
    """PO-12: all three made in one run, the superior after its subordinate; a new superior is carried over."""
    unit = scene.registrar.make("businessunits", name="Enhet 41", code="41", isActive=True)
    refs = {"businessUnit": {"guid": unit["guid"]}, "isActive": True}
    chief = scene.registrar.make("users", firstName="Sjef", lastName="Nilsen", code="402", email="s@x.example", **refs)
    staff = scene.registrar.make(
        "users", firstName="Ansatt", lastName="Dahl", code="401", email="a@x.example",
        superiorUser={"guid": chief["guid"]}, **refs,
    )  # fmt: skip
    scene.sync()
    employee = scene.erp("Employees", "Number", 401)
    assert (employee["ManagerEmployeeNo"], employee["DepartmentCode"]) == (402, "41")
    other = scene.severa("users", "code", "101")
    scene.registrar.change("users", staff["guid"], superiorUser={"guid": other["guid"]})
    scene.sync()
    assert scene.erp("Employees", "Number", 401)["ManagerEmployeeNo"] == 101


def test_new_departments_and_employees_come_in(scene: Scene) -> None:
    """PO-12 PO-02."""
    scene.sandbox.act("poweroffice", "create_department", Name="Avdeling 42", Code="42")
    manager = scene.erp("Employees", "Number", 101)
    department = scene.erp("Departments", "Code", "42")
    scene.sandbox.act(
        "poweroffice", "create_employee", FirstName="Ny", LastName="Ansatt", Number=403, EmailAddress="ny@x.example",
        DepartmentId=department["Id"], ManagerEmployeeId=manager["Id"],
    )  # fmt: skip
    scene.sync()
    user = scene.severa("users", "code", "403")
    assert user["businessUnit"]["code"] == "42"
    assert user["superiorUser"]["guid"] == scene.severa("users", "code", "101")["guid"]
    assert scene.sync() == []


def test_a_period_run_moves_no_cursor(scene: Scene, pair: tuple[Row, Row]) -> None:
    """Law 5: what lies in the period goes, and the next run reads from where the last one did."""
    severa, erp = pair
    names = [f"{side}.{registry.value}" for side in ("severa", "erp") for registry in Registry]

    def cursors() -> list[object]:
        with scene.company.state() as state:
            return [state.cursors.get(name) for name in names]

    before = cursors()
    scene.sandbox.act("severa", "edit_customer", guid=severa["guid"], members={"website": "https://periode.example"})
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    scene.sync(since=since)
    assert scene.erp("Customers", "Id", erp["Id"])["WebsiteUrl"] == "https://periode.example"
    assert cursors() == before


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("system", "path"), [("poweroffice", "/v2/Customers"), ("severa", "/v1/customers"), ("poweroffice", "/v2/Projects")]
)
def test_a_registry_that_cannot_be_read_waits_and_the_others_go_on(
    scene: Scene, pair: tuple[Row, Row], system: str, path: str
) -> None:
    """Law 5 PO-05: its cursor stays, an issue says so, and the next run catches up, without any look back."""
    scene.sync()  # looked back just now: the next runs within the overlap do not
    code = str(next(NUMBERS))
    customer = scene.customer()
    scene.registrar.make("businessunits", name=f"Enhet {code}", code=code, isActive=True)
    registry = path.rpartition("/")[2].lower()
    side = "severa" if system == "severa" else "erp"
    with scene.company.state() as state:
        before = state.cursors.get(f"{side}.{registry}")
    scene.sandbox.fault(system, "GET", path, "status:500", TIMES)
    scene.sync()
    (issue,) = scene.issues(registry, "*")
    assert issue.cause == "read"
    assert scene.erp("Departments", "Code", code)
    with scene.company.state() as state:
        assert state.cursors.get(f"{side}.{registry}") == before
    scene.sync()
    assert scene.issues(registry, "*") == []
    there = scene.erp("Customers", "Number", customer["number"])
    assert len(scene.all_erp("Projects", "CustomerId", there["Id"])) == 1
    assert len(scene.all_erp("ContactPersons", "ContactId", there["Id"])) == 1


def test_hostile_rows_do_not_stop_the_batch(scene: Scene) -> None:
    """Law 3 law 10: each is carried as it is or has its own issue; the good one among them goes, and nothing twice."""
    hostile = [
        scene.customer(name="Å" * 3000),
        scene.customer(name="<script>alert(1)</script> '; DROP TABLE links; --"),
        scene.customer(name="\u200b"),
        scene.customer(name='=HYPERLINK("http://x")\u202e\U0001f4a9slutt'),
        scene.customer(email="ikke en adresse\r\nBcc: alle@x.example", website="javascript:alert(1)"),
    ]
    good = scene.customer()
    scene.sync()
    assert scene.erp("Customers", "Number", good["number"])["Name"] == good["name"]
    for row in hostile:
        found = scene.all_erp("Customers", "Number", row["number"])
        reported = scene.issues("customers", row["guid"])
        assert len(found) == 1 or (not found and reported), row["name"]
    scene.sandbox.act(
        "poweroffice", "create_project", Name="\u202eProsjekt\U0001f4a9", Code="9" * 30, CustomerNo=good["number"]
    )
    scene.sync()
    for row in (*hostile, good):
        assert len(scene.all_erp("Customers", "Number", row["number"])) <= 1
    assert scene.issues("projects", scene.erp("Projects", "Code", "9" * 30)["Id"])
