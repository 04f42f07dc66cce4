"""Sales orders: invoice drafts until somebody sends them (contract, section 7)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.orders import SALES_ORDER_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries import projects, references
from sandbox.poweroffice.sales import order_lines
from sandbox.poweroffice.sales.pricing import first_set, price_order
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "SalesOrder"
LINES = "SalesOrderLines"


def with_inherited(company: Company, row: Row) -> Row:
    """The header with the values that sending will use where it has none: from project, customer or client."""
    customer = company.customers.get(row.get("CustomerId")) or {}
    project = (company.projects.get(row["ProjectId"]) if row.get("ProjectId") is not None else None) or {}
    primary = next((a["Id"] for a in company.addresses.find("ContactId", customer.get("Id")) if a["IsPrimary"]), None)
    return {
        **row,
        "PaymentTermId": first_set(
            row.get("PaymentTermId"), project.get("PaymentTermId"), customer.get("PaymentTermId")
        ),
        "CurrencyCode": first_set(row.get("CurrencyCode"), customer.get("CurrencyCode"), "NOK"),
        "ContactDeliveryAddressId": first_set(row.get("ContactDeliveryAddressId"), primary),
        "DepartmentId": first_set(row.get("DepartmentId"), project.get("DepartmentId"), customer.get("DepartmentId")),
        "PurchaseOrderReference": first_set(row.get("PurchaseOrderReference"), project.get("PurchaseOrderNo")),
        "ContractNo": first_set(row.get("ContractNo"), project.get("ContractNo")),
    }


def header(company: Company, row: Row, *, inherited: bool = False) -> Row:
    """An order as Go shows it, without lines."""
    found = {**answers.SALES_ORDER, **(with_inherited(company, row) if inherited else row)}
    found.pop(LINES, None)
    person = company.persons.get(row.get("CustomerReferenceContactPersonId"))
    if found["CustomerReference"] is None and person is not None:
        found["CustomerReference"] = f"{person['FirstName']} {person['LastName']}"
    found["CustomerNo"] = company.code(company.customers, row.get("CustomerId"), "Number")
    found["PaymentTerm"] = company.code(company.terms, found["PaymentTermId"], "CreditDays")
    found["ProjectCode"] = company.code(company.projects, row.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, found["DepartmentId"])
    found["SalesPersonEmployeeNumber"] = company.code(company.employees, row.get("SalesPersonEmployeeId"), "Number")
    return found


def complete(company: Company, row: Row, *, inherited: bool = False) -> Row:
    """An order as Go shows it, with its lines."""
    found = header(company, row, inherited=inherited)
    found[LINES] = [order_lines.shown(company, row, line, inherited=inherited) for line in row[LINES]]
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /SalesOrders``: drafts and confirmed ones; sent ones are gone from here."""
    asked, search = call.asked, Search(company.orders)
    search.among("ExternalImportReference", asked.get("externalImportReferences"))
    search.among("ImportedOrderNo", asked.get("importedOrderNos"))
    search.among("SalesOrderNo", asked.get("salesOrderNos"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    customers = asked.get("customerNos")
    if customers is not None:
        clients = Search(company.customers)
        clients.numbers("Number", customers)
        search.among("CustomerId", [row["Id"] for row in clients.rows()])
    projects.narrow(company, search, asked)
    search.member("SalesOrderStatus", asked.get("orderStatus"))
    if asked.get("onlyCreatedByCurrentIntegration"):
        search.where(lambda row: bool(row["IsCreatedByCurrentIntegration"]))
    inherited = bool(asked.get("showInherited"))
    return Listing(search.rows(), lambda row: header(company, row, inherited=inherited))


def existing(company: Company, order_id: str) -> Row:
    """The unsent order with this id. Refused (404) when there is none."""
    row = company.orders.get(order_id)
    if row is None:
        raise RefusedError.missing(NOUN, order_id)
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /SalesOrders/{id}``."""
    inherited = bool(call.asked.get("showInherited"))
    return Answer(200, header(company, existing(company, call.path[0]), inherited=inherited))


def one_complete(company: Company, call: Call) -> Answer:
    """``GET /SalesOrders/{id}/Complete``."""
    inherited = bool(call.asked.get("showInherited"))
    return Answer(200, complete(company, existing(company, call.path[0]), inherited=inherited))


def created(company: Company, call: Call) -> Answer:
    """``POST /SalesOrders/Complete``: the totals stand in the answer."""
    return Answer(201, complete(company, create(company, dict(call.body), by_integration=True)))


def create(company: Company, members: Row, *, by_integration: bool) -> Row:
    """Stores an order from a checked POST body and prices it."""
    reference = members.get("ExternalImportReference")
    _refuse_reference(company, reference, None)
    bodies = members.pop(LINES, None) or []
    _settle(company, members)
    order_no = next(company.order_nos)
    row: Row = {
        "SalesOrderStatus": "Draft",
        "SalesOrderDate": company.today().isoformat(),
        **{name: value for name, value in members.items() if value is not None},
        "Id": company.ids.guid("order", reference or order_no),
        "SalesOrderNo": order_no,
        "IsCreatedByCurrentIntegration": by_integration,
    }
    _refuse(company, row)
    row[LINES] = order_lines.prepared(company, row, bodies)
    row.update(price_order(company, row, row[LINES]))
    _refuse_credit(row)
    return company.orders.insert(row)


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /SalesOrders/{id}``. A confirmed order is locked until it is set back to Draft."""
    row = existing(company, call.path[0])
    members = patched(SALES_ORDER_PATCH, row, call.operations)
    if row["SalesOrderStatus"] == "Confirmed" and members.get("SalesOrderStatus") != "Draft":
        raise RefusedError.invalid(NOUN, f"SalesOrder with id = {row['Id']} is confirmed and cannot be changed.")
    return Answer(200, header(company, change(company, row, members)))


def change(company: Company, row: Row, members: Row, lines: list[Row] | None = None) -> Row:
    """Stores changed members of the header, or other lines, and prices the order again."""
    _refuse_reference(company, members.get("ExternalImportReference"), row)
    _settle(company, members)
    after = {**row, **members}
    _refuse(company, after)
    lines = [dict(line) for line in row[LINES]] if lines is None else lines
    after.update(price_order(company, after, lines))
    _refuse_credit(after)
    real = {name: value for name, value in {**after, LINES: lines}.items() if row.get(name) != value}
    return company.orders.update(row["Id"], real, touch=bool(real))


def deleted(company: Company, call: Call) -> Answer:
    """``DELETE /SalesOrders/{id}``: an unsent, unconfirmed order with its lines and attachments."""
    row = existing(company, call.path[0])
    if row["SalesOrderStatus"] == "Confirmed":
        raise RefusedError.conflict(NOUN, row["Id"], "is confirmed and cannot be deleted")
    delete(company, row["Id"])
    return Answer(200)


def delete(company: Company, order_id: str) -> None:
    """Takes an order out; its reference is free again."""
    for attachment in company.attachments.find("SalesOrderId", order_id):
        company.attachments.delete(attachment["Id"])
        company.files.pop(attachment["Id"], None)
    company.sending.pop(order_id, None)
    company.orders.delete(order_id)


def _refuse_reference(company: Company, reference: str | None, row: Row | None) -> None:
    if reference is None:
        return
    owners = [("sales order", each) for each in company.orders.find("ExternalImportReference", reference)]
    owners += [("outgoing invoice", each) for each in company.invoices.find("ExternalImportReference", reference)]
    for owner, each in owners:
        if row is None or each["Id"] != row["Id"]:
            raise RefusedError.in_use_reference(NOUN, "ExternalImportReference", reference, owner, each["Id"])


def _settle(company: Company, members: Row) -> None:
    references.refuse_unkept(members, NOUN)
    references.settle_department(company, members, NOUN)
    references.settle_term(company, members, NOUN)
    references.settle_project(company, members, NOUN)
    references.settle_employee(company, members, NOUN, "SalesPersonEmployeeId", "SalesPersonEmployeeNumber")
    references.settle(
        members, NOUN, "Customer", company.customers, id_member="CustomerId", other="CustomerNo", index="Number"
    )
    references.refuse_currency(company, members, NOUN)


def _refuse(company: Company, after: Row) -> None:
    customer_id = after.get("CustomerId")
    if customer_id is None:
        raise RefusedError.invalid(NOUN, "'CustomerId' must not be empty.")
    for member, kind, table in (
        ("CustomerReferenceContactPersonId", "ContactPerson", company.persons),
        ("ContactDeliveryAddressId", "ContactDeliveryAddress", company.addresses),
    ):
        row_id = after.get(member)
        if row_id is None:
            continue
        row = table.get(row_id)
        if row is None:
            raise RefusedError.unknown(NOUN, kind, "id", row_id)
        if row["ContactId"] != customer_id:
            raise RefusedError.invalid(NOUN, f"{kind} with id = {row_id} does not belong to the customer.")


def _refuse_credit(after: Row) -> None:
    if after.get("RelatedInvoiceNo") is not None and after["TotalAmount"] >= 0:
        raise RefusedError.invalid(NOUN, "RelatedInvoiceNo can only be set on an order with a negative total.")
