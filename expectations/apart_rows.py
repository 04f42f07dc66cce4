"""The checks of records in a process of its own, made ready while the records are read (`expectations.apart`).

A process that has Great Expectations already validates by itself; any other starts one that imports it on the side,
hands over the tables at the end, and keeps its own memory small. The two speak one line of JSON each way; a process
whose starter is gone ends by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import BugError
from expectations.rows import RowsResult, Table, as_json, of_json, validate_rows

SECONDS = 600
"""After which a validation has gone wrong."""
_ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from expectations.apart_rows import serve; serve()"
_WORDS_OF_A_CRASH = 2000


class RowsValidation:
    """One validation that is being made ready. Call `validate` once or `give_up`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        if "great_expectations" not in sys.modules:
            self._process = subprocess.Popen(  # noqa: S603  # this program itself
                [sys.executable, "-c", _PROGRAM, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )

    def validate(self, tables: Sequence[Table], *, tenant: str, run: str, docs: Path | None) -> RowsResult:
        """What `validate_rows` does, with its errors; blocks until it is done."""
        process, self._process = self._process, None
        if process is None:
            return validate_rows(tables, tenant=tenant, run=run, docs=docs)
        order = {"tables": as_json(tables), "tenant": tenant, "run": run, "docs": docs and str(docs)}
        try:
            answer, words = process.communicate(json.dumps(order), timeout=SECONDS)
        except BaseException:
            _end(process)
            raise
        if process.returncode != 0:
            raise BugError(
                f"The check of the records ended with {process.returncode}.", why=words[-_WORDS_OF_A_CRASH:].strip()
            )
        return _result(json.loads(answer))

    def give_up(self) -> None:
        """Nothing is validated; the process ends."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _result(answer: dict[str, Any]) -> RowsResult:
    match answer:
        case {"bug": [what, why, todo]}:
            raise BugError(what, why=why, todo=todo)
        case {"os": [number, words, name]}:
            raise OSError(number, words, name)
        case {"value": words}:
            raise ValueError(words)
    index = answer["docs_index"]
    failed = {
        table: {column: tuple(places) for column, places in columns.items()}
        for table, columns in answer["failed"].items()
    }
    return RowsResult(failed, Path(index) if index else None)


def serve() -> None:
    """The other process: import, wait for the tables, answer. Whatever else is printed goes to the error channel."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from expectations.loading import great_expectations  # noqa: PLC0415  # nothing is imported before it is needed

    with great_expectations():
        from expectations import rows_validation  # noqa: F401, PLC0415  # the rest of what a validation needs
    order = sys.stdin.read()
    if order:
        json.dump(_answer(json.loads(order)), answer_to)
        answer_to.close()


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    docs = Path(order["docs"]) if order["docs"] else None
    try:
        result = validate_rows(of_json(order["tables"]), tenant=order["tenant"], run=order["run"], docs=docs)
    except BugError as error:
        return {"bug": [error.what, error.why, error.todo]}
    except OSError as error:
        return {"os": [error.errno, error.strerror, error.filename]}
    except ValueError as error:
        return {"value": str(error)}
    index = result.docs_index
    return {
        "failed": {name: dict(columns) for name, columns in result.failed.items()},
        "docs_index": index and str(index),
    }
