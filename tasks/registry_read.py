"""Reading the registries of both sides: what changed since the last good read, once a day everything (law 5, law 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import Read
from connectors.together import together
from core.errors import BadDataError, ConfigurationError, ErrorClass, SyncError
from core.issues import BY_ITSELF, Issue, issue_from
from core.records import Record, Registry, Side
from tasks.registry_offer import carry, offer
from tasks.run import Run, issue_of

JOB = "registry_sync"
AGAIN = BY_ITSELF
"""Classes of issues whose records are tried again in the next cycle, or later when they failed again and again."""

DUPLICATE = "duplicate key"
"""How the cause of an issue begins whose record shares its number, code or name with others."""
MOST_TWINS = 100
"""Of more such records of a registry the daily full read sees who goes: asking for each takes a call."""


class Extract:
    """What was read of every registry, per side, since when (None: all of it), and when by our own clock.

    A registry whose read failed is absent on that side.
    """

    def __init__(self) -> None:
        self.reads: dict[Side, dict[Registry, Read[Record]]] = {Side.SEVERA: {}, Side.ERP: {}}
        self.began: dict[tuple[Side, Registry], datetime | None] = {}
        self.ours_at: dict[tuple[Side, Registry], datetime] = {}

    def read(self, side: Side, registry: Registry) -> Read[Record] | None:
        """What was read of a registry on a side; None when the read failed."""
        return self.reads[side].get(registry)

    def ids(self, side: Side, registry: Registry) -> set[str]:
        """Ids of all rows that were read, unusable ones included."""
        read = self.reads[side][registry]
        return {record.id for record in read.items} | {problem.id for problem in read.problems}

    def release(self, registry: Registry) -> None:
        """Let go of the rows of a registry that was planned; when and how it was read stays known."""
        for reads in self.reads.values():
            if registry in reads:
                reads[registry] = replace(reads[registry], items=(), problems=())

    def worth_planning(self, run: Run) -> Iterator[Registry]:
        """Registries of which something was read, and customers and contacts, whose turn projects may bring.

        One at a time: a record may wait for another one that is linked before its registry's turn comes.
        """
        always = (Registry.CUSTOMERS, Registry.CONTACTS)
        for registry in self.whole():
            read = any(reads[registry].items for reads in self.reads.values())
            if read or registry in always or released(run, registry):
                yield registry

    def carried_over(self) -> list[Registry]:
        """Registries that are done with. Projects are read again when the customers that they stand for had no turn."""
        whole = self.whole()
        return [r for r in whole if r is not Registry.PROJECTS or Registry.CUSTOMERS in whole]

    def whole(self) -> list[Registry]:
        """Registries of which both sides were read, in their order; the others wait for the next run."""
        return [registry for registry in Registry if all(registry in reads for reads in self.reads.values())]


@task(name="extract registries", cache_policy=NO_CACHE)
async def extract(run: Run) -> Extract:
    """Read all registries of both sides at once; all of it, or what changed."""
    result = Extract()
    carry(run)
    complained_before = {(issue.scope, issue.record) for issue in run.state.issues.open()}

    async def one(side: Side, registry: Registry) -> None:
        scope, everything = registry.value, f"{side.value}:*"
        begin = since(run, side, registry)
        now = datetime.now(UTC)
        try:
            found = await _read(run, side, registry, begin)
            if begin is not None and _set_back(run, side, registry, found, now):
                begin, now = None, datetime.now(UTC)
                found = await _read(run, side, registry, None)
        except ConfigurationError:
            raise
        except SyncError as error:
            label = f"{registry.value.replace('_', ' ')} in {run.names[side]}"
            run.complain(JOB, [issue_from(error, scope=scope, record=everything, label=label, cause="read")])
            return
        if (scope, everything) in complained_before:
            run.state.issues.resolve(scope, [everything])
        result.reads[side][registry] = found
        result.began[side, registry], result.ours_at[side, registry] = begin, now
        run.progress(f"read {registry.value}", len(found.items))
        problems = [
            issue_of(p.error, scope=scope, side=side, record_id=p.id, label=p.label, cause="row")
            for p in found.problems
        ]
        run.complain(JOB, problems)
        run.report(JOB).part(scope).rejected += len(problems)

    await together([one(side, rule.registry) for rule in run.profile.registries for side in Side])
    return result


async def _read(run: Run, side: Side, registry: Registry, begin: datetime | None) -> Read[Record]:
    port = run.port(side)
    if side is Side.SEVERA:
        await offer(run, registry)
    if run.options.record is not None:
        return await _one_record(run, side, registry, run.options.record)
    found = await port.read(registry, begin)
    if run.options.until is not None:
        until = run.options.until
        kept = tuple(r for r in found.items if r.changed_at is None or r.changed_at <= until)
        found = replace(found, items=kept, full=False)
    if run.options.since is not None:
        found = replace(found, full=False)
    known = {record.id for record in found.items}
    again = [record for record in await _again(run, side, registry) if record.id not in known]
    known |= {record.id for record in again}
    twins = await _twins(run, side, registry, known)
    return replace(found, items=(*found.items, *again, *twins))


def since(run: Run, side: Side, registry: Registry) -> datetime | None:
    """From when changes are read, by the cursor; None when a full read is due."""
    if run.options.since is not None:
        return run.options.since
    if run.options.until is not None:
        return None
    cursor = run.state.cursors.get(cursor_name(side, registry))
    overlap, hours = intervals(run, side)
    now = datetime.now(UTC)
    if cursor is None or cursor.full_is_due(now, timedelta(hours=hours)):
        return None
    return cursor.begin(now, timedelta(minutes=overlap))


def _set_back(run: Run, side: Side, registry: Registry, read: Read[Record], now: datetime) -> bool:
    """Whether the vendor's clock was put back since the last run: then all of the registry is read (law 5)."""
    cursor = run.state.cursors.get(cursor_name(side, registry))
    if cursor is None or read.started is None or run.options.manual:
        return False
    overlap, _ = intervals(run, side)
    return cursor.was_set_back(read.started, now, timedelta(minutes=overlap))


def intervals(run: Run, side: Side) -> tuple[float, float]:
    """(overlap in minutes, hours between full reads) of a side."""
    section = run.settings(side)
    return section.overlap_minutes, section.full_read_hours


def cursor_name(side: Side, registry: Registry) -> str:
    """The cursor of a registry on a side."""
    return f"{side.value}.{registry.value}"


async def _one_record(run: Run, side: Side, registry: Registry, wanted: str) -> Read[Record]:
    """The one record that the run is limited to: by id, number or code; its partner by the link."""
    port = run.port(side)
    ids = {wanted}
    other = run.state.links.other_id(registry, side.other, wanted)
    if other is not None:
        ids = {other}
    found = list((await port.find(registry, [wanted])).items)
    for record_id in ids - {record.id for record in found}:
        record = await port.get(registry, record_id)
        if record is not None:
            found.append(record)
    return Read(items=tuple(found), full=False)


async def _again(run: Run, side: Side, registry: Registry) -> list[Record]:
    """Records whose last try failed for a reason that may have passed, and those whose dependency has come."""
    port = run.port(side)
    found = []
    for issue in waiting(run, registry.value):
        owner, _, record_id = issue.record.partition(":")
        if owner == side.value and record_id != "*":
            record = await port.get(registry, record_id)
            if record is not None:
                found.append(record)
            else:
                run.state.issues.resolve(registry.value, [issue.record])
    return found


async def _twins(run: Run, side: Side, registry: Registry, known: set[str]) -> list[Record]:
    """Records that share a number, code or name with one that was read now: perhaps it does no longer, and they go."""
    if not known:
        return []
    ids = {
        issue.record.partition(":")[2]
        for issue in run.state.issues.open(registry.value)
        if issue.cause.startswith(DUPLICATE) and issue.record.startswith(f"{side.value}:")
    }
    if not ids & known or len(ids) > MOST_TWINS:
        return []
    found = []
    for record_id in sorted(ids - known):
        with suppress(BadDataError):  # a row that cannot be used any more: the next full read tells of it
            record = await run.port(side).get(registry, record_id)
            found += [record] if record is not None else []
    return found


def waiting(run: Run, scope: str) -> Iterable[Issue]:
    """Open issues of a scope whose records are to be tried again now, one per record."""
    classes: tuple[ErrorClass, ...] = (*AGAIN, ErrorClass.MISSING_DEPENDENCY)
    if run.options.retry:
        classes = (*classes, ErrorClass.BAD_DATA)
    return list({i.record: i for i in run.state.issues.waiting(scope, classes) if ready(run, i)}.values())


def released(run: Run, registry: Registry) -> list[Issue]:
    """Issues of a registry whose records waited for an item that this very run has linked: their turn has come."""
    if run.options.record is not None or not run.linked_anything:
        return []
    waits = run.state.issues.waiting(registry.value, (ErrorClass.MISSING_DEPENDENCY,))
    return [issue for issue in waits if _linked_now(run, issue.needs)]


def _linked_now(run: Run, needs: str | None) -> bool:
    item = _item(needs)
    return item is not None and item[2] in run.newly_linked(*item[:2])


def ready(run: Run, issue: Issue) -> bool:
    """Whether it is the turn of an issue's record, although it did not change.

    On request; what may have passed by itself, unless it failed again and again (`core.patience`); and what waited for
    another record once that is there. What failed although that was there is slowed down like the others.
    """
    if run.options.retry:
        return True
    held = issue.held(datetime.now(UTC))
    if issue.error_class in AGAIN:
        return not held
    return dependency_met(run, issue.needs) and (not held or _came_since(run, issue))


def _came_since(run: Run, issue: Issue) -> bool:
    """Whether what a record waits for has come after its last try."""
    if _code_seen(run, issue.needs):
        return True
    item = _item(issue.needs)
    link = run.state.links.by_id(*item[:2], [item[2]]).get(item[2]) if item is not None else None
    linked_at = link.linked_at if link is not None else None
    return linked_at is not None and issue.last_seen is not None and linked_at > issue.last_seen


def dependency_met(run: Run, needs: str | None) -> bool:
    """Whether what a record waited for is there: a link (`customers:severa:<id>`) or a product code of the ERP."""
    item = _item(needs)
    return _code_seen(run, needs) or (item is not None and run.state.links.other_id(*item) is not None)


def _item(needs: str | None) -> tuple[Registry, Side, str] | None:
    """The item that an issue's record waits for; None when it waits for nothing, or for a product code."""
    kind, _, rest = (needs or "").partition(":")
    side, _, record_id = rest.partition(":")
    return (Registry(kind), Side(side), record_id) if side in tuple(Side) and record_id else None


def _code_seen(run: Run, needs: str | None) -> bool:
    """Whether an issue's record waits for a product code of the ERP, and this run has read it."""
    kind, _, code = (needs or "").partition(":")
    return kind == Registry.PRODUCTS and code in run.seen_codes
