"""How invoices come to be: from the unbilled work of projects, or from rows that somebody types in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.fields import BOOLEAN, DATE, TEXT, check, many, reference
from sandbox.severa.errors import invalid, not_now
from sandbox.severa.registers import Registers
from sandbox.severa.rules.invoices import enter_status, recalculate, totals
from sandbox.store import Row

_BODY = {
    "projects": many(reference("projects.numbered")).must,
    "groupProjects": BOOLEAN,
    "invoiceStatusGuid": TEXT,
    "billingCustomerGuid": TEXT,
    "date": DATE,
}
SOURCES = {"Hours": "workhours", "ProjectFees": "projectfees", "TravelExpenses": "projecttravelexpenses"}
CATEGORIES = {"Hours": "Hours", "ProjectFees": "ProjectFees", "FlatRate": "ProjectFees", "TravelExpenses": "Travels"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row to be. `source` is the guid of the hours, fee or expense behind it; `flat_rate` that of a flat rate."""

    row_type: str
    codes: Sequence[str]
    description: str
    quantity: float
    unit_price: float
    vat_rate: float
    unit: str | None
    source: str | None = None
    flat_rate: str | None = None


def _address(row: Row | None, *, state: str | None = None) -> Row | None:
    if row is None:
        return None
    return {
        "addressline": row["addressline"],
        "postalCode": row["postalCode"],
        "city": row["city"],
        "state": state,
        "country": row["country"],
    }


def _receiver(registers: Registers, customer: Row) -> Row | None:
    """The billing address of the customer, else its headquarter, copied."""
    for address in registers.tables["addresses"].find("customer.guid", customer["guid"]):
        if address["isBillingAddress"]:
            return _address({**address, "country": (address["country"] or {}).get("englishName")})
    return _address(customer["headquarterAddress"])


def compose(registers: Registers, customer: Row, projects: Sequence[Row], day: date, more: Mapping[str, Any]) -> Row:
    """The members of a new invoice without rows; `more` are members that are known better."""
    first = projects[0]
    contact_row = registers.tables["contactpersons"].get((first["customerContact"] or {}).get("guid"))
    term = more.get("paymentTerm", first["paymentTerm"])
    if term is None:
        term = customer["paymentTerm"] if customer["paymentTerm"] is not None else registers.company["paymentTerm"]
    sender = first["billingContact"] or first["projectOwner"]
    currency = registers.tables["currencies"].get(first["currency"]["guid"]) or {}
    return {
        "customer": registers.refer("customers.numbered", customer["guid"]),
        "billingCustomer": registers.refer("customers.numbered", customer["guid"]),
        "projects": [registers.refer("projects.numbered", project["guid"]) for project in projects],
        "date": day.isoformat(),
        "dueDate": (day + timedelta(days=term)).isoformat(),
        "paymentTerm": term,
        "overdueInterest": customer["overdueInterest"] or 0.0,
        "ourReference": first["ourReference"] or sender["name"],
        "yourReference": first["yourReference"] or (contact_row or {}).get("name"),
        "currency": first["currency"],
        "currencyRate": currency.get("rate", 1.0),
        "receiverCustomerName": customer["name"],
        "receiverContactGuid": (contact_row or {}).get("guid"),
        "receiverContactName": (contact_row or {}).get("name"),
        "receiverContactEmail": next(iter((contact_row or {}).get("emails") or []), None),
        "receiverAddress": _receiver(registers, customer),
        "receiverVatNumber": customer["vatNumber"],
        "receiverKvkNumber": customer["kvkNumber"],
        "senderName": registers.company["details"]["name"],
        "senderContactName": sender["name"],
        "senderContactGuid": sender["guid"],
        "senderAddress": registers.company["senderAddress"],
        "senderVatNumber": registers.company["details"]["vatNumber"],
        "orderNumber": first["orderNumber"],
        "notes": first["invoiceNotes"],
        "language": customer["language"],
        **more,
    }


def issue(
    registers: Registers,
    members: Row,
    drafts: Iterable[Draft],
    *,
    created: datetime | None = None,
    changed: datetime | None = None,
    author: Row | None = None,
) -> Row:
    """Stores an invoice with its rows and settings; totals that `members` do not say are calculated."""
    guid = members.get("guid")
    if guid is None:
        projects = ",".join(project["guid"] for project in members["projects"])
        guid = registers.ids.guid("invoices", projects, members["date"])
    code = members["currency"]["code"]
    rows = [_row(registers, guid, number, draft, code) for number, draft in enumerate(drafts)]
    sums = totals([row for row, _ in rows], code)
    head = {**sums, **members, "guid": guid}
    head.setdefault("isCreditNote", head["totalIncludingTax"]["amount"] < 0)
    invoice = registers.put("invoices", head, created=created, changed=changed, author=author)
    settings = registers.ids.guid("invoicesettings", guid)
    registers.settings_of[guid] = settings
    registers.invoice_of[settings] = guid
    registers.put(
        "invoicesettings",
        {"guid": settings, "paymentDate": invoice["paymentDate"], "entryDate": invoice["entryDate"]},
        created=created,
        changed=changed,
        author=author,
    )
    for row, draft in rows:
        registers.put("invoicerows", row, created=created, changed=changed, author=author)
        if draft.source is not None:
            mark_billed(registers, invoice, row, draft.source)
    return invoice


def _row(registers: Registers, invoice_guid: str, number: int, draft: Draft, currency: str) -> tuple[Row, Draft]:
    account = registers.company["salesAccounts"].get(draft.vat_rate)
    return {
        "guid": registers.ids.guid("invoicerows", invoice_guid, number),
        "invoiceGuid": invoice_guid,
        "rowType": draft.row_type,
        "category": CATEGORIES[draft.row_type],
        "description": draft.description,
        "quantity": draft.quantity,
        "unitPrice": {"amount": draft.unit_price, "currencyCode": currency, "multiCurrencyInfo": None},
        "measurementUnit": draft.unit,
        "vatRate": draft.vat_rate,
        "sortOrder": number,
        "salesAccount": None if account is None else {"number": account["number"], "name": account["name"]},
        "flatRateGuid": draft.flat_rate,
        "code": list(draft.codes),
    }, draft


def mark_billed(registers: Registers, invoice: Row, row: Row, source: str) -> None:
    """Ties a source to its invoice row."""
    kind = SOURCES[row["rowType"]]
    members: Row = {
        "invoice": {"guid": invoice["guid"], "date": invoice["date"], "number": invoice["number"]},
        "invoiceRowGuid": row["guid"],
        "invoiceQuantity": row["quantity"],
    }
    registers.write(kind, source, members, touch=True)


def _unbilled(registers: Registers, project: Row) -> list[Draft]:
    found = []
    for row_type, table in SOURCES.items():
        for row in registers.tables[table].find("project.guid", project["guid"]):
            if row["invoice"] is not None or not row["isBillable"] or row["unitPrice"] is None:
                continue
            item = row.get("product") or row.get("workType") or row.get("travelExpense") or {}
            found.append(
                Draft(
                    row_type=row_type,
                    codes=[item["code"]] if item.get("code") else [],
                    description=row["description"] or row.get("name") or item.get("name") or "",
                    quantity=row["quantity"] or 0.0,
                    unit_price=row["unitPrice"]["amount"] or 0.0,
                    vat_rate=row.get("vatRate") or registers.company["vatRate"],
                    unit=row.get("measurementUnit") or ("h" if row_type == "Hours" else None),
                    source=row["guid"],
                )
            )
    return found


def bill(registers: Registers, body: object) -> list[Row]:
    """``POST /v1/invoices``: one invoice per project, or per customer and currency when they are grouped."""
    if not isinstance(body, dict):
        raise invalid("body", "must be an object")
    for problem in check(_BODY, body):
        raise invalid(problem.member, problem.message)
    projects = [registers.get("projects", one["guid"]) for one in body["projects"]]
    if not projects:
        raise invalid("projects", "must not be empty")
    groups: dict[object, list[Row]] = {}
    for project in projects:
        together = (project["customer"]["guid"], project["currency"]["guid"])
        groups.setdefault(together if body.get("groupProjects") else project["guid"], []).append(project)
    status = first_status(registers, body.get("invoiceStatusGuid"))
    day = date.fromisoformat(body["date"]) if body.get("date") else registers.clock.now().date()
    made = []
    for group in groups.values():
        drafts = [draft for project in group for draft in _unbilled(registers, project)]
        if not drafts:
            raise not_now(f"Project {group[0]['number']} has nothing to bill.")
        customer = registers.get("customers", body.get("billingCustomerGuid") or group[0]["customer"]["guid"])
        members = compose(registers, customer, group, day, {})
        made.append(enter(registers, issue(registers, members, drafts), status))
    return made


def first_status(registers: Registers, guid: str | None) -> Row:
    """The status asked for, else the default one."""
    if guid is not None:
        return registers.get("invoicestatuses", guid)
    return next(row for row in registers.tables["invoicestatuses"] if row["isDefault"])


def enter(registers: Registers, invoice: Row, status: Row, author: Row | None = None) -> Row:
    """Puts an invoice into a status as a person does: numbers follow, the invoice counts as changed."""
    members: Row = {"status": registers.refer("invoicestatuses.flagged", status["guid"])}
    enter_status(registers, invoice, members, status)
    if author is not None:
        members["lastUpdatedBy"] = author
    return registers.write("invoices", invoice["guid"], members, touch=True)


def credit(registers: Registers, invoice: Row, author: Row | None = None) -> Row:
    """A credit note over the whole of an invoice, without a number, on the default status of credit notes."""
    rows = registers.tables["invoicerows"].find("invoiceGuid", invoice["guid"])
    drafts = [
        Draft(
            row_type=row["rowType"],
            codes=row["code"],
            description=row["description"] or "",
            quantity=-row["quantity"],
            unit_price=(row["unitPrice"] or {}).get("amount") or 0.0,
            vat_rate=row["vatRate"] or 0.0,
            unit=row["measurementUnit"],
        )
        for row in rows
    ]
    copied = (
        "customer", "billingCustomer", "projects", "paymentTerm", "currency", "currencyRate", "ourReference",
        "yourReference", "orderNumber", "receiverCustomerName", "receiverContactGuid", "receiverAddress",
        "receiverVatNumber", "senderName", "senderContactName", "senderAddress", "senderVatNumber", "language",
    )  # fmt: skip
    status = next(row for row in registers.tables["invoicestatuses"] if row["isDefaultForCreditNote"])
    day = registers.clock.now().date().isoformat()
    members: Row = {
        **{name: invoice[name] for name in copied},
        "date": day,
        "dueDate": day,
        "isCreditNote": True,
        "reimburseInvoice": {"guid": invoice["guid"], "number": invoice["number"]},
        "status": registers.refer("invoicestatuses.flagged", status["guid"]),
    }
    made = issue(registers, members, drafts, author=author)
    registers.write("invoices", invoice["guid"], {"creditNoteInvoice": {"guid": made["guid"], "number": None}})
    return made


def edit_row(registers: Registers, row: Row, members: Row) -> Row:
    """Changes a row as a person does, whatever the status, and calculates the totals anew."""
    registers.write("invoicerows", row["guid"], members, touch=True)
    return recalculate(registers, row["invoiceGuid"])
