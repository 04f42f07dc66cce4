"""Invoices that stand in the ERP and are not on the ledger: an older copy of the state was put back (law 1).

Nobody tells the product that this happened. So the ERP is asked about every invoice before it is sent for the first
time, in one look-up a run; and what is met under a reference of ours later comes onto the ledger then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connectors.ports import UnknowableError
from connectors.values import GUID
from core.errors import BadDataError
from core.exporting import NextStep
from core.invoices import ErpInvoice, Invoice
from core.transfers import Stage, Transfer, TransferState, reference_for
from state.transfers import Move, TransferChanges
from tasks.invoice_lookup import found_in_erp, tell_doubt
from tasks.invoice_read import Outbox, header_of, new_transfer
from tasks.run import Run

CURSOR = "erp.orders"
"""Up to when the ledger is known to hold every order of ours; by our own clock."""
MARGIN = timedelta(days=1)
"""So much earlier sent invoices are searched: clocks differ, and the copy may be of a run that was under way."""
GUID_LENGTH = 36
S = TransferState


async def recall_orders(run: Run, box: Outbox) -> None:
    """Before the first create: invoices of which the ERP holds an order already go on from there.

    Where the ERP keeps nothing by which they would be found, what the ledger says counts: it has tried none of them.
    Sent invoices are searched from the last such look-up on: what the state forgot was made after it, because the
    look-up is remembered in that state, too.
    """
    waiting = [invoice for invoice in box.steps[NextStep.SEND] if invoice.id not in box.absent]
    if not waiting:
        return
    cursor = run.state.cursors.get(CURSOR)
    since = (cursor.value if cursor else run.tenant.switched_on) - MARGIN
    references = {invoice.id: _reference(box.transfers.get(invoice.id), invoice) for invoice in waiting}
    lookup = await found_in_erp(run, list(references.values()), since)
    decided = run.options.retry and run.options.record is not None
    for invoice in waiting:
        doubt = lookup.doubtful.get(references[invoice.id])
        unknowable = decided or isinstance(doubt, UnknowableError)  # a person who asks again has looked
        if doubt is not None and not unknowable:
            box.steps[NextStep.SEND].remove(invoice)
            tell_doubt(run, invoice, doubt)
        elif (erp := lookup.found.get(references[invoice.id])) is not None:
            row = box.transfers.get(invoice.id) or run.state.transfers.add(new_transfer(invoice))
            box.transfers[invoice.id] = await run.ledger.steps(created(row, invoice, erp))
            box.steps[NextStep.SEND].remove(invoice)
            box.steps[NextStep.VERIFY].append(invoice)
    if not run.preview and not run.options.manual:
        run.state.cursors.set(CURSOR, run.started, full=False)


def _reference(row: Transfer | None, invoice: Invoice) -> str:
    """What the ERP would know the invoice by: the guid, or what the ledger says of its present attempt."""
    return row.reference if row is not None else reference_for(invoice.id, 1)


def created(row: Transfer, invoice: Invoice, erp: ErpInvoice) -> list[Move]:
    """The steps by which an order that was found becomes one that was created, from any beginning."""
    suffix = (erp.reference or "")[GUID_LENGTH + 1 :]
    first: TransferChanges = {**header_of(invoice), "reason": None}
    found: TransferChanges = {
        "erp_id": erp.id,
        "erp_number": erp.number,
        "reference": erp.reference or row.reference,
        "generation": int(suffix) if suffix.isascii() and suffix.isdigit() else row.generation,
    }
    pending = [Move(invoice.id, S.PENDING, S.REJECTED)] if row.state is S.REJECTED else []
    note = "not on the ledger, found in the ERP by its reference"
    return [
        *pending,
        Move(invoice.id, S.CREATING, S.PENDING, first),
        Move(invoice.id, S.CREATED, S.CREATING, found, note),
    ]


async def recall_sent(run: Run, invoices: Sequence[ErpInvoice]) -> None:
    """Sent invoices under a reference of ours that are not on the ledger, as far as Severa knows them."""
    ours = {erp.reference[:GUID_LENGTH].lower(): erp for erp in invoices if erp.reference and is_ours(erp.reference)}
    rows = run.state.transfers.many(ours)
    for guid in sorted(ours):
        if not _unsent(rows.get(guid)):
            continue
        try:
            invoice = await run.severa.invoice(guid)
        except BadDataError:
            continue  # the list of its status tells of it
        if invoice is not None and invoice.status_id != run.statuses["trigger"]:
            await enter(run, invoice, ours[guid], rows.get(guid))


def _unsent(row: Transfer | None) -> bool:
    """Whether the ledger knows of no try: not at all, or the copy was taken right before the first one."""
    return row is None or row.state is S.PENDING


async def recall_transferred(run: Run) -> list[Transfer]:
    """Invoices that stand on the transferred status and not on the ledger, as far as the ERP has their orders.

    Returns those that were tried and that the ERP does not have: a person has put them on that status.
    """
    listed = await run.severa.invoices_with_status([run.statuses["transferred"]])
    rows = run.state.transfers.many([invoice.id for invoice in listed.items])
    unknown = [invoice for invoice in listed.items if _unsent(rows.get(invoice.id))]
    if not unknown:
        return []
    references = {invoice.id: _reference(rows.get(invoice.id), invoice) for invoice in unknown}
    tried = [row.first_attempt_at for row in rows.values() if row.first_attempt_at is not None and _unsent(row)]
    lookup = await run.erp.find_invoices(list(references.values()), min([run.started, *tried]) - MARGIN)
    lost: list[Transfer] = []
    for invoice in unknown:
        row, reference = rows.get(invoice.id), references[invoice.id]
        if (erp := lookup.found.get(reference)) is not None:
            await enter(run, invoice, erp, row)
        elif row is not None and row.attempts and reference not in lookup.doubtful:
            lost.append(row)
    return lost


async def enter(run: Run, invoice: Invoice, erp: ErpInvoice, row: Transfer | None) -> None:
    """Put an invoice onto the ledger as far as Severa shows it; `row` is what stands there of it."""
    shown = {run.statuses[stage.value]: stage for stage in Stage if stage.value in run.statuses}
    stage = shown.get(invoice.status_id or "", Stage.TRANSFERRED)
    row = row or run.state.transfers.add(new_transfer(invoice))
    total = erp.total.quantised().amount if erp.total is not None else None
    reported = Move(invoice.id, S.REPORTED, S.VERIFIED, {"stage": stage})
    done = [Move(invoice.id, S.DONE, S.REPORTED)] if stage is Stage.PAID else []
    verified = Move(invoice.id, S.VERIFIED, S.CREATED, {"erp_total": total})
    await run.ledger.steps([*created(row, invoice, erp), verified, reported, *done])


def is_ours(reference: str) -> bool:
    """Whether a reference begins as those of ours do: with a guid."""
    return GUID.fullmatch(reference[:GUID_LENGTH]) is not None
