"""What a good tenant file gives, and how files are read from a folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.settings import ERP_SETTINGS, SETTINGS
from connectors.severa.settings import SeveraSettings
from core.errors import ConfigurationError
from core.profiles import Master
from core.records import Registry
from tenants.load import load, load_all, parse
from tenants.mistakes import TenantFileError


def test_a_file_gives_its_settings_by_system(valid: str) -> None:
    """ALL-04, PO-14."""
    tenant = parse(valid, "tenants/demo.yaml", SETTINGS)
    severa, erp = tenant.section(SeveraSettings), tenant.section(PowerOfficeSettings)
    assert tenant.name == "demo"
    assert tenant.erp_section is erp
    assert (severa.statuses.trigger, severa.statuses.paid, severa.statuses.failed) == (
        "Send to PowerOffice",
        "Paid",
        None,
    )
    assert erp.cost_product == "4000"
    assert severa.calls_per_second == 8.0
    assert tenant.zone.key == "Europe/Oslo"


def test_the_switch_on_is_kept_in_utc(valid: str) -> None:
    """PO-09: what is new is judged against one instant."""
    assert parse(valid, "demo.yaml", SETTINGS).switched_on == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert parse(valid, "demo.yaml", SETTINGS).switched_on.tzinfo is UTC


def test_each_job_has_a_switch_and_the_tenant_a_main_one(valid: str) -> None:
    """ALL-11."""
    tenant = parse(valid.replace("enabled: true", "enabled: false"), "demo.yaml", SETTINGS)
    assert not tenant.enabled
    assert tenant.jobs.on("registry_sync")
    assert not tenant.jobs.on("cost_import")
    with pytest.raises(KeyError):
        tenant.jobs.on("cycle")


def test_masters_are_chosen_per_registry_and_fall_back_to_the_profile(valid: str) -> None:
    """PO-02."""
    tenant = parse(valid, "demo.yaml", SETTINGS)
    assert tenant.master(Registry.PRODUCTS, Master.SEVERA) is Master.ERP
    assert tenant.master(Registry.CUSTOMERS, Master.ERP) is Master.SEVERA
    assert tenant.master(Registry.PROJECTS, Master.ERP) is Master.ERP


def test_own_units_are_added_to_the_usual_ones(valid: str) -> None:
    """PO-13."""
    erp = parse(valid.replace("  cost_product: 4000", "  units: {Mån: MON}"), "demo.yaml", SETTINGS).section(
        PowerOfficeSettings
    )
    assert [erp.unit_code(unit) for unit in ("mån", " H ", "kpl", "km", "pv", "furlong", None, "")] == [
        "MON", "HUR", "EA", "KMT", "DAY", None, None, None
    ]  # fmt: skip


def test_defaults_are_those_of_the_vendor_contracts(valid: str) -> None:
    tenant = parse(valid, "demo.yaml", SETTINGS)
    severa, erp = tenant.section(SeveraSettings), tenant.section(PowerOfficeSettings)
    assert (severa.base_url, erp.base_url) == ("https://api.severa.visma.com/rest-api", "https://goapi.poweroffice.net")
    assert (severa.page_size, severa.overlap_minutes, severa.token_share) == (100, 5, 0.8)
    assert (erp.calls_per_second, erp.page_size, erp.lookup_delay_seconds, erp.cost_accounts) == (
        5,
        5000,
        60,
        "4000-7999",
    )
    assert erp.voucher_types == ("IncomingInvoice", "IncomingCreditNote", "ReversalVoucher", "CorrectionVoucher")


def test_settings_do_not_change_after_loading(valid: str) -> None:
    tenant = parse(valid, "demo.yaml", SETTINGS)
    with pytest.raises(ValidationError, match="frozen"):
        tenant.enabled = False


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("  cost_accounts: 4000 - 4999, 6790", "4000-4999,6790"),
        ("  cost_accounts: 4010", "4010"),
        ('  cost_accounts: "4000-7999"', "4000-7999"),
    ],
)
def test_cost_accounts_are_numbers_and_ranges(valid: str, line: str, value: str) -> None:
    """PO-14."""
    erp = parse(valid.replace("  cost_product: 4000", line), "demo.yaml", SETTINGS).section(PowerOfficeSettings)
    assert erp.cost_accounts == value


def test_dates_and_codes_keep_their_form(valid: str) -> None:
    text = valid.replace("cost_product: 4000", "cost_product: 007\n  cost_from: 2026-02-28")
    erp = parse(text, "demo.yaml", SETTINGS).section(PowerOfficeSettings)
    assert (erp.cost_product, erp.cost_from) == ("007", date(2026, 2, 28))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8123/severa", "http://localhost:1/", "http://[::1]:8080", "https://a.b"]
)
def test_an_address_is_encrypted_or_on_this_machine(valid: str, url: str) -> None:
    tenant = parse(valid.replace("  client_id: 8f2a", f'  client_id: x\n  base_url: "{url}"'), "demo.yaml", SETTINGS)
    assert tenant.section(SeveraSettings).base_url == url.rstrip("/")


def test_one_failing_file_hides_no_other(tmp_path: Path, valid: str) -> None:
    (tmp_path / "demo.yaml").write_text(valid, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("tenant: [", encoding="utf-8")
    (tmp_path / "åland.yaml").write_bytes(b"tenant: \xff\xfe")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "notes.txt").write_text("not a tenant", encoding="utf-8")
    loaded = load_all(tmp_path, SETTINGS)
    assert list(loaded.tenants) == ["demo"]
    assert {Path(error.mistakes[0].file).name for error in loaded.errors} == {
        "broken.yaml",
        "folder.yaml",
        "åland.yaml",
    }


def test_no_folder_is_no_tenants(tmp_path: Path) -> None:
    loaded = load_all(tmp_path / "nowhere", SETTINGS)
    assert (loaded.tenants, loaded.errors) == ({}, ())


def test_a_missing_tenant_is_named_with_the_nearest_known_one(tmp_path: Path, valid: str) -> None:
    (tmp_path / "demo.yaml").write_text(valid, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"Known tenants: demo\. Did you mean demo\?"):
        load(tmp_path / "demmo.yaml", SETTINGS)
    with pytest.raises(ConfigurationError, match="There is no tenant yet"):
        load(tmp_path / "empty" / "demo.yaml", SETTINGS)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path, valid: str) -> None:
    path = tmp_path / "demo.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + valid.replace("\n", "\r\n").encode())
    assert load(path, SETTINGS).name == "demo"


def test_all_mistakes_of_a_file_come_at_once_in_its_order(tmp_path: Path, valid: str) -> None:
    text = valid.replace("enabled: true", "enabled: yes").replace("products: erp", "products: Sevra")
    path = tmp_path / "demo.yaml"
    path.write_text(text.replace("erp: poweroffice", "epr: poweroffice", 1), encoding="utf-8")
    with pytest.raises(TenantFileError) as caught:
        load(path, SETTINGS)
    assert [(mistake.line, mistake.path) for mistake in caught.value.mistakes] == [
        (1, "erp"), (2, "enabled"), (16, "epr"), (24, "masters.products")
    ]  # fmt: skip
    assert str(caught.value).splitlines()[1] == f"{path}:2: enabled: 'yes' is not allowed; write true or false"


def test_every_erp_says_who_may_be_master() -> None:
    """PO-02."""
    for name, section in ERP_SETTINGS.items():
        assert name in SETTINGS
        assert section.title
        assert section.master_choices
