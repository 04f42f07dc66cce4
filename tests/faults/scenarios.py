"""What happens in one scenario, drawn from its seed: people act, jobs run, and anything may go wrong meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.faults.erp import Erp
from tests.faults.poweroffice.description import POWEROFFICE

JOBS = ("cycle", "cycle", "cycle", "invoice_export", "invoice_status", "cost_import", "registry_sync")
ANSWERS = (
    "status:500", "status:502", "status:503", "status:429", "limit:1", "html:200", "html:502", "drop_before",
    "drop_after", "drop_after", "late:30", "cut_body", "cut_json", "garbled", "expire_token", "delay:350", "stall:350",
    "status:400", "page token",
)  # fmt: skip
"""Kinds of the simulated systems' faults (`docs/sandbox.md`); the last refuses the token of a page."""
MOMENTS = ("unheard", "unanswered", "answered")
"""When a run dies: its request never arrives, is carried out but not answered, or was answered just now."""


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong during a run.

    wire: a fault of the simulated systems. kill: SIGKILL at the `number`th request. kill later: SIGKILL after
    `seconds`. die: SIGKILL at the `number`th commit. gone: from that commit on `times` writes find no database. lock:
    another process writes to the database for `seconds` from the `number`th request on. person: somebody acts at that
    request. second: another run starts `seconds` later.
    """

    kind: str
    number: int = 0
    when: str = ""
    seconds: float = 0.0
    times: int = 1
    fault: dict[str, Any] = field(default_factory=dict)
    deed: str = ""
    at: str = ""
    """In place of the number: a part of `METHOD path` of the first request that is meant."""

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in vars(self).items() if value and name != "kind"]
        return f"{self.kind}({', '.join(told)})"


@dataclass(frozen=True)
class Step:
    """What people do, or minutes that pass, or a run with its troubles."""

    deed: str = ""
    seed: int = 0
    minutes: int = 0
    job: str = ""
    troubles: tuple[Trouble, ...] = ()

    def __str__(self) -> str:
        if self.job:
            return f"run {self.job}" + (f" with {'; '.join(map(str, self.troubles))}" if self.troubles else "")
        return f"{self.minutes} minutes pass" if self.minutes else f"people: {self.deed}"


@dataclass(frozen=True)
class Scenario:
    """A seed's story with an ERP. `settled`: the tenant has had one quiet cycle before it begins."""

    seed: int
    settled: bool
    short_pages: bool
    hasty: bool
    """Runs wait for an answer for a fifth of a second only, so that late answers are time-outs."""
    steps: tuple[Step, ...]


def draw(seed: int, erp: Erp = POWEROFFICE) -> Scenario:
    """The scenario of a seed with an ERP."""
    own = erp.repertoire
    chance = Random(f"scenario {seed}")
    steps: list[Step] = []

    def people(names: Sequence[str], most: int, least: int = 0) -> None:
        number = chance.randint(least, most)
        steps.extend(Step(deed=chance.choice(names), seed=chance.randrange(10**9)) for _ in range(number))

    settled = chance.random() < 0.7
    people(own.bills, 5, 2)
    people(("purchase",), 1)
    people(own.registers, 3)
    for _ in range(chance.randint(2, 5)):
        steps.append(Step(job=chance.choice(JOBS), troubles=_troubles(chance, erp)))
        if chance.random() < 0.5:
            steps.append(Step(minutes=chance.choice((1, 10, 10, 45))))
        people(own.meddling, 2)
        people((*own.bills, "purchase", "purchase"), 1)
        people(own.registers, 2)
    return Scenario(
        seed=seed,
        settled=settled,
        short_pages=chance.random() < 0.25,
        hasty=chance.random() < 0.3,
        steps=tuple(steps),
    )


def _troubles(chance: Random, erp: Erp) -> tuple[Trouble, ...]:
    found = [_wire(chance, erp) for _ in range(chance.choice((0, 1, 1, 2, 3, 5)))]
    if chance.random() < 0.45:
        found.append(_end(chance))
    if chance.random() < 0.12:
        found.append(Trouble("gone", number=chance.randrange(12), times=chance.choice((1, 1, 3, 50))))
    if chance.random() < 0.12:
        found.append(Trouble("lock", number=chance.randrange(40), seconds=chance.choice((0.1, 0.2, 0.6))))
    if chance.random() < 0.3:
        deed = chance.choice(erp.repertoire.meddling)
        found.append(Trouble("person", number=chance.randrange(60), deed=deed, times=chance.randrange(10**9)))
    if chance.random() < 0.12:
        found.append(Trouble("second", seconds=chance.choice((0.0, 0.02, 0.1)), when=chance.choice(JOBS)))
    return tuple(found)


def _end(chance: Random) -> Trouble:
    kind = chance.choice(("kill", "kill", "kill later", "die"))
    if kind == "kill":
        number, when = int(chance.triangular(0, 70, 30)), chance.choice(MOMENTS)
        return Trouble(kind, number=number, when=when, seconds=round(chance.uniform(0, 0.02), 4))
    if kind == "die":
        return Trouble(kind, number=chance.randrange(25), when=chance.choice(("before", "after")))
    return Trouble(kind, seconds=round(chance.uniform(0.005, 0.3), 4))


def _wire(chance: Random, erp: Erp) -> Trouble:
    kind = chance.choice(ANSWERS)
    system, method, path, most = chance.choice(erp.repertoire.targets)
    if system == "*":
        system = chance.choice(("severa", erp.name))
    fault: dict[str, Any] = {"system": system, "method": method, "path": path, "kind": kind}
    if kind == "page token":
        fault = {"system": "severa", "method": "GET", "path": "*", "kind": "status:400", "query": "pageToken"}
        most = 3
    fault |= {"after": chance.randrange(most), "times": chance.choice((1, 1, 1, 2, 3, 6))}
    return Trouble("wire", fault=fault)
