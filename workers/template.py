"""The template process: imports everything once, then does nothing but fork itself, in one thread.

    python -m workers.template FD

FD is its end of a pair of sockets, inherited from the worker. It ends when the worker's end is closed; children that
still run then go on by themselves. It holds no thread, no event loop, no HTTP client and no database connection when
it forks: a process with more than one thread is refused to be forked.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from state.processes import started
from workers.orders import Ended, Forked, Message, Order, Ready, Refused, read, written

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Template:
    """Carries out orders until its worker is gone."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._rest = b""
        self._wakeup, self._signalled = socket.socketpair()
        for end in (self._wakeup, self._signalled):
            end.settimeout(0)

    def serve(self) -> None:
        """Answer orders and report the ends of children."""
        signal.set_wakeup_fd(self._signalled.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _noticed)
        for number in (signal.SIGTERM, signal.SIGINT):  # it ends with its worker, not before
            signal.signal(number, signal.SIG_IGN)
        self._say(Ready(len(sys.modules), _resident()))
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._wakeup, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wakeup in ready:
                    with suppress(BlockingIOError):
                        while self._wakeup.recv(4096):
                            pass
                    self._bury()
                if self._channel in ready and not self._hear(selector):
                    return

    def _hear(self, selector: selectors.BaseSelector) -> bool:
        """Read orders; False when the worker is gone."""
        try:
            heard = self._channel.recv(1 << 16)
        except ConnectionError:
            return False
        *lines, self._rest = (self._rest + heard).split(b"\n")
        for line in lines:
            order = read(line)
            if isinstance(order, Order):
                self._fork(order, selector)
        return bool(heard)

    def _fork(self, order: Order, selector: selectors.BaseSelector) -> None:
        threads = _threads()
        if threads != 1:
            self._say(Refused(order.id, f"the template has {threads} threads: {threading.enumerate()}"))
            return
        waits, begins = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(waits)
            os.close(begins)
            self._say(Refused(order.id, f"no process could be made: {error.strerror}"))
            return
        if pid == 0:
            os.close(begins)
            selector.close()
            for end in (self._channel, self._wakeup, self._signalled):
                end.detach()  # closed below, without telling the other side that the template is gone
            from workers.child import become  # noqa: PLC0415 - imported before; only a child needs it

            become(order, waits)
        os.close(waits)
        self._say(Forked(order.id, pid, started(pid)))
        os.write(begins, b"1")
        os.close(begins)

    def _bury(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._say(Ended(ended[0], os.waitstatus_to_exitcode(ended[1])))

    def _say(self, message: Message) -> None:
        self._channel.sendall(written(message))


def _noticed(_number: int, _frame: object) -> None:
    """Something must be installed for the wake-up descriptor to be written to."""


def _threads() -> int:
    """Threads of this process as the system counts them: those of libraries written in C, too."""
    with suppress(OSError):
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names are not looked at
    return threading.active_count()


def _resident() -> int:
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    return 0


def main() -> None:
    """Warm up and serve."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    from workers.warming import warm_up  # noqa: PLC0415 - the channel comes first, the seconds of imports after it

    warm_up()
    gc.collect()
    gc.freeze()  # the collector of a child does not touch, and so copy, what it shares with the template
    with suppress(BrokenPipeError, ConnectionResetError):  # the worker is gone
        Template(channel).serve()


if __name__ == "__main__":
    main()
