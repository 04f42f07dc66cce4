"""Whether both systems let this tenant in, before anything is read or written."""

from __future__ import annotations

from datetime import timedelta

from connectors.ports import ErpPort, SeveraPort
from connectors.together import together
from core.errors import ConfigurationError, SyncError
from core.records import Side
from tasks.run import Run

ACCESS = "access"
"""The fact that credentials and privileges were found good."""


async def check_access(run: Run) -> None:
    """Ask both systems, once a day. Wrong credentials or privileges end the run; the error names every system."""
    if run.state.facts.get(ACCESS, max_age=timedelta(hours=run.settings(Side.ERP).full_read_hours)) is None:
        errors = [error for error in await together([_refusal(run.severa), _refusal(run.erp)]) if error is not None]
        if errors:
            raise joined(errors)
        run.state.facts.put(ACCESS, {"checked": True})


async def _refusal(port: SeveraPort | ErpPort) -> SyncError | None:
    try:
        await port.check_access()
    except SyncError as error:
        return error
    return None


def joined(errors: list[SyncError]) -> SyncError:
    """One error for those of several systems: what a person must mend counts, all of it at once."""
    wrong = [error for error in errors if isinstance(error, ConfigurationError)]
    if len(wrong) < 2:
        return (wrong or errors)[0]
    return ConfigurationError(
        " ".join(error.what for error in wrong),
        why=" ".join(error.why for error in wrong if error.why),
        todo=" ".join(error.todo for error in wrong if error.todo),
    )
