"""PowerOffice's rows as records, where a member of the record comes from more than one member of the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.poweroffice import mapping
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import BadDataError, OutcomeUnknownError
from core.records import Address, Contact, Customer, Product, Project, Record

R = TypeVar("R", bound=Record)


def customer(row: Any) -> Customer:
    """A customer is inactive when it is archived or its customer role is off; a person's name is in two parts."""
    values = mapping.CUSTOMERS.read(row)
    role_active = values.pop("role_active")
    person = " ".join(part for part in (values.pop("first_name"), values.pop("last_name")) if part)
    values["active"] = values["active"] and role_active
    values["name"] = values["name"] or person
    if not values["name"]:
        raise BadDataError(
            f"Customer {values['number'] or values['id']}: Name is missing.",
            todo="Enter a name in PowerOffice.",
            field="Name",
        )
    return Customer(**values)


def contact(row: Any) -> Contact:
    """A contact's id is `<customer id>/<person id>`: its path needs both."""
    values = mapping.CONTACTS.read(row)
    values["id"] = contact_id(values["customer"], values["id"])
    values["reference"] = values["code"]
    return Contact(**values)


def contact_id(customer_id: str, person_id: str) -> str:
    """The id of a contact person in our records."""
    return f"{customer_id}/{person_id}"


def project(row: Any) -> Project:
    """A project is closed when it is inactive or archived. Sub-projects are refused: they are left alone."""
    values = mapping.PROJECTS.read(row)
    parent, status = values.pop("parent"), values.pop("status")
    if parent is not None or "." in (values["number"] or ""):
        raise BadDataError(
            f"Sub-project {values['number']} is left alone.",
            why="Severa knows projects only, no sub-projects.",
            todo="Nothing, unless it should be in Severa: then make it a project of its own in PowerOffice.",
            field="Code",
        )
    values["active"] = values["active"] and status != "Archived"
    person = values["contact"]
    values["contact"] = contact_id(values["customer"], person) if person and values["customer"] else None
    return Project(**values)


@dataclass(frozen=True)
class Products:
    """Products with Severa's unit texts in place of PowerOffice's codes, by the tenant's table of units."""

    settings: PowerOfficeSettings

    def read(self, row: Any) -> Product:
        """A product; a code that is not in the table of units stays as it is."""
        values = mapping.PRODUCTS.read(row)
        values["unit"] = next(
            (unit for unit, code in self.settings.units.items() if code == values["unit"]), values["unit"]
        )
        return Product(**values)


def made(build: Callable[[Any], R], row: Any, title: str) -> R:
    """The record that a create was answered with. An answer that cannot be read leaves open what was made."""
    try:
        return build(row)
    except BadDataError as error:
        raise unreadable(title, error) from error


def unreadable(title: str, error: BadDataError) -> OutcomeUnknownError:
    """A create was answered, and the answer breaks the contract."""
    return OutcomeUnknownError(
        f"{title}: PowerOffice's answer to the create cannot be read.", why=error.what, field=error.field
    )


def person_names(name: str) -> dict[str, str]:
    """FirstName and LastName of a private person: the last word is the last name."""
    first, _, last = name.strip().rpartition(" ")
    if not first.strip():
        raise BadDataError(
            f"Customer {name}: PowerOffice wants a first and a last name of a private person.",
            todo="Enter both names in Severa, or take off the mark of a private person.",
            field="LastName",
        )
    return {"FirstName": first.strip(), "LastName": last}


def address_gap(address: Address | None) -> BadDataError | None:
    """Why an address cannot be written; None when it can. CountryCode would default to NO, so it must be there."""
    if address is None:
        return BadDataError(
            "The address was emptied; PowerOffice keeps the old one.",
            todo="Correct it in PowerOffice, or enter the address in Severa again.",
            field="MailAddress",
        )
    names = {"city": address.city, "postal code": address.postal_code, "country": address.country}
    gaps = [name for name, value in names.items() if not value]
    if not gaps:
        return None
    return BadDataError(
        f"The address is not written: it has no {' and no '.join(gaps)}.",
        why="PowerOffice takes no address without city and postal code, and takes a missing country for Norway.",
        todo="Complete the address in Severa.",
        field="MailAddress",
    )


def without_address(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members without those of the mail address."""
    return {name: value for name, value in members.items() if not name.startswith("MailAddress.")}


def whole_address(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members with the mail address as one object, for a row that has none yet."""
    address = {
        name.partition(".")[2]: value
        for name, value in members.items()
        if name.startswith("MailAddress.") and value is not None
    }
    return {**without_address(members), **({"MailAddress": address} if address else {})}
