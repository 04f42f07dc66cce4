"""`severa-sync init` for a real company: a conversation where there is a terminal, options where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.connecting import Browsing
from cli.output import Exit, err, out, text
from cli.wizard import terminal as speaking
from cli.wizard.answers import Answers, in_words, kept
from cli.wizard.conversation import Conversation, which_erp
from cli.wizard.finishing import AFTERWARDS, afterwards, exists, finish, short, what_is_left
from cli.wizard.places import assigned
from cli.wizard.questions import STATUSES
from cli.wizard.terminal import Terminal
from cli.wizard.unattended import LackingError, fill
from connectors.settings import ERP_SETTINGS
from core.errors import ConfigurationError
from tenants.load import SUFFIX


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was given on the command line.

    `settings` are those of --set as they came, `take`: every suggestion is taken without asking, `headless`: no
    browser on this machine, `after`: the commands to call once the file is there.
    """

    tenant: str
    erp: str | None
    settings: Sequence[str] = ()
    force: bool = False
    take: bool = False
    headless: bool = False
    after: Sequence[str] = field(default=tuple(name for name, _ in AFTERWARDS))


def set_up(wanted: Wanted, *, folder: Path, home: Path) -> Exit:
    """Ask or take what is needed, write the tenant's file, and call what comes after it; the exit code.

    Raises ConfigurationError, and then there is no tenant file; LackingError names every missing answer with its
    option. KeyboardInterrupt leaves the answers so far in the home: a rerun goes on.
    """
    path = folder / f"{wanted.tenant}{SUFFIX}"
    if path.exists() and not wanted.force:
        raise exists(path)
    attended = speaking.is_there()
    answers = _hold(wanted, home) if attended else _without_a_terminal(wanted, home)
    if answers is None:
        return Exit.SKIPPED
    path = finish(answers, folder, force=wanted.force)
    out.print(f"[green]Wrote {text(short(path))}.[/green]" if attended else f"Wrote {text(short(path))}.")
    done = afterwards(wanted.tenant, wanted.after)
    what_is_left(wanted.tenant, done)
    return Exit.WITH_ISSUES if any(after.code for after in done) else Exit.COMPLETED


def _hold(wanted: Wanted, home: Path) -> Answers | None:
    """The conversation; None when a person does not want the file written."""
    terminal = Terminal(err)
    terminal.say(f"[bold]A tenant file for {text(wanted.tenant)}.[/bold]")
    terminal.say("[dim]Ctrl-C stops at any time; the same command goes on where it stopped.[/dim]")
    answers = _begun(wanted, home, terminal)
    _given(answers, wanted)
    if wrong := answers.refused():
        raise LackingError([f"{mistake.path}: {in_words(mistake)}" for mistake in wrong])
    answers.save()
    Conversation(answers, terminal, Browsing(headless=wanted.headless), take=wanted.take).hold()
    terminal.heading("The file")
    terminal.table(answers.shown(), "setting", "value")
    terminal.say("[dim]Every other setting stands in the file with its default and what it does.[/dim]")
    if mistakes := answers.mistakes():
        for mistake in mistakes:
            terminal.wrong(f"{mistake.path}: {in_words(mistake)}")
        raise ConfigurationError("The file would not be complete.", todo="Give what is missing with --set.")
    if not wanted.take and not terminal.agree(f"Write {wanted.tenant}{SUFFIX}?"):
        terminal.say("[dim]Nothing was written. The same command goes on here.[/dim]")
        return None
    return answers


def _begun(wanted: Wanted, home: Path, terminal: Terminal) -> Answers:
    """The answers of an earlier call, if a person wants to go on with them, or none yet."""
    before = kept(wanted.tenant, home)
    if before is not None:
        named = ERP_SETTINGS[before.erp].title
        terminal.say(f"An earlier call stopped here: Severa and {text(named)}, {len(before.values)} answers.")
        if terminal.agree("Go on with them?"):
            if wanted.erp in (None, before.erp):
                return before
            theirs = (before.erp, "masters")
            ours = {
                where: value
                for where, value in before.values.items()
                if where[0] not in theirs and where[:2] != STATUSES
            }
            return Answers(wanted.tenant, str(wanted.erp), home, ours)
        before.discard()
    return Answers(wanted.tenant, wanted.erp or which_erp(terminal), home)


def _without_a_terminal(wanted: Wanted, home: Path) -> Answers:
    if wanted.erp is None:
        raise LackingError(
            [f"The ERP is missing: --erp {'|'.join(ERP_SETTINGS)}", "Without a terminal every answer is an option."]
        )
    answers = Answers(wanted.tenant, wanted.erp, home)
    _given(answers, wanted)
    fill(answers, take=wanted.take)
    return answers


def _given(answers: Answers, wanted: Wanted) -> None:
    """The answers that stand on the command line; they count more than those of an earlier call."""
    wrong = []
    for words in wanted.settings:
        try:
            setting, value = assigned(words, answers.erp)
            answers.values[setting.place] = value
        except ConfigurationError as error:
            wrong.append(str(error))
    if wrong:
        raise LackingError(wrong)
