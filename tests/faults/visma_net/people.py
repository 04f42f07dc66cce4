"""What people do in Visma.net and, with its invoices, in Severa: they send, pay, meddle with drafts, enter costs."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.system import ActionError
from tests.faults.erp import Deed
from tests.faults.people import Cost, People
from tests.faults.registrars import one_of
from tests.faults.stage import Row, Stage

NAME = "visma_net"


def taken(stage: Stage) -> set[int]:
    """Numbers of customers and projects."""
    numbers = [row["number"] for row in stage.objects(NAME, "Customers")]
    numbers += [row["projectID"] for row in stage.objects(NAME, "Projects")]
    return {int(number) for number in numbers if number.isdecimal()}


def projects(stage: Stage) -> list[str]:
    """Numbers of the active projects that Severa has."""
    ours = {str(row["number"]) for row in stage.objects("severa", "projects")}
    rows = stage.objects(NAME, "Projects")
    return sorted(row["projectID"] for row in rows if row["status"] == "Active" and row["projectID"] in ours)


def documents(stage: Stage) -> list[Row]:
    """Invoices and credit notes."""
    return [*stage.objects(NAME, "CustomerInvoices"), *stage.objects(NAME, "CustomerCreditNotes")]


def _to_document(action: str, deed: str, **fixed: Any) -> Deed:
    def act(people: People, chance: Random) -> str:
        more: dict[str, Any] = {"line": 1, "quantity": chance.randrange(11, 20)} if deed == "edited" else {}
        story = people.story(chance)
        if story is None:
            return ""
        people.stage.act(NAME, action, reference=story.guid, **fixed, **more)
        story.deeds.append(deed)
        return f"{deed} {story.guid[:8]}"

    return act


def pay_part(people: People, chance: Random) -> str:
    """Half of what is open comes in."""
    story = people.story(chance)
    if story is None:
        return ""
    found = [row for row in documents(people.stage) if story.guid in (row["note"] or "") and row["status"] == "Open"]
    if not found:
        raise ActionError("nothing of it is open")
    row = found[0]
    half = round(row["balanceInCurrency"] / 2, 2)
    people.stage.act(NAME, "register_payment", number=row["referenceNumber"], amount=half)
    story.deeds.append("paid in part")
    return f"paid {half} of {story.guid[:8]}"


def send(people: People, chance: Random) -> str:
    """An invoice that has its number is sent to the customer, from Severa."""
    story = people.story(chance, of=lambda one: _standing(people, one.guid) == people.statuses["transferred"])
    if story is None:
        return ""
    people.stage.act("severa", "set_invoice_status", guid=story.guid, status=people.statuses["sent"])
    story.deeds.append("sent")
    story.status = people.statuses["sent"]
    return f"sent {story.guid[:8]}"


def _standing(people: People, guid: str) -> str:
    found = [row for row in people.stage.objects("severa", "invoices") if row["guid"] == guid]
    return str(found[0]["status"]["name"]) if found else ""


def purchase(people: People, chance: Random) -> str:
    """A supplier's invoice, its rows on projects; sometimes on hold at first."""
    numbers = people.erp.cost_projects(people.stage)
    if not numbers:
        return ""
    costs = [
        Cost("", people.unique("Innkjøp"), chance.choice(numbers), chance.randrange(10, 900))
        for _ in range(chance.randrange(1, 4))
    ]
    lines = [{"cost": cost.amount, "project": cost.project, "text": cost.text} for cost in costs]
    if chance.random() < 0.3:
        lines[0] |= {"files": [{"name": f"{costs[0].text}.pdf", "text": "%PDF-1.4"}]}
    entered = people.stage.act(NAME, "post_supplier_invoice", lines=lines, status="Balanced")["invoice"]
    number = entered["referenceNumber"]
    if chance.random() < 0.85:
        people.stage.act(NAME, "release_supplier_invoice", number=number)
        people.costs += costs
    for position, cost in enumerate(costs, 1):
        cost.row = f"Invoice/{number}/{position}"
    return f"purchase {number} with {len(costs)} rows"


def journal(people: People, chance: Random) -> str:
    """Another transaction: a cost on a project, and its counter-entry on none."""
    numbers = people.erp.cost_projects(people.stage)
    if not numbers:
        return ""
    cost = Cost("", people.unique("Periodisering"), chance.choice(numbers), chance.randrange(10, 900))
    rows = [
        {"account": "6540", "amount": cost.amount, "project": cost.project, "text": cost.text},
        {"account": "2960", "amount": -cost.amount, "text": "Motpost"},
    ]
    entered = people.stage.act(NAME, "post_journal", rows=rows)["journal"]
    cost.row = f"{entered['module']}/{entered['batchNumber']}/1"
    people.costs.append(cost)
    return f"journal {entered['batchNumber']}"


# ---------------------------------------------------------------- registers


def new_erp_customer(people: People, chance: Random) -> str:
    """A customer of the accountant's, with a contact; Visma.net gives the number."""
    name, last, digits = people.unique("Fra Visma AS"), people.unique("Visma"), chance.randrange(10**6)
    contact = {"email": f"post@v{digits}.example"}
    made = people.stage.act(NAME, "create_customer", name=name, currencyId="NOK", mainContact=contact)["customer"]
    person = {"firstName": "Ola", "lastName": last, "email": f"ola@v{digits}.example"}
    people.stage.act(NAME, "create_contact", businessAccount=made["number"], active=True, **person)
    people.entered += [
        (NAME, "Customers", "name", name, {"mainContact.email": contact["email"]}),
        (NAME, "Contacts", "lastName", last, {"email": person["email"]}),
    ]
    return f"customer {made['number']} in Visma.net"


def new_erp_item(people: People, chance: Random) -> str:
    """An item of one of the kinds that Severa has registers for."""
    code = f"V{chance.randrange(10**6):06}"
    item_class = chance.choice(("VARE25", "TJEN25", "TIMER25", "UTLEGG25"))
    people.stage.act(
        NAME, "create_item", inventoryNumber=code, description=people.unique("Visma-post"), itemClass=item_class,
        defaultPrice=float(chance.randrange(100)),
    )  # fmt: skip
    return f"item {code} ({item_class}) in Visma.net"


def edit_erp_customer(people: People, chance: Random) -> str:
    """A change there counts as much as one in Severa (ALL-02)."""
    row = one_of(chance, [row for row in people.stage.objects(NAME, "Customers") if row["status"] == "Active"])
    members: dict[str, Any] = chance.choice(
        (
            {"mainContact": {"web": f"https://visma{chance.randrange(999)}.example"}},
            {"mainContact": {"email": f"visma{chance.randrange(999)}@kunde.example"}},
            {"name": people.unique("Omdøpt der AS")},
        )
    )
    before = row["name"]
    people.stage.act(NAME, "edit_customer", number=row["number"], **members)
    people.edited |= {before, row["number"]}
    return f"customer {row['number']}: {members} in Visma.net"


def edit_erp_item(people: People, chance: Random) -> str:
    """Another name or price there."""
    kinds = {"NonStockItem", "ServiceItem"}
    rows = [r for r in people.stage.objects(NAME, "Items") if r["type"] in kinds and r["status"] == "Active"]
    row = one_of(chance, rows)
    members: dict[str, Any] = chance.choice(
        ({"description": people.unique("Vare der")}, {"defaultPrice": float(chance.randrange(1, 100))})
    )
    people.stage.act(NAME, "edit_item", number=row["inventoryNumber"], **members)
    return f"item {row['inventoryNumber']}: {members} in Visma.net"


def edit_customer(people: People, chance: Random) -> str:
    """Another name, e-mail address or web site in Severa."""
    members = chance.choice(
        (
            {"name": people.unique("Omdøpt AS")},
            {"email": f"ny{chance.randrange(999)}@kunde.example"},
            {"website": f"https://ny{chance.randrange(999)}.example", "paymentTerm": chance.choice((7, 14, 30))},
        )
    )
    rows = [
        row for row in people.stage.objects("severa", "customers")
        if row["isActive"] and not row["isInternal"] and row["paymentTerm"] in {7, 14, 30}
    ]  # fmt: skip
    row = one_of(chance, rows)
    before = row["name"]
    people.stage.act("severa", "edit_customer", guid=row["guid"], members=members)
    people.edited |= {before, row["number"]}
    return f"customer {before}: {members}"


DEEDS: Mapping[str, Deed] = {
    "send": send,
    "release": _to_document("release_document", "released"),
    "pay": _to_document("register_payment", "paid"),
    "pay_part": pay_part,
    "pay_back": _to_document("void_payment", "paid back"),
    "delete_draft": _to_document("delete_document", "deleted"),
    "edit_draft": _to_document("edit_document", "edited"),
    "take_off_hold": _to_document("hold_document", "taken off hold", hold=False),
    "purchase": purchase,
    "journal": journal,
    "edit_customer": edit_customer,
    "new_erp_customer": new_erp_customer,
    "new_erp_item": new_erp_item,
    "edit_erp_customer": edit_erp_customer,
    "edit_erp_item": edit_erp_item,
}
