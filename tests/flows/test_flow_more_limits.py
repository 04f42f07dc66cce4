"""The vendors' rate limits: what is refused for the number of calls goes again, and a paced run is not refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.company import Company, found_company
from tests.support.sandbox import Moment, Row, Sandbox, serving
from tests.support.scenes import assert_transferred, fees, post_costs

INVOICES = 5


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Simulated systems that take 10 calls in a second each, as the vendors do."""
    with serving(tmp_path_factory.mktemp("sandbox"), limits_on=True) as running:
        yield running


@pytest.fixture(scope="module")
def company(limited: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant after its first cycle, which is given all the time that it wants: a tick of the clock for each call."""

    def tick(moment: Moment) -> bool:
        if moment[0] == "before":
            limited.clock.advance(0.1)
        return False

    company = found_company(tmp_path_factory.mktemp("company"), limited)
    paced(company, severa=0, poweroffice=0)
    limited.tap.watch = tick
    company.good()
    limited.tap.watch = None
    return company


def paced(company: Company, **calls_per_second: float) -> None:
    """Set the paces of both systems in the tenant file; 0 is none."""
    company.set(**{f"{system}__calls_per_second": calls for system, calls in calls_per_second.items()})


def refused(sandbox: Sandbox, mark: int) -> list[Row]:
    """Exchanges that were one too many."""
    return [one for one in sandbox.exchanges(mark) if one["status"] == 429]


def test_a_cycle_that_meets_the_limits_waits_and_does_it_all_once(limited: Sandbox, company: Company) -> None:
    """ALL-05 ALL-08: invoices and costs that were refused for the number of calls go again, and once."""
    guids, rows = [company.bill() for _ in range(INVOICES)], post_costs(company, 3)
    mark = limited.mark()
    outcome = company.good()
    assert {one["system"] for one in refused(limited, mark)} >= {"severa"}
    for guid in guids:
        assert_transferred(company, guid)
    assert {row: len(fees(company, row)) for row in rows} == dict.fromkeys(rows, 1)
    assert [issue for issue in company.issues() if "too many" in issue.what or "429" in issue.what] == []
    assert outcome.reports["invoice_export"].counts.created == INVOICES


@pytest.mark.thorough
def test_a_paced_cycle_is_not_refused(limited: Sandbox, company: Company) -> None:
    """ALL-05: the default paces stay below both vendors' limits."""
    paced(company, severa=8, poweroffice=5)
    guid = company.bill()
    mark = limited.mark()
    company.good()
    assert refused(limited, mark) == []
    assert_transferred(company, guid)
