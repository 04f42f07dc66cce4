"""A tenant of the simulated systems that is checked: what is set wrong in them, and what the check says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from core.checks import Finding, Report
from tasks.check import check_tenant, looked_at
from tasks.opening import load_tenant
from tests.support.company import Company, variables


@dataclass
class Checked:
    """A company, and its settings in both systems as their own screens would show them."""

    company: Company

    def look(self, *, records: bool = False, docs: Path | None = None) -> Report:
        """What the check says."""
        with variables(self.company.environment):
            return asyncio.run(check_tenant(load_tenant(self.company.name), records=records, docs=docs))

    def numbers(self) -> Report:
        """What it says with the invoice numbers in use, but without the records."""

        async def look() -> Report:
            async with looked_at(load_tenant(self.company.name)) as checking:
                await checking.settings()
                await checking.numbers()
                return checking.report()

        with variables(self.company.environment):
            return asyncio.run(look())

    def hard(self) -> set[str]:
        """Keys of what would refuse the first cycle, of the settings alone."""
        return {finding.key for finding in self.look().hard}

    def soft(self) -> set[str]:
        """Keys of what is to be looked at, of the settings alone."""
        return {finding.key for finding in self.look().soft}

    def severa(self, part: str) -> dict[str, Any]:
        """`details` or `settings` of the organisation in Severa, to be changed."""
        system: Any = self.company.sandbox.systems["severa"]
        return cast(dict[str, Any], system._registers.company[part])

    def severa_rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of one of Severa's registers, to be changed."""
        system: Any = self.company.sandbox.systems["severa"]
        return list(system._registers.tables[table])

    @property
    def poweroffice(self) -> Any:
        """The company in the simulated PowerOffice."""
        system: Any = self.company.sandbox.systems["poweroffice"]
        return system.company

    @property
    def visma_net(self) -> Any:
        """The company in the simulated Visma.net."""
        system: Any = self.company.sandbox.systems["visma_net"]
        return system.company


def finding(report: Report, key: str) -> Finding:
    """The one finding of a key."""
    (found,) = (each for each in report.findings if each.key == key)
    return found
