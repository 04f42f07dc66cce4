"""The parts that all simulated systems are made of."""

import re
import timeit
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.exchanges import Exchange, Redaction, shown
from sandbox.faults import Fault, Faults
from sandbox.fields import BOOLEAN, DATE, INT32, TEXT, Field, check, choice, many, reference
from sandbox.ids import Ids
from sandbox.limits import Window
from sandbox.routing import Router
from sandbox.store import Table, member

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def table(clock: Clock) -> Table:
    indexes = {
        "code": member("code"),
        "customer.guid": member("customer.guid"),
        "projects.guid": member("projects.guid"),
    }
    return Table(clock, key="guid", stamp=datetime.isoformat, created="made", changed="changed", indexes=indexes)


def test_ids_are_the_same_in_whatever_order_they_are_asked_for() -> None:
    one, other = Ids(7, "severa"), Ids(7, "severa")
    first = [one.guid("customers", name) for name in ("Åse", "Bjørn")]
    second = [other.guid("customers", name) for name in ("Bjørn", "Åse")]
    assert first == second[::-1]
    assert one.number("project", "a", low=1, high=9) == other.number("project", "a", low=1, high=9)
    assert Ids(8, "severa").guid("customers", "Åse") != first[0]


def test_the_second_object_with_the_same_key_steps_aside() -> None:
    ids = Ids(7, "severa")
    assert ids.guid("customers", "Åse") != ids.guid("customers", "Åse")
    assert {ids.number("order", low=1, high=5) for _ in range(5)} == {1, 2, 3, 4, 5}
    with pytest.raises(ValueError, match="no number left"):
        ids.number("order", low=1, high=5)


def test_a_window_admits_its_limit_and_moves_on() -> None:
    window = Window(2, 1.0)
    assert [window.take(NOW), window.take(NOW), window.take(NOW)] == [True, True, False]
    assert not window.take(NOW + timedelta(milliseconds=999))
    assert window.take(NOW + timedelta(seconds=1))


def test_the_clock_only_moves_forward() -> None:
    clock = Clock()
    before = clock.now()
    assert clock.advance(3600) - before >= timedelta(hours=1)
    assert clock.now().utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_a_table_finds_by_index_and_follows_changes() -> None:
    rows = table(Clock())
    rows.insert({"guid": "1", "code": "A", "customer": {"guid": "c"}, "projects": [{"guid": "p"}, {"guid": "q"}]})
    rows.insert({"guid": "2", "code": "A", "customer": None, "projects": []})
    assert [row["guid"] for row in rows.find("code", "A")] == ["1", "2"]
    assert [row["guid"] for row in rows.find_any("projects.guid", ["q", "p"])] == ["1"]
    rows.update("1", {"code": "B"})
    assert [row["guid"] for row in rows.find("code", "A")] == ["2"]
    assert [row["guid"] for row in rows.find("customer.guid", "c")] == ["1"]
    rows.delete("1")
    assert rows.find("code", "B") == []
    assert [row["guid"] for _, row in rows.scan(0)] == ["2"]
    with pytest.raises(KeyError):
        rows.insert({"guid": "2", "code": "Z"})


def test_changed_since_is_inclusive_or_not_and_counts_the_last_change_only() -> None:
    rows = table(Clock())
    for number in range(3):
        at = NOW + timedelta(hours=number)
        rows.insert({"guid": str(number), "code": None}, created=NOW, changed=at)
    assert [row["guid"] for row in rows.changed_since(NOW + timedelta(hours=1))] == ["1", "2"]
    assert [row["guid"] for row in rows.changed_since(NOW + timedelta(hours=1), inclusive=False)] == ["2"]
    rows.update("0", {"code": "X"})
    assert [row["guid"] for row in rows.changed_since(NOW + timedelta(hours=2))] == ["0", "2"]
    before = rows.get("2")
    assert before is not None
    stamp = before["changed"]
    assert rows.update("2", {"code": "Y"}, touch=False)["changed"] == stamp


def test_the_change_log_stays_short_when_one_row_changes_for_ever() -> None:
    rows = table(Clock())
    rows.insert({"guid": "1", "code": None}, created=NOW)
    for _ in range(5000):
        rows.update("1", {"code": "A"})
    assert rows.changes.count_since(NOW) < 2000
    assert [row["guid"] for row in rows.changed_since(NOW)] == ["1"]


@pytest.mark.parametrize(
    ("path", "matching", "other"),
    [
        ("/v1/invoices/{guid}", "/v1/invoices/abc", "/v1/invoices"),
        ("/v1/invoices*", "/v1/invoices/abc/files", "/v1/customers"),
        ("/v1/customers", "/v1/customers", "/v1/customers/1"),
    ],
)
def test_a_fault_matches_by_path_template_and_prefix(path: str, matching: str, other: str) -> None:
    faults = Faults()
    faults.add(Fault("severa", "GET", path, "drop_before", 1))
    assert faults.take("severa", "GET", other) is None
    assert faults.take("severa", "POST", matching) is None
    assert faults.take("poweroffice", "GET", matching) is None
    assert faults.take("severa", "GET", matching) is not None
    assert faults.shown() == []


@pytest.mark.parametrize("kind", ["status", "status:9", "delay:x", "drop", "drop_before:1", ""])
def test_an_unknown_fault_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="fault kind"):
        Fault("severa", "GET", "/", kind, 1)


def test_recorded_exchanges_hold_no_secret_wherever_it_stands() -> None:
    exchange = Exchange(
        index=0,
        at=NOW,
        system="severa",
        method="POST",
        path="/v1/token",
        query=b"client_secret=unknown&x=s%2Fcret",
        request_headers=[(b"Authorization", b"Bearer abc"), (b"x-note", b"has s/cret in it")],
        request_body=b'{"client_id": "me", "client_secret": "mistyped"}',
        status=200,
        response_headers=[(b"content-type", b"application/json")],
        response_body=b'{"access_token": "new", "list": ["s/cret"]}',
    )
    found = shown(exchange, Redaction(["s/cret"]))
    assert found["request_headers"] == {"authorization": "[removed]", "x-note": "has [removed] in it"}
    assert found["request_body"] == {"client_id": "me", "client_secret": "[removed]"}
    assert found["response_body"] == {"access_token": "[removed]", "list": ["[removed]"]}
    assert found["query"] == "client_secret=[removed]&x=[removed]"


SECRETS = ["tok-" + "a" * 20, "tok-" + "a" * 28, "b/c+d=" * 4, "æøå" * 8]


@given(
    st.lists(st.sampled_from([*SECRETS, *(quote(one, safe="") for one in SECRETS), " ", '"', "a", "tok-", "/", "æ"]))
)
def test_no_secret_is_left_in_a_text_and_nothing_else_is_taken(pieces: list[str]) -> None:
    """Law 9: within longer runs, next to each other, and in the form that a query has."""
    text = "".join(pieces)
    found = Redaction(SECRETS).text(text)
    forms = [*SECRETS, *(quote(one, safe="") for one in SECRETS)]
    by_alternatives = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
    assert found == by_alternatives.sub("[removed]", text)
    assert not any(form in found for form in forms)


def test_hundreds_of_tokens_cost_no_more_than_a_few() -> None:
    """`GET /exchanges` after a night of short tokens."""
    row = '{"guid": "0b4a1f5e-3c1a-4d0f-9a50-7c3c8e1f0a11", "name": "Østervåg AS", "number": 10234}'
    text = ", ".join([row] * 60)

    def seconds(tokens: int) -> float:
        redaction = Redaction(token_urlsafe(48) for _ in range(tokens))
        return min(timeit.repeat(lambda: redaction.text(text), number=3, repeat=5))

    assert seconds(800) < 4 * seconds(8)


def test_the_highest_key_of_an_index_is_found_without_reading_the_table() -> None:
    """Whatever came and went; a key that several rows have counts until the last of them is gone."""
    made = table(Clock())
    assert made.highest("code", 0, 99) is None
    for number, code in enumerate((7, 3, 50, 7, 120)):
        made.insert({"guid": str(number), "code": code})
    assert [made.highest("code", low, high) for low, high in ((0, 99), (0, 49), (8, 49), (0, 999))] == [
        50,
        7,
        None,
        120,
    ]
    made.delete("0")
    assert made.highest("code", 0, 49) == 7
    made.update("3", {"code": 40})
    made.insert({"guid": "9", "code": 41})
    assert made.highest("code", 0, 49) == 41
    made.delete("9")
    made.delete("3")
    assert made.highest("code", 0, 49) == 3


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "name is required"),
        ({"name": " "}, "name must not be empty"),
        ({"name": "a", "other": 1}, "other is not a member"),
        ({"name": "abcdef"}, "name is longer than 5 characters"),
        ({"name": "a", "day": "2026-02-30"}, "day is no day of the calendar"),
        ({"name": "a", "count": 2**31}, "count does not fit into 32 bits"),
        ({"name": "a", "count": True}, "count must be an integer"),
        ({"name": "a", "on": None}, "on must not be null"),
        ({"name": "a", "type": "C"}, "type must be one of A, B"),
        ({"name": "a", "owner": {"guid": "g", "name": "n"}}, "owner.name is not a member"),
        ({"name": "a", "tags": ["x", 1]}, "tags[1] must be a text"),
    ],
)
def test_a_body_is_checked_against_the_declared_members(body: dict[str, object], message: str) -> None:
    fields = {
        "name": Field(type="text", required=True, nullable=False, shortest=1, longest=5),
        "day": DATE,
        "count": INT32,
        "on": BOOLEAN,
        "type": choice("A", "B"),
        "owner": reference("users.person"),
        "tags": many(TEXT),
    }
    assert [f"{one.member} {one.message}" for one in check(fields, body)] == [message]


def test_the_router_prefers_fixed_segments() -> None:
    router: Router[str] = Router()
    router.add("GET", "/v1/customers/{guid}", "one")
    router.add("GET", "/v1/customers/customvalues/{guid}", "value")
    router.add("GET", "/v1/customers/{customerGuid}/addresses", "addresses")
    assert router.find("GET", "/v1/customers/1") == ("one", {"guid": "1"})
    assert router.find("GET", "/v1/customers/customvalues/2") == ("value", {"guid": "2"})
    assert router.find("GET", "/v1/customers/customvalues/addresses") == ("value", {"guid": "addresses"})
    assert router.find("GET", "/v1/customers/3/addresses") == ("addresses", {"customerGuid": "3"})
    assert router.find("POST", "/v1/customers/1") is None
    with pytest.raises(ValueError, match="twice"):
        router.add("GET", "/v1/customers/{other}", "again")
