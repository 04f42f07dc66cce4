"""Projects with their statuses."""

from sandbox.severa.registers import Registers
from sandbox.severa.seed.places import Places
from sandbox.store import Row


def projects(registers: Registers, places: Places) -> None:
    """Those that the world says are in Severa."""
    tables, ids = registers.tables, registers.ids
    sales = {row["salesState"]: row for row in tables["salesstatustypes"]}
    status = next(iter(tables["projectstatustypes"]))
    currency = {row["code"]: registers.refer("currencies.coded", row["guid"]) for row in tables["currencies"]}
    cost_center = next(row for row in tables["costcenters"] if row["isDefault"])
    for i, one in enumerate(places.world.projects):
        if not one.in_severa or one.customer is None:
            continue
        kind, number = sales[one.state], one.number
        owner = places.author(registers, one.owner)
        contact = places.contacts.get((one.customer, one.contact)) if one.contact else None
        members: Row = {
            "name": one.name,
            "number": number,
            "description": one.description,
            "isInternal": one.is_internal,
            "isClosed": one.is_closed,
            "closedDate": one.changed.date().isoformat() if one.is_closed else None,
            "internalName": one.name[:12].strip(),
            "projectStatus": {
                "guid": ids.guid("projectstatuses", number, status["name"]),
                "name": status["name"],
                "description": None,
                "projectStatusTypeGuid": status["guid"],
            },
            "customer": registers.refer("customers.numbered", places.customers[one.customer]),
            "projectOwner": owner,
            "salesPerson": owner,
            "billingContact": owner,
            "businessUnit": registers.refer("businessunits.company", places.units[one.business_unit]),
            "currency": currency[one.currency],
            "customerContact": registers.refer("contactpersons.contact", contact) if contact else None,
            "salesStatus": {
                "guid": ids.guid("salesstatuses", number, kind["name"]),
                "name": kind["name"],
                "salesStatusTypeGuid": kind["guid"],
            },
            "probability": kind["defaultProbability"],
            "startDate": one.start.isoformat(),
            "deadline": one.deadline.isoformat() if one.deadline else None,
            "rootPhase": {"guid": ids.guid("phases", number, one.name), "name": one.name},
            "costCenter": registers.refer("costcenters.identified", cost_center["guid"]),
            "paymentTerm": one.payment_term,
            "orderNumber": one.order_number,
        }
        row = registers.put("projects", members, created=one.created, changed=one.changed, author=owner)
        registers.sales_changes.note(row["guid"], one.created)
        registers.status_changes.note(row["guid"], one.created)
        places.projects[i] = row["guid"]
