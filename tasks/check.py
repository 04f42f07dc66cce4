"""The checks of one tenant before the switch-on (ALL-10): settings of both systems, then their records.

`check_tenant` is the whole of it, for whoever has no run: it opens both systems, looks, and closes them. It writes
nothing anywhere. The flow does the same step by step, and notes what was found on the error desk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import cast

from connectors.ports import CheckedErp, CheckedSevera
from connectors.severa import checks as severa_checks
from connectors.severa.settings import SeveraSettings
from core.checks import Area, Check, Report, SeveraSetup, Sheet, Weight
from core.records import Product, ProductKind, Registry, Side
from state.store import Store
from tasks import places
from tasks.check_desk import accepted
from tasks.check_records import Records
from tasks.opening import opened
from tasks.options import Options
from tasks.run import Progress, Run
from tasks.statuses import check_statuses
from tenants.model import Tenant

MASTERS = Check(
    key="tenant.masters",
    title="Every registry has a master that the ERP's guide allows",
    where="The tenant file, masters",
    todo="Choose one that is allowed.",
    weight=Weight.HARD,
    area=Area.REGISTERS,
    source="PO-02, VN-02",
)


async def check_tenant(
    tenant: Tenant, *, records: bool = True, docs: Path | None = None, progress: Progress | None = None
) -> Report:
    """Everything that must be so before a tenant is switched on, and whether it is.

    Without `records` only settings are looked at, which takes seconds. With `docs`, Data Docs of the records are built
    in a folder of the tenant's name in it. What people accepted on the error desk is marked. Raises ConfigurationError
    when a secret cannot be read or the database cannot be used; what a system refuses stands in the report.
    """
    async with looked_at(tenant, progress) as checking:
        await checking.settings()
        if records:
            await checking.records(docs)
            await checking.numbers()
        return checking.report()


@asynccontextmanager
async def looked_at(tenant: Tenant, progress: Progress | None = None) -> AsyncIterator[Checking]:
    """Both systems open for looking. No switch, no night, no lease: nothing is transferred and nothing written."""
    store = Store.open(places.database_url(), read_only=True)
    try:
        state = store.tenant(tenant.name, preview=True)
        async with opened(tenant, state, Options(preview=True), progress) as run:
            checking = Checking(run)
            try:
                yield checking
            finally:
                checking.close()
                run.close()
    finally:
        store.close()


class Checking:
    """What is being looked at. A plain object: Prefect does not look into it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._severa = cast(CheckedSevera, run.severa).checks()
        self._erp = cast(CheckedErp, run.erp).checks()
        self._setup = SeveraSetup()
        self._sheet = Sheet()
        self._open = dict.fromkeys(Side, False)
        self._records: Records | None = None
        self._docs: str | None = None

    async def settings(self, *, let_in: bool = False) -> None:
        """Access, then the settings of both sides. `let_in`: access and statuses were found good a moment ago."""
        run, sheet = self.run, self._sheet
        self._masters()
        if let_in:
            self._open = dict.fromkeys(Side, True)
            sheet.made(severa_checks.ACCESS, severa_checks.STATUSES, self._erp.access)
        else:
            self._open[Side.SEVERA] = await self._access(severa_checks.ACCESS, run.severa.check_access)
            self._open[Side.ERP] = await self._access(self._erp.access, run.erp.check_access)
        run.progress("check settings", 0)
        if self._open[Side.SEVERA]:
            if not let_in:
                await self._statuses()
            self._setup, found = await self._severa.look(run.profile)
            sheet.add(found)
            await self._cost_product()
        if self._open[Side.ERP]:
            sheet.add(await self._erp.look(self._setup, self._today))

    async def records(self, docs: Path | None) -> None:
        """The records of both sides, as suites of Great Expectations."""
        if not all(self._open.values()):
            return
        self._records = Records(self.run)
        checks = self._erp.row_checks()
        sheet, self._docs = await self._records.look(checks, docs)
        self._sheet.add(sheet)

    async def numbers(self) -> None:
        """Invoice numbers that are in use, which costs longer lists."""
        if all(self._open.values()):
            self._sheet.add(await self._erp.look_at_numbers(self._setup, self._today))

    def report(self) -> Report:
        """What was looked at so far; what people let be is marked."""
        run, sheet = self.run, self._sheet
        report = Report(
            tenant=run.tenant.name,
            names=run.names,
            at=datetime.now(UTC),
            checks=tuple(sheet.checks),
            findings=tuple(sorted(sheet.findings, key=lambda each: list(Area).index(each.check.area))),
            unread=tuple(sheet.unread),
            by_hand=tuple(self._erp.by_hand),
            records=self._records is not None,
            docs=self._docs,
        )
        return report.accepting(accepted(run.state))

    def close(self) -> None:
        """Whatever was begun and not finished ends."""
        if self._records is not None:
            self._records.close()

    @property
    def _today(self) -> date:
        return datetime.now(UTC).astimezone(self.run.tenant.zone).date()

    async def _access(self, check: Check, ask: Callable[[], Awaitable[None]]) -> bool:
        self._sheet.made(check)
        await self._sheet.read((check,), ask())
        return not self._sheet.is_open(check)

    def _masters(self) -> None:
        tenant, profile = self.run.tenant, self.run.profile
        allowed = tenant.erp_section.master_choices
        self._sheet.made(MASTERS)
        for rule in profile.registries:
            master = tenant.master(rule.registry, profile.masters[rule.registry])
            if master not in allowed.get(rule.registry, (master,)):
                words = " or ".join(each.value for each in allowed[rule.registry])
                what = f"The master of {rule.registry.value} is {master.value}, and only {words} is allowed."
                self._sheet.found(MASTERS, what, part=rule.registry.value)

    async def _statuses(self) -> None:
        """ALL-04, VN-13: one finding per role, with all that is wrong with it."""
        profile, settings = self.run.profile, self.run.tenant.section(SeveraSettings).statuses
        check = severa_checks.STATUSES
        register = await self._sheet.read((check,), self.run.severa.invoice_statuses())
        if register is None:
            return
        wanted = {
            role: str(value)
            for role in (*profile.statuses, *profile.optional_statuses)
            if (value := getattr(settings, role, None)) is not None
        }
        _, mistakes = check_statuses(profile, wanted, register)
        self._sheet.made(check)
        for role, group in groupby(sorted(mistakes), key=lambda mistake: mistake.partition(":")[0]):
            self._sheet.found(check, " ".join(group), part=role)

    async def _cost_product(self) -> None:
        """PO-14: the default product of costs without a code."""
        profile, sheet = self.run.profile, self._sheet
        code = getattr(self.run.tenant.erp_section, "cost_product", None)
        if code is None:
            if profile.cost_product_needed:
                sheet.found(
                    severa_checks.NO_COST_PRODUCT,
                    "No product is named for purchase invoice rows without a product code.",
                    why="Such rows stay on the error desk.",
                    todo=f"Make a product for them in Severa, and name its code as {profile.system}.cost_product.",
                )
            return
        check = severa_checks.COST_PRODUCT
        found = await sheet.read((check,), self.run.severa.find(Registry.PRODUCTS, [code]))
        if found is not None:
            regular = [item for item in found.items if isinstance(item, Product) and item.kind is ProductKind.PRODUCT]
            there = any(item.code == code and item.active for item in regular)
            sheet.holds(check, there, f"{profile.system}.cost_product {code} is no active product of Severa.")
