"""The batch's total check stated for people: Great Expectations over the totals that the gate decided (ALL-07)."""

from __future__ import annotations

import asyncio

from prefect import task
from prefect.cache_policies import NO_CACHE

from core.errors import BugError
from expectations.apart import Validation
from expectations.totals import TotalRow
from tasks import places
from tasks.run import CheckedTotal, Run


def note_total(run: Run, total: CheckedTotal) -> None:
    """The gate has decided about a total; with the first of a run Great Expectations is made ready on the side."""
    run.totals.append(total)
    if run.validation is None:
        run.validation = Validation()


@task(name="check totals", cache_policy=NO_CACHE)
async def check_totals(run: Run) -> None:
    """Validate the batch of totals and write Data Docs. BugError when expectation and gate disagree.

    Without a total there is nothing to state, and Great Expectations is not even imported.
    """
    totals, run.totals = run.totals, []
    validation, run.validation = run.validation or Validation(), None
    rows = [TotalRow.of(total.reference, total.label, total.check, passed=total.passed) for total in totals]
    docs = places.docs_folder()
    result = await asyncio.to_thread(validation.validate, rows, tenant=run.tenant.name, run=run.id, docs=docs)
    run.docs_index = result.docs_index
    if result.disagreements:
        raise BugError(
            "The total check and its expectation disagree: " + "; ".join(result.disagreements),
            why="Two parts of the product read the same totals differently; nothing they say can be trusted.",
            todo="Stop the tenant's invoice export and report this.",
        )
