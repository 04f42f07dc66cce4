"""Supplier invoices with project lines: entered by people, read by the product (contract, section 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.books import journals
from sandbox.visma_net.company import Company
from sandbox.visma_net.money import both, cents, exact
from sandbox.visma_net.registries import projects
from sandbox.visma_net.stamps import midnight

DocumentType = Literal["Invoice", "CreditAdj", "DebitAdj", "Prepayment"]
TaxMode = Literal["TaxSetting", "Gross", "Net"]
PAYABLES, INPUT_VAT = "2400", "2710"
RELEASED = frozenset({"Open", "Closed"})
VAT_ID = "1"


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line. `cost` in document currency before `discount`; in a Gross document it holds VAT."""

    cost: Decimal
    text: str | None = None
    account: str = "4500"
    project: Row | None = None
    task: str | None = None
    discount: Decimal = Decimal(0)
    vat: str = VAT_ID
    quantity: Decimal = Decimal(1)
    files: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """A supplier invoice to be stored. `discounted_total`: whether ``detailTotal`` has the discounts taken off."""

    supplier: Row
    lines: Sequence[PurchaseLine]
    day: date
    document_type: DocumentType = "Invoice"
    status: str = "Open"
    currency: str = "NOK"
    tax_mode: TaxMode = "TaxSetting"
    supplier_reference: str | None = None
    description: str = ""
    discounted_total: bool = True
    files: Sequence[tuple[str, bytes]] = field(default=())


def enter(company: Company, purchase: Purchase) -> Row:
    """Stores a supplier invoice; a released one gets its journal transaction in module AP."""
    number = company.sequences["APBILL"].next()
    day = midnight(purchase.day)
    rate = exact(float(company.rates[purchase.currency]))
    lines = [_line(company, purchase, number, n, each, rate) for n, each in enumerate(purchase.lines, 1)]
    net, taxes = _taxes(company, purchase)
    vat = sum((exact(each["vatAmount"]) for each in taxes), Decimal(0))
    discounts = sum((each.discount for each in purchase.lines), Decimal(0))
    total = net + vat
    if purchase.tax_mode == "Gross":
        detail = sum((cents(each.cost) for each in purchase.lines), Decimal(0)) - discounts
    else:
        detail = net if purchase.discounted_total else net + discounts
    branch = company.branches[next(iter(company.branches))]
    row: Row = {
        "_key": (purchase.document_type, number),
        "supplier": purchase.supplier["internalId"],
        "documentType": purchase.document_type,
        "referenceNumber": number,
        "supplierReference": purchase.supplier_reference or f"F-{number}",
        "paymentRefNo": f"00{number}0",
        "date": day,
        "origInvoiceDate": day,
        "dueDate": midnight(purchase.day + timedelta(days=30)),
        "financialPeriod": f"{purchase.day:%Y%m}",
        "postPeriod": f"{purchase.day:%Y%m}",
        "status": purchase.status,
        "hold": purchase.status == "Hold",
        "approvalStatus": "ApprovedInApproval" if purchase.status in RELEASED else "New",
        "currencyId": purchase.currency,
        "exchangeRate": float(rate),
        "taxCalculationMode": purchase.tax_mode,
        "description": purchase.description,
        **both("detailTotal", detail, rate),
        **both("discountTotal", discounts, rate),
        **both("vatTotal", vat, rate),
        "amount": float(cents(total * rate)),
        **both("balance", Decimal(0) if purchase.status == "Closed" else total, rate),
        "branchNumber": {"number": branch["number"], "name": branch["name"]},
        "taxDetailLines": taxes,
        "_lines": lines,
        files.FILES: [],
    }
    for name, content in purchase.files:
        files.attach(company, row, f"{purchase.document_type} {number}", name, content)
    made = company.add(company.supplier_invoices, row)
    if purchase.status in RELEASED:
        _book(company, made)
    return made


def _line(company: Company, purchase: Purchase, invoice: str, number: int, given: PurchaseLine, rate: Decimal) -> Row:
    account = company.accounts[given.account]
    cost = cents(given.cost)
    unit = cost / given.quantity if given.quantity else cost
    project = given.project or projects.of_id(company, projects.NON_PROJECT)
    line: Row = {
        "lineNumber": number,
        "inventoryNumber": None,
        "transactionDescription": given.text,
        "quantity": float(given.quantity),
        "uom": None,
        **both("unitCost", cents(unit), rate),
        **both("cost", cost, rate),
        **both("discountAmount", cents(given.discount), rate),
        "account": {"type": account["type"], "active": account["active"], "number": account["accountCD"],
                    "description": account["description"]},
        "vatCode": {"id": given.vat, "description": company.vat_codes[given.vat]["description"]},
        "note": None,
        "_project": project["internalID"] if project else None,
        "_task": given.task,
        files.FILES: [],
    }  # fmt: skip
    for name, content in given.files:
        files.attach(company, line, f"{purchase.document_type} {invoice} {number}", name, content)
    return line


def _taxes(company: Company, purchase: Purchase) -> tuple[Decimal, list[Row]]:
    """The net total, and VAT per rate. In a Gross document the VAT is inside the costs."""
    nets: dict[str, Decimal] = {}
    for each in purchase.lines:
        nets[each.vat] = nets.get(each.vat, Decimal(0)) + cents(each.cost) - cents(each.discount)
    found, total = [], Decimal(0)
    for number, (vat_id, amount) in enumerate(nets.items(), 1):
        percent: Decimal = company.vat_codes[vat_id]["_rate"]
        base = cents(amount * 100 / (100 + percent)) if purchase.tax_mode == "Gross" else amount
        vat = amount - base if purchase.tax_mode == "Gross" else cents(base * percent / 100)
        total += base
        found.append(
            {
                "taxId": vat_id,
                "recordId": number,
                "vatId": {"number": vat_id, "description": company.vat_codes[vat_id]["description"]},
                "vatRate": float(percent),
                "taxableAmount": float(base),
                "vatAmount": float(vat),
            }
        )
    return total, found


def release(company: Company, row: Row) -> Row:
    """Releases a supplier invoice, with its journal transaction."""
    members: Row = {"status": "Open", "hold": False, "approvalStatus": "ApprovedInApproval"}
    made = company.change(company.supplier_invoices, row["_key"], members)
    _book(company, made)
    return made


def _book(company: Company, row: Row) -> None:
    sign = -1 if row["documentType"] == "DebitAdj" else 1
    supplier = company.suppliers.get(row["supplier"]) or {}
    rows = [
        journals.Entry(
            account=line["account"]["number"],
            amount=sign * (exact(line["cost"]) - exact(line["discountAmount"])),
            text=line["transactionDescription"],
            project=company.projects.get(line["_project"]),
            task=line["_task"],
        )
        for line in row["_lines"]
    ]
    total = sign * exact(row["amount"])
    booked = sum((each.amount for each in rows), Decimal(0))
    rows.append(journals.Entry(account=INPUT_VAT, amount=total - booked, text="Inngående mva"))
    rows.append(journals.Entry(account=PAYABLES, amount=-total, text="Leverandørgjeld"))
    journals.post(
        company,
        journals.Batch(
            module="ModuleAP",
            day=date.fromisoformat(row["date"][:10]),
            description=row["description"],
            rows=rows,
            reference=row["referenceNumber"],
            party=supplier.get("number"),
        ),
    )
