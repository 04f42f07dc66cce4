"""Rows of both vendors that hold what no row should: an issue each, and the batch goes on (laws 3 and 10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.company import Company, found_company
from tests.support.sandbox import serving
from tests.support.scenes import assert_transferred

LONG = "Langt navn " * 100_000
TEXTS = (
    "<script>alert(1)</script>",
    '=cmd|" /C calc"!A0',
    "=HYPERLINK(1)",
    "../../../etc/passwd",
    "\x1b[31mrød\x07",
    "{{7*7}} ${x} %s",
    "[klikk](javascript:alert(1))",
    LONG,
)
VALUES: tuple[Any, ...] = ([], [[]], {}, {"guid": []}, 10**40, True, "0000-01-01T00:00:00Z", "9999-99-99", None, "\x00")
MEMBERS = {
    "severa": {
        "customers": ("name", "number", "currency", "headquarterAddress", "paymentTerm", "lastUpdatedDateTime"),
        "projects": ("name", "number", "customer", "startDate", "salesStatus", "businessUnit"),
        "products": ("name", "code", "unitPrice", "productCategory", "isActive"),
        "users": ("firstName", "code", "businessUnit", "email"),
    },
    "poweroffice": {
        "Customers": ("Name", "Number", "MailAddress", "CurrencyCode", "LastChangedDateTimeOffset", "EmailAddress"),
        "Projects": ("Name", "Code", "CustomerId", "StartDate"),
        "Products": ("Name", "Code", "UnitPrice", "ProductGroupId"),
    },
}


@pytest.fixture
def company(tmp_path: Path, prefect_api: str) -> Iterator[Company]:
    """Systems and a tenant of the test's own, for it spoils them."""
    with serving(tmp_path, validated=False) as sandbox:
        yield found_company(tmp_path / "company", sandbox)


class Spoiler:
    """Stands before the simulated systems and puts hostile values into their answers, row by row."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.values: dict[Any, tuple[str, Any]] = {}
        self.spoilt = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def spoil(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body = self.spoil(message["body"]) if scope["method"] == "GET" else message["body"]
            kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            length = [(b"content-length", str(len(body)).encode())] if start["status"] != 204 else []
            await send({**start, "headers": kept + length})
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, send if scope["path"].startswith("/control") else spoil)

    def spoil(self, body: bytes) -> bytes:
        """The answer with the values of its rows."""
        try:
            data = json.loads(body)
        except ValueError:
            return body
        rows = [row for row in (data if isinstance(data, list) else [data]) if isinstance(row, dict)]
        chosen = [
            (row, *self.values[known]) for row in rows if (known := row.get("guid", row.get("Id"))) in self.values
        ]
        for row, member, value in chosen:
            row[member] = value
        self.spoilt += len(chosen)
        return json.dumps(data).encode() if chosen else body


def hostile_values(company: Company, spare: set[Any]) -> dict[Any, tuple[str, Any]]:
    """Every second row of each kind with a member and what it holds; `spare` are numbers and names left alone."""
    found: dict[Any, tuple[str, Any]] = {}
    for system, kinds in MEMBERS.items():
        for kind, members in kinds.items():
            rows = [row for row in company.sandbox.objects(system, kind) if not spare & set(map(str, row.values()))]
            wanted = [(member, value) for member in members for value in (*TEXTS, *VALUES)]
            Random(kind).shuffle(wanted)
            found |= {row.get("guid", row.get("Id")): one for row, one in zip(rows[::2], wanted, strict=False)}
    return found


@pytest.mark.thorough
def test_hostile_rows_of_both_systems_never_stop_a_cycle(company: Company, prefect_api: str) -> None:
    company.good()
    number = company.billable()
    project = next(row for row in company.sandbox.objects("severa", "projects") if row["number"] == number)
    spare = {str(number), project["guid"], project["customer"]["guid"], str(project["customer"].get("number"))}
    spare |= {"STD", str(project["customer"]["name"])}
    spoiler = Spoiler(company.sandbox.tap._app)
    spoiler.values = hostile_values(company, spare)
    assert len(spoiler.values) > 80
    company.sandbox.tap._app = spoiler
    guid = company.bill(project=number)
    hostile = [company.bill({"quantity": 1, "unit_price": 5, "code": text[:200]}, project=number) for text in TEXTS[:6]]
    with company.state() as state:
        state.cursors.clear()
    for _ in range(2):
        outcome = company.good()
    assert outcome.state == "completed with issues"
    assert spoiler.spoilt > 80
    assert_transferred(company, guid)
    assert [company.orders(each) for each in hostile] == [[]] * len(hostile)
    issues = company.issues()
    assert len(issues) > 15
    for issue in issues:
        for words in (issue.label, issue.what, issue.why, issue.todo):
            assert len(words) < 3000, words[:100]
    shown_harmlessly(prefect_api, str(outcome.flow_run_id))


def shown_harmlessly(api: str, flow_run: str) -> None:
    """No artifact holds markup, a formula at the beginning of a cell, a control character or a megabyte."""
    asked = {"artifacts": {"flow_run_id": {"any_": [flow_run]}}}
    artifacts = httpx.post(f"{api}/artifacts/filter", json=asked, timeout=30).raise_for_status().json()
    assert {one["type"] for one in artifacts} == {"markdown", "table"}
    for one in artifacts:
        text = one["data"] if isinstance(one["data"], str) else json.dumps(one["data"], ensure_ascii=False)
        assert len(text) < 500_000
        assert not {c for c in text if not c.isprintable() and c != "\n"}
        if one["type"] == "markdown":
            assert "<script" not in text
            assert not re.search(r"(?<!\\)\]\(", text), "a link of a vendor's making"
