"""A process that needs an access token as runs do: `renewing.py DATABASE-URL TOKEN-URL [TOKEN]`.

It says "ready", waits for a line, lets five callers ask for the authorisation at once and prints what each got. A token
that is given counts as refused by the vendor.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from connectors.auth import BearerAuth, Token
from core.errors import ConfigurationError
from state.store import Store
from tasks.opening import StoredTokens

CALLERS = 5


async def ask(url: str) -> Token:
    """A call for a token; 400 is a refusal of the credentials."""

    def call() -> str:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - a loopback server of the test's own
                value: str = answer.read().decode()
                return value
        except urllib.error.HTTPError as error:
            raise ConfigurationError("The credentials were refused.") from error

    return Token(await asyncio.to_thread(call), datetime.now(UTC) + timedelta(hours=1))


async def main(database: str, url: str, refused: str | None) -> None:
    """Several callers of one process at once."""
    store = Store.open(database)
    tokens = StoredTokens(store.tenant("fjord"), SecretStr("the client secret"))
    auth = BearerAuth("severa", fetch=lambda: ask(url), store=tokens)
    used = await auth.headers() if refused else {}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)

    async def one() -> str:
        try:
            if refused:
                await auth.renew(used)
            return (await auth.headers())["Authorization"]
        except ConfigurationError as error:
            return error.what

    got = await asyncio.gather(*(one() for _ in range(CALLERS)))
    sys.stdout.write(json.dumps(got) + "\n")
    store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
