"""Faults in the answers of the served sandbox: limits, pages of a proxy, cut and spoiled bodies, late writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from served import Served

LIST = "/v1/currencies"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as running:
        running.sign_in()
        yield running


@pytest.fixture(autouse=True)
def _fresh(served: Served) -> None:
    served.control.delete("/faults")
    served.control.delete("/exchanges")


def order(served: Served, kind: str, **more: Any) -> None:
    body = {"system": "severa", "method": "GET", "path": LIST, "kind": kind, **more}
    answer = served.control.post("/faults", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json().items() >= body.items()


def make(served: Served, name: str, kind: str) -> None:
    """A create that meets a fault."""
    order(served, kind, method="POST", path="/v1/customers")
    with pytest.raises(httpx.TransportError):
        served.severa.post("/v1/customers", json={"name": name})


def named(served: Served, name: str) -> int:
    return len(served.get("/v1/customers", {"customerNames": name}))


def test_a_limit_names_the_seconds_to_wait(served: Served) -> None:
    order(served, "limit:7")
    answer = served.severa.get(LIST)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    order(served, "status:429")
    assert "retry-after" not in served.severa.get(LIST).headers


@pytest.mark.parametrize("status", [200, 502])
def test_a_proxy_answers_html_and_nothing_is_carried_out(served: Served, status: int) -> None:
    order(served, f"html:{status}", method="POST", path="/v1/customers")
    answer = served.severa.post("/v1/customers", json={"name": f"Proxy {status} AS"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert named(served, f"Proxy {status} AS") == 0


def test_a_body_is_cut_in_its_middle_after_the_write(served: Served) -> None:
    """ALL-05."""
    make(served, "Avbrutt AS", "cut_body")
    assert named(served, "Avbrutt AS") == 1
    first = served.exchanges()[0]
    assert (first["status"], first["fault"]) == (None, "cut_body")


def test_half_of_a_body_arrives_before_the_cut(served: Served) -> None:
    order(served, "cut_body")
    got: list[bytes] = []
    with served.severa.stream("GET", LIST) as answer, pytest.raises(httpx.TransportError):
        [*map(got.append, answer.iter_raw())]
    got = [b"".join(got)]
    assert 0 < len(got[0]) < int(answer.headers["content-length"])


@pytest.mark.parametrize("kind", ["cut_json", "garbled"])
def test_json_that_cannot_be_read_comes_with_a_length_that_fits(served: Served, kind: str) -> None:
    whole = served.severa.get(LIST).content
    order(served, kind)
    answer = served.severa.get(LIST)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content) <= len(whole) + 1
    with pytest.raises(ValueError, match=r"."):  # JSONDecodeError and UnicodeDecodeError are both ValueErrors
        answer.json()


def test_a_late_write_happens_after_the_connection_was_cut(served: Served) -> None:
    """ALL-05: what a caller that gave up looks for at once is not there yet."""
    make(served, "Forsinket AS", "late:250")
    assert named(served, "Forsinket AS") == 0
    deadline = time.monotonic() + 5
    while not named(served, "Forsinket AS"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(("kind", "there"), [("delay:400", 0), ("stall:400", 1)])
def test_a_caller_that_waits_too_short_cannot_tell_whether_it_was_carried_out(
    served: Served, kind: str, there: int
) -> None:
    """ALL-05: a time-out before the write, or after it."""
    order(served, kind, method="POST", path="/v1/customers")
    with pytest.raises(httpx.ReadTimeout):
        served.severa.post("/v1/customers", json={"name": f"Treg {kind} AS"}, timeout=0.1)
    assert named(served, f"Treg {kind} AS") == there


def test_a_fault_lets_the_first_requests_pass(served: Served) -> None:
    order(served, "status:500", after=2)
    order(served, "status:503")
    assert [served.severa.get(LIST).status_code for _ in range(4)] == [503, 200, 500, 200]


def test_the_token_of_a_page_is_refused(served: Served) -> None:
    order(served, "status:400", path="/v1/customers", query="pageToken")
    first = served.severa.get("/v1/customers", params={"rowCount": 5})
    assert first.status_code == 200
    asked = {"rowCount": 5, "pageToken": first.headers["NextPageToken"]}
    assert [served.severa.get("/v1/customers", params=asked).status_code for _ in range(2)] == [400, 200]


@pytest.mark.parametrize("wrong", [{"kind": "limit:x"}, {"kind": "html:9"}, {"kind": "cut_body:1"}, {"after": -1}])
def test_a_fault_that_makes_no_sense_is_refused(served: Served, wrong: dict[str, Any]) -> None:
    body = {"system": "severa", "method": "GET", "path": LIST, "kind": "drop_before", **wrong}
    assert served.control.post("/faults", json=body).status_code == 400
