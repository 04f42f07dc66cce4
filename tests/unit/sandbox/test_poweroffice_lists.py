"""Lists of the simulated PowerOffice: paging, filters, incremental reading (contract, sections 3 and 4)."""

from datetime import datetime, timedelta

import pytest

from tests.unit.sandbox.poweroffice_office import GUID, Office


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def test_an_empty_list_is_204_without_a_body(office: Office) -> None:
    """PO-03: nothing found has no body, on the first page and behind the last."""
    assert office.get("/Customers", 204, externalImportReference=GUID) is None
    assert office.get("/Customers", 204, PageNumber=2) is None


def test_pages_are_cut_and_the_next_one_is_hinted(office: Office) -> None:
    """PO-03: PageSize and PageNumber; X-Pagination holds nextPageLink while there is a next page."""
    every = office.get("/Products")
    size = len(every) // 2 + 1
    first = office.send("GET", "/Products", params={"PageSize": size})
    second = office.send("GET", "/Products", params={"PageSize": size, "PageNumber": 2})
    assert [row["Id"] for row in first.json() + second.json()] == [row["Id"] for row in every]
    assert f"PageNumber=2&PageSize={size}" in first.headers["x-pagination"]
    assert "x-pagination" not in second.headers


@pytest.mark.parametrize(
    "query",
    [
        "$top=5",
        "$skip=5",
        "nobody=1",
        "CustomerNos=1",
        "PageSize=0",
        "PageSize=20001",
        "PageNumber=0",
        "PageSize=many",
        "customerNos=ten",
        "customerNos=1&customerNos=2",
        "lastChangedDateTimeOffsetGreaterThan=yesterday",
        "lastChangedDateTimeOffsetGreaterThan=2026-01-15T08:00:00.000000+00:00",
        "Fields=Id,Nothing",
    ],
)
def test_unknown_names_and_malformed_values_are_refused(office: Office, query: str) -> None:
    """PO-03: OData's $top, wrong case, an unencoded plus and the like are 400."""
    answer = office.send("GET", f"/Customers?{query}", valid_request=False)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_the_largest_page_is_taken(office: Office) -> None:
    """PO-03: 20 000 rows a page at most; OrderBy and UseDatabaseValidation are accepted."""
    office.get("/Customers", PageSize=20_000, OrderBy="Name", UseDatabaseValidation="true")


def test_fields_leave_members_out(office: Office) -> None:
    """PO-03: Fields names the members to return."""
    assert {tuple(row) for row in office.get("/Customers", Fields="Id,Number")} == {("Id", "Number")}
    office.customer()
    assert {len(row) for row in office.get("/Customers", Fields="Id,MailAddress")} == {1, 2}


def test_greater_than_filters_are_exclusive(office: Office) -> None:
    """PO-03: the row changed at the very instant is not returned; a microsecond earlier it is."""
    row = office.customer()
    at = datetime.fromisoformat(row["LastChangedDateTimeOffset"])
    name = "lastChangedDateTimeOffsetGreaterThan"
    assert office.get("/Customers", 204, **{name: at.isoformat()}) is None
    assert office.get("/Customers", **{name: (at - timedelta(microseconds=1)).isoformat()}) == [row]
    oslo = (at - timedelta(seconds=1)).astimezone(datetime.fromisoformat("2026-01-01T00:00+01:00").tzinfo)
    assert office.get("/Customers", **{name: oslo.isoformat()}) == [row]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/Customers", ("replace", "/WebsiteUrl", "www.ny.example")),
        ("/Products", ("replace", "/Description", "Ny")),
        ("/ProductGroups", ("replace", "/Description", "Ny")),
        ("/Projects", ("replace", "/ContractNo", "K-1")),
        ("/Departments", ("replace", "/Name", "Ny avdeling")),
        ("/Employees", ("replace", "/JobTitle", "Fagansvarlig")),
    ],
)
def test_a_change_brings_exactly_the_changed_row(office: Office, path: str, change: tuple[str, str, str]) -> None:
    """PO-02: last changed finds an edit, created does not."""
    before = office.system.company.now()
    row = office.get(path)[-1]
    office.clock.advance(1)
    office.patch(f"{path}/{row['Id']}", change)
    found = office.get(path, lastChangedDateTimeOffsetGreaterThan=before)
    assert [each["Id"] for each in found] == [row["Id"]]
    created = {"/Customers": "customerCreated", "/Employees": "employeeCreated"}.get(path, "created")
    assert office.get(path, 204, **{f"{created}DateTimeOffsetGreaterThan": before}) is None


def test_customer_numbers_are_a_list_with_ranges(office: Office) -> None:
    """PO-03: single numbers, closed and open ranges."""
    numbers = sorted(row["Number"] for row in office.get("/Customers"))
    first, second, last = numbers[0], numbers[1], numbers[-1]

    def found(text: str) -> list[int]:
        return sorted(row["Number"] for row in office.get("/Customers", customerNos=text))

    assert found(f"{first},{last}") == [first, last]
    assert found(f"{first}-{second}") == [first, second]
    assert found(f"{second}-") == numbers[1:]
    assert found(f"{first},{last}-") == [first, last]


def test_codes_are_a_comma_list_and_a_hyphen_makes_a_range(office: Office) -> None:
    """PO-08: codes with a hyphen cannot be asked for, as the contract warns."""
    office.product(Code="A-1")
    office.product(Code="B2")
    assert [row["Code"] for row in office.get("/Products", codes="B2,B3")] == ["B2"]
    assert office.get("/Products", 204, codes="A-1") is None
    assert [row["Code"] for row in office.get("/Projects", projectCodes="1187.1")] == ["1187.1"]
    assert office.get("/Projects", 204, projectCodes="P-77") is None


def test_unverified_filters_work_are_ignored_or_refused(office: Office) -> None:
    """ALL-05: the capability check must be able to see each of the three."""
    office.order(office.customer(), {"ProductCode": office.product()["Code"], "Quantity": 1})
    asked = {"externalImportReferences": GUID}
    assert office.get("/SalesOrders", 204, **asked) is None
    office.act("set_unverified_filters", mode="ignore")
    assert len(office.get("/SalesOrders", **asked)) == 1
    office.act("set_unverified_filters", mode="refuse")
    assert office.send("GET", "/SalesOrders", params=asked).status_code == 400


def test_setup_lists_are_whole(office: Office) -> None:
    """ALL-10: terms without 45 days, one inactive currency at least, VAT codes with rates, series, settings."""
    assert {row["CreditDays"] for row in office.get("/PaymentTerms")} == {7, 14, 30}
    assert {row["Code"] for row in office.get("/Currencies", isActive="false")} == {"GBP", "USD"}
    assert {"NOK", "SEK", "EUR"} <= {row["Code"] for row in office.get("/Currencies", isActive="true")}
    rates = {row["Code"]: row["Rate"] for row in office.get("/VatCodes")}
    assert (rates["3"], rates["31"], rates["5"], rates["39"]) == (0.25, 0.15, 0.0, 0.255)
    (account,) = office.get("/GeneralLedgerAccounts", accountNos="3000")
    assert account["VatCode"] == "3"
    sales = office.get("/GeneralLedgerAccounts", accountNos="3000-3999")
    assert {row["AccountNo"] for row in sales} == {3000, 3030, 3039, 3100}
    (series,) = office.get("/SubLedgerNumberSeries", subLedgerNumberSeriesType="Customer")
    assert (series["FromInclusive"], series["ToInclusive"]) == (10_000, 19_999)
    assert office.get("/SubLedgerNumberSeries", 400, subLedgerNumberSeriesType="customer")["detail"]
    assert office.get("/SubLedgerNumberSeries", generalLedgerAccountNos="1500")[0]["Id"] == series["Id"]
    assert office.get("/VatSettings")["IsVatRegistered"] is True
    assert office.get("/FinancialSettings")["CurrencyCode"] == "NOK"
    assert office.get("/OrganizationSettings")["Name"] == "Fjellrådgiverne AS"
    assert office.get("/LockDateSettings")["LockDate"].endswith("-12-31")


def test_suppliers_can_be_read(office: Office) -> None:
    """PO-14: the name behind a supplier number."""
    first = office.get("/Suppliers")[0]
    assert office.get("/Suppliers", supplierNos=str(first["Number"])) == [first]
    assert office.get(f"/Suppliers/{first['Id']}") == first
    assert office.get("/Suppliers/1", 404)["detail"] == "Supplier with id = 1 not found."
