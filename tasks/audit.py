"""The audit trail of one run: what was sent to the vendors, cleaned and written down beside the run.

A thread of its own writes what has gathered, five times a second: a run that is killed loses no more than that. The run
itself never waits for it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import DBAPIError

from connectors.http import Exchange
from connectors.payload import encode
from core.errors import TransientError
from core.masking import MASK, is_private, masked, may_stay, of_people
from state.audit import Audit, AuditEntry
from tasks.subject import SUBJECT, Subject

SECONDS = 0.2
"""How long a write waits for others before all of them are written down."""
SECONDS_AFTER_FAILURE = 2.0
TRIES = 3
"""How often entries that the database does not take are offered to it at the end of a run."""
IDS = ("guid", "id", "Id", "Guid")
"""Members under which vendors name what they made."""
DONE = "done"
NOT_SENT = "not sent"

Observer = Callable[[Exchange], None]
"""Is told of every call of a transport."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A write as it was seen, still to be cleaned."""

    at: datetime
    run: str
    system: str
    exchange: Exchange
    subject: Subject | None


class Trail:
    """Collects the writes of one run. `run` says the id under which they are found later."""

    def __init__(self, audit: Audit, run: Callable[[], str]) -> None:
        self._audit = audit
        self._run = run
        self._seen: deque[_Seen] = deque()
        self._entries: list[AuditEntry] = []
        self._came = threading.Event()
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def observer(self, system: str) -> Observer:
        """What a system's transport tells its exchanges to. Reads and token calls leave no entry."""

        def observe(exchange: Exchange) -> None:
            if exchange.writes:
                self._seen.append(_Seen(datetime.now(UTC), self._run(), system, exchange, SUBJECT.get()))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._write, name="severa-sync audit", daemon=True)
                    self._thread.start()
                self._came.set()

        return observe

    def close(self) -> None:
        """Write down what is left. TransientError when the database did not take it."""
        self._ends.set()
        self._came.set()
        if self._thread is not None:
            self._thread.join()
        for attempt in range(TRIES):
            try:
                self._flush()
            except DBAPIError as error:
                if attempt == TRIES - 1:
                    raise TransientError(
                        f"{len(self._entries)} entries of the audit trail could not be written.",
                        why=f"{type(error.orig or error).__name__}.",
                        todo="Check the state database; what was sent to the systems stands there.",
                    ) from error
            else:
                return

    def _write(self) -> None:
        while not self._ends.is_set():
            self._came.wait()
            self._ends.wait(SECONDS)
            self._came.clear()
            try:
                self._flush()
            except DBAPIError as error:  # kept, and offered again with the next ones
                log.warning("The audit trail waits for the database: %s.", type(error.orig or error).__name__)
                self._came.set()
                self._ends.wait(SECONDS_AFTER_FAILURE)

    def _flush(self) -> None:
        while self._seen:
            self._entries.append(_entry(self._seen.popleft()))
        self._audit.add(self._entries)
        self._entries = []


def _entry(seen: _Seen) -> AuditEntry:
    exchange, subject = seen.exchange, seen.subject
    registry = subject.registry if subject else None
    people = of_people(registry, exchange.path)
    outcome = DONE if exchange.error is None else exchange.error.error_class.value
    return AuditEntry(
        at=seen.at,
        run=seen.run,
        system=seen.system,
        registry=registry,
        record=_printable(subject.record) if subject else None,
        method=exchange.method,
        template=exchange.path,
        path=exchange.target,
        status=exchange.status,
        outcome=outcome if exchange.sent else NOT_SENT,
        request_id=exchange.error.request_id if exchange.error else None,
        made=_made(exchange),
        milliseconds=round(exchange.milliseconds),
        sent=_sent(exchange, people=people),
        changes={
            name: [MASK, MASK] if is_private(name, people=people) else masked(list(pair), people=people)
            for name, pair in (subject.changes.items() if subject else ())
        },
    )


def _sent(exchange: Exchange, *, people: bool) -> str:
    """A JSON object of the body's members with their values, as text; of a JSON Patch the paths.

    A body that is such an object already, with nothing in it to be masked, is kept as the very text that was sent.
    """
    text = exchange.body
    if text is None:
        return "{}"
    if text.startswith("{") and not people and may_stay(text):
        return text
    try:
        body = json.loads(text, parse_float=Decimal, parse_int=_whole)
    except ValueError:
        return _json({"": MASK})  # a secret stood where its mask is no JSON
    if isinstance(body, list) and all(isinstance(step, Mapping) and "path" in step for step in body):
        body = dict(_operation(step, people=people) for step in body)
    return _json(masked(body if isinstance(body, Mapping) else {"": body}, people=people))


def _json(value: Any) -> str:
    return encode(value).decode()


def _operation(step: Mapping[str, Any], *, people: bool) -> tuple[str, Any]:
    """(path, value) of one operation of a JSON Patch; None for a removal."""
    path = str(step["path"]).removeprefix("/")
    return path, MASK if is_private(path, people=people) else step.get("value")


def _made(exchange: Exchange) -> str | None:
    """The id of what a POST made, as the vendor answered it."""
    answer = exchange.answer
    if isinstance(answer, Sequence) and not isinstance(answer, str) and len(answer) == 1:
        answer = answer[0]
    if exchange.method != "POST" or not isinstance(answer, Mapping):
        return None
    made = next((answer[name] for name in IDS if answer.get(name) is not None), None)
    return _printable(str(made)) if isinstance(made, int | str) else None


def _whole(digits: str) -> int | str:
    """An integer that every JSON reader takes, or its digits."""
    return int(digits) if len(digits) < 16 else digits[:100]


def _printable(text: str) -> str:
    """An id as every database can keep it."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:255]
