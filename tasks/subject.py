"""What the calls under way are about, as the step that makes them knows it: for the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from core.plans import record_key
from core.records import Side


@dataclass(frozen=True, slots=True)
class Subject:
    """A record: `registry` is a registry, invoices or costs; `record` as the error desk names it.

    `changes` are fields as [before, after], as they are known before the call.
    """

    registry: str
    record: str
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def about_invoice(severa_id: str, changes: Mapping[str, Sequence[Any]] | None = None) -> Subject:
    """One of Severa's invoices."""
    return Subject("invoices", record_key(Side.SEVERA, severa_id), changes or {})


SUBJECT: ContextVar[Subject | None] = ContextVar("severa_sync_subject", default=None)
"""What the calls of this coroutine, and of those that it starts, are about."""


@contextmanager
def concerning(subject: Subject | None) -> Iterator[None]:
    """Calls inside are about this record."""
    token = SUBJECT.set(subject)
    try:
        yield
    finally:
        SUBJECT.reset(token)


@contextmanager
def changing(changes: Mapping[str, Sequence[Any]]) -> Iterator[None]:
    """Calls inside change these fields of the record that they are about."""
    subject = SUBJECT.get()
    with concerning(replace(subject, changes=changes) if subject is not None else None):
        yield
