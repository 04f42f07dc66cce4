"""Customers, contacts, items and projects of the simulated Visma.net."""

import pytest

from tests.unit.sandbox.visma_net_office import GUID, Office


def test_the_erp_numbers_customers() -> None:
    """VN-02, VN-04: the number comes from the sequence, also when the body brings one."""
    office = Office()
    first = office.customer()
    second = office.customer(name="En annen AS", number="77")
    assert int(second) == int(first) + 1
    assert office.customer(name="Tredje AS", number="77", overrideNumberSeries=True) == "77"
    assert "already exists" in office.refusal(
        "POST", "/v1/customer", {"name": "X", "customerClassId": "10", "number": "77", "overrideNumberSeries": True}
    )
    office.act("set_segmented_key", id="CUSTOMER", is_auto_number=False)
    assert "Customer ID" in office.refusal("POST", "/v1/customer", {"name": "X", "customerClassId": "10"})


def test_a_class_brings_terms_and_vat_zone() -> None:
    """VN-05: classes are offered, and carried on the customer."""
    office = Office()
    assert [row["id"] for row in office.get("/v1/customer/customerClass")] == ["10", "20", "30"]
    assert office.get("/v1/customer/customerClass/20")["description"] == "Kunder i EU"
    office.get("/v1/customer/customerClass/99", 404)
    number = office.customer(customerClassId="20", creditTermsId="30")
    row = office.get(f"/v1/customer/{number}")
    assert (row["vatZone"]["id"], row["creditTerms"]["id"]) == ("02", "30")
    office.put(f"/v1/customer/{number}", {"customerClassId": "10"})
    row = office.get(f"/v1/customer/{number}")
    assert (row["customerClass"]["id"], row["vatZone"]["id"]) == ("10", "02")
    office.put(f"/v1/customer/{number}", {"customerClassId": "10", "overrideWithClassValues": True})
    assert office.get(f"/v1/customer/{number}")["vatZone"]["id"] == "01"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"name": ""}, "'name' cannot be empty."),
        ({"customerClassId": "99"}, "Customer class ID '99' cannot be found in the system."),
        ({"creditTermsId": "45"}, "Credit Terms ID '45' cannot be found in the system."),
        ({"currencyId": "XXX"}, "Currency ID 'XXX' cannot be found in the system."),
        ({"mainAddress": {"countryId": "ZZ"}}, "Country ID 'ZZ' cannot be found in the system."),
        ({"mainAddress": {"county": "99"}}, "County '99' cannot be found in the system."),
    ],
)
def test_a_customer_with_unknown_references_is_refused(members: dict[str, object], words: str) -> None:
    """VN-02: missing dependencies have their own words."""
    body = {"name": "X", "customerClassId": "10", **members}
    assert Office().refusal("POST", "/v1/customer", body) == words


def test_bill_to_and_shipping_addresses_are_the_main_one_until_written() -> None:
    """VN-06: billing, postal and office addresses."""
    office = Office()
    number = office.customer(mainAddress={"addressLine1": "Storgata 1", "city": "Ålesund", "countryId": "NO"})
    row = office.get(f"/v1/customer/{number}")
    assert row["invoiceAddress"] == row["mainAddress"] == row["deliveryAddress"]
    office.put(f"/v1/customer/{number}", {"invoiceAddress": {"addressLine1": "Postboks 88", "countryId": "SE"}})
    office.put(f"/v1/customer/{number}", {"mainAddress": {"postalCode": "6002"}})
    row = office.get(f"/v1/customer/{number}")
    assert (row["invoiceAddress"]["addressLine1"], row["invoiceAddress"]["country"]["id"]) == ("Postboks 88", "SE")
    assert (row["mainAddress"]["addressLine1"], row["mainAddress"]["postalCode"]) == ("Storgata 1", "6002")
    assert row["deliveryAddress"] == row["mainAddress"]
    (place,) = office.get(f"/v1/location/{number}")
    assert (place["locationId"], place["address"]["city"]) == ("MAIN", "Ålesund")


def test_a_put_changes_what_is_sent_and_clears_with_an_empty_text() -> None:
    """ALL-02: partial updates; the version and the time of change move on."""
    office = Office()
    number = office.customer(vatRegistrationId="NO123456789MVA", mainContact={"email": "a@b.example"})
    before = office.get(f"/v1/customer/{number}")
    answer = office.put(f"/v1/customer/{number}", {"vatRegistrationId": "", "status": "Inactive"})
    after = office.get(f"/v1/customer/{number}")
    assert answer.headers["etag"] == f'"{after["timeStamp"]}"' != f'"{before["timeStamp"]}"'
    assert (after["vatRegistrationId"], after["status"]) == ("", "Inactive")
    assert after["mainContact"] == before["mainContact"]
    assert office.get(f"/v1/customer/internal/{after['internalId']}") == after
    assert "cannot be changed" in office.refusal("PUT", f"/v1/customer/{number}", {"number": "5"})


def test_the_note_of_a_customer_is_read_apart() -> None:
    """ALL-05: the marker behind a lost reply."""
    office = Office()
    number = office.customer(note=f"severa:customer:{GUID}#1")
    assert "note" not in office.get(f"/v1/customer/{number}")
    assert office.get(f"/v1/customer/{number}/note") == {"note": f"severa:customer:{GUID}#1"}


def test_names_may_repeat_and_are_found_exactly() -> None:
    """VN-03: two of a name; a filter on the name is equality."""
    office = Office()
    numbers = [office.customer(), office.customer()]
    assert [row["number"] for row in office.get("/v1/customer", name="Blåfjell Rør & Varme AS")] == numbers
    assert office.get("/v1/customer", name="Blåfjell") == []


def test_a_renumbered_customer_keeps_its_internal_id() -> None:
    """ALL-14: the guide's warning."""
    office = Office()
    number = office.customer()
    internal = office.get(f"/v1/customer/{number}")["internalId"]
    office.act("renumber_customer", number=number, to="60000")
    office.get(f"/v1/customer/{number}", 404)
    assert office.get(f"/v1/customer/internal/{internal}")["number"] == "60000"
    office.act("delete_customer", number="60000")
    office.get(f"/v1/customer/internal/{internal}", 404)


def test_contacts_belong_to_a_customer() -> None:
    """VN-02: names, phones and flags of a contact."""
    office = Office()
    number = office.customer()
    assert "lastName" in office.refusal("POST", "/v1/contact", {"firstName": "Bjørn"})
    assert "cannot be found" in office.refusal("POST", "/v1/contact", {"lastName": "Ø", "businessAccount": "0"})
    body = {"lastName": "Ødegård", "firstName": "Bjørn", "title": "Mr", "phone1": "+47 4", "doNotEmail": True}
    contact = office.create("/v1/contact", {**body, "businessAccount": number})
    row = office.get(f"/v1/contact/{contact}")
    assert (row["displayName"], row["businessAccount"], row["active"]) == ("Ødegård, Bjørn", number, True)
    assert [each["contactId"] for each in office.get(f"/v1/customer/{number}/contact")] == [row["contactId"]]
    office.put(f"/v1/contact/{contact}", {"active": False})
    assert office.get(f"/v1/customer/{number}/contact", active="true") == []
    assert office.get("/v1/contact", businessAccount=number, firstName="Bjørn")[0]["doNotEmail"] is True
    office.get("/v1/customer/0/contact", 404)


def test_an_item_takes_the_rest_from_its_class() -> None:
    """VN-07, VN-08: one registry; the class gives type, VAT and unit."""
    office = Office()
    number = office.item(defaultPrice=1450.0)
    row = office.get(f"/v1/inventory/{number}")
    assert (row["type"], row["vatCode"]["id"], row["baseUnit"]) == ("LaborItem", "3", "TIME")
    assert row["timestamp"]
    assert "timeStamp" not in row
    assert office.get("/v1/inventory/itemclass/TIMER25")["type"] == "LaborItem"
    assert "already exists" in office.refusal(
        "POST", "/v1/inventory", {"inventoryNumber": number, "itemClass": "TIMER25"}
    )
    assert "itemClass" in office.refusal("POST", "/v1/inventory", {"inventoryNumber": "NY"})
    assert "type ExpenseItem" in office.refusal("PUT", f"/v1/inventory/{number}", {"itemClass": "UTLEGG25"})
    office.put(f"/v1/inventory/{number}", {"itemClass": "TIMER15"}, if_match='"AAAA"')
    assert office.get(f"/v1/inventory/internal/{row['inventoryId']}")["vatCode"]["id"] == "31"
    assert "cannot be changed" in office.refusal("PUT", f"/v1/inventory/{number}", {"inventoryNumber": "A"})


def test_a_key_limits_the_length_of_numbers() -> None:
    """ALL-10: segmented keys of items, projects and tasks."""
    office = Office()
    keys = {name: office.get(f"/v1/dimension/{name}") for name in office.get("/v1/dimension")}
    assert (keys["PROJECT"]["length"], keys["CUSTOMER"]["segments"][0]["isAutoNumber"]) == (4, True)
    body = {"description": "X", "startDate": "2026-03-01"}
    for number in ("47", "47110"):
        assert "length is 4" in office.refusal("POST", "/v1/project", {**body, "projectID": number})
    office.act("set_segmented_key", id="PROJECT", length=6, exact=False)
    office.create("/v1/project", {**body, "projectID": "47"})
    office.act("set_segmented_key", id="INVENTORY", length=5)
    assert "length is 5" in office.refusal(
        "POST", "/v1/inventory", {"inventoryNumber": "RÅD-10", "itemClass": "TIMER25"}
    )
    office.act("set_segmented_key", id="PROJECT", validate=True, values={"4712": "tillatt"})
    assert "4711" in office.refusal("POST", "/v1/project", {**body, "projectID": "4711"})
    office.create("/v1/project", {**body, "projectID": "4712"})


def test_a_project_is_in_planning_until_it_is_activated() -> None:
    """VN-09: template Z, on hold, task 10, closing and losing."""
    office = Office()
    (template,) = office.get("/v1/project", systemTemplate=True)
    assert (template["projectID"], template["status"], template["tasks"][0]["taskId"]) == ("Z", "Active", "10")
    customer = office.customer()
    body = {"projectID": "4711", "description": "Havn", "startDate": "2026-03-01", "billingPeriod": "OnDemand"}
    location = office.create("/v1/project", {**body, "template": "Z", "hold": True, "customer": customer})
    row = office.get(f"/v1/project/{location}")
    assert (row["status"], row["hold"], row["customer"]["number"]) == ("Planned", True, customer)
    assert row["visibility"]["visibleInAr"] is True
    assert [(task["taskId"], task["status"]) for task in row["tasks"]] == [("10", "Planned")]
    assert "on hold" in office.refusal("PUT", "/v1/project/4711", {"status": "Active"})
    office.put(f"/v1/project/internal/{row['internalID']}", {"hold": False, "status": "Active"})
    for status in ("Completed", "Active", "Cancelled"):
        office.put("/v1/project/4711", {"status": status})
        assert office.get("/v1/project/4711")["status"] == status
    assert "already exists" in office.refusal("POST", "/v1/project", body)
    assert "Template" in office.refusal("POST", "/v1/project", {**body, "projectID": "4712", "template": "Q"})


def test_a_template_without_task_leaves_the_task_to_be_entered() -> None:
    """VN-09: task 10 is made under the project's internal id and changed under its own."""
    office = Office()
    office.act("delete_task", number="Z", taskId="10")
    office.create("/v1/project", {"projectID": "4711", "description": "X", "startDate": "2026-03-01", "template": "Z"})
    row = office.get("/v1/project/4711")
    assert row["tasks"] == []
    path = f"/v1/projecttask/{row['internalID']}"
    task = office.create(path, {"taskId": "10", "description": "Severa", "status": "Active"})
    assert "already exists" in office.refusal("POST", path, {"taskId": "10", "description": "X"})
    assert "length is 4" in office.refusal("POST", path, {"taskId": "10000", "description": "X"})
    assert office.get(f"/v1/projecttask/{task}")["projectInternalId"] == row["internalID"]
    office.put(f"/v1/projecttask/{task}", {"status": "Completed"})
    assert office.get("/v1/project/4711")["tasks"][0]["status"] == "Completed"


def test_a_stale_version_is_refused_where_it_is_checked() -> None:
    """VN-09, ALL-02: projects and tasks; customers only when the sandbox is told to."""
    office = Office()
    office.project()
    old = office.send("GET", "/v1/project/4711").headers["etag"]
    office.put("/v1/project/4711", {"description": "Ny"}, if_match=old)
    office.put("/v1/project/4711", {"description": "Nyere"}, 412, if_match=old)
    assert office.get("/v1/project/4711")["description"] == "Ny"
    number = office.customer()
    office.put(f"/v1/customer/{number}", {"status": "Active"}, if_match='"AAAA"')
    office.act("set_behaviour", if_match="everywhere")
    office.put(f"/v1/customer/{number}", {"status": "Inactive"}, 412, if_match='"AAAA"')


def test_lengths_are_limited_when_the_sandbox_is_told_to() -> None:
    """VN-02: no published lengths; a tenant may meet some."""
    office = Office()
    office.act("set_length", member="name", length=10)
    assert office.refusal("POST", "/v1/customer", {"name": "A" * 11, "customerClassId": "10"}) == (
        "'name' is longer than 10 characters."
    )
    office.act("set_length", member="name", length=None)
    assert office.customer(name="A" * 300)


def test_renumbered_items_and_projects_are_found_by_internal_id() -> None:
    """ALL-14."""
    office = Office()
    item = office.get(f"/v1/inventory/{office.item()}")
    office.act("renumber_item", number="RÅD-10", to="RÅD-11")
    assert office.get(f"/v1/inventory/internal/{item['inventoryId']}")["inventoryNumber"] == "RÅD-11"
    project = office.get(f"/v1/project/{office.project()}")
    office.act("renumber_project", number="4711", to="4799")
    office.get("/v1/project/4711", 404)
    assert office.get(f"/v1/project/internal/{project['internalID']}")["projectID"] == "4799"
