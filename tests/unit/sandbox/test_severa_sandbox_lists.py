"""Severa's lists: page tokens, first rows, filters and what changed since when (contract, sections 3 and 6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from served import Served, operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running
        running.validate_recorded()


def now(served: Served) -> str:
    """A moment after everything so far, by the simulated clock."""
    text: str = served.control.post("/clock", json={"advance_seconds": 5}).json()["now"]
    return text.replace("+00:00", "Z")


def test_page_tokens_lead_through_all_rows_once_and_a_short_page_is_not_the_last(served: Served) -> None:
    seen: list[str] = []
    sizes: list[int] = []
    token: str | None = None
    while True:
        query: dict[str, Any] = {"rowCount": 10, **({"pageToken": token} if token else {})}
        answer = served.severa.get("/v1/customers", params=query)
        seen += [row["guid"] for row in answer.json()]
        sizes.append(len(answer.json()))
        token = answer.headers.get("NextPageToken")
        if token is None:
            break
    assert len(seen) == len(set(seen)) == len(served.control.get("/severa/objects/customers").json())
    assert set(sizes[:-1]) == {9}


def test_twenty_rows_come_unless_said_otherwise_and_a_hundred_at_most(served: Served) -> None:
    assert len(served.get("/v1/projects")) == 19
    assert len(served.get("/v1/addresses")) == 20
    for count in ("101", "0", "many"):
        for path in ("/v1/projects", "/v1/addresses"):
            assert served.severa.get(path, params={"rowCount": count}).status_code == 400


def test_a_page_token_is_good_for_its_own_query_only(served: Served) -> None:
    token = served.severa.get("/v1/customers", params={"rowCount": 5}).headers["NextPageToken"]
    assert served.severa.get("/v1/customers", params={"rowCount": 7, "pageToken": token}).status_code == 200
    for path, query in (
        ("/v1/customers", {"pageToken": token, "isActive": "true"}),
        ("/v1/projects", {"pageToken": token}),
        ("/v1/customers", {"pageToken": "5.guessed"}),
        ("/v1/customers", {"pageToken": "nonsense"}),
    ):
        answer = served.severa.get(path, params=query)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "InvalidParameter")


def test_first_row_paging_gives_no_header_and_ends_in_an_empty_page(served: Served) -> None:
    first = served.severa.get("/v1/contactpersons", params={"rowCount": 30})
    assert "NextPageToken" not in first.headers
    second = served.get("/v1/contactpersons", {"rowCount": 30, "firstRow": 30})
    assert not {row["guid"] for row in first.json()} & {row["guid"] for row in second}
    assert served.get("/v1/contactpersons", {"firstRow": 5000}) == []


def test_product_categories_and_travel_types_come_whole(served: Served) -> None:
    for path, kind in (
        ("/v1/productcategories", "productcategories"),
        ("/v1/travelexpensetypes", "travelexpensetypes"),
    ):
        assert len(served.get(path)) == len(served.control.get(f"/severa/objects/{kind}").json())
    assert len(served.get("/v1/productcategories", {"rowCount": 2})) == 2


def test_changed_since_is_inclusive_and_sees_additions_and_changes(served: Served) -> None:
    """PO-02: reading what changed."""
    start = now(served)
    assert served.everything("/v1/products", changedSince=start) == []
    product = served.get("/v1/products", {"rowCount": 1})[0]
    path = f"/v1/products/{product['guid']}"
    changed = served.severa.patch(path, json=[operation("/name", "Endret navn")]).json()[0]
    made = served.severa.post("/v1/products", json={"name": "Helt ny", "code": "HN1"}).json()
    found = served.everything("/v1/products", changedSince=changed["lastUpdatedDateTime"])
    assert [row["guid"] for row in found] == [product["guid"], made["guid"]]
    later = now(served)
    assert served.everything("/v1/products", changedSince=later) == []
    assert len(served.everything("/v1/products", changedSince="2018-01-01T00:00:00+01:00")) > 2


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01T00:00:00Z", "2026-03-02T06:00:00 01:00"])
def test_a_moment_that_is_none_is_refused(served: Served, value: str) -> None:
    """An unencoded plus arrives as a space."""
    assert served.severa.get("/v1/products", params={"changedSince": value}).status_code == 400


@pytest.mark.parametrize(
    ("path", "query", "member"),
    [
        ("/v1/customers", "numbers", "number"),
        ("/v1/customers", "customerNames", "name"),
        ("/v1/customers", "emailAddresses", "email"),
        ("/v1/projects", "numbers", "number"),
        ("/v1/projects", "projectGuids", "guid"),
    ],
)
def test_an_array_filter_repeats_its_name(served: Served, path: str, query: str, member: str) -> None:
    """PO-03 PO-11: look-ups by number, name and address."""
    wanted = [row[member] for row in served.get(path, {"rowCount": 19}) if row[member] is not None][2:5]
    found = served.get(path, {query: wanted, "rowCount": 100})
    assert [row[member] for row in found] == wanted


@pytest.mark.parametrize(
    ("path", "query", "member"),
    [
        ("/v1/products", "code", "code"),
        ("/v1/worktypes", "code", "code"),
        ("/v1/travelexpensetypes", "code", "code"),
        ("/v1/businessunits", "code", "code"),
        ("/v1/businessunits", "name", "name"),
        ("/v1/users", "code", "code"),
        ("/v1/users", "email", "email"),
        ("/v1/customers", "vatNumber", "vatNumber"),
        ("/v1/costcenters", "identifier", "identifier"),
    ],
)
def test_a_single_filter_finds_exactly_its_value(served: Served, path: str, query: str, member: str) -> None:
    """PO-08 PO-12."""
    value = next(row[member] for row in served.get(path, {"rowCount": 19}) if row[member])
    assert {row[member] for row in served.get(path, {query: value, "rowCount": 100})} == {value}
    assert served.get(path, {query: "no such value"}) == []
    assert served.get(path, {query: ""}) == served.get(path)
    assert served.severa.get(path, params={query: [value, value]}).status_code == 400


@pytest.mark.parametrize(
    ("path", "query", "test"),
    [
        ("/v1/customers", {"isActive": "false"}, lambda row: not row["isActive"]),
        ("/v1/customers", {"isInternal": "true"}, lambda row: row["isInternal"]),
        ("/v1/projects", {"isClosed": "true"}, lambda row: row["isClosed"]),
        ("/v1/projects", {"internal": "true"}, lambda row: row["isInternal"]),
        ("/v1/products", {"type": "Subcontracting"}, lambda row: row["type"] == "Subcontracting"),
        ("/v1/salesstatustypes", {"salesState": "Won"}, lambda row: row["salesState"] == "Won"),
        ("/v1/worktypes", {"textToSearch": "rådgiver"}, lambda row: "rådgiver" in row["name"].lower()),
        ("/v1/invoices", {"startDate": "2025-11-10"}, lambda row: row["date"] >= "2025-11-10"),
        ("/v1/invoices", {"endDate": "2025-11-10T00:00:00+02:00"}, lambda row: row["date"] <= "2025-11-10"),
        ("/v1/workhours", {"eventDateStart": "2025-11-20"}, lambda row: row["eventDate"] >= "2025-11-20"),
        ("/v1/invoices", {"minimumTotalExcludingTax": "0"}, lambda row: row["totalExcludingTax"]["amount"] >= 0),
    ],
)
def test_a_filter_gives_all_rows_that_match_and_no_other(
    served: Served, path: str, query: dict[str, str], test: Any
) -> None:
    """PO-04 PO-11 VB-11 NX-11."""
    everything = served.get(path, {"rowCount": 100})
    wanted = [row["guid"] for row in everything if test(row)]
    assert [row["guid"] for row in served.get(path, {**query, "rowCount": 100})] == wanted
    assert wanted
    assert len(wanted) < len(everything)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/customers", {"isActive": "perhaps"}),
        ("/v1/customers", {"numbers": "ten"}),
        ("/v1/products", {"type": "Cakes"}),
        ("/v1/salesstatustypes", {"salesState": "won"}),
        ("/v1/invoices", {"startDate": "soon"}),
        ("/v1/vatrates", {"firstRow": "0"}),
        ("/v1/contactpersons", {"pageToken": "1"}),
        ("/v1/customers", {"firstRow": "0"}),
    ],
)
def test_a_value_or_name_that_a_list_does_not_know_is_refused(served: Served, path: str, query: dict[str, str]) -> None:
    assert served.severa.get(path, params=query).status_code == 400


def test_won_projects_are_found_by_their_type(served: Served) -> None:
    """PO-11: Won is told by joining the status types."""
    won = [row["guid"] for row in served.get("/v1/salesstatustypes", {"salesState": "Won"})]
    found = served.everything("/v1/projects", salesStatusTypeGuids=won)
    assert {row["salesStatus"]["salesStatusTypeGuid"] for row in found} == set(won)
    cases = served.everything("/v1/salescases")
    assert not {row["guid"] for row in cases} & {row["guid"] for row in found}
    assert cases


def test_invoices_are_picked_up_by_status(served: Served) -> None:
    """ALL-04."""
    statuses = {row["name"]: row for row in served.get("/v1/invoicestatuses")}
    trigger = statuses["Send to PowerOffice"]
    found = served.everything("/v1/invoices", invoiceStatusGuids=[trigger["guid"], statuses["Draft"]["guid"]])
    assert {row["status"]["name"] for row in found} == {"Send to PowerOffice", "Draft"}
    assert not trigger["hasInvoiceNumber"]


def test_vat_rates_are_those_of_the_own_country_unless_another_is_asked_for(served: Served) -> None:
    """NX-12."""
    finland = next(row for row in served.get("/v1/localization/countries") if row["code2"] == "FI")
    own = served.get("/v1/vatrates")
    assert sorted(row["percentage"] for row in own) == [0, 15, 25, 25.5]
    assert [row["code"] for row in served.get("/v1/vatrates", {"countryGuid": finland["guid"]})] == ["FI255"]


def test_the_sources_of_an_invoice_row_are_found(served: Served) -> None:
    """NX-11 PC-09 VB-09: project, user and cost of a row come from its sources."""
    kinds = {"Hours": "workhours", "ProjectFees": "projectfees", "TravelExpenses": "projecttravelexpenses"}
    rows = [row for row in served.everything("/v1/invoicerows") if row["rowType"] in kinds]
    found = set()
    for row in rows:
        for source in served.get(f"/v1/invoicerows/{row['guid']}/{kinds[row['rowType']]}"):
            assert source["invoiceRowGuid"] == row["guid"]
            assert source["invoice"]["guid"] == row["invoiceGuid"]
            found.add(row["rowType"])
    assert found == set(kinds)


def test_large_lists_and_small_look_ups_cost_the_same_answer(served: Served) -> None:
    """Whether a filter goes by the index or by a walk, the pages hold the same rows."""
    status = next(row for row in served.get("/v1/salesstatustypes", {"salesState": "Won"}))
    customer = served.get("/v1/projects", {"rowCount": 1})[0]["customer"]["guid"]
    both = served.everything("/v1/projects", customerGuids=[customer], salesStatusTypeGuids=[status["guid"]])
    walked = [
        row["guid"]
        for row in served.everything("/v1/projects")
        if row["customer"]["guid"] == customer and row["salesStatus"]["salesStatusTypeGuid"] == status["guid"]
    ]
    assert [row["guid"] for row in both] == walked
    assert [row["guid"] for row in served.everything(f"/v1/customers/{customer}/projects")]
