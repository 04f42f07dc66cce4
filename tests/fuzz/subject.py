"""What the suite must be told about a connector: its system, and its reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from core.records import Registry
from tests.conformance.system import System
from tests.support.sandbox import Sandbox

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    """What the recorded company has: of each registry the id, number or code and name of an item, and other ids."""

    ids: dict[Registry, str] = field(default_factory=dict)
    keys: dict[Registry, str] = field(default_factory=dict)
    names: dict[Registry, str] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)


Read = Callable[[Any, Known], Awaitable[Any]]
"""One read of an adapter."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One connector. `prepare` lets people make what is to be read, and says the ids that `reads` ask for.

    `samples` are the contract's own rows (file below its samples) by the list that they come in.
    """

    system: System
    samples: Mapping[str, str]
    reads: Mapping[str, Read]
    """Reads besides those of the registries."""
    prepare: Callable[[Sandbox], Mapping[str, Any]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the adapter besides those of the system's description."""
    singly: Mapping[str, str] = field(default_factory=dict)
    """Lists whose rows are also asked for one by one, with the member that names a row in its path."""
    left_alone: Mapping[Registry, frozenset[str]] = field(default_factory=dict)
    """Members that say which rows are for us: with another value a row is none of ours, and no problem."""

    def all_reads(self) -> dict[str, Read]:
        """Every read of its port."""
        return {**registry_reads(tuple(self.system.registries)), **self.reads}


def registry_reads(registries: tuple[Registry, ...]) -> dict[str, Read]:
    """Those that every connector has."""
    found: dict[str, Read] = {"access": lambda a, _: a.check_access()}
    for registry in registries:
        found[f"read {registry}"] = lambda a, _, r=registry: a.read(r, None)  # type: ignore[misc]  # bound now
        found[f"changed {registry}"] = lambda a, _, r=registry: a.read(r, SINCE)  # type: ignore[misc]  # bound now
        found[f"find {registry}"] = lambda a, k, r=registry: a.find(r, [k.keys[r]])  # type: ignore[misc]  # bound now
        found[f"get {registry}"] = lambda a, k, r=registry: a.get(r, k.ids[r])  # type: ignore[misc]  # bound now
    found["contacts of a customer"] = lambda a, k: a.children(Registry.CONTACTS, k.ids[Registry.CUSTOMERS])
    found["found by reference"] = lambda a, k: a.find_by_reference(
        Registry.CUSTOMERS,
        "00000000-0000-4000-8000-000000000002",
        {"number": k.keys[Registry.CUSTOMERS], "name": k.names[Registry.CUSTOMERS]},
    )
    return found


ERP_READS: Mapping[str, Read] = {
    "products that are missing": lambda a, _: a.missing_products(["STD", "NO-SUCH"]),
    "invoices by reference": lambda a, k: a.find_invoices([k.others["reference"]], SINCE),
    "draft": lambda a, k: a.invoice(k.others["draft"]),
    "sent invoice": lambda a, k: a.invoice(k.others["sent"]),
    "changed invoices": lambda a, _: a.invoices_changed(SINCE),
    "all invoices": lambda a, _: a.invoices_changed(None),
    "invoices by id": lambda a, k: a.invoices_by_id([k.others["sent"]]),
    "cost rows": lambda a, _: a.cost_rows(SINCE, posted_from=date(2020, 1, 1), posted_until=None),
}
"""Those that every ERP's connector has besides; they ask for `reference`, `draft` and `sent`."""
