"""Numbers that linked items take over from the side that numbers them (VN-02, VN-04).

Numbers are unique on either side, so a number may have to become free first: items go in the order in which their
numbers do, and where they only trade numbers among each other one of them stands aside meanwhile. What is to be
carried over is written down before the links that call for it are saved, and struck off when it is done: whoever comes
after a kill looks at what each item shows now and goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from connectors.dry import NotSentError
from core.errors import BadDataError, ConfigurationError, GoneError, SyncError
from core.issues import Issue
from core.plans import record_key
from core.records import RECORD_TYPES, Record, Registry, Side
from state.facts import Facts
from tasks.foreseeing import Foresight
from tasks.registry_read import JOB
from tasks.registry_unfinished import FOR_GOOD
from tasks.run import Run, issue_of
from tasks.subject import Subject, changing

ASIDE = 900_000_000_001
"""The first of the numbers under which items stand aside; no system gives such numbers, and Severa's hold 64 bits."""


class Owed:
    """Numbers still to be carried over in one registry of one tenant: by id on the side that takes them over."""

    def __init__(self, facts: Facts, registry: Registry) -> None:
        self._facts = facts
        self._name = f"numbers.{registry.value}"
        value: Mapping[str, Any] = facts.get(self._name, max_age=FOR_GOOD) or {}
        self._numbers: dict[str, str] = dict(value.get("owed", {}))

    def all(self) -> dict[str, str]:
        """Id -> number."""
        return dict(self._numbers)

    def add(self, numbers: Mapping[str, str]) -> None:
        """These, too. Committed before the links are."""
        self._put(self._numbers | dict(numbers))

    def strike(self, ids: Collection[str]) -> None:
        """These are done, or nobody's any more."""
        self._put({own: number for own, number in self._numbers.items() if own not in ids})

    def _put(self, numbers: dict[str, str]) -> None:
        if numbers != self._numbers:
            self._facts.put(self._name, {"owed": numbers})
            self._numbers = numbers


class Takeover:
    """One round of carrying numbers over. `done` are the ids that have theirs now, `issues` say why others have not."""

    def __init__(
        self, run: Run, registry: Registry, target: Side, known: Mapping[str, str | None] | None = None
    ) -> None:
        """`known` are numbers that items have now, by id, as far as they were read."""
        self._run = run
        self._foresight = Foresight(run, JOB, registry)
        self._known = known or {}
        self._registry = registry
        self._target = target
        self.done: list[str] = []
        self.changed: list[str] = []
        """Those of them that had another number before."""
        self.gone: list[str] = []
        self.issues: list[Issue] = []

    async def carry_out(self, wanted: Mapping[str, str]) -> None:
        """Give every item its number. `wanted`: id -> number."""
        port = self._run.port(self._target)
        found = (await port.find(self._registry, sorted(set(wanted.values())))).items
        holders: dict[str, Record] = {record.key: record for record in found if record.key}
        left: dict[str, str] = {}
        for own, number in wanted.items():
            holder = holders.get(number)
            if holder is not None and holder.id == own:
                self.done.append(own)
            else:
                left[own] = number
        while left:
            free = [own for own, number in left.items() if number not in holders]
            if free:
                await self._each(free, left, holders)
            elif not await self._one_aside(left, holders):
                self._stuck(left, holders)
                return

    async def _each(self, free: list[str], left: dict[str, str], holders: dict[str, Record]) -> None:
        """Those whose numbers nobody holds; the numbers that they had are free afterwards."""
        limit = self._run.settings(self._target).concurrency

        async def one(own: str) -> None:
            number = left.pop(own)
            if await self._write(own, number):
                self.done.append(own)
                self.changed.append(own)
                for key in [key for key, holder in holders.items() if holder.id == own]:
                    del holders[key]

        await self._run.each(free, one, limit=limit, what=self._what(free), about=self._about)

    async def _one_aside(self, left: dict[str, str], holders: dict[str, Record]) -> bool:
        """Where items wait for each other's numbers, one of them goes aside; False when somebody else is in the way."""
        own = next((own for own, number in left.items() if self._in_a_ring(own, number, left, holders)), None)
        if own is None:
            return False
        if not await self._write(own, await self._unused()):
            del left[own]
            return True
        for key in [key for key, holder in holders.items() if holder.id == own]:
            del holders[key]
        return True

    def _in_a_ring(self, own: str, number: str, left: Mapping[str, str], holders: Mapping[str, Record]) -> bool:
        seen: set[str] = set()
        while number in holders:
            holder = holders[number].id
            if holder == own:
                return True
            if holder in seen or holder not in left:
                return False
            seen.add(holder)
            number = left[holder]
        return False

    def _stuck(self, left: Mapping[str, str], holders: Mapping[str, Record]) -> None:
        """Numbers that an item holds which gets none itself: a person decides."""
        names = self._run.names
        for own, number in left.items():
            holder = holders[number]
            error = BadDataError(
                f"It gets the number {number} from {names[self._target.other]}, which is taken in "
                f"{names[self._target]}.",
                why=f"{holder.label} has it there.",
                todo=f"Give {holder.label} another number in {names[self._target]}.",
                field="number",
            )
            self._failed(error, own, number)

    async def _write(self, own: str, number: str) -> bool:
        key = RECORD_TYPES[self._registry].KEY
        try:
            with changing({key: (None, number)}):
                written = await self._run.port(self._target).update(self._registry, own, {key: number})
        except NotSentError:
            if number.isdigit() and int(number) >= ASIDE:
                return True  # it only stands aside
            self._foresight.number(self._target, own, self._label(number), await self._present(own), number)
            return True
        except ConfigurationError:
            raise
        except GoneError as error:
            self.gone.append(own)
            self._failed(error, own, number, f"gone:{self._target.value}")
            return False
        except SyncError as error:
            self._failed(error, own, number)
            return False
        self._run.written[self._target, self._registry] += 1
        if written.error is not None:
            self._failed(written.error, own, number)
        return written.error is None

    async def _present(self, own: str) -> str | None:
        """The number that an item has now."""
        if own in self._known:
            return self._known[own]
        record = await self._run.port(self._target).get(self._registry, own)
        return record.key if record is not None else None

    def _label(self, number: str) -> str:
        return f"{self._registry.value[:-1].replace('_', ' ')} {number}"

    async def _unused(self) -> str:
        """A number that nobody holds."""
        candidate = ASIDE
        while True:
            numbers = [str(candidate + step) for step in range(10)]
            taken = {record.key for record in (await self._run.port(self._target).find(self._registry, numbers)).items}
            if unused := [number for number in numbers if number not in taken]:
                return unused[0]
            candidate += 10

    def _failed(self, error: SyncError, own: str, number: str, cause: str | None = None) -> None:
        scope, label = self._registry.value, self._label(number)
        self.issues.append(issue_of(error, scope=scope, side=self._target, record_id=own, label=label, cause=cause))

    def _what(self, items: Collection[str]) -> str:
        return f"renumber {self._registry.value}" if len(items) > 50 else ""

    def _about(self, own: str) -> Subject:
        return Subject(self._registry.value, record_key(self._target, own))
