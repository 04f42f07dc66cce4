"""A person at a pseudo-terminal: waits for what the program says, then types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds for an answer of the program, on a machine that does much besides."""
UNHEARD = 20.0
"""Seconds after which a press has not been heard."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r")
_IN_A_TERMINAL = (
    "import os, sys; os.open(os.ttyname(0), os.O_RDWR); sys.argv = ['severa-sync', *sys.argv[1:]]; "
    "from cli.main import main; main()"
)
"""The first terminal that the leader of a session opens becomes its own: Ctrl-C reaches it then."""


class Person:
    """Somebody who reads what is shown and types. `shown` is everything so far, without colours and movements."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self._read_to = 0
        self.shown = ""

    def reads(self, words: str) -> str:
        """Waits until words are shown that were not read yet; what was shown up to them."""
        until = time.monotonic() + PATIENCE
        while (at := self.shown.find(words, self._read_to)) < 0:
            if not self._more(until):
                raise AssertionError(f"never said {words!r}:\n{self.shown[self._read_to :]}")
        said = self.shown[self._read_to : at]
        self._read_to = at + len(words)
        return said

    def types(self, line: str) -> None:
        """Types a line."""
        os.write(self._master, line.encode() + b"\n")

    def answers(self, words: str, line: str = "") -> str:
        """Waits for a question, then types the answer; what was shown before the question."""
        said = self.reads(words)
        self.reads(" ")
        self.types(line)
        return said

    def answers_unseen(self, words: str, secret: str) -> str:
        """Waits for a question whose answer is not echoed, then types it; what was shown before the question."""
        said = self.reads(words)
        until = time.monotonic() + PATIENCE
        while termios.tcgetattr(self._master)[3] & termios.ECHO:
            assert time.monotonic() < until, f"{words} would be echoed"
            time.sleep(0.005)
        self.types(secret)
        return said

    def interrupts(self) -> int:
        """Presses Ctrl-C and sees the end; its exit code.

        What is pressed in the instant before the program begins to listen is heard only with the next press.
        """
        for _ in range(3):
            os.write(self._master, b"\x03")
            try:
                self._process.wait(UNHEARD)
            except subprocess.TimeoutExpired:
                continue
            break
        return self.sees_the_end()

    def sees_the_end(self) -> int:
        """Waits until the program has ended; its exit code."""
        until = time.monotonic() + PATIENCE
        while self._more(until):
            pass
        return self._process.wait(PATIENCE)

    def _more(self, until: float) -> bool:
        """Reads some more; False at the end of all that is said, or of the patience."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return False
        try:
            raw = os.read(self._master, 65536)
        except OSError:  # Linux's way to say that the other end was closed
            return False
        self.shown += _ESCAPES.sub("", raw.decode(errors="replace"))
        return bool(raw)


@contextmanager
def at_a_terminal(folder: Path, variables: Mapping[str, str], *arguments: str) -> Iterator[Person]:
    """`severa-sync` with these arguments, in `folder`, at a terminal of 110 columns; ended when the block ends."""
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 110, 0, 0))
        command = [sys.executable, "-c", _IN_A_TERMINAL, *arguments]
        process = subprocess.Popen(
            command, cwd=folder, env=dict(variables), stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(slave)
    try:
        yield Person(process, master)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        os.close(master)
