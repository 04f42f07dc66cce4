"""A process that calls PowerOffice as runs do: `sharing.py DATABASE-URL READY-FILE TENANT CALLS PER-SECOND`.

It says "ready", waits for a line, makes that many calls, as many at once as the product does, and prints how long they
took, how many answers were refusals, and how many statements about the shared limit there were. It shares the limit of
its subscription key through the state.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.http import Exchange
from connectors.poweroffice.client import Keys, PowerOfficeClient
from connectors.poweroffice.settings import PowerOfficeSettings
from state.store import Store


async def main(database: str, access: dict[str, Any], tenant: str, calls: int, per_second: float) -> None:
    """All calls, and what became of them."""
    store = Store.open(database)
    said = []
    assert store._database is not None
    sa.event.listen(
        store._database.engine,
        "before_cursor_execute",
        lambda *event: said.append(event[2]) if "budgets" in event[2] else None,
    )
    seen: list[Exchange] = []
    settings = PowerOfficeSettings.model_validate(
        {
            "base_url": access["base_url"],
            **dict.fromkeys(Keys.__slots__, "env:X"),
            "calls_per_second": per_second,
        }
    )
    client = PowerOfficeClient(
        settings,
        Keys(**{name: SecretStr(access[name]) for name in Keys.__slots__}),
        MemoryTokenStore(),
        observer=seen.append,
        budget=store.tenant(tenant).budget,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    await asyncio.gather(*(client.rows("/Departments") for _ in range(calls)))
    seconds = time.monotonic() - began
    await client.close()
    store.close()
    refused = sum(exchange.status == 429 for exchange in seen)
    sys.stdout.write(json.dumps({"seconds": seconds, "refused": refused, "statements": len(said)}) + "\n")


if __name__ == "__main__":
    address, file, name, number, rate = sys.argv[1:]
    asyncio.run(main(address, json.loads(Path(file).read_text())["poweroffice"], name, int(number), float(rate)))
