"""What invoice rows need to know of items: whether Visma.net has one of a code, and whether it may be sold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.visma_net import mapping
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.numbers import WORTH_A_LIST
from connectors.visma_net.reading import Reading
from core.errors import BadDataError
from core.records import Registry


class Catalogue:
    """Items by code, as far as they were asked for."""

    def __init__(self, client: VismaNetClient, reading: Reading) -> None:
        self._client = client
        self._reading = reading
        self._active: dict[str, bool] = {}
        self._asked: set[str] = set()
        self._lock = asyncio.Lock()

    async def learn(self, codes: Iterable[str]) -> None:
        """Read the items of those codes that were not asked for yet."""
        async with self._lock:
            wanted = sorted(set(codes) - self._asked)
            if len(wanted) > WORTH_A_LIST:
                for row in (await self._client.rows("/v1/inventory")).rows:
                    self._see(row)
            else:
                for code in wanted:
                    self._see(await self._reading.row_by_key(Registry.PRODUCTS, code))
            self._asked.update(wanted)

    def has(self, code: str) -> bool:
        """Whether an item of this code was found that may be sold."""
        return self._active.get(code.casefold(), False)

    def forget(self) -> None:
        """An item was written: what is known is asked for again when it is next needed."""
        self._active.clear()
        self._asked.clear()

    def _see(self, row: Mapping[str, Any] | Any) -> None:
        try:
            values = mapping.ITEMS.read(row) if row is not None else None
        except BadDataError:
            return  # as good as absent: its own issue stands in the registry
        if values is not None and values["code"]:
            self._active[values["code"].casefold()] = mapping.ITEM_STATUSES.get(values["status"] or "", True)
