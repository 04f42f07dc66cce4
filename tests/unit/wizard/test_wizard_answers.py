"""The answers of a conversation: proved by the parser of tenant files, kept without secrets, resumed (ALL-12)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cli.wizard.answers import Answers, in_words, kept
from cli.wizard.finishing import FOR_EDITORS, SCHEMA, After, afterwards, finish, what_is_left
from cli.wizard.statuses import status_mistakes, suggested_statuses
from cli.wizard.terminal import matching
from connectors.offers import Offer, distinct
from connectors.profiles import PROFILES
from connectors.settings import SETTINGS
from connectors.severa.offers import status_offers
from connectors.severa.settings import SCOPES, SeveraSettings
from core.errors import ConfigurationError
from core.invoices import InvoiceStatus
from tenants.load import load
from tenants.secrets import resolve

HUSH = "hush-hush-Åä"
STATUSES = {"trigger": "Send", "transferred": "In", "sent": "Sent", "partially_paid": "Part", "paid": "Paid"}


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """Everything that PowerOffice's file needs but one key."""
    made = Answers("acme", "poweroffice", tmp_path)
    made.values = {
        ("switched_on",): "2026-11-01T02:00:00+02:00",
        ("severa", "client_id"): "0042",
        ("severa", "client_secret"): "env:SEVERA",
        ("poweroffice", "application_key"): "env:APP",
        ("poweroffice", "subscription_key"): "block:sub",
        ("severa", "won_status"): None,
        **{("severa", "statuses", role): name for role, name in STATUSES.items() if role != "partially_paid"},
    }
    return made


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("time_zone",), "Europe/Osl", "did you mean Europe/Oslo?"),
        (("severa", "client_secret"), HUSH, "is not a reference to a secret"),
        (("severa", "base_url"), "http://severa.test", "is not encrypted"),
        (("severa", "statuses", "paid"), "Sent", "name the same status"),
        (("notify", "emails"), ["a@b.fi", "nobody"], "an address such as"),
        (("masters", "customers"), "both", "choose severa or erp"),
        (("severa", "project_owner"), "\ud800", "half a character"),
        (("switched_on",), "yesterday", "is not a date and time"),
        (("poweroffice", "cost_accounts"), "4000-", "is not a list of accounts"),
    ],
)
def test_an_answer_is_judged_in_the_words_of_the_file_s_parser(
    answers: Answers, place: tuple[str, ...], value: Any, said: str
) -> None:
    """ALL-12: validated as it goes, though the rest of the file is not filled in yet."""
    found = answers.mistakes_at(place, value)
    assert any(said in in_words(mistake) for mistake in found), found
    assert not [mistake for mistake in found if HUSH in str(mistake)]
    assert place not in answers.values or answers.values[place] != value


def test_a_good_answer_has_no_mistakes_though_others_are_missing(answers: Answers) -> None:
    assert answers.mistakes_at(("time_zone",), "Europe/Oslo") == []
    assert {mistake.path for mistake in answers.mistakes()} == {"poweroffice.client_key"} or not answers.mistakes()
    assert answers.mistakes_at(("severa", "statuses", "failed"), "Failed") == []


def test_typed_secrets_wait_beside_the_answers_and_move_with_the_file(answers: Answers, tmp_path: Path) -> None:
    """Law 9: what is kept between calls and the tenant file name the place of a secret, never the secret."""
    answers.keep_secret(("poweroffice", "client_key"), SecretStr(f" {HUSH} "))
    answers.save()
    drafts = {path.name: path for path in (tmp_path / "drafts").iterdir()}
    assert set(drafts) == {"acme.json", "acme.poweroffice.client_key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in drafts.values())
    assert HUSH not in drafts["acme.json"].read_text(encoding="utf-8")
    assert resolve(answers.values["poweroffice", "client_key"], tmp_path).get_secret_value() == HUSH
    assert dict(answers.shown())["poweroffice.client_key"] == "file:secrets/acme.poweroffice.client_key"

    path = finish(answers, tmp_path / "tenants", force=False)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(FOR_EDITORS)
    assert "switched_on: 2026-11-01T00:00:00Z" in text
    assert HUSH not in text
    tenant = load(path, SETTINGS)
    assert tenant.section(SeveraSettings).client_id == "0042"
    key = tenant.erp_section.model_dump()["client_key"]
    assert key == "file:secrets/acme.poweroffice.client_key"
    assert resolve(key, tmp_path).get_secret_value() == HUSH
    assert json.loads((path.parent / SCHEMA).read_text(encoding="utf-8"))["title"]
    assert not (tmp_path / "drafts").exists()


def test_a_file_that_is_there_stays_and_so_do_the_answers(answers: Answers, tmp_path: Path) -> None:
    """ALL-12: all or nothing; somebody else has written the file meanwhile."""
    answers.keep_secret(("poweroffice", "client_key"), SecretStr(HUSH))
    answers.save()
    folder = tmp_path / "tenants"
    folder.mkdir()
    (folder / "acme.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="exists already"):
        finish(answers, folder, force=False)
    assert [path.name for path in folder.iterdir()] == ["acme.yaml"]
    assert (folder / "acme.yaml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "secrets").exists()
    again = kept("acme", tmp_path)
    assert again is not None
    finish(again, folder, force=True)
    assert load(folder / "acme.yaml", SETTINGS).name == "acme"


def test_a_later_call_goes_on_with_the_answers(answers: Answers, tmp_path: Path) -> None:
    """ALL-12: resumable; what was left out is not asked again."""
    answers.save()
    again = kept("acme", tmp_path)
    assert again is not None
    assert (again.erp, again.values) == (answers.erp, answers.values)
    assert again.knows(("severa", "won_status"))
    assert kept("other", tmp_path) is None
    answers.discard()
    assert kept("acme", tmp_path) is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"format": 2, "erp": "poweroffice", "answers": []}', '{"format": 1, "erp": "sap", "answers": []}',
     '{"format": 1, "erp": "poweroffice", "answers": [[[], 1]]}', '{"format": 1, "erp": "poweroffice", "answers": 5}',
     '{"format": 1, "erp": "poweroffice", "answers": [[5, 1]]}', "\x00"],
)  # fmt: skip
def test_answers_that_cannot_be_read_are_as_good_as_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "acme.json").write_text(content, encoding="utf-8")
    assert kept("acme", tmp_path) is None


def test_answers_to_settings_that_this_version_does_not_have_are_dropped(answers: Answers, tmp_path: Path) -> None:
    """Another version may have kept them."""
    good = dict(answers.values)
    answers.values |= {("severa",): "x", ("colour",): "red", ("visma_net", "tenant_id"): "t", ("erp",): "visma_net"}
    answers.save()
    again = kept("acme", tmp_path)
    assert again is not None
    assert again.values == good


@pytest.mark.parametrize("secret", ["", "  ", "two\nlines", "bell\x07"])
def test_a_secret_that_is_no_line_of_text_is_not_kept(secret: str, answers: Answers, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="one line of text"):
        answers.keep_secret(("poweroffice", "client_key"), SecretStr(secret))
    assert not (tmp_path / "drafts").exists()


def test_the_scope_for_removing_stands_in_the_file_of_an_erp_with_classes(tmp_path: Path) -> None:
    """VN-05: unless a person says which scopes."""
    visma = Answers("acme", "visma_net", tmp_path)
    assert visma.tree()["severa"]["scopes"] == [*SCOPES, "customers:delete"]
    visma.values["severa", "scopes"] = list(SCOPES)
    assert visma.tree()["severa"]["scopes"] == list(SCOPES)
    assert "scopes" not in Answers("acme", "poweroffice", tmp_path).tree().get("severa", {})


def test_what_was_called_afterwards_and_failed_is_left_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """ALL-12: called as a process of its own; a tenant without a file makes it fail before it does anything."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("SEVERA_SYNC_TENANTS", str(tmp_path))
    monkeypatch.setenv("SEVERA_SYNC_HOME", str(tmp_path / "home"))
    done = afterwards("acme", ("compare", "something else"))
    assert done == [After("compare", 2)]
    assert "There is no tenant file" in capfd.readouterr().err
    what_is_left("acme", done)
    left = capfd.readouterr().out
    assert re.search(r"severa-sync compare acme +again, once what it found is mended", left)
    assert re.search(r"severa-sync run acme --preview +what a first run would do", left)


# ---------------------------------------------------------------- choosing

PEOPLE = (
    Offer("101", "Aino Räsänen", "aino@x.fi", ("guid-1",)),
    Offer("102", "Märta Öberg", "marta@x.fi", ("guid-2",)),
    Offer("EXT", "Märta Berg", "", ("guid-3",)),
    Offer("2", "Väinö", "", ("guid-4",)),
)


@pytest.mark.parametrize(
    ("line", "numbered", "values"),
    [
        ("102", False, ["102"]),
        ("2", False, ["2"]),
        ("guid-3", False, ["EXT"]),
        ("ext", False, ["EXT"]),
        ("märta", False, ["102", "EXT"]),
        ("Märta Berg", False, ["EXT"]),
        ("@x.fi", False, ["101", "102"]),
        ("1", False, ["101", "102", "EXT"]),
        ("3", True, ["EXT"]),
        ("9", True, []),
        ("nobody", True, []),
    ],
)
def test_a_line_chooses_by_value_number_or_part_of_a_name(line: str, *, numbered: bool, values: list[str]) -> None:
    """ALL-12: a value counts before a number, for codes may be numbers."""
    found = matching(line, PEOPLE, numbered=numbered)
    if line == "1":
        assert {offer.value for offer in found} >= {"101", "102"}
    else:
        assert [offer.value for offer in found] == values


def test_a_value_that_stands_for_several_items_cannot_be_chosen() -> None:
    """PO-14: codes may be double in Severa."""
    rows = [Offer("A", "one"), Offer("B", "two"), Offer("A", "three"), Offer("A", "four", key="k")]
    assert [offer.title for offer in distinct(rows)] == ["two", "four"]


def status(number: int, name: str, *flags: str, active: bool = True) -> InvoiceStatus:
    return InvoiceStatus(
        id=f"guid-{number}",
        name=name,
        active=active,
        is_default="default" in flags,
        read_only=False,
        has_number="number" in flags,
        is_sent="sent" in flags,
        is_paid="paid" in flags,
        is_default_for_credit_note="credit" in flags,
        sort_order=number,
    )


REGISTER = (
    status(1, "Failed"),
    status(2, "Draft", "default"),
    status(3, "Send to PowerOffice"),
    status(4, "Sent", active=False),
    status(5, "In PowerOffice", "number"),
    status(6, "Sent", "number", "sent"),
    status(7, "Paid", "number", "sent", "paid"),
)


def test_statuses_are_suggested_and_checked_as_runs_check_them() -> None:
    """ALL-04."""
    profile = PROFILES["poweroffice"]
    likely = suggested_statuses(profile, REGISTER)
    assert likely == {
        "trigger": "Send to PowerOffice", "transferred": "In PowerOffice", "sent": "guid-6", "paid": "Paid",
        "failed": "Failed",
    }, "an inactive status has the name of the sent one"  # fmt: skip
    assert status_mistakes(profile, likely, REGISTER) == []
    (said,) = status_mistakes(profile, {**likely, "sent": "Sent"}, REGISTER)
    assert "'Sent' stands there more than once" in said
    (said,) = status_mistakes(profile, {**likely, "paid": "Nope"}, REGISTER)
    assert "paid: 'Nope' does not exist; there are: Draft, Failed" in said


def test_statuses_of_one_name_are_named_by_guid() -> None:
    """ALL-04."""
    twins = [*(row for row in REGISTER if row.active), status(8, "paid", "number", "sent", "paid")]
    offers = status_offers(twins)
    assert [offer.value for offer in offers][-2:] == ["guid-7", "guid-8"]
    assert suggested_statuses(PROFILES["poweroffice"], twins)["paid"] == "guid-7"
    assert len(matching("Paid", offers, numbered=True)) == 2
