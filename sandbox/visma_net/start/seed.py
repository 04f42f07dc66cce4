"""Fills the company from the world: what exists in Visma.net before the integration is switched on.

What the world says is in the ERP is here. Customers have numbers of their own, so that taking over the numbering
(VN-04) has something to do; some have Severa's number already.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sandbox.store import Row
from sandbox.visma_net.company import Company
from sandbox.visma_net.registries import contacts, customers, items, projects, tasks
from sandbox.visma_net.stamps import midnight
from sandbox.visma_net.start.chart import set_up
from sandbox.visma_net.start.keys import number_keys
from sandbox.world import Address, Contact, Customer, Product, World

LONG_BEFORE = timedelta(days=3650)
UNITS = {"h": "TIME", "dag": "DAG", "km": "KM", "stk": "STK", "sett": "SETT"}
TWIN_EVERY = 400
"""One customer in so many has a namesake."""


@dataclass
class Positions:
    """Position in the world -> id here, for what exists here."""

    customers: dict[int, int] = field(default_factory=dict)
    contacts: dict[tuple[int, str], int] = field(default_factory=dict)
    items: dict[int, int] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)


def fill(company: Company, world: World) -> Positions:
    """Everything that exists at the start, with its own stamps."""
    at = Positions()
    begun = world.as_of - LONG_BEFORE
    company.clock.stopped = begun
    number_keys(company, world, begun)
    set_up(company, world, begun)
    steps: tuple[Callable[[Company, World, Positions], None], ...] = (_customers, _items, _projects, _suppliers)
    for step in steps:
        step(company, world, at)
    company.clock.stopped = None
    return at


def _customers(company: Company, world: World, at: Positions) -> None:
    known: list[tuple[int, Customer]] = []
    for i, one in enumerate(world.customers):
        if not one.in_erp or one.number is None:
            continue
        company.clock.stopped = one.created
        row = customers.create(company, {**_customer_body(i, one), **_numbered(i, one, world)})
        at.customers[i] = row["internalId"]
        for person in one.contacts:
            contact = contacts.create(company, _contact_body(row, person))
            at.contacts[i, person.key] = contact["contactId"]
        known.append((i, one))
    for n, (i, one) in enumerate(known):
        if n % TWIN_EVERY == 5:
            _twin(company, i, one, "Active")
        elif n % TWIN_EVERY == 7:
            _twin(company, i, one, "Inactive")


def _twin(company: Company, i: int, one: Customer, status: str) -> None:
    """A customer of the same name, entered a second time (VN-03)."""
    body = _customer_body(i, one)
    company.clock.stopped = one.changed
    customers.create(
        company, {**{name: body[name] for name in ("name", "customerClassId", "currencyId")}, "status": status}
    )


def _customer_body(i: int, one: Customer) -> Row:
    """The body of a POST; a few differ from Severa in e-mail, or are on credit hold."""
    country = one.headquarter.country if one.headquarter else "NO"
    differs = dict(one.erp_differs)
    email = differs.get("email", one.email)
    web = differs.get("website", one.website)
    body: Row = {
        "name": one.name,
        "status": _status(i, one),
        "currencyId": one.currency,
        "customerClassId": {"NO": "10"}.get(country, "20"),
        "vatRegistrationId": one.vat_number or "",
        "corporateId": "".join(c for c in one.vat_number or "" if c.isdecimal()),
        "mainContact": {"name": one.name, "email": email or "", "web": web or "", "attention": one.notes or "",
                        "phone1": one.phone or ""},
    }  # fmt: skip
    if one.payment_term in {7, 14, 30}:
        body["creditTermsId"] = str(one.payment_term)
    if one.headquarter is not None:
        body["mainAddress"] = _address(one.headquarter)
    for use, name in (("billing", "invoiceAddress"), ("postal", "deliveryAddress")):
        place = next((each for each in one.addresses if each.use == use), None)
        if place is not None:
            body[name] = _address(place)
    return body


def _numbered(i: int, one: Customer, world: World) -> Row:
    """Every tenth has Severa's own number; a few have the number of another customer in Severa."""
    if i % 10 == 3:
        return {"number": str(one.number), "overrideNumberSeries": True}
    other = world.customers[i + 2].number if i % 40 == 10 and i + 2 < len(world.customers) else None
    return {} if other is None else {"number": str(other), "overrideNumberSeries": True}


def _status(i: int, one: Customer) -> str:
    if not one.is_active:
        return "Inactive"
    return "OneTime" if i % 43 == 24 else "CreditHold" if i % 401 == 390 else "Active"


def _address(place: Address) -> Row:
    return {
        "addressLine1": place.line1 or "",
        "addressLine2": place.line2 or "",
        "postalCode": place.postal_code or "",
        "city": place.city or "",
        "countryId": place.country,
    }


def _contact_body(customer: Row, person: Contact) -> Row:
    return {
        "businessAccount": customer["number"],
        "firstName": person.first_name,
        "lastName": person.last_name,
        "position": person.title or "",
        "email": person.email or "",
        "phone1": person.mobile or "",
        "phone2": person.phone or "",
        "active": person.is_active,
    }


def item_class(one: Product) -> str:
    """The class of a product here: by what it is, and by the VAT rate it has in the accounting system."""
    kinds = {"work_type": "TIMER", "travel_expense": "UTLEGG"}
    kind = kinds.get(one.kind) or ("TJEN" if one.type == "Subcontracting" else "VARE")
    return f"{kind}{f'{one.erp_vat_rate.normalize():f}'.replace('.', '')}"


def _items(company: Company, world: World, at: Positions) -> None:
    for i, one in enumerate(world.products):
        if not one.in_erp or one.code is None:
            continue
        company.clock.stopped = one.changed
        unit = UNITS.get(one.unit or "")
        body: Row = {
            "inventoryNumber": one.code,
            "description": one.name.replace("bare i Go", "bare i Visma.net"),
            "itemClass": item_class(one),
            "status": "Active" if one.is_active else "Inactive",
            "defaultPrice": 0.0
            if one.kind == "work_type"
            else float(one.unit_cost if one.kind == "travel_expense" else one.unit_price),
        }
        if unit is not None:
            body.update(baseUnit=unit, salesUnit=unit, purchaseUnit=unit)
        at.items[i] = items.create(company, body)["inventoryId"]
    for code, name, kind in (("GEB-1", "Fakturagebyr", "GEBYR"), ("LAGER-1", "Målestasjon på lager", "LAGER")):
        items.create(company, {"inventoryNumber": code, "description": name, "itemClass": kind, "defaultPrice": 65.0})


def _projects(company: Company, world: World, at: Positions) -> None:
    key = company.keys["PROJECT"]
    for i, one in enumerate(world.projects):
        if not one.in_erp or len(one.code) > key.length or (key.exact and len(one.code) < key.length):
            continue
        company.clock.stopped = one.created
        number = company.customers.get(at.customers.get(one.customer)) if one.customer is not None else None
        body: Row = {
            "projectID": one.code,
            "description": one.name,
            "startDate": midnight(one.start),
            "template": "Z",
            "hold": False,
            "status": "Completed" if one.is_closed else "Active",
        }
        if number is not None:
            body["customer"] = number["number"]
        row = projects.create(company, body)
        at.projects[i] = row["internalID"]
        for task in tasks.of_project(company, row):
            tasks.change(company, task, {"status": "Active"})


def _suppliers(company: Company, world: World, at: Positions) -> None:
    del at  # suppliers are only here
    for one in world.suppliers:
        company.clock.stopped = world.as_of - LONG_BEFORE / 5
        row: Row = {
            "internalId": company.number("supplier", one.number),
            "number": str(one.number),
            "name": one.name,
            "status": "Active",
            "supplierClass": {"id": "10", "description": "Innenlands leverandører"},
            "creditTerms": {"id": "30", "description": "Netto 30 dager"},
            "currencyId": company.base_currency,
            "corporateId": one.organisation_number,
            "vatRegistrationId": f"NO{one.organisation_number}MVA",
            "vatZone": {"id": "01", "description": "Innenlands", "defaultVatCategory": "1"},
            "location": {"countryId": "NO", "id": "MAIN", "name": "Hovedlokasjon"},
        }
        company.add(company.suppliers, row)
