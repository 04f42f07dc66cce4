"""Severa over HTTP: access tokens, the two kinds of paging, PATCH. Rows are the vendor's own.

Contract sections 1 to 4 and 7.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import SecretStr

from connectors.auth import BearerAuth, MemoryTokenStore, Token, TokenStore
from connectors.http import Answer, Exchange, Transport
from connectors.pace import Pace
from connectors.severa.errors import classify, reason_of
from connectors.severa.settings import SeveraSettings
from connectors.together import each
from connectors.values import Rejected, instant, shown, whole
from core.errors import BadDataError, ConfigurationError, TransientError

SHORTEST_PAGE = 20
"""The vendor's default page size: a page with fewer rows is the last one, whatever maximum a list has."""
LONGEST_WAVE = 4
"""Pages of a first-row list that are asked for at once, at most."""
READS_OF_A_SHIFTING_LIST = 3
"""How often a first-row list is begun when its rows move while it is read."""


class Paging(StrEnum):
    """How a list is paged (contract section 3)."""

    TOKEN = "token"  # noqa: S105 - a kind of paging
    FIRST_ROW = "first row"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, as the vendor sent them, and the vendor's clock when it answered (UTC)."""

    rows: list[Any]
    date: datetime | None


class _ShiftedError(Exception):
    """Rows of a list moved between two of its pages."""


class SeveraClient:
    """One Severa organisation over HTTP."""

    def __init__(
        self,
        settings: SeveraSettings,
        secret: SecretStr,
        token_store: TokenStore | None = None,
        *,
        observer: Callable[[Exchange], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        **transport: Any,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._now = now
        self.auth = BearerAuth(
            "severa",
            fetch=self._token,
            store=token_store or MemoryTokenStore(),
            fixed={"Client_Id": settings.client_id},
            now=now,
        )
        self.http = Transport(
            system="Severa",
            base_url=settings.base_url,
            auth=self.auth,
            classify=classify,
            concurrency=settings.concurrency,
            secrets=(secret,),
            observer=observer,
            seconds_between_bytes=settings.timeout_seconds,
            **({"pace": Pace(settings.calls_per_second)} | transport),
        )

    async def get(self, template: str, *, allow: Sequence[int] = (), **path: str) -> Answer:
        """GET of one object."""
        return await self.http.call("GET", template, path=path, allow=allow)

    async def one(self, template: str, **path: str) -> Any | None:
        """One object; None when Severa answers 404. TransientError when it answers nothing: that proves no absence."""
        answer = await self.get(template, allow=(404,), **path)
        if answer.status == 404:
            return None
        if answer.data is None:
            raise _unreadable(template, answer, "an object")
        return only(answer.data)

    async def post(self, template: str, body: Any, **path: str) -> Any:
        """POST; the created object, of the one-element array where the vendor answers with one."""
        return only((await self.http.call("POST", template, json=body, path=path)).data)

    async def patch(self, template: str, members: Mapping[str, Any], **path: str) -> Any:
        """PATCH by Replace operations, in the order of `members` (dotted member -> value); the updated object."""
        operations = [
            {"op": "Replace", "path": "/" + name.replace(".", "/"), "value": value} for name, value in members.items()
        ]
        return only((await self.http.call("PATCH", template, json=operations, path=path)).data)

    async def delete(self, template: str, **path: str) -> None:
        """DELETE; 404 means it is done already."""
        await self.http.call("DELETE", template, path=path, allow=(404,))

    def pages(
        self, template: str, paging: Paging, params: Mapping[str, Any] | None = None, **path: str
    ) -> AsyncGenerator[Page, None]:
        """The pages of a list, in order. There is always at least one, perhaps empty."""
        read = {Paging.TOKEN: self._by_token, Paging.FIRST_ROW: self._by_first_row, Paging.NONE: self._unpaged}[paging]
        return read(template, dict(params or {}), path)

    async def rows(
        self, template: str, paging: Paging, params: Mapping[str, Any] | None = None, **path: str
    ) -> list[Any]:
        """All rows of a list, each once: a list that was begun anew brings some of them again, the later one counts."""
        found: dict[Any, Any] = {}
        async for page in self.pages(template, paging, params, **path):
            for row in page.rows:
                found[_guid(row) or len(found)] = row
        return list(found.values())

    async def _by_token(
        self, template: str, params: dict[str, Any], path: dict[str, str]
    ) -> AsyncGenerator[Page, None]:
        """A short page is not the end; the absence of NextPageToken is. A token refused restarts the list once."""
        token: str | None = None
        restarted = False
        used: set[str] = set()
        while True:
            asked = {"rowCount": self._settings.page_size, **params, "pageToken": token}
            try:
                answer = await self.http.call("GET", template, path=path, params=asked)
            except BadDataError:
                if token is None or restarted:
                    raise
                token, restarted, used = None, True, set()
                continue
            yield Page(_list(template, answer), answer.date)
            token = answer.headers.get("NextPageToken") or None
            if token is None:
                return
            if token in used:
                raise TransientError(
                    f"Severa gave the same page of {template} twice.",
                    why="Its page token did not move.",
                    todo="It is read again in the next cycle.",
                )
            used.add(token)

    async def _by_first_row(
        self, template: str, params: dict[str, Any], path: dict[str, str]
    ) -> AsyncGenerator[Page, None]:
        """The pages; begun anew when rows came or went before a page's border while it was read."""
        for _ in range(READS_OF_A_SHIFTING_LIST):
            try:
                async for page in self._standing_still(template, params, path):
                    yield page
            except _ShiftedError:
                continue
            return
        raise TransientError(
            f"Severa's list {template} changed each time while it was read.",
            todo="It is read again in the next cycle.",
        )

    async def _standing_still(
        self, template: str, params: dict[str, Any], path: dict[str, str]
    ) -> AsyncGenerator[Page, None]:
        """The first page tells how many rows a page has; then pages are asked for in growing waves.

        Each begins with the last row of the one before: where that is another row by now, the list has shifted, and
        a row that lies on the border would be left out. _ShiftedError then.
        """

        async def ask(first_row: int) -> Page:
            asked = {"firstRow": first_row, "rowCount": self._settings.page_size, **params}
            answer = await self.http.call("GET", template, path=path, params=asked)
            return Page(_list(template, answer), answer.date)

        page = await ask(0)
        yield page
        step = at = len(page.rows)
        last = page.rows[-1] if page.rows else None
        wave = 2 if step == self._settings.page_size else 1
        while step >= SHORTEST_PAGE:
            waves = await each(ask, [at - 1 + (step - 1) * number for number in range(wave)])
            for page in waves:
                if not page.rows or not _same_row(page.rows[0], last):
                    raise _ShiftedError
                last = page.rows[-1]
                at += len(page.rows) - 1
                if len(page.rows) > 1:
                    yield Page(page.rows[1:], page.date)
                if len(page.rows) < SHORTEST_PAGE:
                    return
                if len(page.rows) != step:  # the later pages of this wave stand at other offsets
                    step, wave = len(page.rows), 1
                    break
            else:
                wave = min(wave * 2, LONGEST_WAVE)

    async def _unpaged(self, template: str, params: dict[str, Any], path: dict[str, str]) -> AsyncGenerator[Page, None]:
        answer = await self.http.call("GET", template, path=path, params=params)
        yield Page(_list(template, answer), answer.date)

    async def _token(self) -> Token:
        """A new access token: scopes joined by commas, on a refusal once by blanks (contract section 2)."""
        asked = self._settings.scopes
        for separator in (",", " "):
            body = {
                "client_id": self._settings.client_id,
                "client_secret": self._secret.get_secret_value(),
                "scope": separator.join(asked),
            }
            answer = await self.http.call(
                "POST", "/v1/token", json=body, authorised=False, repeat=True, allow=(400, 401, 403)
            )
            if answer.status == 401:
                raise ConfigurationError(
                    "Severa does not accept the client id and the client secret.",
                    todo="Check severa.client_id and severa.client_secret in the tenant's file.",
                )
            if answer.status < 300:
                return self._checked(answer.data)
        raise ConfigurationError(
            "Severa refused to give an access token.",
            why=reason_of(answer.data),
            todo="Check severa.scopes against the scopes of the API credentials in Severa.",
        )

    def _checked(self, data: Any) -> Token:
        value = data.get("access_token") if isinstance(data, Mapping) else None
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
            raise TransientError("Severa answered the token request without a token.")
        granted = data.get("scope")
        if isinstance(granted, str) and granted.strip():
            missing = sorted(set(self._settings.scopes) - set(granted.replace(",", " ").split()))
            if missing:
                raise ConfigurationError(
                    f"Severa did not grant {', '.join(missing)}.",
                    todo="Add the scopes to the API credentials in Severa, or take them out of severa.scopes.",
                )
        return Token(value, self._now() + self._lifetime(data) * self._settings.token_share)

    def _lifetime(self, data: Mapping[str, Any]) -> timedelta:
        """The earlier of the two ends that the answer states; the setting when it states none."""
        lives: list[timedelta] = []
        try:
            seconds, end = whole(data.get("access_token_expires_in")), instant(data.get("access_token_expires_utc"))
        except Rejected:
            seconds = end = None
        if seconds is not None and 0 < seconds < 10**9:
            lives.append(timedelta(seconds=seconds))
        if end is not None and end > self._now():
            lives.append(end - self._now())
        return min(lives, default=timedelta(seconds=self._settings.token_default_seconds))


def _guid(row: Any) -> str | None:
    """What a row is known by; None for one that breaks the contract."""
    guid = row.get("guid") if isinstance(row, Mapping) else None
    return guid if isinstance(guid, str) and guid else None


def _same_row(one: Any, other: Any) -> bool:
    known = _guid(one)
    return one == other if known is None else known == _guid(other)


def only(data: Any) -> Any:
    """The object of an answer, which may come as itself or as an array of one (contract section 7)."""
    return data[0] if isinstance(data, list) and data else data


def _list(template: str, answer: Answer) -> list[Any]:
    """The rows of an answer. Severa's empty list is `[]` (contract section 3): no body does not mean no rows."""
    if not isinstance(answer.data, list):
        raise _unreadable(template, answer, "a list")
    return answer.data


def _unreadable(template: str, answer: Answer, wanted: str) -> TransientError:
    came = "nothing" if answer.data is None else shown(answer.data)
    return TransientError(
        f"Severa did not answer GET {template} properly.",
        why=f"Its answer ({answer.status}) is {came}, where {wanted} was expected.",
        todo="It is read again in the next cycle.",
    )


def moment(since: datetime | None) -> str | None:
    """An instant as Severa's filters take it: UTC, whole seconds (rounded down: the filter is inclusive)."""
    return None if since is None else since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
