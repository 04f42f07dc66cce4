"""The simulated PowerOffice behind a real server: faults, control API, recorded exchanges."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.specs import spec_or_skip
from tests.unit.sandbox.poweroffice_office import GUID
from tests.unit.sandbox.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served sandbox."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with Served(folder, systems=("severa", "poweroffice")) as running:
        yield running


@pytest.fixture(scope="module")
def go(served: Served) -> Iterator[httpx.Client]:
    """A client of PowerOffice with a token."""
    keys = served.ready["poweroffice"]
    headers = {"Ocp-Apim-Subscription-Key": keys["subscription_key"]}
    with httpx.Client(base_url=keys["base_url"], headers=headers, timeout=30) as client:
        answer = client.post(
            "/OAuth/Token",
            data={"grant_type": "client_credentials"},
            auth=(keys["application_key"], keys["client_key"]),
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def order_body(go: httpx.Client, reference: str) -> dict[str, object]:
    """An order with one line for the first customer and product."""
    customer = go.get("/v2/Customers", params={"PageSize": 1}).json()[0]
    product = go.get("/v2/Products", params={"PageSize": 1}).json()[0]
    line = {"ProductId": product["Id"], "Quantity": 2, "Allowance": 0, "UseStandardSalesAccount": True}
    return {"CustomerId": customer["Id"], "ExternalImportReference": reference, "SalesOrderLines": [line]}


def test_a_lost_answer_leaves_the_order_to_be_found(served: Served, go: httpx.Client) -> None:
    """ALL-05: the write happens, the reply is lost; the order is found by its reference, a repeat is refused."""
    body = order_body(go, GUID)
    fault = {"system": "poweroffice", "method": "POST", "path": "/v2/SalesOrders/Complete", "kind": "drop_after"}
    assert served.control.post("/faults", json={**fault, "times": 1}).is_success
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        go.post("/v2/SalesOrders/Complete", json=body)
    found = go.get("/v2/SalesOrders", params={"onlyCreatedByCurrentIntegration": True}).json()
    assert [row["ExternalImportReference"] for row in found] == [GUID]
    refused = go.post("/v2/SalesOrders/Complete", json=body)
    assert (refused.status_code, found[0]["Id"] in refused.json()["detail"]) == (400, True)


def test_people_act_through_the_control_api(served: Served, go: httpx.Client) -> None:
    """PO-13, PO-14: send, pay, buy; everything stored can be looked at."""
    reference = GUID.replace("3f", "5f")
    order = go.post("/v2/SalesOrders/Complete", json=order_body(go, reference)).json()
    control = served.control
    (sent,) = control.post("/poweroffice/send_invoice", json={"reference": reference}).json()["sent"]
    assert (sent["id"], sent["total"]) == (order["Id"], order["TotalAmount"])
    control.post("/poweroffice/register_payment", json={"invoice_no": sent["invoice_no"]})
    assert go.get(f"/v2/OutgoingInvoices/{order['Id']}").json()["Balance"] == 0.0
    assert len(control.post("/poweroffice/post_purchase_invoice").json()["rows"]) == 3
    stored = control.get("/poweroffice/objects/outgoing_invoices").json()
    assert [row["InvoiceNo"] for row in stored if row["Id"] == order["Id"]] == [sent["invoice_no"]]
    refused = control.post("/poweroffice/send_invoice", json={"reference": reference})
    assert (refused.status_code, "no unsent order" in refused.text) == (400, True)
    overview = control.get("/").json()["systems"]["poweroffice"]
    assert "send_invoice" in overview["actions"]
    assert "SalesOrders" in overview["kinds"]


def test_ordered_faults_answer_as_the_vendor_would(served: Served, go: httpx.Client) -> None:
    """ALL-05: statuses with the vendor's bodies, an expired token."""
    for kind, status in (("status:429", 429), ("status:503", 503), ("status:403", 403), ("expire_token", 401)):
        fault = {"system": "poweroffice", "method": "GET", "path": "/v2/PaymentTerms", "kind": kind, "times": 1}
        served.control.post("/faults", json=fault)
        assert go.get("/v2/PaymentTerms").status_code == status


def test_what_was_recorded_keeps_the_specification_and_holds_no_secret(served: Served, go: httpx.Client) -> None:
    """ALL-05: every exchange of this module against openapi.json; keys and tokens removed."""
    exchanges = served.exchanges(system="poweroffice")
    spec = spec_or_skip("poweroffice")
    for exchange in exchanges:
        spec.validate_exchange(exchange)
    assert {"/OAuth/Token", "/v2/SalesOrders/Complete"} <= {exchange["path"] for exchange in exchanges}
    text = json.dumps(exchanges)
    keys = served.ready["poweroffice"]
    for secret in (keys["application_key"], keys["client_key"], keys["subscription_key"], go.headers["Authorization"]):
        assert secret.removeprefix("Bearer ") not in text
