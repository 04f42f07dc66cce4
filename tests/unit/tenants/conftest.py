"""A valid tenant file, as text."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def valid() -> str:
    return Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8")
