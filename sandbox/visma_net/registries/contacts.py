"""Contact persons and locations of customers."""

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import CHANGED, CREATED, VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import blocks, customers
from sandbox.visma_net.search import Search
from sandbox.visma_net.versions import check_if_asked

PLAIN = (
    "active", "title", "firstName", "lastName", "position", "sameAsAccount", "email", "web", "phone1", "phone2",
    "phone3", "fax", "contactMethod", "doNotCall", "doNotFax", "doNotEmail", "doNotMail", "noMassMail", "noMarketing",
)  # fmt: skip
DEFAULTS: Row = {
    **dict.fromkeys(("firstName", "position", "email", "web", "phone1", "phone2", "phone3", "fax"), ""),
    **dict.fromkeys(("doNotCall", "doNotFax", "doNotEmail", "doNotMail", "noMassMail", "noMarketing"), False),
    "title": None,
    "active": True,
    "sameAsAccount": True,
    "contactMethod": "Any",
}


def shown(company: Company, row: Row) -> Row:
    """A contact as a read shows it; its business account is the customer's present number."""
    customer = company.customers.get(row["customer"]) if row["customer"] is not None else None
    made = {name: value for name, value in row.items() if name not in {"customer", CREATED}}
    first, last = row["firstName"], row["lastName"]
    made["displayName"] = f"{last}, {first}" if first else last
    made["businessAccount"] = None if customer is None else customer["number"]
    made["businessAccountType"] = None if customer is None else "Customer"
    if made.get("address") is None:
        made["address"] = None if customer is None else customer["mainAddress"]
    return made


def name(row: Row) -> str:
    """First and last name, as documents show it."""
    return f"{row['firstName']} {row['lastName']}".strip()


def _found(company: Company, call: Call, customer: Row | None = None) -> Listing:
    search = Search(company.contacts, call.asked, key="contactId")
    if customer is not None:
        search.only(company.contacts.find("customer", customer["internalId"]))
    search.equal("businessAccount", "customer", to=lambda number: _id(company, number))
    search.equal("email")
    for member in ("firstName", "lastName"):
        search.member(member)
    search.member("displayName", lambda row: str(shown(company, row)["displayName"]))
    search.member("active", lambda row: str(row["active"]))
    search.compare(CHANGED)
    return Listing(search.rows(), lambda row: shown(company, row), 0)


def _id(company: Company, number: str) -> int | None:
    customer = customers.numbered(company, number)
    return None if customer is None else int(customer["internalId"])


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/contact``: the whole list."""
    return _found(company, call)


def of_customer(company: Company, call: Call) -> Listing:
    """``GET /v1/customer/{customerCd}/contact``. Refused (404) when there is no such customer."""
    customer = customers.numbered(company, call.path["customerCd"])
    if customer is None:
        raise RefusedError.missing(customers.NOUN, call.path["customerCd"])
    return _found(company, call, customer)


def _existing(company: Company, call: Call) -> Row:
    row = company.contacts.get(call.path["contactId"])
    if row is None:
        raise RefusedError.missing("Contact", call.path["contactId"])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/contact/{contactId}``."""
    row = _existing(company, call)
    return Answer(200, shown(company, row), row[VERSION])


def posted(company: Company, call: Call) -> Answer:
    """``POST /v1/contact``."""
    row = create(company, call.body)
    return created(call, f"/v1/contact/{row['contactId']}", row[VERSION])


def put(company: Company, call: Call) -> Answer:
    """``PUT /v1/contact/{contactId}``."""
    row = _existing(company, call)
    check_if_asked(company, call, row, background_only=True)
    return Answer(204, version=change(company, row, call.body)[VERSION])


def create(company: Company, body: Row) -> Row:
    """A new contact, of a customer or of nobody."""
    contact_id = company.number("contact", body.get("businessAccount"), body.get("firstName"), body["lastName"])
    row: Row = {"contactId": contact_id, "customer": None, "address": None, **DEFAULTS}
    row.update(_members(company, row, body))
    return company.add(company.contacts, row)


def change(company: Company, row: Row, body: Row) -> Row:
    """Changes a contact."""
    return company.change(company.contacts, row["contactId"], _members(company, row, body))


def _members(company: Company, row: Row, body: Row) -> Row:
    made: Row = {name: body[name] for name in PLAIN if name in body}
    if body.get("lastName") == "":
        raise RefusedError.business("'Last name' cannot be empty.")
    if "businessAccount" in body:
        made["customer"] = _id(company, body["businessAccount"])
        if made["customer"] is None:
            raise RefusedError.unknown("Business account", body["businessAccount"])
    if "address" in body:
        before = row.get("address")
        number = before["addressId"] if before else company.number("address", row["contactId"])
        made["address"] = blocks.address(company, number, body["address"], before)
    return made


def locations(company: Company, call: Call) -> Listing:
    """``GET /v1/location/{bAccountId}``: the one location of a customer, named by number or internal id."""
    key = call.path["bAccountId"]
    customer = customers.numbered(company, key) or (company.customers.get(int(key)) if key.isdecimal() else None)
    if customer is None:
        raise RefusedError.missing("Business account", key)
    search = Search(company.customers, call.asked, key="internalId")
    search.only([customer])
    search.member("locationId", lambda _: "MAIN")
    search.member("gln")
    search.stamped()
    return Listing(search.rows(), lambda row: _location(company, row), 500)


def _location(company: Company, row: Row) -> Row:
    made = customers.shown(company, row)
    return {
        "baccount": {"internalId": row["internalId"], "number": row["number"], "name": row["name"]},
        "locationId": "MAIN",
        "locationName": customers.LOCATION["name"],
        "active": True,
        "address": made["deliveryAddress"],
        "contact": made["deliveryContact"],
        "vatRegistrationId": row["vatRegistrationId"],
        "vatZone": made["vatZone"],
        "gln": row["gln"],
        "corporateId": row["corporateId"],
        "lastModifiedDateTime": row[CHANGED],
        "internalId": row["mainAddress"]["addressId"],
    }
