"""Refusals whose reason is a project: what a person reads (VN-09, VN-13, law 4)."""

from __future__ import annotations

import pytest
from erp_server import EMPTY, Erp, refusal
from outgoing import outgoing
from rows_of_visma import CUSTOMER, GUID, ITEM, PROJECT
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError
from core.records import Registry

POST, PROJECT_PATH, WHY = "/v2/customerinvoice", "/v1/project/internal/5512", "The project cannot be used."


@pytest.fixture(autouse=True)
def company(erp: Erp) -> None:
    """A customer, a project and an item; no invoice is found."""
    erp.on("GET", "/v1/customer/internal/7312", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM))
    erp.on("GET", PROJECT_PATH, Reply(200, PROJECT))
    erp.on("GET", "/v1/customerinvoice", EMPTY)
    erp.on("GET", "/v1/customerCreditNote", EMPTY)


async def refused(adapter: VismaNetAdapter) -> BadDataError:
    with pytest.raises(BadDataError) as found:
        await adapter.create_invoice(outgoing())
    return found.value


@pytest.mark.parametrize("http", [400, 500])
@pytest.mark.parametrize(
    ("status", "todo"),
    [
        ("Completed", "Reopen the project in Severa"),
        ("Cancelled", "Win the case again in Severa"),
        ("Planned", "Make the project active in Visma.net"),
    ],
)
async def test_a_refused_invoice_names_the_project_that_is_not_active(
    erp: Erp, adapter: VismaNetAdapter, status: str, todo: str, http: int
) -> None:
    erp.on("GET", PROJECT_PATH, Reply(200, PROJECT | {"status": status}))
    erp.on("POST", POST, refusal(http, WHY))
    error = await refused(adapter)
    assert error.what == f"Its project 4711 is {status} in Visma.net, which refused the invoice."
    assert (error.why, error.field) == (WHY, "project")
    assert error.todo.startswith(todo)


async def test_another_reason_stays_as_it_is(erp: Erp, adapter: VismaNetAdapter) -> None:
    """The project is active, or its state cannot be read."""
    erp.on("POST", POST, refusal(400, WHY))
    assert (await refused(adapter)).what.startswith("Visma.net refused POST")
    erp.on("GET", PROJECT_PATH, Raw(b""))
    error = await refused(adapter)
    assert error.what.startswith("Visma.net refused POST")
    assert error.why == WHY


@pytest.mark.parametrize("http", [400, 500])
async def test_a_refused_project_without_a_start_date_says_so(erp: Erp, adapter: VismaNetAdapter, http: int) -> None:
    """VN-09: whether Visma.net wants one is not documented, so it is asked."""
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    erp.on("GET", "/v1/dimension/PROJECT", Reply(200, {"dimensionId": "PROJECT", "length": 4}))
    erp.on("GET", "/v1/project/4711", Reply(404))
    erp.on("POST", "/v1/project", refusal(http, "'Start date' cannot be empty."))
    values = {"number": "4711", "name": "Havn", "customer": "7312", "active": True}
    with pytest.raises(BadDataError, match="no start date in Severa") as found:
        await adapter.create(Registry.PROJECTS, values, GUID)
    assert (found.value.field, found.value.why) == ("startDate", "'Start date' cannot be empty.")
