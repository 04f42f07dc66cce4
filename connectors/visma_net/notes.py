"""Our reference on a document is its note, and whether Visma.net gives notes back is not published (section 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.ports import RegisterStore
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.documents import Kind, reference_in
from connectors.visma_net.settings import VismaNetSettings

FACT = "visma_net.notes"


class Notes:
    """Reads references out of notes, and learns from our own documents where notes are given back.

    `in_answers`: the answer about one document has its note. `in_lists`: a list has it, too. None while nothing is
    known of it. What was learnt is kept between runs.
    """

    def __init__(self, client: VismaNetClient, settings: VismaNetSettings, kept: RegisterStore | None) -> None:
        self._client = client
        self._kept = kept
        said = {"yes": True, "no": False, "check": None}[settings.note_given_back]
        fact = (kept.load(FACT) or [None, None]) if kept is not None and said is None else [said, said]
        self.in_answers: bool | None = fact[0]
        self.in_lists: bool | None = fact[1]

    def learn(self, *, in_answers: bool | None = None, in_lists: bool | None = None) -> None:
        """A document that is ours showed its note, or did not. What was seen once to be given back is given back."""
        before = (self.in_answers, self.in_lists)
        if in_answers is not None and self.in_answers is not True:
            self.in_answers = in_answers
        if in_lists is not None and self.in_lists is not True:
            self.in_lists = in_lists
        if self._kept is not None and before != (self.in_answers, self.in_lists):
            self._kept.save(FACT, [self.in_answers, self.in_lists])

    def see(self, listed: Iterable[Any]) -> None:
        """Rows of a list: one of ours with its note says that lists have notes."""
        if any(isinstance(row, Mapping) and reference_in(row.get("note")) for row in listed):
            self.learn(in_lists=True)

    async def reference(self, kind: Kind, listed: Any) -> tuple[str | None, bool]:
        """(our reference on a listed document, whether its note is known). It is asked for where the list has none."""
        if not isinstance(listed, Mapping):
            return None, True
        if listed.get("note"):
            return reference_in(listed["note"]), True
        if self.in_lists or self.in_answers is False:
            return None, bool(self.in_lists)
        row = await self._client.row(kind.item, {kind.name_in_path: listed.get("referenceNumber")})
        note = row.get("note") if row else None
        found = reference_in(note)
        if found:
            self.learn(in_answers=True, in_lists=False)
        return found, bool(note) or self.in_answers is True or row is None
