"""Severa's projects, statuses over time, fees and files (contract, sections 9, 11 and 12)."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from served import Served, operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running
        running.validate_recorded()


def stored(served: Served, kind: str) -> list[dict[str, Any]]:
    """Everything of a kind."""
    rows: list[dict[str, Any]] = served.control.get(f"/severa/objects/{kind}").json()
    return rows


def refused(answer: httpx.Response, kind: str = "InvalidParameter") -> str:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] == kind, error
    return str(error["details"][0]["message"])


def later(served: Served) -> str:
    text: str = served.control.post("/clock", json={"advance_seconds": 2}).json()["now"]
    return text.replace("+00:00", "Z")


def new_project(served: Served, **members: Any) -> dict[str, Any]:
    customer = next(row for row in stored(served, "customers") if row["number"] and row["isActive"])
    body = {
        "name": "Nytt prosjekt",
        "customer": {"guid": customer["guid"]},
        "projectOwner": {"guid": stored(served, "users")[0]["guid"]},
        **members,
    }
    answer = served.severa.post("/v1/projects", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def state(served: Served, name: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = served.get("/v1/salesstatustypes", {"salesState": name})
    return rows[0]


def test_a_project_needs_name_customer_and_owner(served: Served) -> None:
    """PO-11."""
    assert "required" in refused(served.severa.post("/v1/projects", json={"name": "X"}))
    customer = {"guid": stored(served, "customers")[0]["guid"]}
    body = {"name": "X", "customer": customer, "projectOwner": {"guid": "nobody"}}
    assert served.severa.post("/v1/projects", json=body).status_code == 404


def test_a_new_project_has_number_unit_currency_statuses_and_a_root_phase(served: Served) -> None:
    """PO-11: without a sales status it is a case in progress."""
    made = new_project(served)
    assert made["number"] >= 200_000
    assert made["salesStatus"]["salesStatusTypeGuid"] == state(served, "InProgress")["guid"]
    assert made["businessUnit"]["companyName"] == "Fjellrådgiverne AS"
    assert made["currency"]["code"]
    assert served.get(f"/v1/phases/{made['rootPhase']['guid']}")["project"]["guid"] == made["guid"]


def test_a_project_can_be_made_won_and_its_number_is_unique(served: Served) -> None:
    """PO-11: created in PowerOffice means Won in Severa."""
    won = state(served, "Won")
    made = new_project(served, number=9701, salesStatus={"salesStatusTypeGuid": won["guid"]})
    assert (made["number"], made["salesStatus"]["name"], made["probability"]) == (9701, "Voitettu", 100)
    body = {name: {"guid": made[name]["guid"]} for name in ("customer", "projectOwner")}
    assert "in use" in refused(served.severa.post("/v1/projects", json={"name": "X", "number": 9701, **body}))
    assert served.get("/v1/projects", {"numbers": 9701})[0]["guid"] == made["guid"]


def test_a_change_of_sales_status_shows_under_its_own_since_alone(served: Served) -> None:
    """Section 6: the three since-parameters are asked in separate calls."""
    project = new_project(served, number=9702)
    start = later(served)
    won = state(served, "Won")
    path = f"/v1/projects/{project['guid']}"
    done = served.severa.patch(path, json=[operation("/salesStatus/salesStatusTypeGuid", won["guid"])]).json()[0]
    assert done["salesStatus"]["name"] == won["name"]
    assert done["lastUpdatedDateTime"] == project["lastUpdatedDateTime"]

    def found(name: str) -> list[str]:
        return [row["guid"] for row in served.get("/v1/projects", {name: start})]

    assert found("changedSince") == []
    assert found("salesStatusChangedSince") == [project["guid"]]
    assert found("projectStatusChangedSince") == []
    served.severa.patch(
        path, json=[operation("/projectStatus/projectStatusTypeGuid", stored(served, "projectstatustypes")[1]["guid"])]
    )
    assert found("projectStatusChangedSince") == [project["guid"]]
    served.severa.patch(path, json=[operation("/orderNumber", "PO-1")])
    assert found("changedSince") == [project["guid"]]
    history = served.get(f"{path}/salesstatushistory")
    assert [one["salesStatusType"]["guid"] for one in history][-1] == won["guid"]
    assert datetime.fromisoformat(history[-1]["timeStamp"]) >= datetime.fromisoformat(start)


def test_closing_sets_the_date_and_opening_clears_it(served: Served) -> None:
    """PO-11 VB-07."""
    project = new_project(served, number=9703)
    closed = served.act("close_project", number=9703)
    assert (closed["isClosed"], len(closed["closedDate"])) == (True, 10)
    path = f"/v1/projects/{project['guid']}"
    assert served.severa.patch(path, json=[operation("/isClosed", value=False)]).json()[0]["closedDate"] is None


def test_read_only_members_of_a_project_are_refused(served: Served) -> None:
    path = f"/v1/projects/{stored(served, 'projects')[0]['guid']}"
    for member in ("closedDate", "rootPhase", "keywords", "pricelist"):
        assert "read-only" in refused(served.severa.patch(path, json=[operation(f"/{member}", None)]))
    assert "null" in refused(served.severa.patch(path, json=[operation("/number", None)]))


def test_people_make_and_edit_projects_and_customers(served: Served) -> None:
    customer = served.act("create_customer", members={"name": "Av en person AS"})
    project = served.act("create_project", customer=customer["number"], name="Av en person", number=9704)
    assert project["salesStatus"]["name"] == "Voitettu"
    edited = served.act("edit_project", number=9704, members={"orderNumber": "B-7"})
    assert edited["orderNumber"] == "B-7"
    assert edited["lastUpdatedBy"]["name"] != "Integration User"
    renamed = served.act("edit_customer", number=customer["number"], members={"email": "x@y.example"})
    assert renamed["email"] == "x@y.example"
    for action, body in (
        ("edit_project", {"number": 9704, "members": {"closedDate": None}}),
        ("edit_customer", {"number": customer["number"], "members": {"name": None}}),
        ("create_customer", {"members": {"name": "Av en person AS"}}),
        ("close_project", {"number": 1}),
    ):
        assert served.control.post(f"/severa/{action}", json=body).status_code == 400, action


# ------------------------------------------------------------------ fees


def fee_body(served: Served, **members: Any) -> dict[str, Any]:
    project = next(row for row in stored(served, "projects") if not row["isClosed"])
    return {"project": {"guid": project["guid"]}, "name": "Kostnad", "quantity": 1, **members}


def test_a_fee_answers_as_an_array_and_keeps_our_key(served: Served) -> None:
    """PO-14 ALL-08: invoiceRowComment comes back."""
    body = fee_body(
        served,
        invoiceRowComment="psasync:go:4711",
        unitCost={"amount": 640.1, "currencyCode": "NOK"},
        unitPrice={"amount": 0.0, "currencyCode": "NOK"},
        productType="Subcontracting",
        isBillable=False,
        vatRate=25.0,
    )
    start = later(served)
    answer = served.severa.post("/v1/projectfees", json=body)
    assert answer.status_code == 201
    (made,) = answer.json()
    assert made["invoiceRowComment"] == "psasync:go:4711"
    assert made["unitCost"] == {"amount": 640.1, "currencyCode": "NOK", "multiCurrencyInfo": None}
    assert (made["lastUpdatedBy"]["name"], made["user"]["name"]) == ("Integration User", "Integration User")
    assert made["phase"]["guid"]
    assert made["customer"]["guid"]
    assert [row["guid"] for row in served.everything("/v1/projectfees", changedSince=start)] == [made["guid"]]
    own = served.everything(f"/v1/projects/{body['project']['guid']}/projectfees", productType="Subcontracting")
    assert made["guid"] in {row["guid"] for row in own}


def test_what_a_fee_does_not_say_follows_from_the_product(served: Served) -> None:
    """PO-14."""
    product = next(row for row in stored(served, "products") if row["code"] == "STD")
    body = fee_body(served, product={"guid": product["guid"]})
    del body["name"]
    (made,) = served.severa.post("/v1/projectfees", json=body).json()
    assert (made["name"], made["productType"], made["vatRate"]) == (product["name"], "Materials", 25.0)
    assert (made["billingSchedule"], made["isBillable"], made["quantity"]) == ("Immediately", True, 1)
    assert made["unitPrice"]["amount"] == product["unitPrice"]["amount"]


def test_a_fee_needs_an_open_project_and_a_name_or_product(served: Served) -> None:
    """PO-14: closed projects take no costs."""
    closed = next(row for row in stored(served, "projects") if row["isClosed"])
    refused(
        served.severa.post("/v1/projectfees", json=fee_body(served, project={"guid": closed["guid"]})),
        "InvalidOperation",
    )
    body = fee_body(served)
    del body["name"]
    assert "name" in refused(served.severa.post("/v1/projectfees", json=body))
    assert served.severa.post("/v1/projectfees", json=fee_body(served, project={"guid": "none"})).status_code == 404


def test_a_deleted_fee_is_listed_and_a_billed_one_stays(served: Served) -> None:
    """ALL-08: deleted by a user is told from never imported."""
    (made,) = served.severa.post("/v1/projectfees", json=fee_body(served, description="slettes")).json()
    start = later(served)
    assert served.severa.delete(f"/v1/projectfees/{made['guid']}").status_code == 204
    assert served.severa.delete(f"/v1/projectfees/{made['guid']}").status_code == 404
    gone = served.everything("/v1/deletedprojectfees", deletedSince=start)
    assert [row["guid"] for row in gone] == [made["guid"]]
    assert gone[0]["project"] == {"guid": made["project"]["guid"]}
    billed = next(row for row in stored(served, "projectfees") if row["invoice"])
    refused(served.severa.delete(f"/v1/projectfees/{billed['guid']}"), "InvalidOperation")
    path = f"/v1/projectfees/{billed['guid']}"
    refused(served.severa.patch(path, json=[operation("/quantity", 2)]), "InvalidOperation")


# ------------------------------------------------------------------ files


def test_a_file_is_put_on_a_project_and_read_back(served: Served) -> None:
    """VN-18."""
    project = stored(served, "projects")[0]
    path = f"/v1/projects/{project['guid']}/files"
    meta = json.dumps({"Name": "kvittering æøå.pdf", "Description": "psasync:doc:1"}).encode()
    body = (
        b"--b1\r\nContent-Type: application/json\r\n\r\n" + meta + b"\r\n"
        b"--b1\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        b"%PDF-1.4 \x00\xff\r\n--b1--\r\n"
    )
    answer = served.severa.post(path, content=body, headers={"Content-Type": "multipart/related; boundary=b1"})
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()
    assert (made["name"], made["description"], made["contentType"]) == (
        "kvittering æøå.pdf",
        "psasync:doc:1",
        "application/pdf",
    )
    data = served.severa.get(f"/v1/files/{made['fileGuid']}/filedata")
    assert (data.content, data.headers["content-type"]) == (b"%PDF-1.4 \x00\xff", "application/pdf")
    assert made["guid"] in {row["guid"] for row in served.get(path)}
    assert served.severa.delete(f"/v1/projectfiles/{made['guid']}").status_code == 204
    assert served.severa.get(f"/v1/files/{made['fileGuid']}").status_code == 404
    wrong = served.severa.post(path, json={"Name": "x"})
    assert wrong.status_code == 400


def test_pdfs_are_given_for_invoices_and_reimbursements(served: Served) -> None:
    """VN-14 NX-11 PC-10 PC-13."""
    for path in (
        f"/v1/invoices/{stored(served, 'invoices')[0]['guid']}/pdf",
        f"/v1/travelreimbursements/{stored(served, 'travelreimbursements')[0]['guid']}/pdf",
    ):
        answer = served.severa.get(path)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
    assert (
        served.severa.get(
            f"/v1/invoices/{stored(served, 'invoices')[0]['guid']}/pdf", params={"pdfGetOptions": "Some"}
        ).status_code
        == 400
    )
