"""Whatever stands in a tenant file: a tenant or a list of mistakes, never another error (ALL-10)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.settings import SETTINGS
from tenants.load import parse
from tenants.mistakes import TenantFileError

LINES = Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8").splitlines()
SCRAPS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="[]{}:,#&*!|>'\"%@`-? \n\ta1.\\ux0", max_size=60),
    st.sampled_from(
        [
            ".nan",
            "-.inf",
            "1e999",
            "0x1F",
            "1_000",
            "12345678901234567890123",
            "2026-13-45",
            "~",
            "{}",
            "[[]]",
            "{a: b}",
            "!!binary aGk=",
            "&a [*a]",
            "<<: {}",
            "\ud800",
            "\x85",
            "\u2028",
            '"\\UFFFFFFFF"',
            "|2\n  x",
            "=",
        ]
    ),
)
WORDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


BREAKS = "\n\r\x85\u2028\u2029"


def outcome(text: str) -> None:
    error: TenantFileError | None = None
    try:
        assert parse(text, "tenants/demo.yaml", SETTINGS).name == "demo"
    except TenantFileError as caught:
        error = caught
    if error is not None:
        assert error.mistakes
        assert all(1 <= mistake.line <= sum(map(text.count, BREAKS)) + 2 for mistake in error.mistakes)
        assert all(str(mistake).isprintable() for mistake in error.mistakes)
        assert str(error).encode("utf-8")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | SCRAPS)
def test_any_text_at_all(text: str) -> None:
    outcome(text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(LINES) - 1), SCRAPS, st.booleans())
def test_any_value_at_any_place_of_a_valid_file(line: int, scrap: str, as_key: bool) -> None:
    lines = list(LINES)
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    key = lines[line].strip().partition(":")[0]
    lines[line] = f"{indent}{scrap}: 1" if as_key else f"{indent}{key}: {scrap}"
    outcome("\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["tenant", "severa", "erp", "poweroffice", "masters", "jobs", "notify", "x"]), TREES
    )
)
def test_any_tree_of_values(tree: dict[str, object]) -> None:
    outcome(json.dumps(tree))


@pytest.mark.parametrize("name", ["tenant", "severa", "erp", "poweroffice", "masters", "jobs", "notify", "switched_on"])
@pytest.mark.parametrize("value", ["", "1", "[]", "{}", "text", "[[1]]", "{a: {b: {}}}", "null", "true", ".nan"])
def test_any_kind_of_value_for_any_setting(name: str, value: str) -> None:
    outcome("\n".join([*(line for line in LINES if not line.startswith(f"{name}:")), f"{name}: {value}"]))
