"""Data Docs of the checks of one tenant: a page per registry with what is expected and which records fail.

They show the latest check only; the error desk holds the history. This module imports Great Expectations: import it
only inside `expectations.loading.great_expectations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.types.resource_identifiers import ValidationResultIdentifier
from great_expectations.render.renderer.site_builder import SiteBuilder
from jinja2 import Environment, PackageLoader, StrictUndefined

from core.errors import BugError
from expectations.rows import Table

SHOWN = 500
"""Failed records that one page lists; the rest is counted."""


def _files(folder: Path) -> dict[str, str]:
    # The configuration of a project substitutes `$NAME`; a folder's name is meant as it is.
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute()).replace("$", r"\$")}


def results_store(folder: Path) -> dict[str, Any]:
    """Configuration of the store of validation results below the folder of the checks."""
    return {"class_name": "ValidationResultsStore", "store_backend": _files(folder / "results")}


def site(folder: Path, tenant: str) -> dict[str, Any]:
    """Configuration of the site of the checks."""
    return {
        "module_name": __name__,
        "class_name": RowsSite.__name__,
        "show_how_to_buttons": False,
        "store_backend": _files(folder),
        "site_section_builders": {
            "validations": {
                "class_name": "DefaultSiteSectionBuilder",
                "renderer": {"module_name": __name__, "class_name": RowsRenderer.__name__, "tenant": tenant},
                "view": {"module_name": __name__, "class_name": RowsView.__name__},
            },
            "expectations": "None",  # the word switches it off: what is expected stands on the same page
            "profiling": "None",
        },
    }


class RowsSite(SiteBuilder):
    """A site without the stock fonts and images: its pages need no other file."""

    def build(self, resource_identifiers: Any = None, build_index: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002  # given
        """Render the pages asked for; the index is `publish`'s."""
        for section in self.site_section_builders.values():
            section.build(resource_identifiers=resource_identifiers)
        return self.get_resource_url(only_if_exists=False), None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one expectation found: labels and values of the failed records."""

    description: str
    notes: str
    checked: int
    failed: Sequence[tuple[str, str]]

    @property
    def shown(self) -> Sequence[tuple[str, str]]:
        """Those that the page lists."""
        return self.failed[:SHOWN]


@dataclass(frozen=True, slots=True)
class Page:
    """One registry of one system. `when` is an instant in UTC, `href` is relative to the index."""

    title: str
    when: datetime
    outcomes: Sequence[Outcome]
    href: str = ""

    @property
    def failed(self) -> int:
        """How often a record fails an expectation."""
        return sum(len(outcome.failed) for outcome in self.outcomes)


def page_of(result: ExpectationSuiteValidationResult, href: str = "") -> Page:
    """What one validation says for people."""
    run: Any = result.meta["run_id"]
    when = datetime.fromisoformat(run["run_time"]).astimezone(UTC)
    first: Any = result.results[0].expectation_config
    return Page(first.meta["title"], when, [_outcome(one) for one in result.results], href)


def _outcome(one: Any) -> Outcome:
    config, found = one.expectation_config, one.result
    column = config.meta["column"]
    failed = [(str(row["label"]), str(row.get(column, ""))) for row in found.get("unexpected_index_list") or []]
    checked = found["element_count"] - (found.get("missing_count") or 0)
    return Outcome(config.description, config.notes, checked, failed)


class RowsRenderer:
    """What the page of one registry says."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    def render(self, result: ExpectationSuiteValidationResult) -> dict[str, Any]:
        """The values of the template."""
        return {"tenant": self.tenant, "page": page_of(result), "root": "../../../../"}


class RowsView:
    """Turns what the renderer says into a page. Every text of a vendor is escaped by the template."""

    def __init__(self, **_: Any) -> None:
        """The site hands in folders of styles and templates; our pages carry their own."""

    def render(self, said: dict[str, Any], **_: Any) -> str:
        """The HTML of a page."""
        return _environment().get_template("rows.html").render(said)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("expectations"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["when"] = lambda instant: f"{instant:%Y-%m-%d %H:%M:%S} UTC"
    return environment


def publish(context: AbstractDataContext, folder: Path, tenant: str, tables: Sequence[Table]) -> None:
    """Render a page per registry, and the index. BugError when a page was not written."""
    context.build_data_docs(build_index=False)
    pages = []
    store = context.validation_results_store
    for key in store.list_keys():
        result = store.get(key)
        if not isinstance(key, ValidationResultIdentifier) or not isinstance(result, ExpectationSuiteValidationResult):
            raise BugError(f"The store of validation results has an entry of another kind: {key}")
        parts: tuple[str, ...] = key.to_tuple()  # type: ignore[no-untyped-call]  # not typed there
        href = f"validations/{'/'.join(parts)}.html"
        if not (folder / href).exists():
            raise BugError(f"The page {href} of the checks was not written.")
        pages.append(page_of(result, href))
    order = [table.title for table in tables]
    pages.sort(key=lambda page: order.index(page.title))
    text = _environment().get_template("rows_index.html").render(tenant=tenant, pages=pages, root="")
    (folder / "index.html").write_text(text, encoding="utf-8")
