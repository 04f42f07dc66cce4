"""The pages of Data Docs: what a result means for people, as HTML that needs no other file and runs no script.

Every text of a vendor is escaped by the templates. This module imports Great Expectations: import it only inside
`expectations.loading.great_expectations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
from jinja2 import Environment, PackageLoader, StrictUndefined

from expectations.agreement import ExpectTotalsInOneCurrency

KEPT = 50
"""Validations that stay in the history of a tenant."""

SHOWN = 500
"""Failed invoices that one page lists; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One expectation in words."""

    description: str
    notes: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one expectation found: `failed` holds the words of the failed rows, as `expectations.frame.WORDS`."""

    rule: Rule
    compares: bool
    checked: int
    failed: Sequence[Mapping[str, str]]

    @property
    def shown(self) -> Sequence[Mapping[str, str]]:
        """The rows that the page lists."""
        return self.failed[:SHOWN]


@dataclass(frozen=True, slots=True)
class Summary:
    """One validation in one line of the history. `when` is an instant in UTC, `page` is relative to the index."""

    run: str
    when: datetime
    totals: int
    outcomes: Sequence[Outcome]
    page: str = ""

    @property
    def failed(self) -> int:
        """How many invoices fail. None fails twice: what is in two currencies is not compared."""
        return sum(len(outcome.failed) for outcome in self.outcomes)


def summary(result: ExpectationSuiteValidationResult, page: str = "") -> Summary:
    """What one validation found, for people; `result` as the store of results gives it."""
    outcomes = [_outcome(one) for one in result.results]
    run: Any = result.meta["run_id"]
    when = datetime.fromisoformat(run["run_time"]).astimezone(UTC)
    return Summary(run["run_name"], when, max(outcome.checked for outcome in outcomes), outcomes, page)


def _outcome(one: Any) -> Outcome:
    config, found = one.expectation_config, one.result
    return Outcome(
        rule=Rule(config.description, config.notes),
        compares=config.type != ExpectTotalsInOneCurrency.expectation_type,
        checked=found["element_count"],
        failed=found.get("unexpected_index_list") or [],
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("expectations"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["when"] = lambda instant: f"{instant:%Y-%m-%d %H:%M:%S} UTC"
    return environment


def index_page(tenant: str, runs: Sequence[Summary]) -> str:
    """The first page of a tenant's site: its validations, newest first."""
    return _environment().get_template("index.html").render(tenant=tenant, runs=runs, kept=KEPT, root="")


class ValidationRenderer:
    """What the page of one validation says."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def render(self, result: ExpectationSuiteValidationResult) -> tuple[str, dict[str, Any]]:
        """A template and its values."""
        return "validation.html", {"tenant": self.tenant, "run": summary(result), "root": "../../../../"}


class SuiteRenderer:
    """What the page of the rules says."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def render(self, suite: ExpectationSuite) -> tuple[str, dict[str, Any]]:
        """A template and its values."""
        rules = [Rule(one.description or "", str(one.notes or "")) for one in suite.expectations]
        return "rules.html", {"tenant": self.tenant, "rules": rules, "root": "../"}


class PageView:
    """Turns what a renderer says into a page."""

    def __init__(self, **_: Any) -> None:
        """The site hands in folders of styles and templates; our pages carry their own."""

    def render(self, said: tuple[str, dict[str, Any]], **_: Any) -> str:
        """The HTML of a page."""
        template, values = said
        return _environment().get_template(template).render(values)
