"""The runbook is whole and true: every issue class, every command in its services, only figures that were measured."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import Settings
from prefect.settings.legacy import _get_settings_fields
from ruamel.yaml import YAML
from typer.main import get_command

from cli.main import app
from core.errors import ErrorClass

ROOT = Path(__file__).parents[2]
OPERATING, HOSTS = ROOT / "docs" / "operating.md", ROOT / "docs" / "hosts.md"
PAGES = (OPERATING, HOSTS, ROOT / "docs" / "workers.md")
per_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
CHAPTERS = (
    "Connecting a tenant",
    "Running",
    "Issues",
    "What to do, class by class",
    "E-mail",
    "Audit trail",
    "Upgrading",
    "Backup",
    "Restoring",
    "Keys and secrets",
    "Moving a tenant",
)
PLACES = ("One host", "Several hosts", "A work queue per place", "Docker Compose", "How large")


def chapter(page: Path, title: str) -> str:
    """What stands below a heading, up to the next one of its rank or above."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert found, f"{page.name} has no chapter {title}"
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    found = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return found[2:]


def code(page: Path) -> Iterator[str]:
    """The lines of code of a page, wherever they stand."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        yield from (line.strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))


def uses(page: Path, program: str) -> Iterator[list[str]]:
    """The words after a program's name, in services and containers, too."""
    for line in code(page):
        for found in re.finditer(rf"(?:^|(?<!-u)\s|bin/)(?:{program}) ([a-z].*)", re.split(r"  +(?=[a-z])", line)[0]):
            yield shlex.split(found[1].replace("'", ""))


@pytest.mark.parametrize("title", CHAPTERS)
def test_the_runbook_has_every_chapter(title: str) -> None:
    """Issue 5, point 8; what takes long has a chapter, and none is empty."""
    assert len(chapter(OPERATING, title)) > 200


@pytest.mark.parametrize("title", PLACES)
def test_every_way_to_install_it_has_a_chapter(title: str) -> None:
    assert len(chapter(HOSTS, title)) > 200


def test_every_issue_class_has_its_row_and_says_who_acts_and_what_to_do() -> None:
    """ALL-12: neither one too few nor one that there is not."""
    found = rows(chapter(OPERATING, "What to do, class by class"))
    assert [row[0] for row in found] == [each.value for each in ErrorClass]
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in found)


@per_page
def test_commands_in_services_and_containers_exist(page: Path) -> None:
    """`ExecStart=` and `docker compose run` as well; test_docs.py looks at those that begin a line."""
    found = 0
    for words in uses(page, "severa-sync"):
        command: Any = get_command(app)
        names = list(words)
        while hasattr(command, "commands") and names:
            assert names[0] in command.commands, f"severa-sync {' '.join(words)}"
            command, names = command.commands[names[0]], names[1:]
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        used = {name.partition("=")[0] for name in names if name.startswith("--")}
        assert used <= options, f"severa-sync {' '.join(words)}: {used - options}"
        found += 1
    assert found


PREFECT = {
    "server start": "prefect.cli.server:start",
    "worker start": "prefect.cli.worker:start",
    "work-pool create": "prefect.cli.work_pool:create",
    "work-pool ls": "prefect.cli.work_pool:ls",
    "work-pool set-concurrency-limit": "prefect.cli.work_pool:set_concurrency_limit",
    "deployment run": "prefect.cli.deployment:run",
    "deploy": "prefect.cli.deploy._commands:deploy",
}
"""Prefect's commands that the pages use -> where Prefect has them."""


@per_page
def test_prefects_commands_in_the_pages_exist(page: Path) -> None:
    """With their options, as Prefect's own functions declare them."""
    for words in uses(page, "prefect(?: --no-prompt)?"):
        name = " ".join(words[:2]) if " ".join(words[:2]) in PREFECT else words[0]
        assert name in PREFECT, f"prefect {' '.join(words)}"
        module, _, function = PREFECT[name].partition(":")
        declared = str(inspect.signature(getattr(import_module(module), function)))
        for option in (word for word in words if word.startswith("--")):
            assert f"'{option}'" in declared or f"{option[2:].replace('-', '_')}:" in declared, (words, option)


@per_page
def test_prefects_settings_in_the_pages_exist(page: Path) -> None:
    named = set(re.findall(r"PREFECT_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert named - {"PREFECT_SERVER_ENCRYPTION_KEY"} <= set(_get_settings_fields(Settings))


@per_page
def test_services_of_compose_in_the_pages_exist(page: Path) -> None:
    services = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for words in uses(page, "docker compose"):
        given = [word for word in words[1:] if not word.startswith("-")]
        if words[0] in {"run", "exec"}:
            assert given[0] in services, words
        if "--scale" in words:
            assert words[words.index("--scale") + 1].partition("=")[0] in services, words


def test_figures_of_the_sizing_table_were_measured_by_a_bench_that_is_there() -> None:
    """Each stands in speed.md, and each names the file that measures it."""
    measured = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    found = rows(chapter(HOSTS, "How large"))
    assert len(found) > 5
    for what, figure, bench in found:
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", measured), (what, figure)
        path = ROOT / bench.strip("`")
        assert path.is_file(), bench
        assert "pytest.mark.bench" in path.read_text(encoding="utf-8"), bench


def test_the_page_says_what_was_not_tried() -> None:
    assert "No image was built from" in HOSTS.read_text(encoding="utf-8")
