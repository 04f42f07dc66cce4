"""What the other integrations need: unbilled hours and fees, travel, segments, properties, files, credited sources."""

from datetime import timedelta
from decimal import Decimal

from sandbox.severa.endpoints.files import pdf, store_file
from sandbox.severa.registers import Registers
from sandbox.severa.seed.places import Places, guid
from sandbox.severa.stamps import instant, money
from sandbox.store import Row
from sandbox.world.sizes import AS_OF

SEGMENTS = {"Visma.net customer class": ("Standard", "Utland"), "Account set cust": ("1", "2")}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)
"""A picture of one pixel."""


def extras(registers: Registers, places: Places) -> None:
    """A few of each, the same at every scale."""
    open_projects = [
        row
        for i, one in enumerate(places.world.projects)
        if one.state == "Won" and not one.is_closed and not one.is_internal and i in places.projects
        for row in (registers.get("projects", places.projects[i]),)
    ][:12]
    _hours(registers, open_projects)
    _fees(registers, open_projects)
    _travel(registers, open_projects)
    _segments(registers)
    _properties(registers)
    _files(registers, places, open_projects)
    _credited(registers)


def _first(registers: Registers, table: str, member: str, value: object) -> Row:
    return next(row for row in registers.tables[table] if row[member] == value)


def _hours(registers: Registers, projects: list[Row]) -> None:
    """Approved and not approved hours that are not billed, and one that was deleted."""
    work_types = list(registers.tables["worktypes"])
    for number, project in enumerate(projects):
        work_type = work_types[number % len(work_types)]
        day = AS_OF - timedelta(days=number + 1)
        registers.put(
            "workhours",
            {
                "guid": registers.ids.guid("open hours", number),
                "phase": {**project["rootPhase"], "isCompleted": False, "isLocked": False},
                "customer": registers.refer("customers.numbered", project["customer"]["guid"]),
                "project": registers.refer("projects.hours", project["guid"]),
                "workType": registers.refer("worktypes.coded", work_type["guid"]),
                "user": project["projectOwner"],
                "description": f"Møte nr. {number + 1} på Ærfuglveien",
                "unitPrice": money(Decimal(1200), project["currency"]["code"]),
                "unitCost": work_type["hourCost"],
                "eventDate": day.date().isoformat(),
                "quantity": 7.5 - number % 3,
                "isApproved": number % 4 != 3,
                "isProductive": True,
            },
            created=day,
        )
    first = projects[0]
    registers.put(
        "deletedworkhours",
        {
            "guid": registers.ids.guid("deleted hours", 1),
            "project": {"guid": first["guid"]},
            "customer": {"guid": first["customer"]["guid"]},
            "phase": {"guid": first["rootPhase"]["guid"]},
            "user": {"guid": first["projectOwner"]["guid"]},
            "workType": {"guid": work_types[0]["guid"]},
            "eventDate": AS_OF.date().isoformat(),
            "quantity": 2.0,
            "createdDateTime": instant(AS_OF - timedelta(days=2)),
            "lastUpdatedDateTime": instant(AS_OF - timedelta(days=2)),
        },
        created=AS_OF - timedelta(days=1),
    )


def _fees(registers: Registers, projects: list[Row]) -> None:
    """A few unbilled fees and two recurring rules, one of them inactive."""
    product = _first(registers, "products", "code", "STD")
    for number, project in enumerate(projects[:4]):
        members: Row = {
            "project": guid(project["guid"]),
            "product": guid(product["guid"]),
            "quantity": 1.0 + number,
            "eventDate": (AS_OF - timedelta(days=number)).date().isoformat(),
            "description": f"Materiell levert, kvittering {7000 + number}",
        }
        registers.make("projectfees", members, created=AS_OF - timedelta(days=number + 1))
    for number, project in enumerate(projects[:2]):
        registers.put(
            "projectrecurringfeerules",
            {
                "name": f"Serviceavtale {number + 1}",
                "project": registers.refer("projects.company", project["guid"]),
                "phase": project["rootPhase"],
                "customer": registers.refer("customers.numbered", project["customer"]["guid"]),
                "product": registers.refer("products.coded", product["guid"]),
                "productType": product["type"],
                "unitPrice": money(Decimal(900), project["currency"]["code"]),
                "unitCost": money(Decimal(500), registers.currency),
                "vatRate": 25.0,
                "user": registers.company["integrationUser"],
                "frequency": 3 if number == 0 else 1,
                "recurrenceStartDate": "2025-01-01",
                "recurrenceEndType": "Never",
                "isActive": number == 0,
            },
            created=AS_OF - timedelta(days=300),
        )


def _travel(registers: Registers, projects: list[Row]) -> None:
    """Reimbursements with two expenses each: the first ones approved, the rest drafts."""
    statuses = list(registers.tables["travelreimbursementstatuses"])
    kinds = list(registers.tables["travelexpensetypes"])[:6]
    users = [row for row in registers.tables["users"] if row["isActive"]]
    for number, project in enumerate(projects[:6]):
        user, status = users[number % len(users)], statuses[1 if number < 4 else 0]
        day = AS_OF - timedelta(days=10 + number)
        costs = [Decimal(120 + number), Decimal("45.5")]
        head = registers.put(
            "travelreimbursements",
            {
                "user": registers.refer("users.named", user["guid"]),
                "title": "Åbo–Tromsø, messe",
                "number": 301 + number,
                "date": instant(day),
                "approvalDate": instant(day + timedelta(days=2)) if status["isApproved"] else None,
                "approvedByUser": registers.refer("users.named", users[0]["guid"]) if status["isApproved"] else None,
                "advancePayment": money(Decimal(100 if number == 0 else 0), registers.currency),
                "total": money(sum(costs) - (100 if number == 0 else 0), registers.currency),
                "totalExpenses": money(sum(costs), registers.currency),
                "groupBy": "Date",
                "travelReimbursementStatus": registers.refer("travelreimbursementstatuses.named", status["guid"]),
            },
            created=day,
        )
        for line, cost in enumerate(costs):
            kind = kinds[(number + line) % len(kinds)]
            row = registers.put(
                "projecttravelexpenses",
                {
                    "guid": registers.ids.guid("travel expenses", number, line),
                    "project": registers.refer("projects.expense", project["guid"]),
                    "phase": project["rootPhase"],
                    "customer": registers.refer("customers.named", project["customer"]["guid"]),
                    "user": registers.refer("users.code", user["guid"]),
                    "travelExpense": registers.refer("travelexpensetypes.sub", kind["guid"]),
                    "description": f"Färja og tåg {line + 1}",
                    "unitPrice": money(cost, registers.currency),
                    "unitCost": money(cost, registers.currency),
                    "unitCostExcludingPurchaseVat": money(cost, registers.currency),
                    "quantity": 1.0,
                    "measurementUnit": kind["measurementUnit"],
                    "vatRate": kind["vatRate"],
                    "purchaseVatRate": kind["purchaseVatRate"],
                    "eventDate": day.date().isoformat(),
                    "travelStartTime": instant(day),
                    "travelEndTime": instant(day + timedelta(hours=9)),
                    "travelReimbursement": {
                        "guid": head["guid"],
                        "isApproved": status["isApproved"],
                        "isLocked": status["isLocked"],
                        "status": status["name"],
                    },
                    "isBillable": False,
                    "attachmentCount": 1 if line == 0 else 0,
                },
                created=day,
            )
            if line == 0:
                members: Row = {"travelExpenseGuid": row["guid"], "name": "kvittering æøå.png"}
                store_file(registers, "projecttravelexpensefiles", members, PNG, "image/png")


def _segments(registers: Registers) -> None:
    """The two parents that other integrations look for, and a link for the first customers."""
    customers = [row for row in registers.tables["customers"] if row["number"] is not None][:10]
    for parent_name, names in SEGMENTS.items():
        parent = registers.make("marketsegments", {"name": parent_name}, created=AS_OF)
        for number, name in enumerate(names):
            child = registers.make(
                "marketsegments", {"name": name, "parentMarketSegment": guid(parent["guid"])}, created=AS_OF
            )
            for customer in customers[number::2]:
                members = {"customer": guid(customer["guid"]), "marketSegment": guid(child["guid"])}
                registers.make("customermarketsegments", members, created=AS_OF)


def _properties(registers: Registers) -> None:
    """A selection of customers and a text of projects, each with one value."""
    selection = registers.make("customproperties", {"name": "Kundeklasse", "type": "Selection"}, created=AS_OF)
    for number, name in enumerate(("A", "B", "Ærlig")):
        members = {"name": name, "customerCustomProperty": guid(selection["guid"]), "sortOrder": number}
        registers.make("selectionitems", members, created=AS_OF)
    customer = next(iter(registers.tables["customers"]))
    short = {"customProperty": guid(selection["guid"]), "value": "A", "customerGuid": customer["guid"]}
    registers.make("customervalues", short, created=AS_OF)
    text = registers.make("projectproperties", {"name": "Befaringssted", "type": "String"}, created=AS_OF)
    project = next(iter(registers.tables["projects"]))
    short = {"customProperty": guid(text["guid"]), "value": "Brygga på Ærøy", "projectGuid": project["guid"]}
    registers.make("projectvalues", short, created=AS_OF)
    for table, row in (("customproperties", selection), ("projectproperties", text)):
        registers.write(table, row["guid"], {"usageCount": 1})


def _files(registers: Registers, places: Places, projects: list[Row]) -> None:
    """A PDF on the first invoices and a picture on the first project."""
    for invoice in list(places.invoices.values())[:5]:
        members: Row = {"invoiceGuid": invoice, "name": "Timeliste uke 9 (æøå).pdf", "description": "Timeliste"}
        store_file(registers, "invoicefiles", members, pdf("Timeliste"), "application/pdf")
    members = {"projectGuid": projects[0]["guid"], "name": "befaring.png", "description": None}
    store_file(registers, "projectfiles", members, PNG, "image/png")


def _credited(registers: Registers) -> None:
    """The sources that credit notes give back, by the rows of the credit note."""
    for invoice in registers.tables["invoices"]:
        if not invoice["isCreditNote"]:
            continue
        project = invoice["projects"][0]
        for row in registers.tables["invoicerows"].find("invoiceGuid", invoice["guid"]):
            common: Row = {
                "guid": registers.ids.guid("reimbursed", row["guid"]),
                "invoiceGuid": invoice["guid"],
                "invoiceRowGuid": row["guid"],
                "invoiceRowDescription": row["description"],
                "invoiceQuantity": row["quantity"],
                "description": row["description"],
                "quantity": -row["quantity"],
                "unitPrice": row["unitPrice"],
                "eventDate": invoice["date"],
            }
            if row["rowType"] == "Hours":
                members = {
                    **common,
                    "project": project,
                    "customer": {n: invoice["customer"][n] for n in ("guid", "name")},
                }
                registers.put("reimbursedworkhours", members, created=AS_OF)
                continue
            members = {
                **common,
                "name": row["description"],
                "project": {"guid": project["guid"], "name": project["name"], "number": str(project["number"])},
                "vatRate": row["vatRate"],
                "measurementUnit": row["measurementUnit"],
            }
            table = "reimbursedprojecttravelexpenses" if row["rowType"] == "TravelExpenses" else "reimbursedprojectfees"
            registers.put(table, members, created=AS_OF)
