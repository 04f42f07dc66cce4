"""The audit trail of whole runs: every write, about which record, and never a secret (issue 3, section 5)."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import sqlalchemy as sa

from core.records import Registry, Side
from flows.prune import prune
from state.audit import AuditEntry
from state.store import Store
from tests.support.company import Company, found_company, variables
from tests.support.sandbox import GET_LIKE, Sandbox
from tests.support.scenes import fees, post_costs


def trail(company: Company, record: str | None = None) -> list[AuditEntry]:
    with company.state() as state:
        return state.audit.entries(records=[record] if record else [])


def sent(company: Company, since: int = 0) -> Counter[tuple[str, str]]:
    """What arrived at the systems themselves that could change something: method and path without the system's own."""
    found: Counter[tuple[str, str]] = Counter()
    for one in company.sandbox.exchanges(since):
        if one["method"] != "GET" and not one["path"].endswith(GET_LIKE):
            found[one["method"], one["path"].removeprefix(f"/{one['system']}")] += 1
    return found


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant after its first cycle, of which everything was recorded."""
    founded = found_company(tmp_path_factory.mktemp("audited"), sandbox)
    founded.bill()
    post_costs(founded, 2)
    founded.good()
    return founded


def test_the_trail_of_a_first_cycle_is_what_the_systems_received(company: Company) -> None:
    """Every write once, by method and path; no token call among them."""
    entries = trail(company)
    assert len(entries) > 100
    assert Counter((entry.method, entry.path) for entry in entries) == sent(company)
    assert {entry.system for entry in entries} == {"severa", "poweroffice"}
    assert {entry.outcome for entry in entries} >= {"done"}
    assert len({entry.run for entry in entries}) == 1


def test_every_entry_says_which_record_it_is_about(company: Company) -> None:
    """Registry and id as the desk names it; a create says what it made."""
    entries = trail(company)
    assert [entry.path for entry in entries if entry.record is None] == []
    with company.state() as state:
        customer = next(iter(state.links.all(Registry.CUSTOMERS)))
        made = next(e for e in entries if e.registry == "customers" and e.made and e.path == "/v2/Customers")
        assert made.record is not None
        link = state.links.other_id(Registry.CUSTOMERS, Side.SEVERA, made.record.removeprefix("severa:"))
    assert link == made.made
    assert customer is not None
    assert made.members["Name"]


def test_a_change_of_a_field_shows_the_value_before_and_after(company: Company) -> None:
    """ALL-03."""
    create = next(e for e in trail(company) if e.path == "/v2/Customers" and e.made and "EmailAddress" in e.members)
    assert create.record is not None
    guid = create.record.removeprefix("severa:")
    mark = company.sandbox.mark()
    company.sandbox.act("severa", "edit_customer", guid=guid, members={"email": "ny@example.com"})
    company.good("registry_sync")
    (patch,) = [entry for entry in trail(company, guid) if entry.method == "PATCH"][-1:]
    assert patch.path == f"/v2/Customers/{create.made}"
    assert patch.members["EmailAddress"] == "ny@example.com"
    assert patch.changes["email"] == [create.members["EmailAddress"], "ny@example.com"]
    assert sent(company, mark)["PATCH", patch.path] == 1


def test_the_journey_of_an_invoice_stands_in_the_trail(company: Company) -> None:
    guid = company.bill()
    company.good("invoice_export")
    calls = [(entry.method, entry.template) for entry in trail(company, guid)]
    assert ("POST", "/v2/SalesOrders/Complete") in calls
    assert ("PATCH", "/v1/invoices/{guid}") in calls
    assert {entry.registry for entry in trail(company, guid)} == {"invoices"}


def test_a_cost_stands_in_the_trail_with_what_it_made(company: Company) -> None:
    (row_id,) = post_costs(company, 1)
    company.good("cost_import")
    (entry,) = (entry for entry in trail(company, f"erp:{row_id}") if entry.method == "POST")
    (fee,) = fees(company, row_id)
    assert (entry.registry, entry.made) == ("costs", fee["guid"])


def test_a_refused_write_is_kept_with_its_class(company: Company) -> None:
    guid = company.bill()
    company.sandbox.fault("poweroffice", "POST", "/v2/SalesOrders/Complete", "status:400")
    company.good("invoice_export")
    entry = next(entry for entry in trail(company, guid) if entry.path == "/v2/SalesOrders/Complete")
    assert (entry.status, entry.outcome) == (400, "bad data")


def test_a_preview_leaves_no_trail(company: Company) -> None:
    """Law 2."""
    before = len(trail(company))
    company.bill()
    company.good(preview=True)
    assert len(trail(company)) == before


def test_no_secret_and_no_identity_code_is_in_the_trail(company: Company) -> None:
    """Law 9: looked for in the table as it lies in the database, after the full cycles above."""
    engine = sa.create_engine(f"sqlite:///{company.home / 'state.db'}")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit")).all()
    engine.dispose()
    text = "\n".join(str(tuple(row)) for row in rows)
    assert len(rows) > 100
    secrets = company.sandbox.secrets()
    assert len(secrets) >= 4
    for secret in secrets:
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text
    users = [entry for entry in trail(company) if entry.registry == "users"]
    assert users
    for entry in users:
        assert entry.members.get("Number", "***") == entry.members.get("code", "***") == "***"
        assert all(pair == ["***", "***"] for name, pair in entry.changes.items() if name == "code")


async def test_the_flow_removes_what_is_older_than_it_is_kept(company: Company) -> None:
    """Kept for so many days, then removed; nothing else goes with it."""
    before = trail(company)
    engine = sa.create_engine(f"sqlite:///{company.home / 'state.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE method = 'PATCH'"))
    engine.dispose()
    with variables({**company.environment, "SEVERA_SYNC_AUDIT_DAYS": "30"}):
        state = await prune(return_state=True)
    assert state.name == "Completed"
    left = trail(company)
    assert len(left) == len([entry for entry in before if entry.method != "PATCH"]) > 0
    store = Store.open(f"sqlite:///{company.home / 'state.db'}")
    assert store.tenant(company.name).links.count() > 0
    store.close()
