"""What people do in PowerOffice: they send, pay and change drafts, enter purchases and keep its registers."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from tests.faults.erp import Deed
from tests.faults.people import Cost, People
from tests.faults.registrars import free_number, one_of
from tests.faults.stage import Stage


def taken(stage: Stage) -> set[int]:
    """Numbers of customers and projects."""
    found = {int(row["Number"]) for row in stage.objects("poweroffice", "Customers")}
    return found | {int(row["Code"]) for row in stage.objects("poweroffice", "Projects") if row["Code"].isdecimal()}


def projects(stage: Stage) -> list[str]:
    """Codes of active projects, of which Severa has most."""
    return sorted(row["Code"] for row in stage.objects("poweroffice", "Projects") if row["IsActive"])


def _to_draft(action: str, deed: str) -> Deed:
    def act(people: People, chance: Random) -> str:
        more: dict[str, Any] = {"line": 0, "quantity": chance.randrange(11, 20)} if deed == "edited" else {}
        story = people.story(chance)
        if story is None:
            return ""
        people.stage.act("poweroffice", action, reference=story.guid, **more)
        story.deeds.append(deed)
        return f"{deed} {story.guid[:8]}"

    return act


def purchase(people: People, chance: Random) -> str:
    """A supplier's invoice, its rows on projects of which Severa has most."""
    codes = people.erp.cost_projects(people.stage)
    if not codes:
        return ""
    costs, rows = [], []
    for _ in range(chance.randrange(1, 4)):
        code, amount = chance.choice(codes), chance.randrange(10, 900)
        text = people.unique("Innkjøp")
        rows.append({"amount": amount, "project_code": code, "description": text})
        costs.append(Cost("", text, code, amount))
    posted = people.stage.act("poweroffice", "post_purchase_invoice", rows=rows)
    for cost, row in zip(costs, posted["rows"], strict=True):
        cost.row = str(row["Id"])
    people.costs += costs
    people.vouchers.append((posted["voucher_id"], costs))
    return f"purchase {posted['voucher_no']} with {len(rows)} rows"


def reverse(people: People, chance: Random) -> str:
    """A supplier's invoice is reversed."""
    if not people.vouchers:
        return ""
    voucher, costs = chance.choice(people.vouchers)
    posted = people.stage.act("poweroffice", "reverse_voucher", voucher_id=voucher)
    texts = {cost.text: cost for cost in costs}
    for row in posted["rows"]:
        cost = texts.get(row.get("Description"))
        if cost is not None and row.get("ProjectCode") == cost.project:
            people.costs.append(Cost(str(row["Id"]), cost.text, cost.project, -cost.amount))
    return f"reversed {voucher[:8]}"


def new_erp_customer(people: People, chance: Random) -> str:
    """A customer of the accountant's, with a contact."""
    number = free_number(people, 10_900, 11_300, chance)
    name, last = people.unique("Fra Go AS"), people.unique("Go")
    address = {"AddressLine1": f"Havnegata {number}", "ZipCode": "5003", "City": "Bergen", "CountryCode": "NO"}
    more = {"EmailAddress": f"post@go{number}.example", "MailAddress": address}
    people.stage.act("poweroffice", "create_customer", Name=name, Number=number, **more)
    contact = {"FirstName": "Ola", "LastName": last, "EmailAddress": f"ola@go{number}.example", "PhoneNumber": "5550"}
    people.stage.act("poweroffice", "create_contact_person", number=number, **contact)
    people.entered += [
        ("poweroffice", "Customers", "Number", number, {"Name": name, "EmailAddress": more["EmailAddress"]}),
        ("poweroffice", "Customers", "Number", number, {"MailAddress.City": "Bergen"}),
        ("poweroffice", "ContactPersons", "LastName", last, {"EmailAddress": contact["EmailAddress"]}),
        ("poweroffice", "ContactPersons", "LastName", last, {"PhoneNumber": "5550"}),
    ]
    return f"customer {number} in PowerOffice"


def new_erp_project(people: People, chance: Random) -> str:
    """A project that begins in the accounts."""
    row = one_of(chance, [row for row in people.stage.objects("poweroffice", "Customers") if not row["IsArchived"]])
    code = str(free_number(people, 3000, 3999, chance))
    people.stage.act(
        "poweroffice", "create_project", Name=people.unique("Go-prosjekt"), Code=code, CustomerId=row["Id"],
        IsActive=True, ProjectStatus="Active",
    )  # fmt: skip
    return f"project {code} in PowerOffice"


def new_erp_item(people: People, chance: Random) -> str:
    """A product or a department of the accounts."""
    code = f"G{free_number(people, 20_000, 29_999, chance)}"
    name = people.unique("Go-post")
    if chance.random() < 0.6:
        people.stage.act("poweroffice", "create_product", Name=name, Code=code, ProductType="Product")
    else:
        people.stage.act("poweroffice", "create_department", Name=name, Code=code)
    return f"item {code} in PowerOffice"


def edit_erp_customer(people: People, chance: Random) -> str:
    """A change on the side that is not master: it is reported and stays."""
    row = one_of(chance, [row for row in people.stage.objects("poweroffice", "Customers") if not row["IsArchived"]])
    people.stage.act(
        "poweroffice", "edit_customer", id=row["Id"], WebsiteUrl=f"https://avvik{chance.randrange(99)}.example"
    )
    return f"customer {row['Number']} drifts"


DEEDS: Mapping[str, Deed] = {
    "send": _to_draft("send_invoice", "sent"),
    "pay": _to_draft("register_payment", "paid"),
    "pay_back": _to_draft("reverse_payment", "paid back"),
    "delete_draft": _to_draft("delete_order", "deleted"),
    "edit_draft": _to_draft("edit_order", "edited"),
    "confirm_draft": _to_draft("confirm_order", "confirmed"),
    "purchase": purchase,
    "reverse": reverse,
    "new_erp_customer": new_erp_customer,
    "new_erp_project": new_erp_project,
    "new_erp_item": new_erp_item,
    "edit_erp_customer": edit_erp_customer,
}
