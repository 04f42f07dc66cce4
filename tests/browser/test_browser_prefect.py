"""What the data team sees of a finished cycle in the Prefect UI itself (issue 5, point 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
import pytest
from typer.testing import CliRunner

import cli.deploying
import flows.deployments
from cli.main import app
from tests.browser.showing import Open
from tests.support.company import found_company, variables
from tests.support.sandbox import serving

pytestmark = pytest.mark.timeout(300)  # the first of them also waits for the server and for a whole cycle
NAME = "skjerm"


@dataclass(frozen=True)
class Finished:
    """Addresses in the UI after a cycle of a tenant."""

    ui: str
    run: str
    artifacts: dict[str, str]
    deployment: str


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Finished:
    """A first cycle on simulated systems of its own, and the tenant's deployments."""
    with serving(tmp_path_factory.mktemp("sandbox")) as sandbox:
        company = found_company(tmp_path_factory.mktemp("company"), sandbox, NAME)
        outcome = company.good()
    company.set(timetable="staggered")
    with variables(company.environment), pytest.MonkeyPatch.context() as patch:
        # The session's server, which other files' tests clean up by these marks at the same time.
        patch.setattr(flows.deployments, "TAG", "screens")
        patch.setattr(cli.deploying, "OWNER", "screens.tenant")
        done = CliRunner().invoke(app, ["deploy", NAME, "--pool", "screens"])
    assert done.exit_code == 0, done.output
    wanted = {"artifacts": {"flow_run_id": {"any_": [outcome.flow_run_id]}}}
    with httpx.Client(base_url=prefect_api, timeout=30) as api:
        made = {one["key"]: one["id"] for one in api.post("/artifacts/filter", json=wanted).raise_for_status().json()}
        deployment = api.get(f"/deployments/name/cycle/{NAME}").raise_for_status().json()
    ui = prefect_api.removesuffix("/api")
    return Finished(
        ui,
        f"{ui}/runs/flow-run/{outcome.flow_run_id}",
        {key: f"{ui}/artifacts/artifact/{artifact}" for key, artifact in made.items()},
        f"{ui}/deployments/deployment/{deployment['id']}",
    )


def test_the_page_of_a_run_says_whose_it_is_how_it_ended_and_leads_to_its_artifacts(
    finished: Finished, opened: Open
) -> None:
    """Issue 5, point 5: name, tags, named state, the jobs, the artifacts."""
    with opened(finished.run) as seen:
        for words in (f"{NAME} cycle sync", f"tenant:{NAME}", "erp:poweroffice", "Completed with issues"):
            seen.page.get_by_text(words).first.wait_for()
        seen.page.get_by_text("Subflow Runs", exact=True).click()
        for job in ("registry-sync", "invoice-export", "invoice-status", "cost-import"):
            seen.page.get_by_text(f"{NAME} {job} sync").last.wait_for()
        seen.page.get_by_text("Artifacts", exact=True).last.click()
        for key in finished.artifacts:
            seen.page.get_by_text(key).first.wait_for()
        assert {url for url in seen.requests if not url.startswith((finished.ui, "data:", "blob:"))} == set()


def test_the_summary_is_words_and_figures_and_names_the_invoice_whose_totals_differ(
    finished: Finished, opened: Open
) -> None:
    """Issue 5, point 5; ALL-07: with both totals, their difference, and where the Data Docs are."""
    with opened(finished.artifacts[f"{NAME}-summary"]) as seen:
        seen.page.get_by_role("heading", name=f"{NAME}: cycle (sync)").wait_for()
        row = seen.page.get_by_role("row").filter(has_text="-0.06")
        row.wait_for()
        assert "NOK" in row.inner_text()
        for words in ("Totals that differ", "Rejected in this run", "Open issues:", "Data Docs at"):
            seen.page.get_by_text(words).first.wait_for()
        assert seen.page.get_by_text("differ by -0.06 NOK").count() == 1, "a problem is told once"


def test_the_open_issues_are_a_table_that_can_be_searched(finished: Finished, opened: Open) -> None:
    """Issue 5, point 5."""
    with opened(finished.artifacts[f"{NAME}-issues"]) as seen:
        for head in ("record", "state", "what", "what to do"):
            seen.page.get_by_role("columnheader", name=head, exact=True).wait_for()
        seen.page.get_by_placeholder("Search").fill("GAMMEL1")
        seen.page.get_by_text(re.compile(r"^1 of \d+ Items$")).wait_for()
        seen.page.get_by_text("has no product GAMMEL1").wait_for()


def test_the_page_of_a_deployment_has_its_timetable_its_tags_and_a_button_to_run_it(
    finished: Finished, opened: Open
) -> None:
    """Issue 5, points 1 and 5: rerun with a click."""
    with opened(finished.deployment) as seen:
        for words in (NAME, "cycle", f"tenant:{NAME}", "erp:poweroffice", "screens"):
            seen.page.get_by_text(words).first.wait_for()
        seen.page.get_by_role("button", name="Run").first.wait_for()
        for schedule in ("day", "evening"):
            seen.page.get_by_text(schedule, exact=True).wait_for()
