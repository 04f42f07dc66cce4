"""The conversation: system by system, what cannot be read is asked, what can be read is offered (ALL-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cli.connecting import Browsing
from cli.output import text
from cli.wizard.answers import SWITCHED_ON, TIME_ZONE, Answers, in_words
from cli.wizard.credentials import connected, forget_access
from cli.wizard.places import value_of
from cli.wizard.questions import (
    Question,
    by_key,
    chosen_questions,
    first_sentence,
    master_questions,
    settled,
    tenant_questions,
)
from cli.wizard.statuses import ask_statuses
from cli.wizard.systems import SOURCES, Seen, look_into
from cli.wizard.terminal import LEFT_OUT, Terminal
from connectors.connecting import Company
from connectors.offers import Offer
from connectors.profiles import PROFILES
from connectors.settings import ERP_SETTINGS, SEVERA
from connectors.severa.offers import STATUSES as STATUS_REGISTER
from core.errors import ConfigurationError, SyncError
from core.records import Side

ZONES: Mapping[str, str] = {
    "FI": "Europe/Helsinki",
    "NO": "Europe/Oslo",
    "SE": "Europe/Stockholm",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
}
"""Beginning of a company's VAT number -> the zone of its country; any other zone may be typed."""


def which_erp(terminal: Terminal) -> str:
    """The ERP that a person chooses."""
    terminal.say("Which accounting system?")
    offers = [Offer(name, kind.title) for name, kind in ERP_SETTINGS.items()]
    while True:
        chosen = terminal.choose("Accounting system", offers)
        if isinstance(chosen, str) and chosen in ERP_SETTINGS:
            return chosen
        terminal.wrong(f"'{chosen}' is not one of them.")


class Conversation:
    """Fills the answers of one tenant. `take`: suggestions are taken without asking, where there is one."""

    def __init__(self, answers: Answers, terminal: Terminal, how: Browsing, *, take: bool) -> None:
        self._answers = answers
        self._terminal = terminal
        self._how = how
        self._take = take
        self._profile = PROFILES[answers.erp]
        self._company: Company | None = None
        self._offers: dict[tuple[Side, str], tuple[Offer, ...]] = {}

    def hold(self) -> None:
        """Everything that is asked, in order."""
        erp = self._answers.erp
        seen = self._system(SEVERA, "Severa", None)
        self._company = seen.company
        ask_statuses(self._profile, self._answers, seen, self._terminal, take=self._take)
        self._chosen(SEVERA)
        self._system(erp, self._profile.title, seen.company)
        self._chosen(erp)
        self._terminal.heading("The tenant itself")
        for question in tenant_questions(erp):
            if question.place[0] != "masters":
                self._ask(question, self._own_offers(question))
        self._masters()

    def _system(self, system: str, title: str, other: Company | None) -> Seen:
        """Credentials, and all registers of the system that questions are answered from.

        A company with another number than that of the `other` system is accepted only by a person.
        """
        self._terminal.heading(title)
        while True:
            company = connected(system, self._answers, self._terminal, self._how)
            self._terminal.done(f"{title} answers{f': {company.title}' if company else ''}.")
            if company and other and _two(company, other):
                self._terminal.wrong(f"Severa is {other.title} and {title} is {company.title}: two companies.")
                if not self._terminal.agree("Go on with them?", default=False):
                    forget_access(system, self._answers)
                    continue
            try:
                with self._terminal.console.status(f"reading {title}"):
                    seen = look_into(system, self._answers, self._registers(system))
                break
            except SyncError as error:
                self._terminal.wrong(str(error))
                self._terminal.agree("Try again?")
        side = Side.SEVERA if system == SEVERA else Side.ERP
        for name, offers in seen.registers.items():
            self._offers[side, name] = offers
        found = {**seen.registers, **({STATUS_REGISTER: seen.statuses} if seen.statuses else {})}
        said = ", ".join(f"{len(rows)} {name.replace('_', ' ')}" for name, rows in found.items() if rows)
        if said:
            self._terminal.say(f"  [dim]read: {text(said)}[/dim]")
        return seen

    def _registers(self, system: str) -> list[str]:
        """The registers of one system that open questions of either are answered from."""
        side = Side.SEVERA if system == SEVERA else Side.ERP
        return [
            question.source.register
            for each in (SEVERA, self._answers.erp)
            for question in chosen_questions(each, self._profile, SOURCES[each])
            if question.source is not None and question.source.side is side and self._open(question)
        ]

    def _open(self, question: Question) -> bool:
        return not self._answers.knows(question.place)

    def _chosen(self, system: str) -> None:
        for question in chosen_questions(system, self._profile, SOURCES[system]):
            source = question.source
            offers = () if source is None else self._offers.get((source.side, source.register), ())
            for each, fitting in by_key(question, offers):
                if self._open(each) and not settled(each, fitting):
                    self._ask(each, fitting or self._own_offers(each))

    def _own_offers(self, question: Question) -> Sequence[Offer]:
        """Zones of the tenant, and the words that a setting may be."""
        return [Offer(word) for word in (ZONES.values() if question.place == TIME_ZONE else question.choices)]

    def _ask(self, question: Question, offers: Sequence[Offer]) -> None:
        """One question until the parser of tenant files takes the answer, and what is offered has it."""
        if not self._open(question):
            return
        likely = self._likely(question)
        if self._take and (likely is not None or not question.required):
            self._keep(question, likely)
            return
        self._terminal.say("")
        self._terminal.explain(question.about)
        while True:
            if offers:
                line = self._terminal.choose(question.title, offers, likely, may_fail=not question.required)
            else:
                line = self._terminal.ask(question.title, likely, may_fail=not question.required)
            if line is LEFT_OUT:
                self._keep(question, None)
                return
            if self._taken(question, str(line), offers):
                return

    def _taken(self, question: Question, line: str, offers: Sequence[Offer]) -> bool:
        if question.source is not None and offers and not any(offer.named(line) for offer in offers):
            self._terminal.wrong(f"'{line}' is not among them.")
            return False
        try:
            value = value_of(question.setting, line)
        except ConfigurationError as error:
            self._terminal.wrong(str(error))
            return False
        mistakes = self._answers.mistakes_at(question.place, value)
        for mistake in mistakes:
            self._terminal.wrong(in_words(mistake))
        if not mistakes:
            self._keep(question, value)
        return not mistakes

    def _likely(self, question: Question) -> str | None:
        """What Enter alone means; None where it leaves the setting out."""
        if question.place == SWITCHED_ON:
            return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        if question.place == TIME_ZONE and self._company is not None:
            countries = [number[:2].upper() for number in self._company.numbers]
            if zones := [ZONES[country] for country in countries if country in ZONES]:
                return zones[0]
        default: Any = question.default
        return default if isinstance(default, str) else None

    def _keep(self, question: Question, value: Any) -> None:
        self._answers.values[question.place] = value
        self._answers.save()

    def _masters(self) -> None:
        """One question for all registries; registry by registry only where a person wants that."""
        open_ones = [question for question in master_questions(self._answers.erp) if self._open(question)]
        if not open_ones:
            return
        names: Mapping[str, str] = {"severa": "Severa", "erp": self._profile.title, "both": "both, field by field"}
        first = {question.place[-1]: question.choices[0] for question in open_ones}
        self._terminal.say("")
        self._terminal.explain(first_sentence(open_ones[0].about))
        self._terminal.table([[name.replace("_", " "), names[choice]] for name, choice in first.items()])
        if self._take or self._terminal.agree("Are these the masters?"):
            for question in open_ones:
                self._keep(question, question.choices[0])
            return
        for question in open_ones:
            offers = [Offer(choice, names[choice]) for choice in question.choices]
            while True:
                chosen = self._terminal.choose(question.title, offers, question.choices[0])
                if isinstance(chosen, str) and chosen in question.choices:
                    break
                self._terminal.wrong("Choose one of them.")
            self._keep(question, chosen)


def _two(one: Company, other: Company) -> bool:
    """Whether two systems say numbers that are not of one company; one that says none is believed."""
    return bool(one.numbers and other.numbers) and not any(other.has_number(number) for number in one.numbers)
