"""Into the books: off hold, released, with number and payment reference (VN-11, ALL-06, contract section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from erp_server import CHANGED, Erp, refusal
from rows_of_visma import INVOICE, OPEN
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, GoneError, TransientError
from core.invoices import ErpInvoiceState

ONE, ACT, ID = "/v1/customerinvoice/20260100", "/v1/customerinvoice/20260100/action/release", "invoice:20260100"
BALANCED = INVOICE | {"status": "Balanced", "hold": False, "timeStamp": "B"}


def result(word: str, info: str | None = None) -> Reply:
    return Reply(200, {"actionId": None, "actionResult": word, "errorInfo": info})


async def test_a_document_is_taken_off_hold_released_and_read(erp: Erp, adapter: VismaNetAdapter) -> None:
    """ALL-06: the number and the payment reference are final then."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, OPEN))
    erp.on("PUT", ONE, CHANGED)
    erp.on("POST", ACT, result("Done"))
    document = await adapter.release_invoice(ID)
    assert erp.story == [f"GET {ONE}", f"PUT {ONE}", f"POST {ACT}", f"GET {ONE}"]
    assert (document.number, document.payment_reference) == ("20260100", "202600010047119")
    assert document.state is ErpInvoiceState.SENT
    assert erp.only("PUT", ONE).json == {"hold": {"value": False}}
    assert erp.only("PUT", ONE).headers["if-match"] == '"AAAAAAB4AAE="'
    assert erp.only("POST", ACT).json == {}


@pytest.mark.parametrize(
    ("wish", "state", "calls"),
    [("hold", INVOICE, 0), ("balanced", BALANCED, 1)],
)
async def test_the_tenant_says_how_far_a_document_goes(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], wish: str, state: dict[str, Any], calls: int
) -> None:
    """With hold and balanced the number goes back right after the check."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, state))
    erp.on("PUT", ONE, CHANGED)
    document = await open_adapter(after_transfer=wish).release_invoice(ID)
    assert (document.number, len(erp.calls("PUT", ONE))) == ("20260100", calls)


async def test_a_release_that_was_interrupted_goes_on_from_where_it_stands(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Released by an earlier run, or by a person: nothing is done again."""
    erp.on("GET", ONE, Reply(200, OPEN))
    assert (await adapter.release_invoice(ID)).number == "20260100"
    assert erp.story == [f"GET {ONE}"]


async def test_a_queued_release_is_waited_for(erp: Erp, open_adapter: Callable[..., VismaNetAdapter]) -> None:
    erp.on("GET", ONE, *[Reply(200, BALANCED)] * 3, Reply(200, OPEN))
    erp.on("POST", ACT, result("Queued"))
    assert (await open_adapter(release_seconds=30.0).release_invoice(ID)).number == "20260100"


async def test_one_that_takes_too_long_is_the_next_run_s(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", ONE, Reply(200, BALANCED))
    erp.on("POST", ACT, result("InProcess"))
    with pytest.raises(TransientError, match="not released yet"):
        await adapter.release_invoice(ID)


async def test_a_lost_answer_is_settled_by_the_document(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 9: look up first."""
    erp.on("GET", ONE, Reply(200, BALANCED), Reply(200, OPEN))
    erp.on("POST", ACT, Raw(b""))
    assert (await adapter.release_invoice(ID)).number == "20260100"
    assert len(erp.calls("POST", ACT)) == 1


@pytest.mark.parametrize(
    "answer", [result("Failed", "The period is closed."), refusal(500, "The period is closed."),
               refusal(400, "The period is closed.")]
)  # fmt: skip
async def test_a_refused_release_leaves_the_draft_and_says_why(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply
) -> None:
    erp.on("GET", ONE, Reply(200, BALANCED))
    erp.on("POST", ACT, answer)
    with pytest.raises(BadDataError) as refused:
        await adapter.release_invoice(ID)
    assert refused.value.why == "The period is closed."


@pytest.mark.parametrize(
    "answer", [result("InProcess"), result("Failed", "On hold."), refusal(500, "On hold."), refusal(400, "On hold.")]
)
async def test_a_draft_that_stays_on_hold_names_the_setting_that_may_be_the_reason(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply
) -> None:
    """Section 15."""
    erp.on("GET", ONE, Reply(200, INVOICE))
    erp.on("PUT", ONE, CHANGED)
    erp.on("POST", ACT, answer)
    with pytest.raises(BadDataError, match="stays on hold") as refused:
        await adapter.release_invoice(ID)
    assert "AR101000" in refused.value.todo


async def test_somebody_else_s_change_is_met_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    edited = INVOICE | {"timeStamp": "E"}
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, edited), Reply(200, OPEN))
    erp.on("PUT", ONE, Reply(412), CHANGED)
    erp.on("POST", ACT, result("Done"))
    assert (await adapter.release_invoice(ID)).number == "20260100"
    assert [put.headers["if-match"] for put in erp.calls("PUT", ONE)] == ['"AAAAAAB4AAE="', '"E"']


async def test_another_state_is_for_a_person(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", ONE, Reply(200, INVOICE | {"status": "CreditHold", "hold": False}))
    with pytest.raises(BadDataError, match="CreditHold"):
        await adapter.release_invoice(ID)
    erp.on("GET", ONE, Reply(404))
    with pytest.raises(GoneError):
        await adapter.release_invoice(ID)


@pytest.mark.parametrize("answer", [refusal(400, "Released."), refusal(404, "Not found.")])
async def test_a_document_that_somebody_else_released_meanwhile_is_in_the_books(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply
) -> None:
    """A released document takes no change and no second release: its own state says that all is done."""
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(200, OPEN))
    erp.on("PUT", ONE, answer)
    assert (await adapter.release_invoice(ID)).number == "20260100"
    erp.on("GET", ONE, Reply(200, BALANCED), Reply(200, OPEN))
    erp.on("POST", ACT, answer)
    assert (await adapter.release_invoice(ID)).number == "20260100"


async def test_a_draft_that_is_gone_before_it_is_taken_off_hold_is_gone(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("GET", ONE, Reply(200, INVOICE), Reply(404))
    erp.on("PUT", ONE, refusal(404, "Not found."))
    with pytest.raises(GoneError):
        await adapter.release_invoice(ID)
