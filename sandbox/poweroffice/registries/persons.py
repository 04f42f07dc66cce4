"""Contact persons of customers and suppliers (contract, section 8)."""

import re

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.addresses import CONTACT_PERSON_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries.contacts import filled
from sandbox.poweroffice.registries.references import complete_address
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "ContactPerson"
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")


def shown(row: Row) -> Row:
    """A contact person as Go shows it."""
    return filled(answers.CONTACT_PERSON, row)


def listed(company: Company, call: Call) -> Listing:
    """``GET /ContactPersons``: those of all contacts."""
    asked, search = call.asked, Search(company.persons)
    search.among("ContactId", asked.get("contactIds"))
    search.among("ExternalCode", asked.get("externalCodes"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    return Listing(search.rows(), shown)


def existing(company: Company, call: Call) -> Row:
    """The person of the path. Refused (404) when this contact has none with the id."""
    contact_id, row_id = call.path
    row = company.persons.get(row_id)
    if row is None or row["ContactId"] != contact_id:
        raise RefusedError.missing(NOUN, row_id)
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /ContactPersons/{contactId}/{id}``."""
    return Answer(200, shown(existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /ContactPersons/{contactId}``."""
    contact_id = call.path[0]
    if contact_id not in company.customers and contact_id not in company.suppliers:
        raise RefusedError.missing("Contact", contact_id)
    return Answer(201, shown(create(company, contact_id, dict(call.body))))


def create(company: Company, contact_id: int, members: Row) -> Row:
    """Stores a person from a checked POST body."""
    _refuse(company, members, None)
    natural = members.get("ExternalCode") or f"{members['FirstName']} {members['LastName']}"
    row: Row = {
        "IsActive": True,
        "IsDefault": False,
        **{name: value for name, value in members.items() if value is not None},
        "Id": company.number("contact person", contact_id, natural),
        "ContactId": contact_id,
    }
    stored = company.persons.insert(row)
    _only_one_default(company, stored)
    return stored


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /ContactPersons/{contactId}/{id}``."""
    row = existing(company, call)
    members = patched(CONTACT_PERSON_PATCH, row, call.operations)
    _refuse(company, members, row)
    real = {name: value for name, value in members.items() if row.get(name) != value}
    stored = company.persons.update(row["Id"], real, touch=bool(real))
    _only_one_default(company, stored)
    return Answer(200, shown(stored))


def deleted(company: Company, call: Call) -> Answer:
    """``DELETE /ContactPersons/{contactId}/{id}``."""
    row_id = existing(company, call)["Id"]
    on_orders = company.orders.find("CustomerReferenceContactPersonId", row_id)
    if on_orders or company.projects.find("ContactPersonId", row_id):
        raise RefusedError.conflict(NOUN, row_id)
    company.persons.delete(row_id)
    return Answer(200)


def _refuse(company: Company, members: Row, row: Row | None) -> None:
    after: Row = {**(row or {}), **members}
    for name in ("FirstName", "LastName"):
        if not after.get(name):
            raise RefusedError.invalid(NOUN, f"'{name}' must not be empty.")
    email = members.get("EmailAddress")
    if email and not EMAIL.fullmatch(email):
        raise RefusedError.invalid(NOUN, f"EmailAddress '{email}' is not a valid e-mail address.")
    code = members.get("ExternalCode")
    if code is not None:
        for owner in company.persons.find("ExternalCode", code):
            if row is None or owner["Id"] != row["Id"]:
                raise RefusedError.in_use_reference(NOUN, "ExternalCode", code, "contact person", owner["Id"])
    if members.get("MailAddress") is not None:
        members["MailAddress"] = {**dict.fromkeys(answers.ADDRESS), **members["MailAddress"]}
        complete_address(members["MailAddress"], NOUN)


def _only_one_default(company: Company, row: Row) -> None:
    if row.get("IsDefault"):
        for other in company.persons.find("ContactId", row["ContactId"]):
            if other["Id"] != row["Id"] and other.get("IsDefault"):
                company.persons.update(other["Id"], {"IsDefault": False})
