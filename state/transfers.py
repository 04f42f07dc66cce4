"""The ledger: where every invoice stands, and how it came there (law 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row

from core.transfers import Stage, Transfer, TransferState, check_step
from state.errors import StaleTransferError, UnknownTransferError
from state.rows import TenantRows, chunks
from state.schema import transfer_events
from state.schema import transfers as table

_COLUMNS = [column for column in table.columns if column.name != "tenant"]
_ENDED = (TransferState.DONE.value, TransferState.IGNORED.value)


class TransferChanges(TypedDict, total=False):
    """What a step may change beside the state; the names and meanings are those of `core.transfers.Transfer`."""

    severa_number: str | None
    erp_id: str | None
    erp_number: str | None
    erp_reference: str | None
    stage: Stage
    reference: str
    generation: int
    version: str | None
    currency: str | None
    severa_total: Decimal | None
    erp_total: Decimal | None
    attempts: int
    first_attempt_at: datetime | None
    attempt_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one invoice: from one of the states `expect` to `after`. `note` is for its history."""

    severa_id: str
    after: TransferState
    expect: TransferState | Iterable[TransferState]
    changes: TransferChanges = field(default_factory=TransferChanges)
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEvent:
    """One step that was made, at an instant in UTC; `before` is None for the first."""

    severa_id: str
    at: datetime
    before: TransferState | None
    after: TransferState
    note: str | None


class Transfers:
    """The ledger of one tenant. Every write is committed when its method returns, unless a batch is open."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, severa_id: str) -> Transfer | None:
        """An invoice's row, or None."""
        return self.many((severa_id,)).get(severa_id)

    def many(self, severa_ids: Iterable[str]) -> dict[str, Transfer]:
        """Rows by Severa id; those that were never added are absent."""
        found: dict[str, Transfer] = {}
        for chunk in chunks(severa_ids):
            for row in self._rows.all(self._rows.select(table, *_COLUMNS).where(table.c.severa_id.in_(chunk))):
                found[row.severa_id] = _transfer(row)
        return found

    def by_erp_ids(self, ids: Iterable[str]) -> dict[str, Transfer]:
        """Rows by the ERP's id."""
        found: dict[str, Transfer] = {}
        for chunk in chunks(ids):
            for row in self._rows.all(self._rows.select(table, *_COLUMNS).where(table.c.erp_id.in_(chunk))):
                found[row.erp_id] = _transfer(row)
        return found

    def open(self) -> list[Transfer]:
        """Rows that are neither done nor ignored, by Severa id."""
        return self._list(table.c.state.not_in(_ENDED))

    def in_states(self, states: Iterable[TransferState], stage: Stage | None = None) -> list[Transfer]:
        """Rows in one of the states (and, if given, at the stage), by Severa id."""
        wanted = table.c.state.in_([state.value for state in states])
        return self._list(wanted) if stage is None else self._list(wanted, table.c.stage == stage.value)

    def all(self) -> list[Transfer]:
        """Every row, by Severa id."""
        return self._list()

    def history(self, severa_id: str) -> list[TransferEvent]:
        """The steps of an invoice, the first one first."""
        c = transfer_events.c
        query = self._rows.select(transfer_events, c.severa_id, c.at, c.before, c.after, c.note)
        return [
            TransferEvent(
                severa_id=row.severa_id,
                at=row.at,
                before=None if row.before is None else TransferState(row.before),
                after=TransferState(row.after),
                note=row.note,
            )
            for row in self._rows.all(query.where(c.severa_id == severa_id).order_by(c.id))
        ]

    def add(self, transfer: Transfer) -> Transfer:
        """Put an invoice on the ledger as pending; one that is there already is given back as it stands."""
        if transfer.state is not TransferState.PENDING:
            raise ValueError(f"a journey begins pending, not {transfer.state}")
        with self._rows.transaction():
            present = self.get(transfer.severa_id)
            if present is not None:
                return present
            now = self._rows.now()
            self._rows.insert(table, [_row(transfer) | {"updated_at": now}])
            self._rows.insert(transfer_events, [_event(transfer.severa_id, now, None, transfer.state, None)])
            return self._now(transfer.severa_id)

    def step(
        self,
        severa_id: str,
        after: TransferState,
        *,
        expect: TransferState | Iterable[TransferState],
        note: str | None = None,
        **changes: Unpack[TransferChanges],
    ) -> Transfer:
        """Move an invoice on, if it still is where the caller believes; its row as it is then.

        Raises StaleTransferError when it is in another state than `expect`, core's IllegalStepError when the ledger
        does not know such a step, UnknownTransferError when it was never added; then nothing is written.
        """
        return self.steps([Move(severa_id, after, expect, changes, note)])[0]

    def steps(self, moves: Sequence[Move]) -> list[Transfer]:
        """Several moves in their order, all or none; the rows as they are after the last one. Errors as `step`."""
        if not moves:
            return []
        with self._rows.transaction():
            stands = self.many(move.severa_id for move in moves)
            states = {id_: transfer.state for id_, transfer in stands.items()}
            events = []
            now = self._rows.now()
            for move in moves:
                before = states.get(move.severa_id)
                if before is None:
                    raise UnknownTransferError(move.severa_id)
                expected = (move.expect,) if isinstance(move.expect, TransferState) else tuple(move.expect)
                if before not in expected:
                    raise StaleTransferError(move.severa_id, found=before, expected=expected)
                check_step(before, move.after)
                self._move(move, before, now)
                states[move.severa_id] = move.after
                events.append(_event(move.severa_id, now, before, move.after, move.note or move.changes.get("reason")))
            self._rows.insert(transfer_events, events)
            rows = self.many(states)
            return [rows[move.severa_id] for move in moves]

    def _move(self, move: Move, before: TransferState, now: datetime) -> None:
        """Compare and set: the row is met only if it still is in the state it was found in."""
        statement = (
            self._rows.update(table)
            .where(table.c.severa_id == move.severa_id, table.c.state == before.value)
            .values(_encoded({**move.changes, "state": move.after, "updated_at": now}))
        )
        if self._rows.execute(statement) != 1:
            found = self._now(move.severa_id).state
            raise StaleTransferError(move.severa_id, found=found, expected=(before,))

    def _now(self, severa_id: str) -> Transfer:
        transfer = self.get(severa_id)
        if transfer is None:
            raise UnknownTransferError(severa_id)
        return transfer

    def _list(self, *conditions: Any) -> list[Transfer]:
        query = self._rows.select(table, *_COLUMNS).where(*conditions).order_by(table.c.severa_id)
        return [_transfer(row) for row in self._rows.all(query)]


def _encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, TransferState | Stage) else value for name, value in values.items()}


def _row(transfer: Transfer) -> dict[str, Any]:
    return _encoded({column.name: getattr(transfer, column.name) for column in _COLUMNS})


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(**{**row._asdict(), "state": TransferState(row.state), "stage": Stage(row.stage)})


def _event(
    severa_id: str, at: datetime, before: TransferState | None, after: TransferState, note: str | None
) -> dict[str, Any]:
    return {
        "severa_id": severa_id,
        "at": at,
        "before": None if before is None else before.value,
        "after": after.value,
        "note": note,
    }
