"""Of all callers and processes that need a new access token at once, one asks the vendor (ALL-12)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from state.processes import Holder
from state.store import Store, TenantState
from state.tokens import RENEWAL_SECONDS, StoredToken
from tests.support.prepared import Prepared, prepared

PROCESSES = 4


@dataclass
class Vendor:
    """Gives out tokens t1, t2 .. slowly, so that everybody else has asked before the first answer; or refuses."""

    url: str = ""
    seconds: float = 0.4
    refuses: bool = False
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self) -> tuple[int, bytes]:
        """One token call."""
        with self.lock:
            self.asked += 1
            number = self.asked
        time.sleep(self.seconds)
        return (400, b"no") if self.refuses else (200, f"t{number}".encode())


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A token endpoint on loopback that counts."""
    found = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = found.answer()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                return  # the process that asked was killed

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/token"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def process(*arguments: str) -> AbstractContextManager[Prepared]:
    """A process of `tests.support.renewing`, ready to go; it tells what its callers got."""
    return prepared("tests.support.renewing", *arguments)


def test_many_processes_that_need_a_token_at_once_make_one_call(url: str, vendor: Vendor) -> None:
    Store.open(url).close()
    with ExitStack() as stack:
        running = [stack.enter_context(process(url, vendor.url)) for _ in range(PROCESSES)]
        for one in running:
            one.go()
        got = {header for one in running for header in one.told()}
    assert vendor.asked == 1
    assert got == {"Bearer t1"}


@pytest.mark.thorough
def test_many_processes_whose_token_was_refused_make_one_call(url: str, vendor: Vendor) -> None:
    store = Store.open(url)
    good = StoredToken("old", datetime.now(UTC) + timedelta(hours=1))
    store.tenant("fjord").tokens.put("severa", good, secret="the client secret")
    store.close()
    with ExitStack() as stack:
        running = [stack.enter_context(process(url, vendor.url, "old")) for _ in range(PROCESSES)]
        for one in running:
            one.go()
        got = {header for one in running for header in one.told()}
    assert vendor.asked == 1
    assert got == {"Bearer t1"}


def test_a_process_that_dies_while_it_asks_is_replaced_at_once(sqlite_url: str, vendor: Vendor) -> None:
    Store.open(sqlite_url).close()
    vendor.seconds = 1.0
    with process(sqlite_url, vendor.url) as first, process(sqlite_url, vendor.url) as second:
        first.go()
        wait_until(lambda: vendor.asked == 1)
        second.go()
        first.kill()
        began = time.monotonic()
        assert set(second.told()) == {"Bearer t2"}
        assert time.monotonic() - began < 10
    assert vendor.asked == 2


def test_refused_credentials_are_tried_once_by_each_process(sqlite_url: str, vendor: Vendor) -> None:
    """One by one, and no caller a second time."""
    Store.open(sqlite_url).close()
    vendor.refuses, vendor.seconds = True, 0.05
    with process(sqlite_url, vendor.url) as first, process(sqlite_url, vendor.url) as second:
        for one in (first, second):
            one.go()
        assert {*first.told(), *second.told()} == {"The credentials were refused."}
    assert vendor.asked == 2


def wait_until(met: Callable[[], bool]) -> None:
    """Poll for at most ten seconds."""
    end = time.monotonic() + 10
    while not met():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_claim_keeps_others_away_until_it_is_released_or_old(state: TenantState, clock: object) -> None:
    """Another machine's process cannot be looked at: its claim ends by itself."""
    mine, other = Holder.this_process("mine"), replace(Holder.this_process("other"), host="elsewhere", boot="another")
    assert state.tokens.claim("severa", other)
    assert state.tokens.claim("severa", other)
    assert not state.tokens.claim("severa", mine)
    assert state.tokens.claim("poweroffice", mine)
    state.tokens.release("severa", mine)
    assert not state.tokens.claim("severa", mine)
    clock.advance(seconds=RENEWAL_SECONDS)  # type: ignore[attr-defined]
    assert state.tokens.claim("severa", mine)
    state.tokens.release("severa", other)
    assert not state.tokens.claim("severa", other)
    state.tokens.release("severa", mine)
    assert state.tokens.claim("severa", other)


def test_a_preview_does_not_wait_for_the_renewal_of_a_run(store: Store, state: TenantState) -> None:
    """It works on a copy, in which that renewal would never end."""
    assert state.tokens.claim("severa", Holder.this_process("a run"))
    assert store.tenant("fjord", preview=True).tokens.claim("severa", Holder.this_process("a preview"))
