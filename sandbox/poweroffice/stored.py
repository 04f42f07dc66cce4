"""Everything stored, by kind, as a read would show it."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from sandbox.poweroffice.books import ledger, purchases
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.registries import (
    customers,
    delivery_addresses,
    departments,
    employees,
    persons,
    products,
    projects,
    setup,
    suppliers,
)
from sandbox.poweroffice.sales import attachments, invoices, orders, payments
from sandbox.store import Row


def kinds_of(company: Company) -> Mapping[str, Callable[[], list[Row]]]:
    """Kind, in the vendor's spelling -> everything of it. Orders and invoices come with their lines."""
    shows: Mapping[str, tuple[Iterable[Row], Callable[[Row], Row]]] = {
        "Customers": (company.customers, lambda row: customers.shown(company, row)),
        "ContactPersons": (company.persons, persons.shown),
        "ContactDeliveryAddresses": (company.addresses, delivery_addresses.shown),
        "ProductGroups": (company.groups, lambda row: products.group_shown(company, row)),
        "Products": (company.products, lambda row: products.shown(company, row)),
        "Projects": (company.projects, lambda row: projects.shown(company, row)),
        "Departments": (company.departments, lambda row: departments.shown(company, row)),
        "Employees": (company.employees, lambda row: employees.shown(company, row)),
        "Suppliers": (company.suppliers, suppliers.shown),
        "SalesOrders": (company.orders, lambda row: orders.complete(company, row)),
        "SalesOrderAttachments": (company.attachments, attachments.shown),
        "OutgoingInvoices": (company.invoices, lambda row: _invoice(company, row)),
        "CustomerLedgerEntries": (company.customer_ledger, lambda row: payments.entry_shown(company, row)),
        "IncomingInvoices": (company.incoming, lambda row: purchases.shown(company, row)),
        "AccountTransactions": (company.transactions, lambda row: ledger.shown(company, row)),
        "VoucherDocumentation": (company.documents, lambda row: {**answers.VOUCHER_DOCUMENTATION, **row}),
        "PaymentTerms": (company.terms, dict),
        "Currencies": (company.currencies, dict),
        "VatCodes": (company.vat_codes, dict),
        "GeneralLedgerAccounts": (company.accounts, lambda row: setup.account_shown(company, row)),
        "SubLedgerNumberSeries": (company.series, dict),
    }
    return {name: partial(_all, rows, show) for name, (rows, show) in shows.items()}


def _all(rows: Iterable[Row], show: Callable[[Row], Row]) -> list[Row]:
    return [show(row) for row in rows]


def _invoice(company: Company, row: Row) -> Row:
    lines = [invoices.line_shown(company, line) for line in company.invoice_lines[row["Id"]]]
    return {**invoices.shown(company, row), "Lines": lines}
