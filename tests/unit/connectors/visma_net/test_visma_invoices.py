"""Invoices and credit notes out, on hold (VN-10 to VN-12, VN-14, ALL-05, contract section 11)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from erp_server import CHANGED, EMPTY, Erp, made, page, refusal
from outgoing import outgoing, row
from rows_of_visma import CUSTOMER, GUID, INVOICE, ITEM, OPEN, PROJECT
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, ConfigurationError, MissingDependencyError, OutcomeUnknownError
from core.invoices import Deletion, ErpInvoiceState, Tax
from core.money import Money
from core.records import Registry

POST, NOTE = "/v2/customerinvoice", "/v2/customerCreditNote"
ONE, ONE_NOTE = "/v1/customerinvoice/20260100", "/v1/customerCreditNote/20260101"


@pytest.fixture(autouse=True)
def company(erp: Erp) -> None:
    """A customer, a project and an item; every create is answered."""
    erp.on("GET", "/v1/customer/internal/7312", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/project/internal/5512", Reply(200, PROJECT))
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM))
    erp.on("POST", POST, made("http://api.example/v2/customerinvoice/20260100"))
    erp.on("GET", ONE, Reply(200, INVOICE))


def sent(erp: Erp, path: str = POST) -> dict[str, Any]:
    found: dict[str, Any] = erp.only("POST", path).json
    return found


async def test_an_invoice_is_made_on_hold_as_the_sample_makes_it(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    """VN-10, VN-11, VN-14: texts together, not to AutoInvoice, task 10, under its branch, our reference as note."""
    adapter = open_adapter(units={"h": "TIME"}, text_labels={"our_reference": "Vår referanse"})
    document = await adapter.create_invoice(outgoing(business_unit_id="3"))
    assert sent(erp) == {
        "customerNumber": {"value": "10047"},
        "contact": {"value": 15390},
        "documentDate": {"value": "2026-03-05"},
        "documentDueDate": {"value": "2026-03-19"},
        "invoiceText": {
            "value": "Vår referanse: Åsa Lindström\nBjørn Ødegård\nMerk: PO\nTakk for oppdraget.\nVennlig hilsen"
        },
        "externalReference": {"value": "Bjørn Ødegård"},
        "customerRefNumber": {"value": "PO-55812"},
        "creditTermsId": {"value": "N14"},
        "currencyId": {"value": "NOK"},
        "branchNumber": {"value": "1"},
        "project": {"value": "4711"},
        "sendToAutoInvoice": {"value": False},
        "dontPrint": {"value": True},
        "dontEmail": {"value": True},
        "note": {"value": f"severa:invoice:{GUID}#1"},
        "hold": {"value": True},
        "invoiceLines": [
            {
                "operation": "Insert",
                "inventoryNumber": {"value": "RÅD-10"},
                "description": {"value": "Rådgivning februar"},
                "quantity": {"value": 12.5},
                "unitPriceInCurrency": {"value": 1450.0},
                "uom": {"value": "TIME"},
                "branchNumber": {"value": "1"},
                "taskId": {"value": "10"},
            }
        ],
    }
    assert (document.id, document.state, document.number) == ("invoice:20260100", ErpInvoiceState.DRAFT, None)
    assert (document.order_number, document.reference) == ("20260100", GUID)
    assert document.total == Money(Decimal("23734.25"), "NOK")
    assert document.taxes == (Tax(Decimal("25.0"), Decimal("18987.40"), Decimal("4746.85")),)


async def test_a_credit_note_takes_back_in_positive_quantities_and_shows_a_negative_total(
    erp: Erp, adapter: VismaNetAdapter
) -> None:
    """VN-12: no terms, no due date; a row that goes the other way keeps its sign."""
    erp.on("POST", NOTE, made("/v2/customerCreditNote/20260101"))
    read = INVOICE | {"documentType": "CreditNote", "referenceNumber": "20260101", "balanceInCurrency": 1812.5}
    erp.on("GET", ONE_NOTE, Reply(200, read))
    going = outgoing(
        row(quantity=Decimal(-1)),
        row(quantity=Decimal(2), unit_price=Decimal(-100)),
        row(quantity=Decimal(1), unit_price=Decimal(50)),
        total="-1812.50",
        is_credit_note=True,
    )
    document = await adapter.create_invoice(going)
    body = sent(erp, NOTE)
    assert not {"creditTermsId", "documentDueDate", "invoiceLines"} & body.keys()
    figures = [(line["quantity"]["value"], line["unitPriceInCurrency"]["value"]) for line in body["lines"]]
    assert figures == [(1, 1450.0), (2, 100), (-1, 50)]
    assert (document.id, document.total) == ("credit_note:20260101", Money(Decimal("-1812.50"), "NOK"))


@pytest.mark.parametrize(
    ("members", "total"),
    [
        ({"amountInCurrency": 100.0, "balanceInCurrency": 40.0}, "100.00"),
        ({"amountInCurrency": 0.0, "balanceInCurrency": 40.0}, "40.00"),
        ({"balanceInCurrency": 0.0, "discountTotalInCurrency": 10.0}, "23724.25"),
        ({"balanceInCurrency": None, "amountInCurrency": None}, "23734.25"),
        ({"balanceInCurrency": 0.1 + 0.2}, "0.30"),
    ],
)
async def test_the_total_is_the_first_that_is_filled(
    erp: Erp, adapter: VismaNetAdapter, members: dict[str, Any], total: str
) -> None:
    """VN-11, section 11: which of them is filled on hold is not known; a double's noise does not count."""
    erp.on("GET", ONE, Reply(200, INVOICE | members))
    document = await adapter.invoice("invoice:20260100")
    assert document is not None
    assert document.total == Money(Decimal(total), "NOK")


@pytest.mark.parametrize(("direction", "expected"), [("send", 11.5), ("reciprocal", 0.08695652), ("omit", None)])
async def test_a_foreign_currency_takes_its_rate_in_the_direction_that_the_tenant_says(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], direction: str, expected: float | None
) -> None:
    adapter = open_adapter(exchange_rate=direction)
    await adapter.create_invoice(outgoing(currency="EUR", exchange_rate=Decimal("11.5")))
    rate = sent(erp).get("exchangeRate")
    assert rate == (None if expected is None else {"value": expected})


@pytest.mark.parametrize(
    ("going", "error", "said"),
    [
        (outgoing(row(codes=("A", "B"), code=None)), BadDataError, "several product codes"),
        (outgoing(row(codes=(), code=None)), BadDataError, "no product code"),
        (outgoing(payment_term=45), MissingDependencyError, "45 days"),
        (outgoing(currency="USD"), BadDataError, "USD is not used"),
        (outgoing(business_unit_id="99"), BadDataError, "branch"),
    ],
)
async def test_what_cannot_go_is_found_before_anything_is_sent(
    erp: Erp, adapter: VismaNetAdapter, going: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        await adapter.create_invoice(going)
    assert erp.calls("POST", POST) == []


async def test_an_item_that_may_not_be_sold_is_waited_for(erp: Erp, adapter: VismaNetAdapter) -> None:
    """And looked for again once an item was written."""
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM | {"status": "NoSales"}))
    with pytest.raises(MissingDependencyError) as missing:
        await adapter.create_invoice(outgoing())
    assert missing.value.needs == "products:RÅD-10"
    assert await adapter.missing_products(["RÅD-10"]) == {"RÅD-10"}
    assert len(erp.calls("GET", "/v1/inventory/RÅD-10")) == 1


async def test_several_terms_of_so_many_days_are_a_choice_of_the_tenant(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    terms = [{"termsId": term, "visibleTo": "AL", "dueDateType": "N", "dueDay1": 14} for term in ("A", "B")]
    erp.on("GET", "/v1/creditTerm", Reply(200, {"totalCount": 2, "records": terms}))
    with pytest.raises(ConfigurationError, match="2 credit terms of 14 days"):
        await open_adapter().create_invoice(outgoing())
    await open_adapter(credit_terms={14: "B"}).create_invoice(outgoing())
    assert sent(erp)["creditTermsId"] == {"value": "B"}


@pytest.mark.parametrize("rule", ["none", "refuse"])
async def test_an_invoice_of_several_projects_goes_under_none_or_not_at_all(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], rule: str
) -> None:
    going = outgoing(project_id=None, project_ids=("a", "b"))
    adapter = open_adapter(multi_project=rule)
    if rule == "refuse":
        with pytest.raises(BadDataError, match="2 projects"):
            await adapter.create_invoice(going)
        return
    document = await adapter.create_invoice(going)
    assert sent(erp)["project"] == {"value": "X"}
    assert "taskId" not in sent(erp)["invoiceLines"][0]
    assert document.remarks == ("It has several projects in Severa and none in Visma.net.",)


async def test_a_row_without_a_code_takes_the_tenant_s_item_and_long_texts_are_cut_and_told(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    adapter = open_adapter(default_item="RÅD-10", longest_texts={"description": 5, "externalReference": 40})
    document = await adapter.create_invoice(outgoing(row(code=None, codes=())))
    line = sent(erp)["invoiceLines"][0]
    assert (line["inventoryNumber"], line["description"]) == ({"value": "RÅD-10"}, {"value": "Rådgi"})
    assert document.remarks == ("row 1: description was cut from 18 to 5 characters.",)


# refusals and lost answers --------------------------------------------------------------------------------------


async def test_what_visma_net_cannot_find_is_waited_for(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("POST", POST, refusal(400, "TaxCategoryID '0' cannot be found in the system."))
    with pytest.raises(MissingDependencyError) as refused:
        await adapter.create_invoice(outgoing())
    assert (refused.value.field, refused.value.needs) == ("TaxCategoryID", "TaxCategoryID:0")
    assert refused.value.why == "TaxCategoryID '0' cannot be found in the system."


@pytest.mark.parametrize("answer", [Raw(b""), Reply(201), Reply(500), Reply(504), Reply(201, b"{", {"Location": "/1"})])
async def test_an_answer_that_says_nothing_leaves_open_what_was_made(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply | Raw
) -> None:
    """ALL-05: one call, whatever came back."""
    erp.on("POST", POST, answer)
    with pytest.raises(OutcomeUnknownError):
        await adapter.create_invoice(outgoing())
    assert len(erp.calls("POST", POST)) == 1


async def test_500_with_a_reason_is_looked_up_at_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    """ALL-05: refused data comes as 500 too: found it stands, else it was refused."""
    erp.on("POST", POST, refusal(500, "The customer is on credit hold."))
    erp.on("GET", "/v1/customerinvoice", EMPTY)
    erp.on("GET", "/v1/customerCreditNote", EMPTY)
    with pytest.raises(BadDataError) as refused:
        await adapter.create_invoice(outgoing())
    assert refused.value.why == "The customer is on credit hold."
    erp.on("GET", "/v1/customerinvoice", page([INVOICE]))
    assert (await adapter.create_invoice(outgoing())).id == "invoice:20260100"


async def test_a_document_that_cannot_be_read_stands_all_the_same(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Its number came with the answer: it must not be lost."""
    erp.on("GET", ONE, Reply(400))
    document = await adapter.create_invoice(outgoing())
    assert (document.id, document.total) == ("invoice:20260100", None)


# removal --------------------------------------------------------------------------------------------------------


async def test_a_draft_is_deleted_and_looked_for_until_it_is_gone(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-11."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(404))
    erp.on("DELETE", ONE, CHANGED)
    assert await adapter.delete_invoice("invoice:20260100") == (Deletion.GONE, "")


@pytest.mark.parametrize("before", [INVOICE, OPEN])
async def test_a_released_document_stays(erp: Erp, adapter: VismaNetAdapter, before: dict[str, Any]) -> None:
    """A person may be quicker than the look, or than the call."""
    erp.on("GET", ONE, Reply(200, before), Reply(200, OPEN))
    erp.on("DELETE", ONE, refusal(400, "Released documents cannot be deleted."))
    outcome, word = await adapter.delete_invoice("invoice:20260100")
    assert (outcome, "20260100" in word) == (Deletion.SENT_MEANWHILE, True)


async def test_a_refused_deletion_says_why(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    erp.on("DELETE", ONE, refusal(500, "Locked by another process."))
    adapter = open_adapter()
    assert await adapter.delete_invoice("invoice:20260100") == (Deletion.REFUSED, "Locked by another process.")
    erp.on("GET", ONE, Reply(404))
    assert await adapter.delete_invoice("invoice:20260100") == (Deletion.GONE, "")
    assert await adapter.delete_invoice("no such id") == (Deletion.GONE, "")


async def test_an_item_that_was_written_meanwhile_is_asked_for_again(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", "/v1/inventory/NY", Reply(404))
    assert await adapter.missing_products(["NY"]) == {"NY"}
    erp.on("GET", "/v1/inventory/internal/10233", Reply(200, ITEM))
    await adapter.update(Registry.PRODUCTS, "10233", {})
    erp.on("GET", "/v1/inventory/NY", Reply(200, ITEM | {"inventoryNumber": "NY"}))
    assert await adapter.missing_products(["NY"]) == frozenset()
