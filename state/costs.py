"""Imported costs: every purchase row comes into Severa once (ALL-08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from state.errors import CostStepError
from state.rows import TenantRows, chunks
from state.schema import costs as table

_COLUMNS = [column for column in table.columns if column.name != "tenant"]


class CostState(StrEnum):
    """intent: committed, the call may be under way. done: stands in Severa. dropped: shall not stand there."""

    INTENT = "intent"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCost:
    """One purchase row by its key (`<system>:<the id of the row there>`).

    `severa_id` is the project cost that was made of it, `fingerprint` tells whether the row changed afterwards,
    `details` are JSON values by which the cost can be looked up. Instants are UTC.
    """

    key: str
    state: CostState
    voucher_id: str | None
    severa_id: str | None
    fingerprint: str | None
    details: Mapping[str, Any]
    intended_at: datetime
    updated_at: datetime


class Costs:
    """The imported costs of one tenant. Whoever finds an unsettled one looks it up in Severa before anything else."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def get(self, key: str) -> ImportedCost | None:
        """A cost by its key, or None."""
        return self.many((key,)).get(key)

    def many(self, keys: Iterable[str]) -> dict[str, ImportedCost]:
        """Costs by key; those never intended are absent."""
        found: dict[str, ImportedCost] = {}
        for chunk in chunks(keys):
            for row in self._rows.all(self._rows.select(table, *_COLUMNS).where(table.c.key.in_(chunk))):
                found[row.key] = _cost(row)
        return found

    def intend(self, key: str, *, at: datetime, details: Mapping[str, Any], voucher_id: str | None = None) -> None:
        """Write down, before the call, that a cost is going to be made; CostStepError unless it is new or dropped."""
        with self._rows.transaction():
            present = self.get(key)
            row = {
                "state": CostState.INTENT.value,
                "voucher_id": voucher_id,
                "severa_id": None,
                "fingerprint": None,
                "details": dict(details),
                "intended_at": at,
                "updated_at": self._rows.now(),
            }
            if present is None:
                self._rows.insert(table, [row | {"key": key}])
            elif present.state is CostState.DROPPED:
                self._rows.execute(self._rows.update(table).where(table.c.key == key).values(row))
            else:
                raise CostStepError(key, wanted="intent", found=present.state.value)

    def done(self, key: str, severa_id: str, fingerprint: str) -> None:
        """The cost stands in Severa as `severa_id`; CostStepError unless it was intended, or is done as the same."""
        with self._rows.transaction():
            present = self.get(key)
            if present is None or present.state is CostState.DROPPED:
                raise CostStepError(key, wanted="done", found="unknown" if present is None else present.state.value)
            if present.state is CostState.DONE and present.severa_id != severa_id:
                raise CostStepError(key, wanted=f"done as {severa_id}", found=f"done as {present.severa_id}")
            self._set(key, state=CostState.DONE.value, severa_id=severa_id, fingerprint=fingerprint)

    def drop(self, key: str) -> None:
        """The cost shall not stand in Severa (any more); CostStepError when it is unsettled or unknown."""
        with self._rows.transaction():
            present = self.get(key)
            if present is None or present.state is CostState.INTENT:
                raise CostStepError(key, wanted="dropped", found="unknown" if present is None else present.state.value)
            self._set(key, state=CostState.DROPPED.value)

    def forget_intent(self, key: str) -> None:
        """The cost was looked up and proved absent: it may be intended anew. CostStepError when it is done."""
        with self._rows.transaction():
            present = self.get(key)
            if present is None:
                return
            if present.state is not CostState.INTENT:
                raise CostStepError(key, wanted="forgotten", found=present.state.value)
            self._rows.execute(self._rows.delete(table).where(table.c.key == key))

    def unsettled(self) -> list[ImportedCost]:
        """Costs whose call may or may not have been carried out, the oldest first."""
        query = self._rows.select(table, *_COLUMNS).where(table.c.state == CostState.INTENT.value)
        return [_cost(row) for row in self._rows.all(query.order_by(table.c.intended_at, table.c.key))]

    def vouchers(self) -> set[str]:
        """The vouchers of which at least one row stands in Severa."""
        return self._vouchers()

    def has_voucher(self, ids: Iterable[str]) -> set[str]:
        """Those of the voucher ids of which at least one row stands in Severa."""
        return {voucher for chunk in chunks(ids) for voucher in self._vouchers(table.c.voucher_id.in_(chunk))}

    def _vouchers(self, *conditions: Any) -> set[str]:
        query = self._rows.select(table, table.c.voucher_id).distinct().where(*conditions)
        query = query.where(table.c.state == CostState.DONE.value, table.c.voucher_id.is_not(None))
        return {row.voucher_id for row in self._rows.all(query)}

    def _set(self, key: str, **changes: str) -> None:
        values = {**changes, "updated_at": self._rows.now()}
        self._rows.execute(self._rows.update(table).where(table.c.key == key).values(values))


def _cost(row: Row[Any]) -> ImportedCost:
    return ImportedCost(**{**row._asdict(), "state": CostState(row.state)})
