"""Calls on orders, invoices, ledger and purchases, in the order of the contract's openapi.json."""

from collections.abc import Mapping

from sandbox.poweroffice import queries as q
from sandbox.poweroffice.books import documents, ledger, purchases
from sandbox.poweroffice.forms import enums
from sandbox.poweroffice.forms import orders as order_forms
from sandbox.poweroffice.routing import Route, full, read
from sandbox.poweroffice.sales import attachments, invoices, orders, payments, send_queue

UNVERIFIED_ORDER_FILTERS: Mapping[str, q.Parser] = {
    "externalImportReferences": q.texts,
    "importedOrderNos": q.integers,
    "salesOrderNos": q.integers,
}
UNVERIFIED_INVOICE_FILTERS: Mapping[str, q.Parser] = {
    "externalImportReferences": q.texts,
    "importedOrderNos": q.integers,
    "orderNos": q.integers,
}
UNVERIFIED_FILTERS = frozenset({*UNVERIFIED_ORDER_FILTERS, *UNVERIFIED_INVOICE_FILTERS, "organizationNumbers"})
"""Known from third-party clients only (contract, section 6): a person can switch them off in this sandbox."""
BALANCE: Mapping[str, q.Parser] = {"balanceLastChangedDateTimeOffsetGreaterThan": q.instant}
PERIOD: Mapping[str, q.Parser] = {"fromDate": q.day, "toDate": q.day}
INHERITED: Mapping[str, q.Parser] = {"showInherited": q.boolean}
ORDER_FILTERS: Mapping[str, q.Parser] = {
    "customerNos": q.number_ranges,
    "onlyCreatedByCurrentIntegration": q.boolean,
    "orderStatus": q.one_of(enums.ORDER_STATUS),
    **q.CHANGED,
    **INHERITED,
    **q.PROJECTS,
    **UNVERIFIED_ORDER_FILTERS,
}
ATTACHMENTS = "/SalesOrders/{guid}/attachments"
ATTACHMENT = read("SalesOrderAttachment")
ORDERS = (
    Route("GET", "/SalesOrders", orders.listed, read("SalesOrders"), ORDER_FILTERS, paged=True),
    Route(
        "POST",
        "/SalesOrders/Complete",
        orders.created,
        full("SalesOrders"),
        body=order_forms.SALES_ORDER_COMPLETE_POST,
    ),
    Route("GET", "/SalesOrders/sentState", send_queue.states_listed, full("SalesOrders"), {"id": q.uuid}),
    Route("GET", "/SalesOrders/{guid}", orders.one, read("SalesOrders"), INHERITED),
    Route("PATCH", "/SalesOrders/{guid}", orders.changed, full("SalesOrders"), body=order_forms.SALES_ORDER_PATCH),
    Route("DELETE", "/SalesOrders/{guid}", orders.deleted, full("SalesOrders")),
    Route("GET", "/SalesOrders/{guid}/Complete", orders.one_complete, read("SalesOrders"), INHERITED),
    Route(
        "POST",
        "/SalesOrders/{guid}/createAndSendInvoice",
        send_queue.queued,
        full("SalesOrders"),
        body=order_forms.SEND_INVOICE_REQUEST_POST,
    ),
    Route("GET", ATTACHMENTS, attachments.listed, ATTACHMENT, paged=True),
    Route("POST", ATTACHMENTS, attachments.created, full("SalesOrderAttachment"), raw=True),
    Route("GET", ATTACHMENTS + "/{id}", attachments.content, ATTACHMENT),
    Route("DELETE", ATTACHMENTS + "/{id}", attachments.deleted, full("SalesOrderAttachment")),
)
INVOICES = (
    Route(
        "GET",
        "/OutgoingInvoices",
        invoices.listed,
        read("OutgoingInvoice"),
        {
            "customerNos": q.number_ranges,
            "customMatchingReferences": q.texts,
            "invoiceIds": q.uuids,
            "invoiceNos": q.number_ranges,
            "onlyCreatedByCurrentIntegration": q.boolean,
            "onlyUnpaidInvoices": q.boolean,
            "sentDateTimeOffsetGreaterThan": q.instant,
            "voucherNos": q.number_ranges,
            **BALANCE,
            **PERIOD,
            **q.PROJECTS,
            **UNVERIFIED_INVOICE_FILTERS,
        },
        paged=True,
    ),
    Route("GET", "/OutgoingInvoices/{guid}", invoices.one, read("OutgoingInvoice")),
    Route("GET", "/OutgoingInvoices/{guid}/Lines", invoices.lines_listed, read("OutgoingInvoice"), paged=True),
    Route(
        "GET",
        "/Customerledger/EntriesByMatchId",
        payments.matched_listed,
        read("CustomerLedger"),
        {"matchId": q.integer},
        paged=True,
    ),
)
PURCHASES = (
    Route(
        "GET",
        "/IncomingInvoices",
        purchases.listed,
        read("IncomingInvoice"),
        {
            "onlyUnpaidInvoices": q.boolean,
            "supplierNos": q.number_ranges,
            "voucherNos": q.number_ranges,
            "voucherTypes": q.VOUCHER_TYPES,
            **BALANCE,
            **PERIOD,
            **q.PROJECTS,
        },
        paged=True,
    ),
    Route("GET", "/IncomingInvoices/{guid}", purchases.one, read("IncomingInvoice")),
    Route(
        "GET",
        "/AccountTransactions",
        ledger.listed,
        read("AccountTransaction"),
        {
            "accountNos": q.number_ranges,
            "agricultureDepartments": q.several_of(enums.AGRICULTURE_DEPARTMENT),
            "productCodes": q.codes,
            "vatCodes": q.texts,
            "voucherNos": q.number_ranges,
            "voucherTypes": q.VOUCHER_TYPES,
            **q.CHANGED,
            **q.CREATED,
            **PERIOD,
            **q.PROJECTS,
        },
        paged=True,
    ),
    Route(
        "GET",
        "/VoucherDocumentation",
        documents.listed,
        read("VoucherDocumentation"),
        {"id": q.uuid, "voucherNo": q.integer},
        paged=True,
    ),
    Route(
        "GET",
        "/VoucherDocumentation/Download",
        documents.downloaded,
        read("VoucherDocumentation"),
        {"id": q.uuid, "documentationType": q.one_of(enums.VOUCHER_DOCUMENTATION_TYPE)},
    ),
)
DOCUMENTS = (*ORDERS, *INVOICES, *PURCHASES)
