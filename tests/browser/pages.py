"""The pages that are looked at: a status of many companies and a comparison, with names that are code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from core.errors import ErrorClass
from core.issues import Issue
from core.status import Facts, Overview, Ran, Unusable, overview
from core.transfers import Transfer, TransferState
from tasks.comparison_page.page import page as comparison_page
from tasks.status_page.page import page as status_page
from tests.unit.comparison.test_page_and_workbook import EVIL, comparison

NOW = datetime(2026, 11, 21, 8, 3, tzinfo=UTC)
COMPANIES = 120


def written(folder: Path) -> dict[str, Path]:
    """Both pages as files: name -> path."""
    pages = {"status": status_page(many()), "comparison": comparison_page(comparison())}
    found = {}
    for name, text in pages.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(text, encoding="utf-8")
    return found


def many() -> Overview:
    """A file with a mistake, one company in trouble, one to look at, one that is off, and many that are fine."""
    facts = [fine(f"firma-{number:03}") for number in range(COMPANIES - 3)]
    facts += [in_trouble("aurora"), to_look_at("bekk"), fine("zeta", enabled=False)]
    return overview(facts, [Unusable("broken", f"Its tenant file has a mistake in line 3: {EVIL}")], NOW)


def fine(name: str, *, enabled: bool = True) -> Facts:
    ran = Ran(job="cycle", mode="sync", state="completed", started=NOW - timedelta(minutes=4), ended=NOW)
    done = [invoice(f"{number}", TransferState.DONE, "100.00") for number in range(3)]
    return facts(name, enabled=enabled, last_run=ran, last_cycle=ran, transfers=done)


def in_trouble(name: str) -> Facts:
    """Its cycle failed for a reason that a vendor put in words, and an invoice is kept back."""
    started = NOW - timedelta(hours=3)
    ran = Ran(job="cycle", mode="sync", state="failed", started=started, ended=started, error=f"Refused: {EVIL}")
    kept = [invoice("1", TransferState.REJECTED, "12345.50"), invoice("2", TransferState.PENDING, "1.00", "EUR")]
    issue = Issue(
        scope="invoice_export", record="severa:1", label=EVIL, cause="bad data", error_class=ErrorClass.BAD_DATA,
        what="x", opened_at=NOW - timedelta(days=5),
    )  # fmt: skip
    return facts(name, last_run=ran, last_cycle=ran, transfers=kept, issues=[issue])


def to_look_at(name: str) -> Facts:
    return facts(name, last_run=None, last_cycle=None)


def facts(name: str, **more: object) -> Facts:
    values: dict[str, object] = {
        "erp": "poweroffice", "erp_title": "PowerOffice", "enabled": True, "zone": ZoneInfo("Europe/Helsinki"),
        "timetable": "staggered", "links": 7, "transfers": [], "issues": [], "read_until": NOW,
    }  # fmt: skip
    return Facts(tenant=name, **values | more)  # type: ignore[arg-type]  # what the caller names is of its type


def invoice(guid: str, state: TransferState, total: str, currency: str = "NOK") -> Transfer:
    return Transfer(
        severa_id=guid, severa_number=guid, reference=guid, state=state, currency=currency,
        severa_total=Decimal(total), first_attempt_at=NOW - timedelta(days=2),
    )  # fmt: skip
