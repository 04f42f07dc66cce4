"""Credentials that are revoked in the middle of a run: it stops, with one issue and a handful of calls (ALL-12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ConfigurationError, ErrorClass
from core.issues import IssueState
from tests.support.company import Company, found_company
from tests.support.sandbox import Moment, serving
from tests.support.thorough import thorough

AFTERWARDS = 25
"""Calls that may follow a revocation: those that were under way, one for a token, nothing else."""
TOKENS = {"severa": "/v1/token", "poweroffice": "/OAuth/Token"}
WRITES = {"severa": ("PATCH", "POST"), "poweroffice": ("POST",)}


@pytest.fixture
def company(tmp_path: Path, prefect_api: str) -> Iterator[Company]:
    """Systems and a tenant of the test's own."""
    with serving(tmp_path) as sandbox:
        yield found_company(tmp_path / "company", sandbox)


def revoke(company: Company, system: str) -> None:
    """The vendor's administrator takes the credentials away: no token is good any more, and none is given."""
    served = company.sandbox.systems[system]
    access = served._access if system == "severa" else served.access  # type: ignore[attr-defined]
    name = "client_secret" if system == "severa" else "client_key"
    setattr(access, name, f"revoked {getattr(access, name)}")
    served.expire_tokens()


def restore(company: Company, system: str) -> None:
    """The same credentials are good again."""
    served = company.sandbox.systems[system]
    access = served._access if system == "severa" else served.access  # type: ignore[attr-defined]
    name = "client_secret" if system == "severa" else "client_key"
    setattr(access, name, getattr(access, name).removeprefix("revoked "))


@pytest.mark.parametrize("system", ["severa", "poweroffice"])
@pytest.mark.parametrize("number", [12, *thorough([1])])
def test_revoked_credentials_stop_the_run_with_one_issue(company: Company, system: str, number: int) -> None:
    """Not with an issue for each of hundreds of records, and not with a call for each of them."""
    writes = 0
    mark: list[int] = []

    def watch(moment: Moment) -> bool:
        nonlocal writes
        stage, method, path = moment
        if stage == "after" and method != "GET" and path not in {f"/{s}{p}" for s, p in TOKENS.items()}:
            writes += path.startswith(f"/{system}/")
            if writes == number and not mark:
                mark.append(0)
                revoke(company, system)
        return False

    company.sandbox.tap.watch = watch
    before = company.sandbox.mark()
    outcome = company.run()
    company.sandbox.tap.watch = None
    assert mark, f"the run made no {number} writes in {system}"
    assert isinstance(outcome.error, ConfigurationError), outcome.error
    asked = [one for one in company.sandbox.exchanges(before) if one["system"] == system]
    first = next(at for at, one in enumerate(asked) if one["status"] in {400, 401})
    after = asked[first:]
    assert len(after) <= AFTERWARDS, [(one["method"], one["path"], one["status"]) for one in after]
    assert sum(one["path"] == TOKENS[system] for one in after) == 1
    wrong = [issue for issue in company.issues() if issue.error_class is ErrorClass.CONFIGURATION]
    assert len(wrong) == 1, wrong
    assert wrong[0].todo

    mark_again = company.sandbox.mark()
    again = company.run()
    assert isinstance(again.error, ConfigurationError)
    assert sum(one["system"] == system for one in company.sandbox.exchanges(mark_again)) == 1
    assert sum(issue.error_class is ErrorClass.CONFIGURATION for issue in company.issues()) == 1

    restore(company, system)
    company.good()
    assert [issue for issue in company.issues() if issue.error_class is ErrorClass.CONFIGURATION] == []
    with company.state() as state:
        over = [one for one in state.issues.all(IssueState.RESOLVED) if one.error_class is ErrorClass.CONFIGURATION]
    assert len(over) == 1
