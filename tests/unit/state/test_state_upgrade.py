"""A filled database of every earlier revision is brought up to date without loss (issue 3, section 9)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from core.errors import ErrorClass
from core.issues import IssueState
from core.records import Registry, Side
from core.transfers import TransferState
from state.engine import WRITES
from state.schema import REVISION
from state.store import Store
from tests.support.revisions import made_at

EARLIER = [f"{number:04}" for number in range(1, int(REVISION))]
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROWS = {
    "links": {
        "registry": "customers", "severa_id": "s1", "erp_id": "e1", "key": "10", "severa_state": "{}",
        "erp_state": "{}", "drift": "{}", "linked_at": AT, "updated_at": AT,
    },
    "cursors": {"name": "severa.customers", "value": AT, "full_at": AT},
    "transfers": {
        "severa_id": "i1", "state": "created", "stage": "none", "reference": "i1", "generation": 1, "attempts": 1,
        "erp_id": "o1", "severa_total": "100.00", "updated_at": AT,
    },
    "transfer_events": {"id": 1, "severa_id": "i1", "at": AT, "after": "created"},
    "costs": {"key": "poweroffice:1", "state": "done", "details": "{}", "intended_at": AT, "updated_at": AT},
    "issues": {
        "scope": "customers", "record": "severa:s1", "cause": "bad data", "label": "10 Ærlig AS",
        "error_class": "bad data", "what": "w", "why": "", "todo": "t", "state": "open", "first_seen": AT,
        "last_seen": AT, "opened_at": AT, "count": 7,
    },
    "remembered": {"registry": "customers", "severa_id": "s1", "reason": "an invoice", "at": AT},
    "facts": {"name": "access", "value": "{}", "at": AT},
    "tokens": {"system": "severa", "salt": "00", "sealed": "x", "expires_at": AT},
    "runs": {"id": "r1", "job": "cycle", "mode": "sync", "state": "completed", "started": AT, "counts": "{}"},
}  # fmt: skip


def filled(url: str, revision: str) -> None:
    """A database as that revision's program left it, with a row in every table."""
    engine = made_at(url, revision)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        tables = sa.MetaData()
        tables.reflect(connection)
        for name, row in ROWS.items():
            connection.execute(tables.tables[name].insert(), [{"tenant": "fjord", **row}])
    engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
def test_an_earlier_database_is_brought_up_to_date_with_all_its_rows(url: str, revision: str) -> None:
    filled(url, revision)
    store = Store.open(url)
    try:
        fjord = store.tenant("fjord")
        assert fjord.links.other_id(Registry.CUSTOMERS, Side.SEVERA, "s1") == "e1"
        cursor = fjord.cursors.get("severa.customers")
        assert cursor is not None
        assert (cursor.value, cursor.full_at) == (AT, AT)
        (transfer,) = fjord.transfers.all()
        assert (transfer.state, transfer.erp_id, str(transfer.severa_total)) == (TransferState.CREATED, "o1", "100.00")
        assert len(fjord.transfers.history("i1")) == 1
        assert fjord.costs.get("poweroffice:1") is not None
        (issue,) = fjord.issues.all()
        assert (issue.count, issue.failures, issue.state) == (7, 1, IssueState.OPEN)
        assert issue.error_class is ErrorClass.BAD_DATA
        assert fjord.issues.untold() == [issue]
        assert fjord.remembered.known(Registry.CUSTOMERS, ["s1"]) == {"s1"}
        assert fjord.runs.last() is not None
        assert fjord.audit.entries() == []
    finally:
        store.close()
