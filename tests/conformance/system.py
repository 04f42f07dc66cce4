"""What the suite must be told about a system: how it is opened, its registries, and how people act in it.

A connector's own test file names one `System` and the classes of the suite that it has to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from connectors.ports import RegistryPort
from core.records import RECORD_TYPES, Registry, business_fields
from tests.support.sandbox import Row, Sandbox

Values = dict[str, Any]
Refs = Mapping[str, str]
"""Field that refers to another record -> id of that record on this side."""
GUID = "5d0c41e2-7b6a-4f39-9c1e-{:012d}"


def fields_of(registry: Registry) -> frozenset[str]:
    """The fields of a registry's records that are about the business."""
    kind: Any = RECORD_TYPES[registry]
    return frozenset(business_fields(kind))


def guid(number: int) -> str:
    """A guid of ours, as Severa would have it."""
    return GUID.format(number)


class Connector(RegistryPort, Protocol):
    """What both kinds of adapters offer."""

    async def check_access(self) -> None:
        """One cheap authorised call."""

    async def close(self) -> None:
        """Close connections."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One registry of a system: its calls, and values to try it with.

    Paths are those below the system's base URL, with `{…}` for ids. `values` makes a complete record of a number and of
    ids for its references; `changed` makes another value for every field that may be changed.
    """

    lists: tuple[str, ...]
    """Path of every call that reading the changes of a quiet time takes."""
    create: str
    """Where a new item is posted."""
    item: str
    """Where one item stands."""
    kinds: tuple[str, ...]
    """What the simulated system stores for it: kinds of objects, that of new items first."""
    values: Callable[[int, Refs], Values]
    changed: Callable[[int, Refs], Values]
    required: frozenset[str]
    """Fields without which the system takes no item."""
    unknown: str
    """An id that no item has."""
    foreign: frozenset[str] = frozenset()
    """Fields that the system has no place for, or that are its own: they need not come back as they went."""
    fixed: frozenset[str] = frozenset()
    """Fields that are set when an item is created and never after."""
    filled: frozenset[str] = frozenset()
    """Fields that the system fills when nothing is given."""
    kept: frozenset[str] = frozenset()
    """Fields that the system does not empty: an update to None is told as missing."""
    companions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that go along when a field is written."""
    before: Mapping[str, Values] = field(default_factory=dict)
    """What an item must look like before a field may be changed."""
    left_alone: str | None = None
    """A word in the problems that the seeded company has in this registry."""
    shares_keys: bool = False
    """Whether several items may have one number or code."""
    keyless: bool = False
    """Whether items have neither number nor code that the other side knows: nothing is found by one."""
    odd_keys: tuple[str, ...] = ()
    """Codes that a careless filter would misread."""
    longest_name: int = 190
    """Characters that the vendor's specification allows in a name, as far as the suite goes."""
    refused: tuple[Values, ...] = ()
    """Values with which the system, or the connector before it, refuses an item."""
    no_keys: tuple[str, ...] = ()
    """What people may type as a number or code of the other side and no item here can have."""
    left_out: int = 0
    """How many rows among the broken ones mean something that the other side has no place for: they are no problems."""
    row_id: tuple[str, Callable[[int], Any]] | None = None
    """The member that holds a row's id where it is not the system's usual one, and ids to fill it with."""

    def mapped(self, registry: Registry) -> frozenset[str]:
        """Business fields that must come back as they went."""
        return fields_of(registry) - self.foreign


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Invoices in a system. Ids are those of the ERP port's invoices; `stored` finds rows by our reference."""

    create: str
    """Where a draft is posted."""
    changed: str
    """The list of sent invoices."""
    products: Mapping[Decimal, str]
    """VAT percent -> code of a product that is sold with it."""
    foreign_currency: str
    stored: Callable[[Sandbox, str], list[Row]]
    send: Callable[[Sandbox, str], None]
    pay: Callable[[Sandbox, str, Decimal | None], None]
    """Registers a payment of an amount, or of all that is left."""
    add_row: Callable[[Sandbox, str, Decimal], None]
    """A person adds a row of this amount before VAT to a draft."""
    lock: Callable[[Sandbox, str], None]
    """A person confirms a draft, so that it cannot be removed as it stands."""
    delete: Callable[[Sandbox, str], None]
    changed_at: Callable[[Sandbox, str], datetime]
    """When the sent invoice last changed in the sense of the list."""
    lists: tuple[str, ...] = ()
    """Every list of sent invoices, where there are more than one."""
    refuses_twins: bool = True
    """Whether the system itself takes a reference only once."""
    left_out: int = 0
    """How many broken rows are drafts by what they say: they are left out."""
    release: str | None = None
    """Where a draft is released by the connector; None where people send it."""
    files: Callable[[Sandbox, str], list[str]] | None = None
    """Names of the files that a document has; None where no files go with invoices."""


@dataclass(frozen=True, kw_only=True)
class Bought:
    """A row of a supplier's invoice. Amounts are before VAT."""

    amount: Decimal
    quantity: Decimal | None = None
    project: str | None = None
    product: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Purchases:
    """Purchase invoices in a system. Vouchers go by their id."""

    list: str
    post: Callable[[Sandbox, Sequence[Bought], date | None], str]
    credit: Callable[[Sandbox, Sequence[Bought]], str]
    """Posts a supplier's credit note; amounts are positive."""
    reverse: Callable[[Sandbox, str], None] | None
    """Takes a voucher back by another that names it; None where there is no such thing."""
    product: str
    """Code of a product that may stand on a row."""
    changed_at: Callable[[Sandbox, str], datetime]
    """When a ledger row last changed."""
    lists: tuple[str, ...] = ()
    """Every list of costs, where there are more than one."""
    as_one: bool = False
    """Every cost has quantity 1 and no product, and its text says more than the row's."""
    id_of: Callable[[Row], str] | None = None
    """The id of the first cost of a listed row, where it is not the row's own."""


@dataclass(frozen=True, kw_only=True)
class System:
    """One system as the suite sees it.

    `open` makes an adapter of the members of the ready file, of a store for its access token (None: one of its own) and
    of settings. `credentials` are the members of the ready
    file that must be right, `secrets` those of them that nobody may see; `token` is the path where access tokens are
    given out; `refusal` is an error body as the vendor writes it.
    """

    name: str
    open: Callable[..., Connector]
    credentials: tuple[str, ...]
    secrets: tuple[str, ...]
    token: str
    refusal: Callable[[str], Any]
    small_pages: Mapping[str, Any]
    """Settings with which the seeded company takes several pages."""
    row_id: tuple[str, Callable[[int], Any]]
    """The member that holds a row's id, and ids to fill it with."""
    registries: Mapping[Registry, Sample]
    change: str = "PATCH"
    """The method that changes an item."""
    silent_error: str = "status:500"
    """The fault that is an answer which says nothing of what became of a write."""
    desk: Desk | None = None
    purchases: Purchases | None = None
    defects: Mapping[str, str] = field(default_factory=dict)
    """Test, as `test_name[parameters]`, that the connector does not pass yet -> what is wrong with the connector."""
