"""A tenant of the simulated systems: its file, its state, and runs of its jobs in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from cli.init import init
from cli.running import run_flow
from core.issues import Issue
from core.transfers import Transfer
from state.store import Store, TenantState
from tests.support.sandbox import Row, Sandbox

if TYPE_CHECKING:
    from flows.running import Outcome

NAME = "fjord"
STATUSES = {
    "trigger": "Send to PowerOffice",
    "transferred": "In PowerOffice",
    "sent": "Sent",
    "paid": "Paid",
    "failed": "Failed invoices",
}
"""Role -> name of the status in the simulated Severa."""


@dataclass
class Company:
    """One customer company: its tenant file and its home, and the sandbox that it works on."""

    folder: Path
    sandbox: Sandbox
    name: str = NAME
    database: str | None = None
    """URL of the state database; None for a SQLite file in the home."""

    @property
    def home(self) -> Path:
        """`SEVERA_SYNC_HOME`."""
        return self.folder / "home"

    @property
    def tenants(self) -> Path:
        """`SEVERA_SYNC_TENANTS`."""
        return self.folder / "tenants"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to run this tenant."""
        found = {"SEVERA_SYNC_HOME": str(self.home), "SEVERA_SYNC_TENANTS": str(self.tenants)}
        return found if self.database is None else {**found, "SEVERA_SYNC_DATABASE_URL": self.database}

    @property
    def statuses(self) -> Mapping[str, str]:
        """Role -> name of the status in Severa."""
        return STATUSES

    # runs ---------------------------------------------------------------------------------------------------------

    def run(self, job: str = "cycle", **options: Any) -> Outcome:
        """Run a job's flow as the command line does; what it came to."""
        with variables(self.environment):
            return run_flow(job, self.name, options, quiet=True)

    def good(self, job: str = "cycle", **options: Any) -> Outcome:
        """The same; it must not fail."""
        outcome = self.run(job, **options)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.state in {"completed", "completed with issues"}, (outcome.state, outcome.note)
        return outcome

    # settings and state ---------------------------------------------------------------------------------------------

    def set(self, **values: Any) -> None:
        """Edit the tenant file: `severa__statuses__failed="Failed"`; None takes a setting out."""
        path, yaml = self.tenants / f"{self.name}.yaml", YAML()
        document = yaml.load(path)
        for name, value in values.items():
            *way, last = name.split("__")
            place = document
            for step in way:
                place = place[step]
            if value is None:
                place.pop(last, None)
            else:
                place[last] = value
        with path.open("w") as stream:
            yaml.dump(document, stream)

    @contextmanager
    def state(self) -> Iterator[TenantState]:
        """The tenant's state in the database."""
        store = Store.open(self.database or f"sqlite:///{self.home / 'state.db'}")
        try:
            yield store.tenant(self.name)
        finally:
            store.close()

    def transfer(self, guid: str) -> Transfer:
        """An invoice's row on the ledger."""
        with self.state() as state:
            found = state.transfers.get(guid)
        assert found is not None, f"{guid} is not on the ledger"
        return found

    def ledger(self) -> dict[str, Transfer]:
        """The whole ledger by Severa's guid."""
        with self.state() as state:
            return {transfer.severa_id: transfer for transfer in state.transfers.all()}

    def issues(self, scope: str | None = None, guid: str | None = None) -> list[Issue]:
        """Open issues of a scope, or of one Severa invoice."""
        with self.state() as state:
            found = state.issues.open(scope)
        return [issue for issue in found if guid is None or issue.record == f"severa:{guid}"]

    # what stands in the systems ---------------------------------------------------------------------------------------

    def invoice(self, guid: str) -> Row:
        """An invoice as Severa stores it."""
        return next(row for row in self.sandbox.objects("severa", "invoices") if row["guid"] == guid)

    def status(self, guid: str) -> str:
        """The name of its status."""
        return str(self.invoice(guid)["status"]["name"])

    def orders(self, guid: str) -> list[Row]:
        """Everything in PowerOffice that carries the invoice's reference: unsent orders and sent invoices."""
        rows = [*self.sandbox.objects("poweroffice", "SalesOrders")]
        rows += self.sandbox.objects("poweroffice", "OutgoingInvoices")
        return [row for row in rows if (row.get("ExternalImportReference") or "")[:36] == guid]

    def order(self, guid: str) -> Row:
        """The one of them; fails when there is none or more."""
        (found,) = self.orders(guid)
        return found

    def bill(self, *rows: Mapping[str, Any], project: int | None = None, trigger: bool = True, **more: Any) -> str:
        """A person makes an invoice on a billable project, by default on the trigger status; its guid."""
        lines = rows or ({"code": "STD", "quantity": 2, "unit_price": 1500, "vat_rate": 25},)
        status = {"status": self.statuses["trigger"]} if trigger else {}
        made = self.sandbox.act(
            "severa", "create_invoice", project=project or self.billable(), rows=list(lines), **status, **more
        )
        return str(made["guid"])

    def billable(self) -> int:
        """Number of a won, open project of a Norwegian customer that is in both systems."""
        world = self.sandbox.world
        return next(
            project.number
            for project in world.projects
            if project.number is not None and project.state == "Won" and not project.is_closed and project.in_severa
            and project.currency == "NOK" and project.customer is not None
            and (customer := world.customers[project.customer]).number is not None and customer.in_erp
            and customer.is_active and not customer.is_internal and customer.payment_term in {7, 14, 30}
        )  # fmt: skip

    def move(self, guid: str, role: str) -> None:
        """A person puts the invoice on the status of a role."""
        self.sandbox.act("severa", "set_invoice_status", guid=guid, status=self.statuses[role])


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for the time of a block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def found_company(folder: Path, sandbox: Sandbox, name: str = NAME) -> Company:
    """Write a tenant of the sandbox into a folder."""
    company = Company(folder, sandbox, name)
    init(name, "poweroffice", folder=company.tenants, home=company.home, from_sandbox=sandbox.ready)
    start = datetime.now(UTC).date() - timedelta(days=2)  # today here may be yesterday in the simulated PowerOffice
    company.set(poweroffice__cost_from=start.isoformat())
    return company


def figures(outcome: Outcome, job: str) -> dict[str, int]:
    """The seven figures of a job."""
    return outcome.reports[job].counts.as_dict()


def wrote(outcome: Outcome) -> int:
    """Records created or updated in the whole run."""
    return sum(report.counts.wrote for report in outcome.reports.values())
