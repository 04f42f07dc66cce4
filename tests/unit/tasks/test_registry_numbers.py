"""Numbers that linked items take over, against a register that holds numbers once (VN-02, VN-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ports import Read, Written
from core.errors import BadDataError, GoneError
from core.records import Customer, Record, Registry, Side
from state.store import TenantState
from tasks.registry_numbers import ASIDE, Owed, Takeover
from tasks.run import Run

NAMES = {Side.SEVERA: "Severa", Side.ERP: "the ERP"}


class Register:
    """Severa's customers: numbers are unique, and after so many writes the process dies."""

    def __init__(self, numbers: Mapping[str, str | None], *, dies_after: int | None = None) -> None:
        self.numbers = dict(numbers)
        self.writes = 0
        self.dies_after = dies_after
        self.refuses: set[str] = set()

    async def find(self, _registry: Registry, keys: Sequence[str]) -> Read[Record]:
        found = [Customer(id=own, number=n, name=f"Kunde {own}") for own, n in self.numbers.items() if n in keys]
        return Read(tuple(found), full=False)

    async def update(self, _registry: Registry, own: str, changes: Mapping[str, Any]) -> Written:
        if own not in self.numbers:
            raise GoneError(f"{own} is gone.")
        if own in self.refuses:
            raise BadDataError("Refused.")
        number = changes["number"]
        taken = [other for other, n in self.numbers.items() if n == number and other != own]
        assert not taken, f"{number} is in use"
        if self.writes == self.dies_after:
            raise KeyboardInterrupt
        self.writes += 1
        self.numbers[own] = number
        return Written(Customer(id=own, number=number, name=f"Kunde {own}"))


def run_on(register: Register) -> Run:
    async def each(items: Iterable[Any], work: Callable[[Any], Awaitable[Any]], **_: Any) -> list[Any]:
        return [await work(item) for item in items]

    return cast(
        Run,
        SimpleNamespace(
            port=lambda _side: register,
            settings=lambda _side: SimpleNamespace(concurrency=1),
            each=each,
            names=NAMES,
            written=Counter(),
        ),
    )


async def carried(register: Register, wanted: Mapping[str, str]) -> Takeover:
    takeover = Takeover(run_on(register), Registry.CUSTOMERS, Side.SEVERA)
    await takeover.carry_out(wanted)
    return takeover


@pytest.mark.parametrize(
    ("numbers", "wanted", "writes"),
    [
        ({"a": "1"}, {"a": "1"}, 0),
        ({"a": "1"}, {"a": "9"}, 1),
        ({"a": None}, {"a": "9"}, 1),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "9"}, 2),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, 3),
        ({"a": "1", "b": "2", "c": "3"}, {"a": "2", "b": "3", "c": "1"}, 4),
    ],
)
async def test_numbers_go_in_the_order_in_which_they_become_free(
    numbers: dict[str, str | None], wanted: dict[str, str], writes: int
) -> None:
    """VN-04: only who trades numbers stands aside for a moment."""
    register = Register(numbers)
    takeover = await carried(register, wanted)
    assert register.numbers == {**numbers, **wanted}
    assert (register.writes, set(takeover.done), takeover.issues) == (writes, set(wanted), [])


async def test_a_number_of_somebody_who_gets_none_is_a_person_s_decision() -> None:
    """VN-04: the holder keeps it, and the issue names both; who waits behind is told, too."""
    register = Register({"a": "1", "b": "2", "holder": "9"})
    takeover = await carried(register, {"a": "9", "b": "1"})
    assert register.numbers == {"a": "1", "b": "2", "holder": "9"}
    told = {issue.record: issue.why for issue in takeover.issues}
    assert "Kunde holder" in told["severa:a"]
    assert "Kunde a" in told["severa:b"]
    assert takeover.done == []


async def test_who_is_refused_or_gone_does_not_hold_up_the_others() -> None:
    """Law 3."""
    register = Register({"a": "1", "b": "2", "c": "3"})
    register.refuses = {"a"}
    takeover = await carried(register, {"a": "7", "b": "8", "gone": "9"})
    assert register.numbers == {"a": "1", "b": "8", "c": "3"}
    assert (takeover.done, takeover.gone) == (["b"], ["gone"])
    assert {issue.record for issue in takeover.issues} == {"severa:a", "severa:gone"}


async def test_who_cannot_stand_aside_is_told_and_the_round_ends() -> None:
    register = Register({"a": "1", "b": "2"})
    register.refuses = {"a", "b"}
    takeover = await carried(register, {"a": "2", "b": "1"})
    assert {issue.record for issue in takeover.issues} == {"severa:a", "severa:b"}
    assert takeover.done == []


async def test_a_number_to_stand_aside_under_is_one_that_nobody_has() -> None:
    taken: dict[str, str | None] = {f"x{n}": str(ASIDE + n) for n in range(12)}
    register = Register({**taken, "a": "1", "b": "2"})
    await carried(register, {"a": "2", "b": "1"})
    assert register.numbers == {**taken, "a": "2", "b": "1"}


@settings(max_examples=150, deadline=None)
@given(data=st.data(), size=st.integers(1, 7))
async def test_whatever_is_traded_and_wherever_a_run_dies_the_next_ones_finish_it(
    data: st.DataObject, size: int
) -> None:
    """VN-04: numbers stay unique at every moment (the register asserts it), and each ends where it belongs."""
    pool = [str(n) for n in range(1, size + 4)]
    present = data.draw(st.permutations(pool))
    target = data.draw(st.permutations(pool))
    wanted = {f"c{n}": target[n] for n in range(size)}
    register = Register({f"c{n}": present[n] for n in range(size)})
    for _ in range(3):
        register.dies_after = register.writes + data.draw(st.integers(0, size + 1))
        try:
            await carried(register, wanted)
        except KeyboardInterrupt:
            continue
        break
    register.dies_after = None
    takeover = await carried(register, wanted)
    assert register.numbers == wanted
    assert takeover.issues == []


def test_what_is_owed_is_known_to_the_next_run_until_it_is_done(state: TenantState) -> None:
    """VN-04: written down before anything is called."""
    Owed(state.facts, Registry.CUSTOMERS).add({"a": "1", "b": "2"})
    Owed(state.facts, Registry.CUSTOMERS).add({"b": "3"})
    assert Owed(state.facts, Registry.CUSTOMERS).all() == {"a": "1", "b": "3"}
    assert Owed(state.facts, Registry.PROJECTS).all() == {}
    Owed(state.facts, Registry.CUSTOMERS).strike(["a"])
    assert Owed(state.facts, Registry.CUSTOMERS).all() == {"b": "3"}
