"""What a system offers for the settings of a new tenant: the values that are there, for people to choose from.

Each connector that has such registers says in `offers.py` which settings are chosen from which register (`SOURCES`),
and reads the registers. Nothing is written, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.profiles import Profile
from core.records import Side


@dataclass(frozen=True, slots=True)
class Offer:
    """One value of a register.

    `value` is what a tenant file names it by, `title` what people call it, `note` what else tells it apart. `also` are
    other values by which a tenant file may name it. `key` says for which part of a setting with several parts it is:
    the kind of an item, the days of a payment term.
    """

    value: str
    title: str = ""
    note: str = ""
    also: tuple[str, ...] = ()
    key: str = ""

    def named(self, value: object) -> bool:
        """Whether a tenant file that says `value` means this one."""
        return str(value) in (self.value, *self.also)


def everywhere(_profile: Profile) -> bool:
    """With every ERP."""
    return True


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values of a setting stand: in a register of one side.

    `needed` tells with which ERPs the setting matters. `several`: only where there are several values (of one key)
    somebody has to choose, a single one goes by itself.
    """

    side: Side
    register: str
    needed: Callable[[Profile], bool] = everywhere
    several: bool = False


class OffersPort(Protocol):
    """The registers of one system. Methods raise only the closed set of `core.errors`."""

    async def read(self, register: str) -> tuple[Offer, ...]:
        """The values of a register, active ones only, in its own order or by value. KeyError for an unknown one."""

    async def close(self) -> None:
        """Close connections."""


def distinct(offers: list[Offer]) -> tuple[Offer, ...]:
    """Values that stand for one item only; of those that several share there is nothing to choose."""
    seen: dict[tuple[str, str], int] = {}
    for offer in offers:
        seen[offer.key, offer.value] = seen.get((offer.key, offer.value), 0) + 1
    return tuple(offer for offer in offers if seen[offer.key, offer.value] == 1)
