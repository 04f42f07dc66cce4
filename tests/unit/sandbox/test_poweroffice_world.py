"""What the simulated PowerOffice holds at the start, what people do in its registers, and a served round trip."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.poweroffice import build
from sandbox.system import ActionError
from sandbox.world import Invoice, World
from tests.unit.sandbox.poweroffice_office import Office, small_world


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return Office()


def test_the_world_says_what_exists(office: Office) -> None:
    """PO-03, PO-08, PO-11, PO-12: numbers and codes of both sides, with their stamps of long ago."""
    world = office.world
    customers = {row["Number"]: row for row in office.get("/Customers")}
    assert set(customers) == {one.number for one in world.customers if one.in_erp and one.number is not None}
    differing = next(one for one in world.customers if one.erp_differs and one.in_erp)
    assert customers[differing.number]["Name"] == differing.as_in_erp().name
    assert all(row["CustomerCreatedDateTimeOffset"] < world.as_of.isoformat() for row in customers.values())
    wanted = sorted(one.code for one in world.products if one.in_erp and one.code)
    assert sorted(row["Code"] for row in office.get("/Products")) == wanted
    assert {row["Code"] for row in office.get("/Projects")} == {one.code for one in world.projects if one.in_erp}
    assert {row["Code"] for row in office.get("/Departments")} == {
        one.code for one in world.business_units if one.in_erp
    }
    assert {row["Number"] for row in office.get("/Employees")} == {
        int(one.code) for one in world.users if one.in_erp and one.code and one.code.isdecimal()
    }
    assert {row["Code"] for row in office.get("/ProductGroups")} == {one.code for one in world.categories if one.in_erp}


def total_in_go(office: Office, world: World, invoice: Invoice) -> Decimal | None:
    """The invoice's total as Go calculates it; None when a product is missing."""
    lines = []
    for row in invoice.rows:
        code = world.products[row.product].code if row.product is not None else None
        found = office.get("/Products", 204 if code == "GAMMEL1" else 200, codes=code)
        if found is None:
            return None
        standard = Decimal(repr(rate_of(office, found[0]["StandardSalesAccount"]))) * 100
        lines.append(
            {
                "ProductId": found[0]["Id"],
                "Quantity": float(row.quantity),
                "ProductUnitPrice": float(row.unit_price),
                "UseStandardSalesAccount": row.vat_rate == standard or row.vat_rate != 0,
            }
        )
    order = office.order(office.get("/Customers")[0], *lines, CurrencyCode=invoice.currency)
    return Decimal(repr(order["TotalAmount"]))


def rate_of(office: Office, account_no: int) -> float:
    """The VAT rate of a sales account."""
    code = office.get("/GeneralLedgerAccounts", accountNos=str(account_no))[0]["VatCode"]
    return float(next(row["Rate"] for row in office.get("/VatCodes") if row["Code"] == code))


@pytest.mark.parametrize("position", range(len(small_world().invoices)))
def test_invoices_add_up_here_unless_they_carry_a_trap(office: Office, position: int) -> None:
    """ALL-07: only `vat_rate` and the two differences give another total than Severa's."""
    invoice = office.world.invoices[position]
    usable = [row for row in invoice.rows if row.product is not None and office.world.products[row.product].code]
    assert len(usable) == len(invoice.rows)
    total = total_in_go(office, office.world, invoice)
    if total is None:
        assert invoice.trap == "missing_product"
        return
    difference = abs(total - invoice.total_including_tax).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if invoice.trap == "vat_rate":
        assert difference > 1
    else:
        assert difference == Decimal({"difference_0.05": "0.05", "difference_0.06": "0.06"}.get(invoice.trap or "", 0))


def test_history_is_sent_paid_and_closed() -> None:
    """PO-14: at a larger scale old invoices are paid, an old purchase is older than any import."""
    world = World.generate(3, "medium")
    system = build(world, Clock(), limits_on=False)
    invoices = system.objects("outgoing_invoices")
    assert invoices
    assert {row["Balance"] for row in invoices} == {0.0}
    assert all(row["SentDateTimeOffset"] < world.as_of.isoformat() for row in invoices)
    assert {row["ExternalImportReference"] for row in invoices} == {None}
    purchases = system.objects("IncomingInvoices")
    assert [row["VoucherDate"] for row in purchases] == ["2024-11-30"]


def test_kinds_are_found_in_any_spelling(office: Office) -> None:
    """ALL-05: objects by kind without regard to case and separators."""
    assert office.system.objects("Sales-Orders") == office.system.objects("sales_orders") == []
    assert office.system.objects("customers") == office.get("/Customers")
    with pytest.raises(KeyError):
        office.system.objects("nothing")
    for kind in office.system.kinds:
        assert isinstance(office.system.objects(kind), list)


def test_a_person_keeps_the_registers(office: Office) -> None:
    """PO-02, ALL-03, ALL-14: create, edit, renumber, archive, delete as people do."""
    made: dict[str, Any] = office.act("create_customer", Name="Ny kunde", EmailAddress="ny@kunde.example")["customer"]
    edited = office.act("edit_customer", number=made["Number"], Name="Nyere kunde")["customer"]
    assert (edited["Name"], edited["LastChangedDateTimeOffset"] > made["LastChangedDateTimeOffset"]) == (
        "Nyere kunde",
        True,
    )
    renumbered = office.act("edit_customer", id=made["Id"], Number=made["Number"] + 5)["customer"]
    assert office.get(f"/Customers/{made['Id']}")["Number"] == renumbered["Number"]
    person = office.act("create_contact_person", id=made["Id"], FirstName="A", LastName="B")["contact_person"]
    assert person["ContactId"] == made["Id"]
    project = office.act("create_project", Name="Ny", CustomerId=made["Id"])["project"]
    assert project["Code"].isdecimal()
    assert office.act("edit_project", code=project["Code"], Code="77001")["project"]["Id"] == project["Id"]
    archived = office.act("archive_project", id=project["Id"])["project"]
    assert (archived["ProjectStatus"], archived["IsActive"]) == ("Archived", False)
    with pytest.raises(ActionError, match="in use"):
        office.act("delete_customer", id=made["Id"])
    office.act("delete_project", id=project["Id"])
    office.act("delete_customer", id=made["Id"])
    product = office.act("create_product", Name="Vare", Code="NYVARE")["product"]
    assert office.act("edit_product", code="NYVARE", Name="Vare 2")["product"]["Id"] == product["Id"]
    assert office.act("archive_product", code="NYVARE")["product"]["IsArchived"] is True
    department = office.act("create_department", Name="Ny", Code="96")["department"]
    assert department["IsActive"] is True
    assert office.act("edit_department", code="96", Name="Nyere")["department"]["Name"] == "Nyere"
    employee = office.act("create_employee", FirstName="A", LastName="B")["employee"]
    assert office.act("edit_employee", number=employee["Number"], JobTitle="Sjef")["employee"]["JobTitle"] == "Sjef"
    with pytest.raises(ActionError, match="nothing found"):
        office.act("edit_customer", number=1, Name="X")
    with pytest.raises(ActionError, match="'Nobody' is unknown"):
        office.act("edit_customer", number=office.get("/Customers")[0]["Number"], Nobody=1)


def test_an_archived_customer_follows_the_rules_for_people_too(office: Office) -> None:
    """PO-04: balances keep a customer from being archived, whoever tries."""
    customer = office.customer()
    office.order(customer, {"ProductCode": office.product()["Code"], "Quantity": 1})
    office.act("send_invoice")
    with pytest.raises(ActionError, match="ledger balances"):
        office.act("archive_customer", number=customer["Number"])
    office.act("register_payment", all=True)
    assert office.act("archive_customer", number=customer["Number"])["customer"]["IsArchived"] is True


def test_faults_have_the_vendors_bodies(office: Office) -> None:
    """ALL-05: 401 and 403 are empty, 429 is the gateway's, the rest ProblemDetails."""
    assert office.system.fault_body(401)[0] == b""
    assert b'"statusCode":"429"' in office.system.fault_body(429)[0]
    assert b'"detail"' in office.system.fault_body(503)[0]


def test_every_action_has_a_line_of_help(office: Office) -> None:
    """PO-13: the control API shows the first line."""
    for name, action in office.system.actions.items():
        assert action.__doc__, name
