"""The simulated Visma.net behind a real server: ready file, faults, control API, recorded exchanges."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.sandbox.served import Served
from tests.unit.sandbox.visma_net_office import GUID, corrected_spec

NOTE = f"severa:invoice:{GUID}#1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Severa and Visma.net over one world."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with Served(folder, systems=("severa", "visma_net")) as running:
        yield running


@pytest.fixture(scope="module")
def net(served: Served) -> Iterator[httpx.Client]:
    """A client of Visma.net with a token."""
    keys = served.ready["visma_net"]
    names = {"base_url", "connect_url", "client_id", "client_secret", "tenant_id", "customer_tenant_id", "settings"}
    assert set(keys) == names
    form = {name: keys[name] for name in ("client_id", "client_secret", "tenant_id")}
    with httpx.Client(base_url=keys["base_url"], timeout=30) as client:
        answer = client.post("/connect/token", data={**form, "grant_type": "client_credentials"})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def invoice(net: httpx.Client) -> dict[str, Any]:
    """An invoice on hold for the first active customer and item."""
    customer = next(row for row in net.get("/v1/customer").json() if row["status"] == "Active")
    item = next(row for row in net.get("/v1/inventory").json() if row["status"] == "Active")
    line = {"operation": "Insert", "inventoryNumber": {"value": item["inventoryNumber"]}, "quantity": {"value": 2.0}}
    members = {"customerNumber": customer["number"], "note": NOTE, "hold": True, "dontPrint": True, "dontEmail": True}
    return {**{name: {"value": value} for name, value in members.items()}, "invoiceLines": [line]}


def test_a_lost_answer_leaves_the_invoice_to_be_found(served: Served, net: httpx.Client) -> None:
    """ALL-05: the write happens, the reply is lost; the invoice is found by customer, date and note."""
    body = invoice(net)
    fault = {"system": "visma_net", "method": "POST", "path": "/v2/customerinvoice", "kind": "drop_after"}
    assert served.control.post("/faults", json=fault).is_success
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        net.post("/v2/customerinvoice", json=body)
    found = net.get("/v1/customerinvoice", params={"customer": body["customerNumber"]["value"]}).json()
    assert [row["status"] for row in found if row["note"] == NOTE] == ["Hold"]


def test_people_act_through_the_control_api(served: Served, net: httpx.Client) -> None:
    """VN-11, VN-15, VN-16: release, pay, buy; everything stored can be looked at."""
    place = net.post("/v2/customerinvoice", json=invoice(net)).headers["location"]
    number = place.rpartition("/")[2]
    assert place.startswith(str(net.base_url).rstrip("/"))

    def act(action: str, **given: Any) -> Any:
        answer = served.control.post(f"/visma_net/{action}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert act("release_document", number=number)["released"][0]["status"] == "Open"
    assert act("register_payment", number=number)["paid"][0]["status"] == "Closed"
    act("post_supplier_invoice")
    act("post_journal")
    for kind, least in (
        ("customer_invoices", 1),
        ("supplierinvoices", 2),
        ("JournalTransactions", 3),
        ("attachments", 2),
    ):
        assert len(served.control.get(f"/visma_net/objects/{kind}").json()) >= least, kind
    refused = served.control.post("/visma_net/release_document", json={"number": number})
    assert (refused.status_code, "Closed" in refused.json()["error"]) == (400, True)
    overview = served.control.get("/").json()["systems"]["visma_net"]
    assert {"release_document", "register_payment", "post_supplier_invoice", "post_journal", "delete_document",
            "edit_document"} <= set(overview["actions"])  # fmt: skip
    assert all(help_line for help_line in overview["actions"].values())


def test_ordered_refusals_have_the_vendors_forms(served: Served, net: httpx.Client) -> None:
    """VN-02: JSON, text, nothing."""
    for status, content_type in ((500, "application/json"), (503, "text/plain"), (401, "")):
        fault = {"system": "visma_net", "method": "GET", "path": "/v1/branch", "kind": f"status:{status}"}
        served.control.post("/faults", json=fault)
        answer = net.get("/v1/branch")
        assert answer.status_code == status
        assert answer.headers.get("content-type", "").partition(";")[0] == content_type


def test_recorded_exchanges_keep_the_specification_and_no_secrets(served: Served, net: httpx.Client) -> None:
    """ALL-12: secrets and tokens are removed; every exchange fits openapi.json."""
    net.get("/v1/creditTerm")
    text = served.control.get("/exchanges", params={"system": "visma_net"}).text
    assert served.ready["visma_net"]["client_secret"] not in text
    assert str(net.headers["authorization"]).partition(" ")[2] not in text
    spec = corrected_spec()
    for exchange in served.exchanges(system="visma_net"):
        if exchange["status"] is not None and exchange["status"] < 400:
            spec.validate_exchange(exchange)
