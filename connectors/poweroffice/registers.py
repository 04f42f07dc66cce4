"""PowerOffice's small registers, read once per adapter and only when they are needed: payment terms, VAT by account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from connectors.fields import Field, Table, gather
from connectors.poweroffice.client import PowerOfficeClient
from connectors.together import Once
from connectors.values import day, decimal, flag, flag_or, inverted, number_text, whole

T = TypeVar("T")
CODES_PER_CALL = 100
"""Codes in one filter: 100 of them keep the address of the call below 4 kB."""


def chunks(values: Iterable[str], size: int = CODES_PER_CALL) -> list[Sequence[str]]:
    """Distinct values in groups, in the order in which they came."""
    distinct = list(dict.fromkeys(values))
    return [distinct[start : start + size] for start in range(0, len(distinct), size)]


def askable(codes: Iterable[str]) -> bool:
    """Whether a code filter can ask for these codes: it is a comma list that also knows ranges."""
    return not any("," in code or "-" in code for code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A payment term."""

    id: int
    days: int | None
    active: bool
    default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an order line needs of a product. Accounts are account numbers, None when they are inherited."""

    id: str
    code: str | None
    active: bool
    standard_account: str | None
    optional_account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A ledger account and its VAT code."""

    number: str
    vat_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """A VAT code with its rate from 0 to 1, and the days on which it is valid."""

    code: str
    rate: Decimal
    valid_from: date | None
    valid_to: date | None


TERMS: Table[Term] = Table(
    "Payment term",
    Term,
    (
        Field("-", "Id", "id", read=whole, required=True),
        Field("-", "CreditDays", "days", read=whole),
        Field("-", "IsActive", "active", read=flag_or(default=True)),
        Field("-", "IsDefault", "default", read=flag, default=False),
    ),
)
ARTICLES: Table[Article] = Table(
    "Product",
    Article,
    (
        Field("-", "Id", "id", read=number_text, required=True),
        Field("-", "Code", "code"),
        Field("-", "IsArchived", "active", read=inverted(default=True)),
        Field("-", "StandardSalesAccount", "standard_account", read=number_text),
        Field("-", "OptionalSalesAccount", "optional_account", read=number_text),
    ),
)
ACCOUNTS: Table[Account] = Table(
    "Account",
    Account,
    (
        Field("-", "AccountNo", "number", read=number_text, required=True),
        Field("-", "VatCode", "vat_code"),
    ),
)
VATS: Table[Vat] = Table(
    "VAT code",
    Vat,
    (
        Field("-", "Code", "code", required=True),
        Field("-", "Rate", "rate", read=decimal, required=True),
        Field("-", "ValidFrom", "valid_from", read=day),
        Field("-", "ValidTo", "valid_to", read=day),
    ),
)


class Registers:
    """Payment terms, sales accounts and VAT rates. Rows that break the contract are as good as absent."""

    def __init__(self, client: PowerOfficeClient) -> None:
        self._client = client
        self._terms = Once(self._read_terms)
        self._vats = Once(self._read_vats)
        self._accounts: dict[str, str | None] = {}
        self._lock = asyncio.Lock()

    async def payment_term(self, days: int) -> int | None:
        """Id of the active payment term with so many credit days, the default one first; None when there is none."""
        known: list[Term] = await self._terms.get()
        terms = [term for term in known if term.active and term.days == days]
        return min(terms, key=lambda term: (not term.default, term.id)).id if terms else None

    async def learn_accounts(self, accounts: Iterable[str | None]) -> None:
        """Read the VAT codes of those accounts that are not known yet, all in one call."""
        async with self._lock:
            wanted = sorted({account for account in accounts if account and account not in self._accounts})
            for part in chunks(wanted):
                found = await self._client.rows("/GeneralLedgerAccounts", accountNos=",".join(part))
                known, _ = gather(found.rows, ACCOUNTS.build, title="Account", key="AccountNo")
                self._accounts.update(dict.fromkeys(part))
                self._accounts.update({account.number: account.vat_code for account in known})

    async def rate(self, account: str | None, on: date) -> Decimal | None:
        """VAT rate (0 to 1) of a sales account on a day; None when the account is inherited or has no known rate."""
        code = self._accounts.get(account) if account else None
        if code is None:
            return None
        known: list[Vat] = await self._vats.get()
        rates = [vat for vat in known if vat.code == code]
        valid = [
            vat
            for vat in rates
            if (vat.valid_from is None or vat.valid_from <= on) and (vat.valid_to is None or on <= vat.valid_to)
        ]
        return (valid or rates)[-1].rate if rates else None

    async def _read_terms(self) -> list[Term]:
        return await self._all("/PaymentTerms", TERMS)

    async def _read_vats(self) -> list[Vat]:
        return await self._all("/VatCodes", VATS)

    async def _all(self, path: str, table: Table[T]) -> list[T]:
        found = await self._client.rows(path)
        known, _ = gather(found.rows, table.build, title=table.title, key="Id")
        return known


QUESTIONS = 2
"""So often products are asked for by their codes; whoever needs still more gets the whole register in one page."""


class Catalogue:
    """Products by code as order lines need them, asked for in bulk and kept for the life of the adapter."""

    def __init__(self, client: PowerOfficeClient, registers: Registers) -> None:
        self._client = client
        self._registers = registers
        self._articles: dict[str, list[Article]] = {}
        self._asked: set[str] = set()
        self._complete = False
        self._questions = 0
        self._lock = asyncio.Lock()

    async def learn(self, codes: Iterable[str]) -> None:
        """Read the products with those codes that are not known yet, and the VAT codes of their accounts."""
        async with self._lock:
            wanted = [] if self._complete else sorted(set(codes) - self._asked)
            if not wanted:
                return
            whole = not askable(wanted) or self._questions == QUESTIONS
            self._questions += 1
            parts = [None] if whole else [",".join(part) for part in chunks(wanted)]
            rows = [row for part in parts for row in (await self._client.rows("/Products", codes=part)).rows]
            known, _ = gather(rows, ARTICLES.build, title="Product", key="Id")
            await self._registers.learn_accounts(
                account for article in known for account in (article.standard_account, article.optional_account)
            )
            for article in known:
                self._put(article)
            self._asked.update(wanted)
            self._complete = whole

    def forget(self) -> None:
        """A product was written: what is known of the register is read again when it is next needed."""
        self._articles.clear()
        self._asked.clear()
        self._complete = False
        self._questions = 0

    def active(self, code: str) -> list[Article]:
        """Products with this code that are not archived, among those learnt."""
        return [article for article in self._articles.get(code, []) if article.active]

    def _put(self, article: Article) -> None:
        if article.code is None:
            return
        others = [each for each in self._articles.get(article.code, []) if each.id != article.id]
        self._articles[article.code] = [*others, article]
