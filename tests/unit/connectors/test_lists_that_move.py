"""Rows come, go and change while a list is paged: none that stood there all the time is left out (law 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from scripted import Reply, Request, ScriptedServer
from severa_fake import DATE, FakeSevera, guid

from connectors.auth import MemoryTokenStore
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.severa.client import Paging
from core.errors import TransientError
from tests.unit.connectors.poweroffice.go_server import SECRETS

PAGE = 20
SEEDS = range(60)
CHANGES = ("delete", "insert", "touch")


@dataclass
class Moving:
    """A list that changes after some of the requests for its pages. `touch` puts a changed row at the end."""

    chance: Random
    make: Callable[[int], dict[str, Any]]
    rows: list[dict[str, Any]]
    kinds: tuple[str, ...]
    left: int
    asked: int = 0
    made: int = 1000
    gone: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, seed: int, make: Callable[[int], dict[str, Any]], *kinds: str) -> Moving:
        """Some pages of rows that are known by a number, and one to three changes while they are read."""
        chance = Random(seed)
        rows = [make(number) for number in range(chance.randint(PAGE, 5 * PAGE))]
        return cls(chance, make, rows, kinds, left=chance.randint(1, 3))

    @property
    def stood(self) -> set[int]:
        """The rows that were there at the beginning and were not deleted."""
        return {row["number"] for row in self.rows if row["number"] < 1000}

    def page(self, start: int) -> list[dict[str, Any]]:
        """The rows from a place on, and then perhaps a change."""
        found = self.rows[start : start + PAGE]
        self.asked += 1
        if self.left and self.chance.random() < 0.5:
            self.left -= 1
            self.change(self.chance.choice(self.kinds))
        return found

    def change(self, kind: str) -> None:
        """Something happens at any place."""
        place = self.chance.randrange(len(self.rows))
        if kind == "insert":
            self.made += 1
            self.rows.insert(place, self.make(self.made))
        elif kind == "delete":
            self.gone.add(self.rows.pop(place)["number"])
        else:
            self.rows.append({**self.rows.pop(place), "name": "changed"})


def numbers(rows: list[Any]) -> list[int]:
    return [row["number"] for row in rows]


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_first_row_list_that_moves_is_read_whole_and_once(server: ScriptedServer, seed: int) -> None:
    """Contract section 3: without a token, what stands before a border decides what stands behind it."""
    moving = Moving.of(seed, lambda number: {"guid": guid(number), "number": number}, *CHANGES)
    fake = FakeSevera(server)
    fake.intercept = lambda request: (
        None
        if request.path == "/v1/token"
        else Reply(body=moving.page(int(request.query["firstRow"][0])), headers={"Date": DATE})
    )
    found = await settled(lambda: fake.client(page_size=PAGE).rows("/v1/worktypes", Paging.FIRST_ROW))
    assert moving.stood <= set(numbers(found)) | moving.gone
    assert len(numbers(found)) == len(set(numbers(found)))


@pytest.mark.parametrize("seed", SEEDS)
async def test_pages_without_a_stable_order_are_read_until_they_stand_still(server: ScriptedServer, seed: int) -> None:
    """PowerOffice, contract section 3: re-read when an Id repeats. Deletions repeat none."""
    moving = Moving.of(seed, lambda number: {"Id": number, "number": number}, "insert", "touch")

    def answer(request: Request) -> Reply:
        if request.path == "/OAuth/Token":
            return Reply(body={"access_token": "t", "token_type": "bearer", "expires_in": 1200})
        return Reply(body=moving.page((int(request.query["PageNumber"][0]) - 1) * PAGE), headers={"Date": DATE})

    server.script = answer
    settings = PowerOfficeSettings.model_validate(
        {"base_url": server.url, "client_key": "env:C", "calls_per_second": 0.0}
        | {"application_key": "env:A", "subscription_key": "env:S"}
    ).model_copy(update={"page_size": PAGE})
    client = PowerOfficeClient(settings, Keys(**SECRETS), MemoryTokenStore())
    server.clients.append(client.close)
    found = await settled(lambda: client.rows("/Customers"))
    assert moving.stood <= set(numbers(found.rows))
    assert len(numbers(found.rows)) == len(set(numbers(found.rows)))


async def settled(read: Callable[[], Any]) -> Any:
    """What a read brings; one that finds the list moving all the time says so and is done again, as by the next run."""
    for _ in range(3):
        with suppress(TransientError):
            return await read()
    return await read()


@pytest.mark.parametrize("system", ["severa rows", "severa tokens", "poweroffice"])
async def test_a_list_that_never_ends_is_given_up(server: ScriptedServer, system: str) -> None:
    """A vendor that forgets what page it was asked for must not keep a run for ever."""
    rows = [{"guid": guid(number), "Id": number} for number in range(PAGE)]
    tokens: Iterator[str] = (f"p{number % 3}" for number in range(1_000_000))

    def answer(request: Request) -> Reply:
        if request.path in {"/OAuth/Token", "/v1/token"}:
            return Reply(body={"access_token": "t", "token_type": "bearer", "expires_in": 1200})
        return Reply(body=rows, headers={"NextPageToken": next(tokens)} if system == "severa tokens" else {})

    server.script = answer
    if system == "poweroffice":
        settings = PowerOfficeSettings.model_validate(
            {"base_url": server.url, "client_key": "env:C", "calls_per_second": 0.0}
            | {"application_key": "env:A", "subscription_key": "env:S"}
        ).model_copy(update={"page_size": PAGE})
        client = PowerOfficeClient(settings, Keys(**SECRETS), MemoryTokenStore())
        server.clients.append(client.close)
        with pytest.raises(TransientError, match="changed each time"):
            await client.rows("/Customers")
    else:
        paging = Paging.TOKEN if system == "severa tokens" else Paging.FIRST_ROW
        fake = FakeSevera(server)
        server.script = answer
        with pytest.raises(TransientError, match=r"twice|changed each time"):
            await fake.client(page_size=PAGE).rows("/v1/users", paging)
    assert len(server.requests) < 20


async def test_rows_with_the_same_stamp_on_both_sides_of_a_border_come_once_each(server: ScriptedServer) -> None:
    """Equal timestamps: pages go by place, never by stamp."""
    at = "2026-03-02T06:00:00Z"
    rows = [{"guid": guid(n), "number": n, "lastUpdatedDateTime": at} for n in range(3 * PAGE)]
    fake = FakeSevera(server, {"/v1/worktypes": rows, "/v1/users": rows})
    for path, paging in (("/v1/worktypes", Paging.FIRST_ROW), ("/v1/users", Paging.TOKEN)):
        found = await fake.client(page_size=PAGE).rows(path, paging, {"changedSince": at})
        assert numbers(found) == list(range(3 * PAGE))
