"""Calls without the writer: in a preview everything is read and checked up to the call that would write (law 2).

The transport itself refuses to write inside `writing_nothing`, so no step can forget to ask. Whoever tries a write
learns by NotSentError that it would have been sent, and by the attempt what of the record would not get through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from core.errors import SyncError

if TYPE_CHECKING:
    from connectors.gaps import Gaps

_DRY: ContextVar[bool] = ContextVar("severa_sync_writes_nothing", default=False)
_ATTEMPT: ContextVar[Attempt | None] = ContextVar("severa_sync_attempt", default=None)


class NotSentError(Exception):
    """A call that would have written was not sent. It is no error of the closed set: only a preview meets it."""


class Attempt:
    """A write as far as it came: what the connector found that would not get through."""

    def __init__(self) -> None:
        self.gaps: list[Gaps] = []

    @property
    def names(self) -> frozenset[str]:
        """Fields that would not get through."""
        return frozenset(name for gaps in self.gaps for name in gaps.names)

    @property
    def error(self) -> SyncError | None:
        """The reason to tell."""
        return next((gaps.error for gaps in self.gaps if gaps.error is not None), None)


@contextmanager
def writing_nothing() -> Iterator[None]:
    """Inside, no transport writes: NotSentError instead."""
    token = _DRY.set(True)
    try:
        yield
    finally:
        _DRY.reset(token)


def is_dry() -> bool:
    """Whether nothing may be written here."""
    return _DRY.get()


@contextmanager
def attempt() -> Iterator[Attempt]:
    """A try to write one record."""
    tried = Attempt()
    token = _ATTEMPT.set(tried)
    try:
        yield tried
    finally:
        _ATTEMPT.reset(token)


def note_gaps(gaps: Gaps) -> None:
    """Gaps of a record belong to the attempt under way."""
    tried = _ATTEMPT.get()
    if tried is not None:
        tried.gaps.append(gaps)
