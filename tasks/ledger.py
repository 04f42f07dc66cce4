"""The ledger as many invoices at a time write to it: one commit carries the steps that wait for it.

A step is on disk when its await returns (law 1). Steps that come while a commit is under way go together into the next
one, so eight senders share one write to the disk instead of queueing for eight. The commits run in a thread: the calls
to the vendors go on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Unpack

from core.transfers import Transfer, TransferState
from state.transfers import Move, TransferChanges, Transfers

MOST = 64
"""Steps in one commit."""


@dataclass(frozen=True, slots=True)
class _Entry:
    moves: Sequence[Move]
    done: asyncio.Future[Transfer]


class Ledger:
    """Steps of one run's invoices. Close it by leaving the `async with`."""

    def __init__(self, transfers: Transfers) -> None:
        self._transfers = transfers
        self._waiting: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def step(
        self,
        severa_id: str,
        after: TransferState,
        *,
        expect: TransferState | Iterable[TransferState],
        note: str | None = None,
        **changes: Unpack[TransferChanges],
    ) -> Transfer:
        """One step; the row as it is then, committed. Errors are those of `Transfers.step`, for this step alone."""
        return await self.steps([Move(severa_id, after, expect, changes, note)])

    async def steps(self, moves: Sequence[Move]) -> Transfer:
        """Several steps of one invoice, all or none; its row as it is after the last one."""
        entry = _Entry(moves, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        # A cancelled caller must not take the step back: it may be on disk already.
        return await asyncio.shield(entry.done)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                rows = await asyncio.to_thread(self._transfers.steps, [move for e in batch for move in e.moves])
            except Exception:  # noqa: BLE001 - one bad step undid all of them: each is tried alone, and says so itself
                await self._one_by_one(batch)
                continue
            at = 0
            for entry in batch:
                at += len(entry.moves)
                self._settle(entry, rows[at - 1])

    async def _one_by_one(self, batch: Sequence[_Entry]) -> None:
        for entry in batch:
            try:
                rows = await asyncio.to_thread(self._transfers.steps, entry.moves)
            except Exception as error:  # noqa: BLE001 - handed to the one who asked
                if not entry.done.done():
                    entry.done.set_exception(error)
            else:
                self._settle(entry, rows[-1])

    @staticmethod
    def _settle(entry: _Entry, row: Transfer) -> None:
        if not entry.done.done():
            entry.done.set_result(row)
