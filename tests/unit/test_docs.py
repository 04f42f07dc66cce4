"""The pages that a user reads are true: generated tables, commands, options, variables, links."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli import docs
from cli.main import app
from connectors.poweroffice.mapping import TABLES
from connectors.settings import SETTINGS
from tenants.model import Tenant

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ROOMS = ("cli", "connectors", "core", "expectations", "flows", "sandbox", "state", "tasks", "tenants")
per_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def commands(page: Path, word: str) -> Iterator[list[str]]:
    """Every use of a command in the code of a page, as a list of words."""
    text = page.read_text(encoding="utf-8")
    code = [
        *re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE),
        *re.findall(r"`([^`\n]+)`", text),
    ]
    for line in "\n".join(code).splitlines():
        # what follows in a second column are words for people
        used = re.split(r"  +(?=[a-z])", line.strip())[0]
        if used.startswith(f"{word} "):
            yield shlex.split(used)[1:]


def test_generated_tables_are_current() -> None:
    """The field tables say what mapping.py says (PO-02 to PO-14); `make docs` writes them anew."""
    assert docs.update(ROOT / docs.PAGE, check=True), "out of date: make docs"


def test_every_table_of_the_mapping_has_a_heading_of_its_own() -> None:
    titles = [table.title for table in TABLES]
    assert sorted(titles) == sorted(docs.HEADINGS)
    assert len(set(docs.HEADINGS.values())) == len(titles)


def test_every_field_of_the_guide_stands_in_the_tables() -> None:
    """The guide's rows that have no counterpart stay in, with a remark that says why (PO-06, PO-07)."""
    tables = docs.render_tables()
    assert "| InvoiceDeliveryType |" not in tables
    assert "| - | `InvoiceDeliveryType` | see remark | PdfByEmail" in tables
    assert "| IsBillingAddress | - | see remark |" in tables
    for line in tables.splitlines():
        assert "| see remark |  |" not in line


def test_a_page_out_of_date_is_found_and_mended(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = (ROOT / docs.PAGE).read_text(encoding="utf-8")
    page.write_text(text.replace("`OrganizationNumber`", "`OldName`"), encoding="utf-8")
    assert not docs.update(page, check=True)
    assert "`OldName`" in page.read_text(encoding="utf-8")
    assert not docs.update(page)
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_a_region_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing generated here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="0 regions 'rules'"):
        docs.update(page)


@per_page
def test_commands_in_the_pages_exist(page: Path) -> None:
    """Every `severa-sync ...` in a page names a command, and options that it has."""
    for words in commands(page, "severa-sync"):
        command: Any = get_command(app)
        names = list(words)
        while hasattr(command, "commands") and names:
            found = command.commands.get(names[0])
            assert found is not None, f"severa-sync {' '.join(words)}: no command {names[0]}"
            command, names = found, names[1:]
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        used = {name.partition("=")[0] for name in names if name.startswith("--")}
        assert used <= options, f"severa-sync {' '.join(words)}: {used - options}"


@per_page
def test_make_targets_in_the_pages_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for words in commands(page, "make"):
        assert words[0] in targets, f"make {words[0]}"


@per_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@per_page
def test_files_named_in_the_pages_exist(page: Path) -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@per_page
def test_variables_in_the_pages_are_read_by_the_program(page: Path) -> None:
    named = set(re.findall(r"SEVERA_SYNC_[A-Z_]+", page.read_text(encoding="utf-8")))
    program = "".join(file.read_text(encoding="utf-8") for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    assert {name for name in named if f'"{name}"' not in program} == set()


def test_settings_in_the_pages_exist() -> None:
    """Settings of the tenant file that the PowerOffice page names are settings (PO-11, PO-14)."""
    known = set(Tenant.model_fields).union(*(kind.model_fields for kind in SETTINGS.values()))
    text = (ROOT / docs.PAGE).read_text(encoding="utf-8").partition("## Field by field")[0]
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", text))
    assert named <= known, named - known
