"""Scenes that several tests set, and what must be true after them, looked up in the simulated systems themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from core.errors import ErrorClass
from core.transfers import Transfer, TransferState
from tests.support.company import STATUSES, Company
from tests.support.sandbox import Row

KEY_FIELD = "invoiceRowComment"


def assert_transferred(company: Company, guid: str, *, attempt: int = 1) -> Row:
    """Exactly one order, unsent, under the reference of that attempt; Severa and the ledger say so; no open issue."""
    order = company.order(guid)
    transfer = company.transfer(guid)
    assert order["ExternalImportReference"] == (guid if attempt == 1 else f"{guid}-{attempt}")
    assert (transfer.state, transfer.erp_id) == (TransferState.REPORTED, order["Id"]), transfer
    assert company.status(guid) == STATUSES["transferred"]
    assert company.issues(guid=guid) == []
    return order


def assert_kept_back(company: Company, guid: str, *, status: str = "failed") -> Transfer:
    """No order, rejected on the ledger, on that status in Severa, and one open issue that says why and what to do."""
    assert company.orders(guid) == []
    transfer = company.transfer(guid)
    assert transfer.state is TransferState.REJECTED, transfer
    assert transfer.erp_id is None
    assert company.status(guid) == STATUSES[status]
    lasting = (ErrorClass.BAD_DATA, ErrorClass.MISSING_DEPENDENCY)
    (issue,) = (issue for issue in company.issues(guid=guid) if issue.error_class in lasting)
    assert issue.what
    assert issue.todo
    return transfer


def wrong_total(company: Company, by: str = "0.06", **more: Any) -> str:
    """A person makes an invoice of 2 x 1500 at 25 % whose stored total in Severa is off by an amount."""
    return company.bill(total_including_tax=str(3750 + float(by)), **more)


def correct_total(company: Company, guid: str, **row: Any) -> None:
    """A person corrects the first row, by which Severa calculates its total anew, and puts the status back."""
    changes = row or {"unit_price": "1500", "description": "Rettet"}
    company.sandbox.act("severa", "edit_invoice_row", guid=guid, row=0, **changes)
    company.move(guid, "trigger")


def two_projects(company: Company) -> tuple[str, str]:
    """Codes of two open projects that stand in both systems."""
    numbers = {str(row["number"]) for row in company.sandbox.objects("severa", "projects") if not row["isClosed"]}
    numbers -= {str(row["number"]) for row in company.sandbox.objects("severa", "projects") if row["isInternal"]}
    codes = [row["Code"] for row in company.sandbox.objects("poweroffice", "Projects") if row["IsActive"]]
    first, second, *_ = [code for code in codes if code in numbers]
    return first, second


def post_costs(company: Company, count: int = 2) -> list[str]:
    """A supplier's invoice with that many rows on projects; the ids of its ledger rows."""
    codes = two_projects(company)
    rows = [
        {"amount": 100 + number, "quantity": 1, "project_code": codes[number % 2], "description": f"Vare {number}"}
        for number in range(count)
    ]
    posted = company.sandbox.act("poweroffice", "post_purchase_invoice", rows=rows)
    return [str(row["Id"]) for row in posted["rows"]]


def delete_in_severa(company: Company, path: str, scope: str) -> None:
    """Somebody with other credentials' rights removes an object."""
    access = company.sandbox.access["severa"]
    secrets = {name: access[name] for name in ("client_id", "client_secret")}
    with httpx.Client(base_url=access["base_url"], headers={"Client_Id": access["client_id"]}) as client:
        token = client.post("/v1/token", json={**secrets, "scope": scope}).json()["access_token"]
        answer = client.delete(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 204, answer.text


def fees(company: Company, row_id: str) -> list[Row]:
    """Severa's project costs that carry the key of a ledger row."""
    found = company.sandbox.objects("severa", "projectfees")
    return [fee for fee in found if (fee.get(KEY_FIELD) or "").endswith(f":{row_id}")]


def a_day_later(company: Company) -> None:
    """The last full read of the invoice states was two days ago."""
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with company.state() as state:
        assert state.cursors.get("erp.invoices") is not None
        state.cursors.set("erp.invoices", long_ago, full=True, ours_at=long_ago)
