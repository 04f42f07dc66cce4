"""Credentials for a new tenant: `cli.connecting` asks for them, tests them and gets consent; the draft keeps them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from cli.connecting import Browsing, connect
from cli.connecting.companies import refuse_used
from cli.connecting.getting import stored
from cli.connecting.known import other_tenants
from cli.output import text
from cli.wizard.answers import Answers, in_words
from cli.wizard.questions import Question, access_questions
from cli.wizard.terminal import Terminal
from connectors.connecting import Company
from connectors.settings import SETTINGS, SEVERA
from connectors.severa.settings import SCOPES
from core.errors import ConfigurationError, SyncError
from tasks import places
from tasks.connecting import CONNECTING
from tenants.load import SUFFIX

REFERENCE = re.compile(r"(block|env|file):\S+")
SCOPES_AT = (SEVERA, "scopes")


@dataclass(slots=True)
class AtTheTerminal:
    """Answers what connecting asks (fulfils `cli.connecting.Asking`): each answer is proved and kept at once."""

    terminal: Terminal
    answers: Answers

    def plain(self, name: str, where: str) -> str:
        """A plain setting, asked until the parser of tenant files takes it."""
        place = _place(name)
        self.terminal.explain(where)
        while True:
            value = self.terminal.ask(_title(name))
            if isinstance(value, str) and not self._refused(place, value):
                return value

    def secret(self, name: str, where: str, *, otherwise: str = "") -> SecretStr | None:
        """A secret, or where one is kept: block:NAME, env:NAME, file:PATH."""
        place = _place(name)
        self.terminal.explain(f"{where} {otherwise}".strip())
        self.terminal.explain("Or where it is kept: env:NAME, file:PATH, block:NAME.")
        while True:
            line = self.terminal.secret(_title(name))
            try:
                if REFERENCE.fullmatch(line):
                    value = _stored(line, name)
                    if not self._refused(place, line):
                        return value
                elif line:
                    self.answers.keep_secret(place, SecretStr(line))
                    self.answers.save()
                    return SecretStr(line)
                elif otherwise:
                    return None
            except ConfigurationError as error:
                self.terminal.wrong(str(error))

    def choose(self, question: str, options: Sequence[str], hint: str) -> int:
        """The position of one of the options."""
        del hint
        self.terminal.say(text(question))
        self.terminal.table([[str(number), option] for number, option in enumerate(options, 1)])
        while True:
            line = str(self.terminal.ask("Number"))
            if line.isascii() and line.isdigit() and 1 <= int(line) <= len(options):
                return int(line) - 1

    def agree(self, question: str, hint: str) -> bool:
        """Yes or no; Enter alone is no."""
        del hint
        return self.terminal.agree(question, default=False)

    def pasted(self) -> str:
        """The address to which the browser came back; it holds a code and is not echoed."""
        while not (line := self.terminal.secret("Paste that address here")):
            pass
        return line

    def wait(self, words: str) -> bool:
        """Whether a person says that it is done."""
        return self.terminal.agree(f"{words} Is it done?")

    def say(self, words: str) -> None:
        """Something a person has to know meanwhile."""
        self.terminal.say(text(words))

    def _refused(self, place: tuple[str, ...], value: str) -> bool:
        """Whether the parser of tenant files does not take it; what it takes is kept."""
        mistakes = self.answers.mistakes_at(place, value)
        for mistake in mistakes:
            self.terminal.wrong(in_words(mistake))
        if not mistakes:
            self.answers.values[place] = value
            self.answers.save()
        return bool(mistakes)


def connected(system: str, answers: Answers, terminal: Terminal, how: Browsing) -> Company | None:
    """Credentials that were tested, in the answers; the company that they open. Asks again until they are right."""
    asking = AtTheTerminal(terminal, answers)
    while True:
        try:
            known = answers.tree().get(system, {})
            got = connect(answers.tenant, system, asking, erp=answers.erp, known=known, resolve=stored, how=how)
            refuse_used(got, other_tenants(places.tenants_folder() / f"{answers.tenant}{SUFFIX}"))
        except SyncError as error:
            terminal.wrong(str(error))
            _mend(system, answers, asking)
            continue
        if got.by_consent is not None:
            answers.keep_secret((system, got.by_consent), got.secrets[got.by_consent])
        answers.save()
        return got.proof.company


def forget_access(system: str, answers: Answers) -> None:
    """Take the credentials of a system back, to be asked for anew."""
    answers.forget((system, name) for name in CONNECTING[system].asks)


def missing_access(system: str, answers: Answers) -> list[Question]:
    """What a system cannot be called without and the answers do not have."""
    return [question for question in access_questions(system) if answers.get(question.place) is None]


def _mend(system: str, answers: Answers, asking: AtTheTerminal) -> None:
    """What a person does after a refusal: other credentials, another address, or the same again."""
    terminal = asking.terminal
    beyond = [scope for scope in answers.tree().get(SEVERA, {}).get("scopes", ()) if scope not in SCOPES]
    ways = [("c", "other credentials"), ("a", "another address"), ("t", "try again: it was mended over there")]
    if system == SEVERA and beyond:
        ways.append(("w", f"go on without {', '.join(beyond)}: a person removes in Severa what that would remove"))
    match terminal.pick("What now", ways):
        case "c":
            forget_access(system, answers)
        case "a":
            addresses = {question.place for question in access_questions(system)}
            for question in access_questions(system, addresses=True):
                if question.place not in addresses:
                    _ask_address(question, asking)
        case "w":
            answers.values[SCOPES_AT] = list(SCOPES)
    answers.save()


def _ask_address(question: Question, asking: AtTheTerminal) -> None:
    answers, terminal = asking.answers, asking.terminal
    terminal.explain(question.about)
    while True:
        value = str(terminal.ask(question.title, str(answers.get(question.place) or question.default)))
        mistakes = answers.mistakes_at(question.place, value)
        if not mistakes:
            answers.values[question.place] = value
            return
        for mistake in mistakes:
            terminal.wrong(in_words(mistake))


def _stored(reference: str, name: str) -> SecretStr:
    if reference.startswith("block:") and not os.environ.get("PREFECT_API_URL"):
        # Prefect has taken its server's address already: none.
        raise ConfigurationError(
            "Prefect's blocks can be read only when PREFECT_API_URL is set.", todo=f"Or give --set {name}={reference}."
        )
    return stored(reference)


def _place(name: str) -> tuple[str, ...]:
    return tuple(name.split(".", 1))


def _title(name: str) -> str:
    system, _, setting = name.partition(".")
    title = getattr(SETTINGS[system], "title", system)
    return f"{title}: {setting.replace('_', ' ')}"
