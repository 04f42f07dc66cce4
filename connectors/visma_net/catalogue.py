"""What invoice rows need to know of items: whether Visma.net has one of a code, and whether it may be sold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.visma_net import mapping
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.reading import Reading
from connectors.visma_net.remembered import Remembered
from core.errors import BadDataError
from core.records import Registry

LIST = "/v1/inventory"
FEW = 5
"""So many items are asked for singly where it is not known how long the list is."""


class Catalogue:
    """Items by code, as far as they were asked for.

    No question brings several chosen ones. So the whole list is read as soon as that takes fewer calls than what was
    asked for singly, and would be: how many calls it takes is remembered between runs, in `kept`.
    """

    def __init__(
        self, client: VismaNetClient, reading: Reading, *, page_size: int, kept: Remembered | None = None
    ) -> None:
        self._client = client
        self._reading = reading
        self._page_size = page_size
        self._kept = kept or Remembered(None, LIST)
        self._active: dict[str, bool] = {}
        self._asked: set[str] = set()
        self._listed = False
        self._lock = asyncio.Lock()

    async def learn(self, codes: Iterable[str]) -> None:
        """Know the items of these codes: they are read together, or singly where that takes fewer calls."""
        async with self._lock:
            wanted = set() if self._listed else set(codes) - self._asked
            if len(self._asked) + len(wanted) > self._pages():
                await self._read_all()
            else:
                for code in sorted(wanted):
                    self._see(await self._reading.row_by_key(Registry.PRODUCTS, code))
                self._asked.update(wanted)

    def has(self, code: str) -> bool:
        """Whether an item of this code was found that may be sold."""
        return self._active.get(code.casefold(), False)

    def forget(self) -> None:
        """An item was written: what is known is asked for again when it is next needed."""
        self._active.clear()
        self._asked.clear()
        self._listed = False

    async def _read_all(self) -> None:
        rows = (await self._client.rows(LIST)).rows
        self._active.clear()
        for row in rows:
            self._see(row)
        self._asked.clear()
        self._listed = True
        self._kept.put(LIST, str(len(rows)))

    def _pages(self) -> int:
        """How many calls the list takes, by its length when it was last read."""
        length = self._kept.get(LIST) if self._kept.knows(LIST) else None
        return FEW if length is None else -(-int(length) // self._page_size)

    def _see(self, row: Mapping[str, Any] | Any) -> None:
        try:
            values = mapping.ITEMS.read(row) if row is not None else None
        except BadDataError:
            return  # as good as absent: its own issue stands in the registry
        if values is not None and values["code"]:
            self._active[values["code"].casefold()] = mapping.ITEM_STATUSES.get(values["status"] or "", True)
