"""Taking a document whose total is right into the books: off hold, then released (contract section 11, steps 6 to 8).

The document's real state comes first, so that a release that was interrupted is taken up where it stands; right after
the create that is the reading whose total was checked. The state afterwards is read once, when it is in the books.
"""

from __future__ import annotations

import asyncio
import time

from connectors.pace import Clock, Sleep
from connectors.values import shown
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.documents import RELEASED, Document, Kind, located
from connectors.visma_net.invoices import Invoices
from connectors.visma_net.refusals import ChangedMeanwhileError, InDoubtError
from connectors.visma_net.settings import VismaNetSettings
from core.errors import (
    BadDataError,
    GoneError,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
    TransientError,
)

DRAFT, BALANCED = "Hold", "Balanced"


class Release:
    """Releases documents of one company, as far as the tenant wants it."""

    def __init__(
        self,
        client: VismaNetClient,
        settings: VismaNetSettings,
        invoices: Invoices,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._client = client
        self._settings = settings
        self._invoices = invoices
        self._sleep = sleep
        self._clock = clock

    async def release(self, invoice_id: str) -> Document:
        """Take a document as far as `after_transfer` says; the document as it stands then, with its number.

        BadDataError when Visma.net refuses it, TransientError when it takes too long: the document stays as it is and
        the next run goes on from there. GoneError when it does not exist.
        """
        document = self._invoices.just_made.take(invoice_id) or await self._present(invoice_id)
        if self._settings.after_transfer == "hold" or document.status in RELEASED:
            return document
        if document.status == DRAFT:
            changed = await self._off_hold(document)
            if changed is not None:
                document = changed
        if self._settings.after_transfer == "balanced" or document.status in RELEASED:
            return document
        if document.status not in (DRAFT, BALANCED):
            raise _elsewhere(document)
        return await self._released(document)

    async def _off_hold(self, document: Document) -> Document | None:
        """PUT hold=false; somebody else's change in between is met once.

        The document when it was read afterwards: one that is to be released right away shows by that what it is.
        """
        kind, number = _place(document)
        for last in (False, True):
            try:
                await self._client.change(kind.item, {"hold": False}, {kind.name_in_path: number}, document.version)
            except ChangedMeanwhileError as changed:
                if last:
                    raise TransientError(changed.what, why=changed.why, todo="It goes on in the next run.") from changed
            except (BadDataError, MissingDependencyError):
                if (await self._present(document.id)).status not in RELEASED:
                    raise
            else:
                if self._settings.after_transfer != "balanced":
                    return None
            document = await self._present(document.id)
            if document.status != DRAFT:
                return document
        raise _on_hold(document)

    async def _released(self, document: Document) -> Document:
        """POST the release, and look until the document is open. What was refused is told by the document's state."""
        kind, number = _place(document)
        doubt: OutcomeUnknownError | None = None
        try:
            result = await self._client.act(f"{kind.item}/action/release", {kind.name_in_path: number})
        except OutcomeUnknownError as unknown:  # the document itself says what became of it
            doubt = unknown
        except (BadDataError, MissingDependencyError) as refused:
            return await self._standing(document, refused)
        else:
            if result.get("actionResult") == "Failed":
                told = result.get("errorInfo")
                why = told[:300] if isinstance(told, str) else ""
                return await self._standing(document, _not_released(number, why))
        end = self._clock() + self._settings.release_seconds
        while True:
            now = await self._present(document.id)
            if now.status in RELEASED:
                return now
            if isinstance(doubt, InDoubtError):  # it was answered, with a reason, and nothing happened
                raise _on_hold(now) if now.status == DRAFT else _not_released(number, doubt.why)
            if self._clock() >= end and now.status == DRAFT:
                raise _on_hold(now)
            if self._clock() >= end:
                raise TransientError(
                    f"Document {number} is not released yet.",
                    why=doubt.why if doubt else "Visma.net is still at it.",
                    todo="Nothing: the next run looks at it again.",
                )
            await self._sleep(self._settings.poll_seconds)

    async def _standing(self, document: Document, refused: SyncError) -> Document:
        """A refused release: the document when it is in the books all the same, else why it could not be."""
        now = await self._present(document.id)
        if now.status in RELEASED:
            return now
        if now.status == DRAFT:
            raise _on_hold(now) from refused
        raise (refused if now.status == BALANCED else _elsewhere(now)) from refused

    async def _present(self, invoice_id: str) -> Document:
        document = await self._invoices.get(invoice_id)
        if document is None:
            raise GoneError(
                f"Document {invoice_id.partition(':')[2]} is not in Visma.net any more.",
                todo="A deleted draft is never made again by itself: change the invoice in Severa, or retry it.",
            )
        return document


def _place(document: Document) -> tuple[Kind, str]:
    place = located(document.id)
    assert place is not None  # noqa: S101 - a document's own id
    return place


def _not_released(number: str, why: str) -> BadDataError:
    return BadDataError(
        f"Visma.net did not release document {number}.",
        why=why,
        todo="Look at it in Visma.net (AR301000); the next run tries again.",
        field="status",
    )


def _on_hold(document: Document) -> BadDataError:
    return BadDataError(
        f"Document {document.order_number} stays on hold in Visma.net.",
        why="Perhaps 'Validate document totals on entry' is on: no control total can be given.",
        todo="Switch it off in Visma.net (AR101000); the next run goes on.",
        field="hold",
    )


def _elsewhere(document: Document) -> BadDataError:
    return BadDataError(
        f"Document {document.order_number} cannot be released: it stands on {shown(document.status)}.",
        why="Only a balanced document can be released.",
        todo="Look at it in Visma.net (AR301000); the next run goes on from its state.",
        field="status",
    )
