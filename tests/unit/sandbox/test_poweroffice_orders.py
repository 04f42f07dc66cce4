"""Sales orders of the simulated PowerOffice: VAT, totals, references, locking (contract, sections 6 and 7)."""

from typing import Any

import pytest

from tests.unit.sandbox.poweroffice_office import GUID, Office

ROW = "c1b7b7c0-1111-4222-8333-9a0b0c0d0e0"


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def test_the_samples_order_adds_up_as_in_the_samples_answer(office: Office) -> None:
    """PO-13: quantities, prices, descriptions, a text line; VAT from the standard account; totals in the 201."""
    customer = office.customer()
    person = office.post(f"/ContactPersons/{customer['Id']}", {"FirstName": "Åse Märta", "LastName": "Kjærstad"})
    project = office.post("/Projects", {"Name": "P", "Code": "9187", "CustomerId": customer["Id"]})
    office.product(Code="KONS", UnitOfMeasureCode="HUR")
    office.product(Code="REISE", Name="Kjøring")
    row = office.order(
        customer,
        {"ProductCode": "KONS", "Quantity": 12.5, "ProductUnitPrice": 1450.0, "ExternalImportReference": ROW + "1"},
        {"ProductCode": "REISE", "Quantity": 120.0, "ProductUnitPrice": 5.3, "ExternalImportReference": ROW + "2"},
        {"LineType": "Text", "Description": "Ettersendes: målerapport", "ExternalImportReference": ROW + "3"},
        ExternalImportReference=GUID,
        SalesOrderStatus="Draft",
        SalesOrderDate="2026-02-27",
        PaymentTerm=14,
        CurrencyCode="NOK",
        ProjectCode="9187",
        CustomerReferenceContactPersonId=person["Id"],
        PurchaseOrderReference="PO-7741",
    )
    assert (row["NetAmount"], row["TotalAmount"], row["LineCount"]) == (18761.0, 23451.25, 3)
    assert (row["CustomerReference"], row["PaymentTerm"]) == ("Åse Märta Kjærstad", 14)
    assert row["IsCreatedByCurrentIntegration"] is True
    totals = [(each["TotalAmount"], each["VatCode"], each["VatRate"]) for each in row["SalesOrderLines"]]
    assert totals == [(22656.25, "3", 0.25), (795.0, "3", 0.25), (0.0, None, None)]
    assert {each["ProjectId"] for each in row["SalesOrderLines"]} == {project["Id"]}
    assert office.get(f"/SalesOrders/{row['Id']}/Complete") == row
    header = {name: value for name, value in row.items() if name != "SalesOrderLines"}
    assert office.get(f"/SalesOrders/{row['Id']}") == header
    assert office.get("/SalesOrders", externalImportReferences=GUID, onlyCreatedByCurrentIntegration="true") == [header]


@pytest.mark.parametrize(
    ("product", "line", "net", "vat"),
    [
        ({}, {}, 100.0, 25.0),
        ({}, {"UseStandardSalesAccount": False}, 100.0, 0.0),
        ({"StandardSalesAccount": 3030}, {}, 100.0, 15.0),
        ({"StandardSalesAccount": 3039}, {}, 100.0, 25.5),
        ({"StandardSalesAccount": None, "OptionalSalesAccount": None}, {}, 100.0, 25.0),
        ({"StandardSalesAccount": None}, {"UseStandardSalesAccount": None}, 100.0, 25.0),
        ({}, {"Allowance": 12.5}, 87.5, 21.88),
        ({}, {"Allowance": -10}, 110.0, 27.5),
        ({}, {"Quantity": -1}, -100.0, -25.0),
        ({}, {"ProductUnitPrice": 33.33, "Quantity": 1.5}, 50.0, 12.5),
        ({"StandardSalesAccount": 3039}, {"ProductUnitPrice": 0.1, "Quantity": 0.5}, 0.05, 0.01),
        ({"UnitPrice": 80.0}, {"ProductUnitPrice": None}, 80.0, 20.0),
    ],
)
def test_vat_follows_the_sales_account(
    office: Office, product: dict[str, Any], line: dict[str, Any], net: float, vat: float
) -> None:
    """ALL-07: per line, net rounded, then its VAT; accounts from the product, else the client."""
    item = office.product(**product)
    usual = {"ProductId": item["Id"], "Quantity": 1, "ProductUnitPrice": 100.0}
    (shown,) = office.order(office.customer(), {**usual, **line})["SalesOrderLines"]
    assert (shown["NetAmount"], shown["VatAmount"], shown["TotalAmount"]) == (net, vat, round(net + vat, 2))


def test_accounts_and_prices_are_inherited_from_the_group(office: Office) -> None:
    """PO-10, ALL-07: null at the product is the group's."""
    office.post("/ProductGroups", {"Name": "G", "Code": "G1", "StandardSalesAccount": 3030, "UnitPrice": 200.0})
    accounts = {"StandardSalesAccount": None, "OptionalSalesAccount": None, "UnitPrice": None}
    item = office.product(ProductGroupCode="G1", **accounts)
    line = {"ProductId": item["Id"], "Quantity": 2}
    assert office.order(office.customer(), line)["TotalAmount"] == 460.0
    assert office.order(office.customer(Name="B"), {**line, "UseStandardSalesAccount": False})["TotalAmount"] == 400.0


def test_a_customers_discount_and_vat_freedom_are_inherited_by_nulls(office: Office) -> None:
    """PO-13: Allowance null takes the customer's, UseStandardSalesAccount null follows IsVatFree; 0 and true do not."""
    customer = office.customer(Allowance=10.0, IsVatFree=True)
    item = office.product(UnitPrice=100.0)
    line = {"ProductId": item["Id"], "Quantity": 1}
    nulls = office.order(customer, {**line, "Allowance": None, "UseStandardSalesAccount": None})
    assert (nulls["NetAmount"], nulls["TotalAmount"]) == (90.0, 90.0)
    plain = office.get(f"/SalesOrders/{nulls['Id']}/Complete")["SalesOrderLines"][0]
    told = office.get(f"/SalesOrders/{nulls['Id']}/Complete", showInherited="true")["SalesOrderLines"][0]
    assert (plain["Allowance"], plain["Description"], plain["ProductUnitPrice"]) == (None, None, None)
    assert (told["Allowance"], told["Description"], told["ProductUnitPrice"]) == (10.0, "Rådgivning", 100.0)
    assert office.order(customer, line)["TotalAmount"] == 125.0


def test_the_header_inherits_term_currency_and_address_when_shown_so(office: Office) -> None:
    """PO-13: what sending will use."""
    customer = office.customer(CurrencyCode="SEK", PaymentTerm=30)
    address = office.post(f"/ContactDeliveryAddresses/{customer['Id']}", {"City": "Bodø", "ZipCode": "8001"})
    row = office.order(customer)
    assert (row["PaymentTerm"], row["CurrencyCode"], row["ContactDeliveryAddressId"]) == (None, None, None)
    told = office.get(f"/SalesOrders/{row['Id']}", showInherited="true")
    wanted = (30, "SEK", address["Id"])
    assert (told["PaymentTerm"], told["CurrencyCode"], told["ContactDeliveryAddressId"]) == wanted


def test_a_reference_stands_on_one_order_only_until_that_is_deleted(office: Office) -> None:
    """ALL-05: 400 that names the owner, against drafts and against sent ones; a deletion frees it."""
    customer, code = office.customer(), office.product()["Code"]
    body = {"CustomerId": customer["Id"], "ExternalImportReference": GUID}
    first = office.order(customer, ExternalImportReference=GUID)
    detail = office.refusal("/SalesOrders/Complete", body)
    wanted = f"ExternalImportReference is already in use. '{GUID}' is used on (sales order) Id = {first['Id']}."
    assert detail == wanted
    office.delete(f"/SalesOrders/{first['Id']}")
    second = office.order(customer, {"ProductCode": code, "Quantity": 1}, ExternalImportReference=GUID)
    assert second["Id"] != first["Id"]
    assert second["SalesOrderNo"] == first["SalesOrderNo"] + 1
    office.act("send_invoice", reference=GUID)
    assert f"(outgoing invoice) Id = {second['Id']}" in office.refusal("/SalesOrders/Complete", body)


def test_order_ids_follow_from_the_reference_whatever_the_order(office: Office) -> None:
    """ALL-05: a replay meets the same ids."""
    other = "00000000-0000-4000-8000-000000000002"
    made = [office.order(office.customer(), ExternalImportReference=each)["Id"] for each in (GUID, other)]
    again = Office()
    assert [again.order(again.customer(), ExternalImportReference=each)["Id"] for each in (other, GUID)] == made[::-1]


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ({"ProductCode": "NEI", "Quantity": 1}, 404, "Product with code = 'NEI' not found."),
        ({"ProductCode": "KONS01"}, 400, "'Quantity' must not be empty"),
        ({"ProductCode": "KONS01", "Quantity": 1, "Allowance": 101}, 400, "between -1000 and 100"),
        ({"ProductCode": "KONS01", "Quantity": 1, "VatCode": "3"}, 400, "'VatCode' is unknown"),
        ({"ProductCode": "KONS01", "Quantity": 1, "TotalAmount": 1.0}, 400, "'TotalAmount' is unknown"),
        ({"ProductCode": "KONS01", "Quantity": 1, "UnitPrice": 1.0}, 400, "'UnitPrice' is unknown"),
        ({"ProductCode": "KONS01", "Quantity": 1, "UnitOfMeasureCode": "stk"}, 400, "one of"),
        ({"LineType": "Summary"}, 400, "cannot be set"),
        ({"LineType": 1}, 400, "one of"),
        ({"ProjectCode": "NEI"}, 404, "Project with code = 'NEI' not found."),
    ],
)
def test_a_line_that_is_not_in_order_refuses_the_order(
    office: Office, line: dict[str, Any], status: int, words: str
) -> None:
    """PO-13: unknown codes, missing quantity, read-only members; nothing is left behind."""
    office.product()
    body = {"CustomerId": office.customer()["Id"], "SalesOrderLines": [line], "ExternalImportReference": GUID}
    assert words in office.refusal("/SalesOrders/Complete", body, status)
    assert office.get("/SalesOrders", 204) is None


def test_a_header_that_is_not_in_order_is_refused(office: Office) -> None:
    """PO-13: customer, term, currency, foreign contact person, read-only members, double row references."""
    customer, other = office.customer(), office.customer(Name="B")
    person = office.post(f"/ContactPersons/{other['Id']}", {"FirstName": "A", "LastName": "B"})
    path, by = "/SalesOrders/Complete", {"CustomerId": customer["Id"]}
    assert "'CustomerId' must not be empty" in office.refusal(path, {})
    assert "Customer with number = 99999 not found." in office.refusal(path, {"CustomerNo": 99_999}, 404)
    assert "PaymentTerm with credit days = 45" in office.refusal(path, {**by, "PaymentTerm": 45}, 404)
    assert "is not active" in office.refusal(path, {**by, "CurrencyCode": "USD"})
    assert "does not belong" in office.refusal(path, {**by, "CustomerReferenceContactPersonId": person["Id"]})
    assert "'SalesOrderNo' is unknown" in office.refusal(path, {**by, "SalesOrderNo": 1})
    assert "negative total" in office.refusal(path, {**by, "RelatedInvoiceNo": 20001})
    twice = [{"ExternalImportReference": ROW}, {"ExternalImportReference": ROW}]
    assert "more than one line" in office.refusal(path, {**by, "SalesOrderLines": twice})


def test_a_line_without_a_product_has_no_amount(office: Office) -> None:
    """ALL-07: no product, no VAT, no amount."""
    row = office.order(office.customer(), {"Quantity": 3, "ProductUnitPrice": 100.0, "Description": "Uten vare"})
    assert (row["TotalAmount"], row["SalesOrderLines"][0]["VatCode"]) == (0.0, None)


def test_lines_come_back_in_their_sort_order_and_minus_one_is_no_project(office: Office) -> None:
    """PO-13: SortOrder from 0; -1 on a line keeps the header's project away."""
    customer = office.customer()
    office.post("/Projects", {"Name": "P", "Code": "9187", "CustomerId": customer["Id"]})
    row = office.order(
        customer,
        {"Description": "B", "SortOrder": 1},
        {"Description": "A", "SortOrder": 0, "ProjectCode": "-1"},
        ProjectCode="9187",
    )
    lines = [(each["Description"], each["ProjectCode"]) for each in row["SalesOrderLines"]]
    assert lines == [("A", None), ("B", "9187")]
    assert len(office.get("/SalesOrders", projectCodes="9187")) == 1
    assert office.get("/SalesOrders", 204, projectCodes="-1") is None


def test_a_confirmed_order_is_locked(office: Office) -> None:
    """ALL-07: 409 on deletion, 400 on change, until it is a draft again."""
    row = office.order(office.customer(), ExternalImportReference=GUID)
    path = f"/SalesOrders/{row['Id']}"
    office.act("confirm_order", reference=GUID)
    assert "is confirmed and cannot be deleted" in office.delete(path, 409)["detail"]
    assert "is confirmed" in office.patch(path, ("replace", "/ContractNo", "K"), status=400)["detail"]
    assert office.patch(path, ("replace", "/SalesOrderStatus", "Draft"))["SalesOrderStatus"] == "Draft"
    office.delete(path)
    office.delete(path, 404)
    office.get(path, 404)


def test_a_header_is_changed_by_ids_and_priced_again(office: Office) -> None:
    """PO-13: PATCH knows ids only; another customer's discount counts at once."""
    item = office.product(UnitPrice=100.0)
    row = office.order(office.customer(), {"ProductId": item["Id"], "Quantity": 1, "Allowance": None})
    path = f"/SalesOrders/{row['Id']}"
    half = office.customer(Name="Halv", Allowance=50.0)
    assert office.patch(path, ("replace", "/CustomerId", half["Id"]))["TotalAmount"] == 62.5
    refused = office.patch(path, ("replace", "/CustomerNo", half["Number"]), status=400)["detail"]
    assert "'customerno' was not found" in refused
    assert "'CustomerId'" in office.patch(path, ("remove", "/CustomerId"), status=400)["detail"]


def test_attachments_are_kept_until_sending_and_become_documents(office: Office) -> None:
    """PO-13: multipart, listed with name and size, downloadable; in the voucher's zip afterwards."""
    row = office.order(office.customer(), ExternalImportReference=GUID)
    path = f"/SalesOrders/{row['Id']}/attachments"
    assert office.get(path, 204) is None
    answer = office.send("POST", path, files={"file": ("målerapport.pdf", b"%PDF-1.4 \x00\xff", "application/pdf")})
    made = answer.json()
    assert (answer.status_code, made["FileName"], made["FileSize"]) == (201, "målerapport.pdf", 11)
    assert office.get(path) == [made]
    content = office.send("GET", f"{path}/{made['Id']}")
    assert (content.content, content.headers["content-type"]) == (b"%PDF-1.4 \x00\xff", "application/octet-stream")
    wrong = office.send("POST", path, files={"document": ("a.pdf", b"x")}, valid_request=False)
    assert wrong.status_code == 400
    second = office.send("POST", path, files={"file": ("b.pdf", b"x")}).json()
    office.delete(f"{path}/{second['Id']}")
    office.act("send_invoice", reference=GUID)
    office.get(path, 404)
    (document,) = office.get("/VoucherDocumentation", id=row["Id"])
    assert (document["HasPdf"], document["HasSalesOrderAttachments"]) == (True, True)
