"""Which settings a new tenant is asked for follows from the settings' models, the profile, the registers (ALL-12)."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import Field

from cli.wizard.places import assigned, nested, setting_at
from cli.wizard.questions import (
    Question,
    access_questions,
    by_key,
    chosen_questions,
    master_questions,
    settled,
    status_questions,
    tenant_questions,
)
from cli.wizard.systems import OPENERS, SOURCES
from connectors.offers import Offer
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.profiles import PROFILES
from connectors.settings import ERP_SETTINGS, SETTINGS
from connectors.severa.offers import TAKES_AWAY, scopes_for
from connectors.severa.settings import SCOPES
from core.errors import ConfigurationError
from tenants.explain import section_of
from tenants.model import tenant_model
from tenants.section import Section

per_erp = pytest.mark.parametrize("erp", list(ERP_SETTINGS))


def asked(erp: str) -> dict[str, Question]:
    """Every question that a tenant of this ERP may be asked, by its setting."""
    profile = PROFILES[erp]
    found = [
        *access_questions("severa"),
        *status_questions(profile),
        *chosen_questions("severa", profile, SOURCES["severa"]),
        *access_questions(erp),
        *chosen_questions(erp, profile, SOURCES[erp]),
        *tenant_questions(erp),
    ]
    by_name = {question.setting.name: question for question in found}
    assert len(by_name) == len(found), "a setting is asked for twice"
    return by_name


def required(model: type[Section], where: str, erp: str) -> set[str]:
    """The settings below a place without which a file is not complete."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        inner = section_of(info.annotation)
        if where == "" and name in ERP_SETTINGS and name != erp:
            continue
        if inner is not None and (info.is_required() or name == erp):
            found |= required(inner, f"{where}{name}.", erp)
        elif info.is_required():
            found.add(f"{where}{name}")
    return found


@per_erp
def test_everything_without_a_default_is_asked_for(erp: str) -> None:
    """ALL-12: but the tenant's name and its ERP, which the command itself names."""
    whole = required(tenant_model(SETTINGS), "", erp) | {".".join(path) for path in ERP_SETTINGS[erp].requires}
    questions = asked(erp)
    assert whole - {"tenant", "erp"} <= set(questions)
    assert {name for name, question in questions.items() if question.required} == whole - {"tenant", "erp"}


@per_erp
def test_every_question_says_what_it_is_about_and_which_option_answers_it(erp: str) -> None:
    """ALL-12: everything that is asked can be given as an option."""
    for name, question in asked(erp).items():
        assert question.about, name
        assert question.title, name
        option = question.option.removeprefix("--set ").partition("=")[0]
        assert option == name
        suffix = ".KEY" if (name.count(".") == 1 and "item_classes" in name) or "credit_terms" in name else ""
        assert setting_at(option + suffix, erp).info is question.setting.info


def test_what_matters_to_one_erp_only_is_asked_for_that_one_only() -> None:
    """PO-04, PO-11, VN-05, VN-08, VN-15: said by the profile, not by the ERP's name."""
    powering, visma = asked("poweroffice"), asked("visma_net")
    only_powering = {"severa.project_owner", "severa.won_status", "severa.prospect_segment"}
    assert only_powering <= set(powering)
    assert not only_powering & set(visma)
    assert "severa.statuses.partially_paid" in visma
    assert "severa.statuses.partially_paid" not in powering
    assert not powering["severa.statuses.failed"].required
    assert visma["severa.statuses.failed"].required
    assert {"visma_net.customer_class", "visma_net.item_classes", "visma_net.credit_terms"} <= set(visma)


def test_the_scope_for_removing_is_asked_for_where_classes_are_kept_in_severa() -> None:
    """VN-05: a former class is taken away; no other ERP needs more than the usual scopes."""
    assert scopes_for(PROFILES["visma_net"]) == (*SCOPES, TAKES_AWAY)
    assert scopes_for(PROFILES["poweroffice"]) == SCOPES


def test_every_source_is_a_setting_and_every_system_can_be_looked_into() -> None:
    assert set(SOURCES) == set(OPENERS) == set(SETTINGS)
    for system, sources in SOURCES.items():
        assert set(sources) <= set(SETTINGS[system].model_fields)


class WithALedger(PowerOfficeSettings):
    """PowerOffice's settings with a setting that nobody has thought of here."""

    ledger: Literal["main", "second"] = Field()
    """Which ledger."""


def test_a_setting_that_a_connector_adds_is_asked_for_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "poweroffice", WithALedger)
    (question,) = [each for each in chosen_questions("poweroffice", PROFILES["poweroffice"], {}) if each.required]
    assert (question.title, question.about, question.choices) == ("Ledger", "Which ledger.", ("main", "second"))
    assert question.option == "--set poweroffice.ledger=main|second"


def test_masters_are_asked_for_only_where_there_is_a_choice() -> None:
    """PO-02."""
    assert {question.choices for question in master_questions("poweroffice")} == {("severa", "erp")}
    assert master_questions("visma_net") == []


def visma_question(name: str) -> Question:
    return asked("visma_net")[f"visma_net.{name}"]


def test_a_table_becomes_a_question_for_each_key_and_a_single_value_none() -> None:
    """VN-08: a class per kind of item. VN-06: a credit term only where several have so many days."""
    classes = (Offer("A", key="product"), Offer("T", key="work_type"))
    asked_for = by_key(visma_question("item_classes"), classes)
    found = [(each.setting.name, each.title, len(offers)) for each, offers in asked_for]
    assert found == [
        ("visma_net.item_classes.product", "Item classes: product", 1),
        ("visma_net.item_classes.work_type", "Item classes: work type", 1),
    ]
    terms = (Offer("14", key="14"), Offer("30", key="30"), Offer("30N", key="30"))
    assert [each.setting.name for each, _ in by_key(visma_question("credit_terms"), terms)] == [
        "visma_net.credit_terms.30"
    ]


def test_what_is_as_the_default_says_is_not_asked() -> None:
    """VN-09: the template Z is asked for only where Visma.net has none of that name."""
    template = visma_question("template")
    assert settled(template, (Offer("Y"), Offer("Z")))
    assert not settled(template, (Offer("Y"),))
    assert settled(visma_question("customer_class"), ()), "nothing to choose from"
    assert not settled(visma_question("customer_class"), (Offer("10"),))
    assert not settled(asked("poweroffice")["severa.currency_rates"], (Offer("none"), Offer("own_per_unit")))


@pytest.mark.parametrize(
    ("words", "place", "value"),
    [
        ("time_zone=Europe/Oslo", ("time_zone",), "Europe/Oslo"),
        ("enabled=false", ("enabled",), False),
        ("severa.statuses.paid=Sent: all = 100 %", ("severa", "statuses", "paid"), "Sent: all = 100 %"),
        ("severa.calls_per_second=2.5", ("severa", "calls_per_second"), 2.5),
        ("severa.scopes=[a:read, b:write]", ("severa", "scopes"), ["a:read", "b:write"]),
        ("severa.scopes=a:read, b:write", ("severa", "scopes"), ["a:read", "b:write"]),
        ("timetable=every_5_minutes", ("timetable",), "every_5_minutes"),
        ('timetable=["*/15 6-20 * * 1-5"]', ("timetable",), ["*/15 6-20 * * 1-5"]),
        ("visma_net.credit_terms.14=014", ("visma_net", "credit_terms", "14"), "014"),
        ("visma_net.units.kpl.=PCS", ("visma_net", "units", "kpl."), "PCS"),
        ("visma_net.cost_multiplier=150", ("visma_net", "cost_multiplier"), 150),
        ("masters.customers=both", ("masters", "customers"), "both"),
        ("notify.emails=a@b.fi,c@d.no", ("notify", "emails"), ["a@b.fi", "c@d.no"]),
    ],
)
def test_an_option_names_any_setting_of_the_file(words: str, place: tuple[str, ...], value: Any) -> None:
    """ALL-12."""
    setting, found = assigned(words, "visma_net")
    assert (setting.place, found) == (place, value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("time_zone", "--set wants NAME=VALUE"),
        ("=x", "is not a setting"),
        ("timezone=x", "timezone is not a setting. Did you mean time_zone?"),
        ("severa.client=x", "severa.client is not a setting"),
        ("tenant=x", "tenant is not a setting"),
        ("erp=poweroffice", "erp is not a setting"),
        ("poweroffice.cost_product=x", "poweroffice is not a setting"),
        ("severa.statuses=x", "severa.statuses is a group of settings. Set those in it: severa.statuses.trigger"),
        ("visma_net.credit_terms=x", "Set its values: visma_net.credit_terms.KEY=VALUE"),
        ("time_zone.name=x", "time_zone has nothing below it"),
        ("enabled=[", "enabled: this is no value"),
    ],
)
def test_an_option_that_names_no_setting_is_told_what_there_is(words: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        assigned(words, "visma_net")
    assert said in str(caught.value)


def test_places_become_groups() -> None:
    assert nested({("a",): 1, ("b", "c"): 2, ("b", "d", "e"): 3}) == {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
