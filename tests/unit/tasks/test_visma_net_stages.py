"""What is the same for no two ERPs: stages by who sends, prices of costs, keys of files (VN-15, VN-17, VN-18)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.poweroffice.profile import PROFILE as POWEROFFICE
from connectors.visma_net.profile import PROFILE as VISMA_NET
from core.costs import file_key, price_of
from core.invoices import ErpInvoiceState, FileRef
from core.transfers import Stage
from tasks.invoice_progress import ORDER, stage_of

E = ErpInvoiceState


@pytest.mark.parametrize(
    ("state", "poweroffice", "visma_net"),
    [
        (E.DRAFT, Stage.TRANSFERRED, Stage.TRANSFERRED),
        (E.SENT, Stage.SENT, Stage.TRANSFERRED),
        (E.PARTLY_PAID, Stage.SENT, Stage.PARTIALLY_PAID),
        (E.PAID, Stage.PAID, Stage.PAID),
    ],
)
def test_what_severa_shows_depends_on_who_sends(state: E, poweroffice: Stage, visma_net: Stage) -> None:
    """PO-13 VN-15."""
    assert stage_of(POWEROFFICE, state) is poweroffice
    assert stage_of(VISMA_NET, state) is visma_net


def test_every_stage_has_its_place() -> None:
    assert set(ORDER) == set(Stage)


@given(st.decimals(0, 100000, places=2), st.integers(0, 10000))
def test_a_billable_cost_is_priced_by_the_percentage(cost: Decimal, percent: int) -> None:
    """VN-17: 150 % is one and a half times the cost, to the cent; 100 % is the cost."""
    price = price_of(cost, "NOK", billable=True, percent=Decimal(percent))
    assert abs(price - cost * percent / 100) <= Decimal("0.005")
    assert price_of(cost, "NOK", billable=True, percent=Decimal(100)) == cost


def test_a_cost_that_is_not_billed_has_no_price() -> None:
    """VN-17: always 0.00."""
    assert price_of(Decimal(5), "NOK", billable=False, percent=Decimal(150)) == Decimal("0.00")
    assert price_of(Decimal(5), "NOK", billable=True, percent=None) == Decimal("0.00")


def test_each_revision_of_a_file_has_a_key_of_its_own() -> None:
    """VN-18."""
    keys = {file_key("visma_net", FileRef(name, "x.pdf", revision)) for name in ("a", "b") for revision in (1, 2)}
    assert len(keys) == 4
