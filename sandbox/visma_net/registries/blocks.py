"""Address and contact blocks, and references as reads show them (contract, section 3)."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Row
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError

LINES = ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city")
CONTACT = ("name", "attention", "email", "web", "phone1", "phone2", "fax")
NO_COUNTY = {"id": "", "name": ""}


def described(rows: Mapping[str, Row], key: str | None) -> Row | None:
    """``{id, description}``; None without a key."""
    return None if key is None else {"id": key, "description": rows[key]["description"]}


def required(rows: Mapping[str, Any], key: str, what: str) -> str:
    """The key when it exists. Refused (400) when it does not."""
    if key not in rows:
        raise RefusedError.unknown(what, key)
    return key


def address(company: Company, number: int, members: Row, before: Row | None = None) -> Row:
    """An address with new members put in; refused (400) for an unknown country or county."""
    country = members.get("countryId")
    county = members.get("county")
    known = before or {}
    if country:
        required(company.countries, country, "Country ID")
    if county:
        required(company.counties, county, "County")
    return {
        "addressId": number,
        **{name: members.get(name, known.get(name, "")) for name in LINES},
        "country": company.countries[country] if country else known.get("country"),
        "county": company.counties[county] if county else NO_COUNTY if county == "" else known.get("county", NO_COUNTY),
    }


def contact(number: int, members: Row, before: Row | None = None) -> Row:
    """A contact block with new members put in."""
    known = before or {}
    return {"contactId": number, **{name: members.get(name, known.get(name, "")) for name in CONTACT}}
