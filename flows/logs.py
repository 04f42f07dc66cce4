"""Structured logs: with `SEVERA_SYNC_LOGS=json` every line of a log on the terminal is one JSON object.

Prefect sets up logging from its own file when it is imported, and lets the environment change any item of it. So three
variables of Prefect's do it, in this process and in every one that is started below it; its handler for the API is not
touched. This module is imported while Prefect is: it imports nothing of Prefect, nor of what imports it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from core.errors import ConfigurationError
from core.masking import MASK, without_codes

SETTING = "SEVERA_SYNC_LOGS"
KINDS = ("text", "json")
VARIABLES = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_CLASS": "flows.logs.JsonHandler",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
    "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": "flows.logs.JsonLines",
}
"""What makes Prefect write JSON lines; where only these are set, such as under its own worker, they are enough."""
LEVEL = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"
LONGEST = 20_000
"""Characters of a message or a traceback that are kept."""
REMEMBERED = 100
"""Runs of this process whose tenant is known to their last lines; most processes have one run with its jobs."""
FIELDS = {
    "time": "the instant, UTC, with milliseconds",
    "level": "DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "message": "what is said, without secrets and personal identity codes",
    "logger": "which part of the program says it",
    "tenant": "the tenant that the run is of",
    "erp": "its ERP",
    "job": "the job that is at work, such as `invoice_export`, or `cycle`",
    "task": "the step of the job",
    "run": "the id of the flow run, as in the Prefect UI",
    "cycle": "the id of the flow run that the job belongs to, when that is another one",
    "registry": "a registry, `invoices` or `costs`: what the line is about",
    "record": "the record that it is about, named as on the error desk",
    "error": "`type`, `message` and `traceback` of an exception",
}
"""Members of a line -> what they say. A member that is not known is left out."""

_of_runs: dict[str, tuple[str | None, str | None]] = {}
"""Flow run -> its tenant and ERP."""
_IN_URL = re.compile(r"(://)[^/\s@]+@")
_NAMED = re.compile(
    r"(?i)((?:secret|password|passwd|token|api[_-]?key|client[_-]?key|application[_-]?key|subscription[_-]?key)"
    r"[\"']?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&}\"']+)"
)


def chosen() -> None:
    """Have the logs of this process, and of those below it, written as the setting says.

    It is called before Prefect is imported; what is set of Prefect's variables already stays. ConfigurationError when
    the setting is neither text nor json.
    """
    kind = os.environ.get(SETTING) or KINDS[0]
    if kind not in KINDS:
        raise ConfigurationError(f"{SETTING} '{kind}' is not allowed.", todo="Write text or json.")
    if kind == "json":
        for name, value in {**VARIABLES, LEVEL: "INFO"}.items():
            os.environ.setdefault(name, value)


class JsonHandler(logging.StreamHandler[TextIO]):
    """Writes each line at once. It takes what Prefect's own handler takes: `styles` are for terminals."""

    def __init__(
        self, stream: TextIO | None = None, styles: Mapping[str, str] | None = None, level: int | str = logging.NOTSET
    ) -> None:
        del styles
        super().__init__(stream)
        self.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """One write for a line and its end: those of other processes on the same file do not get in between."""
        try:
            self.stream.write(self.format(record) + self.terminator)
            self.flush()
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001 - a line that cannot be written must not end what it tells about
            self.handleError(record)


class JsonLines(logging.Formatter):
    """A record as one line of JSON with the members of `FIELDS`. What a configuration gives it is not looked at."""

    def __init__(self, *_given: Any, **_named: Any) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": clean(record.getMessage()),
            "logger": record.name,
            **{name: value for name, value in _around(record) if value},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def clean(text: str) -> str:
    """A text without anything that must not be in a log, cut where it is long."""
    text = text[: LONGEST * 2].encode(errors="replace").decode()  # cut first: masking a megabyte takes its time
    text = without_codes(_NAMED.sub(rf"\1{MASK}", _IN_URL.sub(rf"\1{MASK}@", text)))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _error(error: BaseException) -> dict[str, str]:
    return {
        "type": type(error).__name__,
        "message": clean(str(error)),
        "traceback": clean("".join(traceback.format_exception(error))),
    }


def _around(record: logging.LogRecord) -> Iterator[tuple[str, str | None]]:
    """What the line is about: from the record, where Prefect's run loggers put it, else from what is under way here."""
    steps = sys.modules.get("tasks.run")
    run = steps.CURRENT.get() if steps is not None else None
    prefect = _prefect()
    run_id = _text(getattr(record, "flow_run_id", None)) or prefect.get("run")
    if run is not None:
        _remember(run_id, run.tenant.name, run.tenant.erp)
    tenant, erp = _of_runs.get(run_id or "", (prefect.get("tenant"), None))
    yield "tenant", tenant
    yield "erp", erp
    yield "job", (_text(getattr(record, "flow_name", None)) or prefect.get("job") or "").replace("-", "_")
    yield "task", _text(getattr(record, "task_name", None)) or prefect.get("task")
    yield "run", run_id
    yield "cycle", run.flow_run_id if run is not None and run.flow_run_id != run_id else None
    subjects = sys.modules.get("tasks.subject")
    subject = subjects.SUBJECT.get() if subjects is not None else None
    if subject is not None:
        yield "registry", subject.registry
        yield "record", clean(subject.record)


def _remember(run: str | None, tenant: str, erp: str) -> None:
    """The last lines of a run are said when it has been closed."""
    if run is not None and run not in _of_runs:
        if len(_of_runs) >= REMEMBERED:
            _of_runs.pop(next(iter(_of_runs)), None)
        _of_runs[run] = tenant, erp


def _prefect() -> dict[str, str]:
    """What Prefect's own contexts say, once it is there: of a logger that is not Prefect's, this is all there is."""
    contexts = sys.modules.get("prefect.context")
    if contexts is None or not hasattr(contexts, "TaskRunContext"):
        return {}
    found: dict[str, str] = {}
    flow = contexts.FlowRunContext.get()
    if flow is not None and flow.flow_run is not None:
        found["run"] = str(flow.flow_run.id)
        tenant = (flow.parameters or {}).get("tenant")
        found |= {"tenant": tenant} if isinstance(tenant, str) else {}
    if flow is not None and flow.flow is not None:
        found["job"] = flow.flow.name
    task = contexts.TaskRunContext.get()
    if task is not None:
        found["task"] = task.task.name
    return found


def _text(value: object) -> str | None:
    """What Prefect's loggers know; they write `<unknown>` for the rest."""
    return None if value is None or str(value).startswith("<unknown") else str(value)
