"""What a test works with: an adapter of the system, records to try it with, and what goes over the wire."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from connectors.auth import MemoryTokenStore
from connectors.ports import ErpPort, Written
from core.records import RECORD_TYPES, Record, Registry
from tests.conformance.system import Connector, Desk, Purchases, Refs, Sample, System, Values, guid
from tests.support.sandbox import Moment, Row, Sandbox

LONGEST = 300
"""Seconds after which a token is taken for old; vendors give tokens for 20 minutes and more."""
NUMBERS = itertools.count(1)
"""Every number is used once in a process, so that tests which share a simulated system do not meet."""


@dataclass
class Calls:
    """The requests of a stretch of a test, in the order of their arrival. Requests for tokens are kept apart."""

    prefix: str
    token: str
    made: list[tuple[str, str]]
    tokens: int = 0

    def see(self, moment: Moment) -> bool:
        """What the tap tells."""
        stage, method, path = moment
        if stage == "before" and path.startswith(self.prefix):
            bare = path.removeprefix(self.prefix)
            if bare == self.token:
                self.tokens += 1
            else:
                self.made.append((method, bare))
        return False

    @property
    def paths(self) -> Counter[str]:
        """How often each path was called."""
        return Counter(path for _, path in self.made)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Calls that could change something."""
        return [call for call in self.made if call[0] != "GET"]

    def to(self, method: str, template: str) -> int:
        """Calls of a path with `{…}` for anything."""
        wanted = matcher(template)
        return sum(made == method and wanted.fullmatch(path) is not None for made, path in self.made)


def matcher(template: str) -> re.Pattern[str]:
    """The paths of a template."""
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)))


@dataclass
class Session:
    """The access token that the tests of a module share: for every new one the recording has one secret more to hide.

    `passed` are the seconds for which the simulated clock was put forward since the token was given out.
    """

    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    passed: float = 0.0

    def renew(self, system: str) -> None:
        """Before a test: a token that could run out in it is not used."""
        if self.passed > LONGEST:
            self.tokens.drop(system)
            self.passed = 0.0


@dataclass
class Stage:
    """One adapter before one simulated system."""

    system: System
    sandbox: Sandbox
    adapter: Connector
    session: Session

    @property
    def erp(self) -> ErpPort:
        """The adapter of an ERP."""
        return cast(ErpPort, self.adapter)

    @property
    def access(self) -> dict[str, Any]:
        """The system's part of the ready file."""
        found: dict[str, Any] = self.sandbox.access[self.system.name]
        return found

    @property
    def desk(self) -> Desk:
        """Invoices of the system."""
        assert self.system.desk is not None, f"{self.system.name} says nothing of invoices"
        return self.system.desk

    @property
    def purchases(self) -> Purchases:
        """Purchase invoices of the system."""
        assert self.system.purchases is not None, f"{self.system.name} says nothing of purchase invoices"
        return self.system.purchases

    def sample(self, registry: Registry) -> Sample:
        """How one registry is tried."""
        return self.system.registries[registry]

    @contextmanager
    def calls(self) -> Iterator[Calls]:
        """Sees the calls of a block."""
        seen = Calls(f"/{self.system.name}", self.system.token, [])
        self.sandbox.tap.watch = seen.see
        try:
            yield seen
        finally:
            self.sandbox.tap.watch = None

    def open(self, **settings: Any) -> Connector:
        """Another adapter of the system, with settings of its own."""
        return self.system.open(self.access, self.session.tokens, **settings)

    def fault(self, method: str, path: str, kind: str, times: int = 1) -> None:
        """Order a fault of this system."""
        self.sandbox.fault(self.system.name, method, path, kind, times)

    def later(self, seconds: float = 120) -> datetime:
        """Let time pass in the simulated systems; what time it is there then, UTC."""
        self.sandbox.advance(seconds)
        self.session.passed += seconds
        told = httpx.get(f"{self.sandbox.access['control_url']}/").json()["now"]
        return datetime.fromisoformat(told).astimezone(UTC)

    def stored(self, kinds: tuple[str, ...]) -> dict[str, list[Row]]:
        """What the system has of some kinds."""
        return {kind: self.sandbox.objects(self.system.name, kind) for kind in kinds}

    # ---------------------------------------------------------------- records

    async def refs(self, registry: Registry) -> dict[str, str]:
        """Ids of new records that a record of this registry can refer to. A contact is one of the customer's."""
        found: dict[str, str] = {}
        for name, target in RECORD_TYPES[registry].REFERENCES.items():
            if target not in self.system.registries or name in self.sample(registry).foreign:
                continue
            if target is Registry.CONTACTS:
                found[name] = await self.contact_of(found["customer"])
            else:
                found[name] = (await self.parent(target)).id
        return found

    async def parent(self, registry: Registry) -> Record:
        """A new record for others to refer to, itself without references where it may be."""
        return (await self.make(registry, refs={})).record

    async def contact_of(self, customer: str) -> str:
        """The id of a new contact of a customer."""
        return (await self.make(Registry.CONTACTS, refs={"customer": customer})).record.id

    async def fresh(
        self, registry: Registry, refs: Refs | None = None, more: Values | None = None
    ) -> tuple[Values, str]:
        """Complete values that no item has yet, and our reference for them."""
        number = next(NUMBERS)
        known = await self.refs(registry) if refs is None else refs
        return self.sample(registry).values(number, known) | (more or {}), guid(number)

    async def make(self, registry: Registry, refs: Refs | None = None, more: Values | None = None) -> Written:
        """Create an item; with `refs` that name nothing it refers to nothing. `more` are values of the test's own."""
        values, reference = await self.fresh(registry, refs, more)
        return await self.adapter.create(registry, values, reference)

    async def others(self, registry: Registry, made: Record) -> Values:
        """Another value for every field that may be changed."""
        refs = await self.refs(registry)
        if "contact" in refs and getattr(made, "customer", None):
            refs["contact"] = await self.contact_of(getattr(made, "customer"))  # noqa: B009 - no field of every record
        return self.sample(registry).changed(next(NUMBERS), refs)


def figures(record: Record, names: frozenset[str]) -> Values:
    """Some fields of a record."""
    return {name: getattr(record, name) for name in sorted(names)}


def mismatch(record: Record, values: Mapping[str, Any], names: frozenset[str]) -> dict[str, tuple[Any, Any]]:
    """Field -> (asked, shown) where a record shows something else than was asked."""
    return {
        name: (values[name], getattr(record, name))
        for name in sorted(names & values.keys())
        if getattr(record, name) != values[name]
    }
