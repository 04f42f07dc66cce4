"""Invoices and credit notes: written on hold, numbered at first save (contract, section 11)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sandbox.store import Row
from sandbox.visma_net import files
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.money import both, exact
from sandbox.visma_net.registries import blocks, customers, projects
from sandbox.visma_net.sales import lines, vat
from sandbox.visma_net.sales.kinds import Kind
from sandbox.visma_net.stamps import midnight

DRAFT = frozenset({"Hold", "Balanced", "PendingPrint", "PendingEmail", "CreditHold"})
PLAIN = (
    "customerRefNumber", "externalReference", "invoiceText", "customerProject", "sendToAutoInvoice", "dontPrint",
    "dontEmail", "revoked", "cashAccount", "accountingCostRef", "originatorDocRef", "contractDocRef", "startDate",
    "endDate", "excludeDebtCollection", "cashDiscountDate", "origInvoiceDate", "documentDueDate", "note",
)  # fmt: skip
DUE_DATES = frozenset({"documentDueDate", "cashDiscountDate"})
"""All that can change on a released document."""
IGNORED = frozenset({"referenceNumber", "overrideNumberSeries"})


def path(kind: Kind, row: Row) -> str:
    """Where a new document is said to be: the version of the write, although reads are v1."""
    return f"/v2/{kind.path}/{quote(row['referenceNumber'], safe='')}"


def create(company: Company, kind: Kind, body: Row) -> Row:
    """A new document, on hold unless the body says otherwise. Nothing is kept when it is refused."""
    customer = _customer(company, body["customerNumber"])
    today = midnight(company.today())
    row: Row = {
        "documentType": kind.type,
        "customer": customer["internalId"],
        "documentDate": today,
        "documentDueDate": None,
        "currencyId": customer["currencyId"],
        "exchangeRate": None,
        "creditTerms": customer["creditTerms"],
        "vatZone": customer["vatZone"],
        "contact": None,
        "project": None,
        "branch": next(iter(company.branches)),
        "hold": True,
        "status": "Hold",
        "paymentReference": None,
        "revoked": False,
        "sendToAutoInvoice": customer["acceptAutoInvoices"],
        "dontPrint": not customer["printInvoices"],
        "dontEmail": not customer["sendInvoicesByEmail"],
        "note": None,
        "_lines": [],
        "_applied": [],
        "_billing": {},
        "_paid": 0.0,
        files.FILES: [],
    }
    _write(company, kind, row, body)
    row["referenceNumber"] = company.sequences["ARINVOICE"].next()
    if company.behaviour.payment_reference_at == "creation":
        row["paymentReference"] = payment_reference(company, kind, row)
    return company.add(kind.table(company), row)


def change(company: Company, kind: Kind, row: Row, body: Row) -> Row:
    """Changes a draft; on a released document only due dates. Refused (400) otherwise."""
    if row["status"] not in DRAFT:
        if not set(body) <= DUE_DATES or kind.type != "Invoice":
            raise RefusedError.business(f"The document {row['referenceNumber']} is {row['status']} and locked.")
        return company.change(kind.table(company), row["referenceNumber"], {name: body[name] for name in body})
    made = dict(row)
    _write(company, kind, made, body)
    return company.change(kind.table(company), row["referenceNumber"], made)


def delete(company: Company, kind: Kind, row: Row) -> None:
    """Deletes a draft. Refused (400) when it is released."""
    if row["status"] not in DRAFT and not company.behaviour.delete_released:
        raise RefusedError.business(f"The document {row['referenceNumber']} is {row['status']}; it cannot be deleted.")
    kind.table(company).delete(row["referenceNumber"])


def payment_reference(company: Company, kind: Kind, row: Row) -> str | None:
    """A Norwegian KID: customer number, document number, and a check digit by modulus 10."""
    if kind.type == "CreditNote" and not company.behaviour.credit_note_reference:
        return None
    customer = company.customers.get(row["customer"])
    digits = "".join(c for c in f"{customer['number'] if customer else ''}{row['referenceNumber']}" if c.isdecimal())
    doubled = [int(digit) * (2 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits))]
    return f"{digits}{-sum(n // 10 + n % 10 for n in doubled) % 10}"


def _customer(company: Company, number: str) -> Row:
    customer = customers.numbered(company, number)
    if customer is None:
        raise RefusedError.unknown("Customer ID", number)
    if customer["status"] in {"Inactive", "OnHold"}:
        raise RefusedError.business(f"The customer '{number}' has the status {customer['status']}.")
    return customer


def _write(company: Company, kind: Kind, row: Row, body: Row) -> None:
    row.update({name: body[name] for name in PLAIN if name in body})
    for name in ("documentDate", "origInvoiceDate"):
        if body.get(name):
            row[name] = body[name][:10] + "T00:00:00"
    row.setdefault("origInvoiceDate", row["documentDate"])
    if body.get("customerNumber") is not None:
        row["customer"] = _customer(company, body["customerNumber"])["internalId"]
    _references(company, row, body)
    _period(row, body)
    if "documentDate" in body or "creditTermsId" in body or row["documentDueDate"] is None:
        row["documentDueDate"] = body.get("documentDueDate") or _due(company, row)
    changed: Any = body.get(kind.lines, ())
    row["_lines"] = lines.written(company, row, changed)
    _total(company, row)
    _hold(company, row, body)
    row["_applied"] = body.get("applicationLines", row["_applied"])
    row["_billing"] = {**row["_billing"], **body.get(kind.billing, {})}


def _references(company: Company, row: Row, body: Row) -> None:
    if body.get("currencyId"):
        currency = blocks.required(company.currencies, body["currencyId"], "Currency ID")
        if not company.currencies[currency]["isUsedForAccounting"]:
            raise RefusedError.business(f"The currency '{currency}' is not used for accounting.")
        row["currencyId"] = currency
    given = body.get("exchangeRate")
    if given is not None and given <= 0:
        raise RefusedError.business("'Exchange rate' must be greater than 0.")
    if given is not None or "currencyId" in body or row["exchangeRate"] is None:
        row["exchangeRate"] = given or float(company.rates[row["currencyId"]])
    if body.get("creditTermsId"):
        row["creditTerms"] = blocks.required(company.terms, body["creditTermsId"], "Credit Terms ID")
    if body.get("customerVatZoneId"):
        row["vatZone"] = blocks.required(company.zones, body["customerVatZoneId"], "Tax Zone ID")
    if body.get("branchNumber"):
        branch = blocks.required(company.branches, body["branchNumber"], "Branch")
        if not company.branches[branch]["isActive"]:
            raise RefusedError.business(f"The branch '{branch}' is not active.")
        row["branch"] = branch
    if body.get("locationId", "MAIN") != "MAIN":
        raise RefusedError.unknown("Location", body["locationId"])
    if "contact" in body:
        contact = company.contacts.get(body["contact"])
        if contact is None or contact["customer"] != row["customer"]:
            raise RefusedError.unknown("Contact", body["contact"])
        row["contact"] = contact["contactId"]
    if "project" in body:
        row["project"] = None if not body["project"] else _project(company, body["project"])


def _project(company: Company, number: str) -> int:
    project = projects.of_id(company, number)
    if project is None or project["_kind"] == "template":
        raise RefusedError.unknown("Project", number)
    if project["status"] != "Active":
        raise RefusedError.business(f"Project '{number}' is {project['status']}; only an active one can be chosen.")
    if not project["visibility"]["visibleInAr"]:
        raise RefusedError.business(f"Project '{number}' is not visible in accounts receivable.")
    return int(project["internalID"])


def _period(row: Row, body: Row) -> None:
    """The period of the document date, unless one is given: YYYYMM, and MMYYYY where a write says `postPeriod`."""
    year, month = row["documentDate"][:4], row["documentDate"][5:7]
    financial, post = body.get("financialPeriod", f"{year}{month}"), body.get("postPeriod", f"{month}{year}")
    for name, period, digits in (("financialPeriod", financial, financial[4:]), ("postPeriod", post, post[:2])):
        if len(period) != 6 or not period.isdecimal() or not 1 <= int(digits) <= 13:
            raise RefusedError.business(f"'{period}' is no period for '{name}'.")
    row["financialPeriod"], row["postPeriod"] = financial, post[2:] + post[:2]


def _due(company: Company, row: Row) -> str:
    day = date.fromisoformat(row["documentDate"][:10])
    return midnight(day + timedelta(days=company.terms[row["creditTerms"]]["dueDay1"] or 0))


def _total(company: Company, row: Row) -> None:
    """Totals over the lines; VAT as the ERP works it out."""
    rate = exact(row["exchangeRate"])
    row["taxDetails"] = vat.details(company, row["_lines"])
    net = sum((exact(line["amountInCurrency"]) for line in row["_lines"]), Decimal(0))
    tax = sum((exact(each["vatAmount"]) for each in row["taxDetails"]), Decimal(0))
    taxed = sum((exact(each["taxableAmount"]) for each in row["taxDetails"] if each["vatRate"]), Decimal(0))
    row.update(
        **both("detailTotal", net, rate),
        **both("discountTotal", Decimal(0), rate),
        **both("vatTaxableTotal", taxed, rate),
        **both("vatExemptTotal", net - taxed, rate),
        **both("vatTotal", tax, rate),
        **both("cashDiscount", Decimal(0), rate),
        roundingDiff=0.0,
        _total=float(net + tax),
    )


def _hold(company: Company, row: Row, body: Row) -> None:
    """Hold, or what comes after it: printing, mailing, credit control, else balanced."""
    row["hold"] = hold = body.get("hold", row["hold"])
    if hold:
        row["status"] = "Hold"
        return
    if row["_total"] < 0:
        raise RefusedError.business("The document total cannot be negative.")
    customer = company.customers.get(row["customer"])
    if customer is not None and customer["status"] == "CreditHold":
        row["status"] = "CreditHold"
    elif not row["dontPrint"]:
        row["status"] = "PendingPrint"
    elif not row["dontEmail"]:
        row["status"] = "PendingEmail"
    else:
        row["status"] = "Balanced"
