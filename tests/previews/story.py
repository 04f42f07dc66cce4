"""A random tenant, in which people act, runs are killed, and every run is previewed right before it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.erp import Erp
from tests.faults.people import People
from tests.faults.processes import Run, Runs, template
from tests.faults.stage import TENANT, Homes, Stage, serving
from tests.faults.worlds import tiny
from tests.previews.oracle import Oracle, figures, offered
from tests.previews.snapshots import Snapshot, state_of, take
from tests.support.listening import Moment

JOBS = ("cycle", "cycle", "cycle", "registry_sync", "invoice_export", "invoice_status", "cost_import")


@dataclass(frozen=True)
class Round:
    """One preview and its run, and what stood in both systems before and after: what the oracle judges."""

    said: dict[str, Any]
    done: dict[str, Any]
    before: Snapshot
    after: Snapshot
    environment: Mapping[str, str]
    asked: set[str]

    def judged(self, foreseen: Sequence[Mapping[str, Any]] | None = None) -> list[str]:
        """What the oracle finds; in place of what was said, something else may be given."""
        with state_of(self.environment) as state:
            said = self.said["foreseen"] if foreseen is None else foreseen
            return Oracle(said, self.before, self.after, state, self.asked).findings()


@dataclass
class Told:
    """What a seed's story came to. `foreseen` counts what previews said, `conditional` what of it was not certain."""

    findings: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    foreseen: int = 0
    conditional: int = 0
    rounds: list[Round] = field(default_factory=list)
    kinds: set[tuple[str, str, str]] = field(default_factory=set)
    """(kind of record, action, side) of what was foreseen."""


class Teller:
    """Plays stories with one ERP on one stage."""

    def __init__(self, stage: Stage, runs: Runs, homes: Homes, folder: Path, erp: Erp) -> None:
        self._stage = stage
        self._runs = runs
        self._homes = homes
        self._folder = folder
        self._erp = erp
        self._number = 0

    def play(self, seed: int, rounds: int = 4) -> Told:
        """The first cycle of a new tenant, then rounds of deeds, perhaps a killed run, a preview and the run."""
        self._number += 1
        world = tiny(seed, self._erp.name)
        self._stage.fresh(world)
        environment = dict(self._homes.new(self._folder / f"home-{self._number}"))
        people, chance, told = People(self._stage, world, self._erp), Random(f"preview {seed}"), Told()
        for number in range(rounds):
            self._act(people, chance, told, settled=number > 0)
            self._stage.clock.advance(600)
            if number and chance.random() < 0.4:
                self._killed(environment, chance, told)
            job = chance.choice(JOBS) if number else "cycle"
            if not self._round(job, self._options(people, chance, settled=number > 0), environment, told):
                break
        return told

    def _act(self, people: People, chance: Random, told: Told, *, settled: bool) -> None:
        own = self._erp.repertoire
        deeds = [chance.choice((*own.bills, "purchase")) for _ in range(chance.randint(1, 5))]
        deeds += [chance.choice(own.registers) for _ in range(chance.randint(0, 5))]
        deeds += [chance.choice(own.meddling) for _ in range(6 if settled else 0)]
        told.log += [f"people: {people.do(deed, chance.randrange(10**9)) or deed + ': nothing'}" for deed in deeds]

    def _options(self, people: People, chance: Random, *, settled: bool) -> dict[str, Any]:
        """What a person may ask for besides: everything again, or one invoice, again or as it comes."""
        wish = chance.choice(("", "", "", "retry", "record")) if settled else ""
        story = people.story(chance)
        if wish == "record" and story is not None:
            return {"record": story.guid, "retry": chance.random() < 0.5}
        return {"retry": True} if wish == "retry" else {}

    def _killed(self, environment: Mapping[str, str], chance: Random, told: Told) -> None:
        """A cycle that dies at one of its requests, carried out or not."""
        number, stage = chance.randrange(5, 60), chance.choice(("before", "after"))
        seen = 0
        runs: list[Run] = []

        def watch(moment: Moment) -> bool:
            nonlocal seen
            seen += moment[0] == stage
            if seen != number or not runs or moment[0] != stage:
                return False
            runs[0].kill()
            return stage == "before"

        self._stage.watch = watch
        runs.append(self._runs.start("cycle", environment, tenant=TENANT))
        run = self._runs.wait(runs[0])
        self._stage.watch = None
        self._stage.settle()
        told.log.append(f"a cycle {'killed' if run.killed else 'that was not killed'} at request {number}, {stage} it")

    def _round(self, job: str, options: Mapping[str, Any], environment: Mapping[str, str], told: Told) -> bool:
        """One preview and the run right after it."""
        home = Path(environment["SEVERA_SYNC_HOME"])
        before, content, mark = take(self._stage, environment), _content(home), self._stage.mark
        said = self._run("previewed", job, options, environment, told)
        told.findings += [f"the preview of {job} wrote {write}" for write in self._stage.writes(mark)]
        if _content(home) != content:
            told.findings.append(f"the preview of {job} left something behind")
        mark = self._stage.mark
        done = self._run("told", job, options, environment, told)
        if said is None or done is None:
            return False
        asked = offered(self._stage, self._erp.name, mark)
        after = take(self._stage, environment)
        told.rounds.append(Round(said, done, before, after, environment, asked))
        found = [*told.rounds[-1].judged(), *figures(said, done)]
        told.log.append(
            f"{job} {options or ''}: {len(said['foreseen'])} foreseen, {len(self._stage.writes(mark))} writes"
        )
        told.findings += [f"{job} {options or ''}: {words}" for words in found]
        told.foreseen += len(said["foreseen"])
        told.conditional += sum(bool(one["provided"]) for one in said["foreseen"])
        told.kinds |= {(one["scope"], one["act"], one["side"]) for one in said["foreseen"]}
        return not found

    def _run(
        self, what: str, job: str, options: Mapping[str, Any], environment: Mapping[str, str], told: Told
    ) -> dict[str, Any] | None:
        file = self._folder / f"outcome-{self._number}.json"
        variables = {**environment, "TOLD_JOB": job, "TOLD_FILE": str(file)}
        run = self._runs.wait(self._runs.start(what, variables, tenant=TENANT, options=dict(options)))
        if not file.exists():
            told.findings.append(f"{what} {job} failed: {run.code} {run.told}")
            return None
        value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        file.unlink()
        return value


def _content(home: Path) -> str:
    """Every file of a home, the database's by what it holds."""
    found = hashlib.sha256()
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.name.endswith(("-shm", "-wal")):
            found.update(str(path.relative_to(home)).encode() + path.read_bytes())
    return found.hexdigest()


@contextmanager
def teller(erp: Erp) -> Iterator[Teller]:
    """A server, a warm process, and a pattern of a tenant of that ERP."""
    with tempfile.TemporaryDirectory(prefix="previews-") as name, serving() as stage:
        folder = Path(name)
        stage.fresh(tiny(1, erp.name))
        with template(folder, "tests.previews.template") as runs:
            yield Teller(stage, runs, Homes(stage, erp.name, folder), folder, erp)
