"""The served sandbox: ready file, control API, recording, faults, clock."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from served import Served, operation

from sandbox.clock import Clock
from sandbox.server import build_systems
from sandbox.severa import build
from sandbox.world import World


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running


@pytest.fixture(autouse=True)
def _fresh(served: Served) -> None:
    served.control.delete("/faults")
    served.sign_in()
    served.control.delete("/exchanges")


def test_the_ready_file_names_addresses_and_credentials_and_is_for_its_owner_alone(served: Served) -> None:
    assert set(served.ready) == {"severa", "control_url", "rate_limits", "pid"}
    assert set(served.ready["severa"]) == {"base_url", "client_id", "client_secret"}
    assert served.ready["rate_limits"] == "off"
    assert served.ready["severa"]["base_url"].startswith("http://127.0.0.1:")
    assert (served.folder / "ready.json").stat().st_mode & 0o077 == 0


def test_a_stopped_sandbox_ends_with_zero_and_takes_its_ready_file_along(tmp_path: Path) -> None:
    with Served(tmp_path) as running:
        assert (tmp_path / "ready.json").exists()
        assert running.severa.get("/heartbeat/server").status_code == 200
    assert not (tmp_path / "ready.json").exists()


def test_systems_are_named_rightly_or_not_at_all() -> None:
    world = World.generate(1, "small")
    for names in ([], ["severa", "severa"], ["oracle"]):
        with pytest.raises(ValueError, match="some of"):
            build_systems(names, world, Clock(), limits_on=False)
    assert build(world, Clock(), False).credentials == build(world, Clock(), False).credentials


def test_the_overview_lists_kinds_and_actions_with_help(served: Served) -> None:
    told = served.control.get("/").json()
    assert told["seed"] == 7
    severa = told["systems"]["severa"]
    assert {"customers", "projects", "invoices", "projectfees"} <= set(severa["kinds"])
    assert {"set_invoice_status", "edit_customer", "create_invoice", "close_project"} <= set(severa["actions"])
    assert all(severa["actions"].values())


def test_objects_are_found_in_any_spelling_and_an_unknown_kind_lists_the_known(served: Served) -> None:
    assert len(served.control.get("/severa/objects/Invoice_Statuses").json()) == 7
    answer = served.control.get("/severa/objects/orders")
    assert answer.status_code == 404
    assert "invoices" in answer.json()["kinds"]
    assert served.control.get("/oracle/objects/orders").status_code == 404


def test_the_world_tells_the_traps(served: Served) -> None:
    traps = {one["trap"] for one in served.control.get("/world").json()["invoices"]}
    assert {"difference_0.05", "difference_0.06", "vat_rate", None} <= traps


def test_actions_refuse_nonsense_with_a_sentence(served: Served) -> None:
    for body in ({"status": "Nowhere"}, {}, {"status": "Paid", "colour": "red"}, {"status": "Paid", "number": 1}):
        answer = served.control.post("/severa/set_invoice_status", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]
    assert served.control.post("/severa/dance", json={}).status_code == 404
    assert served.control.post("/severa/edit_customer", content=b"[").status_code == 400


def test_exchanges_are_recorded_without_secrets(served: Served) -> None:
    token = served.token()["access_token"]
    served.get("/v1/currencies", {"rowCount": 2})
    first, second = served.exchanges()
    assert (first["method"], first["path"], first["status"]) == ("POST", "/v1/token", 200)
    assert first["request_body"]["client_secret"] == first["response_body"]["access_token"] == "[removed]"
    assert second["query"] == "rowCount=2"
    assert second["request_headers"]["authorization"] == "[removed]"
    assert second["response_headers"]["content-type"] == "application/json"
    assert len(second["response_body"]) == 2
    assert second["fault"] is None
    assert second["milliseconds"] > 0
    shown = json.dumps(served.exchanges())
    assert token not in shown
    assert served.ready["severa"]["client_secret"] not in shown
    assert [one["index"] for one in served.exchanges(since=second["index"], system="severa")] == [second["index"]]
    assert served.exchanges(system="poweroffice") == []


def test_recording_can_be_switched_off(served: Served) -> None:
    served.control.post("/exchanges/recording", json={"on": False})
    served.get("/v1/currencies")
    assert served.exchanges() == []
    served.control.post("/exchanges/recording", json={"on": True})
    served.get("/v1/currencies")
    assert len(served.exchanges()) == 1
    assert served.control.post("/exchanges/recording", json={}).status_code == 400


def order(served: Served, kind: str, *, method: str = "GET", path: str = "/v1/currencies", times: int = 1) -> None:
    body = {"system": "severa", "method": method, "path": path, "kind": kind, "times": times}
    answer = served.control.post("/faults", json=body)
    assert answer.status_code == 201, answer.text


def test_an_ordered_status_has_the_vendors_error_body(served: Served) -> None:
    order(served, "status:503", times=2)
    for _ in range(2):
        answer = served.severa.get("/v1/currencies")
        assert answer.status_code == 503
        assert answer.json()["error"]["type"] == "InternalSystemError"
    assert served.severa.get("/v1/currencies").status_code == 200
    order(served, "status:429")
    limited = served.severa.get("/v1/currencies")
    assert (limited.status_code, limited.headers["content-type"]) == (429, "text/plain")
    order(served, "status:404")
    assert served.severa.get("/v1/currencies").content == b""
    assert [one["fault"] for one in served.exchanges()] == ["status:503"] * 2 + [None, "status:429", "status:404"]


def test_a_dropped_request_is_not_executed(served: Served) -> None:
    """ALL-05: the connection closes without an answer and nothing happened."""
    order(served, "drop_before", method="POST", path="/v1/customers")
    with pytest.raises(httpx.TransportError):
        served.severa.post("/v1/customers", json={"name": "Forsvunnet AS"})
    assert served.get("/v1/customers", {"customerNames": "Forsvunnet AS"}) == []
    assert served.exchanges()[0]["status"] is None


def test_a_lost_answer_leaves_the_write_done(served: Served) -> None:
    """ALL-05: the write happens, the connection closes without an answer."""
    order(served, "drop_after", method="POST", path="/v1/customers")
    with pytest.raises(httpx.TransportError):
        served.severa.post("/v1/customers", json={"name": "Funnet igjen AS"})
    assert len(served.get("/v1/customers", {"customerNames": "Funnet igjen AS"})) == 1
    first = served.exchanges()[0]
    assert (first["status"], first["fault"]) == (None, "drop_after")


def test_a_delay_delays(served: Served) -> None:
    order(served, "delay:120")
    assert served.severa.get("/v1/currencies").elapsed.total_seconds() >= 0.1
    assert served.exchanges()[0]["milliseconds"] >= 120


def test_an_expired_token_is_refused_once(served: Served) -> None:
    order(served, "expire_token")
    answer = served.severa.get("/v1/currencies")
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "AuthenticationRequired")
    served.sign_in()
    assert served.severa.get("/v1/currencies").status_code == 200


def test_faults_are_listed_refused_and_cleared(served: Served) -> None:
    order(served, "status:500", path="/v1/invoices/{guid}")
    assert served.control.get("/faults").json()[0]["kind"] == "status:500"
    for body in (
        {"system": "oracle", "method": "GET", "path": "/", "kind": "drop_before"},
        {"system": "severa", "method": "GET", "path": "/", "kind": "explode"},
        {"system": "severa", "method": "GET", "path": "/", "kind": "drop_before", "times": 0},
    ):
        assert served.control.post("/faults", json=body).status_code == 400
    served.control.delete("/faults")
    assert served.control.get("/faults").json() == []


def test_the_clock_moves_every_stamp_the_date_header_and_the_tokens_age(served: Served) -> None:
    """ALL-12: a token lives for an hour of the simulated time."""
    before = served.severa.get("/heartbeat/server").headers["date"]
    served.control.post("/clock", json={"advance_seconds": 3 * 86400})
    assert served.severa.get("/v1/currencies").status_code == 401
    served.sign_in()
    after = served.severa.get("/v1/currencies").headers["date"]
    assert before[5:16] != after[5:16]
    assert served.control.post("/clock", json={"advance_seconds": -1}).status_code == 400
    status = served.get("/v1/invoicestatuses")[0]
    patched = served.severa.patch(f"/v1/invoicestatuses/{status['guid']}", json=[operation("/sortOrder", 1)])
    assert patched.json()[0]["lastUpdatedDateTime"] > status["lastUpdatedDateTime"]
