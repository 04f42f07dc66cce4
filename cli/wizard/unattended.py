"""Without a terminal: everything comes from options; what is missing or wrong is told at once, with its option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from cli.wizard.answers import SWITCHED_ON, Answers, in_words
from cli.wizard.credentials import missing_access
from cli.wizard.questions import Question, by_key, chosen_questions, status_questions
from cli.wizard.statuses import chosen_statuses, status_mistakes, suggested_statuses
from cli.wizard.systems import SOURCES, Seen, look_into
from connectors.offers import Offer
from connectors.profiles import PROFILES
from connectors.settings import SEVERA
from core.errors import ConfigurationError, SyncError
from core.profiles import Profile
from core.records import Side

MOST_SHOWN = 12


class LackingError(ConfigurationError):
    """Answers are missing or wrong. `lines` say each what, and which option gives it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(lines))


def fill(answers: Answers, *, take: bool) -> Mapping[str, Seen]:
    """Prove the answers against the parser and both systems; with `take` add what is suggested.

    What the systems showed, by system. Raises LackingError with all that is missing or wrong.
    """
    if wrong := answers.refused():
        raise LackingError([f"{mistake.path}: {in_words(mistake)}" for mistake in wrong])
    profile = PROFILES[answers.erp]
    seen: dict[str, Seen] = {}
    lines: list[str] = []
    for system in (SEVERA, answers.erp):
        missing = missing_access(system, answers)
        if missing:
            lines += [f"{question.setting.name} is missing: {question.option}" for question in missing]
            continue
        try:
            seen[system] = look_into(system, answers, _registers(system, answers, profile))
        except SyncError as error:
            lines.append(str(error))
    lines += _statuses(answers, profile, seen.get(SEVERA), take=take)
    lines += _elsewhere(answers, profile, seen)
    if lines:
        raise LackingError(lines)
    if not answers.knows(SWITCHED_ON):
        answers.values[SWITCHED_ON] = datetime.now(UTC).replace(microsecond=0).isoformat()
    if unproved := list(_unproved(answers)):
        raise LackingError(unproved)
    return seen


def _unproved(answers: Answers) -> Iterator[str]:
    """What the parser finds in the whole file: a required setting that nobody was asked for."""
    for mistake in answers.mistakes():
        yield f"{mistake.path}: {in_words(mistake)}: --set {mistake.path}=VALUE"


def _registers(system: str, answers: Answers, profile: Profile) -> list[str]:
    """The registers of a system that given values must stand in."""
    return [
        question.source.register
        for question, _ in _sourced(answers, profile)
        if question.source is not None and (question.source.side is Side.SEVERA) == (system == SEVERA)
    ]


def _sourced(answers: Answers, profile: Profile) -> Iterator[tuple[Question, str]]:
    """The settings that are chosen from registers and were given or must be, with the system in whose section."""
    for system in (SEVERA, answers.erp):
        for question in chosen_questions(system, profile, SOURCES[system]):
            given = any(where[: len(question.place)] == question.place for where in answers.values)
            if given or question.required:
                yield question, system


def _statuses(answers: Answers, profile: Profile, seen: Seen | None, *, take: bool) -> list[str]:
    likely = suggested_statuses(profile, seen.statuses) if seen is not None else {}
    lines = []
    for question in status_questions(profile):
        role = question.place[-1]
        if answers.knows(question.place):
            continue
        if take and role in likely:
            answers.values[question.place] = likely[role]
        elif question.required and not (take and seen is None):
            hint = f" (it may be {likely[role]!r})" if role in likely else ""
            lines.append(f"{question.setting.name} is missing: {question.option}{hint}")
    if seen is None:
        return lines
    if lines:
        there = ", ".join(status.name for status in seen.statuses if status.active)
        lines.append(f"Severa's invoice statuses are: {there}.")
    said = status_mistakes(profile, chosen_statuses(answers), seen.statuses)
    return [*lines, *(f"severa.statuses.{mistake}" for mistake in said)]


def _elsewhere(answers: Answers, profile: Profile, seen: Mapping[str, Seen]) -> list[str]:
    """Given values that are not in the register that they are chosen from."""
    lines = []
    for question, _ in _sourced(answers, profile):
        source = question.source
        found = None if source is None else seen.get(SEVERA if source.side is Side.SEVERA else answers.erp)
        if source is None or found is None:
            continue
        for each, offers in by_key(question, found.registers[source.register]):
            value = answers.get(each.place)
            if value is not None and not any(offer.named(value) for offer in offers):
                lines.append(f"{each.setting.name}: '{value}' does not exist there; {_there(offers)}.")
    return lines


def _there(offers: tuple[Offer, ...]) -> str:
    if not offers:
        return "there is none"
    more = f" and {len(offers) - MOST_SHOWN} more" if len(offers) > MOST_SHOWN else ""
    return "there are " + ", ".join(offer.value for offer in offers[:MOST_SHOWN]) + more
