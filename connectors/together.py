"""Waiting for several calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
A = TypeVar("A")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of coroutines run concurrently, in order. When one fails the others are cancelled and it raises."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def each(function: Callable[[A], Coroutine[Any, Any, T]], values: Iterable[A]) -> list[T]:
    """`function` of every value, concurrently, results in order. The transport limits how many go out at once."""
    return await together([function(value) for value in values])


class Once:
    """A register that is fetched when it is first needed, by one call at a time, and kept for the object's life."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._value: Any = None
        self._known = False

    async def get(self) -> Any:
        """The register."""
        if not self._known:
            async with self._lock:
                if not self._known:
                    self._value = await self._fetch()
                    self._known = True
        return self._value
