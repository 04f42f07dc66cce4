"""Invoices with their rows, and the hours, fees and expenses behind the rows."""

from sandbox.severa.billing import Draft, compose, issue
from sandbox.severa.registers import Registers
from sandbox.severa.rules.invoices import reference_number
from sandbox.severa.seed.places import Places
from sandbox.severa.seed.statuses import STATUSES
from sandbox.severa.stamps import money
from sandbox.store import Row
from sandbox.world import Invoice, InvoiceRow


def invoices(registers: Registers, places: Places) -> None:
    """All invoices of the world. Severa's total is the world's figure, also where it does not add up."""
    stages = STATUSES[places.world.erp].stages
    statuses = {row["name"]: row for row in registers.tables["invoicestatuses"]}
    for i, one in enumerate(places.world.invoices):
        customer = registers.get("customers", places.customers[one.customer])
        projects = [registers.get("projects", places.projects[project]) for project in one.projects]
        author = places.author(registers, places.world.projects[one.projects[0]].owner)
        guid = registers.ids.guid("invoices", one.key)
        status = statuses[stages[one.stage]]
        members = compose(registers, customer, projects, one.date, _members(registers, places, one))
        members["guid"] = guid
        members["status"] = registers.refer("invoicestatuses.flagged", status["guid"])
        members["canBeDeleted"] = not status["hasInvoiceNumber"]
        drafts = [_draft(registers, places, guid, one, row, number) for number, row in enumerate(one.rows)]
        issue(registers, members, drafts, created=one.created, changed=one.changed, author=author)
        places.invoices[i] = guid
        if one.credited is not None:
            registers.write(
                "invoices", places.invoices[one.credited], {"creditNoteInvoice": {"guid": guid, "number": None}}
            )


def _members(registers: Registers, places: Places, one: Invoice) -> Row:
    tax = one.total_including_tax - one.total_excluding_tax
    more: Row = {
        "number": one.number,
        "referenceNumber": None if one.number is None else reference_number(one.number),
        "paymentTerm": one.payment_term,
        "paymentDate": None if one.payment_date is None else one.payment_date.isoformat(),
        "currency": next(
            registers.refer("currencies.coded", row["guid"])
            for row in registers.tables["currencies"].find("code", one.currency)
        ),
        "currencyRate": float(one.currency_rate),
        "totalIncludingTax": money(one.total_including_tax, one.currency),
        "totalExcludingTax": money(one.total_excluding_tax, one.currency),
        "totalTax": money(tax, one.currency),
        "isCreditNote": one.is_credit_note,
        "orderNumber": one.order_number,
        "ourReference": one.our_reference,
        "yourReference": one.your_reference,
        "notes": one.notes,
    }
    contact = places.contacts.get((one.customer, one.contact)) if one.contact else None
    if contact is not None:
        row = registers.get("contactpersons", contact)
        more["receiverContactGuid"] = contact
        more["receiverContactName"] = row["name"]
        more["receiverContactEmail"] = next(iter(row["emails"]), None)
    if one.notes:
        text = "Takk for samarbeidet!"
        more["freeText1"] = {
            "value": None, "text": f"<p>{text}</p>", "plainText": text, "allowTags": True, "tagContext": "Invoice",
        }  # fmt: skip
    if one.credited is not None:
        credited = registers.get("invoices", places.invoices[one.credited])
        more["reimburseInvoice"] = {"guid": credited["guid"], "number": credited["number"]}
    return more


def _draft(
    registers: Registers, places: Places, invoice_guid: str, invoice: Invoice, row: InvoiceRow, number: int
) -> Draft:
    source = None
    flat_rate = None
    if row.row_type == "FlatRate":
        flat_rate = _flat_rate(registers, places, invoice_guid, invoice, row, number)
    elif not invoice.is_credit_note:
        source = _source(registers, places, invoice, row, number)
    return Draft(
        row_type=row.row_type,
        codes=row.codes,
        description=row.description,
        quantity=float(row.quantity),
        unit_price=float(row.unit_price),
        vat_rate=float(row.vat_rate),
        unit=row.unit,
        source=source,
        flat_rate=flat_rate,
    )


def _flat_rate(
    registers: Registers, places: Places, invoice_guid: str, invoice: Invoice, row: InvoiceRow, number: int
) -> str:
    project = registers.get("projects", places.projects[row.project])
    made = registers.put(
        "flatrates",
        {
            "guid": registers.ids.guid("flatrates", invoice.key, number),
            "project": registers.refer("projects.numbered", project["guid"]),
            "phase": project["rootPhase"],
            "billingSchedule": "Immediately",
            "price": money(row.unit_price * row.quantity, invoice.currency),
            "invoiceGuid": invoice_guid,
        },
    )
    return str(made["guid"])


def _source(registers: Registers, places: Places, invoice: Invoice, row: InvoiceRow, number: int) -> str | None:
    """The hours, fee or travel expense that the row bills."""
    if row.product is None:
        return None
    item = places.world.products[row.product]
    project = registers.get("projects", places.projects[row.project])
    user = places.world.projects[row.project].owner
    day = invoice.date.isoformat()
    price = money(row.unit_price, invoice.currency)
    common: Row = {
        "phase": project["rootPhase"],
        "description": row.description,
        "unitPrice": price,
        "unitCost": money(item.unit_cost, registers.currency),
        "quantity": float(row.quantity),
        "eventDate": day,
        "isBillable": True,
    }
    guid = registers.ids.guid("sources", invoice.key, number)
    author = places.author(registers, user)
    if row.row_type == "Hours":
        members: Row = {
            "guid": guid,
            **common,
            "customer": registers.refer("customers.numbered", project["customer"]["guid"]),
            "project": registers.refer("projects.hours", project["guid"]),
            "phase": {**project["rootPhase"], "isCompleted": False, "isLocked": False},
            "workType": registers.refer("worktypes.coded", places.products[row.product]),
            "user": registers.refer("users.person", places.users[user]),
            "isApproved": True,
            "isProductive": True,
        }
        registers.put("workhours", members, created=invoice.created, author=author)
    elif row.row_type == "ProjectFees":
        members = {
            "guid": guid,
            **common,
            "name": item.name,
            "project": registers.refer("projects.company", project["guid"]),
            "customer": registers.refer("customers.numbered", project["customer"]["guid"]),
            "product": registers.refer("products.coded", places.products[row.product]),
            "productType": item.type,
            "vatRate": float(row.vat_rate),
            "measurementUnit": row.unit,
            "user": registers.refer("users.code", places.users[user]),
            "billingSchedule": "Immediately",
        }
        registers.put("projectfees", members, created=invoice.created, author=author)
    else:
        members = {
            "guid": guid,
            **common,
            "project": registers.refer("projects.expense", project["guid"]),
            "customer": registers.refer("customers.named", project["customer"]["guid"]),
            "travelExpense": registers.refer("travelexpensetypes.sub", places.products[row.product]),
            "vatRate": float(row.vat_rate),
            "measurementUnit": row.unit,
            "user": registers.refer("users.code", places.users[user]),
            "billingSchedule": "Immediately",
        }
        registers.put("projecttravelexpenses", members, created=invoice.created, author=author)
    return guid
