"""Numbers and internal ids of customers and projects: links keep the ids, documents and contacts the numbers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.together import each
from connectors.values import Rejected, number_text, text
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.remembered import Remembered
from core.errors import GoneError
from core.foreseen import is_stand_in

WORTH_A_LIST = 20
"""From so many unknown numbers on, the whole list takes fewer calls than asking for each."""


_ASKABLE = re.compile(r"[\w .+&-]{1,30}")
"""Numbers are segmented keys: what cannot be one is nobody's, and might not survive a path."""


class Numbers:
    """One register's numbers and internal ids, as far as they were seen. What was seen last counts.

    `path` is the list; one object stands below it by number, and below `internal` by id. `id_member` and
    `number_member` are the members of a row. `remembered` keeps what was asked for singly.
    """

    def __init__(
        self,
        client: VismaNetClient,
        path: str,
        *,
        title: str,
        id_member: str,
        number_member: str,
        remembered: Remembered | None = None,
    ) -> None:
        self._client = client
        self._path = path
        self._title = title
        self._id_member = id_member
        self._number_member = number_member
        self._ids: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._strangers: set[str] = set()
        self._remembered = remembered or Remembered(None, path)
        self.reading = asyncio.Lock()
        """Held while the whole list is read: who looks for numbers meanwhile finds them afterwards."""

    def learn(self, rows: Iterable[Any]) -> None:
        """See rows of the register; those that break the contract are not looked at."""
        for row in rows:
            if not isinstance(row, Mapping):
                continue
            try:
                own, number = number_text(row.get(self._id_member)), text(row.get(self._number_member))
            except Rejected:
                continue
            if own and number:
                self._ids[number] = own
                self._numbers[own] = number

    async def number(self, internal_id: str) -> str:
        """The number of an item by its internal id. GoneError when it does not exist.

        One that only a run would make has none yet: a preview goes on with the id that stands for it.
        """
        if is_stand_in(internal_id):
            return internal_id
        if internal_id not in self._numbers:
            row = await self._client.row(f"{self._path}/internal/{{internalID}}", {"internalID": internal_id})
            self.learn([row])
        if internal_id not in self._numbers:
            raise GoneError(
                f"{self._title} {internal_id} is not in Visma.net any more.",
                todo="Look for it in Visma.net: it was deleted.",
            )
        return self._numbers[internal_id]

    async def ids(self, numbers: Iterable[str | None]) -> Mapping[str, str]:
        """Internal ids by number; a number that no item has is left out."""
        wanted = {number for number in numbers if number}
        async with self.reading:
            unknown = wanted - self._ids.keys() - self._strangers
            if len(unknown) > WORTH_A_LIST:
                self.learn((await self._client.rows(self._path)).rows)
            elif unknown:
                await each(self._ask, sorted(unknown))
        self._strangers |= wanted - self._ids.keys()
        return {number: self._ids[number] for number in wanted if number in self._ids}

    async def _ask(self, number: str) -> None:
        """The id of one number; of one that no item has nothing is learnt."""
        if not _ASKABLE.fullmatch(number):
            return
        if self._remembered.knows(number):
            own = self._remembered.get(number)
            if own is not None:
                self._ids[number] = own
            return
        self.learn([await self._client.row(f"{self._path}/{{number}}", {"number": number})])
        self._remembered.put(number, self._ids.get(number))
