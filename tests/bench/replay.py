"""A bare script that says again what was said in a recorded run, as fast as httpx lets it: the measure of the product.

`python replay.py READY RECORDING RESULT` with the ready file of fresh simulated systems, a recording made by
`recording.py`, and the file for what came of it. It knows nothing of the product: no retries, no parsing of answers,
no state. Requests of a system go out in their recorded order, at most `concurrency` at a time; one that names what
an earlier one made waits for that one's answer, and a phase begins when the one before has ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

Step = dict[str, Any]


class System:
    """One simulated system: its base URL, its connections and the headers that let a call through."""

    def __init__(self, access: dict[str, str], concurrency: int) -> None:
        self.base_url = access["base_url"]
        self.access = access
        self.headers: dict[str, str] = {}
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        self.client = httpx.AsyncClient(limits=limits, timeout=120, trust_env=False)

    async def authorise(self, scope: str) -> None:
        """Gets a token in the way of the system that has such credentials."""
        if "tenant_id" in self.access:
            names = ("client_id", "client_secret", "tenant_id")
            body = {"grant_type": "client_credentials", **{name: self.access[name] for name in names}}
            answer = await self.client.post(f"{self.access['connect_url']}/connect/token", data=body)
        elif "client_secret" in self.access:
            body = {"client_id": self.access["client_id"], "client_secret": self.access["client_secret"]}
            answer = await self.client.post(f"{self.base_url}/v1/token", json={**body, "scope": scope})
            self.headers = {"Client_Id": self.access["client_id"]}
        else:
            pair = f"{self.access['application_key']}:{self.access['client_key']}".encode()
            self.headers = {"Ocp-Apim-Subscription-Key": self.access["subscription_key"]}
            answer = await self.client.post(
                f"{self.base_url}/OAuth/Token",
                data={"grant_type": "client_credentials"},
                headers={**self.headers, "Authorization": f"Basic {b64encode(pair).decode()}"},
            )
        self.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    async def say(self, step: Step) -> int:
        """Sends one request and reads its answer; the status."""
        headers = {**self.headers, "Content-Type": step["content_type"]} if step["body"] is not None else self.headers
        url = self.base_url + step["path"] + (f"?{step['query']}" if step["query"] else "")
        return (await self.client.request(step["method"], url, content=step["body"], headers=headers)).status_code


async def replay(ready: dict[str, Any], recording: dict[str, Any]) -> dict[str, Any]:
    """Plays all phases; seconds per phase and the steps whose status was another one."""
    steps: list[Step] = recording["steps"]
    systems = {name: System(ready[name], number) for name, number in recording["concurrency"].items()}
    answered = [asyncio.Event() for _ in steps]
    statuses = [0] * len(steps)
    seconds: dict[str, float] = {}

    async def worker(queue: Iterator[int]) -> None:
        for number in queue:
            step = steps[number]
            for earlier in step["after"]:
                await answered[earlier].wait()
            statuses[number] = await systems[step["system"]].say(step)
            answered[number].set()

    started = time.perf_counter()
    for system in systems.values():
        await system.authorise(recording["scope"])
    for phase in recording["phases"]:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for name, number in recording["concurrency"].items():
                queue = iter([i for i, step in enumerate(steps) if step["phase"] == phase and step["system"] == name])
                for _ in range(number):
                    group.create_task(worker(queue))
        seconds[phase] = time.perf_counter() - began
    total = time.perf_counter() - started
    for system in systems.values():
        await system.client.aclose()
    others = [
        [step["system"], step["method"], step["path"], step["status"], status]
        for step, status in zip(steps, statuses, strict=True)
        if status != step["status"]
    ]
    return {"seconds": total, "phases": seconds, "calls": len(steps), "others": others}


def main() -> None:
    """Reads the two files, plays, writes the third."""
    ready, recording, result = map(Path, sys.argv[1:])
    came = asyncio.run(replay(json.loads(ready.read_text()), json.loads(recording.read_text())))
    result.write_text(json.dumps(came))


if __name__ == "__main__":
    main()
