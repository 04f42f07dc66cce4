"""Purchase rows that name a project, in as project costs with their files, each exactly once (PO-14, VN-16, ALL-08)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import cast

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.dry import NotSentError
from connectors.ports import CostEntry
from connectors.severa.settings import SeveraSettings
from connectors.together import Once
from core.costs import PRODUCT_TYPES, cost_key, fingerprint, in_currency, price_of, version, worth
from core.errors import (
    BadDataError,
    ConfigurationError,
    ErrorClass,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
)
from core.invoices import CostRow
from core.issues import IssueState
from core.plans import record_key
from core.records import Product, Record, Registry, Side
from tasks.cost_files import CostFiles
from tasks.cost_foreseen import would_import
from tasks.cost_projects import CostProjects
from tasks.cost_read import JOB, Costs
from tasks.foreseeing import coming
from tasks.run import Run, issue_of
from tasks.subject import Subject

EDITED = "edited"
"""Cause of the issue of a row that shows other figures than those that were imported."""


@task(name="apply costs", cache_policy=NO_CACHE)
async def apply_costs(run: Run, costs: Costs) -> None:
    """Create the costs; what cannot go waits with an issue and is tried again."""
    await Import(run, costs).carry_out()


def _about(row: CostRow) -> Subject:
    return Subject("costs", record_key(Side.ERP, row.id))


class Import:
    """Creates one run's costs in Severa."""

    def __init__(self, run: Run, costs: Costs) -> None:
        self.run = run
        self.costs = costs
        self.counts = run.report(JOB).counts
        self.projects = CostProjects(run)
        self.files = CostFiles(run, self.projects)
        self.imported: list[CostRow] = []
        self.currencies: dict[str, Once] = {}
        self.products: dict[str, Once] = {}
        standing = run.state.issues.standing(JOB)
        self.complained_before = {issue.record for issue in standing if issue.state is IssueState.OPEN}
        self.tried = {issue.record: issue for issue in standing if issue.of_a_try}

    async def carry_out(self) -> None:
        """Ordinary rows first: a reversal follows what it reverses."""
        self.counts.read += self.costs.read
        self.counts.unchanged += len(self.costs.known)
        self._taken_back()
        if self.costs.foreign:
            self.counts.skip("reverses a voucher that was not imported", self.costs.foreign)
        for row in self.costs.changed:
            error = BadDataError(
                "It was imported before and shows another project or amount now.",
                why=f"The voucher was edited in {self.run.erp_title} after the import; Severa's cost is left alone.",
                todo="Correct the project cost in Severa by hand.",
            )
            self._complain(row, error, EDITED)
        left = self.files.pending(self.costs.known)
        await self.projects.find([*self.costs.fresh, *(errand.row for errand in left)])
        limit = self.run.settings(Side.SEVERA).concurrency
        ordinary = [row for row in self.costs.fresh if row.reverses is None]
        what = "import costs" if len(ordinary) > 25 else ""
        await self.run.each(ordinary, self._one, limit=limit, what=what, about=_about)
        reversals = [row for row in self.costs.fresh if row.reverses is not None]
        await self.run.each(reversals, self._one, limit=limit, about=_about)
        await self.files.carry(self.files.pending([*self.costs.known, *self.imported]))

    def _taken_back(self) -> None:
        """Rows that were edited after the import and show the imported figures again."""
        records = [record_key(Side.ERP, row.id) for row in self.costs.known]
        told = [record for record in records if record in self.complained_before]
        self.run.state.issues.resolve(JOB, told, cause=EDITED)

    def _held(self, row: CostRow) -> bool:
        """Whether it failed so often that its turn has not come; a row that changed goes ahead at once.

        What it lacks is looked for at every run: that takes no call of its own.
        """
        issue = self.tried.get(record_key(Side.ERP, row.id))
        if issue is None or self.run.options.retry or self.run.options.record is not None:
            return False
        waits = issue.error_class is ErrorClass.MISSING_DEPENDENCY or issue.version not in (None, version(row))
        return not waits and issue.held(datetime.now(UTC))

    async def _one(self, row: CostRow) -> None:
        if self._held(row):
            self.counts.skip("failed several times in a row, tried again later")
            self.run.forget_later()
            return
        key = cost_key(self.run.profile.system, row)
        try:
            if not self.run.profile.unknown_projects_are_issues and await self.projects.known(row) is None:
                self.counts.skip("names a project that is not in Severa")
                return
            severa_id = await self._imported(row, key)
        except ConfigurationError:
            raise
        except SyncError as error:
            self._complain(row, error, None)
            self.run.forget_later()
            return
        with self.run.state.batch():  # nobody would look at its issue again once the row is done
            self.run.state.costs.done(key, severa_id, fingerprint(row))
            if (record := record_key(Side.ERP, row.id)) in self.complained_before:
                self.run.state.issues.resolve(JOB, [record])
        self.counts.created += 1
        self.imported.append(row)

    async def _imported(self, row: CostRow, key: str) -> str:
        """Severa's id of the row's cost; in a preview, which tells of it, that of nothing."""
        new = coming(self.run, Side.SEVERA, await self._references(row))
        if new:
            if row.id not in self.costs.unsettled:
                self.run.state.costs.intend(key, at=datetime.now(UTC), details={}, voucher_id=row.voucher_id)
            return would_import(self.run, row, None, self._label(row), provided=new)
        entry = await self._entry(row, key)
        try:
            return await self._create(row, entry)
        except NotSentError:
            return would_import(self.run, row, entry, self._label(row))

    async def _references(self, row: CostRow) -> dict[Registry, list[str | None]]:
        """What the cost refers to in Severa, as far as links know it: a preview asks for none that is not made yet."""
        if not self.run.preview:
            return {}
        project = await self.projects.known(row)
        linked = self.run.state.links.other_id(Registry.PRODUCTS, Side.ERP, row.product_id or "")
        return {Registry.PROJECTS: [project.id if project is not None else None], Registry.PRODUCTS: [linked]}

    async def _create(self, row: CostRow, entry: CostEntry) -> str:
        """Law 1 for costs: an open intent is looked up first; a new one is committed before the call."""
        costs, severa = self.run.state.costs, self.run.severa
        intended_at = self.costs.unsettled.get(row.id)
        if intended_at is not None:
            found = await self._look_up(entry, intended_at)
            if found is not None:
                return found
            costs.forget_intent(entry.key)
        now = datetime.now(UTC)
        details = {"project": entry.project_id, "description": entry.description, "quantity": str(entry.quantity)}
        costs.intend(entry.key, at=now, details=details, voucher_id=row.voucher_id)
        try:
            return await severa.create_cost(entry)
        except OutcomeUnknownError:
            found = await self._look_up(entry, now)
            if found is None:
                raise
            return found
        except SyncError:
            costs.forget_intent(entry.key)
            raise

    async def _look_up(self, entry: CostEntry, intended_at: datetime) -> str | None:
        return await self.run.severa.find_cost(entry, since=intended_at)

    async def _entry(self, row: CostRow, key: str) -> CostEntry:
        project = await self.projects.of(row)
        currency = await self._currency(project.id)
        figures = in_currency(row, currency, await self._values(row, currency))
        if figures is None:
            raise MissingDependencyError(
                f"The row is in {row.currency}, the project in {currency}: there is no rate to convert it by.",
                why="What a rate in Severa's register means is a setting, so that nothing is converted wrongly.",
                todo="Say it in severa.currency_rates of the tenant file, and enter the rates in Severa's settings.",
                field="currency",
            )
        quantity, unit_cost, in_currency_of, converted = figures
        product_id, product_type = await self._product(row)
        description = row.description or row.product_code or f"Voucher {row.voucher_number or row.voucher_id}"
        if converted:
            description = f"{description} ({row.amount} {row.currency})"
        section = self.run.tenant.erp_section
        billable = bool(getattr(section, "cost_billable", False))
        percent: Decimal | None = getattr(section, "cost_multiplier", None)
        return CostEntry(
            key=key,
            project_id=project.id,
            product_id=product_id,
            product_type=product_type,
            quantity=quantity,
            unit_cost=unit_cost,
            currency=in_currency_of,
            description=description,
            event_date=row.cost_date,
            billable=billable,
            unit_price=price_of(unit_cost, in_currency_of, billable=billable, percent=percent),
        )

    async def _values(self, row: CostRow, currency: str | None) -> dict[str, Decimal]:
        direction = self.run.tenant.section(SeveraSettings).currency_rates
        if direction == "none" or currency in (None, row.currency, row.company_currency):
            return {}
        return worth(await self.run.severa.currency_rates(), direction)

    async def _currency(self, project_id: str) -> str | None:
        asked = Once(partial(self.run.severa.project_currency, project_id))
        found: str | None = await self.currencies.setdefault(project_id, asked).get()
        return found

    async def _product(self, row: CostRow) -> tuple[str | None, str | None]:
        """(Severa's product, type): the row's own product where Severa has it, else the default product."""
        own_type = None
        if row.product_id is not None:
            erp = cast(Product | None, await self._remembered(Side.ERP, row.product_id))
            own_type = PRODUCT_TYPES.get(erp.type.value) if erp is not None and erp.type is not None else None
            linked = self.run.state.links.other_id(Registry.PRODUCTS, Side.ERP, row.product_id)
            if linked is not None and linked.startswith("product:"):
                return linked, own_type
        code = getattr(self.run.tenant.erp_section, "cost_product", None)
        if code is None and not self.run.profile.cost_product_needed:
            return None, own_type
        if code is None:
            raise MissingDependencyError(
                "The row has no product that Severa knows, and there is no default product.",
                todo=f"Enter a Severa product's code as {self.run.profile.system}.cost_product in the tenant file.",
                field="product",
            )
        default: Record | None = await self.products.setdefault(code, Once(partial(self._regular, code))).get()
        if default is None:
            raise MissingDependencyError(
                f"The default product '{code}' does not exist in Severa.",
                todo=f"Create it, or correct {self.run.profile.system}.cost_product in the tenant file.",
                field="product",
            )
        return default.id, own_type

    async def _remembered(self, side: Side, record_id: str) -> Record | None:
        asked = Once(partial(self.run.port(side).get, Registry.PRODUCTS, record_id))
        found: Record | None = await self.products.setdefault(f"{side.value}:{record_id}", asked).get()
        return found

    async def _regular(self, code: str) -> Record | None:
        """Severa's regular product of a code; work types and travel expenses are none."""
        found = await self.run.severa.find(Registry.PRODUCTS, [code])
        return next((product for product in found.items if product.id.startswith("product:")), None)

    @staticmethod
    def _label(row: CostRow) -> str:
        return f"Voucher {row.voucher_number or row.voucher_id[:8]}: {row.description or row.product_code or row.id}"

    def _complain(self, row: CostRow, error: SyncError, cause: str | None) -> None:
        label = self._label(row)
        issue = issue_of(error, scope=JOB, side=Side.ERP, record_id=row.id, label=label, cause=cause)
        self.run.complain(JOB, [replace(issue, version=version(row))])
        self.counts.rejected += 1
