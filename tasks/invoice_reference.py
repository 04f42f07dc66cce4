"""The ERP's payment reference (KID): written with the number, or as soon as the ERP has one (ALL-06)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.ports import InvoiceWrite
from core.errors import BadDataError
from core.invoices import ErpInvoice
from core.plans import record_key
from core.profiles import Profile
from core.records import Side
from core.transfers import Stage, Transfer, TransferState
from tasks.run import Run, issue_of

JOB = "invoice_status"
WAITING = "no reference"
"""Cause of the issue of an invoice whose payment reference did not come."""
PATIENCE = timedelta(hours=24)
"""So long it is asked for in every run; then a person is told, and it follows when the invoice changes."""


def lacks_reference(profile: Profile, transfer: Transfer, erp: ErpInvoice) -> bool:
    """Whether the ERP gives a payment reference that was not written to Severa."""
    return (
        profile.payment_references
        and erp.payment_reference is not None
        and erp.payment_reference != transfer.erp_reference
    )


def without_reference(run: Run) -> list[Transfer]:
    """Transferred invoices whose payment reference is waited for."""
    return [row for row in _unreferenced(run) if not _late(row)]


def report_unreferenced(run: Run, found: Mapping[str, ErpInvoice]) -> None:
    """Tell once of each invoice whose reference did not come in time."""
    late = [row for row in _unreferenced(run) if _late(row) and not _has(found.get(row.erp_id or ""))]
    if not late:
        return
    told = {issue.record for issue in run.state.issues.standing(JOB) if issue.cause == WAITING}
    for row in late:
        if record_key(Side.SEVERA, row.severa_id) in told:
            continue
        error = BadDataError(
            f"{run.erp_title} has given it no payment reference.",
            why="The reference that Severa shows may not be the one that payments are matched by.",
            todo=f"See why in {run.erp_title}; it is written to Severa when the invoice changes there.",
            field="referenceNumber",
        )
        label = f"Invoice {row.erp_number or row.severa_id[:8]}"
        issue = issue_of(error, scope=JOB, side=Side.SEVERA, record_id=row.severa_id, label=label, cause=WAITING)
        run.complain(JOB, [issue])


def reference_kept(run: Run, write: InvoiceWrite, erp: ErpInvoice) -> BadDataError:
    """What is said when Severa kept another payment reference than the ERP's."""
    return BadDataError(
        f"Severa kept the payment reference {write.reference} instead of {run.erp_title}'s {erp.payment_reference}.",
        why="Severa did not let the reference be written.",
        todo="Enter the reference by hand before the invoice is sent to the customer.",
        field="referenceNumber",
    )


def _unreferenced(run: Run) -> list[Transfer]:
    if not run.profile.payment_references:
        return []
    standing = run.state.transfers.in_states([TransferState.REPORTED], Stage.TRANSFERRED)
    return [row for row in standing if row.erp_id is not None and row.erp_reference is None]


def _late(row: Transfer) -> bool:
    return row.attempt_at is None or datetime.now(UTC) - row.attempt_at > PATIENCE


def _has(erp: ErpInvoice | None) -> bool:
    return erp is not None and erp.payment_reference is not None
