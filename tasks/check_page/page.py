"""The page: one self-contained HTML file without script, that works offline, in the dark and on a telephone.

Every text of a vendor is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from core.checks import Area, Check, Finding, Report, Unread
from core.records import Side


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of an area that hold."""

    title: str
    checks: Sequence[Check]


def page(report: Report) -> str:
    """The HTML of a report."""
    passed = [Group(area.value, [check for check in report.passed if check.area is area]) for area in Area]
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            names=report.names,
            severa=report.names[Side.SEVERA],
            erp=report.names[Side.ERP],
            passed=[group for group in passed if group.checks],
            verdict=verdict(report),
            light="hard" if report.hard else "soft" if report.state != "completed" else "passed",
        )
    )


def verdict(report: Report) -> str:
    """The report in one sentence."""
    if report.hard:
        number = len(report.hard)
        return f"Not ready: {number} {'thing' if number == 1 else 'things'} must be mended before the switch-on."
    if report.soft or report.unread:
        number = len(report.soft) + len(report.unread)
        return f"It may be switched on; {number} {'thing is' if number == 1 else 'things are'} to be looked at."
    return "Ready: everything that can be checked is as it must be."


def document(report: Report) -> dict[str, Any]:
    """The report as JSON values, for programs."""
    return {
        "tenant": report.tenant,
        "at": report.at.isoformat(),
        "state": report.state,
        "ready": not report.hard,
        "verdict": verdict(report),
        "records": report.records,
        "docs": report.docs,
        "hard": [_finding(each) for each in report.hard],
        "soft": [_finding(each) for each in report.soft],
        "accepted": [_finding(each) for each in report.accepted],
        "unread": [_unread(each) for each in report.unread],
        "by_hand": [{"title": each.title, "where": each.where, "source": each.source} for each in report.by_hand],
        "passed": [_check(each) for each in report.passed],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "key": check.key,
        "title": check.title,
        "weight": check.weight.value,
        "area": check.area.value,
        "where": check.where,
        "source": check.source,
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    decided = {"accepted_by": finding.accepted_by, "accepted_why": finding.accepted_why} if finding.accepted_by else {}
    return {
        **_check(finding.check),
        "key": finding.key,
        "what": finding.what,
        "why": finding.why,
        "todo": finding.advice,
        "records": list(finding.records),
        "count": finding.count,
        **decided,
    }


def _unread(unread: Unread) -> Mapping[str, Any]:
    return {**_check(unread.check), "why": str(unread.error)}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tasks.check_page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["when"] = lambda instant: f"{instant:%Y-%m-%d %H:%M} UTC"
    return environment
