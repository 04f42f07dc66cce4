"""Data Docs of one tenant: where results and pages live, how many are kept, and the site's own builders.

Layout of the folder: `index.html`, `validations/` and `expectations/` are the pages, `results/` holds the results of
the newest validations as JSON, from which every page can be made again.

This module imports Great Expectations: import it only inside `expectations.loading.great_expectations`.
"""

from __future__ import annotations

import logging
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.store.validation_results_store import ValidationResultsStore
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.render.renderer.site_builder import SiteBuilder

from core.errors import BugError
from expectations.agreement import SUITE
from expectations.pages import KEPT, index_page, summary

_LOGGER = logging.getLogger(__name__)

RULES = f"expectations/{SUITE}.html"
"""The page that says what is checked."""


def _files(folder: Path) -> dict[str, str]:
    # The configuration of a project substitutes `$NAME`; a folder's name is meant as it is.
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute()).replace("$", r"\$")}


def results_store(folder: Path) -> dict[str, Any]:
    """Configuration of the store of validation results below a tenant's folder."""
    return {"class_name": "ValidationResultsStore", "store_backend": _files(folder / "results")}


def site(folder: Path, tenant: str) -> dict[str, Any]:
    """Configuration of a tenant's site."""
    view = {"module_name": "expectations.pages", "class_name": "PageView"}
    pages = {"class_name": "DefaultSiteSectionBuilder", "view": view}
    return {
        "module_name": __name__,
        "class_name": TotalsSite.__name__,
        "show_how_to_buttons": False,
        "store_backend": _files(folder),
        "site_section_builders": {
            "expectations": pages | {"renderer": _renderer("SuiteRenderer", tenant)},
            "validations": pages | {"renderer": _renderer("ValidationRenderer", tenant)},
            "profiling": "None",  # the word switches it off
        },
    }


def _renderer(name: str, tenant: str) -> dict[str, str]:
    return {"module_name": "expectations.pages", "class_name": name, "tenant": tenant}


class TotalsSite(SiteBuilder):
    """A site without the stock fonts and images: its pages need no other file."""

    def build(self, resource_identifiers: Any = None, build_index: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002  # given
        """Render the pages asked for; the index is `publish`'s."""
        for section in self.site_section_builders.values():
            section.build(resource_identifiers=resource_identifiers)
        return self.get_resource_url(only_if_exists=False), None


def publish(context: AbstractDataContext, folder: Path, tenant: str) -> Path:
    """Forget what is too old, render the pages that are missing, and write the index; the path of the index.

    The site builder of Great Expectations logs an error of a page and goes on; a page that is not there is a BugError
    here.
    """
    results = _results(context.validation_results_store, folder)
    newest = sorted(results, key=lambda key: key.run_id.run_time, reverse=True)
    for old in newest[KEPT:]:
        _forget(folder, old)
    kept = {key: _page(key) for key in newest[:KEPT]}
    missing = [key for key, page in kept.items() if not (folder / page).exists()]
    wanted: list[Any] = [ExpectationSuiteIdentifier(SUITE), *missing]  # its own type allows no mixture, its code does
    context.build_data_docs(resource_identifiers=wanted, build_index=False)
    for page in (RULES, *kept.values()):
        if not (folder / page).exists():
            raise BugError(f"The page {page} of the total check was not written.")
    index = folder / "index.html"
    index.write_text(index_page(tenant, [summary(results[key], page) for key, page in kept.items()]), encoding="utf-8")
    return index


def _results(
    store: ValidationResultsStore, folder: Path
) -> dict[ValidationResultIdentifier, ExpectationSuiteValidationResult]:
    """All results; one that a killed run left half written is removed."""
    results = {}
    for key in store.list_keys():
        if not isinstance(key, ValidationResultIdentifier):
            raise BugError(f"The store of validation results has a key of another kind: {key}")
        try:
            result = store.get(key)
        except JSONDecodeError:
            _LOGGER.warning("The result of an interrupted validation is removed: %s", _place(key))
            _forget(folder, key)
            continue
        if not isinstance(result, ExpectationSuiteValidationResult):
            raise BugError(f"The store of validation results has no result for {_place(key)}.")
        results[key] = result
    return results


def _place(key: ValidationResultIdentifier) -> str:
    parts: tuple[str, ...] = key.to_tuple()  # type: ignore[no-untyped-call]  # not typed there
    return "/".join(parts)


def _page(key: ValidationResultIdentifier) -> str:
    return f"validations/{_place(key)}.html"


def _forget(folder: Path, key: ValidationResultIdentifier) -> None:
    """Remove page and result, and the folders that are empty then; the store itself would leave those."""
    for path in (folder / _page(key), folder / f"results/{_place(key)}.json"):
        path.unlink(missing_ok=True)
        for emptied in (path.parent, path.parent.parent):
            if emptied.is_dir() and not any(emptied.iterdir()):
                emptied.rmdir()
