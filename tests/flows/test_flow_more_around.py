"""What stands around a run: what a person asks for at night, access to both systems, a preview's pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import ConfigurationError
from tests.support.company import STATUSES, Company, found_company, wrote
from tests.support.sandbox import Sandbox
from tests.support.scenes import assert_kept_back, assert_transferred, correct_total, wrong_total


@pytest.fixture(scope="module")
def company(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Company:
    """A tenant of a name of its own: the latest page of that name is of these runs."""
    return found_company(tmp_path_factory.mktemp("company"), sandbox, "around")


# ---------------------------------------------------------------- night


@pytest.fixture
def asleep(settled: Company) -> Iterator[Company]:
    """The company at three in the morning."""
    path = settled.tenants / f"{settled.name}.yaml"
    before = path.read_text()
    offset = (3 - datetime.now(UTC).hour + 11) % 24 - 11
    settled.set(timetable="staggered", time_zone=f"Etc/GMT{-offset:+d}")  # the sign of these names is turned round
    yield settled
    path.write_text(before)


@pytest.mark.parametrize("job", ["cycle", "invoice_export"])
def test_a_plain_run_at_night_is_skipped(asleep: Company, job: str) -> None:
    """PO-01 ALL-01: whoever started it."""
    mark = asleep.sandbox.mark()
    outcome = asleep.run(job)
    assert (outcome.state, outcome.error) == ("skipped", None)
    assert "night" in outcome.note
    assert asleep.sandbox.exchanges(mark) == []


@pytest.mark.thorough
def test_a_persons_retry_of_everything_goes_ahead_at_night(asleep: Company) -> None:
    """PO-01: what was kept back in the day is mended and sent, as `retry --all` asks."""
    guid = asleep.bill({"code": "NATT-1", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    asleep.good("invoice_export", record=guid)
    assert_kept_back(asleep, guid, status="trigger")
    asleep.sandbox.act("poweroffice", "create_product", Code="NATT-1", Name="Nattvakt", ProductType="Service")
    asleep.good("cycle", retry=True)
    assert_transferred(asleep, guid)


def test_what_a_person_names_goes_ahead_at_night(asleep: Company) -> None:
    """PO-01: `retry --record` and `run --record` of one invoice; the others stay for the morning."""
    kept_back, named, other = wrong_total(asleep), asleep.bill(), asleep.bill()
    asleep.good("invoice_export", record=kept_back)
    assert_kept_back(asleep, kept_back)
    correct_total(asleep, kept_back)
    asleep.good("invoice_export", record=kept_back, retry=True)
    asleep.good("invoice_export", record=named)
    assert_transferred(asleep, kept_back, attempt=2)
    assert_transferred(asleep, named)
    assert asleep.orders(other) == []
    assert asleep.status(other) == STATUSES["trigger"]


def test_a_period_by_hand_goes_ahead_at_night(asleep: Company) -> None:
    """PO-01: `run --since`."""
    guid = asleep.bill()
    asleep.good("invoice_export", since=(datetime.now(UTC).date() - timedelta(days=3)).isoformat())
    assert_transferred(asleep, guid)


def test_a_tenant_that_is_off_is_off_for_a_persons_retry_too(asleep: Company) -> None:
    """ALL-11: switched off means no run transfers anything; so does a job that is switched off."""
    guid = asleep.bill()
    asleep.set(jobs__invoice_export=False)
    outcome = asleep.good("cycle", retry=True)
    assert outcome.reports["invoice_export"].state == "skipped"
    asleep.set(enabled=False)
    mark = asleep.sandbox.mark()
    for options in ({"retry": True}, {"record": guid, "retry": True}, {"record": guid}, {"since": "2026-01-01"}):
        outcome = asleep.run("cycle", **options)
        assert (outcome.state, outcome.error) == ("skipped", None), options
    assert asleep.sandbox.exchanges(mark) == []
    assert asleep.orders(guid) == []


# ---------------------------------------------------------------- access

SEVERA, POWEROFFICE = "Severa does not accept the client id", "Invalid application key or client key"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wrong", "says", "is_silent_of"),
    [
        (("severa.client_secret", "poweroffice.client_key"), [SEVERA, POWEROFFICE], []),
        (("severa.client_secret",), [SEVERA], ["PowerOffice"]),
        (("poweroffice.client_key",), [POWEROFFICE], ["Severa does not"]),
    ],
    ids=["both", "Severa", "PowerOffice"],
)
def test_every_system_whose_credentials_fail_is_named(
    sandbox: Sandbox, tmp_path: Path, prefect_api: str, wrong: tuple[str, ...], says: list[str], is_silent_of: list[str]
) -> None:
    """ALL-10: one round of mending, not one for each system; nothing was read or written."""
    stranger = found_company(tmp_path, sandbox, "fremmed")
    for secret in wrong:
        (stranger.home / "secrets" / f"fremmed.{secret}").write_text("11111111-2222-3333-4444-555555555555\n")
    mark = sandbox.mark()
    outcome = stranger.run()
    assert isinstance(outcome.error, ConfigurationError)
    for words in (
        *says,
        *(f"heck {'severa.client_id' if words == SEVERA else 'the application key'}" for words in says),
    ):
        assert words in str(outcome.error)
    assert not [words for words in is_silent_of if words in str(outcome.error)]
    assert sandbox.writes(mark) == []
    with stranger.state() as state:
        assert state.links.count() == 0


def test_a_system_that_is_down_does_not_hide_wrong_credentials_of_the_other(
    sandbox: Sandbox, tmp_path: Path, prefect_api: str
) -> None:
    """ALL-10: what a person must mend counts."""
    stranger = found_company(tmp_path, sandbox, "fremmed")
    (stranger.home / "secrets" / "fremmed.severa.client_secret").write_text("wrong\n")
    sandbox.fault("poweroffice", "POST", "/OAuth/Token", "status:503", times=3)
    outcome = stranger.run()
    assert isinstance(outcome.error, ConfigurationError)
    assert SEVERA in str(outcome.error)


# ---------------------------------------------------------------- a preview's pages


def latest(api: str, key: str) -> dict[str, Any]:
    """The latest artifact under a key."""
    found: dict[str, Any] = httpx.get(f"{api}/artifacts/{key}/latest", timeout=30).raise_for_status().json()
    return found


def test_a_preview_leaves_the_page_of_the_real_run_alone(settled: Company, prefect_api: str) -> None:
    """Issue 2, section 7: its summary and its issues have keys of their own."""
    settled.bill({"code": "UKJENT", "quantity": 1, "unit_price": 5, "vat_rate": 25})
    real = settled.good("invoice_export")
    preview = settled.good("invoice_export", preview=True)
    assert wrote(preview) == 0
    for page in ("summary", "issues"):
        assert latest(prefect_api, f"{settled.name}-{page}")["flow_run_id"] == real.flow_run_id
        assert latest(prefect_api, f"{settled.name}-{page}-preview")["flow_run_id"] == preview.flow_run_id
