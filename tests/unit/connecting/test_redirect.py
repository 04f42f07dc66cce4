"""The address to which a browser comes back: state, path, one use, refusals (ALL-12)."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.connecting.listening import listen, listener
from cli.connecting.redirect import ForeignAnswerError, Redirect
from connectors.poweroffice.connecting import CONNECTING
from core.errors import ConfigurationError

CODE = "c0de-1234567890"
PORT = 40999


def redirect(port: int = PORT) -> Redirect:
    """What is expected of PowerOffice."""
    assert CONNECTING.consent is not None
    return Redirect(CONNECTING, CONNECTING.consent, port)


def good(expected: Redirect) -> str:
    """The address with which PowerOffice sends a browser back."""
    return f"{expected.uri}&status=Success&token={CODE}"


@pytest.mark.parametrize("form", ["whole", "path", "code", "padded"])
def test_the_pasted_address_or_its_code_alone_is_taken(form: str) -> None:
    expected = redirect()
    whole = good(expected)
    answers = {"whole": whole, "path": whole.removeprefix(f"http://127.0.0.1:{PORT}"), "code": CODE}
    assert expected.take(answers.get(form, f"  {whole}\n")) == CODE


def test_every_request_has_a_state_of_its_own_that_cannot_be_guessed() -> None:
    states = {redirect().uri.partition("state=")[2] for _ in range(50)}
    assert len(states) == 50
    assert all(len(state) >= 43 for state in states)  # 32 random bytes


@pytest.mark.parametrize(
    "change",
    [
        lambda uri: uri.replace("state=", "state=x"),
        lambda uri: uri.replace("state=", "other="),
        lambda uri: uri.partition("?")[0] + f"?status=Success&token={CODE}",
        lambda uri: uri + "&state=second",
        lambda uri: uri.replace("127.0.0.1", "localhost"),
        lambda uri: uri.replace("127.0.0.1", "evil.example"),
        lambda uri: uri.replace("http:", "https:"),
        lambda uri: uri.replace(f":{PORT}", ":80"),
        lambda uri: uri.replace("/connect/poweroffice", "/connect/poweroffice/"),
        lambda uri: uri.replace("/connect/poweroffice", "/connect/visma_net"),
        lambda _: "http://[",
        lambda _: "x" * 10_000,
        lambda _: "",
    ],
)
def test_what_does_not_belong_to_the_request_is_left_and_the_right_answer_still_counts(change: Any) -> None:
    """The state, the scheme, the host, the port and the path are compared; nothing may stand there twice."""
    expected = redirect()
    with pytest.raises(ForeignAnswerError) as caught:
        expected.take(change(good(expected)))
    assert CODE not in str(caught.value)
    assert expected.take(good(expected)) == CODE


PIECES = st.lists(
    st.sampled_from(["http://127.0.0.1:40999", "/connect/poweroffice", "?", "&", "=", "state", "token", "%", "[", CODE])
    | st.text(max_size=5),
    max_size=12,
).map("".join)


@given(PIECES)
@settings(max_examples=150, deadline=None)
def test_no_text_without_the_state_is_taken_but_a_plain_code(text: str) -> None:
    """Whatever is pasted or called: it is left, or it is a code that somebody has copied by hand."""
    try:
        code = redirect().take(text)
    except ForeignAnswerError:
        return
    assert code == text.strip()
    assert re.fullmatch(r"[A-Za-z0-9._~+=-][A-Za-z0-9._~+/=-]{7,}", code)


def test_the_answer_of_an_earlier_request_is_not_taken() -> None:
    with pytest.raises(ForeignAnswerError, match="does not belong to this request"):
        redirect().take(good(redirect()))


def test_an_answer_is_good_once() -> None:
    expected = redirect()
    expected.take(good(expected))
    for again in (good(expected), CODE):
        with pytest.raises(ConfigurationError, match="each is good once"):
            expected.take(again)


@pytest.mark.parametrize(
    ("added", "why"),
    [
        ("&error=access_denied", "The person refused."),
        ("&error=server_error&status=Success&token=abcdefgh", "It said 'server_error'."),
        ("&status=IntegrationBlocked", "It said 'IntegrationBlocked'."),
        ("&token=abcdefgh", "It did not say why."),
        ("&status=success&token=abcdefgh", "It said 'success'."),
    ],
)
def test_a_refusal_is_a_clear_error_and_ends_the_request(added: str, why: str) -> None:
    expected = redirect()
    with pytest.raises(ConfigurationError, match="PowerOffice did not give access") as caught:
        expected.take(expected.uri + added)
    assert why in str(caught.value)
    assert "administrator" in str(caught.value)
    with pytest.raises(ConfigurationError, match="each is good once"):
        expected.take(good(expected))


@pytest.mark.parametrize("code", ["", "short", "two words here", "a" * 5000])
def test_a_code_that_cannot_be_one_is_not_sent_on(code: str) -> None:
    expected = redirect()
    with pytest.raises(ConfigurationError, match="without a usable code"):
        expected.take(f"{expected.uri}&status=Success&token={code.replace(' ', '%20')}")


# listening ------------------------------------------------------------------------------------------------------------


class Waiting:
    """A wait in a thread of its own, with what came of it."""

    def __init__(self, seconds: float) -> None:
        at = listener(0)
        self.redirect = redirect(at.getsockname()[1])
        self.outcome: list[str | ConfigurationError] = []
        self._thread = threading.Thread(target=self._wait, args=(at, seconds))
        self._thread.start()

    def _wait(self, at: socket.socket, seconds: float) -> None:
        try:
            self.outcome.append(asyncio.run(listen(self.redirect, at, seconds)))
        except ConfigurationError as error:
            self.outcome.append(error)

    def get(self, url: str, **more: Any) -> httpx.Response:
        """A call of a browser."""
        with httpx.Client(trust_env=False, timeout=10) as browser:
            return browser.request(more.pop("method", "GET"), url, **more)

    def end(self) -> str | ConfigurationError:
        self._thread.join(timeout=30)
        (came,) = self.outcome
        return came


@contextlib.contextmanager
def waiting(seconds: float = 30) -> Iterator[Waiting]:
    wait = Waiting(seconds)
    try:
        yield wait
    finally:
        wait.end()


def test_the_browser_that_comes_back_gets_a_page_without_anything_of_the_address() -> None:
    with waiting() as wait:
        page = wait.get(good(wait.redirect))
        assert wait.end() == CODE
    assert page.status_code == 200
    assert CODE not in page.text
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_others_who_call_are_told_so_and_do_not_end_the_wait() -> None:
    """Another path, another method, another name in Host, a wrong state, no HTTP at all, a call that never ends."""
    with waiting() as wait:
        address = wait.redirect.address
        silent = socket.create_connection(("127.0.0.1", wait.redirect.port))
        assert wait.get(address.replace("/connect/poweroffice", "/favicon.ico")).status_code == 404
        assert wait.get(address + "/").status_code == 404
        assert wait.get(good(wait.redirect), method="POST").status_code == 404
        assert wait.get(good(wait.redirect), headers={"Host": "rebound.example"}).status_code == 404
        assert wait.get(address + f"?state=guess&status=Success&token={CODE}").status_code == 400
        with socket.create_connection(("127.0.0.1", wait.redirect.port)) as noise:
            noise.sendall(b"\0" * 40_000 + b"\r\n\r\n")
            noise.settimeout(10)
            with contextlib.suppress(ConnectionError):
                assert b"200" not in noise.recv(100)
        assert not wait.outcome
        assert wait.get(good(wait.redirect)).status_code == 200
        assert wait.end() == CODE
        silent.close()


def test_a_refusal_ends_the_wait_at_once() -> None:
    with waiting() as wait:
        page = wait.get(wait.redirect.uri + "&status=IntegrationBlocked")
        came = wait.end()
    assert "Not connected" in page.text
    assert isinstance(came, ConfigurationError)
    assert "IntegrationBlocked" in str(came)


def test_nobody_who_comes_is_a_clear_error_that_tells_of_strangers() -> None:
    with waiting(0.6) as wait:
        wait.get(wait.redirect.address + "?state=guess")
        came = wait.end()
    assert isinstance(came, ConfigurationError)
    assert "did not come back within 1 seconds" in str(came)
    assert "a state that is not ours" in str(came)


def test_only_this_machine_can_call_and_a_taken_port_says_what_to_do() -> None:
    with listener(0) as at:
        assert at.getsockname()[0] == "127.0.0.1"
        with pytest.raises(ConfigurationError, match="--callback-port"):
            listener(at.getsockname()[1])
