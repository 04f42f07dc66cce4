"""Everything stored, by kind, as a read would show it."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from sandbox.store import Row
from sandbox.visma_net.books import journals, supplier_invoices, suppliers
from sandbox.visma_net.company import Company
from sandbox.visma_net.registries import contacts, customers, items, lists, projects, tasks
from sandbox.visma_net.sales import shows
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, INVOICE


def kinds_of(company: Company) -> Mapping[str, Callable[[], list[Row]]]:
    """Kind -> everything of it. Documents come with their lines, projects with their tasks."""
    shown: Mapping[str, tuple[Iterable[Row], Callable[[Row], Row]]] = {
        "Customers": (company.customers, lambda row: {**customers.shown(company, row), "note": row.get("_note")}),
        "Contacts": (company.contacts, lambda row: contacts.shown(company, row)),
        "Items": (company.items, lambda row: items.shown(company, row)),
        "Projects": (company.projects, lambda row: projects.shown(company, row)),
        "ProjectTasks": (company.tasks, tasks.shown),
        "CustomerInvoices": (company.invoices, lambda row: shows.whole(company, INVOICE, row)),
        "CustomerCreditNotes": (company.credit_notes, lambda row: shows.whole(company, CREDIT_NOTE, row)),
        "Payments": (company.payments, lists.plain),
        "Suppliers": (company.suppliers, suppliers.shown),
        "SupplierInvoices": (company.supplier_invoices, lambda row: supplier_invoices.shown(company, row)),
        "JournalTransactions": (company.journals, lambda row: journals.shown(company, row)),
    }
    listed: Mapping[str, Mapping[str, Row]] = {
        "CustomerClasses": company.customer_classes,
        "ItemClasses": company.item_classes,
        "CreditTerms": company.terms,
        "Branches": company.branches,
        "Currencies": company.currencies,
        "Accounts": company.accounts,
        "Ledgers": company.ledgers,
    }
    found = {name: partial(_all, rows, show) for name, (rows, show) in shown.items()}
    found.update({name: partial(_values, rows) for name, rows in listed.items()})
    found["Attachments"] = partial(_attachments, company)
    return found


def _all(rows: Iterable[Row], show: Callable[[Row], Row]) -> list[Row]:
    return [show(row) for row in rows]


def _values(rows: Mapping[str, Row]) -> list[Row]:
    return [lists.plain(row) for row in rows.values()]


def _attachments(company: Company) -> list[Row]:
    """Every attachment with the sizes of its revisions."""
    return [
        {"id": one, "name": revisions[-1][0], "revision": len(revisions), "sizes": [len(c) for _, c in revisions]}
        for one, revisions in company.files.items()
    ]
