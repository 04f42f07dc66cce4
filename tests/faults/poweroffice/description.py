"""PowerOffice Go for the campaign."""

from __future__ import annotations

import re

from tests.faults.erp import Erp, Repertoire
from tests.faults.poweroffice.invoices import invoices
from tests.faults.poweroffice.people import DEEDS, projects, taken
from tests.faults.poweroffice.registries import registries

REFERENCE = re.compile(
    r'^PATCH \S+ \[(\{"op":"[Rr]eplace",'
    r'"path":"/(\w+Id|(customerContact|superiorUser|businessUnit|projectOwner)/guid)","value":[^{}]*\},?)+\]$'
)
"""A write of nothing but references to other records, which may come to the other side later than their owner."""

POWEROFFICE = Erp(
    name="poweroffice",
    title="PowerOffice",
    statuses={
        "trigger": "Send to PowerOffice",
        "transferred": "In PowerOffice",
        "sent": "Sent",
        "paid": "Paid",
        "failed": "Failed invoices",
    },
    repertoire=Repertoire(
        bills=(
            "bill", "bill", "bill", "bill", "bill_abroad", "credit", "bill_wrongly", "bill_wrongly", "bill_unfit",
            "draft",
        ),
        meddling=(
            "send", "send", "send", "pay", "pay", "pay_back", "delete_draft", "edit_draft", "confirm_draft",
            "move", "correct", "correct", "delete_invoice", "reverse",
        ),
        registers=(
            "new_customer", "new_customer", "new_project", "new_project", "edit_customer", "edit_customer",
            "edit_project", "close_project", "new_contact", "edit_contact", "new_item", "new_item", "edit_product",
            "new_erp_customer", "new_erp_project", "new_erp_item", "edit_erp_customer",
        ),
        targets=(
            ("*", "*", "*", 40),
            ("*", "GET", "*", 30),
            ("*", "POST", "*", 6),
            ("*", "PATCH", "*", 6),
            ("poweroffice", "POST", "/v2/SalesOrders/Complete", 4),
            ("poweroffice", "DELETE", "/v2/SalesOrders/*", 2),
            ("poweroffice", "GET", "/v2/SalesOrders*", 4),
            ("severa", "PATCH", "/v1/invoices/*", 4),
            ("severa", "POST", "/v1/projectfees", 3),
        ),
    ),
    unfit=("missing product", "several codes", "no number", "term of 45 days", "in-house"),
    deeds=DEEDS,
    names={
        "Customers": "Name",
        "Projects": "Name",
        "Products": "Name",
        "ProductGroups": "Name",
        "Departments": "Name",
        "Employees": "FirstName LastName",
        "ContactPersons": "ContactId FirstName LastName",
        "ContactDeliveryAddresses": "ContactId ExternalCode AddressLine1",
    },
    taken=taken,
    project_series=None,
    project_members={},
    cost_projects=projects,
    cost_text=lambda fee: fee.get("description") or "",
    late=REFERENCE,
    judges=(invoices, registries),
)  # fmt: skip
