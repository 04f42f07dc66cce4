"""The end of a run: its trail is on disk, the desk says how the run itself ended, and people are told what is new."""

from __future__ import annotations

import asyncio
import logging
import sys

from core.errors import ErrorClass, SyncError
from core.issues import Issue, issue_from
from state.store import TenantState
from tasks.audit import Trail
from tasks.notify import tell_new
from tasks.run import Run
from tenants.model import Tenant

SCOPE = "run"
"""The desk's scope of what ended a whole run: refused credentials, a system that does not answer, a bug."""
OPENING = "run:opening"
"""The record of a run that ended before it began: a secret that cannot be read."""

log = logging.getLogger(__name__)


async def wind_up(
    tenant: Tenant, state: TenantState, trail: Trail, run: Run | None, error: BaseException | None
) -> None:
    """Do what is left to do after a run. `error` is what ended it; nothing here takes its place.

    TransientError when the trail of a run that went well could not be written.
    """
    try:
        await asyncio.to_thread(trail.close)
        if error is None or isinstance(error, Exception):  # one that was cancelled does not hold the tenant any more
            note_end(state, run, error)
            await tell_new(tenant, state)
    except Exception:
        if error is None:
            raise
        log.warning("%s: the run could not be wound up.", tenant.name, exc_info=sys.exc_info())


def note_end(state: TenantState, run: Run | None, error: Exception | None) -> None:
    """What ended a run stands on the desk as one issue, until a run of the same job goes through."""
    job = run.outermost if run is not None else ""
    record = f"{SCOPE}:{job}" if job else OPENING
    if error is not None:
        issue = _issue(error, record, job)
        state.issues.report([issue])
        for earlier in state.issues.open(SCOPE):
            if earlier.record == record and earlier.cause != issue.cause:
                state.issues.resolve(SCOPE, [record], cause=earlier.cause)
    elif run is not None and not run.options.manual:
        over = [issue.record for issue in state.issues.open(SCOPE) if job == "cycle" or issue.record == record]
        state.issues.resolve(SCOPE, [*over, OPENING])


def _issue(error: Exception, record: str, job: str) -> Issue:
    label = f"The run ({job.replace('_', ' ')})" if job else "The run"
    if isinstance(error, SyncError):
        return issue_from(error, scope=SCOPE, record=record, label=label)
    kind = type(error).__name__
    return Issue(
        scope=SCOPE,
        record=record,
        label=label,
        cause=f"{ErrorClass.BUG.value}:{kind}",
        error_class=ErrorClass.BUG,
        what=f"The run ended with an unexpected error ({kind}).",
        todo="Report it, with the run's log. Nothing is lost: the next run goes on where this one ended.",
    )
