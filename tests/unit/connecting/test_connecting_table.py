"""What the connectors say about connecting fits their settings (ALL-12)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.connecting.consent import PORT, SECONDS
from connectors.connecting import Company, Connecting
from connectors.settings import ERP_SETTINGS, SETTINGS, SEVERA
from tasks.connecting import CONNECTING
from tenants.model import required
from tenants.section import access_fields, secret_fields

PAGE = Path(__file__).parents[3] / "docs" / "connecting.md"
per_system = pytest.mark.parametrize("connecting", CONNECTING.values(), ids=lambda each: each.system)


def test_every_system_can_be_connected() -> None:
    assert list(CONNECTING) == [SEVERA, *ERP_SETTINGS]


@per_system
def test_everything_that_access_cannot_do_without_is_asked_for(connecting: Connecting[Any]) -> None:
    """Each with the place where a person finds it; addresses have defaults and are not asked for."""
    kind = SETTINGS[connecting.system]
    assert connecting.section is kind
    assert set(connecting.asks) == set(access_fields(kind)) & set(required(kind))
    assert all(where.endswith(".") for where in connecting.asks.values())
    assert set(connecting.company) <= set(connecting.asks)
    assert connecting.company
    if connecting.consent is not None:
        assert connecting.consent.brings in secret_fields(kind)


@per_system
def test_the_page_says_what_is_asked_for(connecting: Connecting[Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = "".join(line for line in page.splitlines() if line.startswith(f"| {connecting.title} |"))
    assert all(f"`{name}`" in rows for name in connecting.asks)
    assert f"127.0.0.1:{PORT}/connect/poweroffice" in page
    assert SECONDS == 600
    assert "ten minutes" in page


@pytest.mark.parametrize(
    ("written", "same"),
    [("NO 914 778 271 MVA", True), ("914778271", True), ("FI914778271", True), ("914778272", False), ("MVA", False)],
)
def test_only_the_digits_of_an_organisation_number_count(written: str, same: bool) -> None:
    company = Company("1", "Fjellrådgiverne AS", ("914778271",))
    assert company.has_number(written) is same
    assert not replace(company, numbers=()).has_number(written)
