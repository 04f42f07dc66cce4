"""The calls on supplier invoices."""

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.books import purchases, suppliers
from sandbox.visma_net.calls import Answer, Call, Listing
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import projects, tasks
from sandbox.visma_net.search import Search


def shown(company: Company, row: Row, *, attachments: bool = True, on_lines: bool = True) -> Row:
    """A supplier invoice as a read shows it."""
    made = {name: value for name, value in row.items() if not name.startswith("_")}
    made["supplier"] = suppliers.reference(company.suppliers.get(row["supplier"]) or {})
    made["invoiceLines"] = [_line(company, row, line, attachments=attachments and on_lines) for line in row["_lines"]]
    if attachments:
        made["attachments"] = files.shown(company, row[files.FILES])
    return made


def _line(company: Company, row: Row, line: Row, *, attachments: bool) -> Row:
    made = {name: value for name, value in line.items() if not name.startswith("_")}
    project = company.projects.get(line["_project"]) if line["_project"] is not None else None
    task = tasks.of_id(company, project, line["_task"]) if project and line["_task"] else None
    made.update(
        branchNumber=row["branchNumber"], project=projects.reference(project), projectTask=tasks.reference(task)
    )
    if attachments:
        made["attachments"] = files.shown(company, line[files.FILES])
    return made


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/supplierInvoice``."""
    asked = call.asked
    search = Search(company.supplier_invoices, asked, key="_key")
    search.equal("supplier", to=lambda number: (suppliers.numbered(company, number) or {}).get("internalId"))
    for name in ("documentType", "status", "financialPeriod"):
        search.member(name)
    search.member("branch", lambda row: row["branchNumber"]["number"])
    project = projects.of_id(company, asked["project"]) if "project" in asked else None
    if "project" in asked:
        wanted = project["internalID"] if project else None
        search.where(lambda row: wanted is not None and any(line["_project"] == wanted for line in row["_lines"]))
    if "item" in asked:
        search.where(lambda row: any(line["inventoryNumber"] == asked["item"] for line in row["_lines"]))
    if "released" in asked:
        search.where(lambda row: (row["status"] in purchases.RELEASED) is bool(asked["released"]))
    search.compare("dueDate")
    search.compare("docDate", "date")
    search.compare("balance")
    search.stamped()
    attachments, on_lines = bool(asked.get("expandAttachment")), company.behaviour.line_attachments_in_lists
    return Listing(search.rows(), lambda row: shown(company, row, attachments=attachments, on_lines=on_lines), 500)


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/supplierInvoice/{invoiceNumber}`` and ``/{documentType}/{invoiceNumber}``."""
    kind, number = call.path.get("documentType"), call.path["invoiceNumber"]
    rows = company.supplier_invoices.find("referenceNumber", number)
    row = next((each for each in rows if kind is None or each["documentType"].casefold() == kind.casefold()), None)
    if row is None:
        raise RefusedError.missing("Reference number", number)
    return Answer(200, shown(company, row), row[VERSION])
