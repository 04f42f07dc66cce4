"""A tenant of the simulated Severa and Visma.net: what `company.py` is for PowerOffice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.init import init
from tests.support.company import Company
from tests.support.sandbox import Row, Sandbox

NAME = "vestfjord"
STATUSES = {
    "trigger": "Send to Financials",
    "transferred": "In Financials, send to customer",
    "sent": "Sent",
    "partially_paid": "Partially paid",
    "paid": "Paid",
    "failed": "Failed invoices",
}
"""Role -> name of the status in a Severa that is set up for Visma.net (VN-13)."""


@dataclass
class VismaNetCompany(Company):
    """One customer company that books in Visma.net."""

    name: str = NAME

    @property
    def statuses(self) -> Mapping[str, str]:
        """Role -> name of the status in Severa."""
        return STATUSES

    def visma(self, action: str, **given: Any) -> Row:
        """What a person does in Visma.net's screens."""
        return self.sandbox.act("visma_net", action, **given)

    def objects(self, kind: str) -> list[Row]:
        """Everything of a kind that Visma.net stores."""
        return self.sandbox.objects("visma_net", kind)

    def documents(self, guid: str) -> list[Row]:
        """Every invoice and credit note in Visma.net whose note names the Severa invoice, of any attempt."""
        rows = [*self.objects("CustomerInvoices"), *self.objects("CustomerCreditNotes")]
        return [row for row in rows if guid in (row.get("note") or "")]

    def document(self, guid: str) -> Row:
        """The one of them; fails when there is none or more."""
        (found,) = self.documents(guid)
        return found

    def billable(self) -> int:
        """Number of a won, open project of a Norwegian customer; it stands in Visma.net and is linked."""
        return self.billables()[0]

    def billables(self) -> list[int]:
        """Numbers of all such projects."""
        active = {row["projectID"] for row in self.objects("Projects") if row["status"] == "Active"}
        world = self.sandbox.world
        return [
            project.number
            for project in world.projects
            if project.number is not None and project.state == "Won" and not project.is_closed and project.in_severa
            and not project.is_internal and project.currency == "NOK" and project.customer is not None
            and (customer := world.customers[project.customer]).number is not None and customer.in_erp
            and customer.is_active and not customer.is_internal and customer.payment_term in {7, 14, 30}
            and customer.headquarter is not None and customer.headquarter.country == "NO"
            and str(project.number) in active
        ]  # fmt: skip


def found_visma_net_company(folder: Path, sandbox: Sandbox, name: str = NAME) -> VismaNetCompany:
    """Write a tenant of the sandbox into a folder. Serve the sandbox with `erp="visma_net"`."""
    company = VismaNetCompany(folder, sandbox, name)
    init(name, "visma_net", folder=company.tenants, home=company.home, from_sandbox=sandbox.ready)
    start = datetime.now(UTC).date() - timedelta(days=2)
    company.set(visma_net__cost_from=start.isoformat(), visma_net__release_seconds=2, visma_net__poll_seconds=0.2)
    return company
