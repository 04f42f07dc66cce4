"""Suites over registries, made from data, in a project of Great Expectations that lives in memory (ALL-10).

This module imports Great Expectations: import it only inside `expectations.loading.great_expectations`.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, RunIdentifier
from great_expectations.core.validation_definition import ValidationDefinition
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.core.expect_column_value_lengths_to_be_between import (
    ExpectColumnValueLengthsToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_match_regex import ExpectColumnValuesToMatchRegex
from great_expectations.expectations.expectation import Expectation

from core.errors import BugError
from expectations.rows import Column, Table
from expectations.rows_site import publish, results_store, site

PLACE, LABEL = "place", "label"
_RESULT_FORMAT = {
    "result_format": "COMPLETE",  # the list of failed rows is cut in every other format
    "unexpected_index_column_names": [PLACE, LABEL],
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}


def _filled(column: Column) -> Expectation:
    return ExpectColumnValueLengthsToBeBetween(column=column.name, min_value=1, **_words(column))


def _unique(column: Column) -> Expectation:
    return ExpectColumnValuesToBeUnique(column=column.name, **_words(column))


def _one_of(column: Column) -> Expectation:
    return ExpectColumnValuesToBeInSet(column=column.name, value_set=sorted(column.values), **_words(column))


def _matches(column: Column) -> Expectation:
    return ExpectColumnValuesToMatchRegex(column=column.name, regex=rf"^(?:{column.pattern})\Z", **_words(column))


def _length(column: Column) -> Expectation:
    return ExpectColumnValueLengthsToBeBetween(
        column=column.name, min_value=column.low, max_value=column.high, **_words(column)
    )


EXPECTATIONS: Mapping[str, Callable[[Column], Expectation]] = {
    "filled": _filled,
    "unique": _unique,
    "one of": _one_of,
    "matches": _matches,
    "length": _length,
}
"""What is expected -> how Great Expectations says it. None of them looks at a missing value."""


def _words(column: Column) -> dict[str, Any]:
    return {"description": column.description, "notes": column.notes, "meta": {"column": column.name}}


def suite_of(table: Table) -> ExpectationSuite:
    """The suite of a registry, in words for people."""
    made = [EXPECTATIONS[column.expect](column) for column in table.columns]
    for expectation in made:
        expectation.meta = {
            **(expectation.meta or {}),
            "title": table.title,
        }  # a result knows nothing else of its suite
    return ExpectationSuite(name=table.name, expectations=made)


def frame_of(table: Table) -> pd.DataFrame:
    """One line per record; everything is text but `place`, its position in the table."""
    values: dict[str, Any] = {
        PLACE: pd.Series(range(len(table.labels)), dtype="int64"),
        LABEL: pd.Series([_text(label) for label in table.labels], dtype="str"),
    }
    for column, cells in zip(table.columns, table.cells, strict=True):
        values[column.name] = pd.Series([None if cell is None else _text(cell) for cell in cells], dtype="object")
    return pd.DataFrame(values)


def _text(value: str) -> str:
    """`value` with `?` for halves of surrogate pairs: JSON may hold them, no file can."""
    return value.encode(errors="replace").decode()


def validate(
    tables: Sequence[Table], *, tenant: str, run: str, folder: Path | None
) -> tuple[dict[str, dict[str, tuple[int, ...]]], Path | None]:
    """Table -> column -> places that fail; and the first page of the docs when there is a `folder` for them."""
    if folder is None:
        return _validated(tables, _context({}, {}), run), None
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".checks-", dir=folder))
    try:
        context = _context({"validation_results": results_store(made)}, {tenant: site(made, tenant)})
        failed = _validated(tables, context, run)
        publish(context, made, tenant, tables)
        made.chmod(0o755)
        return failed, _in_place(made, folder / "checks") / "index.html"
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _in_place(made: Path, wanted: Path) -> Path:
    """The pages of this check take the place of those before."""
    old = made.with_name(f"{made.name}-old")
    if wanted.exists():
        wanted.replace(old)
    made.replace(wanted)
    shutil.rmtree(old, ignore_errors=True)
    return wanted


def _context(stores: Mapping[str, Any], sites: Mapping[str, Any]) -> EphemeralDataContext:
    defaults = InMemoryStoreBackendDefaults()
    known: dict[str, Any] = dict(defaults.stores)
    if "validation_results" in stores:
        known[defaults.validation_results_store_name] = stores["validation_results"]
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            stores=known,
            expectations_store_name=defaults.expectations_store_name,
            validation_results_store_name=defaults.validation_results_store_name,
            checkpoint_store_name=defaults.checkpoint_store_name,
            data_docs_sites=dict(sites),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )


def _validated(
    tables: Sequence[Table], context: EphemeralDataContext, run: str
) -> dict[str, dict[str, tuple[int, ...]]]:
    identifier = RunIdentifier(run_name=_file_name(run), run_time=datetime.now(UTC))
    source = context.data_sources.add_pandas("records")
    failed = {}
    for table in tables:
        suite = context.suites.add(suite_of(table))
        batch = source.add_dataframe_asset(table.name).add_batch_definition_whole_dataframe("all")
        definition = context.validation_definitions.add(ValidationDefinition(name=table.name, data=batch, suite=suite))
        result = definition.run(
            batch_parameters={"dataframe": frame_of(table)}, result_format=_RESULT_FORMAT, run_id=identifier
        )
        failed[table.name] = failed_places(result)
    return failed


def failed_places(result: ExpectationSuiteValidationResult) -> dict[str, tuple[int, ...]]:
    """Column -> places of its failed rows. BugError when one could not be evaluated in full."""
    places: dict[str, tuple[int, ...]] = {}
    for outcome in result.results:
        info: Any = outcome.exception_info
        if info and info.get("raised_exception", True):
            raise BugError(f"An expectation about records could not be evaluated: {info}")
        failed = outcome.result.get("unexpected_index_list") or []
        if len(failed) != outcome.result["unexpected_count"] or outcome.success is not (not failed):
            counted = outcome.result["unexpected_count"]
            raise BugError(f"An expectation about records names {len(failed)} of {counted} failed rows.")
        config: Any = outcome.expectation_config
        places[config.meta["column"]] = tuple(int(row[PLACE]) for row in failed)
    return places


def _file_name(run: str) -> str:
    """The run's name as part of a path: letters, digits, `-` and `_`, at most 80."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", run).strip("-")[:80] or "run"
