"""Departments, employees, product groups, products and projects of the simulated PowerOffice."""

from typing import Any

import pytest

from tests.unit.sandbox.poweroffice_office import GUID, PATCH, Office


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


@pytest.mark.parametrize(("method", "kind"), [("PATCH", "Projects"), ("PATCH", "Departments"), ("GET", "Departments")])
def test_an_answer_that_only_the_contracts_prose_describes_is_checked_like_the_others(
    office: Office, method: str, kind: str
) -> None:
    """PO-11, PO-12: the object that comes back is the one that its POST shows (contract, section 5)."""
    told = {"system": "poweroffice", "method": method, "path": f"/v2/{kind}/4711", "fault": None}
    told |= {"status": 200, "response_headers": {"content-type": "application/json"}}
    row = office.get(f"/{kind}/{office.get(f'/{kind}')[0]['Id']}")
    office.spec.validate_answer(told | {"response_body": row})
    for wrong in (None, [row], row | {"Code": 7}):
        with pytest.raises(AssertionError, match=f"{method} /v2/{kind}"):
            office.spec.validate_answer(told | {"response_body": wrong})


def test_a_department_is_inactive_unless_told(office: Office) -> None:
    """PO-12: IsActive defaults to false."""
    assert office.post("/Departments", {"Name": "Nord", "Code": "N"})["IsActive"] is False
    assert office.post("/Departments", {"Name": "Sør", "Code": "S", "IsActive": True})["IsActive"] is True
    assert [row["Name"] for row in office.get("/Departments", codes="S,N")] == ["Nord", "Sør"]
    assert "'Name'" in office.refusal("/Departments", {"Code": "X"})


def test_a_blind_repeat_of_an_uncoded_create_doubles(office: Office) -> None:
    """ALL-05: unique codes are not promised; whoever repeats blindly gets two."""
    for path, status in (("/Departments", 201), ("/ProductGroups", 201), ("/Products", 200), ("/Projects", 201)):
        one, two = (office.post(path, {"Name": "Dobbel", "Code": "D1"}, status) for _ in range(2))
        assert (one["Code"], one["Id"] == two["Id"]) == (two["Code"], False)


def test_an_employee_has_a_number_in_the_series_and_a_manager_by_id(office: Office) -> None:
    """PO-12: create first, link the manager by a PATCH that knows ids only."""
    boss = office.post("/Employees", {"FirstName": "Kjell", "LastName": "Ås", "Number": 900})
    row = office.post(
        "/Employees", {"FirstName": "Mia", "LastName": "Ek", "Number": 901, "ExternalImportReference": GUID}
    )
    assert "not within" in office.refusal("/Employees", {"FirstName": "A", "LastName": "B", "Number": 10_001})
    assert "already in use" in office.refusal("/Employees", {"FirstName": "A", "LastName": "B", "Number": 900})
    path = f"/Employees/{row['Id']}"
    changed = office.patch(path, ("replace", "/ManagerEmployeeId", boss["Id"]))
    assert changed["ManagerEmployeeNo"] == 900
    refused = office.patch(path, ("replace", "/ManagerEmployeeNo", 900), status=400)["detail"]
    assert refused == (
        "EmployeePatchDto: The target location specified by path segment 'manageremployeeno' was not found."
    )
    assert office.get("/Employees", employeeNos="900-901,77") == [office.get(f"/Employees/{boss['Id']}"), changed]
    assert office.get("/Employees", externalImportReference=GUID) == [changed]
    assert office.get("/Departments", 204, managerEmployeeNo=900) is None


def test_products_answer_200_and_inherit_nothing_when_read(office: Office) -> None:
    """PO-08, PO-10: 200 on POST; a group by code; null price and accounts stay null when read."""
    group = office.post("/ProductGroups", {"Name": "Tjenester", "Code": "TJ", "ProductType": "Service"})
    row = office.post("/Products", {"Name": "Time", "Code": "T1", "ProductGroupCode": "TJ"}, 200)
    assert (row["ProductGroupId"], row["ProductType"], row["UnitPrice"]) == (group["Id"], "Product", None)
    assert (row["StandardSalesAccount"], row["OptionalSalesAccount"]) == (None, None)
    changed = office.patch(f"/Products/{row['Id']}", ("replace", "/StandardSalesAccountId", _account(office, 3030)))
    assert changed["StandardSalesAccount"] == 3030
    assert office.get("/Products", productGroupCodes="TJ") == [changed]
    assert office.get("/Products", codes="T1", type="Product", isArchived="false") == [changed]
    assert office.get("/Products", 204, codes="T1", type="Service") is None
    assert "ProductGroup with code = 'NO'" in office.refusal("/Products", {"Name": "A", "ProductGroupCode": "NO"}, 404)
    assert "'Name'" in office.refusal("/Products", {"Code": "A"})
    assert "400 characters" in office.refusal("/Products", {"Name": "x" * 401})


def _account(office: Office, number: int) -> int:
    return int(office.get("/GeneralLedgerAccounts", accountNos=str(number))[0]["Id"])


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"Code": "12"}, 400, "'Name' must not be empty"),
        ({"Name": "A", "Code": "12.1"}, 400, "reserved for sub-projects"),
        ({"Name": "A", "CustomerNo": 99_999}, 404, "Customer with number = 99999 not found."),
        ({"Name": "A", "ContactPersonId": 7}, 404, "ContactPerson with id = 7 not found."),
        ({"Name": "A", "DepartmentCode": "NO"}, 404, "Department with code = 'NO' not found."),
        ({"Name": "A", "ProjectManagerEmployeeNo": 7777}, 404, "Employee with number = 7777 not found."),
        ({"Name": "A", "StartDate": "2026-02-01", "EndDate": "2026-01-31"}, 400, "'EndDate'"),
        ({"Name": "A", "StartDate": "2026-02-01T00:00:00"}, 400, "a date"),
        ({"Name": "A", "ProjectStatus": "Closed"}, 400, "one of"),
        ({"Name": "A", "ProjectStatus": 1}, 400, "one of"),
        ({"Name": "A", "Progress": 101}, 400, "between 0 and 100"),
        ({"Name": "A", "AllowAllEmployees": "true"}, 400, "true or false"),
    ],
)
def test_a_project_that_is_not_in_order_is_refused(
    office: Office, body: dict[str, Any], status: int, words: str
) -> None:
    """PO-11: required members, dots, unknown references, dates, enumerations."""
    assert words in office.refusal("/Projects", body, status)


def test_a_project_refers_by_number_and_reads_back_numbers(office: Office) -> None:
    """PO-11: the sample's members; a contact person of another customer is refused."""
    customer, other = office.customer(), office.customer(Name="Annen")
    person = office.post(f"/ContactPersons/{customer['Id']}", {"FirstName": "Åse", "LastName": "Kjærstad"})
    employee, department = office.get("/Employees")[0], office.get("/Departments")[0]
    body = {
        "Code": "9187",
        "Name": "Varmepumper Nidarø, etappe 2",
        "CustomerNo": customer["Number"],
        "ContactPersonId": person["Id"],
        "DepartmentCode": department["Code"],
        "ProjectManagerEmployeeNo": employee["Number"],
        "StartDate": "2026-02-01",
        "EndDate": "2026-11-30",
        "IsActive": True,
        "ProjectStatus": "Active",
        "PurchaseOrderNo": "PO-7741",
        "AllowAllEmployees": True,
    }
    row = office.post("/Projects", body)
    assert {name: row[name] for name in body} == body
    assert (row["CustomerId"], row["DepartmentId"]) == (customer["Id"], department["Id"])
    assert "not a contact of the customer" in office.refusal(
        "/Projects", {**body, "Code": "9188", "CustomerNo": other["Number"]}
    )
    assert office.get("/Projects", customerNos=str(customer["Number"])) == [row]
    assert office.get("/Projects", projectManagerEmployeeNos=str(employee["Number"]), name="nidarø") == [row]
    archived = office.patch(f"/Projects/{row['Id']}", ("replace", "/ProjectStatus", "Archived"))
    assert office.get("/Projects", 204, projectCodes="9187", excludeArchivedProject="true") is None
    assert office.get("/Projects", projectCodes="9187", status="Archived") == [archived]


def test_sub_projects_read_back_with_their_parents_code(office: Office) -> None:
    """PO-11: main.sub; found with their parent when asked for."""
    main = office.post("/Projects", {"Name": "Hoved", "Code": "500"})
    sub = office.post("/Projects", {"Name": "Del", "Code": "1", "ParentProjectCode": "500"})
    assert (sub["Code"], sub["ParentProjectId"], sub["CustomerId"]) == ("500.1", main["Id"], None)
    assert office.get("/Projects", projectCodes="500", includeSubProjects="true") == [main, sub]
    refused = office.patch(f"/Projects/{main['Id']}", ("replace", "/Code", "5.0"), status=400)
    assert "reserved" in refused["detail"]
    assert office.patch(f"/Projects/{sub['Id']}", ("replace", "/Code", "2"))["Code"] == "500.2"


@pytest.mark.parametrize(
    "operations",
    [
        [],
        {"op": "replace"},
        [{"op": "replace", "path": "/Name"}],
        [{"op": "replace", "path": "Name", "value": "x"}],
        [{"op": "change", "path": "/Name", "value": "x"}],
        [{"op": "replace", "path": "/Name", "value": "x", "extra": 1}],
        [{"op": "replace", "path": "/Id", "value": 1}],
        [{"op": "replace", "path": "/Name/First", "value": "x"}],
        [{"op": "replace", "path": "/IsActive", "value": "yes"}],
        [{"op": "remove", "path": "/Name"}],
        [{"op": "replace", "path": "/Name", "value": "x"}, {"op": "replace", "path": "/Nobody", "value": 1}],
        [{"op": "replace", "path": "/Name", "value": "x"}, {"op": "test", "path": "/Code", "value": "other"}],
    ],
)
def test_a_patch_is_applied_whole_or_not_at_all(office: Office, operations: Any) -> None:
    """PO-02: malformed documents, unknown members, failed tests change nothing."""
    row = office.post("/Departments", {"Name": "Nord", "Code": "N"})
    path = f"/Departments/{row['Id']}"
    headers = {"Content-Type": PATCH}
    answer = office.send("PATCH", path, json=operations, headers=headers, valid_request=False)
    assert answer.status_code == 400
    assert office.get(path) == row


def test_a_patch_needs_its_own_content_type(office: Office) -> None:
    """PO-02: application/json is refused on PATCH."""
    row = office.get("/Departments")[0]
    document = [{"op": "replace", "path": "/Name", "value": "x"}]
    assert office.send("PATCH", f"/Departments/{row['Id']}", json=document, valid_request=False).status_code == 415
    answer = office.send(
        "POST", "/Departments", content=b"Name=x", headers={"Content-Type": "text/plain"}, valid_request=False
    )
    assert answer.status_code == 415


def test_patch_operations_work_on_nested_and_null_objects(office: Office) -> None:
    """PO-06: nested members by path in any case; a null object is added whole; test, copy and move."""
    row = office.customer(WebsiteUrl="www.a.example")
    path = f"/Customers/{row['Id']}"
    refused = office.patch(path, ("add", "/MailAddress/City", "Oslo"), status=400)
    assert "'city' was not found" in refused["detail"]
    assert "'ZipCode'" in office.patch(path, ("add", "/MailAddress", {"City": "Oslo"}), status=400)["detail"]
    whole = office.patch(path, ("add", "/MailAddress", {"City": "Oslo", "ZipCode": "0150"}))
    assert whole["MailAddress"]["CountryCode"] == "NO"
    mixed = [
        {"op": "replace", "path": "/mailAddress/city", "value": "Bodø"},
        {"op": "test", "path": "/MailAddress/ZipCode", "value": "0150"},
    ]
    headers = {"Content-Type": PATCH}
    after = office.send("PATCH", path, json=mixed, headers=headers, valid_request=False).json()
    assert (after["MailAddress"]["City"], after["MailAddress"]["Id"]) == ("Bodø", whole["MailAddress"]["Id"])
    document = [{"op": "copy", "from": "/WebsiteUrl", "path": "/LegalName"}, {"op": "remove", "path": "/WebsiteUrl"}]
    answer = office.send("PATCH", path, json=document, headers={"Content-Type": PATCH})
    assert (answer.json()["LegalName"], answer.json()["WebsiteUrl"]) == ("www.a.example", None)
    assert office.patch(path, ("remove", "/MailAddress")).get("MailAddress") is None
