"""Invoice statuses as a customer of each integration sets them up, in their order (ALL-04, VN-13).

Names and flags are those of the integrations' own examples. The first status is for invoices that could not go over;
it is never the default one. Where the ERP numbers an invoice when it is sent, the number flag stands from `Sent` on;
where it numbers it at the transfer, from the transferred status on.
"""

from dataclasses import dataclass

Flags = dict[str, bool]

FAILED: tuple[str, Flags] = ("Failed invoices", {})
DRAFT: tuple[str, Flags] = ("Draft", {"isDefault": True})
AFTERWARDS: tuple[tuple[str, Flags], ...] = (
    ("Sent", {"isReadOnly": True, "hasInvoiceNumber": True, "isSent": True, "isWaitingPayment": True}),
    ("Partially paid", {"isReadOnly": True, "hasInvoiceNumber": True, "isSent": True, "isWaitingPayment": True}),
    ("Paid", {"isReadOnly": True, "hasInvoiceNumber": True, "isSent": True, "isPaid": True}),
)


@dataclass(frozen=True, slots=True)
class InvoiceStatuses:
    """The statuses of one integration. `stages` names those of a seeded invoice: draft, trigger and paid."""

    rows: tuple[tuple[str, Flags], ...]
    stages: dict[str, str]


def _set_up(trigger: str, transferred: str, flags: Flags) -> InvoiceStatuses:
    rows = (
        FAILED,
        DRAFT,
        (trigger, {"isReadOnly": True, "isDefaultForCreditNote": True}),
        (transferred, {"isReadOnly": True, **flags}),
        *AFTERWARDS,
    )
    return InvoiceStatuses(rows, {"draft": DRAFT[0], "trigger": trigger, "paid": "Paid"})


STATUSES = {
    "poweroffice": _set_up("Send to PowerOffice", "In PowerOffice", {}),
    "visma_net": _set_up(
        "Send to Financials", "In Financials, send to customer", {"hasInvoiceNumber": True, "isSent": True}
    ),
}
"""Integration -> its statuses."""
