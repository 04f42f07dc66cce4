"""Records of a registry, and what is expected of their fields, for Great Expectations (ALL-10).

A table is one registry of one system: a line per record, a column per expectation. What is expected is data, so that it
can be handed to another process; `expectations.apart_rows` does that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.loading import great_expectations

_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What is expected of one value of every line. `expect` is a word of `core.row_checks.Expect` but COUNTERPART.

    `values` belong to "one of", `pattern` to "matches", `low` and `high` to "length".
    """

    name: str
    expect: str
    description: str
    notes: str
    values: tuple[str, ...] = ()
    pattern: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`labels` are the records as people call them, vendor's texts; `cells` their values, None where none is looked at.

    `name` is a word for files, `title` the registry and the system for people.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    labels: tuple[str, ...]
    cells: tuple[tuple[str | None, ...], ...]
    """Per column, in the order of `labels`."""


@dataclass(frozen=True, slots=True)
class RowsResult:
    """Table -> column -> places of the records that fail; the first page of the Data Docs when they were built."""

    failed: Mapping[str, Mapping[str, tuple[int, ...]]]
    docs_index: Path | None


def validate_rows(tables: Sequence[Table], *, tenant: str, run: str, docs: Path | None) -> RowsResult:
    """Validate every table against its suite; with `docs`, their pages replace those before, in `docs`/TENANT.

    Without a table nothing is imported. Raises ValueError for a tenant's name that is no folder name, BugError when an
    expectation cannot be evaluated, OSError when the folder cannot be written.
    """
    if not _FOLDER.fullmatch(tenant):
        raise ValueError(f"{tenant!r} is not a tenant's name")
    if not tables:
        return RowsResult({}, None)
    with great_expectations():
        from expectations.rows_validation import validate  # noqa: PLC0415  # seconds, and only a batch needs it

        failed, index = validate(tables, tenant=tenant, run=run, folder=None if docs is None else docs / tenant)
    return RowsResult(failed, index)


def as_json(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """The tables as JSON values."""
    return [
        {
            "name": table.name,
            "title": table.title,
            "columns": [{name: getattr(column, name) for name in Column.__slots__} for column in table.columns],
            "labels": table.labels,
            "cells": table.cells,
        }
        for table in tables
    ]


def of_json(values: Sequence[Mapping[str, Any]]) -> list[Table]:
    """The tables again."""
    return [
        Table(
            name=each["name"],
            title=each["title"],
            columns=tuple(Column(**{**one, "values": tuple(one["values"])}) for one in each["columns"]),
            labels=tuple(each["labels"]),
            cells=tuple(tuple(column) for column in each["cells"]),
        )
        for each in values
    ]
