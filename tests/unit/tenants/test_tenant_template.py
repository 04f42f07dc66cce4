"""A new tenant file is complete, described, and reads back as what was put in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.settings import ERP_SETTINGS, SETTINGS
from connectors.severa.settings import SeveraSettings
from core.profiles import Master
from tenants.document import read
from tenants.load import parse
from tenants.mistakes import TenantFileError
from tenants.template import render

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
STATUSES = {"trigger": "Send to PowerOffice", "transferred": "In PowerOffice", "sent": "Sent", "paid": "Paid"}
KEYS = {name: f"env:{name.upper()}" for name in ("application_key", "client_key", "subscription_key")}


def values(**severa: Any) -> dict[str, Any]:
    access = {"client_id": "8f2a", "client_secret": "env:SEVERA", "statuses": STATUSES}
    return {"tenant": "demo", "switched_on": NOW, "severa": access | severa, "poweroffice": KEYS}


def test_a_complete_template_is_a_tenant_with_all_defaults() -> None:
    """PO-02, ALL-04, ALL-11."""
    tenant = parse(render(SETTINGS, "poweroffice", values()), "demo.yaml", SETTINGS)
    assert tenant.switched_on == NOW
    assert tenant.enabled
    assert set(tenant.masters.values()) == {Master.SEVERA}
    assert set(tenant.masters) == set(PowerOfficeSettings.master_choices)
    expected = SeveraSettings.model_validate_json(
        '{"client_id": "8f2a", "client_secret": "env:SEVERA", "statuses": '
        '{"trigger": "Send to PowerOffice", "transferred": "In PowerOffice", "sent": "Sent", "paid": "Paid"}}'
    )
    assert tenant.section(SeveraSettings) == expected


@pytest.mark.parametrize("erp", ERP_SETTINGS)
def test_what_is_not_known_is_told_when_the_file_is_used(erp: str) -> None:
    """ALL-10."""
    text = render(SETTINGS, erp, {"tenant": "demo", "switched_on": NOW})
    with pytest.raises(TenantFileError) as caught:
        parse(text, "demo.yaml", SETTINGS)
    told = {mistake.path for mistake in caught.value.mistakes}
    assert {f"severa.statuses.{role}" for role in STATUSES} <= told
    assert {"severa.client_id", "severa.client_secret"} <= told
    assert all("fill in" in mistake.allowed for mistake in caught.value.mistakes)


def test_a_default_can_be_set_by_taking_its_mark_away() -> None:
    """Every line that is commented out is the setting's own default, in a form that the reader takes."""
    text = render(SETTINGS, "poweroffice", values())
    marked = [line for line in text.splitlines() if line.lstrip().startswith("#") and line.lstrip()[1:2] != " "]
    assert len(marked) > 20
    for line in marked:
        changed = text.replace(line + "\n", line.replace("#", "", 1) + "\n", 1)
        if not line.endswith(":"):
            assert parse(changed, "demo.yaml", SETTINGS).name == "demo"


def test_every_setting_has_its_description_above_it() -> None:
    lines = render(SETTINGS, "poweroffice", values()).splitlines()
    for name, info in {**SeveraSettings.model_fields, **PowerOfficeSettings.model_fields}.items():
        at = next(i for i, line in enumerate(lines) if line.strip().lstrip("#").startswith(f"{name}:"))
        assert lines[at - 1].lstrip().startswith("# ")
        assert info.description


TEXTS = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text == text.strip())
AWKWARD = st.sampled_from(
    [
        "no",
        "null",
        "true",
        "~",
        "1",
        "1.0",
        "007",
        "-",
        "a: b",
        "# a",
        "a #b",
        "'",
        '"',
        "\\",
        "Lähetä Åboon",
        "{a}",
        "*a",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS | AWKWARD, min_size=4, max_size=4, unique_by=str.casefold))
def test_any_text_reads_back_as_it_was(texts: list[str]) -> None:
    """Names of statuses are whatever people called them (ALL-04)."""
    given_values = values(statuses=dict(zip(STATUSES, texts, strict=True)))
    found = read(render(SETTINGS, "poweroffice", given_values), "demo.yaml")
    assert found.mistakes == []
    assert found.data["severa"]["statuses"] == given_values["severa"]["statuses"]
