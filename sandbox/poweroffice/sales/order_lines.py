"""Lines of a sales order: checking, storing, showing (contract, section 7)."""

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.registries import references
from sandbox.poweroffice.sales.pricing import effective
from sandbox.store import Row

NOUN = "SalesOrderLine"
WRITABLE_TYPES = {"Normal", "Text"}
SYNTHETIC = {"Summary", "InvoiceFee", "TotalHours"}


def prepared(company: Company, order: Row, bodies: list[Row]) -> list[Row]:
    """The lines as stored, in sort order. Refused (400, 404) when one is not in order."""
    found: list[Row] = []
    seen: set[str] = set()
    for position, body in enumerate(bodies):
        line = dict(body)
        reference = line.get("ExternalImportReference")
        if reference is not None:
            if reference in seen:
                raise RefusedError.invalid(
                    NOUN, f"ExternalImportReference '{reference}' is used on more than one line of the order."
                )
            seen.add(reference)
        _settle(company, order, line)
        _refuse(line)
        if line.get("SortOrder") is None:
            line["SortOrder"] = position
        line["LineType"] = line.get("LineType") or "Normal"
        line["Id"] = company.ids.guid("order line", order["Id"], reference or position)
        found.append({name: value for name, value in line.items() if value is not None})
    return sorted(found, key=lambda line: int(line["SortOrder"]))


def _settle(company: Company, order: Row, line: Row) -> None:
    references.refuse_unkept(line, NOUN)
    references.settle_department(company, line, NOUN)
    references.settle_employee(company, line, NOUN, "SellersReferenceEmployeeId", "SellersReferenceEmployeeNo")
    references.settle(line, NOUN, "Product", company.products, id_member="ProductId", other="ProductCode", index="Code")
    named = line.get("ProjectId") is not None or line.get("ProjectCode") is not None
    references.settle_project(company, line, NOUN)
    if not named:
        line["ProjectId"] = order.get("ProjectId")
    if line.get("DepartmentId") is None:
        line["DepartmentId"] = order.get("DepartmentId")


def _refuse(line: Row) -> None:
    line_type = line.get("LineType") or "Normal"
    if line_type in SYNTHETIC:
        raise RefusedError.invalid(NOUN, f"LineType '{line_type}' cannot be set.")
    if line.get("ProductId") is not None and line.get("Quantity") is None:
        raise RefusedError.invalid(NOUN, "'Quantity' must not be empty when the line has a product.")
    allowance = line.get("Allowance")
    if allowance is not None and not -1000 <= allowance <= 100:
        raise RefusedError.invalid(NOUN, "'Allowance' must be between -1000 and 100.")


def shown(company: Company, order: Row, line: Row, *, inherited: bool = False) -> Row:
    """A line as Go shows it."""
    found = {**answers.SALES_ORDER_LINE, **(effective(company, order, line) if inherited else line)}
    found["SalesOrderId"] = order["Id"]
    found["ProductCode"] = company.code(company.products, line.get("ProductId"))
    found["ProjectCode"] = company.code(company.projects, line.get("ProjectId"))
    found["DepartmentCode"] = company.code(company.departments, line.get("DepartmentId"))
    seller = line.get("SellersReferenceEmployeeId")
    found["SellersReferenceEmployeeNo"] = company.code(company.employees, seller, "Number")
    return found
