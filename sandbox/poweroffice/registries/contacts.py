"""What customers, suppliers and employees have in common: they are contacts with a number in a series."""

from typing import Any

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.money import exact
from sandbox.poweroffice.registries.references import complete_address
from sandbox.store import Row, Table


def filled(blank: Row, row: Row) -> Row:
    """A contact or a person with every member of its answer; without a mail address it has no such member."""
    found = {**blank, **row}
    if found.get("MailAddress", row) is None:
        del found["MailAddress"]
    return found


def refuse_reference(company: Company, noun: str, reference: str | None, row: Row | None) -> None:
    """Refused (400, the owner named) when another contact carries the reference."""
    if reference is None:
        return
    for table in (company.customers, company.suppliers, company.employees):
        for owner in table.find("ExternalImportReference", reference):
            if row is None or owner["Id"] != row["Id"]:
                raise RefusedError.in_use_reference(noun, "ExternalImportReference", reference, "contact", owner["Id"])


def refuse_number(company: Company, table: Table, noun: str, number: int | None, row: Row | None) -> None:
    """Refused (400) when the number is taken or outside every number series of this kind."""
    if number is None or (row is not None and row.get("Number") == number):
        return
    if table.find("Number", number):
        raise RefusedError.invalid(noun, f"Number {number} is already in use.")
    series = company.series.find("SubLedgerNumberSeriesType", noun)
    if not any(each["FromInclusive"] <= number <= each["ToInclusive"] for each in series):
        raise RefusedError.invalid(noun, f"Number {number} is not within a number series for {noun.lower()}s.")


def next_number(company: Company, table: Table, noun: str, series_id: str | None = None) -> int:
    """The next free number of the named series, else of the default one."""
    every = company.series.find("SubLedgerNumberSeriesType", noun)
    chosen = [each for each in every if each["Id"] == series_id] if series_id else [e for e in every if e["IsDefault"]]
    if not chosen:
        raise RefusedError.unknown(noun, "SubLedgerNumberSeries", "id", str(series_id))
    low, high = chosen[0]["FromInclusive"], chosen[0]["ToInclusive"]
    used = table.highest("Number", low, high)
    number: int = low if used is None else used + 1
    if number > high:
        raise RefusedError.invalid(noun, f"The number series {low}-{high} is used up.")
    return number


def refuse_if_open(company: Company, noun: str, row: Row) -> None:
    """Refused (400) while the contact has ledger balances."""
    if any(exact(entry["Balance"]) for entry in company.customer_ledger.find("CustomerId", row["Id"])):
        raise RefusedError.invalid(noun, f"{noun} with id = {row['Id']} has ledger balances and cannot be archived.")


def mail_address(company: Company, contact_id: int, body: Row, noun: str) -> Row:
    """A mail address as stored, with an id and a stamp of its own."""
    members = {name: value for name, value in body.items() if value is not None}
    complete_address(members, noun)
    return {
        "Id": company.number("mail address", contact_id),
        "AddressLine1": None,
        "AddressLine2": None,
        "ZipCode": None,
        "City": None,
        "CountryCode": "NO",
        "ExternalCode": None,
        **members,
        "LastChangedDateTimeOffset": company.now(),
    }


def patched_mail_address(company: Company, row: Row, body: Row | None, noun: str) -> Row | None:
    """The mail address after a patch: the same id, stamped when something changed."""
    current: Row | None = row.get("MailAddress")
    if body is None:
        return None
    if current is None:
        return mail_address(company, row["Id"], body, noun)
    after: dict[str, Any] = {**current, **body}
    complete_address(after, noun)
    if after != current:
        after["LastChangedDateTimeOffset"] = company.now()
    return after
