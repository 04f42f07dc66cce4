"""Calls on documents, the ledger and the company's lists, in the order of the contract's openapi.json."""

from collections.abc import Sequence

from sandbox.visma_net import files
from sandbox.visma_net import queries as q
from sandbox.visma_net.books import journals, supplier_invoices, suppliers
from sandbox.visma_net.forms import documents as forms
from sandbox.visma_net.registries import lists
from sandbox.visma_net.routing import Route
from sandbox.visma_net.sales import calls
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, INVOICE, Kind
from sandbox.visma_net.stamps import moment

_DOCUMENT_FILTERS = {
    **q.names(
        q.text, "documentType", "project", "financialPeriod", "status", "externalReference", "paymentReference",
        "customerRefNumber", "customer", "branch",
    ),
    **q.names(q.integer, "released"),
    **q.names(q.flag, "expandApplications", "expandAttachments", "expandTaxDetails", "expandInvoiceAddress"),
    **q.dated("documentDueDate", "documentDate"),
    **q.STAMPED,
}  # fmt: skip


def _sales(kind: Kind) -> Sequence[Route]:
    """The calls on one kind of document."""
    every = f"/v1/{kind.path}"
    each = f"{every}/{{{kind.key}}}"
    body = forms.INVOICE if kind is INVOICE else forms.CREDIT_NOTE
    return (
        Route(
            "POST", f"/v2/{kind.path}", calls.of(calls.posted, kind),
            body=body, required=forms.REQUIRED, takes="json", document=True,
        ),
        Route("GET", every, calls.of(calls.listed, kind), _DOCUMENT_FILTERS, paged=True),
        Route("GET", each, calls.of(calls.one, kind)),
        Route("PUT", each, calls.of(calls.put, kind), body=body, takes="json"),
        Route("DELETE", each, calls.of(calls.deleted, kind)),
        Route("POST", f"{each}/attachment", calls.of(calls.attached, kind), takes="file"),
        Route(
            "POST", f"{each}/{{lineNumber}}/attachment", calls.of(calls.attached, kind),
            takes="file", whole=("lineNumber",),
        ),
        Route(
            "POST", f"{each}/action/release", calls.of(calls.released, kind), takes="json", acts=True, document=True
        ),
    )  # fmt: skip


SALES = (
    *_sales(INVOICE),
    Route(
        "POST",
        "/v1/customerinvoice/{invoiceNumber}/action/reverse",
        calls.reversed_,
        body=forms.REVERSE,
        takes="json",
        acts=True,
    ),
    *_sales(CREDIT_NOTE),
    Route("GET", "/v1/customerdocument", calls.all_listed, _DOCUMENT_FILTERS, paged=True),
)
_PURCHASE_FILTERS = {
    **q.names(q.text, "supplier", "documentType", "project", "status", "branch", "financialPeriod", "item"),
    **q.names(q.flag, "expandAttachment", "expandApproval", "expandNote"),
    **q.names(q.integer, "released"),
    **q.dated("dueDate", "docDate"),
    **q.names(q.number, "balance"),
    **q.names(q.condition, "balanceCondition"),
    **q.STAMPED,
}
_JOURNAL_FILTERS = {
    **q.names(q.text, "periodId", "module", "status", "branch"),
    **q.names(moment, "lastModifiedDateTime"),
    **q.names(q.flag, "expandAttachments"),
}
_BRANCH_FILTERS = q.names(
    q.flag, "expandAddress", "expandContact", "expandCurrency", "expandVatZone", "expandLedger", "expandIndustryCode",
    "expandDeliveryAddress", "expandDeliveryContact", "expandDefaultCountry", "expandBankSettings",
)  # fmt: skip
_ORGANISATION_FILTERS = {**q.names(q.flag, "expandBranches", "expandBankSettings"), **q.CHANGED}
BOOKS = (
    Route("GET", "/v1/supplierInvoice", supplier_invoices.listed, _PURCHASE_FILTERS, paged=True),
    Route("GET", "/v1/supplierInvoice/{invoiceNumber}", supplier_invoices.one),
    Route("GET", "/v1/supplierInvoice/{documentType}/{invoiceNumber}", supplier_invoices.one),
    Route("GET", "/v1/supplier/{supplierCd}", suppliers.one),
    Route("GET", "/v2/journaltransaction", journals.listed, _JOURNAL_FILTERS, paged=True, takes="json"),
    Route("GET", "/v2/journaltransaction/{journalTransactionNumber}", journals.one, takes="json"),
    Route("GET", "/v1/attachment/{attachmentId}", files.content),
)
LISTS = (
    Route("GET", "/v1/branch", lists.branches, {**_BRANCH_FILTERS, **q.CHANGED}),
    Route("GET", "/v1/branch/{branchNumber}", lists.branch, _BRANCH_FILTERS),
    Route("GET", "/v1/organization", lists.organisations, _ORGANISATION_FILTERS),
    Route("GET", "/v1/organization/{organizationNumber}", lists.organisation, _ORGANISATION_FILTERS),
    Route(
        "GET",
        "/v1/account",
        lists.accounts,
        {**q.names(q.flag, "active", "includeAccountClassDescription"), **q.CHANGED},
    ),
    Route("GET", "/v1/ledger", lists.ledgers, q.CHANGED),
    Route("GET", "/v1/creditTerm", lists.terms, {**q.names(q.text, "termsId"), **q.STAMPED}, paged=True),
    Route("GET", "/v1/currency", lists.currencies),
    Route("GET", "/v1/dimension", lists.dimensions),
    Route(
        "GET", "/v1/dimension/{dimensionId}", lists.dimension, {**q.names(q.flag, "expandSegmentsValues"), **q.CHANGED}
    ),
    Route("GET", "/v1/numberSequence", lists.sequences),
    Route("GET", "/v1/numberSequence/{numberingId}", lists.sequence),
)
DOCUMENTS = (*SALES, *BOOKS, *LISTS)
