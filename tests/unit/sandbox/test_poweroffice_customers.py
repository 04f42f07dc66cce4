"""Customers, their contact persons and delivery addresses in the simulated PowerOffice (contract, section 8)."""

from typing import Any

import pytest

from tests.unit.sandbox.poweroffice_office import GUID, Office

PLACE = {"AddressLine1": "Østre Kanalgate 7", "ZipCode": "7010", "City": "Trondheim"}


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def test_a_customer_gets_defaults_an_id_and_the_next_number(office: Office) -> None:
    """PO-03, PO-06: number from the series, NOK, the default term, PdfByEmail with an e-mail address, else Print."""
    highest = max(row["Number"] for row in office.get("/Customers"))
    row = office.post("/Customers", {"Name": "Ny kunde", "MailAddress": PLACE})
    assert row["Number"] == highest + 1
    assert (row["CurrencyCode"], row["PaymentTerm"], row["InvoiceDeliveryType"]) == ("NOK", 14, "Print")
    assert (row["IsActive"], row["IsArchived"], row["IsPerson"], row["IsVatFree"]) == (True, False, False, False)
    assert row["MailAddress"]["CountryCode"] == "NO"
    assert office.customer()["InvoiceDeliveryType"] == "PdfByEmail"
    assert office.get(f"/Customers/{row['Id']}") == row


def test_a_reference_is_used_once_and_the_refusal_names_the_owner(office: Office) -> None:
    """ALL-05: the documented text."""
    owner = office.customer(ExternalImportReference=GUID)
    detail = office.refusal("/Customers", {"Name": "B", "ExternalImportReference": GUID})
    wanted = f"ExternalImportReference is already in use. '{GUID}' is used on (contact) Id = {owner['Id']}."
    assert detail == wanted
    other = office.customer(Name="C")
    refused = office.patch(f"/Customers/{other['Id']}", ("replace", "/ExternalImportReference", GUID), status=400)
    assert refused["detail"] == wanted


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "'Name' must not be empty"),
        ({"Name": "A", "IsPerson": True, "FirstName": "Åse"}, 400, "'LastName' must not be empty"),
        ({"Name": "A", "Number": 999_999}, 400, "not within a number series"),
        ({"Name": "A", "Number": "10999"}, 400, "an integer is needed"),
        ({"Name": "A", "CurrencyCode": "USD"}, 400, "is not active"),
        ({"Name": "A", "CurrencyCode": "XXX"}, 404, "Currency with code = 'XXX' not found."),
        ({"Name": "A", "PaymentTerm": 45}, 404, "PaymentTerm with credit days = 45 not found."),
        ({"Name": "A", "DepartmentCode": "Nord"}, 404, "Department with code = 'Nord' not found."),
        ({"Name": "A", "MailAddress": {"City": "Oslo"}}, 400, "'ZipCode' must not be empty"),
        ({"Name": "A", "MailAddress": {**PLACE, "CountryCode": "Norge"}}, 400, "two-letter"),
        ({"Name": "A", "MailAddress": {**PLACE, "City": "x" * 101}}, 400, "100 characters or fewer"),
        ({"Name": "A", "ExternalImportReference": "x" * 51}, 400, "50 characters or fewer"),
        ({"Name": "A", "InvoiceDeliveryType": 0}, 400, "one of"),
        ({"Name": "A", "InvoiceDeliveryType": "pdfByEmail"}, 400, "one of"),
        ({"Name": "A", "InvoiceDeliveryType": "PdfByEmail"}, 400, "needs an e-mail address"),
        ({"Name": "A", "InvoiceDeliveryType": "AvtaleGiro"}, 400, "cannot be set"),
        ({"Name": "A", "StreetAddress": "x"}, 400, "'StreetAddress' is unknown"),
        ({"Name": "A", "IsActive": True}, 400, "'IsActive' is unknown"),
        ({"Name": "A", "DeliveryTermId": 5}, 404, "DeliveryTerm with id = 5 not found."),
    ],
)
def test_a_customer_that_is_not_in_order_is_refused(
    office: Office, body: dict[str, Any], status: int, words: str
) -> None:
    """PO-06: required members, series, references, lengths, enumerations, read-only and unknown members."""
    assert words in office.refusal("/Customers", body, status)


def test_a_number_is_used_once(office: Office) -> None:
    """PO-03: customers are matched by number, so it is unique."""
    taken = office.get("/Customers")[0]["Number"]
    assert "already in use" in office.refusal("/Customers", {"Name": "A", "Number": taken})


def test_the_next_number_follows_the_highest_of_the_series_whatever_came_and_went(office: Office) -> None:
    """PO-03: a number that was chosen counts; one of a deleted customer is free again."""
    first = office.post("/Customers", {"Name": "Første"})["Number"]
    far = office.post("/Customers", {"Name": "Langt fram", "Number": first + 100})
    second = office.post("/Customers", {"Name": "Neste"})
    assert second["Number"] == first + 101
    office.patch(f"/Customers/{second['Id']}", ("replace", "/Number", first + 200))
    assert office.post("/Customers", {"Name": "Etter"})["Number"] == first + 201
    assert office.get(f"/Customers/{far['Id']}")["Number"] == first + 100


def test_the_id_wins_over_the_code(office: Office) -> None:
    """PO-06: where both stand the code is not even looked at."""
    department = office.get("/Departments")[0]
    row = office.customer(DepartmentId=department["Id"], DepartmentCode="Nord")
    assert row["DepartmentCode"] == department["Code"]


def test_belongings_and_the_mail_address_do_not_move_the_last_change(office: Office) -> None:
    """PO-07: addresses and contact persons leave the customer's stamp alone; the name moves it."""
    row = office.customer(MailAddress=PLACE)
    path, stamp = f"/Customers/{row['Id']}", row["LastChangedDateTimeOffset"]
    office.post(f"/ContactPersons/{row['Id']}", {"FirstName": "Åse", "LastName": "Kjærstad"})
    office.post(f"/ContactDeliveryAddresses/{row['Id']}", PLACE)
    office.clock.advance(5)
    after = office.patch(path, ("replace", "/MailAddress/City", "Ålesund"))
    assert (after["MailAddress"]["City"], after["LastChangedDateTimeOffset"]) == ("Ålesund", stamp)
    assert after["MailAddress"]["LastChangedDateTimeOffset"] > stamp
    assert office.patch(path, ("replace", "/Name", "Nytt navn"))["LastChangedDateTimeOffset"] > stamp
    moved = office.get(path)["LastChangedDateTimeOffset"]
    office.clock.advance(5)
    assert office.patch(path, ("replace", "/Name", "Nytt navn"))["LastChangedDateTimeOffset"] == moved


def test_archiving_is_refused_while_there_is_a_balance(office: Office) -> None:
    """PO-04: balances first."""
    row = office.customer()
    code = office.product()["Code"]
    office.order(row, {"ProductCode": code, "Quantity": 1})
    (sent,) = office.act("send_invoice")["sent"]
    archive = ("replace", "/IsArchived", True)
    refused = office.patch(f"/Customers/{row['Id']}", archive, status=400)
    assert "ledger balances" in refused["detail"]
    office.act("register_payment", invoice_no=sent["invoice_no"])
    assert office.patch(f"/Customers/{row['Id']}", archive)["IsArchived"] is True


def test_only_an_unused_customer_is_deleted(office: Office) -> None:
    """PO-04: 409 when in use, 200 else, 404 afterwards; what belonged to it goes too."""
    row, used = office.customer(), office.customer(Name="Brukt")
    person = office.post(f"/ContactPersons/{row['Id']}", {"FirstName": "Åse", "LastName": "Kjærstad"})
    office.post("/Projects", {"Name": "P", "CustomerId": used["Id"]})
    refused = office.delete(f"/Customers/{used['Id']}", 409)
    assert refused["detail"] == f"Customer with id = {used['Id']} is in use and cannot be deleted."
    office.delete(f"/Customers/{row['Id']}")
    gone = office.delete(f"/Customers/{row['Id']}", 404)
    assert gone["detail"] == f"Customer with id = {row['Id']} not found."
    office.get(f"/ContactPersons/{row['Id']}/{person['Id']}", 404)


def test_contact_persons_carry_a_unique_external_code(office: Office) -> None:
    """PO-07: found by code, unique, e-mail addresses checked."""
    row = office.customer()
    path = f"/ContactPersons/{row['Id']}"
    body = {"FirstName": "Åse Märta", "LastName": "Kjærstad", "ExternalCode": GUID, "MailAddress": PLACE}
    person = office.post(path, {**body, "EmailAddress": "ase@blafjell.example"})
    assert (person["ContactId"], person["IsActive"], person["IsDefault"]) == (row["Id"], True, False)
    assert office.get("/ContactPersons", externalCodes=f"x,{GUID}") == [person]
    assert office.get("/ContactPersons", contactIds=str(row["Id"])) == [person]
    assert f"Id = {person['Id']}" in office.refusal(path, body)
    for wrong in ("ase", "ase@", "ase@blafjell", "a b@c.no", "a@b.no, c@d.no"):
        assert "e-mail" in office.refusal(path, {"FirstName": "A", "LastName": "B", "EmailAddress": wrong})
    assert "'LastName'" in office.refusal(path, {"FirstName": "A"})
    assert "Contact with id = 1" in office.refusal("/ContactPersons/1", body, 404)
    changed = office.patch(f"{path}/{person['Id']}", ("replace", "/IsActive", False), ("remove", "/MailAddress"))
    assert (changed["IsActive"], changed.get("MailAddress")) == (False, None)


def test_one_contact_person_is_the_default(office: Office) -> None:
    """PO-07: a new default takes the old one's place."""
    path = f"/ContactPersons/{office.customer()['Id']}"
    one = office.post(path, {"FirstName": "A", "LastName": "B", "IsDefault": True})
    two = office.post(path, {"FirstName": "C", "LastName": "D", "IsDefault": True})
    assert office.get(f"{path}/{one['Id']}")["IsDefault"] is False
    assert office.get(f"{path}/{two['Id']}")["IsDefault"] is True
    office.post("/Projects", {"Name": "P", "CustomerId": one["ContactId"], "ContactPersonId": two["Id"]})
    assert "in use" in office.delete(f"{path}/{two['Id']}", 409)["detail"]
    office.delete(f"{path}/{one['Id']}")


def test_the_first_delivery_address_is_primary_until_another_is_set(office: Office) -> None:
    """PO-06: IsPrimary by itself, settable; codes without regard to case."""
    row = office.customer()
    path = f"/ContactDeliveryAddresses/{row['Id']}"
    first = office.post(path, {**PLACE, "ExternalCode": GUID.upper()})
    second = office.post(path, {**PLACE, "CountryCode": "SE"})
    assert (first["IsPrimary"], first["CountryCode"], second["IsPrimary"]) == (True, "NO", False)
    assert office.get("/ContactDeliveryAddresses", externalCodes=GUID.lower()) == [first]
    assert f"Id = {first['Id']}" in office.refusal(path, {**PLACE, "ExternalCode": GUID})
    changed = office.patch(f"{path}/{second['Id']}", ("replace", "/IsPrimary", True))
    assert changed["IsPrimary"] is True
    assert office.get(f"{path}/{first['Id']}")["IsPrimary"] is False
    assert "'City'" in office.patch(f"{path}/{first['Id']}", ("remove", "/City"), status=400)["detail"]
    office.delete(f"{path}/{first['Id']}")
    office.get(f"{path}/{first['Id']}", 404)
