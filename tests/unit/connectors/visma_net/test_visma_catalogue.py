"""Items of invoice rows: asked for singly while that is cheaper, then together, once a run (VN-12, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from erp_server import Erp, page
from rows_of_visma import ITEM
from scripted import Reply

from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.catalogue import FEW

LIST = "/v1/inventory"
CODES = [f"P{number}" for number in range(12)]


class Kept:
    """Registers between processes."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}

    def load(self, name: str) -> list[Any] | None:
        return self.rows.get(name)

    def save(self, name: str, rows: list[Any]) -> None:
        self.rows[name] = rows


def item(code: str, status: str = "Active") -> dict[str, Any]:
    return ITEM | {"inventoryId": 10_000 + CODES.index(code), "inventoryNumber": code, "status": status}


@pytest.fixture(autouse=True)
def items(erp: Erp) -> None:
    """Twelve items, the last of which may not be sold; what is in no list is nowhere."""
    listed = [item(code, "NoSales" if code == CODES[-1] else "Active") for code in CODES]
    erp.on("GET", LIST, page(listed))
    for row in listed:
        erp.on("GET", f"{LIST}/{row['inventoryNumber']}", Reply(200, row))
    erp.on("GET", f"{LIST}/GAMMEL", Reply(404))


async def test_few_codes_are_asked_for_singly_and_each_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    for _ in range(2):
        assert await adapter.missing_products([*CODES[:2], "GAMMEL"]) == {"GAMMEL"}
    assert sorted(erp.story) == sorted(f"GET {LIST}/{code}" for code in (*CODES[:2], "GAMMEL"))


async def test_one_after_the_other_they_cost_no_more_than_the_list(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Invoices come one by one, with a code or two each."""
    for code in (*CODES, "GAMMEL", *CODES):
        assert (await adapter.missing_products([code]) == {code}) == (code in {CODES[-1], "GAMMEL"})
    assert [call for call in erp.story if call == f"GET {LIST}"] == [f"GET {LIST}"]
    assert len(erp.story) == FEW + 1


async def test_how_long_the_list_is_decides_the_next_time(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    """A page of items costs one call, as one of them does: the second code brings them all."""
    kept = Kept()
    await open_adapter(kept).missing_products(CODES)
    before = len(erp.story)
    again = open_adapter(kept)
    for code in CODES:
        await again.missing_products([code])
    assert erp.story[before:] == [f"GET {LIST}/{CODES[0]}", f"GET {LIST}"]


async def test_where_the_list_is_long_they_are_asked_for_singly(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter]
) -> None:
    kept = Kept()
    kept.save("visma_net.items", [[LIST, "10000"]])
    adapter = open_adapter(kept)
    for code in CODES:
        await adapter.missing_products([code])
    assert erp.story == [f"GET {LIST}/{code}" for code in CODES]
