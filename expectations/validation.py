"""One validation of a batch of totals in a project of Great Expectations that lives in memory.

This module imports Great Expectations: import it only inside `expectations.loading.great_expectations`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
from great_expectations.core.validation_definition import ValidationDefinition
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from core.errors import BugError
from expectations.agreement import totals_suite
from expectations.frame import PLACE, WORDS, totals_frame
from expectations.site import publish, results_store, site
from expectations.totals import TotalRow

_RESULT_FORMAT = {
    "result_format": "COMPLETE",  # the list of failed rows is cut in every other format
    "unexpected_index_column_names": [PLACE, *WORDS],
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}


def validate(
    rows: Sequence[TotalRow], *, tenant: str, run: str, folder: Path | None
) -> tuple[frozenset[int], Path | None]:
    """The places in `rows` of those that fail, and the first page of the docs when there is a `folder` for them."""
    defaults = InMemoryStoreBackendDefaults()
    stores: dict[str, Any] = dict(defaults.stores)
    if folder is not None:
        stores[defaults.validation_results_store_name] = results_store(folder)
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            stores=stores,
            expectations_store_name=defaults.expectations_store_name,
            validation_results_store_name=defaults.validation_results_store_name,
            checkpoint_store_name=defaults.checkpoint_store_name,
            data_docs_sites={} if folder is None else {tenant: site(folder, tenant)},
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    suite = context.suites.add(totals_suite())
    batch = context.data_sources.add_pandas("totals").add_dataframe_asset("invoices")
    definition = context.validation_definitions.add(
        ValidationDefinition(name="totals", data=batch.add_batch_definition_whole_dataframe("run"), suite=suite)
    )
    result = definition.run(
        batch_parameters={"dataframe": totals_frame(rows)},
        result_format=_RESULT_FORMAT,
        run_id=RunIdentifier(run_name=_file_name(run), run_time=datetime.now(UTC)),
    )
    return failed_places(result), None if folder is None else publish(context, folder, tenant)


def failed_places(result: ExpectationSuiteValidationResult) -> frozenset[int]:
    """The places of all rows that fail any expectation. BugError when one could not be evaluated in full."""
    places: set[int] = set()
    for outcome in result.results:
        info: Any = outcome.exception_info
        if info and info.get("raised_exception", True):
            raise BugError(f"An expectation about totals could not be evaluated: {info}")
        failed = outcome.result.get("unexpected_index_list") or []
        if len(failed) != outcome.result["unexpected_count"] or outcome.success is not (not failed):
            raise BugError(
                f"An expectation about totals names {len(failed)} of {outcome.result['unexpected_count']} failed rows."
            )
        places.update(int(row[PLACE]) for row in failed)
    return frozenset(places)


def _file_name(run: str) -> str:
    """The run's name as part of a path: letters, digits, `-` and `_`, at most 80."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", run).strip("-")[:80] or "run"
