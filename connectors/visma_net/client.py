"""Visma.net over HTTP: tokens, lists, writes without an answer's body; rows in Visma.net's own shape.

Contract sections 1 to 5 and 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from connectors.answers import unreadable
from connectors.auth import BearerAuth, Token, TokenStore
from connectors.http import Answer, Exchange, Transport
from connectors.quota import Quota
from connectors.tokens import bearer_token
from connectors.values import Rejected, shown, whole
from connectors.visma_net.refusals import classify, classify_token
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import wrapped
from core.errors import BugError, OutcomeUnknownError, TransientError

SYSTEM = "visma_net"
MOST_PAGES = 20_000
"""More than this is no list but an error."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a list, and the vendor's clock (UTC) when the first of them were read."""

    rows: list[Any]
    date: datetime | None = None


class Unauthorised:
    """Calls of Visma Connect carry no token: they ask for one."""

    async def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    async def renew(self, used: Mapping[str, str]) -> None:
        """Nothing to renew."""
        raise BugError(f"a token request was to be authorised with {sorted(used)}", todo="Report it.")

    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()


class VismaNetClient:
    """Calls of one company. Paths are those of the contract, such as `/v1/customer/{customerCd}`."""

    def __init__(
        self,
        settings: VismaNetSettings,
        secret: SecretStr,
        token_store: TokenStore,
        *,
        observer: Callable[[Exchange], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        **transport: Any,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._now = now
        self.quota = Quota("Visma.net", reserve=settings.quota_reserve, longest_wait=settings.longest_wait_seconds)
        self.connect = Transport(
            system="Visma Connect",
            base_url=settings.connect_url,
            auth=Unauthorised(),
            classify=classify_token,
            secrets=(secret,),
            observer=observer,
            seconds_between_bytes=settings.timeout_seconds,
            **transport,
        )
        self.http = Transport(
            system="Visma.net",
            base_url=settings.base_url,
            auth=BearerAuth(SYSTEM, fetch=self._token, store=token_store, now=now),
            classify=classify,
            concurrency=settings.concurrency,
            secrets=(secret,),
            request_id_header="Ipp-Request-Id",
            observer=observer,
            seconds_between_bytes=settings.timeout_seconds,
            longest_wait=settings.longest_wait_seconds,
            heed=self.quota.heed,
            **transport,
        )

    # reading ----------------------------------------------------------------------------------------------------

    async def row(self, path: str, names: Mapping[str, Any] | None = None, **params: Any) -> Mapping[str, Any] | None:
        """One object; None when there is none (404 is a valid answer)."""
        answer = await self._get(path, names, params, allow=(404,))
        if answer.status == 404:
            return None
        if not isinstance(answer.data, Mapping):
            raise unreadable("Visma.net", path, answer, "an object")
        return answer.data

    async def rows(self, path: str, names: Mapping[str, Any] | None = None, **filters: Any) -> Rows:
        """All rows of a paged list. Pages may be smaller than asked for; each row says how large they are at most.

        An answer without rows ends the list, whatever was counted before.
        """
        asked = self._settings.page_size
        found = Rows([])
        before: list[Any] | None = None
        for number in range(1, MOST_PAGES):
            answer = await self._get(path, names, {**filters, "pageNumber": number, "pageSize": asked})
            page = _list(path, answer)
            found = Rows([*found.rows, *page], found.date or answer.date)
            total, largest = _metadata(page)
            size = min(asked, largest) if largest else len(page)
            if not page or (total is not None and number * size >= total):
                return found
            if page == before:
                break
            before = page
        raise TransientError(
            f"Visma.net's list {path} does not end.",
            why="It gave the same page again.",
            todo="It is read again in the next cycle.",
        )

    async def whole(self, path: str, names: Mapping[str, Any] | None = None, **filters: Any) -> Rows:
        """All rows of a list that is not paged."""
        answer = await self._get(path, names, filters)
        return Rows(_list(path, answer), answer.date)

    async def records(self, path: str, **filters: Any) -> Rows:
        """All rows of a list whose pages come in a wrapper with a count."""
        found = Rows([])
        for number in range(1, MOST_PAGES):
            answer = await self._get(
                path, None, {**filters, "pageNumber": number, "pageSize": self._settings.page_size}
            )
            wrapper = answer.data if isinstance(answer.data, Mapping) else {}
            page = wrapper.get("records")
            if not isinstance(page, list):
                raise unreadable("Visma.net", path, answer, "a list of records")
            found = Rows([*found.rows, *page], found.date or answer.date)
            total = wrapper.get("totalCount")
            if not page or not isinstance(total, int) or len(found.rows) >= total:
                return found
        raise TransientError(f"Visma.net's list {path} does not end.", todo="It is read again in the next cycle.")

    async def content(self, path: str, names: Mapping[str, Any]) -> bytes | None:
        """A file's bytes; None when there is no such file."""
        self.quota.require(new_work=True)
        answer = await self.http.call("GET", path, path=names, headers={"Accept": "*/*"}, allow=(404,), as_bytes=True)
        return None if answer.status == 404 else answer.data

    # writing ----------------------------------------------------------------------------------------------------

    async def create(self, path: str, members: Mapping[str, Any], names: Mapping[str, Any] | None = None) -> str:
        """POST dotted members; the number or id at the end of `Location`. OutcomeUnknownError without one."""
        self.quota.require(new_work=False)
        answer = await self.http.call(
            "POST", path, path=names, json=wrapped(members), seconds=self._settings.write_timeout_seconds
        )
        return _located(path, answer)

    async def change(
        self, path: str, members: Mapping[str, Any], names: Mapping[str, Any], version: str | None = None
    ) -> None:
        """PUT dotted members. ChangedMeanwhileError when `version` is not the object's any more, where that counts."""
        self.quota.require(new_work=False)
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        await self.http.call(
            "PUT",
            path,
            path=names,
            json=wrapped(members),
            headers=headers,
            seconds=self._settings.write_timeout_seconds,
        )

    async def remove(self, path: str, names: Mapping[str, Any]) -> bool:
        """DELETE; False when there was nothing to delete."""
        self.quota.require(new_work=False)
        answer = await self.http.call(
            "DELETE", path, path=names, allow=(404,), seconds=self._settings.write_timeout_seconds
        )
        return answer.status != 404

    async def act(self, path: str, names: Mapping[str, Any]) -> Mapping[str, Any]:
        """POST an action; its result. OutcomeUnknownError when the answer was lost or says nothing."""
        self.quota.require(new_work=False)
        answer = await self.http.call("POST", path, path=names, json={}, seconds=self._settings.write_timeout_seconds)
        if not isinstance(answer.data, Mapping):
            raise OutcomeUnknownError(
                f"Visma.net answered POST {path} ({answer.status}) without a result.",
                why=f"The answer is {shown(answer.data)}.",
                todo="The document is looked at before anything else.",
            )
        return answer.data

    async def upload(self, path: str, names: Mapping[str, Any], body: bytes, content_type: str) -> str:
        """POST a multipart body; the id of what was uploaded. The same name again is a new revision."""
        self.quota.require(new_work=False)
        answer = await self.http.call(
            "POST",
            path,
            path=names,
            content=body,
            content_type=content_type,
            seconds=self._settings.write_timeout_seconds,
        )
        return _located(path, answer)

    async def close(self) -> None:
        """Close connections."""
        await self.http.close()
        await self.connect.close()

    # ------------------------------------------------------------------------------------------------------------

    async def _get(
        self, path: str, names: Mapping[str, Any] | None, params: Mapping[str, Any], *, allow: Sequence[int] = ()
    ) -> Answer:
        self.quota.require(new_work=False)
        return await self.http.call("GET", path, path=names, params=params, allow=allow)

    async def _token(self) -> Token:
        asked_at = self._now()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._secret.get_secret_value(),
            "scope": " ".join(self._settings.scopes),
            "tenant_id": self._settings.tenant_id,
        }
        answer = await self.connect.call("POST", "/connect/token", form=form, authorised=False, repeat=True)
        value, seconds = bearer_token(answer.data, "Visma Connect")
        return Token(value, asked_at + timedelta(seconds=seconds * self._settings.token_share))


def _list(path: str, answer: Answer) -> list[Any]:
    if not isinstance(answer.data, list):
        raise unreadable("Visma.net", path, answer, "a list")
    return answer.data


def _metadata(page: Sequence[Any]) -> tuple[int | None, int | None]:
    """(how many rows there are in all, how large a page may be) as the first usable row of a page says."""
    for row in page:
        metadata = row.get("metadata") if isinstance(row, Mapping) else None
        if isinstance(metadata, Mapping):
            return _count(metadata.get("totalCount")), _count(metadata.get("maxPageSize")) or None
    return None, None


def _count(value: Any) -> int | None:
    try:
        found = whole(value)
    except Rejected:
        return None
    return found if found is not None and found >= 0 else None


def _located(path: str, answer: Answer) -> str:
    """The last segment of `Location`; the rest of it may name another host or version (contract section 8)."""
    place = urlsplit(answer.headers.get("Location", "").strip()).path.rstrip("/")
    name = unquote(place.rpartition("/")[2]).strip()
    if not name or not name.isprintable():
        raise OutcomeUnknownError(
            f"Visma.net answered POST {path} ({answer.status}) without saying what it made.",
            why="The answer has no Location.",
            todo="It is looked up before anything else.",
        )
    return name
