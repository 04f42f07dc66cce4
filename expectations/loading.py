"""Great Expectations, imported late, quietly and without telemetry."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock

_ONE_AT_A_TIME = Lock()


@contextmanager
def great_expectations() -> Iterator[None]:
    """Great Expectations is imported, and no other thread of this process uses it meanwhile.

    It keeps its current project in one global variable, so two threads must not validate side by side. The first use
    costs about four seconds. Its telemetry is switched off before the import, where a version has any: it would
    otherwise open a connection to its own host during validation.
    """
    with _ONE_AT_A_TIME:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        with warnings.catch_warnings():
            # It still imports two modules of the regular expression parser by their old names.
            warnings.filterwarnings("ignore", r"module 'sre_(constants|parse)' is deprecated", DeprecationWarning)
            import_module("great_expectations")
        yield
