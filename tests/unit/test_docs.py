"""The pages that a user reads are true: generated tables, commands, options, variables, links."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli import docs
from cli.docs_systems import render_registries, render_systems
from cli.docs_tables import DESCRIBED, HEADINGS, render_fields
from cli.main import app
from connectors.profiles import PROFILES
from connectors.settings import ERP_SETTINGS, SETTINGS
from core.records import Registry
from tenants.model import Tenant

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ROOMS = ("cli", "connectors", "core", "expectations", "flows", "sandbox", "state", "tasks", "tenants")
POWEROFFICE = Path("docs/poweroffice.md")
DERIVED: dict[Registry, set[str]] = {Registry.PROJECTS: {"lost"}}
"""Fields of a rule that a table reads from another member: closed and lost are one status there."""
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


@pytest.mark.parametrize("page", docs.PAGES, ids=lambda page: page.name)
def test_generated_tables_are_current(page: Path) -> None:
    """The tables say what mappings and profiles say (PO-02 to PO-14, VN-02 to VN-18); `make docs` writes them anew."""
    assert docs.update(ROOT / page, docs.PAGES[page], check=True), "out of date: make docs"


def test_every_erp_has_a_page_and_stands_in_the_overview() -> None:
    assert set(DESCRIBED) == set(ERP_SETTINGS) == set(PROFILES)
    head = render_systems().splitlines()[0]
    assert all(f"| {profile.title} " in head for profile in PROFILES.values())


@pytest.mark.parametrize("system", DESCRIBED)
def test_every_table_of_a_mapping_has_a_heading_of_its_own(system: str) -> None:
    titles = [table.title for table in DESCRIBED[system].tables]
    assert len({HEADINGS[title] for title in titles}) == len(titles)


def test_no_heading_is_left_over() -> None:
    assert set(HEADINGS) == {table.title for erp in DESCRIBED.values() for table in erp.tables}


def test_every_field_of_a_rule_stands_in_its_table() -> None:
    """A field that a profile keeps in step is one that its mapping reads (PO-02, VN-02 to VN-09)."""
    for erp in DESCRIBED.values():
        for table in erp.tables:
            registry = erp.registry_of(table)
            if registry is None:
                continue
            known = {(each.attribute or "").partition(".")[0] for each in table.fields}
            known |= {erp.named[name] for name in known if name in erp.named}
            wanted = {rule.name for rule in erp.profile.rule(registry).fields} - DERIVED.get(registry, set())
            assert wanted <= known, (erp.title, table.title, wanted - known)


def test_every_field_of_the_guide_stands_in_the_tables() -> None:
    """The guide's rows that have no counterpart stay in, with a remark that says why (PO-06, PO-07, VN-14)."""
    tables = render_fields(DESCRIBED["poweroffice"])
    assert "| InvoiceDeliveryType |" not in tables
    assert "| - | `InvoiceDeliveryType` | see remark | PdfByEmail" in tables
    assert "| IsBillingAddress | - | see remark |" in tables
    visma_net = render_fields(DESCRIBED["visma_net"])
    assert "| Billing contact | `invoiceText` | see remark | In the invoice text. |" in visma_net
    assert "| Invoice number | `referenceNumber` | to Severa |" in visma_net
    for line in (tables + visma_net).splitlines():
        assert "| see remark |  |" not in line


def test_the_overview_says_in_what_the_systems_differ() -> None:
    """VN-01, VN-02, VN-09, VN-11, VN-12, PO-01, PO-02."""
    rows = {cells[0]: cells[1:] for cells in (line.strip("| ").split(" | ") for line in render_systems().splitlines())}
    assert rows["its guide's timetable"][1] == "every 5 minutes, round the clock"
    assert rows["project numbers"][1] == "given by Severa"
    assert rows["attachments of costs"] == ["-", "by the setting `cost_files`"]
    registries = render_registries()
    assert "| users | master: Severa or PowerOffice" in registries
    assert "to Visma.net only; master: Severa; made in Visma.net" in registries


def test_a_page_out_of_date_is_found_and_mended(tmp_path: Path) -> None:
    page, regions = tmp_path / "page.md", docs.PAGES[POWEROFFICE]
    text = (ROOT / POWEROFFICE).read_text(encoding="utf-8")
    page.write_text(text.replace("`OrganizationNumber`", "`OldName`"), encoding="utf-8")
    assert not docs.update(page, regions, check=True)
    assert "`OldName`" in page.read_text(encoding="utf-8")
    assert not docs.update(page, regions)
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_a_region_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing generated here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="0 regions 'rules'"):
        docs.update(page, docs.PAGES[POWEROFFICE])


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


@pytest.mark.parametrize("system", DESCRIBED)
def test_settings_in_the_pages_exist(system: str) -> None:
    """Settings of the tenant file that an ERP's page names are settings (PO-11, PO-14, VN-09, VN-17)."""
    known = set(Tenant.model_fields).union(*(kind.model_fields for kind in SETTINGS.values()))
    text = (ROOT / docs.FOLDER / f"{system}.md").read_text(encoding="utf-8").partition("## Field by field")[0]
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", text))
    assert named <= known, named - known
