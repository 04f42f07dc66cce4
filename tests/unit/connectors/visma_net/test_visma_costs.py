"""Supplier invoices and journal transactions as costs (VN-16, VN-18, ALL-08, contract section 13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from erp_server import EMPTY, Erp, page
from rows_of_visma import JOURNAL, SUPPLIER_INVOICE
from scripted import Reply, Request

from connectors.visma_net.adapter import VismaNetAdapter
from core.invoices import CostRow

BILLS, JOURNALS, SUPPLIER = "/v1/supplierInvoice", "/v2/journaltransaction", "/v1/supplier/50012"
BEGIN = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def books(erp: Erp) -> None:
    erp.on("GET", BILLS, EMPTY)
    erp.on("GET", JOURNALS, EMPTY)
    erp.on("GET", SUPPLIER, Reply(200, {"number": "50012", "name": "Fjellgård Geoteknikk AS"}))


async def costs(adapter: VismaNetAdapter, since: datetime | None = None) -> list[CostRow]:
    read = await adapter.cost_rows(since, posted_from=BEGIN, posted_until=None)
    assert read.problems == ()
    return [item for item in read.items if isinstance(item, CostRow)]


def only_gl(request: Request) -> Reply:
    return page([JOURNAL]) if request.query["module"] == ["GL"] else EMPTY


async def test_rows_of_a_supplier_invoice_that_name_a_project_are_costs(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-16: quantity 1, the four parts of the text; VN-18: its own files and those of the document."""
    erp.on("GET", BILLS, page([SUPPLIER_INVOICE]))
    first, second = await costs(adapter)
    assert (first.id, first.voucher_id, first.project_code, first.project_id) == (
        "Invoice/900771/1",
        "Invoice/900771",
        "4711",
        "5512",
    )
    assert (first.quantity, first.unit_price, first.amount, first.currency) == (1, 8200, Decimal("8200.00"), "NOK")
    assert first.description == "Grunnboring, 3 punkter, 900771, 50012, Fjellgård Geoteknikk AS"
    assert first.cost_date == date(2026, 3, 3)
    assert [file.name for file in first.files] == ["Borelogg Ålesund.pdf", "F-22019.pdf"]
    assert ([file.name for file in second.files], second.amount) == (["F-22019.pdf"], Decimal("3150.50"))
    query = erp.only("GET", BILLS).query
    assert (query["expandAttachment"], query["docDate"], query["docDateCondition"]) == (
        ["true"],
        ["2026-01-01"],
        [">="],
    )


@pytest.mark.parametrize(
    ("members", "amounts"),
    [
        ({"status": "Closed"}, [8200, Decimal("3150.5")]),
        ({"documentType": "CreditAdj"}, [8200, Decimal("3150.5")]),
        ({"documentType": "DebitAdj"}, [-8200, Decimal("-3150.5")]),
        ({"documentType": "Prepayment"}, []),
        ({"status": "Hold"}, []),
        ({"status": "Prebooked"}, []),
        ({"status": "Voided"}, []),
        ({"date": "2025-12-31T00:00:00"}, []),
    ],
)
async def test_only_released_documents_of_the_period_count(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], amounts: list[Any]
) -> None:
    """VN-16: a debit adjustment takes back."""
    erp.on("GET", BILLS, page([SUPPLIER_INVOICE | members]))
    assert [cost.amount for cost in await costs(adapter)] == amounts


def lines(*figures: tuple[float, float]) -> list[dict[str, Any]]:
    template = SUPPLIER_INVOICE["invoiceLines"][0]
    return [
        template | {"lineNumber": number, "cost": cost, "discountAmount": discount}
        for number, (cost, discount) in enumerate(figures, start=1)
    ]


@pytest.mark.parametrize(
    ("members", "amounts"),
    [
        ({"invoiceLines": lines((100, 10), (50, 0)), "detailTotal": 150.0}, ["100.00", "50.00"]),
        ({"invoiceLines": lines((100, 10), (50, 0)), "detailTotal": 140.0}, ["90.00", "50.00"]),
        (
            {"invoiceLines": lines((125, 0)), "detailTotal": 125.0, "vatTotal": 25.0, "taxCalculationMode": "Gross"},
            ["100.00"],
        ),
    ],
)
async def test_discounts_and_vat_inside_the_rows_are_taken_out(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], amounts: list[str]
) -> None:
    erp.on("GET", BILLS, page([SUPPLIER_INVOICE | members]))
    assert [str(cost.amount) for cost in await costs(adapter)] == amounts


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"detailTotal": 1.0}, "add up to 11950.50"),
        ({"taxCalculationMode": "Gross", "taxDetailLines": [{}, {}]}, "several rates"),
        ({"invoiceLines": [{"lineNumber": 1, "cost": "much", "project": {"id": "4711"}}]}, "cost"),
        ({"date": None}, "date"),
    ],
)
async def test_what_cannot_be_told_for_certain_is_a_problem_of_that_document(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], said: str
) -> None:
    """Law 3: the others go on."""
    good = SUPPLIER_INVOICE | {"referenceNumber": "900772"}
    erp.on("GET", BILLS, page([SUPPLIER_INVOICE | members, good]))
    read = await adapter.cost_rows(None, posted_from=BEGIN, posted_until=None)
    assert [problem.id for problem in read.problems] == ["900771"]
    assert said in f"{read.problems[0].error}"
    assert {row.voucher_id for row in read.items} == {"Invoice/900772"}


async def test_rows_without_their_files_are_read_from_the_document(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 13: that the list fills them is assumed."""
    bare = [{name: value for name, value in line.items() if name != "attachments"}
            for line in SUPPLIER_INVOICE["invoiceLines"]]  # fmt: skip
    erp.on("GET", BILLS, page([SUPPLIER_INVOICE | {"invoiceLines": bare}]))
    erp.on("GET", f"{BILLS}/Invoice/900771", Reply(200, SUPPLIER_INVOICE))
    first, _ = await costs(adapter)
    assert [file.name for file in first.files] == ["Borelogg Ålesund.pdf", "F-22019.pdf"]


# journal transactions -------------------------------------------------------------------------------------------


async def test_a_debit_that_names_a_project_is_a_cost(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-16: the supplier's name is looked up; both modules are read, the first time from before the period."""
    erp.on("GET", JOURNALS, only_gl)
    (cost,) = await costs(adapter)
    assert (cost.id, cost.amount, cost.project_code) == ("ModuleGL/100348/1", Decimal("2400.00"), "4711")
    assert cost.description == "Leie av måleutstyr, LEIE-10, 50012, Fjellgård Geoteknikk AS"
    asked = erp.calls("GET", JOURNALS)
    assert [request.query["module"] for request in asked] == [["GL"], ["CA"]]
    assert asked[0].query["lastModifiedDateTime"] == ["2025-10-01T00:00:00.000"]


async def test_a_batch_that_was_split_over_pages_is_one(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 4: pages count rows; a row on both pages comes once."""
    rows = JOURNAL["journalTransactionLines"]
    second = rows[0] | {"lineNumber": 3, "debitAmount": 10.0}
    parts = [JOURNAL | {"journalTransactionLines": rows}, JOURNAL | {"journalTransactionLines": [rows[1], second]}]

    def split(request: Request) -> Reply:
        if request.query["module"] != ["GL"]:
            return EMPTY
        return page([parts[int(request.query["pageNumber"][0]) - 1]], total=4, largest=2)

    erp.on("GET", JOURNALS, split)
    assert [(cost.id, cost.amount) for cost in await costs(adapter)] == [
        ("ModuleGL/100348/1", Decimal("2400.00")),
        ("ModuleGL/100348/3", Decimal("10.00")),
    ]


@pytest.mark.parametrize(
    ("members", "line", "amounts"),
    [
        ({"status": "Completed"}, {}, ["2400.00"]),
        ({"status": "PartiallyReleased"}, {}, []),
        ({"status": "Hold"}, {}, []),
        ({"ledger": "BUD"}, {}, []),
        ({}, {"debitAmount": 0.0, "creditAmount": 300.0, "accountNumber": "6540"}, ["-300.00"]),
        ({}, {"debitAmount": 0.0, "creditAmount": 300.0, "accountNumber": "2960"}, []),
        ({}, {"project": {"id": "X"}}, []),
        ({}, {"project": None}, []),
    ],
)
async def test_only_released_postings_of_actual_ledgers_count(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], line: dict[str, Any], amounts: list[str]
) -> None:
    """A credit counts as negative on expense accounts only."""
    row = JOURNAL["journalTransactionLines"][0] | line
    erp.on("GET", JOURNALS, page([JOURNAL | members | {"journalTransactionLines": [row]}]), EMPTY)
    assert [str(cost.amount) for cost in await costs(adapter)] == amounts


async def test_a_party_that_is_no_supplier_may_be_a_customer_or_nobody(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", JOURNALS, only_gl)
    erp.on("GET", SUPPLIER, Reply(404))
    erp.on("GET", "/v1/customer/50012", Reply(404))
    for _ in range(2):
        (cost,) = await costs(adapter)
        assert cost.description == "Leie av måleutstyr, LEIE-10, 50012"
    assert len(erp.calls("GET", SUPPLIER)) == 1


async def test_a_quiet_time_costs_a_call_per_list(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    """Law 7."""
    since = datetime(2026, 3, 10, tzinfo=UTC)
    read = await open_adapter(journal_modules=("GL",)).cost_rows(since, posted_from=BEGIN, posted_until=None)
    assert (read.items, read.started) == ((), since)
    assert erp.story == [f"GET {BILLS}", f"GET {JOURNALS}"]
