"""The invoice statuses as the guide of Visma.net wants them, against Severa's register (ALL-04, VN-13, VN-15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.visma_net.profile import PROFILE
from core.invoices import InvoiceStatus
from tasks.statuses import check_statuses

ROLES = ("failed", *PROFILE.statuses)
NAMES = {role: f"Status {role}" for role in ROLES}
NUMBERED = ("transferred", "sent", "partially_paid", "paid")


def status(role: str, **fields: Any) -> InvoiceStatus:
    """A status as a well-prepared Severa has it for the role."""
    prepared = InvoiceStatus(
        id=f"0c9f6a52-0000-4000-8000-00000000000{ROLES.index(role)}",
        name=NAMES[role],
        active=True,
        is_default=False,
        read_only=role != "failed",
        has_number=role in NUMBERED,
        is_sent=role in NUMBERED,
        is_paid=role == "paid",
        is_default_for_credit_note=role == "trigger",
        sort_order=ROLES.index(role) + (role != "failed"),
    )
    return replace(prepared, **fields)


DRAFT = status("trigger", id="0c9f6a52-0000-4000-8000-00000000000a", name="Draft", is_default=True,
               is_default_for_credit_note=False, sort_order=1)  # fmt: skip


def mistakes(**changes: dict[str, Any]) -> list[str]:
    register = [status(role, **changes.get(role, {})) for role in ROLES]
    return check_statuses(PROFILE, NAMES, [DRAFT, *register])[1]


def test_a_well_prepared_severa_has_no_mistake() -> None:
    """VN-13."""
    assert mistakes() == []


@pytest.mark.parametrize("role", NUMBERED)
def test_the_number_flag_is_on_from_the_transferred_status_onwards(role: str) -> None:
    """VN-13."""
    (mistake,) = mistakes(**{role: {"has_number": False}})
    assert mistake.startswith(f"{role}: ")
    assert "invoice number" in mistake


def test_the_trigger_status_gives_no_number() -> None:
    """VN-13."""
    (mistake,) = mistakes(trigger={"has_number": True})
    assert "must not give an invoice number" in mistake


def test_the_failed_status_is_the_first_and_not_the_default() -> None:
    """VN-13."""
    assert any("the first status" in each for each in mistakes(failed={"sort_order": 2}))
    assert any("not be the default" in each for each in mistakes(failed={"is_default": True}))


def test_credit_notes_enter_the_trigger_status() -> None:
    """VN-12 VN-13."""
    (mistake,) = mistakes(trigger={"is_default_for_credit_note": False})
    assert "default after credit" in mistake


def test_partially_paid_comes_between_sent_and_paid_and_counts_as_sent() -> None:
    """VN-15."""
    assert any(each.startswith("paid: ") for each in mistakes(partially_paid={"sort_order": 99}))
    assert any("not marked as sent" in each for each in mistakes(partially_paid={"is_sent": False}))
