"""Hours, flat rates, travel and files: read-only kinds but for the travel reimbursement's head."""

from sandbox.fields import TEXT, choice, reference
from sandbox.severa.kind import Kind, blank
from sandbox.severa.kinds.registers import MONEY

_DELETED = "createdDateTime createdBy lastUpdatedDateTime lastUpdatedBy phase project customer user eventDate quantity"
_REIMBURSED = (
    "name eventDate phase project product description unitPrice unitCost measurementUnit vatRate user invoiceGuid"
    " invoiceQuantity invoiceRowGuid invoiceRowDescription"
)
_FILE = "name size description contentType isInternal fileGuid"
_REIMBURSEMENT = {
    "title": TEXT,
    "advancePayment": MONEY,
    "groupBy": choice("None", "Date", "Category", "Project").never_null,
    "travelReimbursementStatus": reference("travelreimbursementstatuses.named"),
    "user": reference("users.named").must,
}


def _file(name: str, owner: str, **values: object) -> Kind:
    return Kind(
        name=name,
        blank=blank(f"{_FILE} {owner}", category="Misc", **values),
        indexes=(owner, "fileGuid"),
        natural=lambda row: (row[owner], row["name"], row["description"]),
    )


ALL = (
    Kind(
        name="workhours",
        blank=blank(
            "phase customer workType invoice description unitPrice unitCost invoiceRowDescription invoiceQuantity"
            " plannedInvoiceQuantity isProductive isApproved invoiceRowGuid invoiceRowComment user overtime eventDate"
            " quantity startTime endTime project",
            isBillable=True, billableStatus="Billable", isModifiable=True,
        ),
        indexes=("project.guid", "invoice.guid", "invoiceRowGuid"),
    ),
    Kind(
        name="deletedworkhours",
        blank=blank(_DELETED + " workType plannedInvoiceQuantity startTime endTime"),
        indexes=("project.guid", "user.guid"),
        audited=False,
        stamps=("deletedDateTime", None),
    ),
    Kind(
        name="reimbursedworkhours",
        blank=blank(
            "user overtime eventDate quantity startTime endTime phase project customer workType invoiceGuid"
            " invoiceRowGuid description unitPrice unitCost invoiceRowDescription invoiceQuantity invoiceRowComment"
            " plannedInvoiceQuantity"
        ),
        indexes=("invoiceGuid", "invoiceRowGuid"),
    ),
    Kind(
        name="reimbursedprojectfees",
        blank=blank(_REIMBURSED + " productType", quantity=0.0),
        indexes=("invoiceGuid", "invoiceRowGuid"),
    ),
    Kind(
        name="reimbursedprojecttravelexpenses",
        blank=blank(_REIMBURSED + " travelStartTime travelEndTime", quantity=0.0),
        indexes=("invoiceGuid", "invoiceRowGuid"),
    ),
    Kind(
        name="flatrates",
        blank=blank(
            "project phase billingSchedule plannedBillingDate price pricePerAdditionalHour invoiceGuid",
            includesHours=0.0, billAdditionalHours=True,
        ),
        indexes=("invoiceGuid",),
        audited=False,
        stamps=(None, None),
    ),
    Kind(
        name="projecttravelexpenses",
        blank=blank(
            "project phase customer user travelExpense description unitPrice unitCost unitCostExcludingPurchaseVat"
            " quantity measurementUnit vatRate purchaseVatRate eventDate travelStartTime travelEndTime"
            " travelReimbursement isBillable billingSchedule plannedBillingDate billingDependencyPhase invoice"
            " invoiceQuantity invoiceRowGuid invoiceRowDescription invoiceRowComment costAccount costCenter"
            " salesAccount",
            travelReimbursementRequired=True, attachmentCount=0,
        ),
        indexes=("project.guid", "invoice.guid", "invoiceRowGuid", "travelReimbursement.guid"),
    ),
    Kind(
        name="deletedprojecttravelexpenses",
        blank=blank(_DELETED + " travelExpense description measurementUnit travelStartTime travelEndTime"),
        indexes=("project.guid", "user.guid"),
        audited=False,
        stamps=("deletedDateTime", None),
    ),
    Kind(
        name="travelreimbursements",
        fields=_REIMBURSEMENT,
        blank=blank(
            "user title number date approvalDate approvedByUser advancePayment total totalExpenses"
            " travelReimbursementStatus",
            groupBy="None", canChangeApproval=False,
        ),
        indexes=("travelReimbursementStatus.guid",),
        natural=lambda row: (row["number"],),
    ),
    _file("projectfiles", "projectGuid", isReadOnly=False, usages=[]),
    _file("invoicefiles", "invoiceGuid", sortOrder=0),
    _file("projecttravelexpensefiles", "travelExpenseGuid", source="Severa"),
)  # fmt: skip
"""Files: the bytes are kept by `fileGuid` in `Registers.contents`."""
