"""The scenes of the demo: per ERP the company that uses it, and what its people do between the cycles.

They act through the control API of the simulated systems, as they would in the systems' own screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from rich.rule import Rule

from cli.output import out


class Screens:
    """The simulated systems' own screens."""

    def __init__(self, control_url: str) -> None:
        self._control_url = control_url.rstrip("/")

    def do(self, system: str, action: str, **given: Any) -> dict[str, Any]:
        """What a person does there; what it came to."""
        result: dict[str, Any] = self._checked(
            httpx.post(f"{self._control_url}/{system}/{action}", json=given, timeout=30)
        )
        return result

    def stored(self, system: str, kind: str) -> list[dict[str, Any]]:
        """What is stored there."""
        found: list[dict[str, Any]] = self._checked(
            httpx.get(f"{self._control_url}/{system}/objects/{kind}", timeout=30)
        )
        return found

    @staticmethod
    def _checked(answer: httpx.Response) -> Any:
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True)
class Scene:
    """A demo: the company, its tenant, the titles of its three cycles, and its people."""

    tenant: str
    setting: str
    cycles: tuple[str, str, str]
    act: Callable[[Screens, Mapping[str, str]], None]
    """Given the names of Severa's invoice statuses by role."""


def _headline(where: str) -> None:
    out.print(Rule(f"[bold]In {where}[/bold]", align="left", style="magenta"))


def _some(several: Sequence[Any]) -> int:
    """A third, and one at least where there is one."""
    return min(len(several), max(1, len(several) // 3))


def _poweroffice(screens: Screens, _statuses: Mapping[str, str]) -> None:
    """Send every draft, register payments for the first few, and post a supplier's invoice on projects."""
    _headline("PowerOffice")
    sent = screens.do("poweroffice", "send_invoice", all=True)["sent"]
    out.print(f"A person sent {len(sent)} invoices to customers.")
    paid = sent[: _some(sent)]
    for invoice in paid:
        screens.do("poweroffice", "register_payment", id=invoice["id"])
    out.print(f"{len(paid)} of them were paid.")
    voucher = screens.do("poweroffice", "post_purchase_invoice")
    out.print(f"A supplier's invoice with {len(voucher['rows'])} rows was posted on projects.\n")


def _visma_net(screens: Screens, statuses: Mapping[str, str]) -> None:
    """Send from Severa what has its number, pay some in part and some in full, and enter costs of projects."""
    _headline("Severa")
    sent = [row for row in screens.stored("severa", "invoices") if row["status"]["name"] == statuses["transferred"]]
    for invoice in sent:
        screens.do("severa", "set_invoice_status", guid=invoice["guid"], status=statuses["sent"])
    out.print(f"A person sent {len(sent)} invoices to customers, each with its number from Visma.net.")
    _headline("Visma.net")
    numbers = {str(invoice["number"]) for invoice in sent}
    open_ones = [row for row in screens.stored("visma_net", "CustomerInvoices") if row["referenceNumber"] in numbers]
    few = _some(open_ones)
    partly, whole = open_ones[:few], open_ones[few : 2 * few]
    for document in (*partly, *whole):
        half = round(document["balanceInCurrency"] / 2, 2)
        screens.do("visma_net", "register_payment", number=document["referenceNumber"], amount=half)
    for document in whole:
        screens.do("visma_net", "register_payment", number=document["referenceNumber"])
    out.print(f"{len(partly) + len(whole)} of them were paid in part, and of {len(whole)} the rest came, too.")
    entered = screens.do("visma_net", "post_supplier_invoice", status="Balanced")["invoice"]
    screens.do("visma_net", "release_supplier_invoice", number=entered["referenceNumber"])
    lines = len(entered["invoiceLines"])
    out.print(f"A supplier's invoice with {lines} rows, two of them on projects, was entered and released.")
    screens.do("visma_net", "post_journal")
    out.print("The rent of instruments, with its contract attached, was posted on a project.\n")


SCENES: Mapping[str, Scene] = {
    "poweroffice": Scene(
        tenant="fjordkonsult",
        setting="A consultancy in Norway runs its projects in Severa and its books in PowerOffice Go.",
        cycles=(
            "the first night. Registries meet, invoices go out as drafts.",
            "what people did in PowerOffice comes back to Severa.",
            "nothing is left to do.",
        ),
        act=_poweroffice,
    ),
    "visma_net": Scene(
        tenant="nordlysteknikk",
        setting="Engineers in Norway run their projects in Severa and their books in Visma.net Financials.",
        cycles=(
            "taking it into use. Customers get their numbers, invoices are booked and get theirs.",
            "part payments, payments and the costs of projects come to Severa.",
            "nothing is left to do.",
        ),
        act=_visma_net,
    ),
}
"""The explicit table: ERP -> its demo."""
