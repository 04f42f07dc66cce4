"""Waits on the loopback address for the browser that comes back from a vendor's page."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from http import HTTPStatus

from cli.connecting.redirect import AGAIN, HOST, LONGEST, ForeignAnswerError, Redirect
from core.errors import ConfigurationError

SECONDS_FOR_A_REQUEST = 5.0
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>severa-sync</title><h1>{title}</h1><p>{words}</p></html>
"""
RECEIVED = PAGE.format(title="Received", words="You can close this window; the command line goes on.")
REFUSED = PAGE.format(title="Not connected", words="The command line says why. You can close this window.")
FOREIGN = PAGE.format(title="Not here", words="This is not the answer that severa-sync waits for.")
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "Content-Security-Policy: default-src 'none'",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)


def listener(port: int) -> socket.socket:
    """A socket on the loopback address alone. ConfigurationError when the port is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        found.listen()
    except OSError as error:
        found.close()
        raise ConfigurationError(
            f"The browser cannot come back to {HOST}:{port}: {error.strerror}.",
            todo="Give another --callback-port, or --headless.",
        ) from None
    return found


async def listen(redirect: Redirect, at: socket.socket, seconds: float) -> str:
    """The code of the one right answer. ConfigurationError for a refusal, and when none comes in time.

    Anything else that calls here is told so and left: whoever can reach this port must not be able to end the wait.
    """
    came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    callers: set[asyncio.Task[None] | None] = set()
    foreign = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal foreign
        callers.add(asyncio.current_task())
        status, page = HTTPStatus.NOT_FOUND, FOREIGN
        try:
            async with asyncio.timeout(SECONDS_FOR_A_REQUEST):
                target = await _target(reader, redirect)
            if target is not None:
                status, page = _answer(redirect, target, came)
                foreign += status == HTTPStatus.BAD_REQUEST
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            status = HTTPStatus.BAD_REQUEST
        finally:
            body = page.encode()
            head = (f"HTTP/1.1 {status.value} {status.phrase}", *_HEADERS, f"Content-Length: {len(body)}", "", "")
            writer.write("\r\n".join(head).encode() + body)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            callers.discard(asyncio.current_task())

    server = await asyncio.start_server(serve, sock=at, limit=2 * LONGEST)
    try:
        async with asyncio.timeout(seconds):
            return await came
    except TimeoutError:
        why = "Something called with a state that is not ours." if foreign else ""
        raise ConfigurationError(
            f"The browser did not come back within {seconds:.0f} seconds.", why=why, todo=AGAIN
        ) from None
    finally:
        server.close()
        await _ended(callers)


async def _ended(callers: set[asyncio.Task[None] | None]) -> None:
    """Those who have their page get it; those who only hold the line are sent away."""
    going = [caller for caller in callers if caller is not None]
    if going:
        await asyncio.wait(going, timeout=0.2)
        for caller in going:
            caller.cancel()
        await asyncio.gather(*going, return_exceptions=True)


async def _target(reader: asyncio.StreamReader, redirect: Redirect) -> str | None:
    """Path and query of a GET that is meant for this address; None for anything else.

    The Host header is compared so that no page on the web can call here under a name of its own.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, _, rest = head[0].partition(" ")
    target = rest.rpartition(" ")[0]
    hosts = [line.partition(":")[2].strip() for line in head[1:] if line.casefold().startswith("host:")]
    meant = method == "GET" and hosts == [f"{HOST}:{redirect.port}"] and target.partition("?")[0] == redirect.path
    return target if meant else None


def _answer(redirect: Redirect, target: str, came: asyncio.Future[str]) -> tuple[HTTPStatus, str]:
    if came.done():
        return HTTPStatus.GONE, FOREIGN
    try:
        came.set_result(redirect.take(target))
    except ForeignAnswerError:
        return HTTPStatus.BAD_REQUEST, FOREIGN
    except ConfigurationError as refusal:
        came.set_exception(refusal)
        return HTTPStatus.OK, REFUSED
    return HTTPStatus.OK, RECEIVED
