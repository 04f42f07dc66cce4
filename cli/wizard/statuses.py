"""The invoice statuses of a new tenant: a suggestion for all roles at once, and the check that every run makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.severa_choices import active_statuses, likely_statuses
from cli.wizard.answers import Answers, in_words
from cli.wizard.questions import STATUSES, Question, first_sentence, status_questions
from cli.wizard.systems import Seen, look_into
from cli.wizard.terminal import LEFT_OUT, Terminal
from connectors.offers import Offer
from connectors.settings import SEVERA
from connectors.severa.offers import status_offers
from core.errors import SyncError
from core.invoices import InvoiceStatus
from core.profiles import Profile
from tasks.statuses import check_statuses


def suggested_statuses(profile: Profile, register: Sequence[InvoiceStatus]) -> dict[str, str]:
    """A status for each role of this ERP, as far as one fits by its name or its flags: by name, or guid of a double."""
    rows = active_statuses(
        {
            "guid": status.id, "name": status.name, "isActive": status.active, "sortOrder": status.sort_order,
            "isDefault": status.is_default, "hasInvoiceNumber": status.has_number, "isSent": status.is_sent,
            "isPaid": status.is_paid,
        }
        for status in register
    )  # fmt: skip
    offers = status_offers(register)
    roles = (*profile.statuses, *profile.optional_statuses)
    likely = {role: row["guid"] for role, row in likely_statuses(rows, profile.title).items() if role in roles}
    return {role: offer.value for role, guid in likely.items() for offer in offers if offer.named(guid)}


def status_mistakes(profile: Profile, values: Mapping[str, str | None], register: Sequence[InvoiceStatus]) -> list[str]:
    """What a run would refuse: a status that does not exist or is not active, a wrong order or flag (ALL-04)."""
    wanted = {role: value for role, value in values.items() if value is not None}
    return check_statuses(profile, wanted, register)[1]


def chosen_statuses(answers: Answers) -> dict[str, str | None]:
    """The statuses of the answers, by role."""
    return {where[-1]: value for where, value in answers.values.items() if where[:-1] == STATUSES}


def ask_statuses(profile: Profile, answers: Answers, seen: Seen, terminal: Terminal, *, take: bool) -> None:
    """Every role gets a status that runs accept, or that a person insists on. `take`: suggestions are not asked about.

    A person may mend the statuses in Severa meanwhile: they are read again.
    """
    questions = status_questions(profile)
    register = seen.statuses
    while True:
        if any(not answers.knows(question.place) for question in questions):
            _ask(profile, questions, answers, register, terminal, take=take)
        mistakes = status_mistakes(profile, chosen_statuses(answers), register)
        mistakes += [in_words(mistake) for mistake in answers.mistakes() if mistake.path == ".".join(STATUSES)]
        if not mistakes:
            return
        for mistake in mistakes:
            terminal.wrong(mistake)
        ways = [("c", "choose again"), ("r", "read Severa's statuses again: they were mended there"), ("g", "go on")]
        way = terminal.pick("What now", ways)
        if way == "g":
            return
        if way == "r":
            try:
                register = look_into(SEVERA, answers, ()).statuses
            except SyncError as error:
                terminal.wrong(str(error))
        else:
            answers.forget(question.place for question in questions)


def _ask(
    profile: Profile,
    questions: Sequence[Question],
    answers: Answers,
    register: Sequence[InvoiceStatus],
    terminal: Terminal,
    *,
    take: bool,
) -> None:
    offers = status_offers(register)
    likely = suggested_statuses(profile, register)
    given = chosen_statuses(answers)
    terminal.say("Severa's invoice statuses, in their order:")
    terminal.table([[offer.title, offer.note] for offer in offers], "status", "flags")
    best = {role: value for role, value in {**likely, **given}.items() if value is not None}
    if all(question.place[-1] in best for question in questions if question.required):
        terminal.say("They would be used like this:")
        rows = [
            [question.title, _shown(best.get(question.place[-1]), offers), first_sentence(question.about)]
            for question in questions
        ]
        terminal.table(rows, "role", "status", "what for")
        if take or terminal.agree("Is that right?"):
            for question in questions:
                answers.values[question.place] = best.get(question.place[-1])
            answers.save()
            return
    terminal.show_list(offers, numbered=not any(offer.value.isdigit() for offer in offers))
    for question in questions:
        _choose(question, answers, offers, best.get(question.place[-1]), terminal)


def _choose(
    question: Question, answers: Answers, offers: Sequence[Offer], likely: str | None, terminal: Terminal
) -> None:
    terminal.explain(question.about)
    while True:
        value = terminal.choose(question.title, offers, likely, may_fail=not question.required, listed=True)
        if value is LEFT_OUT:
            answers.values[question.place] = None
        elif not any(offer.named(value) for offer in offers):
            terminal.wrong(f"Severa has no active status '{value}'.")
            continue
        else:
            answers.values[question.place] = value
        answers.save()
        return


def _shown(value: str | None, offers: Sequence[Offer]) -> str:
    return next((offer.title for offer in offers if value is not None and offer.named(value)), value or "-")
