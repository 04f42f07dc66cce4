"""Lines of a document: item, price, account, VAT and project task of each."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.money import cents, exact
from sandbox.visma_net.registries import blocks, items, projects, tasks
from sandbox.visma_net.sales import vat

PLAIN = (
    "description", "quantity", "unitPriceInCurrency", "manualAmountInCurrency", "discountPercent",
    "discountAmountInCurrency", "manualDiscount", "uom", "note", "taskId", "deferralCode", "salesperson",
    "discountCode", "termStartDate", "termEndDate",
)  # fmt: skip
UNSOLD = frozenset({"NoSales", "Inactive", "MarkedForDeletion"})


def written(company: Company, document: Row, given: Iterable[Row]) -> list[Row]:
    """The document's lines after the operations of a write; amounts and VAT of all of them are made anew."""
    kept: dict[int, Row] = {line["lineNumber"]: line for line in document["_lines"]}
    for line in given:
        operation, number = line.get("operation", "Insert"), line.get("lineNumber")
        if operation == "Insert":
            number = max(kept, default=0) + 1
            kept[number] = _new(company, number, line)
        elif number not in kept:
            raise RefusedError.unknown("Line number", number)
        elif operation == "Delete":
            del kept[number]
        else:
            kept[number] = {**kept[number], **_members(company, line)}
    project = company.projects.get(document["project"]) if document["project"] is not None else None
    return [_priced(company, document, project, line) for line in kept.values()]


def _new(company: Company, number: int, given: Row) -> Row:
    line: Row = {
        "lineNumber": number,
        "inventoryNumber": None,
        "description": None,
        "quantity": 0.0,
        "unitPriceInCurrency": None,
        "discountPercent": 0.0,
        "discountAmountInCurrency": 0.0,
        "manualDiscount": False,
        "manualAmountInCurrency": 0.0,
        "uom": None,
        "note": None,
        "taskId": None,
        "branch": None,
        "_account": None,
        "_category": None,
        files.FILES: [],
    }
    line.update(_members(company, given))
    return line


def _members(company: Company, given: Row) -> Row:
    made: Row = {name: given[name] for name in PLAIN if name in given}
    if given.get("inventoryNumber"):
        item = items.coded(company, given["inventoryNumber"])
        if item is None:
            raise RefusedError.unknown("Inventory ID", given["inventoryNumber"])
        if item["status"] in UNSOLD:
            raise RefusedError.business(f"Inventory item '{item['inventoryNumber']}' has the status {item['status']}.")
        made.update(inventoryNumber=item["inventoryNumber"], _item=item["inventoryId"])
        made.setdefault("description", item["description"])
        made.setdefault("uom", item["salesUnit"])
    if given.get("uom") and given["uom"].casefold() not in company.units:
        raise RefusedError.unknown("UOM", given["uom"])
    if given.get("accountNumber"):
        made["_account"] = blocks.required(company.accounts, given["accountNumber"], "Account")
    if given.get("vatCodeId"):
        made["_category"] = blocks.required(company.vat_codes, given["vatCodeId"], "TaxCategoryID")
    if given.get("branchNumber"):
        made["branch"] = blocks.required(company.branches, given["branchNumber"], "Branch")
    return made


def _priced(company: Company, document: Row, project: Row | None, line: Row) -> Row:
    """The line with amounts, account and VAT."""
    item = company.items.get(line["_item"]) if "_item" in line else None
    category = line["_category"] or (item["vatCode"] if item else None)
    account = line["_account"] or (company.item_classes[item["itemClass"]]["_account"] if item else None)
    if category is None or account is None:
        raise RefusedError.business(f"Line {line['lineNumber']}: 'Inventory ID' or 'Account' cannot be empty.")
    _check_task(company, project, line)
    price = line["unitPriceInCurrency"]
    if price is None:
        price = item["defaultPrice"] if item else 0.0
    quantity, rate = exact(line["quantity"]), exact(document["exchangeRate"])
    gross = cents(quantity * exact(price)) if quantity else exact(line["manualAmountInCurrency"])
    percent = exact(line["discountPercent"])
    discount = cents(gross * percent / 100) if percent else exact(line["discountAmountInCurrency"])
    net = gross - discount
    return {
        **line,
        "unitPriceInCurrency": price,
        "unitPrice": float(_rated(exact(price), rate)),
        "manualAmount": float(cents(exact(line["manualAmountInCurrency"]) * rate)),
        "discountAmountInCurrency": float(discount),
        "discountAmount": float(cents(discount * rate)),
        "amountInCurrency": float(net),
        "amount": float(cents(net * rate)),
        "account": account,
        "vatCode": vat.resolved(company, document["vatZone"], category),
    }


def _rated(price: Decimal, rate: Decimal) -> Decimal:
    return price if rate == 1 else (price * rate).quantize(Decimal("0.0001"))


def _check_task(company: Company, project: Row | None, line: Row) -> None:
    """A line of a project needs an active task of it; a line of none may not have one."""
    wanted = line["taskId"]
    if project is None or project["projectID"] == projects.NON_PROJECT:
        if wanted:
            raise RefusedError.business(f"Line {line['lineNumber']}: a task needs a project.")
        return
    if not wanted:
        raise RefusedError.business(f"Line {line['lineNumber']}: 'Project Task' cannot be empty.")
    task = tasks.of_id(company, project, wanted)
    if task is None:
        raise RefusedError.unknown("Project Task", wanted)
    if task["status"] != "Active":
        raise RefusedError.business(f"Project Task '{wanted}' is {task['status']}; only an active one can be chosen.")


def shown(company: Company, document: Row, line: Row) -> Row:
    """A line as a read shows it."""
    hidden = {"taskId", "branch", "account", "vatCode"}
    made = {name: value for name, value in line.items() if not name.startswith("_") and name not in hidden}
    project = company.projects.get(document["project"]) if document["project"] is not None else None
    task = tasks.of_id(company, project, line["taskId"]) if project and line["taskId"] else None
    account = company.accounts[line["account"]]
    branch = company.branches[line["branch"] or document["branch"]]
    made.update(
        account={"type": account["type"], "active": account["active"], "number": account["accountCD"],
                 "description": account["description"]},
        vatCode=blocks.described(company.vat_codes, line["vatCode"]),
        projectTask=tasks.reference(task),
        branchNumber={"number": branch["number"], "name": branch["name"]},
        attachments=files.shown(company, line[files.FILES]),
    )  # fmt: skip
    return made
