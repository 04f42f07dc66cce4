"""`init` without a terminal, against simulated systems: all from options, or all that is missing at once (ALL-12)."""

from __future__ import annotations

import pytest

from cli.wizard.answers import Answers
from cli.wizard.systems import SOURCES, look_into
from cli.wizard.unattended import LackingError
from cli.wizard.wizard import Wanted, set_up
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.settings import SETTINGS
from connectors.severa.settings import SCOPES, SeveraSettings
from connectors.visma_net.settings import VismaNetSettings
from core.errors import ConfigurationError
from core.records import ProductKind, Side
from tenants.load import load
from tests.support.new_tenant import Place

STATUSES = {
    "trigger": "Send to PowerOffice",
    "transferred": "In PowerOffice",
    "sent": "Sent",
    "paid": "Paid",
}


def statuses(**other: str) -> list[str]:
    return [f"severa.statuses.{role}={name}" for role, name in {**STATUSES, **other}.items()]


def lacking(place: Place, *settings: str, take: bool = False) -> tuple[str, ...]:
    """What is missing or wrong; nothing was written."""
    before = place.left()
    with pytest.raises(LackingError) as caught:
        place.set_up(*settings, take=take)
    assert place.left() == before
    return caught.value.lines


def test_a_complete_set_of_options_makes_the_file(powered: Place) -> None:
    """ALL-12, PO-11, PO-14: values that are looked up in both systems, and any other setting."""
    more = ["severa.project_owner=101", "poweroffice.cost_product=STD", "time_zone=Europe/Oslo", "severa.concurrency=2"]
    assert powered.set_up(*powered.access(), *statuses(), *more) == 0
    tenant = load(powered.file, SETTINGS)
    severa, erp = tenant.section(SeveraSettings), tenant.section(PowerOfficeSettings)
    assert severa.statuses.model_dump(exclude_none=True) == STATUSES
    assert (severa.project_owner, severa.concurrency, severa.scopes) == ("101", 2, SCOPES)
    assert (erp.cost_product, erp.client_key) == ("STD", "env:poweroffice_client_key")
    assert tenant.time_zone == "Europe/Oslo"
    assert powered.left() == ["acme.yaml", "tenant.schema.json"], "no answers are kept, no secret was copied"


def test_suggestions_are_taken_if_one_says_so(financed: Place) -> None:
    """VN-05, VN-08, VN-13, VN-15."""
    given = ["visma_net.customer_class=10", "visma_net.item_classes.work_type=TIMER25"]
    assert financed.set_up(*financed.access(), *given, take=True) == 0
    tenant = load(financed.file, SETTINGS)
    severa, erp = tenant.section(SeveraSettings), tenant.section(VismaNetSettings)
    assert severa.statuses.model_dump() == {
        "trigger": "Send to Financials", "transferred": "In Financials, send to customer", "sent": "Sent",
        "partially_paid": "Partially paid", "paid": "Paid", "failed": "Failed invoices",
    }  # fmt: skip
    assert severa.scopes == (*SCOPES, "customers:delete")
    assert (erp.customer_class, erp.item_classes) == ("10", {ProductKind.WORK_TYPE: "TIMER25"})


def test_without_any_option_everything_missing_is_told_at_once(financed: Place) -> None:
    """ALL-12: each with the option that gives it; no call is made."""
    mark = financed.sandbox.mark()
    lines = lacking(financed)
    wanted = ["severa.client_id", "severa.client_secret", "visma_net.client_id", "visma_net.client_secret"]
    wanted += ["visma_net.tenant_id"]
    wanted += [f"severa.statuses.{role}" for role in (*STATUSES, "partially_paid", "failed")]
    assert sorted(line.partition(" is missing")[0] for line in lines) == sorted(wanted)
    assert "severa.client_secret is missing: --set severa.client_secret=env:NAME" in lines
    assert financed.sandbox.mark() == mark


def test_without_an_erp_the_option_is_told(powered: Place) -> None:
    with pytest.raises(LackingError) as caught:
        set_up(Wanted("acme", None), folder=powered.folder, home=powered.root)
    assert "--erp poweroffice|visma_net" in caught.value.lines[0]


def test_with_access_the_missing_statuses_are_told_with_those_that_there_are(powered: Place) -> None:
    lines = lacking(powered, *powered.access())
    assert any("severa.statuses.paid=VALUE (it may be 'Paid')" in line for line in lines)
    assert any(line.startswith("Severa's invoice statuses are: Failed invoices, Draft, Send to") for line in lines)


def test_a_status_that_does_not_exist_is_told_with_those_that_do(powered: Place) -> None:
    """ALL-04."""
    (line,) = lacking(powered, *powered.access(), *statuses(paid="Paied"))
    assert line.startswith("severa.statuses.paid: 'Paied' does not exist; there are: Draft, Failed invoices")


def test_statuses_in_a_wrong_order_are_told(powered: Place) -> None:
    """ALL-04."""
    lines = lacking(powered, *powered.access(), *statuses(trigger="In PowerOffice", transferred="Send to PowerOffice"))
    assert any("must come after" in line for line in lines)


def test_values_that_a_system_does_not_have_are_told(financed: Place) -> None:
    """VN-05, VN-08, VN-16: classes of both registers, and a product of Severa's."""
    given = ["visma_net.customer_class=99", "visma_net.item_classes.work_type=VARE25", "visma_net.cost_product=ZZZ"]
    lines = lacking(financed, *financed.access(), *given, take=True)
    assert lines == (
        "visma_net.customer_class: '99' does not exist there; there are 10, 20, 30.",
        "visma_net.item_classes.work_type: 'VARE25' does not exist there; there are TIMER25, TIMER15, TIMER255.",
        lines[2],
    )
    assert lines[2].startswith("visma_net.cost_product: 'ZZZ' does not exist there; there are ")


def test_wrong_credentials_are_told_for_both_systems_and_not_repeated(
    powered: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALL-12, law 9."""
    monkeypatch.setenv("severa_client_secret", "wr0ng-secret")
    monkeypatch.setenv("poweroffice_client_key", "wr0ng-key")
    lines = lacking(powered, *powered.access(), *statuses())
    assert len(lines) == 2
    assert "Severa does not accept" in lines[0]
    assert "PowerOffice" in lines[1]
    assert "wr0ng" not in "".join(lines)


def test_a_secret_that_is_not_there_and_one_in_clear_are_told(powered: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 9."""
    monkeypatch.delenv("severa_client_secret")
    (line,) = lacking(powered, *powered.access(), *statuses())
    assert "severa_client_secret is not set" in line
    other = {"severa.client_secret": "hunter2"}
    lines = lacking(powered, *powered.access(**other), *statuses())
    assert any(line.startswith("severa.client_secret: is not a reference to a secret") for line in lines)
    assert "hunter2" not in "".join(lines)


def test_credentials_without_the_scope_for_removing_are_told(financed: Place) -> None:
    """VN-05: the usual scopes by an option, then."""
    financed.sandbox.act("severa", "set_scopes", scopes=[*SCOPES, "files:read", "files:write"])
    try:
        (line,) = lacking(financed, *financed.access(), take=True)
        assert "Severa did not grant customers:delete" in line
        assert financed.set_up(*financed.access(), f"severa.scopes={','.join(SCOPES)}", take=True) == 0
    finally:
        financed.sandbox.act("severa", "set_scopes")
    assert load(financed.file, SETTINGS).section(SeveraSettings).scopes == SCOPES


def test_a_file_that_is_there_is_replaced_only_by_force(powered: Place) -> None:
    """ALL-12: and nothing is asked of anybody before."""
    powered.folder.mkdir()
    powered.file.write_text("mine", encoding="utf-8")
    mark = powered.sandbox.mark()
    with pytest.raises(ConfigurationError, match=r"acme\.yaml exists already\. Use --force"):
        powered.set_up(*powered.access(), take=True)
    assert (powered.file.read_text(encoding="utf-8"), powered.sandbox.mark()) == ("mine", mark)
    assert powered.set_up(*powered.access(), take=True, force=True) == 0
    assert load(powered.file, SETTINGS).name == "acme"


@pytest.mark.parametrize("erp", ["poweroffice", "visma_net"])
def test_every_register_that_a_setting_is_chosen_from_can_be_read_and_only_read(
    erp: str, request: pytest.FixtureRequest
) -> None:
    """ALL-12: looking writes nothing."""
    place: Place = request.getfixturevalue("powered" if erp == "poweroffice" else "financed")
    answers = Answers("acme", erp, place.root)
    for words in place.access():
        name, _, value = words.partition("=")
        answers.values[tuple(name.split("."))] = value
    mark = place.sandbox.mark()
    sources = [source for system in ("severa", erp) for source in SOURCES[system].values()]
    for system, side in (("severa", Side.SEVERA), (erp, Side.ERP)):
        wanted = {source.register for source in sources if source.side is side}
        seen = look_into(system, answers, wanted)
        assert {name for name, offers in seen.registers.items() if offers} == wanted
        assert seen.company is not None
        assert "Fjellrådgiverne AS" in seen.company.name
    assert place.sandbox.writes(mark) == []
