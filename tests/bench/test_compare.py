"""The comparison report on registers with known truth: what it finds, what it claims wrongly, and how long it takes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.poweroffice.profile import PROFILE
from core.comparison.compare import compare_registry
from core.comparison.report import Comparison, RegistryComparison
from core.inputs import Inputs
from core.planning import plan
from core.records import Registry, Side
from core.similarity.scoring import LIKELY
from tasks.comparison_report import write_files
from tests.bench.figures import Figures
from tests.bench.registers import Registers, registers
from tests.bench.rivals import Found, all_pairs, splink, splink_python

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

AIM_SECONDS = 60
"""A hundred thousand against a hundred thousand of which the rule links none: the most there can be to search."""
NAMES = {Side.SEVERA: "Severa", Side.ERP: PROFILE.title}
KEYS = pytest.mark.parametrize("hard_keys", [True, False], ids=["half with a hard key", "names and addresses"])


def inputs_of(given: Registers) -> Inputs:
    """What the planner would see in a first cycle."""
    return Inputs(
        rule=PROFILE.rule(Registry.CUSTOMERS),
        master=PROFILE.masters[Registry.CUSTOMERS],
        severa=given.severa,
        erp=given.erp,
        links={side: {} for side in Side},
        translate=lambda *_: None,
        switched_on=datetime(2026, 1, 1, tzinfo=UTC),
        active={Side.SEVERA: {record.id for record in given.severa}, Side.ERP: None},
        names=NAMES,
    )


def compared(given: Registers) -> tuple[RegistryComparison, Found]:
    """The report, and its best partner of each record of Severa."""
    inputs = inputs_of(given)
    started = time.perf_counter()
    report = compare_registry(inputs, plan(inputs))
    seconds = time.perf_counter() - started
    best: dict[str, tuple[str, str, float]] = {}
    for one in report.likely:
        best.setdefault(one.severa.id, (one.severa.id, one.erp.id, float(one.score)))
    return report, Found(list(best.values()), seconds)


@pytest.fixture(scope="module")
def python(folder: Path) -> Path | None:
    """A Python that has Splink, if there is one to be had."""
    return splink_python(folder)


@KEYS
def test_pairs_that_a_person_would_find_are_found(
    figures: Figures, folder: Path, python: Path | None, *, hard_keys: bool
) -> None:
    """ALL-09: typos, legal forms, transposed letters, moved umlauts, wrong encodings, words in another order."""
    given = registers(10_000, hard_keys=hard_keys)
    group = "Comparison of 10 000 with 10 000 customers: " + (
        "half have a hard key" if hard_keys else "names, addresses"
    )
    take = figures.of(group)
    report, found = compared(given)
    precision, recall = found.quality(given.truth, LIKELY)
    take("the report's likely pairs: precision", 100 * precision, "%")
    take("recall", 100 * recall, "%", note=f"from score {LIKELY} on, the threshold of the page")
    offered = {(one.severa.id, one.erp.id) for one in report.likely}
    shown = sum((ours, theirs) in offered for ours, theirs in given.truth.items()) / len(given.truth)
    take("named at all", 100 * shown, "%", note="with what is worth a look, at most three per record")
    take("time", found.seconds, "s")
    rivals = {"RapidFuzz on all pairs": all_pairs(given)}
    if python is not None:
        rivals["Splink"] = splink(python, given, folder)
    for name, rival in rivals.items():
        best, caught, least = rival.best(given.truth)
        take(f"{name}: precision", 100 * best, "%", note=f"at its best threshold, {least:g}, the truth being known")
        take("recall", 100 * caught, "%")
        take("time", rival.seconds, "s")
    if python is None:
        take("Splink: not at hand", 0, note="the package registry does not give it")
    assert precision > 0.97
    assert recall > 0.95
    for rival in rivals.values():
        best, caught, _ = rival.best(given.truth)
        assert precision * recall > best * caught


@KEYS
def test_a_hundred_thousand_on_each_side_take_less_than_a_minute(
    figures: Figures, tmp_path: Path, *, hard_keys: bool
) -> None:
    given = registers(100_000, hard_keys=hard_keys)
    words = "half have a hard key" if hard_keys else "names, addresses"
    take = figures.of(f"Comparison of 100 000 with 100 000 customers: {words}")
    cpu = time.process_time()
    report, found = compared(given)
    take("plan, score and search", found.seconds, "s", aim=AIM_SECONDS)
    used = take("of it CPU", time.process_time() - cpu, "s", note="on one core")
    precision, recall = found.quality(given.truth, LIKELY)
    take("likely pairs: precision", 100 * precision, "%")
    take("recall", 100 * recall, "%")
    if hard_keys:
        started = time.perf_counter()
        files = write_files(Comparison("bench", NAMES, datetime.now(UTC), (report,)), tmp_path)
        sizes = ", ".join(f"{kind} {path.stat().st_size / 1e6:.0f} MB" for kind, path in files.items())
        take("page, workbook and JSON file", time.perf_counter() - started, "s", note=sizes)
    assert recall > 0.95
    assert used.value < AIM_SECONDS
