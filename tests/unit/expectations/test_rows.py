"""What suites over records find, here and in a process of their own, and what their Data Docs say (ALL-10)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import BugError
from core.row_checks import Expect
from expectations import apart_rows
from expectations.rows import Column, RowsResult, Table, as_json, of_json, validate_rows

EVIL = "<img src=x onerror=alert(1)>"


def column(
    name: str, expect: str, *, values: tuple[str, ...] = (), pattern: str = "", low: int = 0, high: int = 0
) -> Column:
    return Column(name=name, expect=expect, description=f"About {name}.", notes="Do this.", values=values,
                  pattern=pattern, low=low, high=high)  # fmt: skip


TABLE = Table(
    name="severa_products",
    title="products in Severa",
    columns=(
        column("codes", "filled"),
        column("doubles", "unique"),
        column("terms", "one of", values=("7", "14")),
        column("numbers", "matches", pattern="[1-9][0-9]*|X"),
        column("lengths", "length", low=2, high=3),
    ),
    labels=(EVIL, "Åsgård & Sønner", "c", "\ud800 half"),
    cells=(
        ("x", "", None, "\ud800"),
        ("1", "1", "2", None),
        ("7", "8", None, "14"),
        ("12", "0", "Xylo", "12\n"),
        ("ab", "abcd", None, "a"),
    ),
)
FAILED = {"codes": (1,), "doubles": (0, 1), "terms": (1,), "numbers": (1, 2, 3), "lengths": (1, 3)}
EMPTY = Table(
    name="erp_products", title="products in PowerOffice", columns=(column("codes", "filled"),), labels=(), cells=((),)
)


def here(*tables: Table, docs: Path | None = None) -> RowsResult:
    return validate_rows(tables, tenant="demo", run="a run/1", docs=docs)


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> Iterator[apart_rows.RowsValidation]:
    """One as a process begins it that does not have Great Expectations."""
    monkeypatch.delitem(sys.modules, "great_expectations", raising=False)
    begun = apart_rows.RowsValidation()
    monkeypatch.undo()
    yield begun
    begun.give_up()


def test_each_expectation_finds_its_records_and_looks_at_no_missing_value() -> None:
    """ALL-10: a number is matched as a whole, whatever follows on the next line."""
    assert here(TABLE).failed == {"severa_products": FAILED}
    assert here(TABLE).docs_index is None


def test_a_registry_without_records_passes() -> None:
    assert here(EMPTY).failed == {"erp_products": {"codes": ()}}


def test_nothing_is_imported_for_nothing() -> None:
    assert here() == RowsResult({}, None)


def test_every_word_for_an_expectation_has_a_suite() -> None:
    """COUNTERPART is asked as ONE_OF: whether the other system has it is known beforehand."""
    here(EMPTY)
    from expectations.rows_validation import EXPECTATIONS  # noqa: PLC0415 - imports Great Expectations

    assert set(EXPECTATIONS) == {each.value for each in Expect} - {Expect.COUNTERPART.value}


def test_the_other_process_says_what_this_one_would_say(validation: apart_rows.RowsValidation, tmp_path: Path) -> None:
    there = validation.validate([TABLE, EMPTY], tenant="demo", run="r", docs=tmp_path)
    assert there.failed == here(TABLE, EMPTY).failed
    assert there.docs_index == tmp_path / "demo" / "checks" / "index.html"
    assert there.docs_index.is_file()


def test_tables_go_over_to_it_and_come_back_as_they_were() -> None:
    assert of_json(as_json([TABLE, EMPTY])) == [TABLE, EMPTY]


@pytest.mark.parametrize(
    ("tenant", "docs", "error"),
    [("../x", None, ValueError), ("demo", "/proc/nowhere", OSError), ("demo", None, BugError)],
)
def test_its_errors_come_back(tenant: str, docs: str | None, error: type[Exception]) -> None:
    """What the other process answers, and what is made of it here."""
    broken = replace(EMPTY, columns=(column("codes", "matches", pattern="("),), labels=("a",), cells=(("b",),))
    order = {"tables": as_json([broken if error is BugError else EMPTY]), "tenant": tenant, "run": "r", "docs": docs}
    with pytest.raises(error):
        apart_rows._result(json.loads(json.dumps(apart_rows._answer(order))))


def test_a_process_that_was_killed_is_a_bug_of_ours(validation: apart_rows.RowsValidation) -> None:
    assert validation._process is not None
    validation._process.kill()
    with pytest.raises(BugError, match="ended with"):
        validation.validate([EMPTY], tenant="demo", run="r", docs=None)


def test_an_expectation_that_cannot_be_evaluated_is_a_bug_of_ours() -> None:
    broken = replace(TABLE.columns[3], pattern="(")
    with pytest.raises(BugError, match="could not be evaluated"):
        here(replace(TABLE, columns=(*TABLE.columns[:3], broken, TABLE.columns[4])))


def test_a_tenants_name_is_no_path() -> None:
    with pytest.raises(ValueError, match="not a tenant's name"):
        validate_rows([EMPTY], tenant="../demo", run="r", docs=None)


def test_data_docs_name_the_records_and_run_nothing_that_a_vendor_wrote(tmp_path: Path) -> None:
    """ALL-10: one page per registry, in the order in which they were asked for."""
    index = here(TABLE, EMPTY, docs=tmp_path / "with $dollar").docs_index
    assert index is not None
    text = index.read_text(encoding="utf-8")
    assert text.index("products in Severa") < text.index("products in PowerOffice")
    (page,) = (index.parent / "validations" / "severa_products").rglob("*.html")
    said = page.read_text(encoding="utf-8")
    assert page.relative_to(index.parent).as_posix() in text
    assert "<img" not in said
    assert "<script" not in said
    assert "&lt;img src=x onerror=alert(1)&gt;" in said
    assert "Åsgård &amp; Sønner" in said
    assert "About doubles." in said
    assert "<h1>Products in Severa</h1>" in said


def test_a_second_check_takes_the_place_of_the_first(tmp_path: Path) -> None:
    here(TABLE, docs=tmp_path)
    index = here(EMPTY, docs=tmp_path).docs_index
    assert index is not None
    assert "products in Severa" not in index.read_text(encoding="utf-8")
    assert [each.name for each in (tmp_path / "demo").iterdir()] == ["checks"]
