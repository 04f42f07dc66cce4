"""What can go wrong in the state, in the words of the closed set (law 4)."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import BadDataError, BugError, TransientError
from core.links import Link
from core.records import Registry
from core.transfers import TransferState


class LinkClashError(BadDataError):
    """Two items of Severa claim one item of the ERP; nothing of the call was saved.

    `clashes` holds a pair for each: the link that was to be saved, and the one that holds the ERP's id.
    """

    def __init__(self, registry: Registry, clashes: Sequence[tuple[Link, Link]]) -> None:
        wanted, holder = clashes[0]
        more = f" and {len(clashes) - 1} more" if len(clashes) > 1 else ""
        super().__init__(
            f"{registry.value}: severa:{wanted.severa_id} cannot be linked to erp:{wanted.erp_id}, "
            f"which is linked to severa:{holder.severa_id} already{more}.",
            why="An item of the accounting system belongs to one item of Severa only.",
            todo="Find the double in Severa and remove it or give it a number of its own.",
        )
        self.registry = registry
        self.clashes = tuple(clashes)


class StaleTransferError(TransientError):
    """The ledger's row is in another state than its reader expected: somebody else moved it, nothing was written."""

    def __init__(self, severa_id: str, *, found: TransferState, expected: Sequence[TransferState]) -> None:
        words = " or ".join(state.value for state in expected)
        super().__init__(
            f"Invoice {severa_id} is {found.value} in the ledger, not {words}.",
            why="Another run or a person moved it meanwhile.",
            todo="Nothing: the next cycle goes on from where it stands.",
        )
        self.severa_id = severa_id
        self.found = found
        self.expected = tuple(expected)


class UnknownTransferError(BugError):
    """A step of an invoice that was never added to the ledger."""

    def __init__(self, severa_id: str) -> None:
        super().__init__(f"Invoice {severa_id} is not in the ledger.")
        self.severa_id = severa_id


class CostStepError(BugError):
    """A step of a cost row that could import it twice: its intent is unsettled, or it is imported already."""

    def __init__(self, key: str, *, wanted: str, found: str) -> None:
        super().__init__(
            f"Cost {key} cannot become {wanted}: it is {found}.",
            why="A cost row is imported once (ALL-08).",
            todo="Look the cost up in Severa before anything else.",
        )
        self.key = key
        self.found = found
