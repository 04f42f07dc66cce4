"""The one transport: every HTTP call to a vendor goes through it.

It authorises (and renews the token once after a 401), paces, limits concurrency, repeats what may be repeated, reads
JSON with Decimals, counts and reports exchanges, and turns every failure into an error of `core.errors`:

* no connection was made: nothing was sent, any method is tried three times, then TransientError
* 429: not executed; all calls hold back, the call is repeated, in the end RateLimitedError
* time-out, broken connection, unreadable answer, and what the vendor's table calls transient: tried three times, then
  TransientError; a POST is not repeated: OutcomeUnknownError (law 1)
* everything else: what the vendor's table says (`Refused` -> SyncError)
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from connectors.answers import Answer, BrokenError, Exchange, Refused, Sight, Trouble, retry_after
from connectors.auth import Authorise
from connectors.dry import NotSentError, is_dry
from connectors.pace import Pace, Sleep
from connectors.payload import LARGEST_BODY, UnreadableError, decode, encode, excerpt, redact, spellings
from core.errors import ConfigurationError, OutcomeUnknownError, RateLimitedError, SyncError, TransientError

__all__ = ["Answer", "Exchange", "Refused", "Transport"]

TRIES = 3
TRIES_WHEN_LIMITED = 8
FIRST_WAIT = 0.5
"""Seconds before the second try, about; before the third it is twice as long."""
SECONDS_TO_CONNECT = 10.0
SECONDS_BETWEEN_BYTES = 60.0
SECONDS_IN_ALL = 180.0
JSON = "application/json"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing; every other authorised call is a write."""


@cache
def _tls() -> ssl.SSLContext:
    """One context for all transports: reading the certificates takes tens of milliseconds."""
    return httpx.create_ssl_context()


class Transport:
    """Calls one vendor system at one base URL. `system` is its name for people.

    `classify` is the vendor's table of errors. `calls` counts exchanges by method and path template, repeats included.
    `longest_wait`: a vendor that asks for a longer pause (seconds) is not asked again (RateLimitedError).
    `heed` is told status and headers of every answer, such as what is left of an allowance.
    """

    def __init__(
        self,
        *,
        system: str,
        base_url: str,
        auth: Authorise,
        classify: Callable[[Refused], SyncError],
        pace: Pace | None = None,
        concurrency: int = 8,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[SecretStr] = (),
        request_id_header: str | None = None,
        observer: Callable[[Exchange], None] | None = None,
        largest_body: int = LARGEST_BODY,
        seconds_between_bytes: float = SECONDS_BETWEEN_BYTES,
        longest_wait: float | None = None,
        heed: Callable[[int, httpx.Headers], None] | None = None,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.system = system
        self.calls: Counter[tuple[str, str]] = Counter()
        self._base = base_url.rstrip("/")
        self._base_path = "".join(self._base.partition("://")[2].partition("/")[1:])
        self._auth = auth
        self._classify = classify
        self._pace = pace or Pace(sleep=sleep)
        self._gate = asyncio.Semaphore(concurrency)
        self._secrets = tuple(secrets)
        self._request_id_header = request_id_header
        self._observer = observer
        self._largest_body = largest_body
        self._longest_wait = longest_wait
        self._heed = heed
        self._sleep = sleep
        self._jitter = jitter
        self._headers = {
            "Accept": JSON,
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": "severa-sync",
            **(headers or {}),
        }
        self._timeout = httpx.Timeout(seconds_between_bytes, connect=SECONDS_TO_CONNECT, pool=None)
        self._spellings: tuple[tuple[str, ...], list[str]] | None = None
        self._clients: list[httpx.AsyncClient] = []
        self._free: list[httpx.AsyncClient] = []

    async def call(
        self,
        method: str,
        template: str,
        *,
        path: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = JSON,
        headers: Mapping[str, str] | None = None,
        allow: Sequence[int] = (),
        authorised: bool = True,
        repeat: bool | None = None,
        seconds: float | None = None,
        as_bytes: bool = False,
    ) -> Answer:
        """Make a call and return its answer.

        `template` follows the base URL, with `{name}` for each entry of `path`. Parameters that are None are left out,
        those that are lists repeat their name. `json` is sent when it is not None. Statuses in `allow` are returned
        instead of raised, with the parsed body where it can be read. `repeat` says whether a call that may have been
        executed may be sent again; by default everything but POST. `content` is a body that is no JSON, of
        `content_type`. `seconds` is how long to wait for this answer, where the usual time is not it. `as_bytes` leaves
        the body of a good answer as it is. Where nothing may be written (`connectors.dry`) a write is NotSentError.
        """
        writes = authorised and method not in READS
        if writes and is_dry():
            raise NotSentError(f"{self.system}: {method} {template}")
        url = self._base + (
            template.format_map({k: quote(str(v), safe="") for k, v in path.items()}) if path else template
        )
        body = content if json is None else encode(json)
        fixed = dict(headers or {}) if body is None else {**(headers or {}), "Content-Type": content_type}
        query = {name: value for name, value in params.items() if value is not None} if params else None
        may_repeat = method != "POST" if repeat is None else repeat
        timeout = self._timeout if seconds is None else httpx.Timeout(seconds, connect=SECONDS_TO_CONNECT, pool=None)
        renewed, tries, limited = False, 0, 0
        while True:
            authority = await self._auth.headers() if authorised else {}
            try:
                request = httpx.Request(
                    method,
                    url,
                    params=query,
                    content=body,
                    data=form,
                    headers={**self._headers, **fixed, **authority},
                    extensions={"timeout": timeout.as_dict()},
                )
            except (httpx.InvalidURL, UnicodeEncodeError) as error:
                raise self._no_address(error) from None
            got = await self._once(request, template, allow, writes=writes, as_bytes=as_bytes)
            if isinstance(got, Answer):
                return got
            if got.status == 401 and authorised and not renewed:
                renewed = True
                await self._auth.renew(authority)
            elif isinstance(got.error, RateLimitedError) and got.worth_waiting and limited < TRIES_WHEN_LIMITED - 1:
                limited += 1
            elif isinstance(got.error, TransientError) and got.sent and not may_repeat:
                raise OutcomeUnknownError(
                    f"{self.system} did not say whether {method} {template} was carried out.",
                    why=got.error.why or got.error.what,
                    request_id=got.error.request_id,
                )
            elif isinstance(got.error, TransientError) and tries < TRIES - 1:
                tries += 1
                await self._sleep(FIRST_WAIT * 2 ** (tries - 1) * (0.5 + self._jitter()))
            else:
                raise got.error

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.aclose()

    def redacted(self, text: str) -> str:
        """A text without anything secret that this transport knows of."""
        return redact(text, (*(secret.get_secret_value() for secret in self._secrets), *self._auth.secrets()))

    async def _once(
        self, request: httpx.Request, template: str, allow: Sequence[int], *, writes: bool, as_bytes: bool
    ) -> Answer | Trouble:
        """One exchange, and the observer is told of it however it ends."""
        seen = Sight()
        got: Answer | Trouble | None = None
        try:
            got = await self._tried(request, template, allow, seen, as_bytes=as_bytes)
        except SyncError as error:
            seen.error = error
            raise
        finally:
            if self._observer and seen.milliseconds is not None:
                self._observer(self._seen(request, template, seen, got, writes=writes))
        return got

    def _seen(
        self, request: httpx.Request, template: str, seen: Sight, got: Answer | Trouble | None, *, writes: bool
    ) -> Exchange:
        error = got.error if isinstance(got, Trouble) else seen.error
        if not writes:
            milliseconds = seen.milliseconds or 0.0
            return Exchange(request.method, template, seen.status, milliseconds, error=error, waited=seen.waited)
        json = "json" in request.headers.get("Content-Type", "")
        body = self._without_secrets(request.content.decode("utf-8", "replace")) if json else None
        target = request.url.raw_path.decode("ascii").partition("?")[0].removeprefix(self._base_path)
        return Exchange(
            request.method,
            template,
            seen.status,
            seen.milliseconds or 0.0,
            writes=True,
            sent=seen.sent,
            target=self._without_secrets(target),
            body=body,
            error=error,
            answer=got.data if isinstance(got, Answer) else None,
            waited=seen.waited,
        )

    def _without_secrets(self, text: str) -> str:
        """A text, JSON perhaps, in which every secret that this transport knows of gave way to `***`."""
        tokens = self._auth.secrets()
        if self._spellings is None or self._spellings[0] != tokens:
            secrets = (*(each.get_secret_value() for each in self._secrets), *tokens)
            self._spellings = tokens, sorted({way for each in secrets if each for way in spellings(each)}, key=len)
        for written in reversed(self._spellings[1]):
            if written in text:
                text = text.replace(written, "***")
        return text

    async def _tried(
        self, request: httpx.Request, template: str, allow: Sequence[int], seen: Sight, *, as_bytes: bool
    ) -> Answer | Trouble:
        """The answer to return, or what stood in its way."""
        call = f"{request.method} {template}"
        try:
            response, content, sent_at = await self._exchange(request, template, seen)
            if self._heed:
                self._heed(response.status_code, response.headers)
            if response.is_success:
                data = content if as_bytes else decode(content)
                answer = Answer(response.status_code, response.headers, data)
                self._pace.accepted(sent_at)
                return answer
        except UnreadableError as unreadable:
            why = f"Its answer ({response.status_code}) is unreadable: {unreadable}."
            return Trouble(TransientError(f"{self.system} did not answer {call} properly.", why=why))
        except BrokenError as broken:
            seen.sent = broken.sent
            error = TransientError(f"{self.system} did not answer {call} properly.", why=f"{broken.why.rstrip('.')}.")
            return Trouble(error, sent=broken.sent)
        wait = retry_after(response.headers) if response.status_code == 429 else None
        worth_waiting = wait is None or self._longest_wait is None or wait <= self._longest_wait
        if response.status_code == 429:
            if worth_waiting:
                await self._pace.refused(sent_at, wait)
        else:
            self._pace.accepted(sent_at)
            if response.status_code in allow:
                data = None
                with suppress(UnreadableError):
                    data = decode(content)
                return Answer(response.status_code, response.headers, data)
        refusal = self._error(request.method, call, response, content)
        return Trouble(refusal, status=response.status_code, worth_waiting=worth_waiting)

    async def _exchange(
        self, request: httpx.Request, template: str, seen: Sight
    ) -> tuple[httpx.Response, bytes, float]:
        """Send once and read the body; counts the call."""
        async with self._gate:
            asked = time.perf_counter()
            sent_at = await self._pace.turn()
            seen.waited = time.perf_counter() - asked
            self.calls[request.method, template] += 1
            began = time.perf_counter()
            in_all = max(SECONDS_IN_ALL, request.extensions["timeout"]["read"] + SECONDS_TO_CONNECT)
            try:
                async with asyncio.timeout(in_all), self._connection() as client:
                    response = await client.send(request, stream=True)
                    try:
                        content = await self._body(response)
                    finally:
                        await response.aclose()
                seen.status = response.status_code
            except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
                raise self._no_address(error) from None
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
                raise BrokenError(self._words(error, "no connection"), sent=False) from error
            except TimeoutError as error:
                raise BrokenError(f"no complete answer in {in_all:.0f} s", sent=True) from error
            except httpx.RequestError as error:
                raise BrokenError(self._words(error, "the connection broke"), sent=True) from error
            finally:
                seen.milliseconds = (time.perf_counter() - began) * 1000
            return response, content, sent_at

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client with one connection, the one that was used last.

        One pool for all would ask each of its idle connections at every call whether it still stands: with eight
        connections that is a third of a call's CPU time.
        """
        if self._free:
            client = self._free.pop()
        else:
            client = httpx.AsyncClient(
                verify=_tls(),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=4),
                follow_redirects=False,
            )
            self._clients.append(client)
        try:
            yield client
        finally:
            self._free.append(client)

    async def _body(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._largest_body:
                raise BrokenError(f"the answer is larger than {self._largest_body} bytes", sent=True)
            parts.append(part)
        return b"".join(parts)

    def _error(self, method: str, call: str, response: httpx.Response, content: bytes) -> SyncError:
        status = response.status_code
        if response.is_redirect:
            return self._no_address(f"{call} was redirected ({status})")
        text = excerpt(self.redacted(content[:4000].decode("utf-8", "replace")))
        request_id = response.headers.get(self._request_id_header) if self._request_id_header else None
        request_id = excerpt(request_id, 60) if request_id else None
        if status == 429:
            what = f"{self.system} refused {call} for too many calls."
            return RateLimitedError(what, why=text, request_id=request_id)
        data = None
        with suppress(UnreadableError):
            data = decode(self.redacted(content.decode("utf-8", "replace")).encode())
        return self._classify(Refused(self.system, call, method, status, data, text, request_id))

    def _words(self, error: Exception, otherwise: str) -> str:
        said = excerpt(self.redacted(str(error)), 120)
        return f"{otherwise} ({type(error).__name__}{': ' + said if said else ''})"

    def _no_address(self, error: Exception | str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.system} cannot be called at {redact(self._base)}.",
            why=excerpt(self.redacted(str(error)), 160) + ".",
            todo="Correct base_url in the tenant's file.",
        )
