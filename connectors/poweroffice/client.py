"""PowerOffice Go over HTTP: tokens, paging, JSON Patch; rows in PowerOffice's own shape (contract sections 1 to 5)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from connectors.answers import unreadable
from connectors.auth import BearerAuth, Token, TokenStore
from connectors.budgets import OpenBudget, SharedPace, key_of
from connectors.http import Answer, Exchange, Transport
from connectors.pace import Pace
from connectors.poweroffice.refusals import TOKEN, classify
from connectors.poweroffice.settings import PowerOfficeSettings
from connectors.tokens import bearer_token
from connectors.values import shown
from core.errors import OutcomeUnknownError, TransientError

SYSTEM = "poweroffice"
PATCH_TYPE = "application/json-patch+json"
READS_OF_A_SHIFTING_LIST = 3
JUST_BEFORE = timedelta(microseconds=1)
"""Every `...GreaterThan` filter is exclusive; boundaries of ours are inclusive."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The three keys. Application and subscription key belong to the product, the client key to the tenant."""

    application_key: SecretStr
    client_key: SecretStr
    subscription_key: SecretStr


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a list, and PowerOffice's clock (UTC) when the first of them were read."""

    rows: list[Any]
    started: datetime | None = None


def after(instant: datetime) -> str:
    """The value of a `...GreaterThan` filter that finds everything at or after `instant` (aware)."""
    return (instant.astimezone(UTC) - JUST_BEFORE).isoformat(timespec="microseconds")


def operations(members: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A JSON Patch of dotted members: None removes, an object is added whole, everything else replaces."""
    patch: list[dict[str, Any]] = []
    for name, value in members.items():
        path = "/" + name.replace(".", "/")
        if value is None:
            patch.append({"op": "remove", "path": path})
        else:
            patch.append({"op": "add" if isinstance(value, Mapping) else "replace", "path": path, "value": value})
    return patch


class PowerOfficeClient:
    """Calls of PowerOffice Go. Paths are templates below `base_url` without `/v2`, such as `/Customers/{id}`."""

    def __init__(
        self,
        settings: PowerOfficeSettings,
        keys: Keys,
        token_store: TokenStore,
        *,
        observer: Callable[[Exchange], None] | None = None,
        budget: OpenBudget | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self._now = now
        self._margin = settings.token_margin_seconds
        self._page_size = settings.page_size
        self.transport = Transport(
            system="PowerOffice",
            base_url=settings.base_url,
            auth=BearerAuth(SYSTEM, fetch=self._token, store=token_store, now=now),
            classify=classify,
            pace=_pace(settings.calls_per_second, keys, budget),
            concurrency=settings.concurrency,
            headers={"Ocp-Apim-Subscription-Key": keys.subscription_key.get_secret_value()},
            secrets=(keys.application_key, keys.client_key, keys.subscription_key),
            observer=observer,
            seconds_between_bytes=settings.timeout_seconds,
        )

    async def rows(self, path: str, **filters: Any) -> Rows:
        """All rows of a list; 204 is an empty one. Read again when an Id repeats: the list shifted between pages."""
        for _ in range(READS_OF_A_SHIFTING_LIST):
            rows: list[Any] = []
            seen: set[Any] = set()
            started: datetime | None = None
            number = 1
            while True:
                page = await self._page(path, {**filters, "PageNumber": number, "PageSize": self._page_size})
                started = started or page.started
                rows += page.rows
                last = len(page.rows) < self._page_size
                shifted = not (number == 1 and last) and _repeats(page.rows, seen)
                if shifted or last:
                    break
                seen.update(_ids(page.rows))
                number += 1
            if not shifted:
                return Rows(rows, started)
        raise TransientError(
            f"PowerOffice's list {path} changed each time while it was read.",
            todo="It is read again in the next cycle.",
        )

    async def row(self, path: str, names: Mapping[str, str], **params: Any) -> Any:
        """One object; None when there is none. `names` fill the path's braces."""
        answer = await self.transport.call("GET", f"/v2{path}", path=names, params=params, allow=(404,))
        if answer.status == 404:
            return None
        if not isinstance(answer.data, Mapping):
            raise unreadable("PowerOffice", path, answer, "an object")
        return answer.data

    async def post(self, path: str, body: Mapping[str, Any], names: Mapping[str, str] | None = None) -> Any:
        """Create an object; the object as PowerOffice answers it. OutcomeUnknownError when it answers none."""
        answer = await self.transport.call("POST", f"/v2{path}", path=names, json=body)
        if not isinstance(answer.data, Mapping):
            raise OutcomeUnknownError(
                f"PowerOffice answered POST {path} ({answer.status}) without the object that it made.",
                why=f"The answer is {shown(answer.data)}.",
            )
        return answer.data

    async def patch(self, path: str, members: Mapping[str, Any], names: Mapping[str, str]) -> Any:
        """Write absolute values; the object afterwards, or None where PowerOffice answers without one."""
        answer = await self.transport.call(
            "PATCH", f"/v2{path}", path=names, json=operations(members), content_type=PATCH_TYPE
        )
        return answer.data

    async def delete(self, path: str, names: Mapping[str, str], *, allow: Sequence[int] = ()) -> int:
        """Delete an object; the status. Statuses in `allow` are returned instead of raised."""
        answer: Answer = await self.transport.call("DELETE", f"/v2{path}", path=names, allow=allow)
        return answer.status

    async def close(self) -> None:
        """Close connections."""
        await self.transport.close()

    async def _page(self, path: str, params: Mapping[str, Any]) -> Rows:
        answer = await self.transport.call("GET", f"/v2{path}", params=params)
        if answer.status == 204 or answer.data == []:
            return Rows([], answer.date)
        if not isinstance(answer.data, list):
            raise unreadable("PowerOffice", path, answer, "a list")
        return Rows(answer.data, answer.date)

    async def _token(self) -> Token:
        asked_at = self._now()
        pair = f"{self._keys.application_key.get_secret_value()}:{self._keys.client_key.get_secret_value()}"
        answer = await self.transport.call(
            "POST",
            TOKEN,
            form={"grant_type": "client_credentials"},
            headers={"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
            authorised=False,
            repeat=True,
        )
        value, seconds = bearer_token(answer.data, "PowerOffice")
        return Token(value, asked_at + timedelta(seconds=max(seconds - self._margin, seconds / 2)))


def _pace(per_second: float, keys: Keys, budget: OpenBudget | None) -> Pace:
    """PowerOffice counts by subscription key, all tenants together (contract section 3)."""
    if budget is not None and per_second:
        key = key_of(SYSTEM, keys.subscription_key.get_secret_value())
        if (shared := budget(key, per_second)) is not None:
            return SharedPace(shared)
    return Pace(per_second)


def _ids(rows: Sequence[Any]) -> list[Any]:
    """The Ids of a page; rows without a usable one are left out."""
    ids = [row.get("Id") for row in rows if isinstance(row, Mapping)]
    return [each for each in ids if isinstance(each, int | str)]


def _repeats(rows: Sequence[Any], before: set[Any]) -> bool:
    """Whether an Id of a page stands in it twice or stood in a page before."""
    known = _ids(rows)
    return len(known) != len(set(known)) or not before.isdisjoint(known)
