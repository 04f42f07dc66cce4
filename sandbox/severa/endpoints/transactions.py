"""Work hours and travel."""

from sandbox.severa.lists import Listing, any_of, day, flag, holds, since, word
from sandbox.severa.service import listed, patched, single

HOURS, TRAVELS = "hours:read", "travels:read"
EXPENSE_CLASS = word("travelExpense.expenseClass", "Mileage", "DailyAllowance", "OtherTravelExpense")

ALL = (
    listed(
        "/v1/workhours",
        HOURS,
        Listing(
            kind="workhours",
            paging="token",
            filters={
                "changedSince": since(),
                "billableStatus": word("billableStatus", "Billable", "NotBillable", "RemovedFromInvoice"),
                "eventDateStart": day("eventDate"),
                "eventDateEnd": day("eventDate", until=True),
            },
        ),
    ),
    single("/v1/workhours/{guid}", HOURS, "workhours"),
    listed(
        "/v1/deletedworkhours",
        HOURS,
        Listing(
            kind="deletedworkhours",
            paging="token",
            filters={
                "projectGuids": any_of("project.guid"),
                "userGuids": any_of("user.guid"),
                "deletedSince": since(),
            },
        ),
    ),
    listed(
        "/v1/projects/{projectGuid}/workhours",
        HOURS,
        Listing(
            kind="workhours",
            paging="token",
            filters={
                "isBillable": flag("isBillable"),
                "isBilled": holds(lambda _, row: row["invoice"] is not None),
                "startDate": day("eventDate"),
                "endDate": day("eventDate", until=True),
            },
            parent=("projectGuid", "projects", "project.guid"),
        ),
    ),
    listed(
        "/v1/projecttravelexpenses",
        TRAVELS,
        Listing(kind="projecttravelexpenses", paging="token", filters={"changedSince": since()}),
    ),
    single("/v1/projecttravelexpenses/{guid}", TRAVELS, "projecttravelexpenses"),
    listed(
        "/v1/deletedprojecttravelexpenses",
        TRAVELS,
        Listing(
            kind="deletedprojecttravelexpenses",
            paging="token",
            filters={"projectGuid": any_of("project.guid"), "userGuid": any_of("user.guid"), "deletedSince": since()},
        ),
    ),
    listed(
        "/v1/travelreimbursements",
        TRAVELS,
        Listing(
            kind="travelreimbursements",
            paging="token",
            filters={
                "changedSince": since(),
                "travelReimbursementStatusGuids": any_of("travelReimbursementStatus.guid"),
            },
        ),
    ),
    single("/v1/travelreimbursements/{guid}", TRAVELS, "travelreimbursements"),
    patched("/v1/travelreimbursements/{guid}", "travels:write", "travelreimbursements"),
    listed(
        "/v1/travelreimbursements/{travelReimbursementGuid}/projecttravelexpenses",
        TRAVELS,
        Listing(
            kind="projecttravelexpenses",
            paging="token",
            filters={"expenseClass": EXPENSE_CLASS},
            parent=("travelReimbursementGuid", "travelreimbursements", "travelReimbursement.guid"),
        ),
    ),
)
