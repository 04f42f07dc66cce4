"""How the wizard speaks with a person: headings, questions with a suggestion, lists to choose from, secrets unseen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from cli.output import text
from connectors.offers import Offer

MOST_SHOWN = 12
"""Longer lists are shown in part; a part of a name finds the rest."""
LONGEST_TITLE = 50
NOTHING = "-"
"""The answer that leaves a setting out."""


class LeftOut:
    """The answer that a setting is left out."""


LEFT_OUT = LeftOut()


def is_there() -> bool:
    """Whether a person can be asked: standard input and the error channel are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(slots=True)
class Terminal:
    """A person at a terminal. Ctrl-C and Ctrl-D end the conversation as KeyboardInterrupt."""

    console: Console

    def heading(self, words: str) -> None:
        """A new part of the conversation."""
        self.console.print()
        self.console.print(Rule(f"[bold]{text(words)}[/bold]", align="left", style="cyan"))

    def say(self, words: str) -> None:
        """A sentence; its markup counts."""
        self.console.print(words, soft_wrap=True)

    def done(self, words: str) -> None:
        """Something that has come to pass."""
        self.console.print(f"[green]✓[/green] {text(words)}", soft_wrap=True)

    def wrong(self, words: str) -> None:
        """Something that has to be mended."""
        self.console.print(f"[red]✗ {text(words)}[/red]", soft_wrap=True)

    def explain(self, words: str) -> None:
        """What a question is about."""
        if words:
            self.console.print(Padding(f"[dim]{text(words)}[/dim]", (0, 0, 0, 2)))

    def table(self, rows: Sequence[Sequence[str]], *heads: str) -> None:
        """A small table, indented."""
        made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_header=bool(heads))
        for number in range(len(rows[0]) + 1 if rows else 1):
            made.add_column(("", *heads)[number] if heads and number <= len(heads) else "", overflow="fold")
        for row in rows:
            made.add_row("", *(text(cell) for cell in row))
        self.console.print(made)

    def ask(self, title: str, suggested: str | None = None, *, may_fail: bool = False) -> str | LeftOut:
        """A line; Enter alone takes the suggestion, or leaves the setting out where it may be missing."""
        hint = suggested or ("Enter: leave out" if may_fail else None)
        while True:
            line = self._line(f"[bold]{text(title)}[/bold]{f' [dim]({text(hint)})[/dim]' if hint else ''}: ")
            if may_fail and (line == NOTHING or not (line or suggested)):
                return LEFT_OUT
            if line or suggested:
                return line or suggested or ""

    def secret(self, title: str) -> str:
        """A line that is not echoed."""
        return self._line(f"[bold]{text(title)}[/bold] [dim](not shown)[/dim]: ", hidden=True)

    def agree(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""
        while True:
            line = self._line(f"{text(question)} [dim]({'Y/n' if default else 'y/N'})[/dim] ").casefold()
            if line in ("", "y", "yes", "n", "no"):
                return default if not line else line.startswith("y")
            self.wrong("Answer y or n.")

    def pick(self, question: str, ways: Sequence[tuple[str, str]]) -> str:
        """One of several ways to go on, by its letter; Enter alone is the first."""
        for letter, words in ways:
            self.console.print(f"  [bold]{letter}[/bold]  {text(words)}")
        letters = [letter for letter, _ in ways]
        while True:
            line = self._line(f"{text(question)} [dim]({letters[0]})[/dim]: ").casefold()
            if (line or letters[0]) in letters:
                return line or letters[0]
            self.wrong(f"Answer {', '.join(letters[:-1])} or {letters[-1]}.")

    def choose(
        self,
        title: str,
        offers: Sequence[Offer],
        suggested: str | None = None,
        *,
        may_fail: bool = False,
        listed: bool = False,
    ) -> str | LeftOut:
        """A value of a list: by its number, its value, or a part of its name that fits it alone.

        Enter alone takes the suggestion, or leaves the setting out where it may be missing. A value that is not in
        the list is given back as it was typed: whoever asks says what is wrong with it. `listed`: the list is on the
        screen already.
        """
        numbered = not any(offer.value.isdigit() for offer in offers)
        if not listed:
            self.show_list(offers, numbered=numbered)
        while True:
            line = self.ask(title, suggested, may_fail=may_fail)
            if isinstance(line, LeftOut) or line == suggested:
                return line
            found = matching(line, offers, numbered=numbered)
            if len(found) == 1:
                return found[0].value
            if not found:
                return line
            self.show_list(found, numbered=False)
            self.say(f"[dim]{len(found)} fit. Type more of the name, or the value in the first column.[/dim]")

    def show_list(self, offers: Sequence[Offer], *, numbered: bool) -> None:
        """Values in a table, the first ones of many; with their numbers, or without where values are numbers."""
        shown = offers[:MOST_SHOWN]
        rows = []
        for number, offer in enumerate(shown, 1):
            title = "" if offer.title == offer.value else _cut(offer.title)
            rows.append([*([str(number)] if numbered else []), offer.value, title, offer.note])
        keep = [any(row[column] for row in rows) for column in range(len(rows[0]))] if rows else []
        if rows:
            self.table([[cell for cell, there in zip(row, keep, strict=True) if there] for row in rows])
        if len(offers) > len(shown):
            self.say(f"  [dim]and {len(offers) - len(shown)} more: a part of the name finds them[/dim]")

    def _line(self, prompt: str, *, hidden: bool = False) -> str:
        try:
            return self.console.input(prompt, password=hidden).strip()
        except (EOFError, KeyboardInterrupt):
            self.console.print()
            raise KeyboardInterrupt from None


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1] + "…"


def matching(line: str, offers: Sequence[Offer], *, numbered: bool) -> list[Offer]:
    """The offers that a line may mean: the one of this value or number, else all that have it in their texts."""
    exact = [offer for offer in offers if offer.named(line)]
    if exact:
        return exact[:1]
    if numbered and line.isascii() and line.isdigit():
        number = int(line)
        return [offers[number - 1]] if 1 <= number <= len(offers) else []
    folded = line.casefold()
    same = [offer for offer in offers if folded in (offer.value.casefold(), offer.title.casefold())]
    if len(same) == 1:
        return same
    return [offer for offer in offers if folded in f"{offer.value}\n{offer.title}\n{offer.note}".casefold()]
