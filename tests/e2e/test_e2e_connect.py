"""`severa-sync connect` as people use it: with a browser on this machine, and at a terminal (ALL-12)."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commandline import COMPLETED, CommandLine, Said
from tests.support.connecting import Office, person
from tests.support.sandbox import Sandbox, serving

PATIENCE = 90.0
"""Seconds for a process to start and to say the next word, on a machine with much else to do."""
PERSON = """\
import sys
from urllib.request import urlopen
page = sys.argv[1]
assert b"Give the extension access" in urlopen(page).read()
urlopen(page, data=b"answer=approve").read()
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Simulated systems; their pages for people are in no specification."""
    with serving(tmp_path_factory.mktemp("sandbox"), validated=False) as running:
        yield running


@pytest.fixture
def office(sandbox: Sandbox, tmp_path: Path) -> Iterator[Office]:
    """The folder of a tenant that is not connected yet; PowerOffice has one company at its end."""
    office = Office(tmp_path, sandbox)
    office.add("acme", severa={"client_id": office.value("severa.client_id")})
    yield office
    system: Any = sandbox.systems["poweroffice"]
    system.access.others.clear()


def connect(office: Office) -> Said:
    """Calls the command with its secrets by standard input, and with somebody in front of the browser."""
    person = office.folder / "person.py"
    person.write_text(PERSON)
    names = ("severa.client_secret", "poweroffice.application_key", "poweroffice.subscription_key")
    lines = "".join(f"{name}={office.value(name)}\n" for name in names)
    command = CommandLine(office.folder)
    ended = subprocess.run(
        [sys.executable, "-m", "cli.main", "connect", "acme", "--secret-stdin", "--callback-port", "0"],
        cwd=office.folder,
        env=command.environment(BROWSER=f"{sys.executable} {person} %s"),
        input=lines,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def test_the_browser_of_this_machine_comes_back_with_the_client_key(office: Office) -> None:
    said = connect(office).expect(COMPLETED)
    assert "PowerOffice: connected to Fjellrådgiverne AS (914778271)." in said.words
    assert office.below_home()["acme.poweroffice.client_key"] == office.value("poweroffice.client_key")
    assert not [secret for secret in office.sandbox.secrets() if secret in said.out + said.err]


class Screen:
    """A terminal with the command on it."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._read = 0
        self.shown = ""

    def until(self, words: str) -> None:
        """Waits until these words are on the screen, after those that were waited for before."""
        end = time.monotonic() + PATIENCE
        while (at := self.shown.find(words, self._read)) < 0:
            assert time.monotonic() < end, f"{words!r} did not come: {self.shown}"
            ready, _, _ = select.select([self._master], [], [], 1)
            if ready:
                try:
                    self.shown += os.read(self._master, 4096).decode(errors="replace")
                except OSError:  # the other end is closed: the command has ended
                    raise AssertionError(f"ended before {words!r}: {self.shown}") from None
        self._read = at + len(words)

    def type(self, line: str) -> None:
        """A person types a line."""
        os.write(self._master, f"{line}\n".encode())


@contextmanager
def at_a_terminal(office: Office, *arguments: str) -> Iterator[tuple[Screen, subprocess.Popen[bytes]]]:
    """The command in a terminal of its own, which is closed at the end."""
    master, slave = pty.openpty()
    environment = CommandLine(office.folder).environment(TERM="dumb", COLUMNS="300")
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=office.folder,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Screen(master), process
        assert process.wait(PATIENCE) == COMPLETED
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_person_at_a_terminal_is_asked_without_echo(office: Office) -> None:
    """Where each secret is found is said; none of them, and no address with a code, is ever on the screen.

    The browser is on another machine, and the approval opens two companies.
    """
    office.sandbox.act("poweroffice", "add_client", name="Vestfjord Eiendom AS", number="987654325")
    arguments = ("connect", "acme", "--headless", "--callback-port", "40999")
    with at_a_terminal(office, *arguments) as (screen, _):
        for name, place in (
            ("severa.client_secret", "Severa shows it once"),
            ("poweroffice.application_key", "PowerOffice gives it to the maker"),
            ("poweroffice.subscription_key", "developer portal"),
        ):
            screen.until(place)
            screen.until(f"{name} (not shown)")
            screen.type(office.value(name))
        screen.until("poweroffice.client_key (not shown)")
        screen.type("")
        screen.until("on this page:")
        screen.until("/Go/Onboarding/")
        screen.until("Paste that address here (not shown)")
        (page,) = re.findall(r"http://\S+/Go/Onboarding/\d+", screen.shown)
        came_to: list[str] = []
        person(back=False, seen=came_to)(page)
        assert came_to[0].startswith("http://127.0.0.1:40999/connect/poweroffice?state=")
        screen.type(came_to[0])
        screen.until("2  Vestfjord Eiendom AS (987654325)")
        screen.until("Number")
        screen.type("1")
        screen.until("PowerOffice: connected to Fjellrådgiverne AS (914778271)")
        screen.until("client_key: file:secrets/acme.poweroffice.client_key")
    assert office.below_home()["acme.poweroffice.client_key"] == office.value("poweroffice.client_key")
    assert len(office.below_home()) == 4
    assert came_to[0] not in screen.shown
    assert not [secret for secret in office.sandbox.secrets() if secret in screen.shown]
