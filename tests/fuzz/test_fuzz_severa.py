"""Severa's reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from connectors.ports import CostEntry
from connectors.severa.settings import SCOPES
from core.records import Registry
from tests.conformance.systems.severa import SEVERA
from tests.fuzz import suite
from tests.fuzz.subject import SINCE, Known, Read, Subject
from tests.support.sandbox import Sandbox


def cost(known: Known) -> CostEntry:
    """A project cost that nobody made."""
    return CostEntry(
        key="ledger:1",
        project_id=known.ids[Registry.PROJECTS],
        product_id=None,
        product_type=None,
        quantity=Decimal(1),
        unit_cost=Decimal(1),
        currency="NOK",
        description="x",
        event_date=date(2026, 3, 2),
    )


READS: Mapping[str, Read] = {
    "customers billed since": lambda a, _: a.customers_with_invoices(SINCE, ()),
    "customers billed": lambda a, k: a.customers_with_invoices(None, [k.ids[Registry.CUSTOMERS]]),
    "statuses": lambda a, _: a.invoice_statuses(),
    "invoices": lambda a, k: a.invoices_with_status([k.others["status"]]),
    "invoice": lambda a, k: a.invoice(k.others["invoice"]),
    "invoice with its texts": lambda a, k: a.invoice(k.others["invoice"], texts=True),
    "rows": lambda a, k: a.invoice_rows(k.others["invoice"]),
    "files": lambda a, k: a.invoice_files(k.others["invoice"]),
    "files of a project": lambda a, k: a.project_files(k.ids[Registry.PROJECTS]),
    "company": lambda a, k: a.company_of_project(k.ids[Registry.PROJECTS]),
    "currency": lambda a, k: a.project_currency(k.ids[Registry.PROJECTS]),
    "rates": lambda a, _: a.currency_rates(),
    "cost": lambda a, k: a.find_cost(cost(k), since=SINCE),
    "costs": lambda a, k: a.find_costs([cost(k).key], since=SINCE),
}


def prepare(sandbox: Sandbox) -> Mapping[str, str]:
    """An invoice that is there, and its status."""
    invoice = sandbox.objects("severa", "invoices")[0]
    return {"invoice": invoice["guid"], "status": invoice["status"]["guid"]}


SUBJECT = Subject(
    system=SEVERA,
    samples={
        "/v1/customers": "customer.read.json",
        "/v1/projects": "project.read.json",
        "/v1/invoices": "invoice.read.json",
        "/v1/invoicestatuses": "invoicestatuses.read.json",
        "/v1/projectfees": "projectfee.read.json",
    },
    reads=READS,
    prepare=prepare,
    settings={"scopes": (*SCOPES, "files:read")},
)


class TestReader(suite.Reader): ...
