"""What is wrong in the settings of Severa or PowerOffice is found, one thing at a time (ALL-10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from core.profiles import Master
from core.records import Registry
from tasks.check import check_tenant
from tasks.opening import load_tenant
from tests.support.checked import Checked, finding
from tests.support.company import found_company, variables
from tests.support.sandbox import serving

Patch = pytest.MonkeyPatch
Spoil = Callable[[Checked, Patch], None]


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    with serving(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield Checked(found_company(tmp_path_factory.mktemp("company"), sandbox))


def put(part: str, member: str, value: object) -> Spoil:
    """Another value among what Severa says of the organisation."""
    return lambda checked, patch: patch.setitem(checked.severa(part), member, value)


def setting(name: str, member: str, value: object) -> Spoil:
    """Another value among PowerOffice's settings."""
    return lambda checked, patch: patch.setitem(checked.poweroffice.settings[name], member, value)


def file(**values: object) -> Spoil:
    """Another value in the tenant's file."""
    return lambda checked, _: checked.company.set(**values)


def another_company(checked: Checked, patch: Patch) -> None:
    patch.setitem(checked.severa("details"), "name", "Helt Annet Selskap AS")
    patch.setitem(checked.severa("details"), "vatNumber", "NO987654321MVA")


def no_terms(checked: Checked, patch: Patch) -> None:
    for row in checked.poweroffice.terms:
        patch.setitem(row, "IsActive", False)


def no_series(kind: str) -> Spoil:
    def spoil(checked: Checked, patch: Patch) -> None:
        for row in checked.poweroffice.series.find("SubLedgerNumberSeriesType", kind):
            patch.setitem(row, "SubLedgerNumberSeriesType", "Supplier")

    return spoil


def currency_off(checked: Checked, patch: Patch) -> None:
    for row in checked.poweroffice.currencies:
        if row["Code"] == "EUR":
            patch.setitem(row, "IsActive", False)


def odd_vat_rate(checked: Checked, patch: Patch) -> None:
    row = next(row for row in checked.severa_rows("vatrates") if row["percentage"])
    patch.setitem(row, "percentage", 17.5)


@pytest.mark.parametrize(
    ("key", "spoil"),
    [
        ("severa.statuses:trigger", file(severa__statuses__trigger="Nowhere")),
        ("severa.won_status", file(severa__won_status="Nowhere")),
        ("severa.project_owner", file(severa__project_owner="NOBODY")),
        ("severa.prospect_segment", file(severa__prospect_segment="Nowhere")),
        ("severa.cost_product", file(poweroffice__cost_product="NOTHING")),
        ("poweroffice.company", another_company),
        ("poweroffice.payment_terms", no_terms),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_everything_fail_refuses_the_switch_on(
    checked: Checked, monkeypatch: Patch, key: str, spoil: Spoil
) -> None:
    """ALL-04, ALL-10, PO-04, PO-11, PO-14: it says what to do and where."""
    spoil(checked, monkeypatch)
    report = checked.look()
    found = finding(report, key)
    assert {each.key for each in report.hard} == {key}
    assert found.what
    assert found.advice
    assert found.check.where
    assert found.check not in report.passed
    assert report.state == "completed with issues"


@pytest.mark.parametrize(
    ("key", "spoil"),
    [
        ("severa.rounding", put("settings", "currencyRoundingType", "NearestInteger")),
        ("severa.no_project_owner", file(severa__project_owner=None)),
        ("severa.no_cost_product", file(poweroffice__cost_product=None)),
        ("poweroffice.company_number", put("details", "vatNumber", None)),
        ("poweroffice.vat_registered", setting("VatSettings", "IsVatRegistered", value=False)),
        ("poweroffice.vat_rates:17.5", odd_vat_rate),
        ("poweroffice.own_currency", setting("FinancialSettings", "CurrencyCode", "SEK")),
        ("poweroffice.currencies:EUR", currency_off),
        ("poweroffice.lock_date", setting("LockDateSettings", "LockDate", "2999-12-31")),
        ("poweroffice.employee_series", no_series("Employee")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_concerns_a_part_only_is_to_be_looked_at(
    checked: Checked, monkeypatch: Patch, key: str, spoil: Spoil
) -> None:
    """ALL-10, PO-12, PO-14."""
    spoil(checked, monkeypatch)
    report = checked.look()
    assert report.hard == ()
    assert {each.key for each in report.soft} == {key}


def test_a_company_that_is_set_up_well_passes_and_nothing_is_written(checked: Checked) -> None:
    """ALL-10, law 2: what no call shows is left to a person."""
    mark = checked.company.sandbox.mark()
    report = checked.look()
    assert (report.hard, report.soft, report.unread) == ((), (), ())
    assert report.state == "completed"
    assert checked.company.sandbox.writes(mark) == []
    assert any("integration is off" in each.title for each in report.by_hand)
    assert len(checked.company.sandbox.exchanges(mark)) <= 24


def test_a_missing_number_series_for_customers_is_hard(checked: Checked, monkeypatch: Patch) -> None:
    """PO-03: PowerOffice would refuse every new customer."""
    no_series("Customer")(checked, monkeypatch)
    assert checked.hard() == {"poweroffice.customer_series"}


def test_a_missing_privilege_is_named_and_the_rest_of_that_side_is_left(checked: Checked) -> None:
    """ALL-10, ALL-12: Severa is looked at all the same."""
    act = checked.company.sandbox.act
    act("poweroffice", "set_privileges", remove=["Product_Full"])
    try:
        report = checked.look()
    finally:
        act("poweroffice", "set_privileges", add=["Product_Full"])
    assert "Product_Full" in finding(report, "poweroffice.access").what
    assert {each.key for each in report.hard} == {"poweroffice.access"}
    assert "severa.won_status" in {check.key for check in report.passed}
    assert "poweroffice.company" not in {check.key for check in report.checks}


def test_a_missing_scope_is_named(checked: Checked) -> None:
    """ALL-10."""
    act = checked.company.sandbox.act
    scopes = [scope for scope in act("severa", "set_scopes")["scopes"] if scope != "organization:read"]
    act("severa", "set_scopes", scopes=scopes)
    try:
        report = checked.look()
    finally:
        act("severa", "set_scopes", scopes=[*scopes, "organization:read"])
    assert "organization:read" in str(finding(report, "severa.access"))


def test_a_system_that_does_not_answer_leaves_a_check_open(checked: Checked) -> None:
    """ALL-10: neither found nor passed."""
    checked.company.sandbox.fault("poweroffice", "GET", "/v2/PaymentTerms", "status:500", times=3)
    report = checked.look()
    assert [each.check.key for each in report.unread] == ["poweroffice.payment_terms"]
    assert "poweroffice.payment_terms" not in {check.key for check in report.passed}
    assert report.state == "completed with issues"


def test_a_master_that_the_guide_does_not_know_is_hard(checked: Checked) -> None:
    """PO-02: whoever made the settings in another way than through a tenant's file."""
    with variables(checked.company.environment):
        wrong = load_tenant(checked.company.name).model_copy(update={"masters": {Registry.PRODUCTS: Master.BOTH}})
        report = asyncio.run(check_tenant(wrong, records=False))
    assert {each.key for each in report.hard} == {"tenant.masters:products"}


def test_invoice_numbers_that_would_run_into_old_ones_are_to_be_looked_at(checked: Checked, monkeypatch: Patch) -> None:
    """ALL-10, guide: new invoice numbers must not overlap with old ones in either system."""
    assert "poweroffice.invoice_numbers" in {check.key for check in checked.numbers().passed}
    used = max(row["InvoiceNo"] for row in checked.company.sandbox.objects("poweroffice", "OutgoingInvoices"))
    monkeypatch.setitem(checked.severa_rows("invoices")[0], "number", used + 500)
    said = finding(checked.numbers(), "poweroffice.invoice_numbers")
    assert f"after {used}" in said.what
    assert str(used + 500) in said.what
    assert not said.hard
