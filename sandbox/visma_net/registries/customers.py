"""Customers: numbers from the ERP, classes that carry terms and VAT (contract, section 10)."""

from urllib.parse import quote

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import blocks
from sandbox.visma_net.search import Search
from sandbox.visma_net.versions import check_if_asked

NOUN = "Customer"
LOCATION = {"id": "MAIN", "name": "Hovedlokasjon"}
PLAIN = (
    "name", "status", "accountReference", "numberOfEmployees", "creditLimit", "creditDaysPastDue", "printInvoices",
    "acceptAutoInvoices", "sendInvoicesByEmail", "sendDunningLettersViaEMail", "printDunningLetters",
    "printStatements", "sendStatementsByEmail", "printMultiCurrencyStatements", "invoiceToDefaultLocation",
    "vatRegistrationId", "corporateId", "gln", "creditVerification", "statementType", "excludeDebtCollection",
)  # fmt: skip
"""Members that are stored as they come."""
DEFAULTS: Row = {
    "status": "Active",
    "accountReference": "",
    "creditVerification": "Disabled",
    "creditLimit": 0.0,
    "creditDaysPastDue": 0,
    "printInvoices": False,
    "acceptAutoInvoices": True,
    "sendInvoicesByEmail": False,
    "statementType": "OpenItem",
    "excludeDebtCollection": False,
    "vatRegistrationId": "",
    "corporateId": "",
    "gln": "",
}
BLOCKS = ("main", "invoice", "delivery")


def shown(company: Company, row: Row) -> Row:
    """A customer as a read shows it. A bill-to or delivery block of its own replaces the main one."""
    zone = company.zones[row["vatZone"]]
    made = {name: value for name, value in row.items() if not name.startswith("_")}
    for name in BLOCKS:
        made[f"{name}Address"] = row.get(f"{name}Address") or row["mainAddress"]
        made[f"{name}Contact"] = row.get(f"{name}Contact") or row["mainContact"]
    country = (row["mainAddress"].get("country") or {}).get("id")
    parent = row.get("parentRecord")
    made.update(
        parentRecord=None if parent is None else reference(company, parent),
        customerClass=blocks.described(company.customer_classes, row["customerClass"]),
        creditTerms=blocks.described(company.terms, row["creditTerms"]),
        vatZone={"id": row["vatZone"], **{name: zone[name] for name in ("description", "defaultVatCategory")}},
        location={"countryId": country, **LOCATION},
    )
    return made


def reference(company: Company, internal_id: int | None) -> Row | None:
    """``{number, name}``."""
    row = company.customers.get(internal_id) if internal_id is not None else None
    return None if row is None else {"number": row["number"], "name": row["name"]}


def numbered(company: Company, number: str) -> Row | None:
    """The customer with this number."""
    return next(iter(company.customers.find("number", number)), None)


def _existing(company: Company, call: Call) -> Row:
    """The customer of the path. Refused (404) when there is none."""
    if "internalID" in call.path:
        row, key = company.customers.get(call.path["internalID"]), call.path["internalID"]
    else:
        key = call.path["customerCd"]
        row = numbered(company, key)
    if row is None:
        raise RefusedError.missing(NOUN, key)
    return row


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/customer``."""
    search = Search(company.customers, call.asked, key="internalId")
    for name in ("name", "corporateId", "vatRegistrationId", "email"):
        search.equal(name)
    search.equal("phone", "phone1")
    search.member("status")
    search.stamped()
    return Listing(search.rows(), lambda row: shown(company, row), 1000)


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/customer/{customerCd}`` and ``/internal/{internalID}``."""
    row = _existing(company, call)
    return Answer(200, shown(company, row), row[VERSION])


def note(company: Company, call: Call) -> Answer:
    """``GET /v1/customer/{customerCd}/note``."""
    row = _existing(company, call)
    return Answer(200, {"note": row.get("_note")}, row[VERSION])


def posted(company: Company, call: Call) -> Answer:
    """``POST /v1/customer``."""
    row = create(company, call.body)
    return created(call, f"/v1/customer/{quote(row['number'], safe='')}", row[VERSION])


def put(company: Company, call: Call) -> Answer:
    """``PUT`` by number or by internal id: only what is sent changes."""
    row = _existing(company, call)
    check_if_asked(company, call, row, background_only=True)
    return Answer(204, version=change(company, row, call.body)[VERSION])


def create(company: Company, body: Row) -> Row:
    """A new customer. Its number comes from the sequence, unless the key is not auto-numbered or is overridden."""
    number = _number(company, body)
    internal_id = company.number("customer", body["name"])
    row: Row = {"internalId": internal_id, "number": number, **DEFAULTS}
    row.update(mainAddress=_address(company, row, "main", {}), mainContact=_contact(company, row, "main", {}))
    row.update(currencyId=company.base_currency)
    row.update(_members(company, row, {**body, "overrideWithClassValues": True}))
    if not row["mainContact"]["name"]:
        row["mainContact"]["name"] = row["name"]
    return company.add(company.customers, row)


def change(company: Company, row: Row, body: Row) -> Row:
    """Changes a customer. Its number stays."""
    if body.get("number", row["number"]) != row["number"]:
        raise RefusedError.business("Customer ID cannot be changed by an update.")
    return company.change(company.customers, row["internalId"], _members(company, row, body))


def _number(company: Company, body: Row) -> str:
    key = company.keys["CUSTOMER"]
    given: str | None = body.get("number")
    if key.is_auto_number and not (given and body.get("overrideNumberSeries")):
        return _free(company)
    if not given:
        raise RefusedError.business("'Customer ID' cannot be empty.")
    key.check(given)
    if numbered(company, given) is not None:
        raise RefusedError.business(f"Customer '{given}' already exists.")
    return given


def _free(company: Company) -> str:
    while True:
        number = company.sequences["CUSTOMER"].next()
        if numbered(company, number) is None:
            return number


def _members(company: Company, row: Row, body: Row) -> Row:
    """The stored members that a body gives, with those of its class."""
    made: Row = {name: body[name] for name in PLAIN if name in body}
    if body.get("name") == "":
        raise RefusedError.business("'Customer name' cannot be empty.")
    if "customerClassId" in body:
        name = blocks.required(company.customer_classes, body["customerClassId"], "Customer class ID")
        made["customerClass"] = name
        if body.get("overrideWithClassValues"):
            chosen = company.customer_classes[name]
            made.update(vatZone=chosen["taxZoneId"], creditTerms=chosen["_terms"])
    if "creditTermsId" in body:
        made["creditTerms"] = blocks.required(company.terms, body["creditTermsId"], "Credit Terms ID")
    if "currencyId" in body:
        made["currencyId"] = blocks.required(company.currencies, body["currencyId"], "Currency ID")
    if "vatZoneId" in body:
        made["vatZone"] = blocks.required(company.zones, body["vatZoneId"], "Tax Zone ID")
    if "note" in body:
        made["_note"] = body["note"]
    if "parentRecordNumber" in body:
        parent = numbered(company, body["parentRecordNumber"])
        if parent is None:
            raise RefusedError.unknown("Parent record", body["parentRecordNumber"])
        made["parentRecord"] = parent["internalId"]
    for part in BLOCKS:
        if f"{part}Address" in body:
            made[f"{part}Address"] = _address(company, row, part, body[f"{part}Address"])
        if f"{part}Contact" in body:
            made[f"{part}Contact"] = _contact(company, row, part, body[f"{part}Contact"])
    return made


def _address(company: Company, row: Row, part: str, members: Row) -> Row:
    before = row.get(f"{part}Address")
    number = before["addressId"] if before else company.number("address", row["internalId"], part)
    return blocks.address(company, number, members, before)


def _contact(company: Company, row: Row, part: str, members: Row) -> Row:
    before = row.get(f"{part}Contact")
    number = before["contactId"] if before else company.number("contact", row["internalId"], part)
    return blocks.contact(number, members, before)
