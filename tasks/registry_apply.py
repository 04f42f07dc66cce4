"""Carrying out the plan of one registry. Nothing is created that was not looked for first (law 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import Written
from core.errors import (
    BadDataError,
    ConfigurationError,
    GoneError,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
)
from core.issues import Issue
from core.links import Link
from core.planning import fillings, linked_state, localise
from core.plans import Action, Adopt, Create, Plan, Settle, Update, record_key
from core.profiles import Need, RegistryRule
from core.records import Record, Registry, Side
from core.states import encode
from tasks.foreseeing import Foresight
from tasks.registry_desk import resolve_what_is_over
from tasks.registry_numbers import Owed, Takeover
from tasks.registry_plan import Planned
from tasks.registry_read import JOB
from tasks.registry_unfinished import Unfinished
from tasks.registry_write import Writer
from tasks.run import Run, issue_of
from tasks.subject import Subject

FLUSH = 200
"""Links are saved in batches of this size: a lost batch costs a match by number, never a duplicate."""


@task(name="apply", task_run_name="apply {registry}", cache_policy=NO_CACHE)
async def apply_registry(run: Run, planned: Planned, registry: str) -> Applied:
    """Carry out a plan: adopt, create, update; then the references that had to wait for their target."""
    plan = planned.take()
    application = Application(run, run.rule(Registry(registry)))
    await application.carry_out(plan)
    return Applied(plan, application.stayed | {issue.record for issue in application.issues})


class Applied:
    """A plan that was carried out: `wanted` are the ids per side of what it was to link or create.

    `explained` are records that did not go, each with an issue or by a rule.
    """

    def __init__(self, plan: Plan, explained: set[str]) -> None:
        self.registry = plan.registry
        self.wanted: dict[Side, set[str]] = {side: set() for side in Side}
        for create in plan.creates:
            self.wanted[create.target.other].add(create.source.id)
        self.wanted[Side.SEVERA].update(adoption.severa.id for adoption in plan.adoptions)
        self.explained = explained


class Application:
    """Applies one registry's plan and collects links, issues and successes on the way."""

    def __init__(self, run: Run, rule: RegistryRule) -> None:
        self.run = run
        self.rule = rule
        self.registry = rule.registry
        self.master = run.tenant.master(rule.registry, run.profile.masters[rule.registry])
        self.counts = run.report(JOB).part(rule.registry.value)
        self.links: list[Link] = []
        self.issues: list[Issue] = []
        self.succeeded: list[str] = []
        self.stayed: set[str] = set()
        self.deferred: list[tuple[Record, Side, tuple[str, ...]]] = []
        self.lost: dict[Side, set[str]] = {side: set() for side in Side}
        self.unfinished = Unfinished(run.state.facts, rule.registry)
        self.owed = Owed(run.state.facts, rule.registry)
        self.owing: dict[str, str] = {}
        """Numbers that the links not saved yet call for, by id on the side that takes them over."""
        self.made: set[str] = set()
        self.foresight = Foresight(run, JOB, rule.registry)
        self.writer = Writer(run, rule, self.foresight)
        self.numbers: dict[str, str | None] = {}
        """Numbers, by id, of the items that are to take over another one."""

    async def carry_out(self, result: Plan) -> None:
        """Every action of the plan, at most as many at a time as the target allows."""
        # Told before anything is saved: what a link says is known is not told again.
        self.run.complain(JOB, result.issues)
        if result.creates or result.adoptions:
            self.unfinished.begin(self.run.started, result.creates)
        what = f"write {self.registry.value}"
        limit = max(self.run.settings(side).concurrency for side in Side)
        try:
            # Items of the side that numbers come first: others may need a number that is free only afterwards.
            numbering = [create for create in result.creates if create.target is self.rule.numbered_by]
            others = [create for create in result.creates if create.target is not self.rule.numbered_by]
            first: tuple[Sequence[Action], ...] = (result.settlements, result.adoptions, numbering)
            then: tuple[Sequence[Action], ...] = (others, result.updates)
            for batches in (first, then):
                for batch in batches:
                    shown = what if len(batch) > 50 else ""
                    await self.run.each(batch, self._one, limit=limit, what=shown, about=self._about)
                    self._flush()
                await self._take_over(result if batches is first else None)
            await self.run.each(self.deferred, self._follow_up, limit=limit, about=self._about_deferred)
            await self.run.each(result.unmarked, self._mark, limit=limit, about=self._about_mark)
        finally:
            self._flush()
            self.run.complain(JOB, self.issues)
            self.counts.rejected += len({issue.record for issue in (*result.issues, *self.issues)})
            resolve_what_is_over(self.run, result, self.succeeded, {issue.record for issue in self.issues})
        self.unfinished.end(self.lost, settled=self.registry is not Registry.CUSTOMERS)

    def _about(self, action: Action) -> Subject:
        """The record that an action carries over, for the audit trail."""
        match action:
            case Create() | Update():
                own, record_id = action.target.other, action.source.id
            case Adopt():
                own, record_id = Side.SEVERA, action.severa.id
            case Settle():
                own, record_id = Side.SEVERA, action.link.severa_id
        return Subject(self.registry.value, record_key(own, record_id))

    def _about_deferred(self, item: tuple[Record, Side, tuple[str, ...]]) -> Subject:
        source, target, _ = item
        return Subject(self.registry.value, record_key(target.other, source.id))

    def _about_mark(self, item: tuple[Record, str]) -> Subject:
        return Subject(self.registry.value, record_key(Side.ERP, item[0].id))

    async def _take_over(self, earlier: Plan | None) -> None:
        """Numbers that linked items take over: those of this run, and what an earlier one did not live to finish."""
        target = None if self.rule.numbered_by is None else self.rule.numbered_by.other
        if target is None:
            return
        begun = {one.record_id for one in earlier.renumberings} if earlier is not None else set()
        linked = self.run.state.links.other_ids(self.registry, target, self.owed.all())
        wanted = {own: number for own, number in self.owed.all().items() if own in linked}
        if earlier is None:  # those that failed in this run are tried again by the next one
            failed = {issue.record for issue in self.issues}
            wanted = {own: n for own, n in wanted.items() if record_key(target, own) not in failed}
        if not wanted:
            return
        round_ = Takeover(self.run, self.registry, target, self.numbers)
        try:
            await round_.carry_out(wanted)
        finally:
            self.owed.strike({*round_.done, *round_.gone})
            self.issues += round_.issues
        self.counts.updated += len([own for own in round_.changed if own not in self.made or own in begun])
        for own in round_.done:
            self._success(target, own, linked[own])

    async def _one(self, action: Action) -> None:
        match action:
            case Settle():
                self._keep(action.link)
            case Adopt():
                await self._adopt(action)
            case Create():
                await self._create(action)
            case Update():
                await self._update(action)

    # adopt ------------------------------------------------------------------------------------------------------

    async def _adopt(self, action: Adopt) -> None:
        severa, erp = action.severa, action.erp
        for source, made, target in ((severa, erp, Side.ERP), (erp, severa, Side.SEVERA)):
            if source.id in self.unfinished.sources(target.other):
                await self._complete(source, made, target)
                return
        # What still has to go over is not in step before it got through.
        link = self._without(self._link(severa, erp), Side.SEVERA, action.to_erp)
        link = self._without(link, Side.ERP, action.to_severa)
        self._keep(link)
        self._linked(link, severa, erp)
        if self.rule.keeps_reference and erp.reference is None:
            await self._set_reference(erp, severa.id)
        if not (action.to_erp or action.to_severa):
            self.counts.unchanged += 1
            self._success(Side.SEVERA, severa.id, erp.id)
        if action.to_erp:
            link = await self._update(Update(Side.ERP, severa, link, action.to_erp, erp))
        if action.to_severa:
            await self._update(Update(Side.SEVERA, erp, link, action.to_severa, severa))

    # create -----------------------------------------------------------------------------------------------------

    async def _create(self, action: Create) -> None:
        source, target = action.source, action.target
        names = self._sent(source, target)
        key = () if target is self.rule.numbered_by else (source.KEY,)
        values, unresolved = localise(source, [*names, *key, *self._extras(source)], target, self._translate)
        values = {name: value for name, value in values.items() if value is not None}
        if not self._may_go(source, target, unresolved):
            return
        try:
            written = self._ours(await self.writer.create(source, target, values), target)
        except ConfigurationError:
            raise
        except SyncError as error:
            if isinstance(error, OutcomeUnknownError):
                self.lost[target.other].add(source.id)
            self._failed(error, target.other, source)
            return
        if not isinstance(written, Written):
            self.counts.created += 1
            await self._complete(source, written, target)
            return
        self.run.written[target, self.registry] += 1
        self.made.add(source.id)
        severa, erp = (source, written.record) if target is Side.ERP else (written.record, source)
        link = self._without(self._link(severa, erp), target.other, {*written.missing, *unresolved})
        given = tuple(fillings(self.rule, severa, erp)) if target is Side.ERP else ()
        link = self._without(link, Side.ERP, given)
        self._keep(link)
        self.counts.created += 1
        self.run.note_link(self.registry, link)
        if unresolved:
            self.deferred.append((source, target, tuple(unresolved)))
        if target is Side.SEVERA and self.rule.keeps_reference and source.reference is None:
            await self._set_reference(source, written.record.id)
        self._finish(written, target.other, source, link)
        if given:  # what the ERP chose itself, such as the class of a new customer, is shown in Severa
            before = self.counts.updated
            await self._update(Update(Side.SEVERA, erp, link, given))
            self.counts.updated = before

    async def _complete(self, source: Record, made: Record, target: Side) -> None:
        """`made` was begun from `source` by a call whose answer, or a run whose end, was lost: all of it goes again.

        How much of it got through is not known, and not all of it shows in the record.
        """
        rules = {rule.name: rule for rule in self.rule.fields}
        sent = [name for name in self._sent(source, target) if getattr(source, name) is not None]
        names = tuple(name for name in sent if not rules[name].fixed)
        link = self._link(*((source, made) if target is Side.ERP else (made, source)))
        link = self._without(link, target.other, names)
        self._keep(link)
        self._linked(link, *((source, made) if target is Side.ERP else (made, source)))
        if target is Side.SEVERA and self.rule.keeps_reference and source.reference is None:
            await self._set_reference(source, made.id)
        before = self.counts.updated
        await self._update(Update(target, source, link, names, made))
        self.counts.updated = before

    def _ours(self, written: Written | Record, target: Side) -> Written | Record:
        """What a create brought, unless it is an item that is linked to another one already: two of one code."""
        made = written.record if isinstance(written, Written) else written
        other = self._translate(self.registry, target, made.id)
        if other is not None:
            raise BadDataError(
                f"{made.label} in {self.run.names[target]} is linked to another one in {self.run.names[target.other]}.",
                why="Only one of them can be the item on the other side.",
                todo="Give each its own number or code, or make all but one inactive.",
                field=made.KEY,
            )
        return written

    def _may_go(self, source: Record, target: Side, unresolved: dict[str, str]) -> bool:
        for rule in self.rule.fields:
            if rule.name not in unresolved or (need := rule.need(source)) is Need.OPTIONAL:
                continue
            needs = source.REFERENCES[rule.name]
            if need is Need.SKIP:
                self.counts.skip(f"its {rule.name.replace('_', ' ')} is not synchronised")
                self.stayed.add(record_key(target.other, source.id))
                return False
            error = MissingDependencyError(
                f"Its {rule.name.replace('_', ' ')} is not in {self.run.names[target]}.",
                why="What it refers to has no link: see its own issue, or the rules by which it stays.",
                todo="It goes by itself as soon as that is there.",
                field=rule.name,
                needs=f"{needs.value}:{target.other.value}:{unresolved[rule.name]}",
            )
            self._failed(error, target.other, source)
            return False
        return True

    # update -----------------------------------------------------------------------------------------------------

    async def _update(self, action: Update) -> Link:
        """Write the fields; the link as it is then."""
        source, target, link = action.source, action.target, action.link
        values, unresolved = localise(source, action.names, target, self._translate)
        if unresolved:
            self.deferred.append((source, target, tuple(unresolved)))
        if "address" in values and target is Side.ERP:
            values |= {name: getattr(source, name) for name in ("address_id",) if hasattr(source, name)}
        if not values:
            self._keep(self._without(link, target.other, unresolved))
            self.counts.unchanged += 1
            self._success(target.other, source.id, link.id_on(target))  # nothing that can go is left to go
            return link
        try:
            written = await self.writer.update(action, values)
        except ConfigurationError:
            raise
        except GoneError:
            self._failed(
                BadDataError(
                    f"It no longer exists in {self.run.names[target]}.",
                    why="It was linked before; a deleted item is not created again by itself.",
                    todo=f"Make it inactive in {self.run.names[target.other]}, too.",
                ),
                target.other,
                source,
                f"gone:{target.value}",
            )
            return link
        except SyncError as error:
            self._failed(error, target.other, source)
            return link
        self.run.written[target, self.registry] += 1
        got_through = [name for name in action.names if name in values and name not in written.missing]
        changed = self._stamp(link, source, written.record, target, got_through)
        changed = self._without(changed, target.other, unresolved)
        self._keep(changed)
        self.counts.updated += 1
        self._finish(written, target.other, source, link)
        return changed

    async def _follow_up(self, item: tuple[Record, Side, tuple[str, ...]]) -> None:
        """References within a batch (a user's superior): their target was created after them."""
        source, target, names = item
        own = target.other
        link = self.run.state.links.by_id(self.registry, own, [source.id]).get(source.id)
        values, unresolved = localise(source, names, target, self._translate)
        if link is not None and values:
            before = self.counts.updated
            await self._update(Update(target, source, link, tuple(values)))
            self.counts.updated = before
        if unresolved:
            self.counts.reasons[f"without {' and '.join(sorted(unresolved))}: not on the other side"] += 1

    # links, issues ----------------------------------------------------------------------------------------------

    def _translate(self, registry: Registry, side: Side, record_id: str) -> str | None:
        return self.run.state.links.other_id(registry, side, record_id)

    def _linked(self, link: Link, severa: Record, erp: Record) -> None:
        """Two items that stood on both sides are one now."""
        self.run.note_link(self.registry, link)
        if self.run.preview:
            self.foresight.link(severa, erp)

    def _sent(self, source: Record, target: Side) -> list[str]:
        """The fields that a new item on `target` gets from its source."""
        return [rule.name for rule in self.rule.fields if self._goes(rule.name, source, target)]

    def _goes(self, name: str, source: Record, target: Side) -> bool:
        rule = next(rule for rule in self.rule.fields if rule.name == name)
        return rule.flow.allows(target) and rule.applies(source)

    def _extras(self, source: Record) -> Sequence[str]:
        return [name for name in ("address_id", "kind", "internal") if name in source.__dataclass_fields__]

    def _link(self, severa: Record, erp: Record) -> Link:
        now = datetime.now(UTC)
        giver, taker = (erp, severa) if self.rule.numbered_by is Side.ERP else (severa, erp)
        if self.rule.numbered_by is not None and giver.key and giver.key != taker.key:
            self.owing[taker.id] = giver.key
            self.numbers[taker.id] = taker.key
        return Link(
            registry=self.registry,
            severa_id=severa.id,
            erp_id=erp.id,
            key=giver.key,
            severa_state=linked_state(self.rule, severa, severa),
            erp_state=linked_state(self.rule, severa, erp),
            linked_at=now,
            updated_at=now,
        )

    def _without(self, link: Link, side: Side, names: Iterable[str]) -> Link:
        """A link that says of these fields that they never got through, so that `side` is asked for them again."""
        rules = {rule.name: rule for rule in self.rule.fields}
        again = {name for name in names if name in rules and rules[name].flow.allows(side.other)}
        state = {name: value for name, value in link.state_on(side).items() if name not in again}
        return replace(link, severa_state=state) if side is Side.SEVERA else replace(link, erp_state=state)

    @staticmethod
    def _stamp(link: Link, source: Record, written: Record, target: Side, names: Iterable[str]) -> Link:
        states = {Side.SEVERA: dict(link.severa_state), Side.ERP: dict(link.erp_state)}
        for name in names:
            states[target.other][name] = encode(getattr(source, name))
            states[target][name] = encode(getattr(written, name))
        return replace(link, severa_state=states[Side.SEVERA], erp_state=states[Side.ERP], updated_at=datetime.now(UTC))

    def _keep(self, link: Link) -> None:
        self.links.append(link)
        if len(self.links) >= FLUSH:
            self._flush()

    def _flush(self) -> None:
        links, self.links = self.links, []
        if self.owing:
            self.owed.add(self.owing)
            self.owing = {}
        if links:
            self.run.state.links.save(list({link.severa_id: link for link in links}.values()))

    async def _mark(self, item: tuple[Record, str]) -> None:
        """A linked item of the ERP without our reference: an earlier try to write it there failed."""
        erp, severa_id = item
        if await self._set_reference(erp, severa_id):
            self._success(Side.ERP, erp.id, severa_id)

    async def _set_reference(self, erp: Record, severa_id: str) -> bool:
        try:
            await self.writer.set_reference(erp, severa_id)
        except ConfigurationError:
            raise
        except SyncError as error:
            self._failed(error, Side.ERP, erp)
            return False
        self.run.written[Side.ERP, self.registry] += 1
        return True

    def _finish(self, written: Written, own: Side, source: Record, link: Link) -> None:
        if written.error is not None:
            self._failed(written.error, own, source)
        else:
            self._success(own, source.id, link.id_on(own.other))

    def _success(self, own: Side, own_id: str, other_id: str) -> None:
        self.succeeded += [record_key(own, own_id), record_key(own.other, other_id)]

    def _failed(self, error: SyncError, side: Side, record: Record, cause: str | None = None) -> None:
        scope = self.registry.value
        self.issues.append(
            issue_of(error, scope=scope, side=side, record_id=record.id, label=record.label, cause=cause)
        )
