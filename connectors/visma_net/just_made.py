"""Documents as they were read right after they were made: that one reading serves the steps that follow at once.

The contract wants a look just before a document is changed (section 8), and its attachments looked at before one is
added (section 9). The read whose total was checked is that look, as long as it is fresh and nothing of ours came after
it; what a person changed in between is met by the time stamp that goes with the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.visma_net.documents import Document
from core.invoices import FileRef

FRESH_SECONDS = 15.0
"""So long a reading counts as the look just before; whatever takes longer is looked at again."""


class JustMade:
    """The documents that one process made within the last seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._read: dict[str, tuple[float, Document]] = {}
        self._altered: set[str] = set()

    def keep(self, document: Document) -> None:
        """A document as it was read right after its create."""
        self._read[document.id] = (self._clock(), document)

    def with_files(self, invoice_id: str) -> Document | None:
        """It with the files that it has by now; None when it has to be read."""
        read_at, document = self._read.get(invoice_id, (0.0, None))
        return document if document is not None and self._clock() - read_at <= FRESH_SECONDS else None

    @contextmanager
    def attaching(self, invoice_id: str, name: str) -> Iterator[None]:
        """We add a file: while its answer is not here, and after a lost one, only a reading knows what it has.

        Its time stamp is another one afterwards, so that the release reads it in any case.
        """
        known = self._read.pop(invoice_id, None)
        yield
        if known is not None:
            read_at, document = known
            self._altered.add(invoice_id)
            files = (*document.files, FileRef(id=name, name=name, revision=1))
            self._read[invoice_id] = (read_at, replace(document, files=files))

    def take(self, invoice_id: str) -> Document | None:
        """It for the one change that follows, with its time stamp; None when it has to be read."""
        document = None if invoice_id in self._altered else self.with_files(invoice_id)
        self._read.pop(invoice_id, None)
        self._altered.discard(invoice_id)
        return document
