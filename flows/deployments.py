"""Deployments made from tenants: what Prefect should hold for each of them, as data.

`cycle/<tenant>` runs by the tenant's timetable, `check/<tenant>` once a day. Every job has one of its own without a
schedule, such as `invoice-export/<tenant>`, for a rerun or a single record, and so has the comparison. All of them
share the tenant's concurrency limit of one, and later runs wait. Parameters are plain options: no secret and no setting
stands in them (law 9).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import Flow
from prefect.utilities.callables import parameter_schema

from connectors.profiles import PROFILES
from core.timetable import Cron, Every, Rhythm, offset, plan
from flows.check import check
from flows.compare import compare
from flows.cycle import JOBS, cycle
from tenants.model import Tenant

TAG = "severa-sync"
"""Every deployment has it; those of a tenant also have `tenant:NAME`."""
OWNER = "severa-sync.tenant"
"""Label that says whose deployment it is: what is made from tenant files has it, and nothing else."""
WRITTEN = "severa-sync.schedules"
"""Label with the schedules as they were last written: where they differ from it, a person has changed them."""
OPTIONS: dict[str, Any] = {"preview": False, "record": None, "since": None, "until": None, "retry": False}
"""What a run may be given, and its default."""
FLOWS: dict[str, Flow[..., Any]] = {
    "cycle": cycle,
    **{job: flow for job, flow in JOBS.items() if isinstance(flow, Flow)},
    "check": check,
    "compare": compare,
}
"""Name of a job in settings -> its flow; and what only looks."""
LOOKING = ("check", "compare")
"""Flows that transfer nothing: they take a tenant and no options."""
_MODULES = {name: f"flows.{name}" for name in FLOWS}
CHECK_HOUR = 5
"""Local hour of the daily check: no daylight-saving switch falls into it, and people find its issues in the morning."""
_BEGIN = datetime(2020, 1, 1)  # noqa: DTZ001 - local midnight of the tenant's zone, which is put on below


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment as it should be. `schedules` are Prefect's own JSON, sorted by their slugs."""

    tenant: str
    flow: str
    entrypoint: str
    description: str
    schema: dict[str, Any] = field(repr=False)
    tags: tuple[str, ...]
    parameters: dict[str, Any]
    work_queue: str
    schedules: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """`flow/tenant`, as it is called."""
        return f"{self.flow}/{self.tenant}"


def deployments(tenant: Tenant) -> list[Deployment]:
    """All deployments of a tenant: the scheduled cycle first, one per job of its ERP, and those that only look."""
    jobs = PROFILES[tenant.erp].jobs
    return [
        _deployment(tenant, "cycle", tuple(schedule(rhythm, tenant) for rhythm in plan(tenant.timetable, tenant.name))),
        *(_deployment(tenant, job, ()) for job in jobs),
        _deployment(tenant, "check", (schedule(daily(tenant.name), tenant),)),
        _deployment(tenant, "compare", ()),
    ]


def daily(tenant: str) -> Cron:
    """Once a day, each tenant at a minute of its own."""
    minute = int(offset(tenant, timedelta(hours=1)) / timedelta(minutes=1))
    return Cron("daily", f"{minute} {CHECK_HOUR} * * *")


def _deployment(tenant: Tenant, job: str, schedules: tuple[dict[str, Any], ...]) -> Deployment:
    flow = FLOWS[job]
    about = (flow.description or "").strip().partition("\n")[0]
    when = {
        "cycle": "By its timetable." if schedules else "Started by hand: a rerun, one record, a period.",
        "check": "Once a day.",
        "compare": "Started by hand.",
    }.get(job, "Started by hand: a rerun, one record, a period.")
    return Deployment(
        tenant=tenant.name,
        flow=flow.name,
        entrypoint=f"{_MODULES[job]}.{job}",
        description=f"{about} Tenant {tenant.name}, {PROFILES[tenant.erp].title}. {when}",
        schema=parameter_schema(flow).model_dump_for_openapi(),
        tags=(TAG, f"tenant:{tenant.name}", f"erp:{tenant.erp}"),
        parameters={"tenant": tenant.name, **({} if job in LOOKING else OPTIONS)},
        work_queue=tenant.work_queue,
        schedules=tuple(sorted(schedules, key=lambda one: str(one["slug"]))),
    )


def schedule(rhythm: Rhythm, tenant: Tenant) -> dict[str, Any]:
    """A rhythm as Prefect's schedule; switched off when the tenant is."""
    match rhythm:
        case Cron(slug, cron):
            timing: dict[str, Any] = {"cron": cron, "timezone": tenant.time_zone, "day_or": True}
        case Every(slug, interval, offset):
            anchor = _BEGIN.replace(tzinfo=tenant.zone).astimezone(UTC) + offset
            # In a zone with daylight saving, Prefect takes the hour that comes twice for one, in intervals as in crons.
            timing = {
                "interval": interval / timedelta(seconds=1),
                "anchor_date": _instant(anchor),
                "timezone": "UTC",
            }
    return {"slug": slug, "active": tenant.enabled, "schedule": timing}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def words(schedule: dict[str, Any]) -> str:
    """A schedule in one line; the same for what is to be written and for what Prefect answers."""
    timing = schedule["schedule"]
    if "cron" in timing:
        said = f'cron "{timing["cron"]}"' + ("" if timing.get("day_or", True) else " (day and weekday)")
    elif "interval" in timing:
        anchor = _instant(datetime.fromisoformat(str(timing["anchor_date"])))
        said = f"every {float(timing['interval']):g} s from {anchor}"
    else:
        said = f"rrule {timing.get('rrule')}"
    extras = {name: schedule.get(name) for name in ("parameters", "max_scheduled_runs") if schedule.get(name)}
    return " ".join(
        [
            f"{schedule.get('slug') or 'unnamed'}:",
            said,
            str(timing.get("timezone")),
            *([f"with {extras}"] if extras else []),
            *([] if schedule.get("active", True) else ["(off)"]),
        ]
    )


def all_words(schedules: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> str:
    """All schedules of a deployment, comparable; "none" when there are none."""
    return "; ".join(sorted(map(words, schedules))) or "none"
