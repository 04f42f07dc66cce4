"""Visma.net Financials for the campaign."""

from __future__ import annotations

import re

from tests.faults.erp import Erp, Repertoire
from tests.faults.visma_net.invoices import invoices
from tests.faults.visma_net.people import DEEDS, projects, taken
from tests.faults.visma_net.registries import registries

REFERENCE = re.compile(r'^PUT /v1/project/\S+ \{"customer":\{[^{}]*\}\}$')
"""A write of nothing but a project's customer, which may come to the other side later than the project."""

VISMA_NET = Erp(
    name="visma_net",
    title="Visma.net",
    statuses={
        "trigger": "Send to Financials",
        "transferred": "In Financials, send to customer",
        "sent": "Sent",
        "partially_paid": "Partially paid",
        "paid": "Paid",
        "failed": "Failed invoices",
    },
    repertoire=Repertoire(
        bills=(
            "bill", "bill", "bill", "bill", "bill_abroad", "credit", "bill_wrongly", "bill_wrongly", "bill_unfit",
            "draft",
        ),
        meddling=(
            "send", "send", "send", "release", "pay", "pay", "pay_part", "pay_part", "pay_back", "delete_draft",
            "edit_draft", "take_off_hold", "move", "correct", "correct", "delete_invoice", "journal",
        ),
        registers=(
            "new_customer", "new_customer", "new_project", "new_project", "edit_customer", "edit_customer",
            "edit_project", "close_project", "new_contact", "edit_contact", "new_item", "new_item", "edit_product",
            "new_erp_customer", "new_erp_customer", "new_erp_item", "edit_erp_customer", "edit_erp_item",
        ),
        targets=(
            ("*", "*", "*", 40),
            ("*", "GET", "*", 30),
            ("*", "POST", "*", 6),
            ("*", "PUT", "*", 6),
            ("visma_net", "POST", "/v2/customerinvoice", 4),
            ("visma_net", "POST", "/v1/customerinvoice/*", 4),
            ("visma_net", "PUT", "/v1/customerinvoice/*", 3),
            ("visma_net", "DELETE", "/v1/customerinvoice/*", 2),
            ("visma_net", "GET", "/v1/customerinvoice*", 4),
            ("severa", "PATCH", "/v1/customers/*", 4),
            ("severa", "PATCH", "/v1/invoices/*", 4),
            ("severa", "POST", "/v1/projectfees", 3),
        ),
    ),
    unfit=("several codes", "term of 45 days", "in-house"),
    deeds=DEEDS,
    names={
        "Customers": "name",
        "Projects": "projectID",
        "Items": "inventoryNumber",
        "Contacts": "businessAccount firstName lastName",
    },
    taken=taken,
    project_series=(6000, 9999),
    project_members={"startDate": "2026-01-05"},
    cost_projects=projects,
    cost_text=lambda fee: (fee.get("description") or "").partition(",")[0],
    late=REFERENCE,
    judges=(invoices, registries),
)  # fmt: skip
