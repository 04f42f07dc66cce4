"""One line of a structured log: its members, and what must not be in it (ALL-11)."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.errors import ConfigurationError
from flows.logs import FIELDS, LEVEL, LONGEST, SETTING, VARIABLES, JsonHandler, JsonLines, chosen, clean
from tasks.subject import Subject, concerning

LOGGER = logging.getLogger("severa-sync test of lines")


@pytest.fixture
def stream() -> Any:
    """What a logger with our handler writes."""
    stream = io.StringIO()
    handler = JsonHandler(stream, styles={"log.info_level": "cyan"}, level="INFO")
    handler.setFormatter(JsonLines("default", None, "%"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
    yield stream
    LOGGER.removeHandler(handler)


def test_a_line_has_time_level_message_and_logger(stream: io.StringIO) -> None:
    LOGGER.info("%s invoices\nwent out: Törmä", 3)
    LOGGER.debug("below the level")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    at = datetime.fromisoformat(found.pop("time"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert found == {"level": "INFO", "message": "3 invoices\nwent out: Törmä", "logger": LOGGER.name}


def test_what_prefects_loggers_know_is_taken_from_the_record(stream: io.StringIO) -> None:
    extra = {"flow_run_id": "1c7a", "flow_name": "invoice-export", "task_name": "report", "flow_run_name": "<unknown>"}
    LOGGER.warning("said", extra=extra)
    LOGGER.warning("said", extra=dict.fromkeys(extra, "<unknown>"))
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["run"], first["job"], first["task"]) == ("1c7a", "invoice_export", "report")
    assert not {"run", "job", "task"} & set(second)
    assert set(first) <= set(FIELDS)


def test_the_record_that_is_worked_on_is_named(stream: io.StringIO) -> None:
    with concerning(Subject("customers", "severa:0f3b")):
        LOGGER.info("said")
    LOGGER.info("said")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["registry"], first["record"]) == ("customers", "severa:0f3b")
    assert "record" not in second


def test_an_exception_is_one_member_without_secrets(stream: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError("Bearer abcdef123456 for 131052-308T")

    try:
        fail()
    except ValueError:
        LOGGER.exception("It failed with password=hunter2")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert found["message"] == "It failed with password=***"
    assert found["error"]["type"] == "ValueError"
    assert found["error"]["message"] == "Bearer *** for ***"
    assert "raise ValueError" in found["error"]["traceback"]
    for secret in ("hunter2", "abcdef123456", "308T"):
        assert secret not in line


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        ("postgresql://sync:hunter2@db/state is away", "postgresql://***@db/state is away"),
        ('{"client_secret": "hunter2", "id": 7}', '{"client_secret": ***, "id": 7}'),
        ("api-key: hunter2, next", "api-key: ***, next"),
        ("IBAN NO93 8601 1117 947 of a customer", "IBAN *** of a customer"),
        ("account 8601.11.17947", "account ***"),
        ("invoice 10023 over 136197.50 NOK", "invoice 10023 over 136197.50 NOK"),
        ("half a pair \ud83d", "half a pair ?"),
    ],
)
def test_secrets_and_codes_of_persons_are_masked(said: str, cleaned: str) -> None:
    assert clean(said) == cleaned


@pytest.mark.parametrize("unit", ["x", "x-", "secret", "://", "://x@", "A1", "12", "password="])
def test_a_long_text_is_cut_and_costs_little(unit: str) -> None:
    began = time.process_time()
    assert len(clean(unit * 10 * LONGEST)) <= LONGEST
    assert clean("x" * 10 * LONGEST) == "x" * (LONGEST - 1) + "…"
    assert time.process_time() - began < 2


def test_a_line_that_cannot_be_made_ends_nothing(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller goes on, and the mistake is shown as logging shows mistakes."""
    monkeypatch.setattr(sys, "stderr", sys.__stdout__)
    monkeypatch.setattr(logging, "raiseExceptions", False)
    LOGGER.info("%d invoices", "three")
    LOGGER.info("the next one")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["the next one"]


def test_the_setting_makes_prefect_write_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody set of Prefect's variables stays; in words nothing is set."""
    for name in (*VARIABLES, LEVEL):
        monkeypatch.setenv(name, "")  # whatever is set below is put back at the end
        monkeypatch.delenv(name)
    import os  # noqa: PLC0415

    monkeypatch.setenv(SETTING, "text")
    chosen()
    assert not [name for name in (*VARIABLES, LEVEL) if name in os.environ]
    monkeypatch.setenv(SETTING, "json")
    monkeypatch.setenv(LEVEL, "WARNING")
    chosen()
    assert {name: os.environ[name] for name in VARIABLES} == VARIABLES
    assert os.environ[LEVEL] == "WARNING"


def test_prefect_takes_the_handler_and_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables are items of the file that Prefect sets up its logging by."""
    from prefect.logging.configuration import DEFAULT_LOGGING_SETTINGS_PATH, load_logging_config  # noqa: PLC0415

    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    found = load_logging_config(DEFAULT_LOGGING_SETTINGS_PATH)
    assert found["handlers"]["console"]["class"] == "flows.logs.JsonHandler"
    assert found["formatters"][found["handlers"]["console"]["formatter"]]["class"] == "flows.logs.JsonLines"
    assert found["handlers"]["api"]["class"] == "prefect.logging.handlers.APILogHandler"


def test_another_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "xml")
    done = CliRunner().invoke(app, ["schema"])
    assert isinstance(done.exception, ConfigurationError)
    assert "SEVERA_SYNC_LOGS 'xml' is not allowed" in str(done.exception)
