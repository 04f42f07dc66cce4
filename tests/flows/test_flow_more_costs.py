"""Purchase costs: corrections, rows that wait or were moved, periods by hand, reversals, switches (PO-14, ALL-08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.support.company import Company, figures
from tests.support.sandbox import Row
from tests.support.scenes import fees, two_projects

CODES = count(97001)
"""Project numbers that nobody has."""
LONG_AGO = (datetime.now(UTC).date() - timedelta(days=40)).isoformat()
"""Before the first posting day of the tenant."""


@pytest.fixture
def tenant_file(settled: Company) -> Iterator[Company]:
    """The company, whose tenant file is put back afterwards."""
    path = settled.tenants / f"{settled.name}.yaml"
    before = path.read_text()
    yield settled
    path.write_text(before)


def post(company: Company, amount: int = 800, *, date: str | None = None, **row: object) -> Row:
    """A voucher with one row, by default on the first project: `voucher_id`, and the ledger row under `rows`."""
    given = {"project_code": two_projects(company)[0], "amount": amount, **row}
    more = {} if date is None else {"date": date}
    return company.sandbox.act("poweroffice", "post_purchase_invoice", rows=[given], **more)


def row_of(posted: Row, position: int = 0) -> str:
    """The id of one of a voucher's ledger rows."""
    return str(posted["rows"][position]["Id"])


def cost(company: Company, row: str) -> tuple[str, float]:
    """Project number and amount of the one cost that was made of a ledger row."""
    (found,) = fees(company, row)
    numbers = {one["guid"]: str(one["number"]) for one in company.sandbox.objects("severa", "projects")}
    return numbers[found["project"]["guid"]], found["quantity"] * found["unitCost"]["amount"]


def only_in_go(company: Company) -> str:
    """The code of a project that PowerOffice has and Severa does not."""
    code = str(next(CODES))
    company.sandbox.act("poweroffice", "create_project", Code=code, Name=f"Bare i Go {code}", IsInternal=True)
    return code


def add_in_severa(company: Company, code: str) -> Row:
    """Somebody makes the project in Severa, for a customer that is billed in kroner."""
    (project,) = (row for row in company.sandbox.objects("severa", "projects") if row["number"] == company.billable())
    given = {"customer": project["customer"]["number"], "name": f"Nå her {code}", "number": int(code)}
    return company.sandbox.act("severa", "create_project", **given)


def issues(company: Company, row: str) -> list[str]:
    """What the error desk says of a ledger row."""
    return [issue.what for issue in company.issues("cost_import") if issue.record == f"erp:{row}"]


# ---------------------------------------------------------------- corrections and reversals


def test_a_correction_moves_the_cost_to_the_other_project(settled: Company) -> None:
    """PO-14 ALL-08: taken from the one, put on the other, each once; what was imported stands."""
    first, second = two_projects(settled)
    row = row_of(post(settled, 640))
    settled.good("cost_import")
    correction = settled.sandbox.act("poweroffice", "correct_voucher", id=int(row), project_code=second)
    for _ in range(2):
        settled.good("cost_import")
    assert cost(settled, row) == (first, 640)
    assert [cost(settled, row_of(correction, position)) for position in (0, 1)] == [(first, -640), (second, 640)]


def test_a_correction_that_takes_the_project_away_takes_the_cost_back(settled: Company) -> None:
    """PO-14."""
    first, _ = two_projects(settled)
    row = row_of(post(settled, 320))
    settled.good("cost_import")
    correction = settled.sandbox.act("poweroffice", "correct_voucher", id=int(row), project_code=None)
    settled.good("cost_import")
    assert cost(settled, row_of(correction)) == (first, -320)
    assert fees(settled, row_of(correction, 1)) == []


@pytest.mark.parametrize("action", ["reverse_voucher", "correct_voucher"])
def test_what_undoes_a_voucher_from_before_the_first_day_stays_in_the_books(settled: Company, action: str) -> None:
    """PO-14: the voucher itself was never imported, so there is nothing to take back."""
    posted = post(settled, 510, date=LONG_AGO)
    named = {"voucher_id": posted["voucher_id"]}
    if action == "correct_voucher":
        named = {"id": int(row_of(posted)), "project_code": two_projects(settled)[1]}
    undone = settled.sandbox.act("poweroffice", action, **named)
    outcome = settled.good("cost_import")
    assert [fees(settled, str(row["Id"])) for row in (*posted["rows"], *undone["rows"])] == [
        [] for _ in (*posted["rows"], *undone["rows"])
    ]
    assert outcome.reports["cost_import"].counts.reasons["reverses a voucher that was not imported"] >= 1


def test_a_voucher_that_is_reversed_before_it_was_imported_comes_with_its_reversal(settled: Company) -> None:
    """PO-14 ALL-08: both in one run; the project's costs add up to nothing."""
    code, _ = two_projects(settled)
    posted = post(settled, 275)
    undone = settled.sandbox.act("poweroffice", "reverse_voucher", voucher_id=posted["voucher_id"])
    (back,) = (str(row["Id"]) for row in undone["rows"] if row.get("ProjectCode") == code)
    settled.good("cost_import")
    assert [cost(settled, row) for row in (row_of(posted), back)] == [(code, 275), (code, -275)]


def test_a_reversal_on_a_project_that_was_closed_meanwhile_waits_until_it_is_open(settled: Company) -> None:
    """PO-14: nothing is added to a closed project; the cursor does not pass the row."""
    code = only_in_go(settled)
    guid = add_in_severa(settled, code)["guid"]
    posted = post(settled, 150, project_code=code)
    settled.good("cost_import")
    settled.sandbox.act("severa", "close_project", number=int(code))
    undone = settled.sandbox.act("poweroffice", "reverse_voucher", voucher_id=posted["voucher_id"])
    (back,) = (str(row["Id"]) for row in undone["rows"] if row.get("ProjectCode") == code)
    for _ in range(2):
        settled.good("cost_import")
    assert fees(settled, back) == []
    assert "closed" in issues(settled, back)[0]
    settled.sandbox.act("severa", "edit_project", guid=guid, members={"isClosed": False})
    settled.good("cost_import")
    assert cost(settled, back) == (code, -150)
    assert issues(settled, back) == []


# ---------------------------------------------------------------- rows that are edited


def test_a_waiting_row_that_is_moved_to_another_project_comes_there(settled: Company) -> None:
    """PO-14: and its issue is resolved."""
    row = row_of(post(settled, 90, project_code=only_in_go(settled)))
    settled.good("cost_import")
    assert issues(settled, row)
    _, other = two_projects(settled)
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), project_code=other)
    settled.good("cost_import")
    assert cost(settled, row) == (other, 90)
    assert issues(settled, row) == []


def test_a_waiting_row_that_is_taken_off_its_project_waits_no_longer(settled: Company) -> None:
    """PO-14 ALL-13: there is nothing to import, and nothing left on the desk."""
    row = row_of(post(settled, 91, project_code=only_in_go(settled)))
    settled.good("cost_import")
    assert issues(settled, row)
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), project_code=None)
    settled.good("cost_import")
    assert (fees(settled, row), issues(settled, row)) == ([], [])
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert len([one for one in settled.sandbox.exchanges(mark) if "AccountTransactions" in one["path"]]) == 1


def test_an_edit_after_the_import_that_is_taken_back_is_no_longer_reported(settled: Company) -> None:
    """ALL-08 ALL-13: the row shows what was imported again."""
    first, other = two_projects(settled)
    row = row_of(post(settled, 92))
    settled.good("cost_import")
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), project_code=other)
    settled.good("cost_import")
    assert "another project" in issues(settled, row)[0]
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), project_code=first)
    settled.good("cost_import")
    assert issues(settled, row) == []
    assert cost(settled, row) == (first, 92)


def test_another_text_alone_is_no_other_figure(settled: Company) -> None:
    """ALL-08: the description of an imported row may change; nothing is reported and nothing comes again."""
    row = row_of(post(settled, 93, description="Før"))
    settled.good("cost_import")
    settled.sandbox.act("poweroffice", "edit_ledger_row", id=int(row), description="Etter")
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert settled.sandbox.writes(mark) == []
    assert issues(settled, row) == []
    assert fees(settled, row)[0]["description"] == "Før"


# ---------------------------------------------------------------- periods by hand, cursors


def test_a_period_by_hand_may_be_repeated(settled: Company) -> None:
    """ALL-08 law 5: what the timetable imported and what the period finds come once."""
    before, fresh = row_of(post(settled, 61)), ""
    settled.good("cost_import")
    fresh = row_of(post(settled, 62))
    since = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    first = settled.good("cost_import", since=since)
    assert figures(first, "cost_import")["created"] == 1
    mark = settled.sandbox.mark()
    for options in ({"since": since}, {"since": since, "until": datetime.now(UTC).isoformat()}, {}):
        settled.good("cost_import", **options)
    assert settled.sandbox.writes(mark) == []
    assert [len(fees(settled, row)) for row in (before, fresh)] == [1, 1]


def test_a_lost_cursor_brings_nothing_twice(settled: Company) -> None:
    """ALL-08 law 5: everything is read again, and what stands in Severa stands once."""
    rows = [row_of(post(settled, amount)) for amount in (71, 72)]
    settled.good("cost_import")
    with settled.state() as state:
        state.cursors.clear()
    mark = settled.sandbox.mark()
    outcome = settled.good("cost_import")
    assert settled.sandbox.writes(mark) == []
    assert figures(outcome, "cost_import")["unchanged"] >= 2
    assert [len(fees(settled, row)) for row in rows] == [1, 1]


def test_a_row_that_only_a_period_by_hand_met_goes_by_itself_when_its_project_is_there(tenant_file: Company) -> None:
    """PO-14, law 4: it waits for a missing dependency although the cursor has passed it."""
    company, code = tenant_file, only_in_go(tenant_file)
    row = row_of(post(company, 81, project_code=code, account_no=6700))
    company.set(poweroffice__cost_accounts="4000-4999", poweroffice__overlap_minutes=0)
    company.sandbox.advance(120)
    company.good("cost_import")  # the cursor passes the row, whose account is not imported yet
    company.set(poweroffice__cost_accounts="4000-7999")
    company.good("cost_import")
    assert issues(company, row) == []
    company.good("cost_import", since=(datetime.now(UTC) - timedelta(days=2)).isoformat())
    assert code in issues(company, row)[0]
    add_in_severa(company, code)
    company.good("cost_import")
    assert cost(company, row) == (code, 81)
    assert issues(company, row) == []


# ---------------------------------------------------------------- products


@pytest.mark.parametrize(("kind", "wanted"), [("Product", "Materials"), ("Service", "Subcontracting")])
def test_a_product_that_severa_does_not_have_gives_its_type_and_the_default_product(
    settled: Company, kind: str, wanted: str
) -> None:
    """PO-14 PO-10: FixedFees and Materials are Product, Subcontracting is Service."""
    settled.sandbox.act("poweroffice", "create_product", Code=f"K-{kind}", Name=f"Kost {kind}", ProductType=kind)
    row = row_of(post(settled, 45, product_code=f"K-{kind}"))
    settled.good("cost_import")
    (found,) = fees(settled, row)
    assert found["productType"] == wanted
    assert f"cost_product: {found['product']['code']}" in (settled.tenants / f"{settled.name}.yaml").read_text()


def test_each_tenant_has_a_default_product_of_its_own(tenant_file: Company) -> None:
    """PO-14: the setting names it; one that Severa does not have keeps the row waiting with a word."""
    company = tenant_file
    default = fees(company, _imported(company, 46))[0]["product"]["code"]
    other = next(
        row["code"]
        for row in company.sandbox.objects("severa", "products")
        if row["code"] not in (None, "", default) and row["isActive"]
    )
    company.set(poweroffice__cost_product=other)
    assert fees(company, _imported(company, 47))[0]["product"]["code"] == other
    company.set(poweroffice__cost_product="FINNES-IKKE")
    row = _imported(company, 48)
    assert fees(company, row) == []
    assert "FINNES-IKKE" in issues(company, row)[0]
    company.set(poweroffice__cost_product=other)
    company.good("cost_import")
    assert fees(company, row)[0]["product"]["code"] == other


def test_what_the_rows_of_a_run_have_in_common_is_asked_for_once(settled: Company) -> None:
    """PO-14 law 7: the default product, and the currency of a project."""
    code, _ = two_projects(settled)
    rows = [{"project_code": code, "amount": 200 + number} for number in range(5)]
    posted = settled.sandbox.act("poweroffice", "post_purchase_invoice", rows=rows)
    mark = settled.sandbox.mark()
    settled.good("cost_import")
    assert [len(fees(settled, row_of(posted, position))) for position in range(5)] == [1] * 5
    asked = [(one["path"], one["query"]) for one in settled.sandbox.exchanges(mark) if one["method"] == "GET"]
    assert len(asked) == len(set(asked))


def _imported(company: Company, amount: int) -> str:
    row = row_of(post(company, amount))
    company.good("cost_import")
    return row


# ---------------------------------------------------------------- switches


def test_what_is_posted_while_the_job_is_off_comes_when_it_is_on_again(tenant_file: Company) -> None:
    """ALL-11: off for this tenant, whoever asks; nothing is lost."""
    company = tenant_file
    company.set(jobs__cost_import=False)
    row = row_of(post(company, 33))
    mark = company.sandbox.mark()
    since = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    for options in ({}, {"record": row}, {"since": since}, {"retry": True}):
        assert company.run("cost_import", **options).state == "skipped", options
    assert company.sandbox.exchanges(mark) == []
    cycle = company.good()
    assert (cycle.reports["cost_import"].state, fees(company, row)) == ("skipped", [])
    company.set(jobs__cost_import=True)
    company.good("cost_import")
    assert len(fees(company, row)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("job", ["registry_sync", "invoice_export", "invoice_status"])
def test_each_job_has_its_switch_and_the_others_go_on(tenant_file: Company, job: str) -> None:
    """ALL-11: in a cycle the job that is off is told as such and moves nothing; costs come in all the same."""
    company = tenant_file
    company.set(**{f"jobs__{job}": False})
    row = row_of(post(company, 34))
    guid = company.bill()
    outcome = company.good()
    report = outcome.reports[job]
    assert (report.state, report.note, report.counts.read) == ("skipped", "switched off", 0)
    assert {name for name, other in outcome.reports.items() if other.state == "skipped"} == {job}
    assert len(fees(company, row)) == 1
    assert bool(company.orders(guid)) is (job != "invoice_export")
