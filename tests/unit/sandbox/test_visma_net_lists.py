"""Paging, filters and the lists without pages of the simulated Visma.net."""

import pytest

from tests.unit.sandbox.visma_net_office import Office

LISTS = ("/v1/customer", "/v1/inventory", "/v1/project", "/v1/projectbasic", "/v1/inventory/itemClass")


@pytest.mark.parametrize("path", LISTS)
def test_pages_carry_their_metadata_and_are_cut_silently(path: str) -> None:
    """VN-02: total count and largest page in every element; a small largest page."""
    office = Office()
    every = office.get(path)
    assert {row["metadata"]["totalCount"] for row in every} == {len(every)}
    office.act("set_behaviour", max_page_size=3)
    first = office.get(path, pageNumber=1, pageSize=500)
    assert (len(first), first[0]["metadata"]["maxPageSize"]) == (3, 3)
    plain = [{name: value for name, value in row.items() if name != "metadata"} for row in every]
    paged = [{n: v for n, v in row.items() if n != "metadata"} for row in office.pages(path, 500)]
    assert paged == plain
    assert office.get(path, pageNumber=9_999, pageSize=500) == []


def test_items_come_five_thousand_at_a_time() -> None:
    """VN-07."""
    assert Office().get("/v1/inventory")[0]["metadata"]["maxPageSize"] == 5000


def test_tasks_have_no_metadata() -> None:
    """VN-09: the schema of a task has no such member."""
    office = Office()
    rows = office.get("/v1/projecttask", pageNumber=1, pageSize=4)
    assert len(rows) == 4
    assert all("metadata" not in row for row in rows)


@pytest.mark.parametrize(
    "path",
    ["/v1/contact", "/v1/branch", "/v1/organization", "/v1/currency", "/v1/customer/customerClass", "/v1/dimension",
     "/v1/numberSequence", "/v1/account", "/v1/ledger"],
)  # fmt: skip
def test_lists_without_pages_come_whole(path: str) -> None:
    """ALL-10: they take no paging names."""
    office = Office()
    office.act("set_behaviour", max_page_size=1)
    assert len(office.get(path)) > (path == "/v1/organization") - 1
    office.get(path, 400, pageNumber=1)


def test_terms_come_in_a_wrapper() -> None:
    """VN-14: the days of each; 45 is missing, one is for suppliers alone."""
    office = Office()
    found = office.get("/v1/creditTerm", pageNumber=1, pageSize=2)
    assert (found["totalCount"], found["pageSize"], len(found["records"])) == (5, 2, 2)
    every = office.get("/v1/creditTerm")["records"]
    usable = [row["dueDay1"] for row in every if row["dueDateType"] == "N" and row["visibleTo"] in {"AL", "CU"}]
    assert usable == [7, 14, 30]
    assert office.get("/v1/creditTerm", termsId="14")["records"][0]["description"] == "Netto 14 dager"


def test_changes_are_asked_for_with_a_local_time_and_a_condition() -> None:
    """VN-01, ALL-02: both together, without zone."""
    office = Office()
    office.get("/v1/customer", 400, lastModifiedDateTime="2026-01-01")
    office.get("/v1/customer", 400, lastModifiedDateTimeCondition=">=")
    for wrong in ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00+01:00", "yesterday", "2026-02-30"):
        office.get("/v1/customer", 400, lastModifiedDateTime=wrong, lastModifiedDateTimeCondition=">=")
    number = office.customer()
    stamp = office.get(f"/v1/customer/{number}")["lastModifiedDateTime"]

    def numbers(condition: str, at: str = stamp) -> list[str]:
        rows = office.get("/v1/customer", lastModifiedDateTime=at, lastModifiedDateTimeCondition=condition)
        return [row["number"] for row in rows]

    assert numbers(">=") == [number]
    assert numbers(">") == []
    assert numbers(">=", stamp.replace("T", " ")) == [number]
    assert number in numbers("<=")
    assert number not in numbers("<")
    assert len(numbers(">", "2000-01-01")) == len(office.get("/v1/customer"))


def test_a_change_moves_a_row_into_the_next_reading() -> None:
    """ALL-02."""
    office = Office()
    old = office.get("/v1/customer")[0]
    since = max(row["lastModifiedDateTime"] for row in office.get("/v1/customer"))
    office.clock.advance(60)
    office.act("edit_customer", number=old["number"], name="Nytt navn AS")
    (row,) = office.get("/v1/customer", lastModifiedDateTime=since, lastModifiedDateTimeCondition=">")
    assert (row["internalId"], row["name"]) == (old["internalId"], "Nytt navn AS")


def test_filters_narrow_customers_and_items() -> None:
    """VN-03, VN-07."""
    office = Office()
    number = office.customer(
        corporateId="911222333", vatRegistrationId="NO911222333MVA", mainContact={"email": "x@y.example"}
    )
    for name, value in {
        "corporateId": "911222333",
        "vatRegistrationId": "NO911222333MVA",
        "email": "x@y.example",
    }.items():
        assert [row["number"] for row in office.get("/v1/customer", **{name: value})] == [number]
    assert all(row["status"] == "Inactive" for row in office.get("/v1/customer", status="Inactive"))
    office.item()
    assert [row["inventoryNumber"] for row in office.get("/v1/inventory", inventoryNumber="RÅD-10")] == ["RÅD-10"]
    types = {row["type"] for row in office.get("/v1/inventory", inventoryTypes=["LaborItem", "ExpenseItem"])}
    assert types == {"LaborItem", "ExpenseItem"}


def test_the_non_project_code_and_templates_stand_apart() -> None:
    """VN-16: `X` is asked for by name."""
    office = Office()
    (row,) = office.get("/v1/project", nonProject=True)
    assert (row["projectID"], row["internalID"]) == ("X", 0)
    assert {"X", "Z"}.isdisjoint(each["projectID"] for each in office.get("/v1/project"))
    assert office.get("/v1/projectbasic", nonProject=True)[0]["projectID"] == "X"


def test_branches_and_the_organisation_tell_their_numbers() -> None:
    """VN-10, ALL-10: VAT numbers of branches, the organisation number of the company."""
    office = Office()
    own = office.world.organisation
    branches = {row["number"]: row for row in office.get("/v1/branch")}
    assert branches["1"]["vatRegistrationId"] == own.vat_number
    assert (branches["2"]["isActive"], branches["9"]["isActive"]) == (True, False)
    assert "mainAddress" not in branches["1"]
    assert office.get("/v1/branch/1", expandAddress=True)["mainAddress"]["country"]["id"] == "NO"
    (company,) = office.get("/v1/organization", expandBranches=True)
    assert (company["corporateId"], len(company["branches"])) == (own.organisation_number, 3)
    assert office.get(f"/v1/organization/{company['organizationCd']}")["baseCurrency"] == "NOK"


def test_sequences_tell_the_next_number() -> None:
    """ALL-10: also those with letters, and those that come near their end."""
    office = Office()
    sequence = office.get("/v1/numberSequence/ARINVOICE")["sequence"][0]
    office.item()
    assert office.invoice(office.customer(), {"quantity": 1.0}) == sequence["nextNumber"]
    office.act("set_sequence", id="ARINVOICE", prefix="F", next=2_147_483_648)
    assert office.get("/v1/numberSequence/ARINVOICE")["sequence"][0]["nextNumber"] == "F2147483648"
    base = [row["id"] for row in office.get("/v1/currency") if row["isBaseCurrency"]]
    assert base == ["NOK"]
