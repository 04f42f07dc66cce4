"""What a read brought can be worked with, whatever the answers were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from connectors.ports import Problem
from core.errors import SyncError

LONGEST_WORDS = 2000
LONGEST_LABEL = 300


def check(found: Any) -> None:
    """No text, number or instant in it that something later would choke on; errors are for people."""
    if isinstance(found, SyncError):
        readable(found)
    elif isinstance(found, Problem):
        readable(found.error)
        assert found.id.isprintable()
        assert found.label.isprintable()
        assert len(found.label) < LONGEST_LABEL
    elif isinstance(found, str):
        assert "\x00" not in found
        found.encode()
    elif isinstance(found, Decimal):
        assert found.is_finite()
    elif isinstance(found, datetime):
        assert found.tzinfo is not None
        found.isoformat()
    elif is_dataclass(found):
        for one in fields(found):
            check(getattr(found, one.name))
    elif isinstance(found, Mapping):
        for key, value in found.items():
            check(key)
            check(value)
    elif isinstance(found, (list, tuple, set, frozenset)):
        for one in found:
            check(one)
    else:
        assert found is None or isinstance(found, (bool, int, date, Enum, bytes)), type(found)


def readable(error: SyncError) -> None:
    """Its words are for people: one line each, printable, not endless."""
    for words in (error.what, error.why, error.todo):
        assert words.isprintable(), words
        assert len(words) < LONGEST_WORDS, words[:200]
    assert error.what
