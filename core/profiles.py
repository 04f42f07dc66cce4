"""What a profile is: one ERP's rules as data. The profiles themselves stand beside their connectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.records import Record, Registry, Side


class Flow(StrEnum):
    """Which way a field may go."""

    BOTH = "both"
    TO_ERP = "to ERP"
    TO_SEVERA = "to Severa"

    def allows(self, target: Side) -> bool:
        """Whether the field may be written on `target`."""
        return self is Flow.BOTH or (self is Flow.TO_ERP) == (target is Side.ERP)


class Master(StrEnum):
    """Whose updates count in a registry."""

    SEVERA = "severa"
    ERP = "erp"
    BOTH = "both"


class Need(StrEnum):
    """What becomes of a record whose reference has no counterpart on the other side yet."""

    OPTIONAL = "optional"
    """It goes without; the reference follows as soon as it can."""
    REQUIRED = "required"
    """It waits, and that is an issue."""
    SKIP = "skip"
    """It stays on its own side, without an issue."""


def optional(_record: Record) -> Need:
    """A reference that may follow later."""
    return Need.OPTIONAL


def always(_record: Record) -> bool:
    """The field is there for every record."""
    return True


ReferenceOf = Callable[[str], str | None]
"""Name of a reference field -> the Severa id of what it refers to, None when that is not linked."""
Matcher = Callable[[Record, ReferenceOf], tuple[Any, ...] | None]
"""What makes two records one: they are where it gives both the same key. None: it cannot say.

Its docstring says what they share, with a remark in brackets: `VN-03: name (unique in Severa).`
"""


def words_of(matcher: Matcher) -> str:
    """What a matcher says of itself, without the row of the list of behaviours: `name (unique in Severa)`."""
    words = " ".join((matcher.__doc__ or matcher.__name__).split()).rstrip(".")
    head, colon, rest = words.partition(": ")
    said = rest if colon and head.replace("-", "").isalnum() and any(char.isdigit() for char in head) else words
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]  # VAT stays VAT


def shared_by(matcher: Matcher, key: str) -> str:
    """What two records share that a matcher makes one: `name`; `key` is what people call their number or code."""
    return words_of(matcher).partition(" (")[0].replace("number or code", key)


def never(_record: Record) -> bool:
    """For no record."""
    return False


def equal(left: Any, right: Any) -> bool:
    """Plain equality."""
    return bool(left == right)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One synchronised field of a record. `same` says when two values mean the same on both sides.

    `need` is for references: what becomes of the record while the reference does not resolve. `applies` is asked of
    Severa's record: a work type has no price, so the ERP's price of it is nobody's change.
    A `fixed` field is given when the item is created and not looked at afterwards. The values of an `offered` field are
    a register of the ERP's: Severa offers them under that name, so that people can choose one (VN-05, VN-08).
    `filled` is asked of Severa's record, too: whether it takes the ERP's value when the two are linked and it has none.
    """

    name: str
    flow: Flow = Flow.BOTH
    same: Callable[[Any, Any], bool] = equal
    need: Callable[[Record], Need] = optional
    applies: Callable[[Record], bool] = always
    fixed: bool = False
    offered: str | None = None
    filled: Callable[[Record], bool] = never


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an offered field: its id in the ERP, and what people there call it."""

    id: str
    name: str | None = None


class Sought(StrEnum):
    """By what the counterpart of an item is looked for on a side that was not read in full."""

    KEY = "key"
    """By its number or code."""
    NAME = "name"
    """By its name: the numbers become one only when the items are linked (VN-03)."""
    EVERYTHING = "everything"
    """Among all items of the other side: there are few, and no question finds them (VN-10)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A record that does not meet `keeps` stays on its own side, without an issue. `name` says why, for people."""

    name: str
    keeps: Callable[[Record], bool]
    also_linked: bool = False
    """Whether it keeps back items that are linked already, too."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A record that does not meet `holds` is an issue: `why` says what is wrong, `todo` what a person does."""

    field: str
    holds: Callable[[Record], bool]
    why: str
    todo: str


@dataclass(frozen=True, slots=True)
class RegistryRule:
    """How one registry is kept in step.

    `match` gives the alternatives by which two records of either side are one item, the best first; each returns
    None when it cannot say. `filters` and `requirements` are per source side. `created_on` lists the sides on which
    new items are created. `sought_by` says how the counterpart of a single item is asked for, `alike` what two items
    must have in common besides to be one: where they differ, both are reported.

    `numbered_by` is the side whose numbers count (VN-02, VN-04): it numbers what is created there, and an item that the
    other side had before takes that number over when it is linked. None: a number crosses over with its item.
    """

    registry: Registry
    fields: tuple[FieldRule, ...]
    match: tuple[Matcher, ...]
    filters: dict[Side, tuple[Filter, ...]] = field(default_factory=dict)
    requirements: dict[Side, tuple[Requirement, ...]] = field(default_factory=dict)
    created_on: tuple[Side, ...] = (Side.SEVERA, Side.ERP)
    same_key: Callable[[Any, Any], bool] = equal
    """When two numbers or codes are one: some systems do not tell case apart."""
    sought_by: Sought = Sought.KEY
    alike: tuple[str, ...] = ()
    numbered_by: Side | None = None
    watches_key: bool = True
    """A number or code that changed after linking is reported, never pushed (ALL-14)."""
    rests_when_inactive: bool = False
    """Once inactive on either side, nothing is carried over but the activity itself (PO-04)."""
    only_new: Callable[[Record], bool] | None = None
    """Items for which only those created after the switch-on are carried over (PO-09)."""
    needs_activity: bool = False
    """Severa's items go out only once they have an active project or an invoice (PO-05)."""
    keeps_reference: bool = False
    """Linked items of the ERP get our reference written onto them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One ERP's rules. `statuses` are the Severa invoice statuses that a tenant must name, in their order."""

    system: str
    title: str
    registries: tuple[RegistryRule, ...]
    masters: dict[Registry, Master]
    statuses: tuple[str, ...]
    optional_statuses: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ("registry_sync", "invoice_export", "invoice_status", "cost_import")
    number_written_at: str = "sent"
    """The status at which the ERP's invoice number is known and written back (ALL-06)."""
    numbered_from: str | None = None
    """The status from which on Severa's statuses must have the number flag, where that is checked (VN-13)."""
    credit_notes_enter: str | None = None
    """The status that must be Severa's default after credit, where the ERP's guide wants one (VN-13)."""
    failed_comes_first: bool = False
    """Whether the failed status must be the first of all (VN-13)."""
    refused_are_failed: bool = False
    """Whether the failed status is also for invoices that the ERP refuses, not only for those with other totals."""
    erp_sends: bool = True
    """Whether the ERP sends invoices to customers. Otherwise Severa does, and `sent` is set there (VN-15)."""
    releases: bool = False
    """Whether a draft whose total is right is released into the books by us (VN-11), not sent by a person."""
    payment_references: bool = False
    """Whether the ERP's payment reference is written back beside the number (ALL-06)."""
    invoice_texts: bool = False
    """Whether the ERP takes the texts of an invoice's header and its exchange rate (VN-14)."""
    companies: bool = False
    """Whether business units that are companies stand on invoices (VN-10)."""
    cost_product_needed: bool = True
    """Whether a project cost must have a product. Otherwise Severa's own logic decides (VN-16)."""
    unknown_projects_are_issues: bool = True
    """Whether a cost on a project that Severa does not know is an issue. Otherwise it is counted and passed over."""
    severa_scopes: tuple[str, ...] = ()
    """Scopes that are asked for in Severa beside the usual ones."""

    def later_statuses(self, role: str) -> tuple[str, ...]:
        """The roles that come after one, in their order."""
        return self.statuses[self.statuses.index(role) + 1 :]

    def rule(self, registry: Registry) -> RegistryRule:
        """The rule of a registry. KeyError when this ERP does not have it."""
        for rule in self.registries:
            if rule.registry is registry:
                return rule
        raise KeyError(registry)
