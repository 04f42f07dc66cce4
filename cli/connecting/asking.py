"""Who answers: a person at a terminal, or options and standard input where there is none (ALL-12).

Secrets are typed without echo or come through standard input, never as options: those stand in the history of the
shell and in the list of processes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from getpass import getpass  # has the echo off before it asks
from typing import Protocol, TextIO

from pydantic import SecretStr
from rich.prompt import Confirm, IntPrompt, Prompt

from cli.output import err, text
from core.errors import ConfigurationError


class Asking(Protocol):
    """What connecting wants to know. Whoever cannot answer raises ConfigurationError that names the option."""

    def plain(self, name: str, where: str) -> str:
        """A plain setting, such as `severa.client_id`; `where` says where a person finds it."""

    def secret(self, name: str, where: str, *, otherwise: str = "") -> SecretStr | None:
        """A secret. None is an answer only where `otherwise` says what happens then."""

    def choose(self, question: str, options: Sequence[str], hint: str) -> int:
        """The position of one of the options; `hint` says what to give where nobody can be asked."""

    def agree(self, question: str, hint: str) -> bool:
        """Yes or no; where nobody can be asked it is no, and `hint` goes into the error."""

    def pasted(self) -> str:
        """The address, or the code in it, to which the browser came back."""

    def wait(self, words: str) -> bool:
        """Whether a person says that it is done; False where nobody can."""

    def say(self, words: str) -> None:
        """Something a person has to know meanwhile."""


class Given:
    """Nobody is asked: `secrets` are given by the names of their settings (`severa.client_secret`), pasted answers come
    as `lines` (default: standard input), and whatever else is wanted is an error that names its option.
    """

    def __init__(self, secrets: Mapping[str, SecretStr] | None = None, *, lines: TextIO | None = None) -> None:
        self._secrets = dict(secrets or {})
        self._lines = lines

    def plain(self, name: str, where: str) -> str:
        """It would have been given beforehand."""
        raise ConfigurationError(f"{name} is not known.", todo=f"Give --set {name}=VALUE. {where}")

    def secret(self, name: str, where: str, *, otherwise: str = "") -> SecretStr | None:
        """The line of standard input."""
        if name in self._secrets:
            return self._secrets[name]
        if otherwise:
            return None
        raise ConfigurationError(
            f"{name} is not known.", todo=f"Give the line {name}=SECRET through --secret-stdin. {where}"
        )

    def choose(self, question: str, options: Sequence[str], hint: str) -> int:
        """Nobody chooses: ConfigurationError with the options."""
        raise ConfigurationError(f"{question} {'; '.join(options)}.", todo=hint)

    def agree(self, question: str, hint: str) -> bool:
        """Nobody agrees."""
        raise ConfigurationError(question, todo=hint)

    def pasted(self) -> str:
        """The next line of standard input."""
        line = (self._lines or sys.stdin).readline(20_000).strip()
        if not line:
            raise ConfigurationError(
                "No answer of the browser was given.",
                todo="Give the address to which the browser came back as a line of standard input.",
            )
        return line

    def wait(self, words: str) -> bool:
        """Nobody says so."""
        del words
        return False

    def say(self, words: str) -> None:
        """On the error channel: standard output may be read by a program."""
        err.print(text(words), soft_wrap=True)


class Terminal(Given):
    """A person at the terminal; secrets that were given are not asked for."""

    def plain(self, name: str, where: str) -> str:
        """Asks until there is an answer."""
        self._explain(where)
        while not (value := Prompt.ask(text(name), console=err).strip()):
            pass
        return value

    def secret(self, name: str, where: str, *, otherwise: str = "") -> SecretStr | None:
        """Asks without echo; Enter alone is an answer where there is another way."""
        if name in self._secrets:
            return self._secrets[name]
        self._explain(where)
        if otherwise:
            self._explain(otherwise)
        while True:
            value = getpass(f"{name} (not shown): ").strip()
            if value:
                return SecretStr(value)
            if otherwise:
                return None

    def choose(self, question: str, options: Sequence[str], hint: str) -> int:
        """A number of the list."""
        del hint
        err.print(text(question))
        for number, option in enumerate(options, 1):
            err.print(f"  {number}  {text(option)}")
        numbers = [str(number) for number in range(1, len(options) + 1)]
        return IntPrompt.ask("Number", console=err, choices=numbers, show_choices=False) - 1

    def agree(self, question: str, hint: str) -> bool:
        """Yes or no; Enter is no."""
        del hint
        return Confirm.ask(text(question), console=err, default=False)

    def pasted(self) -> str:
        """One line; nothing is echoed, for the address holds a code."""
        while not (line := getpass("Paste that address here (not shown): ").strip()):
            pass
        return line

    def wait(self, words: str) -> bool:
        """Enter, or n for no."""
        return Confirm.ask(f"{text(words)} Is it done?", console=err, default=True)

    def _explain(self, words: str) -> None:
        err.print(f"[dim]{text(words)}[/dim]", soft_wrap=True)


def read_secrets(stream: TextIO, known: Sequence[str]) -> dict[str, SecretStr]:
    """Lines `NAME=SECRET` up to an empty line or the end. ConfigurationError for a name that is not `known`."""
    found: dict[str, SecretStr] = {}
    while line := stream.readline(70_000).strip():
        name, _, value = line.partition("=")
        full = [each for each in known if each == name.strip() or each.partition(".")[2] == name.strip()]
        if len(full) != 1 or not value.strip():
            # The line is not repeated: it may hold a secret.
            raise ConfigurationError(
                "A line of standard input is not NAME=SECRET.", todo=f"Names are: {', '.join(known)}."
            )
        found[full[0]] = SecretStr(value.strip())
    return found
