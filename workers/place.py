"""Where a run's process is, as the server keeps it (`infrastructure_pid`), so that others can see whether it lives."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass

from state.processes import Holder, this_boot

_MARK = "severa-sync"


@dataclass(frozen=True, slots=True)
class Place:
    """A process on a host, told apart from a later one that got the same number by when it `began`.

    `boot` tells one start of the host, and one container on it, from another.
    """

    host: str
    boot: str
    pid: int
    began: str | None

    @classmethod
    def here(cls, pid: int, began: str | None) -> Place:
        """A process of this host."""
        return cls(socket.gethostname(), _boot(), pid, began)

    @classmethod
    def read(cls, text: str | None) -> Place | None:
        """The place that was written; None for what another kind of worker wrote."""
        match (text or "").split("/"):
            case [mark, host, boot, pid, began] if mark == _MARK and pid.isdigit():
                return cls(host, boot, int(pid), began or None)
        return None

    @property
    def written(self) -> str:
        """As it is kept."""
        return "/".join((_MARK, self.host, self.boot, str(self.pid), self.began or ""))

    @property
    def is_here(self) -> bool:
        """Whether it is on this host, so that its process can be looked at."""
        return (self.host, self.boot) == (socket.gethostname(), _boot())

    @property
    def is_over(self) -> bool:
        """Whether the process certainly runs no more; False for one elsewhere."""
        if not self.is_here:
            return False
        holder = Holder(
            id="", host=self.host, boot=this_boot(), pid=self.pid, pid_started=self.began, what="a flow run"
        )
        return holder.is_dead()


def _boot() -> str:
    return hashlib.sha256(this_boot().encode()).hexdigest()[:12]
