"""Metrics as Prometheus reads them, and the page that lists them."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from cli.automations import KINDS
from cli.main import app
from core.errors import ConfigurationError
from flows.logs import FIELDS, VARIABLES
from state.store import Store
from tasks.meter import Traffic
from tasks.metrics import OUTCOMES, Books, Figures, Tally
from tests.support.company import variables
from workers.metrics import OF_STATE, OF_WORKER, Address, StateMetrics, address, registry_of, serving, text_of

PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FIGURES = Figures(
    tenants=("fjord", 'quo"ted'),
    cycles=Tally(AT, Counter({("fjord", "completed"): 3}), Counter({2.5: 2, float("inf"): 1}), 4005.5),
    last_success={"fjord": AT},
    last_seconds={"fjord": 4.25},
    under_way=1,
    traffic={"fjord": Traffic(Counter({("severa", "done"): 12, ("severa", "transient"): 1}), {"severa": 0.25})},
    transfers={("fjord", "done"): 7},
    open_issues={("fjord", "bad data"): 2},
)


class Reader:
    """Gives figures, or fails, and counts how often it is asked. A reading takes so many seconds of its clock."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        self.asked = 0
        self.broken = False
        self.now = 1000.0
        self.seconds = seconds

    def __call__(self) -> Figures:
        self.asked += 1
        self.now += self.seconds
        if self.broken:
            raise ConfigurationError("The database is away.")
        return FIGURES

    def clock(self) -> float:
        return self.now


def samples(text: str) -> dict[str, list[Any]]:
    """Name of a family -> its samples, as Prometheus' own parser reads them."""
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def test_all_of_it_is_what_prometheus_reads() -> None:
    """ALL-11: every metric of the table, with its kind and its labels; outcomes that never came are 0."""
    text = text_of(registry_of(StateMetrics(Reader())))
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert set(families) == {f"severa_sync_{metric.name.removesuffix('_total')}" for metric in OF_STATE}
    for metric in OF_STATE:
        family = families[f"severa_sync_{metric.name.removesuffix('_total')}"]
        assert family.type == metric.kind
        assert family.documentation == metric.about
        if metric.kind != "histogram":
            assert {tuple(sample.labels) for sample in family.samples} == {tuple(sorted(metric.labels))}
    cycles = {
        (one.labels["tenant"], one.labels["outcome"]): one.value for one in families["severa_sync_cycles"].samples
    }
    assert set(cycles) == {(name, outcome) for name in FIGURES.tenants for outcome in OUTCOMES}
    assert {key: value for key, value in cycles.items() if value} == {("fjord", "completed"): 3}
    (last,) = families["severa_sync_last_success_timestamp_seconds"].samples
    assert last.value == AT.timestamp()


def test_lengths_are_counted_in_classes_that_add_up() -> None:
    found = samples(text_of(registry_of(StateMetrics(Reader()))))["severa_sync_cycle_duration_seconds"]
    buckets = {one.labels["le"]: one.value for one in found if one.name.endswith("_bucket")}
    assert (buckets["1"], buckets["2.5"], buckets["3600"], buckets["+Inf"]) == (0, 2, 2, 3)
    assert list(buckets.values()) == sorted(buckets.values())
    assert {one.name.rpartition("_")[2]: one.value for one in found if "le" not in one.labels} == {
        "count": 3, "sum": 4005.5
    }  # fmt: skip


def test_names_follow_the_conventions() -> None:
    """Base units, counters with `_total`, nothing that grows without end in a label."""
    for metric in (*OF_STATE, *OF_WORKER):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert not re.search(r"_(ms|milliseconds|minutes|percent)\b", metric.name)
        assert metric.about.endswith(".")
        assert set(metric.labels) <= {"tenant", "outcome", "state", "class", "system", "worker", "pool"}


def test_the_state_is_not_read_for_every_scrape() -> None:
    """At most every ten seconds, and for a twentieth of the time at most."""
    read = Reader(seconds=0.1)
    registry = registry_of(StateMetrics(read, clock=read.clock))
    for _ in range(9):
        text_of(registry)
        read.now += 1
    assert read.asked == 1
    read.now += 1
    text_of(registry)
    assert read.asked == 2
    read.seconds = 2
    read.now += 10
    text_of(registry)
    read.now += 30
    text_of(registry)
    assert read.asked == 3
    read.now += 10
    text_of(registry)
    assert read.asked == 4


def test_a_state_that_cannot_be_read_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """What is known of it is not shown any more, and comes back with it."""
    read = Reader()
    registry = registry_of(StateMetrics(read, clock=read.clock))
    read.broken = True
    found = samples(text_of(registry))
    assert set(found) == {"severa_sync_state_up", "severa_sync_state_read_seconds"}
    assert found["severa_sync_state_up"][0].value == 0
    assert "The database is away" in caplog.text
    read.broken = False
    read.now += 11
    assert samples(text_of(registry))["severa_sync_state_up"][0].value == 1


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("9464", Address("127.0.0.1", 9464)),
        ("192.0.2.7:9464", Address("192.0.2.7", 9464)),
        ("[::1]:1", Address("::1", 1)),
        ("metrics.example.com:65535", Address("metrics.example.com", 65535)),
    ],
)
def test_where_to_listen(given: str, meant: Address) -> None:
    assert address(given) == meant


@pytest.mark.parametrize("given", ["", "http", "65536", ":9464", "::1:9464", "a b:1", "9464/metrics"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="no address for metrics"):
        address(given)


def test_a_port_that_is_taken_is_a_clear_mistake() -> None:
    books = Books("sqlite://", list, Tally(AT))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        worker: Any = None  # it is not looked at before somebody asks
        with (
            pytest.raises(ConfigurationError, match=f"cannot be served on 127.0.0.1, port {port}"),
            serving(Address("127.0.0.1", port), books, worker, pool="p", limit=1),
        ):
            raise AssertionError("it was served")


def test_the_command_prints_them_and_goes_on_counting(tmp_path: Path) -> None:
    """ALL-11: for a text file collector; the counter of the second call knows the cycles of the first."""
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "fjord.yaml").touch()
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")

    def cycles(*arguments: str) -> Any:
        runs = store.tenant("fjord").runs
        runs.finish(runs.start("cycle", "sync"), "completed", counts={})
        with variables({"SEVERA_SYNC_HOME": str(tmp_path), "SEVERA_SYNC_TENANTS": str(tmp_path / "tenants")}):
            done = CliRunner().invoke(app, ["metrics", *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    found = samples(cycles())["severa_sync_cycles"]
    assert [one.value for one in found if one.labels == {"tenant": "fjord", "outcome": "completed"}] == [1]
    listed = json.loads(cycles("--json"))
    one = {"name": "severa_sync_cycles_total", "type": "counter"}
    assert {**one, "labels": {"outcome": "completed", "tenant": "fjord"}, "value": 2} in listed
    file = tmp_path / "metrics.json"
    counted = json.loads(file.read_text())
    counted["outcomes"].append(["fjord", "failed", 5])
    file.write_text(json.dumps(counted))
    found = samples(cycles())["severa_sync_cycles"]
    assert {one.labels["outcome"]: one.value for one in found if one.value} == {"completed": 3, "failed": 5}
    file.write_text("{}")
    assert samples(cycles())["severa_sync_cycles"], "counting begins anew"
    store.close()


def table(name: str) -> list[list[str]]:
    """The cells of a table of the page, without its head."""
    region = PAGE.partition(f"<!-- {name} -->\n")[2].partition("<!-- end -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in region.splitlines()[2:]]


def test_the_page_lists_every_metric() -> None:
    expected = [
        [
            f"`severa_sync_{metric.name}`",
            metric.kind,
            " ".join(f"`{label}`" for label in metric.labels),
            metric.about,
        ]
        for metric in (*OF_STATE, *OF_WORKER)
    ]
    assert table("metrics") == expected


def test_rules_on_the_page_use_metrics_that_exist() -> None:
    known = {f"severa_sync_{metric.name}" for metric in (*OF_STATE, *OF_WORKER)}
    used = {name.removesuffix("_bucket") for name in re.findall(r"severa_sync_\w+", PAGE)}
    assert used <= known, used - known


def test_the_page_lists_members_of_log_lines_and_automations() -> None:
    assert table("fields") == [[f"`{name}`", about] for name, about in FIELDS.items()]
    assert table("automations") == [[f"`{kind.name}`", kind.about] for kind in KINDS]
    for name, value in VARIABLES.items():
        assert f"{name}={value}" in PAGE
