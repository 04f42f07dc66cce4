"""Delivery addresses of customers, suppliers and employees (contract, section 8)."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.addresses import CONTACT_DELIVERY_ADDRESS_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries.references import complete_address
from sandbox.poweroffice.search import Search
from sandbox.store import Row

NOUN = "ContactDeliveryAddress"


def shown(row: Row) -> Row:
    """A delivery address as Go shows it."""
    return {**answers.CONTACT_DELIVERY_ADDRESS, **row}


def listed(company: Company, call: Call) -> Listing:
    """``GET /ContactDeliveryAddresses``: those of all contacts; external codes without regard to case."""
    asked, search = call.asked, Search(company.addresses)
    codes = asked.get("externalCodes")
    search.among("ContactId", asked.get("contactIds"))
    search.among("ExternalCode", None if codes is None else [code.casefold() for code in codes])
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    return Listing(search.rows(), shown)


def existing(company: Company, call: Call) -> Row:
    """The address of the path. Refused (404) when this contact has none with the id."""
    contact_id, row_id = call.path
    row = company.addresses.get(row_id)
    if row is None or row["ContactId"] != contact_id:
        raise RefusedError.missing(NOUN, row_id)
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /ContactDeliveryAddresses/{contactId}/{id}``."""
    return Answer(200, shown(existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /ContactDeliveryAddresses/{contactId}``."""
    contact_id = call.path[0]
    if company.contact(contact_id) is None:
        raise RefusedError.missing("Contact", contact_id)
    return Answer(201, shown(create(company, contact_id, dict(call.body))))


def create(company: Company, contact_id: int, members: Row) -> Row:
    """Stores an address from a checked POST body. The first one of a contact becomes primary by itself."""
    members = {name: value for name, value in members.items() if value is not None}
    _refuse(company, members, None)
    first = not company.addresses.find("ContactId", contact_id)
    place = (members.get("AddressLine1"), members["ZipCode"], members["City"])
    row: Row = {
        **members,
        "Id": company.number("delivery address", contact_id, members.get("ExternalCode") or place),
        "ContactId": contact_id,
        "IsPrimary": bool(members.get("IsPrimary")) or first,
    }
    stored = company.addresses.insert(row)
    _only_one_primary(company, stored)
    return stored


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /ContactDeliveryAddresses/{contactId}/{id}``."""
    row = existing(company, call)
    members = patched(CONTACT_DELIVERY_ADDRESS_PATCH, row, call.operations)
    _refuse(company, members, row)
    real = {name: value for name, value in members.items() if row.get(name) != value}
    stored = company.addresses.update(row["Id"], real, touch=bool(real))
    _only_one_primary(company, stored)
    return Answer(200, shown(stored))


def deleted(company: Company, call: Call) -> Answer:
    """``DELETE /ContactDeliveryAddresses/{contactId}/{id}``."""
    row_id = existing(company, call)["Id"]
    if company.orders.find("ContactDeliveryAddressId", row_id):
        raise RefusedError.conflict(NOUN, row_id)
    company.addresses.delete(row_id)
    return Answer(200)


def _refuse(company: Company, members: Row, row: Row | None) -> None:
    code = members.get("ExternalCode")
    if code is not None:
        for owner in company.addresses.find("ExternalCode", code.casefold()):
            if row is None or owner["Id"] != row["Id"]:
                raise RefusedError.in_use_reference(NOUN, "ExternalCode", code, "contact delivery address", owner["Id"])
    after: Row = {**(row or {}), **members}
    complete_address(after, NOUN)
    if after["CountryCode"] != (row or {}).get("CountryCode"):
        members["CountryCode"] = after["CountryCode"]


def _only_one_primary(company: Company, row: Row) -> None:
    if row["IsPrimary"]:
        for other in company.addresses.find("ContactId", row["ContactId"]):
            if other["Id"] != row["Id"] and other["IsPrimary"]:
                company.addresses.update(other["Id"], {"IsPrimary": False})
