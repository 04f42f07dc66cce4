"""A run that exports invoices and is killed at any point, and a rerun: one order per invoice (ALL-05, law 1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import Company
from tests.support.killing import AT_EVERY_MOMENT, Warm, kill_everywhere, warm
from tests.support.scenes import assert_transferred


@pytest.fixture(scope="module")
def starter(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.mark.parametrize("when", AT_EVERY_MOMENT)
def test_a_kill_at_any_request_of_the_export_leaves_one_order_per_invoice(
    settled: Company, starter: Warm, when: str
) -> None:
    """ALL-05."""
    guids: list[str] = []

    def scene() -> None:
        guids[:] = [settled.bill(), settled.bill()]

    def check() -> None:
        for guid in guids:
            assert_transferred(settled, guid)

    met = kill_everywhere(settled, starter, when, "invoice_export", scene=scene, check=check)
    assert any(request.endswith("/SalesOrders/Complete") for request in met), met
    assert any(request.startswith("PATCH /severa/v1/invoices/") for request in met), met
    before = settled.sandbox.mark()
    settled.good("invoice_export")
    assert settled.sandbox.writes(before) == []
