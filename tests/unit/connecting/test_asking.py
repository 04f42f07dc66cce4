"""A person at the terminal: choices, yes and no, and lines of standard input (ALL-12)."""

from __future__ import annotations

import io

import pytest
from pydantic import SecretStr

from cli.connecting import Given, Terminal, read_secrets
from core.errors import ConfigurationError

Screen = pytest.CaptureFixture[str]


def typing(monkeypatch: pytest.MonkeyPatch, lines: str) -> Terminal:
    """A person who types these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return Terminal()


def test_a_plain_setting_is_asked_until_there_is_one(monkeypatch: pytest.MonkeyPatch, capsys: Screen) -> None:
    terminal = typing(monkeypatch, "\n  \n c-1 \n")
    assert terminal.plain("severa.client_id", "Where [it] is.") == "c-1"
    assert "Where [it] is." in capsys.readouterr().err


def test_a_company_is_chosen_by_its_number_in_the_list(monkeypatch: pytest.MonkeyPatch, capsys: Screen) -> None:
    terminal = typing(monkeypatch, "3\nx\n2\n")
    assert terminal.choose("Which?", ["A [red]AS (1)", "B AS (2)"], "unused") == 1
    shown = capsys.readouterr().err
    assert "1  A [red]AS (1)" in shown  # a vendor's text is no markup


@pytest.mark.parametrize(("line", "agreed", "done"), [("", False, True), ("y", True, True), ("n", False, False)])
def test_enter_connects_no_two_companies_but_says_that_an_approval_is_given(
    monkeypatch: pytest.MonkeyPatch, line: str, agreed: bool, done: bool
) -> None:
    assert typing(monkeypatch, f"{line}\n").agree("Two companies?", "unused") is agreed
    assert typing(monkeypatch, f"{line}\n").wait("Somebody approves it.") is done


def test_secrets_that_were_given_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    given = Terminal({"severa.client_secret": SecretStr("s3cret")})
    found = given.secret("severa.client_secret", "Here.")
    assert found is not None
    assert found.get_secret_value() == "s3cret"


KNOWN = ("severa.client_secret", "poweroffice.client_key")


def test_lines_of_standard_input_end_at_an_empty_one() -> None:
    """What follows is the pasted answer. A secret may hold an equals sign; a name may be short where it is clear."""
    lines = io.StringIO("client_secret = a=b==\npoweroffice.client_key=k\n\nan-answer\n")
    found = read_secrets(lines, KNOWN)
    assert {name: value.get_secret_value() for name, value in found.items()} == {
        "severa.client_secret": "a=b==",
        "poweroffice.client_key": "k",
    }
    assert Given(lines=lines).pasted() == "an-answer"


@pytest.mark.parametrize("line", ["s3cret", "s3cret=x", "severa.client_secret=", "=s3cret"])
def test_a_line_that_is_no_secret_is_not_repeated(line: str) -> None:
    with pytest.raises(ConfigurationError, match="is not NAME=SECRET") as caught:
        read_secrets(io.StringIO(f"{line}\n"), KNOWN)
    assert "s3cret" not in str(caught.value)


def test_a_short_name_that_could_be_two_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="Names are"):
        read_secrets(io.StringIO("client_secret=x\n"), ("severa.client_secret", "visma_net.client_secret"))
