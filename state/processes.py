"""Who holds something: a process on a host, told apart from a later one that got the same number."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One run in one process. `boot` tells one start of the host (and one container on it) from another.

    `pid_started` is the system's own mark of when the process began; None where the system does not say.
    """

    id: str
    host: str
    boot: str
    pid: int
    pid_started: str | None
    what: str

    @classmethod
    def this_process(cls, what: str) -> Holder:
        """A new holder in this process; `what` says for people what it does."""
        pid = os.getpid()
        return cls(
            id=str(uuid.uuid4()),
            host=socket.gethostname(),
            boot=this_boot(),
            pid=pid,
            pid_started=started(pid),
            what=what,
        )

    def is_dead(self) -> bool:
        """Whether it certainly runs no more. A process elsewhere cannot be looked at: never certain."""
        if (self.host, self.boot) != (socket.gethostname(), this_boot()):
            return False
        if os.name == "nt":
            return False  # os.kill with 0 is Ctrl-C there
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # somebody else's process, which may have got the number later
        mark = started(self.pid)
        return None not in (mark, self.pid_started) and mark != self.pid_started


@cache
def this_boot() -> str:
    """This start of this host and, where there are such, this space of process numbers; empty where unknown."""
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        return f"{boot.read_text().strip()} {space.readlink()}"
    except OSError:
        return ""


def started(pid: int) -> str | None:
    """When a process began, in clock ticks since boot; "ended" for one that nobody buried yet, None if not told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name in parentheses may hold spaces and parentheses itself; what follows it begins with the third field.
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[0] in {"Z", "X"} else fields[19]
