"""Planning one registry: gather what the planner must see, then let it decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import cast

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.ports import NamesPort
from core.comparing import Translate
from core.errors import BadDataError, BugError, ErrorClass
from core.foreseen import is_stand_in
from core.inputs import Inputs
from core.issues import Issue
from core.planning import plan, unmatched, unmatched_keys, unmatched_names
from core.plans import Plan, record_key
from core.profiles import RegistryRule, Sought
from core.records import RECORD_TYPES, Contact, Customer, Project, Record, Registry, Side
from tasks.invoiced import CURSOR as INVOICED_UNTIL
from tasks.invoiced import recently_invoiced
from tasks.registry_numbers import Owed
from tasks.registry_read import JOB, Extract, released
from tasks.registry_unfinished import Unfinished
from tasks.run import Run, issue_of


class Planned:
    """A plan on its way to be carried out.

    Prefect looks into the dataclasses that a task takes and returns, and keeps them until the flow ends. A plan of a
    hundred thousand records goes in this instead, and is taken out of it.
    """

    def __init__(self, plan: Plan) -> None:
        self.empty = plan.empty
        self._plan: Plan | None = plan

    def take(self) -> Plan:
        """The plan, once."""
        plan, self._plan = self._plan, None
        if plan is None:
            raise BugError("A plan is carried out once.")
        return plan


@task(name="plan", task_run_name="plan {registry}", cache_policy=NO_CACHE)
async def plan_registry(run: Run, extract: Extract, registry: str) -> Planned:
    """Decide what to do with one registry; what was read of it is let go."""
    rule = run.rule(Registry(registry))
    found = {side: list(read.items) if (read := extract.read(side, rule.registry)) else [] for side in Side}
    full = {side: bool((read := extract.read(side, rule.registry)) and read.full) for side in Side}
    active: dict[Side, Collection[str] | None] = {}
    if rule.needs_activity:
        active = await _active(run, extract, found)
    if rule.registry is Registry.CONTACTS:
        await _contacts_of_new_customers(run, extract, found)
    await _those_released(run, rule.registry, found)
    wanted: set[str] = set()
    if rule.needs_activity:  # what was begun in Severa has the activity that it needs in the ERP
        begun = Unfinished(run.state.facts, rule.registry).sources(Side.ERP)
        wanted = await _wanted(run, extract, found) | begun
    inputs = _inputs(run, rule, found, active)
    for side in Side:
        if not full[side.other]:
            await _look_for(run, rule, inputs, side, found)
    inputs = _inputs(run, rule, found, active)
    result = plan(replace(inputs, wanted=wanted, begun=_begun(run, inputs), renumbering=_renumbering(run, rule)))
    if all(full.values()):
        result.full = True
        gone = _gone(run, rule, extract)
        missed = {issue.record for issue in gone}
        result.issues += gone
        result.healthy = [record for record in result.healthy if record not in missed]
    counts = run.report(JOB).part(registry)
    counts.read += sum(len(records) for records in found.values())
    counts.unchanged += result.unchanged
    for reason, number in result.skipped.items():
        counts.skip(reason, number)
    if rule.registry is Registry.PRODUCTS:
        run.seen_codes |= {record.key for record in found[Side.ERP] if record.key}
    extract.release(rule.registry)
    return Planned(result)


def _inputs(
    run: Run, rule: RegistryRule, found: dict[Side, list[Record]], active: dict[Side, Collection[str] | None]
) -> Inputs:
    links = {side: run.state.links.by_id(rule.registry, side, [r.id for r in found[side]]) for side in Side}
    return Inputs(
        rule=rule,
        master=run.tenant.master(rule.registry, run.profile.masters[rule.registry]),
        severa=found[Side.SEVERA],
        erp=found[Side.ERP],
        links=links,
        translate=_translator(run, rule, found),
        switched_on=run.tenant.switched_on,
        active=active,
        names=run.names,
    )


def _renumbering(run: Run, rule: RegistryRule) -> dict[str, str]:
    """Numbers that an earlier run began to carry over, of items that it lived to link."""
    if rule.numbered_by is None:
        return {}
    owed = Owed(run.state.facts, rule.registry).all()
    linked = run.state.links.other_ids(rule.registry, rule.numbered_by.other, owed)
    return {own: number for own, number in owed.items() if own in linked}


def _translator(run: Run, rule: RegistryRule, found: dict[Side, list[Record]]) -> Translate:
    """Ids of the other side for every reference of the records, asked of the database once."""
    known: dict[tuple[Registry, Side], dict[str, str]] = {}
    for name, registry in RECORD_TYPES[rule.registry].REFERENCES.items():
        for side, records in found.items():
            ids = {value for record in records if (value := getattr(record, name)) is not None}
            known.setdefault((registry, side), {}).update(run.state.links.other_ids(registry, side, ids))

    def translate(registry: Registry, side: Side, record_id: str) -> str | None:
        return known.get((registry, side), {}).get(record_id)

    return translate


async def _look_for(run: Run, rule: RegistryRule, inputs: Inputs, side: Side, found: dict[Side, list[Record]]) -> None:
    """Unlinked records of `side` that changed: who else has their key, on either side?

    The counterpart on the other side, and doubles on their own: a number that two items hold is nobody's.
    """
    for where in Side:
        read = {record.id for record in found[where]}
        candidates = await _candidates(run, inputs, side, where)
        if where is side.other and rule.registry is Registry.CONTACTS:
            loose = [cast(Contact, record) for record in found[side] if record.id not in inputs.links[side]]
            for customer in sorted({contact.customer for contact in loose if contact.customer}):
                parent = run.state.links.other_id(Registry.CUSTOMERS, side, customer)
                if parent is not None and not is_stand_in(parent):
                    candidates += (await run.port(where).children(Registry.CONTACTS, parent)).items
        for record in candidates:
            if record.id not in read:
                read.add(record.id)
                found[where].append(record)


async def _candidates(run: Run, inputs: Inputs, side: Side, where: Side) -> list[Record]:
    """Who on the side `where` may be one with an unlinked record of `side`, as the rule says that it is looked for."""
    registry, port = inputs.rule.registry, run.port(where)
    match inputs.rule.sought_by:
        case Sought.KEY:
            keys = unmatched_keys(inputs, side)
            return list((await port.find(registry, keys)).items) if keys else []
        case Sought.NAME:
            names = unmatched_names(inputs, side)
            return list((await cast(NamesPort, port).find_by_name(registry, names)).items) if names else []
        case Sought.EVERYTHING:
            if where is side or not unmatched(inputs, side):
                return []
            return list((await port.read(registry, None)).items)


async def _active(run: Run, extract: Extract, found: dict[Side, list[Record]]) -> dict[Side, Collection[str] | None]:
    """PO-05: who has an active project or an invoice, and who had one once; the memory is for good.

    A customer that is remembered only now was perhaps not among those that changed: it is fetched.
    """
    customers = {record.id: cast(Customer, record) for record in found[Side.SEVERA]}
    reasons = dict.fromkeys(_customers_of(extract, Side.SEVERA), "an active project")
    known = run.state.remembered.known(Registry.CUSTOMERS, {*customers, *reasons})
    decided = {*known, *reasons, *run.state.links.by_id(Registry.CUSTOMERS, Side.SEVERA, customers)}
    undecided = [customer.id for customer in customers.values() if customer.id not in decided and _may_go(customer)]
    cursor = run.state.cursors.get(INVOICED_UNTIL)
    incremental = not run.options.manual and cursor is not None and not _full(extract)
    if undecided:
        invoiced = await run.severa.customers_with_invoices(None, undecided)
        reasons |= dict.fromkeys(invoiced.items, "an invoice")
    if incremental and cursor is not None:
        recent = await recently_invoiced(run, cursor)
        reasons |= {customer: "an invoice" for customer in recent if customer not in reasons}
        known |= run.state.remembered.known(Registry.CUSTOMERS, recent)
    elif _full(extract) and not run.options.manual:
        run.later(lambda: run.state.cursors.set(INVOICED_UNTIL, run.started, full=True))
    new = {customer: why for customer, why in reasons.items() if customer not in known}
    run.state.remembered.add(Registry.CUSTOMERS, new)
    # Those remembered before, too: the run that remembered them may not have lived to bring them over.
    linked = run.state.links.other_ids(Registry.CUSTOMERS, Side.SEVERA, reasons)
    for customer_id in reasons:
        if customer_id not in customers and customer_id not in linked:
            await _fetch(run, Side.SEVERA, Registry.CUSTOMERS, customer_id, found)
    wanted = None if run.all_erp_customers else known_erp_customers(run, extract)
    return {Side.SEVERA: known | set(new), Side.ERP: wanted}


def _full(extract: Extract) -> bool:
    read = extract.read(Side.SEVERA, Registry.CUSTOMERS)
    return bool(read and read.full)


def _customers_of(extract: Extract, side: Side) -> set[str]:
    """Customers of the side's active projects, as far as these were read."""
    read = extract.read(side, Registry.PROJECTS)
    projects = [cast(Project, record) for record in (read.items if read else ())]
    return {project.customer for project in projects if project.active and project.customer}


async def _wanted(run: Run, extract: Extract, found: dict[Side, list[Record]]) -> set[str]:
    """Customers of the ERP that an active project there refers to; those that did not change are fetched."""
    customers = _customers_of(extract, Side.ERP)
    linked = run.state.links.other_ids(Registry.CUSTOMERS, Side.ERP, customers)
    here = {record.id for record in found[Side.ERP]}
    for customer_id in sorted(customers - here - set(linked)):
        await _fetch(run, Side.ERP, Registry.CUSTOMERS, customer_id, found)
    return customers


async def _those_released(run: Run, registry: Registry, found: dict[Side, list[Record]]) -> None:
    """Records that waited for an item which this run has linked; the read before it could not bring them."""
    here = {record_key(side, record.id) for side, records in found.items() for record in records}
    for waiting in dict.fromkeys(issue.record for issue in released(run, registry)):
        owner, _, record_id = waiting.partition(":")
        if waiting not in here and owner in tuple(Side):
            await _fetch(run, Side(owner), registry, record_id, found)


async def _fetch(run: Run, side: Side, registry: Registry, record_id: str, found: dict[Side, list[Record]]) -> None:
    """An item whose turn has come although it did not change; one that cannot be used is an issue (law 3)."""
    try:
        record = await run.port(side).get(registry, record_id)
    except BadDataError as error:
        scope = registry.value
        run.complain(JOB, [issue_of(error, scope=scope, side=side, record_id=record_id, label=record_id, cause="row")])
        return
    if record is not None:
        found[side].append(record)


def known_erp_customers(run: Run, extract: Extract) -> set[str]:
    """The setting `customers_from_erp: with_project`: the ERP's customers that have an active project there."""
    customers = _customers_of(extract, Side.ERP)
    run.state.remembered.add(Registry.CUSTOMERS, {f"erp:{c}": "an active project" for c in customers})
    read = extract.read(Side.ERP, Registry.CUSTOMERS)
    ids = {f"erp:{record.id}" for record in (read.items if read else ())}
    return customers | {i.removeprefix("erp:") for i in run.state.remembered.known(Registry.CUSTOMERS, ids)}


def _may_go(customer: Customer) -> bool:
    """Whether it is worth asking for the customer's invoices."""
    return customer.active and not customer.internal and not customer.prospect


def _begun(run: Run, inputs: Inputs) -> list[tuple[Record, Record]]:
    """Contacts that were begun in Severa: their e-mail address, by which they would match, is a row of its own there.

    Other items are found by their number or code, however far their making went.
    """
    sources = Unfinished(run.state.facts, Registry.CONTACTS).sources(Side.ERP)
    if inputs.rule.registry is not Registry.CONTACTS or not sources:
        return []
    bare: dict[tuple[str | None, str], list[Contact]] = defaultdict(list)
    for record in inputs.severa:
        contact = cast(Contact, record)
        if contact.id not in inputs.links[Side.SEVERA] and contact.email is None:
            bare[contact.customer, contact.name].append(contact)
    pairs: list[tuple[Record, Record]] = []
    for record in inputs.erp:
        contact = cast(Contact, record)
        if contact.id in sources and contact.id not in inputs.links[Side.ERP] and contact.customer is not None:
            customer = inputs.translate(Registry.CUSTOMERS, Side.ERP, contact.customer)
            found = bare.pop((customer, contact.name), [])
            pairs += [(found[0], contact)] if len(found) == 1 else []
    return pairs


async def _contacts_of_new_customers(run: Run, extract: Extract, found: dict[Side, list[Record]]) -> None:
    """Customers linked in this run, or by one that did not live to see this step: their contacts' turn has come."""
    unfinished = Unfinished(run.state.facts, Registry.CUSTOMERS)
    links = [] if unfinished.since is None else run.state.links.linked_since(Registry.CUSTOMERS, unfinished.since)
    run.later(unfinished.settle)
    for side in Side:
        read = extract.read(side, Registry.CONTACTS)
        if read is None or read.full:
            continue
        known = {record.id for record in found[side]}
        earlier = [link.id_on(side) for link in links]
        for customer_id in dict.fromkeys((*earlier, *run.newly_linked(Registry.CUSTOMERS, side))):
            if is_stand_in(customer_id):
                continue
            for record in (await run.port(side).children(Registry.CONTACTS, customer_id)).items:
                if record.id not in known:
                    known.add(record.id)
                    found[side].append(record)


def _gone(run: Run, rule: RegistryRule, extract: Extract) -> list[Issue]:
    """Full reads of both sides: linked items that one side no longer has are reported, never made again."""
    ids = {side: extract.ids(side, rule.registry) for side in Side}
    issues = []
    for link in run.state.links.all(rule.registry):
        for side in Side:
            if link.id_on(side) not in ids[side] and link.id_on(side.other) in ids[side.other]:
                name = link.state_on(side).get("name") or link.key or link.id_on(side)
                issues.append(
                    Issue(
                        scope=rule.registry.value,
                        record=record_key(side.other, link.id_on(side.other)),
                        label=f"{link.key or ''} {name}".strip(),
                        cause=f"gone:{side.value}",
                        error_class=ErrorClass.BAD_DATA,
                        what=f"It no longer exists in {run.names[side]}.",
                        why="It was linked before; a deleted item is not created again by itself.",
                        todo=f"Make it inactive in {run.names[side.other]}, too.",
                    )
                )
    return issues
