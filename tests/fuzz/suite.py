"""The suite: what any connector's reader must stand (laws 3, 4 and 10, issue 3 section 6).

A connector's test file names its `Subject` and takes the class:

    SUBJECT = Subject(system=LEDGER, ...)

    class TestReader(suite.Reader): ...
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ports import Problem
from connectors.values import shown
from core.errors import SyncError
from core.records import Registry
from tests.fuzz.checking import check
from tests.fuzz.reading import Rewrite, Stage
from tests.fuzz.spoiling import BODIES, LONG, VALUES, Spoil, rows_spoilt, spoils, written
from tests.unit.connectors.scripted import Reply

ANSWERS = 5
"""The place of a spoilt answer is drawn among so many; the place after them stands for all answers."""
USUAL = "160"
EXAMPLES = int(os.environ.get("SEVERA_SYNC_FUZZ", USUAL))
"""How many examples are tried; with more than the usual number they are other ones each time."""
HURRY = settings(
    max_examples=EXAMPLES, derandomize=str(EXAMPLES) == USUAL, deadline=None, suppress_health_check=list(HealthCheck)
)
FEWER = settings(HURRY, max_examples=EXAMPLES // 4)
CUTS = (0.02, 0.5, 0.98)
"""How much of a body arrives."""


class Reader:
    """No answer does more to a read than make it a problem or an error of the closed set."""

    def test_good_answers_are_read(self, stage: Stage, read: str) -> None:
        """Otherwise the tests below would spoil nothing."""
        found = stage.read(read)
        check(found)
        assert not isinstance(found, Exception), found

    @HURRY
    @given(data=st.data())
    def test_no_answer_raises_anything_else(self, stage: Stage, data: st.DataObject) -> None:
        """Whatever is wrong with one answer, or with all of them."""
        read = data.draw(st.sampled_from(sorted(stage.reads)))
        spoil, place = data.draw(st.tuples(spoils, st.integers(0, ANSWERS)))
        check(stage.read(read, at(place, spoil)))

    @FEWER
    @given(data=st.data())
    def test_a_spoilt_row_is_told_and_takes_no_neighbour_along(self, stage: Stage, data: st.DataObject) -> None:
        """Law 3: every other row comes through; the problem names the row, and the member that is wrong."""
        registry = data.draw(st.sampled_from(sorted(stage.subject.system.registries)))
        rows = Rows.of(stage, registry)
        spoilt = data.draw(rows_spoilt(rows.good))
        good, read = stage.good(f"read {registry}"), stage.read(f"read {registry}", rows.spoilt(spoilt))
        check(read)
        assert not isinstance(read, SyncError), read
        told = new_problems(good, read)
        for number, row in enumerate(rows.good):
            before, after = rows.items(good, row), rows.items(read, row)
            if number not in spoilt:
                assert before == after, f"row {number + 1} was lost with another"
                continue
            changed, value = spoilt[number]
            named = [problem for problem in told if rows.named(problem, number, spoilt[number])]
            meant = changed == rows.member or changed in stage.subject.left_alone.get(registry, ())
            assert after or not before or named or meant, f"row {number + 1} was lost: {changed} is {value!r}"
            for problem in named:
                assert meant or (problem.error.field or changed).partition(".")[0] == changed, problem
                told.remove(problem)
        assert not told, "a problem of no spoilt row"

    def test_nonsense_in_a_row_is_a_problem_that_names_it(self, stage: Stage, registry: Registry) -> None:
        """Laws 3 and 4: each member in turn holds what no reader can take."""
        rows, good = Rows.of(stage, registry), stage.good(f"read {registry}")
        place = next(number for number, row in enumerate(rows.good) if rows.items(good, row))
        told = 0
        for name in rows.good[place]:
            spoilt: dict[int, tuple[str, Any]] = {place: (name, [[]])}
            problems = new_problems(good, stage.read(f"read {registry}", rows.spoilt(spoilt)))
            if not problems:
                continue  # a member that nobody reads
            (problem,) = problems
            told += 1
            assert rows.named(problem, place, spoilt[place]), problem
            assert (problem.error.field or "").partition(".")[0] == name, problem
            assert name in problem.error.what, problem
        assert told >= MEMBERS, "nonsense was believed"

    def test_a_truncated_answer_is_an_error_and_no_shorter_list(self, stage: Stage, registry: Registry) -> None:
        """Law 10: what is missing is not taken for deleted."""
        rows = Rows.of(stage, registry)
        for share in CUTS:
            found = stage.read(f"read {registry}", rows.rewritten(Spoil(kept=share)))
            assert isinstance(found, SyncError), share
            check(found)

    def test_spoilt_answers_bring_problems_and_errors(self, stage: Stage) -> None:
        """The tests above look for nothing if their answers stay good."""
        name, rows = f"read {Registry.CUSTOMERS}", Rows.of(stage, Registry.CUSTOMERS)
        members = [member for member, held in rows.good[0].items() if isinstance(held, str)][:4]
        found = [stage.read(name, rows.spoilt({0: (member, value)})) for value in VALUES[::3] for member in members]
        assert sum(bool(getattr(one, "problems", ())) for one in found) > 10
        errors = [stage.read(name, at(0, Spoil(body=body))) for body in BODIES]
        assert sum(isinstance(one, SyncError) for one in errors) > 5


MEMBERS = 3
"""Every registry has at least so many members that are read."""


def at(place: int, spoil: Spoil) -> Rewrite:
    """Spoils the answer that comes after so many others, or all of them."""
    return lambda _path, number, reply: spoil(reply) if place in {number, ANSWERS} else reply


def new_problems(good: Any, read: Any) -> list[Problem]:
    """Problems that a read has only because something is spoilt."""
    known = {problem.id for problem in good.problems}
    return [problem for problem in read.problems if problem.id not in known]


@dataclass(frozen=True)
class Rows:
    """The list that a registry's items come from. `member` holds a row's id."""

    path: str
    member: str
    good: list[dict[str, Any]]

    @classmethod
    def of(cls, stage: Stage, registry: Registry) -> Rows:
        """Of the recorded company."""
        system = stage.subject.system
        sample = system.registries[registry]
        path = sample.lists[0]
        good = next(reply.body for _, reply in stage.answers.by_path[path] if isinstance(reply.body, list))
        assert len(good) > 2, f"{path} has too few rows"
        return cls(path, (sample.row_id or system.row_id)[0], good)

    def items(self, read: Any, row: Mapping[str, Any]) -> int:
        """How many of the items that were read are this row's: their ids may say more than it."""
        ids = {item.id for item in read.items}
        wanted = str(row[self.member])
        return sum(re.fullmatch(rf"(.*\W)?{re.escape(wanted)}", item_id) is not None for item_id in ids)

    def named(self, problem: Problem, number: int, spoilt: tuple[str, Any]) -> bool:
        """Whether a problem says which row it is about: by its id, or by its place where the id itself is spoilt."""
        member, value = spoilt
        held = "x" * LONG if value == "@long@" else value
        seen = member == self.member and isinstance(held, (str, int)) and str(held).strip() != ""
        shows = {shown(held).strip('"')} if seen else set()
        return problem.id in {str(self.good[number][self.member]), f"row {number + 1}", *shows}

    def rewritten(self, spoil: Spoil) -> Rewrite:
        """The list's answers, spoilt as a whole."""
        return lambda path, _number, reply: spoil(reply) if path == self.path else reply

    def spoilt(self, spoilt: Mapping[int, tuple[str, Any]]) -> Rewrite:
        """Some of its rows, by their place: (member, what it holds then), wherever the row comes."""
        by_id = {str(self.good[number][self.member]): change for number, change in spoilt.items()}

        def rewrite(path: str, _number: int, reply: Reply) -> Reply:
            if path != self.path or not isinstance(reply.body, list):
                return reply
            rows = deepcopy(reply.body)
            for row in rows:
                member, value = by_id.get(str(row[self.member]), (None, None))
                if member is not None:
                    row[member] = value
            return Reply(reply.status, written(rows), reply.headers)

        return rewrite
