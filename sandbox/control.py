"""The control API: what people do in the vendors' own screens, and what tests need."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response

from sandbox.clock import Clock
from sandbox.exchanges import Exchanges, Redaction, shown
from sandbox.faults import Fault, Faults
from sandbox.system import ActionError, System
from sandbox.world import World

PREFIX = "/control"
"""Path of the control API on the sandbox's port."""


def _answer(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default=str), status_code=status, media_type="application/json")


def _refusal(status: int, message: str, **more: object) -> Response:
    return _answer({"error": message, **more}, status)


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


async def _object(request: Request) -> dict[str, Any] | None:
    """The JSON object in the body; an empty body is an empty object; None when it is anything else."""
    body = await request.body()
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


NOT_AN_OBJECT = "the body must be a JSON object"


def build(
    systems: Mapping[str, System], world: World, clock: Clock, exchanges: Exchanges, faults: Faults, *, limits_on: bool
) -> FastAPI:
    """The control application; its paths start with ``/control``."""
    app = FastAPI(title="Sandbox control", docs_url=None, redoc_url=None, openapi_url=None)
    _add_overview(app, systems, world, clock, limits_on=limits_on)
    _add_exchanges(app, systems, exchanges)
    _add_faults(app, systems, faults)
    _add_systems(app, systems)
    return app


def _story(world: World) -> dict[str, Any]:
    """What tests want to know of the world: its invoices with their traps."""
    invoices = [
        {
            "key": one.key,
            "trap": one.trap,
            "stage": one.stage,
            "number": one.number,
            "customer_number": world.customers[one.customer].number,
            "project_numbers": [world.projects[i].number for i in one.projects],
            "currency": one.currency,
            "total_including_tax": str(one.total_including_tax),
            "is_credit_note": one.is_credit_note,
            "rows": len(one.rows),
        }
        for one in world.invoices
    ]
    return {
        "seed": world.seed,
        "scale": world.scale,
        "as_of": world.as_of.isoformat(),
        "payment_terms": list(world.payment_terms),
        "counts": {
            "customers": len(world.customers),
            "projects": len(world.projects),
            "products": len(world.products),
            "invoices": len(world.invoices),
        },
        "invoices": invoices,
    }


def _add_overview(app: FastAPI, systems: Mapping[str, System], world: World, clock: Clock, *, limits_on: bool) -> None:
    # the world itself is not kept: at scale large it would cost a hundred megabytes for nothing
    seed, scale, story = world.seed, world.scale, _story(world)

    @app.get(f"{PREFIX}/")
    async def overview() -> Response:
        return _answer(
            {
                "seed": seed,
                "scale": scale,
                "now": clock.now().isoformat(),
                "rate_limits": "on" if limits_on else "off",
                "systems": {
                    name: {
                        "kinds": list(system.kinds),
                        "actions": {word: _first_line(act.__doc__) for word, act in system.actions.items()},
                    }
                    for name, system in systems.items()
                },
            }
        )

    @app.get(f"{PREFIX}/world")
    async def told() -> Response:
        return _answer(story)

    @app.post(f"{PREFIX}/clock")
    async def advance(request: Request) -> Response:
        body = await _object(request)
        if body is None:
            return _refusal(400, NOT_AN_OBJECT)
        name = "set_back_seconds" if "set_back_seconds" in body else "advance_seconds"
        seconds = body.get(name)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            return _refusal(400, f"{name}: a number, 0 or more")
        move = clock.set_back if name == "set_back_seconds" else clock.advance
        return _answer({"now": move(seconds).isoformat()})


def _add_exchanges(app: FastAPI, systems: Mapping[str, System], exchanges: Exchanges) -> None:
    @app.get(f"{PREFIX}/exchanges")
    async def recorded(system: str | None = None, since: int = 0) -> Response:
        redaction = Redaction(secret for one in systems.values() for secret in one.secrets)
        return _answer([shown(one, redaction) for one in exchanges.since(since, system or None)])

    @app.get(f"{PREFIX}/exchanges/next")
    async def coming() -> Response:
        return _answer({"index": exchanges.next_index})

    @app.delete(f"{PREFIX}/exchanges")
    async def forget() -> Response:
        exchanges.clear()
        return _answer({})

    @app.post(f"{PREFIX}/exchanges/recording")
    async def switch(request: Request) -> Response:
        body = await _object(request)
        if body is None or not isinstance(body.get("on"), bool):
            return _refusal(400, "on: true or false")
        exchanges.on = body["on"]
        return _answer({"on": exchanges.on})


def _add_faults(app: FastAPI, systems: Mapping[str, System], faults: Faults) -> None:
    @app.post(f"{PREFIX}/faults")
    async def order(request: Request) -> Response:
        body = await _object(request)
        if body is None:
            return _refusal(400, NOT_AN_OBJECT)
        unknown = set(body) - {"system", "method", "path", "kind", "times", "after", "query"}
        if unknown or body.get("system") not in systems or not isinstance(body.get("path"), str):
            known = ", ".join(systems)
            return _refusal(400, f"wanted: system (one of {known}), method, path, kind, times, after, query")
        try:
            fault = Fault(
                system=body["system"],
                method=str(body.get("method", "*")).upper(),
                path=body["path"],
                kind=str(body.get("kind")),
                times=int(body.get("times", 1)),
                after=int(body.get("after", 0)),
                query=None if body.get("query") is None else str(body["query"]),
            )
        except (ValueError, TypeError) as error:
            return _refusal(400, str(error))
        shown_fault = fault.shown()
        faults.add(fault)
        return _answer(shown_fault, 201)

    @app.get(f"{PREFIX}/faults")
    async def open_faults() -> Response:
        return _answer(faults.shown())

    @app.delete(f"{PREFIX}/faults")
    async def clear() -> Response:
        faults.clear()
        return _answer({})


def _add_systems(app: FastAPI, systems: Mapping[str, System]) -> None:
    @app.get(PREFIX + "/{system}/objects/{kind}")
    async def objects(system: str, kind: str) -> Response:
        if system not in systems:
            return _refusal(404, f"no system {system}", systems=list(systems))
        try:
            return _answer(systems[system].objects(kind))
        except KeyError:
            return _refusal(404, f"{system} has no kind {kind}", kinds=list(systems[system].kinds))

    @app.post(PREFIX + "/{system}/{action}")
    async def act(system: str, action: str, request: Request) -> Response:
        if system not in systems:
            return _refusal(404, f"no system {system}", systems=list(systems))
        found = systems[system].actions.get(action)
        if found is None:
            return _refusal(404, f"{system} has no action {action}", actions=list(systems[system].actions))
        body = await _object(request)
        if body is None:
            return _refusal(400, NOT_AN_OBJECT)
        try:
            return _answer(found(body))
        except ActionError as error:
            return _refusal(400, str(error))
