"""Checks about rows that every ERP's guide wants in its own words: filled, unique, in a register, within a length."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from connectors.rules import bare_vat_number
from core.checks import Area, Check, Weight
from core.records import Customer, Record


def about_rows(key: str, title: str, *, where: str, todo: str, source: str) -> Check:
    """A check about single records: never hard, because what does not fit waits on the error desk by itself (law 3)."""
    return Check(key=key, title=title, where=where, todo=todo, weight=Weight.SOFT, area=Area.RECORDS, source=source)


def term_of(record: Record) -> str | None:
    """A customer's payment term in days."""
    term = cast(Customer, record).payment_term
    return None if term is None else str(term)


def currency_of(record: Record) -> str | None:
    """A customer's currency."""
    return cast(Customer, record).currency


def name_of(record: Record) -> str | None:
    """A name, whatever its case and its spaces."""
    words = str(getattr(record, "name", "") or "").casefold().split()
    return " ".join(words) or None


def vat_number_of(record: Record) -> str | None:
    """Digits and letters of a VAT number."""
    return bare_vat_number(getattr(record, "vat_number", None)) or None


def texts(numbers: Iterable[int]) -> frozenset[str]:
    """Numbers as texts."""
    return frozenset(str(number) for number in numbers)
