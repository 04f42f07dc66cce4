"""What a preview tells of invoices on their way out: the draft, its release, and what Severa would show (ALL-05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from connectors.dry import NotSentError
from connectors.ports import InvoiceWrite, OutgoingInvoice
from core.errors import MissingDependencyError
from core.foreseen import Act, is_stand_in
from core.invoices import Invoice
from core.records import Registry, Side
from core.states import encode
from core.transfers import Stage
from tasks.foreseeing import about_invoice_foreseen, coming, made_codes, status_names, values_of
from tasks.invoice_read import JOB
from tasks.run import Run

TRANSFERRED = Stage.TRANSFERRED.value


async def would_create(run: Run, outgoing: OutgoingInvoice) -> None:
    """Tell of the document that would be made. What keeps the invoice back raises, as it does in a run.

    An item that this run itself would make first is not missing.
    """
    askable = replace(outgoing, contact_id=None) if is_stand_in(outgoing.contact_id) else outgoing
    provided = _provided(run, outgoing)
    try:
        await run.erp.create_invoice(askable)
    except NotSentError:
        pass
    except MissingDependencyError as error:
        codes = await _coming_codes(run, outgoing.invoice, error)
        if not codes:
            raise
        provided += [f"{Registry.PRODUCTS.value}:{code}" for code in codes]
    _document(run, outgoing, provided)


def _provided(run: Run, outgoing: OutgoingInvoice) -> list[str]:
    ids: dict[Registry, Iterable[str | None]] = {
        Registry.CUSTOMERS: [outgoing.customer_id],
        Registry.PROJECTS: [outgoing.project_id],
        Registry.CONTACTS: [outgoing.contact_id],
        Registry.BUSINESS_UNITS: [outgoing.business_unit_id],
    }
    return coming(run, Side.ERP, ids)


async def _coming_codes(run: Run, invoice: Invoice, error: MissingDependencyError) -> list[str]:
    """The codes that are missing and that this run would make; none when anything else is missing, too."""
    if not (error.needs or "").startswith(f"{Registry.PRODUCTS.value}:"):
        return []
    missing = await run.erp.missing_products(sorted({row.code for row in invoice.rows if row.code}))
    return sorted(missing) if missing <= made_codes(run) else []


def _document(run: Run, outgoing: OutgoingInvoice, provided: list[str]) -> None:
    invoice, title = outgoing.invoice, run.erp_title
    known = {
        "customer": outgoing.customer_id,
        "project": outgoing.project_id,
        "invoice_date": encode(invoice.invoice_date),
        "currency": invoice.currency,
        "total": encode(invoice.total.quantised().amount),
        "rows": len(invoice.rows),
    }
    fields = {name: value for name, value in known.items() if not is_stand_in(str(value))}
    unknown = {"total in the ERP": f"{title} computes it: more than 0.05 apart, the draft would be removed again."}
    tell(run, invoice, Act.CREATE, Side.ERP, fields=values_of(fields), unknown=unknown, provided=provided)


def would_attach(run: Run, severa_id: str, label: str, erp_id: str | None) -> None:
    """Tell of the files by the tenant's setting; which they are is looked up by the run."""
    unknown = {"files": "Those that the invoice has in Severa then, and that are not there yet."}
    about_invoice_foreseen(run, JOB, Act.ATTACH, Side.ERP, severa_id, label, target=erp_id, unknown=unknown)


def would_release(run: Run, invoice: Invoice, erp_id: str | None) -> None:
    """Tell of the release, as far as the tenant wants it."""
    wanted = getattr(run.tenant.erp_section, "after_transfer", "released")
    fields = {"state": ("hold", wanted)}
    provided = ["the totals agree"] if erp_id is None else []
    tell(run, invoice, Act.RELEASE, Side.ERP, target=erp_id, fields=fields, provided=provided)


def would_report(run: Run, invoice: Invoice, *, number: str | None, reference: str | None, sure: bool) -> InvoiceWrite:
    """Tell of Severa's status, number and reference afterwards; the answer that Severa would give."""
    names, profile = status_names(run), run.profile
    fields: dict[str, tuple[object, object]] = {"status": (names["trigger"], names[TRANSFERRED])}
    unknown = {}
    if profile.number_written_at == TRANSFERRED:
        told = {"number": number, **({"reference": reference} if profile.payment_references else {})}
        for name, value in told.items():
            if value is None:
                unknown[name] = f"{run.erp_title} gives it."
            else:
                fields[name] = (invoice.number if name == "number" else None, value)
    provided = [] if sure else ["the totals agree"]
    tell(run, invoice, Act.UPDATE, Side.SEVERA, fields=fields, unknown=unknown, provided=provided)
    status_id = run.statuses[TRANSFERRED]
    return InvoiceWrite(moved=True, status_id=status_id, number=number, number_written=True, reference=reference)


def would_fail(run: Run, invoice: Invoice) -> None:
    """Tell of the failed status."""
    names = status_names(run)
    fields = {"status": (names["trigger"], names["failed"])}
    tell(run, invoice, Act.UPDATE, Side.SEVERA, fields=fields)


def would_remove(run: Run, invoice: Invoice, erp_id: str) -> None:
    """Tell of a draft whose total is another one."""
    tell(run, invoice, Act.REMOVE, Side.ERP, target=erp_id)


def tell(run: Run, invoice: Invoice, act: Act, side: Side, **more: object) -> None:
    """Something that the run would do with an invoice."""
    about_invoice_foreseen(run, JOB, act, side, invoice.id, invoice.label, **more)
