"""Ids, codes and numbers by which bodies refer to others. Where both stand, the id wins (contract, section 5)."""

from collections.abc import Mapping

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.store import Row, Table


def settle(members: Row, noun: str, kind: str, table: Table, *, id_member: str, other: str, index: str) -> None:
    """Replaces a code or number by the id of the first object that has it. Refused (404) when there is none.

    `other` is the body's member, `index` the index of the table and the word in the refusal.
    """
    wanted = members.get(id_member)
    code = members.pop(other, None)
    if wanted is not None:
        if table.get(wanted) is None:
            raise RefusedError.unknown(noun, kind, "id", wanted)
    elif code is not None:
        found = table.find(index, code)
        if not found:
            raise RefusedError.unknown(noun, kind, WORDS.get(index, index.lower()), code)
        members[id_member] = found[0]["Id"]


WORDS: Mapping[str, str] = {"CreditDays": "credit days"}
NOT_KEPT: Mapping[str, str] = {
    "DeliveryTermId": "DeliveryTerm",
    "DeliveryTerm": "DeliveryTerm",
    "InvoiceBrandingThemeId": "BrandingTheme",
    "InvoiceBrandingThemeCode": "BrandingTheme",
    "BrandingThemeId": "BrandingTheme",
    "BrandingThemeCode": "BrandingTheme",
    "LocationId": "Location",
    "LocationCode": "Location",
    "Dim1Id": "Dim1",
    "Dim1Code": "Dim1",
    "Dim2Id": "Dim2",
    "Dim2Code": "Dim2",
    "Dim3Id": "Dim3",
    "Dim3Code": "Dim3",
}
"""Registers that this company does not keep: whatever is named does not exist."""


def refuse_unkept(members: Row, noun: str) -> None:
    """Refused (404) for a value in a register that the company does not keep; nulls are dropped."""
    for name, kind in NOT_KEPT.items():
        value = members.pop(name, None)
        if value is not None:
            raise RefusedError.unknown(noun, kind, "code" if isinstance(value, str) else "id", value)
    for group in members.get("ContactGroupIds") or ():
        raise RefusedError.unknown(noun, "ContactGroup", "id", group)


def settle_department(company: Company, members: Row, noun: str) -> None:
    """`DepartmentCode` -> `DepartmentId`."""
    table = company.departments
    settle(members, noun, "Department", table, id_member="DepartmentId", other="DepartmentCode", index="Code")


def settle_employee(company: Company, members: Row, noun: str, id_member: str, number_member: str) -> None:
    """An employee's number -> the id."""
    settle(members, noun, "Employee", company.employees, id_member=id_member, other=number_member, index="Number")


def settle_term(company: Company, members: Row, noun: str, days_member: str = "PaymentTerm") -> None:
    """Days -> `PaymentTermId`."""
    settle(
        members, noun, "PaymentTerm", company.terms, id_member="PaymentTermId", other=days_member, index="CreditDays"
    )


def settle_project(company: Company, members: Row, noun: str) -> None:
    """`ProjectCode` -> `ProjectId`; ``-1`` is no project."""
    if members.get("ProjectId") == -1 or (members.get("ProjectId") is None and members.get("ProjectCode") == "-1"):
        members.pop("ProjectCode", None)
        members["ProjectId"] = None
        return
    settle(members, noun, "Project", company.projects, id_member="ProjectId", other="ProjectCode", index="Code")


def settle_account(company: Company, members: Row, noun: str, which: str) -> None:
    """``StandardSalesAccount``, ``OptionalSalesAccount``: an account number -> the id."""
    settle(
        members, noun, "GeneralLedgerAccount", company.accounts, id_member=f"{which}Id", other=which, index="AccountNo"
    )


def refuse_currency(company: Company, members: Row, noun: str) -> None:
    """Refused for an unknown (404) or inactive (400) currency."""
    code = members.get("CurrencyCode")
    if code is None:
        return
    currency = company.currencies.get(code)
    if currency is None:
        raise RefusedError.unknown(noun, "Currency", "code", code)
    if not currency["IsActive"]:
        raise RefusedError.invalid(noun, f"Currency with code = '{code}' is not active.")


def refuse_country(address: Row, noun: str) -> None:
    """Fills the default country (NO) and refuses what is no ISO 3166 code."""
    code = address.get("CountryCode")
    if code is None:
        address["CountryCode"] = "NO"
    elif len(code) != 2 or not code.isalpha() or not code.isupper():
        raise RefusedError.invalid(noun, f"CountryCode '{code}' is not a two-letter country code.")


def complete_address(address: Row, noun: str) -> None:
    """Refused (400) without city or zip code; the country gets its default."""
    for name in ("City", "ZipCode"):
        if not address.get(name):
            raise RefusedError.invalid(noun, f"MailAddress: '{name}' must not be empty.")
    refuse_country(address, noun)
