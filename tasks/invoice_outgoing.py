"""An invoice made ready to go: everything that can keep it back is found before a call to the ERP (ALL-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connectors.ports import OutgoingInvoice
from core.errors import BadDataError
from core.exporting import resolve_customer, resolve_projects
from core.invoices import Invoice
from core.records import Registry, Side
from core.transfers import Transfer
from tasks.run import Run


async def outgoing_of(run: Run, listed: Invoice, transfers: Mapping[str, Transfer]) -> OutgoingInvoice | None:
    """The invoice, read again with its rows, every reference in the ERP's ids. Raises what keeps it back.

    None when a person moved it since the list was read.
    """
    links = run.state.links
    customer = links.other_id(Registry.CUSTOMERS, Side.SEVERA, listed.customer_id or "")
    customer = resolve_customer(listed, customer, erp_title=run.erp_title)
    projects = links.other_ids(Registry.PROJECTS, Side.SEVERA, listed.project_ids)
    project = resolve_projects(listed, projects, erp_title=run.erp_title)
    rows = await run.severa.invoice_rows(listed.id)
    if not rows:
        raise BadDataError("The invoice has no rows.", todo="Add rows in Severa, or delete it.", field="rows")
    fresh = await run.severa.invoice(listed.id, texts=run.profile.invoice_texts)
    if fresh is None or fresh.status_id != run.statuses["trigger"]:
        return None
    if (fresh.customer_id, fresh.project_ids) != (listed.customer_id, listed.project_ids):
        return await outgoing_of(run, fresh, transfers)
    invoice = replace(fresh, rows=rows)
    row = transfers.get(invoice.id)
    return OutgoingInvoice(
        invoice=invoice,
        reference=row.reference if row else invoice.id,
        customer_id=customer,
        project_id=project,
        contact_id=links.other_id(Registry.CONTACTS, Side.SEVERA, invoice.contact_id or ""),
        credited_number=_credited_number(run, invoice),
        business_unit_id=await _company(run, invoice) if run.profile.companies else None,
        exchange_rate=invoice.currency_rate,
        texts=invoice.texts,
    )


def _credited_number(run: Run, invoice: Invoice) -> str | None:
    credited = run.state.transfers.get(invoice.credited_invoice_id) if invoice.credited_invoice_id else None
    return credited.erp_number if credited else None


async def _company(run: Run, invoice: Invoice) -> str | None:
    """The ERP's id of the company that sells: that of the projects' business units, where it is linked (VN-10).

    Nothing is asked where no companies are linked. BadDataError for projects of several companies (Severa's contract,
    section 10).
    """
    if not run.state.links.count(Registry.BUSINESS_UNITS):
        return None
    companies = [await run.severa.company_of_project(project) for project in invoice.project_ids]
    linked = run.state.links.other_ids(Registry.BUSINESS_UNITS, Side.SEVERA, {one for one in companies if one})
    found = {linked.get(one or "") for one in companies}
    if len(found) > 1:
        raise BadDataError(
            "The invoice has projects of several companies.",
            why=f"An invoice in {run.erp_title} belongs to one company.",
            todo="Make an invoice for each company's projects in Severa.",
            field="projects",
        )
    return next(iter(found), None)
