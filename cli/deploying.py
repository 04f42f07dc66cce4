"""Brings the deployments of a Prefect server in step with the tenant files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate, WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from flows.deployments import FLOWS, OWNER, WRITTEN, Deployment, all_words
from workers.warm import POOL_TYPE, WarmWorker

Held = dict[str, Any]
"""A deployment in the server's own JSON: Prefect's model reads all time zones of the machine for every schedule."""
PAGE = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one deployment. `action` is created, updated, unchanged or removed; `note` is for people."""

    deployment: str
    action: str
    schedules: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, str]:
        """For programs."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a deployment run. `directory` is where runs work; None leaves it to the worker."""

    pool: str
    directory: Path | None = None
    dry_run: bool = False
    reset_schedules: bool = False


@dataclass(frozen=True, slots=True)
class Existing:
    """What the server holds of our flows: flow ids by name, deployments by `flow/tenant`."""

    flows: dict[str, UUID] = field(default_factory=dict)
    deployments: dict[str, Held] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pruning:
    """What may be removed: deployments of tenants that have no file, and jobs that a tenant has no more.

    `files` are the tenants that have a file, be it a broken one. With `only`, just these tenants are looked at.
    `tell` is called with the names before anything is removed.
    """

    files: frozenset[str]
    only: frozenset[str] | None
    tell: Callable[[list[str]], None]


async def deploy(wanted: Sequence[Deployment], wishes: Wishes, pruning: Pruning | None = None) -> list[Change]:
    """Make and update what is wanted; remove what no tenant asks for, where that is asked for."""
    async with get_client() as client:
        directory = await _pool(client, wishes)
        existing = await _existing(client)
        limits = {name: await _limit(client, name, wishes) for name in dict.fromkeys(each.tenant for each in wanted)}
        # One after the other: writes at the same time lock each other out of a server's SQLite, and wait for seconds.
        changes = [await _put(client, each, existing, limits[each.tenant], wishes, directory) for each in wanted]
        if pruning is not None:
            changes += await _prune(client, wanted, existing, pruning, dry_run=wishes.dry_run)
        return changes


# one deployment -----------------------------------------------------------------------------------------------------


async def _put(
    client: PrefectClient,
    wanted: Deployment,
    existing: Existing,
    limit: UUID | None,
    wishes: Wishes,
    directory: Path | None,
) -> Change:
    there = existing.deployments.get(wanted.name)
    schedules, note = _schedules(wanted, there, reset=wishes.reset_schedules)
    written = all_words(wanted.schedules)
    body = {
        "name": wanted.tenant,
        "entrypoint": wanted.entrypoint,
        "description": wanted.description,
        "tags": list(wanted.tags),
        "parameters": wanted.parameters,
        "parameter_openapi_schema": wanted.schema,
        "enforce_parameter_schema": True,
        "work_pool_name": wishes.pool,
        "work_queue_name": wanted.work_queue,
        "pull_steps": _steps(directory),
        "concurrency_options": {"collision_strategy": "ENQUEUE"},
        "labels": {OWNER: wanted.tenant, WRITTEN: written if not note else str(_label(there) or "none")},
    }
    same = there is not None and _same(there, body, schedules, limit)
    action = "unchanged" if same else "created" if there is None else "updated"
    if not (same or wishes.dry_run):
        flow = existing.flows.get(wanted.flow)
        if flow is None:
            flow = existing.flows[wanted.flow] = await client.create_flow_from_name(wanted.flow)
        # The server takes whose limit it is only in this way; Prefect's client can merely give each deployment its own.
        body |= {"flow_id": str(flow), "schedules": schedules, "global_concurrency_limit_id": str(limit)}
        await client.request("POST", "/deployments/", json=body)
    return Change(wanted.name, action, all_words(schedules), note)


def _schedules(wanted: Deployment, there: Held | None, *, reset: bool) -> tuple[list[dict[str, Any]], str]:
    """The schedules to be written, and a word when they are a person's."""
    if there is None:
        return list(wanted.schedules), ""
    held = _held_schedules(there)
    if reset or all_words(held) == _label(there):
        return list(wanted.schedules), ""
    if all_words(held) == all_words(wanted.schedules):
        return held, ""
    return held, "its schedules were changed by a person and are kept"


def _held_schedules(there: Held) -> list[dict[str, Any]]:
    kept = ("slug", "active", "schedule", "parameters", "max_scheduled_runs")
    return [{name: one[name] for name in kept if name in one} for one in there["schedules"]]


def _label(there: Held | None) -> str | None:
    """What was last written; None for a deployment that was made in another way."""
    written = None if there is None else (there["labels"] or {}).get(WRITTEN)
    return None if written is None else str(written)


def _steps(directory: Path | None) -> list[dict[str, Any]]:
    if directory is None:
        return []
    return [{"prefect.deployments.steps.set_working_directory": {"directory": str(directory)}}]


def _same(there: Held, body: dict[str, Any], schedules: list[dict[str, Any]], limit: UUID | None) -> bool:
    """Whether the server holds exactly this."""
    apart = {"labels", "tags", "pull_steps", "concurrency_options"}
    return (
        all(there[name] == value for name, value in body.items() if name not in apart)
        and set(there["tags"]) == set(body["tags"])
        and body["concurrency_options"].items() <= (there["concurrency_options"] or {}).items()
        and (there["pull_steps"] or []) == body["pull_steps"]
        and body["labels"].items() <= (there["labels"] or {}).items()
        and (there["global_concurrency_limit"] or {}).get("id") == str(limit)
        and all_words(_held_schedules(there)) == all_words(schedules)
    )


# what is around it --------------------------------------------------------------------------------------------------


async def _pool(client: PrefectClient, wishes: Wishes) -> Path | None:
    """Make the work pool when there is none, for our own worker; where runs of it work.

    A process worker starts every run in an empty folder: such runs are told to work here.
    """
    try:
        pool = await client.read_work_pool(wishes.pool)
    except ObjectNotFound:
        if not wishes.dry_run:
            template = WarmWorker.get_default_base_job_template()
            await client.create_work_pool(WorkPoolCreate(name=wishes.pool, type=POOL_TYPE, base_job_template=template))
        return wishes.directory
    return wishes.directory or (Path.cwd() if pool.type == ProcessWorker.type else None)


def limit_name(tenant: str) -> str:
    """The name of a tenant's concurrency limit."""
    return f"severa-sync tenant {tenant}"


async def _limit(client: PrefectClient, tenant: str, wishes: Wishes) -> UUID | None:
    """The tenant's concurrency limit, made when there is none; None when it would have to be made in a dry run.

    A slot that is taken while no run of the tenant is under way was left behind by a run that vanished: it is freed.
    """
    name = limit_name(tenant)
    try:
        limit = await client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        if wishes.dry_run:
            return None
        return await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))
    if limit.active_slots and not wishes.dry_run:
        under_way = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
        runs = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                tags=FlowRunFilterTags(all_=[f"tenant:{tenant}"]),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=under_way)),
            ),
            limit=1,
        )
        if not runs:
            await client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(active_slots=0))
    return limit.id


async def _existing(client: PrefectClient) -> Existing:
    names = [flow.name for flow in FLOWS.values()]
    only = FlowFilter(name=FlowFilterName(any_=names))
    found = Existing({flow.name: flow.id for flow in await client.read_flows(flow_filter=only)})
    by_id = {str(id_): name for name, id_ in found.flows.items()}
    while by_id:
        wish = {"flows": only.model_dump(mode="json"), "limit": PAGE, "offset": len(found.deployments)}
        page = (await client.request("POST", "/deployments/filter", json=wish)).json()
        found.deployments.update({f"{by_id[each['flow_id']]}/{each['name']}": each for each in page})
        if len(page) < PAGE:
            break
    return found


# pruning ------------------------------------------------------------------------------------------------------------


async def _prune(
    client: PrefectClient, wanted: Sequence[Deployment], existing: Existing, pruning: Pruning, *, dry_run: bool
) -> list[Change]:
    names, tenants = {each.name for each in wanted}, {each.tenant for each in wanted}
    broken = pruning.files - tenants
    going = {
        name: each
        for name, each in sorted(existing.deployments.items())
        if (each["labels"] or {}).get(OWNER) == each["name"]
        and name not in names
        and each["name"] not in broken
        and (pruning.only is None or each["name"] in pruning.only)
    }
    if going:
        pruning.tell(list(going))
    if not dry_run:
        for each in going.values():
            await client.delete_deployment(UUID(each["id"]))
        for tenant in {each["name"] for each in going.values()} - pruning.files:
            with suppress(ObjectNotFound):
                await client.delete_global_concurrency_limit_by_name(limit_name(tenant))
    return [Change(name, "removed") for name in going]
