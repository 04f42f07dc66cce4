"""The address to which a person's browser comes back: on this machine alone, for one answer, with a state of its own.

The state is random, is compared in constant time, and is used up by the first answer that has it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.connecting import Connecting, Consent
from connectors.payload import excerpt
from core.errors import ConfigurationError

HOST = "127.0.0.1"
LONGEST = 8_192
"""Characters of an address; vendors' codes are some hundreds."""
AGAIN = "Begin again with severa-sync connect."
_CODE = re.compile(r"[A-Za-z0-9._~+/=-]{8,4096}")
_DENIED = "access_denied"
"""OAuth's word for a person who does not give consent (RFC 6749, section 4.1.2.1)."""


class ForeignAnswerError(ConfigurationError):
    """What came is no answer to this request: it is left, and the right one may still come."""


class Redirect:
    """One expected answer for one system. `port` is that of the listener, or the one that the address names."""

    def __init__(self, connecting: Connecting[Any], consent: Consent[Any], port: int) -> None:
        self._title = connecting.title
        self._consent = consent
        self._state = secrets.token_urlsafe(32)
        self._used = False
        self.port = port
        self.path = f"/connect/{connecting.system}"

    @property
    def address(self) -> str:
        """The address that the vendor must know, without our state."""
        return f"http://{HOST}:{self.port}{self.path}"

    @property
    def uri(self) -> str:
        """The address with our state, as the vendor is given it."""
        return f"{self.address}?{urlencode({'state': self._state})}"

    def take(self, answer: str) -> str:
        """The code in an answer: the whole address, its path and query, or the code alone.

        Raises ForeignAnswerError for what does not belong to this request and ConfigurationError for a refusal or a
        second answer.
        """
        answer = answer.strip()
        if _CODE.fullmatch(answer) and not answer.startswith("/"):
            self._use()
            return answer
        members = self._members(answer)
        given = members.get("state", "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._state.encode()):
            raise ForeignAnswerError(
                "The answer does not belong to this request.",
                why="Its state is another one: it may be of an earlier try, or somebody else's.",
                todo=AGAIN,
            )
        self._use()
        if (said := members.get("error")) is not None:
            raise self._refused(said)
        for name, wanted in self._consent.success.items():
            if members.get(name) != wanted:
                raise self._refused(members.get(name, ""))
        code = members.get(self._consent.code, "")
        if not _CODE.fullmatch(code):
            raise ConfigurationError(f"{self._title} sent the browser back without a usable code.", todo=AGAIN)
        return code

    def _members(self, answer: str) -> dict[str, str]:
        """The parameters of an address. One that stands there twice is no answer of the vendor."""
        try:
            parts = urlsplit(answer) if len(answer) <= LONGEST else None
            pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20) if parts else []
        except ValueError:
            parts, pairs = None, []
        here = parts is not None and (
            (parts.scheme, parts.netloc) in {("", ""), ("http", f"{HOST}:{self.port}")} and parts.path == self.path
        )
        if not here or len({name for name, _ in pairs}) != len(pairs):
            raise ForeignAnswerError(
                "This is not the address to which the browser was sent.", todo=f"It begins with {self.address}?"
            )
        return dict(pairs)

    def _use(self) -> None:
        if self._used:
            raise ConfigurationError("An answer to this request came already; each is good once.", todo=AGAIN)
        self._used = True

    def _refused(self, said: str) -> ConfigurationError:
        if said == _DENIED:
            why = "The person refused."
        else:
            why = f"It said {excerpt(said, 60)!r}." if said else "It did not say why."
        return ConfigurationError(
            f"{self._title} did not give access.", why=why, todo=f"Consent is given by {self._consent.who}. {AGAIN}"
        )
