"""Credentials in the wizard: typed, referred to, brought by consent; refused ones are mended on the spot (ALL-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

import pytest
from rich.console import Console

from cli.connecting import Browsing
from cli.wizard.answers import Answers
from cli.wizard.credentials import connected
from cli.wizard.terminal import Terminal
from connectors.severa.settings import SCOPES
from tenants.secrets import resolve
from tests.support.connecting import person
from tests.support.new_tenant import Place
from tests.support.sandbox import Sandbox, serving


@dataclass(slots=True)
class Typing(Terminal):
    """A terminal at which these lines are typed, one after the other; `asked` are the questions."""

    console: Console = field(default_factory=lambda: Console(file=StringIO(), width=200))
    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def _line(self, prompt: str, *, hidden: bool = False) -> str:
        self.asked.append(f"{'hidden: ' if hidden else ''}{prompt}")
        assert self.lines, f"nobody answers {prompt}\n{self.shown}"
        return self.lines.pop(0)

    @property
    def shown(self) -> str:
        """All that was said."""
        assert isinstance(self.console.file, StringIO)
        return self.console.file.getvalue()


@pytest.fixture(scope="module")
def powering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Severa and PowerOffice; pages for people are not in their specifications."""
    with serving(tmp_path_factory.mktemp("poweroffice"), validated=False) as running:
        yield running


def begun(place: Place, *without: str) -> Answers:
    """Answers of somebody who has given everything for access but these settings."""
    answers = Answers("acme", place.erp, place.root / "home")
    for words in place.access():
        name, _, value = words.partition("=")
        if name not in without:
            answers.values[tuple(name.split("."))] = value
    return answers


def test_the_client_key_is_brought_by_a_person_s_consent_in_the_browser(powered: Place) -> None:
    """ALL-12, PO onboarding: Enter alone asks for it; the key waits with the answers, not in them."""
    answers = begun(powered, "poweroffice.client_key")
    terminal = Typing(lines=[""])
    how = Browsing(port=0, seconds=20, browse=person("approve"))
    company = connected("poweroffice", answers, terminal, how)
    assert company is not None
    assert "Fjellrådgiverne AS" in company.title
    assert terminal.asked == ["hidden: [bold]PowerOffice: client key[/bold] [dim](not shown)[/dim]: "]
    reference = answers.get(("poweroffice", "client_key"))
    key = resolve(reference, powered.root / "home").get_secret_value()
    assert key in powered.sandbox.secrets()
    assert key not in terminal.shown
    assert reference == "file:drafts/acme.poweroffice.client_key"


def test_a_person_who_refuses_in_the_browser_may_type_the_key(powered: Place) -> None:
    """ALL-12."""
    answers = begun(powered, "poweroffice.client_key")
    keys = powered.sandbox.access["poweroffice"]
    typed = [keys["application_key"], keys["subscription_key"], keys["client_key"]]
    terminal = Typing(lines=["", "c", *typed])
    how = Browsing(port=0, seconds=20, browse=person("deny"))
    assert connected("poweroffice", answers, terminal, how) is not None
    assert "✗" in terminal.shown
    assert not [key for key in typed if key in terminal.shown]


def test_credentials_of_another_tenant_are_refused(powered: Place) -> None:
    """ALL-12: two tenants of one company would transfer its invoices twice."""
    assert powered.set_up(*powered.access(), take=True) == 0
    powered.file.rename(powered.folder / "other.yaml")
    terminal = Typing(lines=["t"])
    with pytest.raises(AssertionError, match="nobody answers"):
        connected("severa", begun(powered), terminal, Browsing())
    assert terminal.shown.count("is connected to the tenant other already") == 2


def test_an_address_that_is_wrong_is_asked_for_anew(powered: Place) -> None:
    """ALL-12: addresses have defaults, and are asked for only once a system did not answer."""
    answers = begun(powered)
    good = answers.values["severa", "base_url"]
    answers.values["severa", "base_url"] = good.replace("/severa", "/nowhere")
    terminal = Typing(lines=["a", "http://severa.test", good])
    assert connected("severa", answers, terminal, Browsing()) is not None
    assert "is not encrypted" in terminal.shown
    assert answers.values["severa", "base_url"] == good


def test_without_the_scope_for_removing_a_person_may_go_on(financed: Place) -> None:
    """VN-05."""
    answers = begun(financed)
    financed.sandbox.act("severa", "set_scopes", scopes=[*SCOPES, "files:read", "files:write"])
    try:
        terminal = Typing(lines=["w"])
        assert connected("severa", answers, terminal, Browsing()) is not None
    finally:
        financed.sandbox.act("severa", "set_scopes")
    assert "go on without customers:delete" in terminal.shown
    assert answers.tree()["severa"]["scopes"] == list(SCOPES)


def test_a_reference_to_a_secret_that_is_not_there_is_asked_for_again(
    powered: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law 9: by env:, by a file in the home; a block only where Prefect's server is known."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    answers = begun(powered, "severa.client_secret")
    lines = ["env:NO_SUCH", "file:../outside", "block:hidden", "", "env:severa_client_secret"]
    terminal = Typing(lines=lines)
    assert connected("severa", answers, terminal, Browsing()) is not None
    said = ("NO_SUCH is not set", "points outside its folder", "only when PREFECT_API_URL is set")
    assert [words for words in said if words not in terminal.shown] == []
    assert answers.get(("severa", "client_secret")) == "env:severa_client_secret"
