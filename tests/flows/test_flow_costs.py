"""Purchase invoice rows of PowerOffice as project costs in Severa (PO-14, ALL-08)."""

from __future__ import annotations

from tests.support.company import Company
from tests.support.sandbox import Row
from tests.support.scenes import delete_in_severa, fees, post_costs, two_projects


def post(company: Company, **row: object) -> str:
    """One row on the first project; its ledger id."""
    code, _ = two_projects(company)
    given = {"project_code": code, "amount": 800, **row}
    posted = company.sandbox.act("poweroffice", "post_purchase_invoice", rows=[given])
    return str(posted["rows"][0]["Id"])


def fee(company: Company, row: str) -> Row:
    """The one cost of a ledger row."""
    (found,) = fees(company, row)
    return found


def domestic_customer(company: Company) -> int:
    """Number of a customer that is billed in the company's own currency."""
    number = company.billable()
    (project,) = (row for row in company.sandbox.objects("severa", "projects") if row["number"] == number)
    return int(project["customer"]["number"])


def test_rows_become_costs_once_over_three_cycles(settled: Company) -> None:
    """ALL-08."""
    rows = post_costs(settled, 4)
    for _ in range(3):
        settled.good()
    assert {row: len(fees(settled, row)) for row in rows} == dict.fromkeys(rows, 1)
    mark = settled.sandbox.mark()
    settled.good()
    assert settled.sandbox.writes(mark) == []


def test_a_cost_carries_the_figures_of_its_row(settled: Company) -> None:
    """PO-14: project, quantity, unit price, description, date, not billable."""
    code, _ = two_projects(settled)
    row = post(settled, amount=800, quantity=40, product_code="STD", description="Kobberrør 22 mm")
    settled.good("cost_import")
    found = fee(settled, row)
    projects = {one["guid"]: one["number"] for one in settled.sandbox.objects("severa", "projects")}
    assert str(projects[found["project"]["guid"]]) == code
    assert (found["quantity"], found["unitCost"]["amount"], found["unitCost"]["currencyCode"]) == (40, 20, "NOK")
    assert found["description"] == "Kobberrør 22 mm"
    assert found["isBillable"] is False
    assert found["product"]["code"] == "STD"


def test_a_quantity_that_does_not_divide_the_amount_becomes_one(settled: Company) -> None:
    """PO-14: contract section 9; 33 333 x 0.03 is not 1 000."""
    row = post(settled, amount=1000, quantity=33333)
    settled.good("cost_import")
    found = fee(settled, row)
    assert (found["quantity"], found["unitCost"]["amount"]) == (1, 1000)


def test_a_row_without_product_code_gets_the_default_product(settled: Company) -> None:
    """PO-14."""
    row = post(settled, description="Leie")
    settled.good("cost_import")
    name = (settled.tenants / f"{settled.name}.yaml").read_text()
    assert f"cost_product: {fee(settled, row)['product']['code']}" in name


def test_a_row_without_project_stays_in_the_books(settled: Company) -> None:
    """PO-14: only rows that name a project come over."""
    row = post(settled, project_code=None)
    settled.good("cost_import")
    assert fees(settled, row) == []


def test_a_credit_note_becomes_a_negative_cost(settled: Company) -> None:
    """PO-14."""
    code, _ = two_projects(settled)
    posted = settled.sandbox.act(
        "poweroffice",
        "post_purchase_invoice",
        voucher_type="IncomingCreditNote",
        rows=[{"project_code": code, "amount": 250}],
    )
    settled.good("cost_import")
    found = fee(settled, str(posted["rows"][0]["Id"]))
    assert found["quantity"] * found["unitCost"]["amount"] == -250


def test_a_reversal_of_an_imported_voucher_is_imported_with_the_opposite_sign(settled: Company) -> None:
    """PO-14 ALL-08."""
    code, _ = two_projects(settled)
    posted = settled.sandbox.act("poweroffice", "post_purchase_invoice", rows=[{"project_code": code, "amount": 640}])
    settled.good("cost_import")
    back = settled.sandbox.act("poweroffice", "reverse_voucher", voucher_id=posted["voucher_id"])
    for _ in range(2):
        settled.good("cost_import")
    (row,) = (str(one["Id"]) for one in back["rows"] if one.get("ProjectCode") == code)
    found = fee(settled, row)
    assert found["quantity"] * found["unitCost"]["amount"] == -640
    fee(settled, str(posted["rows"][0]["Id"]))


def test_a_row_on_a_project_that_severa_does_not_have_waits_and_comes_when_it_is_there(settled: Company) -> None:
    """PO-14: missing dependency; the cursor does not pass it."""
    settled.sandbox.act("poweroffice", "create_project", Code="99001", Name="Bare her", IsInternal=True)
    row = post(settled, project_code="99001")
    settled.good("cost_import")
    assert fees(settled, row) == []
    (issue,) = settled.issues("cost_import")
    assert "99001" in issue.what
    customer = domestic_customer(settled)
    settled.sandbox.act("severa", "create_project", customer=customer, name="Nå her", number=99001)
    settled.good("cost_import")
    fee(settled, row)
    assert settled.issues("cost_import") == []


def test_a_row_on_a_closed_project_is_reported(settled: Company) -> None:
    """PO-14: no costs on a closed project; imported once it is open again."""
    customer = domestic_customer(settled)
    made = settled.sandbox.act("severa", "create_project", customer=customer, name="Snart ferdig", number=99002)
    settled.sandbox.act("severa", "close_project", number=99002)
    settled.sandbox.act("poweroffice", "create_project", Code="99002", Name="Snart ferdig", IsInternal=True)
    row = post(settled, project_code="99002")
    settled.good("cost_import")
    assert fees(settled, row) == []
    (issue,) = settled.issues("cost_import")
    assert "closed" in issue.what
    settled.sandbox.act("severa", "edit_project", guid=made["guid"], members={"isClosed": False})
    settled.good("cost_import")
    fee(settled, row)


def test_a_row_that_was_edited_after_the_import_is_reported_and_left_alone(settled: Company) -> None:
    """PO-14 ALL-08: another project on the row later."""
    _, other = two_projects(settled)
    row = post(settled, amount=77)
    settled.good("cost_import")
    before = fee(settled, row)
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), project_code=other)
    settled.good("cost_import")
    assert fee(settled, row)["project"] == before["project"]
    (issue,) = settled.issues("cost_import")
    assert issue.cause == "edited"


def test_a_cost_that_a_person_deleted_in_severa_does_not_come_again(settled: Company) -> None:
    """ALL-08: imported once means once."""
    row = post(settled, amount=55)
    settled.good("cost_import")
    delete_in_severa(settled, f"/v1/projectfees/{fee(settled, row)['guid']}", "fees:delete")
    for _ in range(2):
        settled.good("cost_import")
    assert fees(settled, row) == []
