"""Invoices, their rows, settings, and the sources of their rows."""

from typing import Any

from sandbox.routing import Reply, Request
from sandbox.severa.billing import bill
from sandbox.severa.kinds import KINDS
from sandbox.severa.lists import (
    IGNORED,
    Filter,
    Listing,
    amount,
    any_of,
    computed,
    day,
    one,
    read_day,
    read_number,
    since,
    word,
)
from sandbox.severa.patching import collect, operations
from sandbox.severa.registers import Registers
from sandbox.severa.service import Endpoint, Service, listed, patched, read_json, reply, single
from sandbox.severa.service import computed as made
from sandbox.store import Row

READ, WRITE = "invoices:read", "invoices:write"
ROW_TYPES = ("FlatRate", "Hours", "ProjectFees", "TravelExpenses")
PRODUCT_TYPE = word("productType", "FixedFees", "Materials", "Subcontracting")
EXPENSE_CLASS = word("travelExpense.expenseClass", "Mileage", "DailyAllowance", "OtherTravelExpense")


def _of_projects(registers: Registers, row: Row, wanted: Any, *path: str) -> bool:
    for project in row["projects"]:
        found = registers.get("projects", project["guid"])
        for name in path:
            found = found[name] or {}
        if found.get("guid") in wanted:
            return True
    return False


def _owner(registers: Registers, row: Row, wanted: Any) -> bool:
    return _of_projects(registers, row, wanted, "projectOwner")


def _unit(registers: Registers, row: Row, wanted: Any) -> bool:
    return _of_projects(registers, row, wanted, "businessUnit")


def _sales_person(registers: Registers, row: Row, wanted: Any) -> bool:
    return _of_projects(registers, row, wanted, "salesPerson")


def _paid_since(_: Registers, row: Row, wanted: Any) -> bool:
    return row["paymentDate"] is not None and row["paymentDate"] >= next(iter(wanted)).isoformat()


def _patch(service: Service, request: Request) -> Reply:
    """Operations take effect one after the other, so that what a status allows is asked before each.

    Whole or not at all: what went before a refused operation is undone.
    """
    registers, kind = service.registers, KINDS["invoices"]
    guid = request.params["guid"]
    before = dict(registers.get("invoices", guid))
    try:
        for operation in operations(read_json(request)):
            changes: dict[str, Any] = {}
            collect(registers, kind, registers.get("invoices", guid), changes, operation)
            registers.change("invoices", guid, changes)
    except Exception:
        registers.write("invoices", guid, before)
        raise
    return reply([registers.get("invoices", guid)])


def _create(service: Service, request: Request) -> Reply:
    return reply(bill(service.registers, read_json(request)), 201)


def _settings(registers: Registers, request: Request) -> Any:
    invoice = registers.get("invoices", request.params["invoiceGuid"])
    return registers.get("invoicesettings", registers.settings_of[invoice["guid"]])


OF_INVOICE = ("invoiceGuid", "invoices", "invoice.guid")
OF_ROW = ("invoiceRowGuid", "invoicerows", "invoiceRowGuid")
REIMBURSED_OF_INVOICE = ("invoiceGuid", "invoices", "invoiceGuid")
TEXTS = {"calculateRowCount": IGNORED, "sortings": IGNORED}


def _sources(kind: str, filters: dict[str, Filter]) -> tuple[Endpoint, Endpoint]:
    """What stands behind an invoice, and behind one of its rows."""
    return (
        listed(
            f"/v1/invoices/{{invoiceGuid}}/{kind}",
            READ,
            Listing(kind=kind, paging="token", filters=filters, parent=OF_INVOICE),
        ),
        listed(
            f"/v1/invoicerows/{{invoiceRowGuid}}/{kind}",
            READ,
            Listing(kind=kind, paging="token", filters=filters, parent=OF_ROW),
        ),
    )


def _reimbursed(kind: str, *, token: bool = False, all_rows: bool = False) -> tuple[Endpoint, ...]:
    """What a credit note credits, and one of its rows."""
    return tuple(
        listed(
            path,
            READ,
            Listing(
                kind=kind,
                paging="token" if token else "rows",
                filters={} if token else TEXTS,
                parent=parent,
                all_rows=all_rows,
                search=() if token else ("name", "description"),
            ),
        )
        for path, parent in (
            (f"/v1/invoices/{{invoiceGuid}}/{kind}", REIMBURSED_OF_INVOICE),
            (f"/v1/invoicerows/{{invoiceRowGuid}}/{kind}", OF_ROW),
        )
    )


ALL = (
    listed(
        "/v1/invoices",
        READ,
        Listing(
            kind="invoices",
            paging="token",
            filters={
                "paymentDateStart": computed(_paid_since, read_day),
                "invoiceStatusGuids": any_of("status.guid"),
                "projectGuids": any_of("projects.guid"),
                "projectOwnerGuids": computed(_owner, many=True),
                "projectBusinessUnitGuids": computed(_unit, many=True),
                "customerGuids": any_of("customer.guid"),
                "startDate": day("date"),
                "endDate": day("date", until=True),
                "minimumTotalExcludingTax": amount("totalExcludingTax"),
                "maximumTotalExcludingTax": amount("totalExcludingTax", most=True),
                "referenceNumbers": any_of("referenceNumber"),
                "numbers": any_of("number", read_number),
                "changedSince": since(),
                "salesPersonGuids": computed(_sales_person, many=True),
                "createdByUserGuids": any_of("createdBy.guid"),
            },
        ),
    ),
    Endpoint("POST", "/v1/invoices", WRITE, _create),
    single("/v1/invoices/{guid}", READ, "invoices"),
    Endpoint("PATCH", "/v1/invoices/{guid}", WRITE, _patch),
    listed(
        "/v1/invoices/{invoiceGuid}/invoicerows",
        READ,
        Listing(
            kind="invoicerows",
            paging="token",
            filters={"rowType": word("rowType", *ROW_TYPES)},
            parent=("invoiceGuid", "invoices", "invoiceGuid"),
        ),
    ),
    listed("/v1/invoicerows", READ, Listing(kind="invoicerows", paging="token", filters={"changedSince": since()})),
    single("/v1/invoicerows/{guid}", READ, "invoicerows"),
    patched("/v1/invoicerows/{guid}", WRITE, "invoicerows"),
    made("/v1/invoices/{invoiceGuid}/invoicesettings", READ, _settings),
    patched("/v1/invoicesettings/{guid}", WRITE, "invoicesettings", array=False),
    *_sources("workhours", {}),
    *_sources("projectfees", {"productType": PRODUCT_TYPE}),
    *_sources("projecttravelexpenses", {"expenseClass": EXPENSE_CLASS}),
    *_reimbursed("reimbursedworkhours"),
    *_reimbursed("reimbursedprojectfees", token=True),
    *_reimbursed("reimbursedprojecttravelexpenses", all_rows=True),
    listed(
        "/v1/flatrates",
        "fees:read",
        Listing(
            kind="flatrates",
            paging="token",
            filters={"changedSince": since(), "invoiceGuid": one("invoiceGuid")},
        ),
    ),
    single("/v1/flatrates/{guid}", "fees:read", "flatrates", array=True),
)
