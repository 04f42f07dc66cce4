"""Visma.net's small registers: terms, currencies, classes, branches, accounts, ledgers (contract sections 10, 11, 13).

Each is read when it is first needed, and kept between runs for an hour or so; rows that break the contract are as good
as absent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from connectors.fields import Field, Table, gather
from connectors.ports import RegisterStore
from connectors.together import Once
from connectors.values import flag_or, number_text, whole
from connectors.visma_net.client import Rows, VismaNetClient
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import ITEM_KINDS, word
from core.errors import BadDataError, ConfigurationError
from core.profiles import Choice
from core.records import ProductKind, Registry

Values = dict[str, Any]
FOR_CUSTOMERS = ("AL", "CU")
DEFAULT_NON_PROJECT = "X"

TERMS: Table[Values] = Table(
    "Credit term",
    dict,
    (
        Field("-", "termsId", "id", required=True),
        Field("-", "visibleTo", "visible", read=word),
        Field("-", "dueDateType", "kind", read=word),
        Field("-", "dueDay1", "days", read=whole),
    ),
)
CURRENCIES: Table[Values] = Table(
    "Currency",
    dict,
    (
        Field("-", "id", "id", required=True),
        Field("-", "isBaseCurrency", "base", read=flag_or(default=False)),
        Field("-", "isUsedForAccounting", "used", read=flag_or(default=False)),
    ),
)
ITEM_CLASSES: Table[Values] = Table(
    "Inventory class",
    dict,
    (
        Field("-", "id", "id", required=True),
        Field("-", "description", "name"),
        Field("-", "type", "kind", read=word),
    ),
)
CUSTOMER_CLASSES: Table[Values] = Table(
    "Customer class",
    dict,
    (Field("-", "id", "id", required=True), Field("-", "description", "name")),
)
BRANCHES: Table[Values] = Table(
    "Branch",
    dict,
    (Field("-", "branchId", "id", read=number_text, required=True), Field("-", "number", "number", required=True)),
)
ACCOUNTS: Table[Values] = Table(
    "Account", dict, (Field("-", "accountCD", "id", required=True), Field("-", "type", "kind", read=word))
)
LEDGERS: Table[Values] = Table(
    "Ledger", dict, (Field("-", "number", "id", required=True), Field("-", "balanceType", "kind", read=word))
)
DIMENSIONS: Table[Values] = Table(
    "Segmented key", dict, (Field("-", "dimensionId", "id"), Field("-", "length", "length", read=whole, required=True))
)
NON_PROJECTS: Table[Values] = Table("Project", dict, (Field("-", "projectID", "id", required=True),))


class Registers:
    """The registers of one company. `kept` keeps them between processes."""

    def __init__(self, client: VismaNetClient, settings: VismaNetSettings, kept: RegisterStore | None = None) -> None:
        self._client = client
        self._settings = settings
        self._kept = kept
        self._terms = self._register("terms", TERMS, lambda: client.records("/v1/creditTerm"))
        self._currencies = self._register("currencies", CURRENCIES, lambda: client.whole("/v1/currency"))
        self._item_classes = self._register(
            "item_classes", ITEM_CLASSES, lambda: client.rows("/v1/inventory/itemClass")
        )
        self._customer_classes = self._register(
            "customer_classes", CUSTOMER_CLASSES, lambda: client.whole("/v1/customer/customerClass")
        )
        self._branches = self._register("branches", BRANCHES, lambda: client.whole("/v1/branch"))
        self._accounts = self._register("accounts", ACCOUNTS, lambda: client.whole("/v1/account"))
        self._ledgers = self._register("ledgers", LEDGERS, lambda: client.whole("/v1/ledger"))
        self._project_key = self._register("project_key", DIMENSIONS, self._read_project_key)
        self._non_projects = self._register(
            "non_projects", NON_PROJECTS, lambda: client.rows("/v1/project", nonProject="true")
        )

    async def term_days(self) -> dict[str, int]:
        """Days by credit term, for terms that are a plain number of days and meant for customers."""
        return {
            row["id"]: row["days"]
            for row in await self._terms.get()
            if row["kind"] == "N" and row["days"] is not None and row["visible"] in FOR_CUSTOMERS
        }

    async def term(self, days: int) -> str | None:
        """The credit term of so many days; None when there is none. ConfigurationError when one must be chosen."""
        if days in self._settings.credit_terms:
            return self._settings.credit_terms[days]
        found = sorted(term for term, its in (await self.term_days()).items() if its == days)
        if len(found) > 1:
            raise ConfigurationError(
                f"Visma.net has {len(found)} credit terms of {days} days: {', '.join(found[:5])}.",
                todo=f"Say which one in visma_net.credit_terms of the tenant file, such as {{{days}: {found[0]}}}.",
                field="creditTermsId",
            )
        return found[0] if found else None

    async def base_currency(self) -> str:
        """Code of the company's own currency."""
        base = next((row["id"] for row in await self._currencies.get() if row["base"]), None)
        if base is None:
            raise ConfigurationError(
                "Visma.net does not say which currency is the company's own.",
                todo="Set the base currency of the company in Visma.net.",
                field="isBaseCurrency",
            )
        return str(base)

    async def has_currency(self, code: str) -> bool:
        """Whether documents may be in a currency."""
        return any(row["id"] == code and (row["used"] or row["base"]) for row in await self._currencies.get())

    async def item_class(self, class_id: str) -> Values | None:
        """An inventory class with the type of its items; None when there is none."""
        return next((row for row in await self._item_classes.get() if row["id"] == class_id), None)

    async def item_classes(self) -> Sequence[Values]:
        """All inventory classes: id, name, kind (VN-08)."""
        return list(await self._item_classes.get())

    async def customer_classes(self) -> Sequence[Values]:
        """All customer classes: id, name (VN-05)."""
        return list(await self._customer_classes.get())

    async def choices(self, registry: Registry) -> list[Choice]:
        """The classes that items of a registry may have; inventory classes of types without place in Severa stay."""
        if registry is Registry.CUSTOMERS:
            return [Choice(row["id"], row["name"]) for row in await self._customer_classes.get()]
        kinds = (ProductKind.PRODUCT, ProductKind.TRAVEL_EXPENSE)
        return [
            Choice(row["id"], row["name"])
            for row in await self._item_classes.get()
            if ITEM_KINDS.get(row["kind"] or "") in kinds
        ]

    async def check_project_number(self, number: str) -> None:
        """BadDataError for a number that the segmented key of projects does not take (VN-09)."""
        length = next((row["length"] for row in await self._project_key.get()), None)
        exact = self._settings.project_length_rule == "equal"
        if length is None or len(number) == length or (not exact and len(number) < length):
            return
        raise BadDataError(
            f"The project's number {number} does not fit Visma.net's project numbers.",
            why=f"They have {'exactly' if exact else 'at most'} {length} characters there.",
            todo="Set the length of the segmented key PROJECT in Visma.net (CS202000) to that of Severa's numbers, "
            "or give the project a number of that length.",
            field="projectID",
        )

    async def branch(self, branch_id: str) -> str:
        """Number of a branch by its internal id (VN-10)."""
        number = next((row["number"] for row in await self._branches.get() if row["id"] == branch_id), None)
        if number is None:
            raise BadDataError(
                "The invoice's branch is not in Visma.net any more.",
                todo="Check the VAT number of the business unit in Severa.",
                field="branchNumber",
            )
        return str(number)

    async def expense_accounts(self) -> frozenset[str]:
        """Numbers of the accounts of type Expense."""
        return frozenset(row["id"] for row in await self._accounts.get() if row["kind"] == "Expense")

    async def other_ledgers(self) -> frozenset[str]:
        """Ledgers that hold no actual postings: budgets, reports, statistics."""
        return frozenset(row["id"] for row in await self._ledgers.get() if row["kind"] not in (None, "Actual"))

    async def non_project(self) -> str:
        """The code for "no project"."""
        if self._settings.non_project is not None:
            return self._settings.non_project
        return next((str(row["id"]) for row in await self._non_projects.get()), DEFAULT_NON_PROJECT)

    async def _read_project_key(self) -> Rows:
        row = await self._client.row("/v1/dimension/{dimensionId}", {"dimensionId": "PROJECT"})
        return Rows([] if row is None else [row])

    def _register(self, name: str, table: Table[Values], read: Callable[[], Awaitable[Rows]]) -> Once:
        async def fetch() -> list[Values]:
            known = self._kept.load(f"visma_net.{name}") if self._kept is not None else None
            if known is None:
                known, _ = gather((await read()).rows, table.read, title=table.title, key="id")
                if self._kept is not None:
                    self._kept.save(f"visma_net.{name}", known)
            return known

        return Once(fetch)
