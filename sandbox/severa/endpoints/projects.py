"""Projects, sales cases, phases, statuses over time, and project fees."""

from typing import Any

from sandbox.routing import Reply, Request
from sandbox.severa.lists import (
    IGNORED,
    Filter,
    Listing,
    any_of,
    computed,
    day,
    flag,
    holds,
    one,
    read_number,
    since,
    word,
)
from sandbox.severa.registers import Registers
from sandbox.severa.rules.projects import after_fee_delete, before_fee_delete
from sandbox.severa.service import Endpoint, Service, created, deleted, listed, patched, reply, single
from sandbox.severa.service import computed as made
from sandbox.severa.stamps import instant, read_instant
from sandbox.store import Row

READ, WRITE = "projects:read", "projects:write"
FEES = "fees:read"
AUDIT = ("createdDateTime", "createdBy", "lastUpdatedDateTime", "lastUpdatedBy")
PRODUCT_TYPE = word("productType", "FixedFees", "Materials", "Subcontracting")


def _customer_owner(registers: Registers, row: Row, wanted: Any) -> bool:
    owner = registers.get("customers", row["customer"]["guid"])["owner"]
    return owner is not None and owner["guid"] in wanted


def _segment(registers: Registers, row: Row, wanted: Any) -> bool:
    links = registers.tables["customermarketsegments"].find("customer.guid", row["customer"]["guid"])
    return any(link["marketSegment"]["guid"] in wanted for link in links)


def _member(_: Registers, row: Row, wanted: Any) -> bool:
    return row["projectOwner"]["guid"] in wanted


def _unbilled(registers: Registers, row: Row) -> float:
    """What stands unbilled on a project, net, in its own currencies added as they are."""
    total = 0.0
    for table in ("projectfees", "workhours", "projecttravelexpenses"):
        for one_row in registers.tables[table].find("project.guid", row["guid"]):
            if one_row["invoice"] is None and one_row["isBillable"]:
                total += (one_row["quantity"] or 0) * (one_row["unitPrice"] or {"amount": 0})["amount"]
    return total


def _has_unbilled(registers: Registers, row: Row) -> bool:
    return _unbilled(registers, row) != 0


def _billable_by(registers: Registers, row: Row, _: Any) -> bool:
    return _has_unbilled(registers, row)


def _at_least(registers: Registers, row: Row, wanted: Any) -> bool:
    return bool(_unbilled(registers, row) >= next(iter(wanted)))


def _recurring(registers: Registers, row: Row) -> bool:
    return any(rule["project"]["guid"] == row["guid"] for rule in registers.tables["projectrecurringfeerules"])


PROJECT_FILTERS: dict[str, Filter] = {
    "projectGuids": any_of("guid"),
    "projectKeywordGuids": any_of("keywords.guid"),
    "projectStatusTypeGuids": any_of("projectStatus.projectStatusTypeGuid"),
    "salesPersonGuids": any_of("salesPerson.guid"),
    "projectOwnerGuids": any_of("projectOwner.guid"),
    "businessUnitGuids": any_of("businessUnit.guid"),
    "minimumBillableAmount": computed(_at_least, float),
    "customerOwnerGuids": computed(_customer_owner, many=True),
    "invoiceableDate": computed(_billable_by, read_instant),
    "marketSegmentationGuids": computed(_segment, many=True),
    "salesStatusTypeGuids": any_of("salesStatus.salesStatusTypeGuid"),
    "isClosed": flag("isClosed"),
    "hasRecurringFees": holds(_recurring),
    "companyCurrencyGuids": any_of("businessUnit.companyCurrencyGuid"),
    "projectMemberUserGuids": computed(_member, many=True),
    "numbers": any_of("number", read_number),
}


def _in_progress(registers: Registers, row: Row) -> bool:
    kind = registers.tables["salesstatustypes"].get(row["salesStatus"]["salesStatusTypeGuid"])
    return kind is not None and kind["salesState"] == "InProgress"


def _phase(_: Registers, row: Row) -> Row:
    """The root phase of a project; the demo company has no other phases."""
    return {
        "guid": row["rootPhase"]["guid"],
        "name": row["rootPhase"]["name"],
        **{name: row[name] for name in AUDIT},
        "project": {name: row[name] for name in ("guid", "name", "number", "isInternal", "isClosed")},
        "parentPhase": None,
        "isCompleted": row["isClosed"],
        "isLocked": False,
        "startDate": row["startDate"],
        "deadline": row["deadline"],
        "workHoursEstimate": None,
        "originalWorkHoursEstimate": None,
        "originalStartDate": row["startDate"],
        "originalDeadline": row["deadline"],
        "sortOrder": 0,
        "defaultWorkType": None,
        "code": None,
        "currencyCode": row["currency"],
        "phaseStatus": None,
    }


def _one_phase(registers: Registers, request: Request) -> Any:
    rows = registers.tables["projects"].find("rootPhase.guid", request.params["guid"])
    return _phase(registers, rows[0]) if rows else None


def _history(registers: Registers, request: Request) -> Any:
    project = registers.get("projects", request.params["projectGuid"])
    first = [(project["salesStatus"]["salesStatusTypeGuid"], read_instant(project["createdDateTime"]))]
    found = registers.sales_history.get(project["guid"], first)
    types = registers.tables["salesstatustypes"]
    return [
        {
            "guid": f"{project['salesStatus']['guid'][:-2]}{number % 256:02x}",
            "createdDateTime": instant(at),
            "createdBy": project["createdBy"],
            "lastUpdatedDateTime": instant(at),
            "lastUpdatedBy": project["createdBy"],
            "salesStatusType": {"guid": guid, "name": (types.get(guid) or {}).get("name")},
            "project": {"guid": project["guid"], "name": project["name"]},
            "timeStamp": instant(at),
        }
        for number, (guid, at) in enumerate(found)
    ]


def _billing_customers(registers: Registers, request: Request) -> Any:
    project = registers.get("projects", request.params["projectGuid"])
    customer = registers.get("customers", project["customer"]["guid"])
    return [
        {
            "guid": project["guid"],
            "project": {"guid": project["guid"], "name": project["name"]},
            "billingCustomer": {
                name: customer[name] for name in ("guid", "name", "eInvoiceAddress", "eInvoiceOperator")
            },
            "isDefault": True,
            "canBeDeleted": False,
            **{name: project[name] for name in AUDIT},
        }
    ]


def _billed(_: Registers, row: Row) -> bool:
    return row["invoice"] is not None


def _later(registers: Registers, row: Row) -> bool:
    return (row["plannedBillingDate"] or "") > registers.clock.now().date().isoformat()


def _rule(service: Service, request: Request) -> Reply:
    """An inactive rule is found only when asked for."""
    row = service.registers.get("projectrecurringfeerules", request.params["guid"])
    if not row["isActive"] and request.query.get("includeInactive", ["false"])[-1].lower() != "true":
        return Reply(404)
    return reply(row)


OF_PROJECT = ("projectGuid", "projects", "project.guid")

ALL = (
    listed(
        "/v1/projects",
        READ,
        Listing(
            kind="projects",
            paging="token",
            filters={
                **PROJECT_FILTERS,
                "currencyGuid": one("currency.guid"),
                "changedSince": since(),
                "salesStatusChangedSince": since(lambda registers, _: registers.sales_changes),
                "projectStatusChangedSince": since(lambda registers, _: registers.status_changes),
                "isBillable": holds(_has_unbilled),
                "customerGuids": any_of("customer.guid"),
                "internal": flag("isInternal"),
            },
        ),
    ),
    created("/v1/projects", WRITE, "projects"),
    single("/v1/projects/{guid}", READ, "projects"),
    patched("/v1/projects/{guid}", WRITE, "projects"),
    listed(
        "/v1/salescases",
        READ,
        Listing(
            kind="projects",
            paging="token",
            filters={
                **PROJECT_FILTERS,
                "customerGuids": any_of("customer.guid"),
                "currencyGuids": any_of("currency.guid"),
            },
            where=_in_progress,
        ),
    ),
    listed(
        "/v1/customers/{customerGuid}/projects",
        READ,
        Listing(
            kind="projects",
            paging="token",
            filters={
                **PROJECT_FILTERS,
                "isBillable": holds(_has_unbilled),
                "currencyGuids": any_of("currency.guid"),
            },
            parent=("customerGuid", "customers", "customer.guid"),
        ),
    ),
    made("/v1/projects/{projectGuid}/salesstatushistory", READ, _history),
    made("/v1/projects/{projectGuid}/projectbillingcustomers", READ, _billing_customers),
    listed(
        "/v1/projects/{projectGuid}/customvalues",
        READ,
        Listing(
            kind="projectvalues",
            paging="rows",
            filters={"active": IGNORED, "target": IGNORED, "calculateRowCount": IGNORED, "sortings": IGNORED},
            parent=("projectGuid", "projects", "projectGuid"),
        ),
    ),
    created("/v1/projects/customvalues", WRITE, "projectvalues", array=True),
    single("/v1/projects/customvalues/{guid}", READ, "projectvalues"),
    patched("/v1/projects/customvalues/{guid}", WRITE, "projectvalues"),
    listed(
        "/v1/phases",
        READ,
        Listing(
            kind="projects",
            paging="token",
            filters={
                "changedSince": since(),
                "code": computed(lambda _, __, ___: False),
                "projectGuids": any_of("guid"),
            },
            shown=_phase,
        ),
    ),
    made("/v1/phases/{guid}", READ, _one_phase),
    listed("/v1/projectfees", FEES, Listing(kind="projectfees", paging="token", filters={"changedSince": since()})),
    created("/v1/projectfees", "fees:write", "projectfees", array=True),
    single("/v1/projectfees/{guid}", FEES, "projectfees"),
    patched("/v1/projectfees/{guid}", "fees:write", "projectfees"),
    deleted("/v1/projectfees/{guid}", "fees:delete", "projectfees", before=before_fee_delete, after=after_fee_delete),
    listed(
        "/v1/projects/{projectGuid}/projectfees",
        FEES,
        Listing(
            kind="projectfees",
            paging="token",
            filters={
                "productType": PRODUCT_TYPE,
                "isBillable": flag("isBillable"),
                "isBilled": holds(_billed),
                "invoiceableDate": day("eventDate", until=True),
                "includeRecurringRules": IGNORED,
                "isBillablePeriodInFuture": holds(_later),
            },
            parent=OF_PROJECT,
        ),
    ),
    listed(
        "/v1/deletedprojectfees",
        FEES,
        Listing(
            kind="deletedprojectfees",
            paging="token",
            filters={
                "projectGuids": any_of("project.guid"),
                "userGuids": any_of("user.guid"),
                "deletedSince": since(),
            },
        ),
    ),
    listed(
        "/v1/projectrecurringfeerules",
        FEES,
        Listing(
            kind="projectrecurringfeerules",
            paging="rows",
            filters={"productType": PRODUCT_TYPE, "changedSince": since()},
            where=lambda _, row: bool(row["isActive"]),
        ),
    ),
    Endpoint("GET", "/v1/projectrecurringfeerules/{guid}", FEES, _rule, names=frozenset({"includeInactive"})),
)
