"""Looks into a simulated Severa for what a tenant file has to name: the statuses, a project owner, a product.

This is for trying things out: with a real Severa a person chooses. The choice goes by names first, then by the flags
of the status register (Severa contract section 10).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from core.errors import ConfigurationError

Row = dict[str, Any]

_PAGE = 100
_MOST_PAGES = 50
_PATIENCE = 10
NEEDED = ("trigger", "transferred", "sent", "paid")
"""Roles without which nothing is transferred."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Names or guids of the statuses by role, and codes (None where there is no fitting item)."""

    statuses: dict[str, str]
    project_owner: str | None
    product: str | None


def look(base_url: str, client_id: str, client_secret: str, scopes: Iterable[str], erp_title: str) -> Choices:
    """Reads and chooses. Raises ConfigurationError when Severa cannot be read or has no fitting status."""
    try:
        with httpx.Client(timeout=30, trust_env=False) as client:
            scope = ",".join(scopes)
            body = {"client_id": client_id, "client_secret": client_secret, "scope": scope}
            answer = _object(client.post(f"{base_url}/v1/token", json=body))
            client.headers["Authorization"] = f"Bearer {answer.get('access_token')}"
            client.headers["Client_Id"] = client_id
            statuses = list(_rows_by_offset(client, f"{base_url}/v1/invoicestatuses"))
            owner = _first(_rows_by_token(client, f"{base_url}/v1/users"), _has_numeric_code)
            product = _product(client, f"{base_url}/v1/products")
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        why = "It refused the credentials." if status in {401, 403} else f"It answered {status}."
        raise ConfigurationError(f"The simulated Severa at {base_url} cannot be read.", why=why) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = f"It does not answer ({type(error).__name__})."
        todo = "Is the sandbox running?"
        raise ConfigurationError(f"The simulated Severa at {base_url} cannot be read.", why=why, todo=todo) from None
    except ValueError:
        raise ConfigurationError(f"What answers at {base_url} is not Severa.") from None
    return Choices(
        statuses=choose_statuses(statuses, erp_title),
        project_owner=str(owner["code"]).strip() if owner else None,
        product=product,
    )


def choose_statuses(register: Iterable[Row], erp_title: str) -> dict[str, str]:
    """Names of the statuses by role, or guids where a name is double; partially_paid and failed where there are such.

    Raises ConfigurationError when one of the others has no fitting status.
    """
    register = list(register)
    active = active_statuses(register)
    chosen = likely_statuses(active, erp_title)
    lacking = [role for role in NEEDED if role not in chosen]
    if lacking:
        there = ", ".join(str(row.get("name")) for row in active) or "none"
        what = f"Severa has no invoice status that fits {' and '.join(lacking)}."
        raise ConfigurationError(what, why=f"Its statuses are: {there}.")
    names = Counter(_name(row) for row in register)  # an inactive one of the same name would be meant as well
    return {role: str(row["guid"]) if names[_name(row)] > 1 else str(row["name"]) for role, row in chosen.items()}


def active_statuses(register: Iterable[Row]) -> list[Row]:
    """The active statuses in their order."""
    return sorted((row for row in register if row.get("isActive") is not False), key=_order)


def likely_statuses(active: Sequence[Row], erp_title: str) -> dict[str, Row]:
    """The statuses by role, as far as one fits.

    By the names that people give them ("Send to" and "In" the ERP by its title), else by flags and order: paid is
    `isPaid`, sent is `isSent`, transferred has a number but is not sent, trigger stands right before it without one.
    """
    erp = erp_title.casefold()

    def pick(wanted: Callable[[str], bool], flags: Callable[[Row], bool], rows: Sequence[Row]) -> Row | None:
        named = _first(rows, lambda row: wanted(_name(row)))
        return named or _first(rows, flags)

    failed = _first(active, lambda row: _name(row).startswith("fail"))
    partly = _first(active, lambda row: _name(row).startswith("part"))
    rest = [row for row in active if row is not failed and row is not partly]
    paid = pick(lambda name: name == "paid", lambda row: row.get("isPaid") is True, rest)
    sent = pick(
        lambda name: name == "sent", lambda row: row.get("isSent") is True and row.get("isPaid") is not True, rest
    )
    rest = [row for row in rest if row is not paid and row is not sent]
    transferred = pick(
        lambda name: name == f"in {erp}",
        lambda row: row.get("hasInvoiceNumber") is True and not row.get("isSent"),
        rest,
    ) or _first(rest, lambda row: _name(row).startswith("in "))
    before = [
        row for row in rest if row is not transferred and (transferred is None or _order(row) < _order(transferred))
    ]
    trigger = pick(
        lambda name: erp in name and name.startswith(("send", "to ", "transfer")),
        lambda row: not row.get("hasInvoiceNumber") and not row.get("isDefault"),
        before[::-1],
    )
    found = {"trigger": trigger, "transferred": transferred, "sent": sent, "paid": paid}
    return {role: row for role, row in {**found, "partially_paid": partly, "failed": failed}.items() if row}


def _product(client: httpx.Client, url: str) -> str | None:
    """Code of the first active product whose code no other product has; codes may be double in Severa."""
    for row in _list(_get(client, url, {"rowCount": _PAGE, "isActive": True})):
        code = str(row.get("code") or "").strip()
        if code and row.get("isActive") is not False:
            same = _list(_get(client, url, {"code": code, "rowCount": _PAGE}))
            if sum(str(other.get("code") or "").strip() == code for other in same) == 1:
                return code
    return None


def _has_numeric_code(user: Row) -> bool:
    code = str(user.get("code") or "").strip()
    return user.get("isActive") is not False and code.isascii() and code.isdigit()


def _rows_by_offset(client: httpx.Client, url: str) -> Iterator[Row]:
    """Pages by `firstRow`, until one is empty or shorter than asked; rows seen before are left out."""
    seen: set[str] = set()
    for page in range(_MOST_PAGES):
        rows = _list(_get(client, url, {"firstRow": page * _PAGE, "rowCount": _PAGE}))
        fresh = [row for row in rows if str(row.get("guid")) not in seen]
        seen.update(str(row.get("guid")) for row in fresh)
        yield from fresh
        if len(rows) < _PAGE or not fresh:
            return


def _rows_by_token(client: httpx.Client, url: str) -> Iterator[Row]:
    """Pages by `pageToken`; the next token stands in the header NextPageToken."""
    params: dict[str, str | int] = {"rowCount": _PAGE}
    for _ in range(_MOST_PAGES):
        answer = _get(client, url, params)
        yield from _list(answer)
        token = answer.headers.get("NextPageToken")
        if not token:
            return
        params["pageToken"] = token


def _get(client: httpx.Client, url: str, params: Mapping[str, str | int]) -> httpx.Response:
    """One read. A refusal for the number of calls is waited for: Severa admits 10 in a second."""
    for _ in range(_PATIENCE):
        answer = client.get(url, params=dict(params))
        if answer.status_code != 429:
            break
        time.sleep(1)
    return answer


def _object(answer: httpx.Response) -> Row:
    answer.raise_for_status()
    body = answer.json()
    if not isinstance(body, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - not a mistake of the caller, but of what was read
    return body


def _list(answer: httpx.Response) -> list[Row]:
    answer.raise_for_status()
    body = answer.json()
    if not isinstance(body, list):
        raise ValueError("no JSON list")  # noqa: TRY004 - not a mistake of the caller, but of what was read
    return [row for row in body if isinstance(row, dict)]


def _first(rows: Iterable[Row], fits: Callable[[Row], bool]) -> Row | None:
    return next((row for row in rows if fits(row)), None)


def _name(row: Row) -> str:
    return " ".join(str(row.get("name") or "").split()).casefold()


def _order(row: Row) -> float:
    order = row.get("sortOrder")
    return float(order) if isinstance(order, int | float) else 0.0
