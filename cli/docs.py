"""The tables of `docs/poweroffice.md`, made from the connector's own mapping and profile (`make docs`).

A page has a region per table, between `<!-- generated: NAME -->` and `<!-- end: NAME -->`; the rest is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.fields import Field, Table, Use
from connectors.poweroffice.invoice_mapping import COSTS
from connectors.poweroffice.mapping import TABLES
from connectors.poweroffice.profile import PROFILE, by_key
from core.profiles import Flow, Matcher, RegistryRule
from core.records import RECORD_TYPES, Record, Side

PAGE = Path("docs/poweroffice.md")
ERP = PROFILE.title

HEADINGS: Mapping[str, str] = {
    "Customer": "Customers",
    "Contact person": "Contacts and contact addresses",
    "Product group": "Product categories",
    "Product": "Products, work types and travel expenses",
    "Project": "Projects",
    "Department": "Business units",
    "Employee": "Users",
    "Sales order": "Sales invoices",
    "Order line": "Invoice rows",
    "Sent invoice": "What comes back of a sent invoice",
    "Ledger row": "Purchase invoice rows",
}
"""What the connector calls a row -> the heading that people look for."""
WAYS = {Flow.BOTH: "both ways", Flow.TO_ERP: f"to {ERP}", Flow.TO_SEVERA: "to Severa"}


def render_tables() -> str:
    """The field tables of all registries, invoices and costs, in the guide's order."""
    return "\n\n".join(_fields(table) for table in TABLES)


def render_rules() -> str:
    """One row per registry: what matches, who is master at first, what stays on its own side, what is an issue."""
    head = ("registry", "matched by", "master at first", "stays on its own side", "reported as an issue")
    return _table(head, (_rule(rule) for rule in PROFILE.registries))


REGIONS: Mapping[str, Callable[[], str]] = {"rules": render_rules, "fields": render_tables}


def update(path: Path, *, check: bool = False) -> bool:
    """Whether the regions of a page are current; unless `check`, they are then made so.

    Raises ValueError for a page that lacks a region, or has it twice.
    """
    before = path.read_text(encoding="utf-8")
    after = before
    for name, render in REGIONS.items():
        region = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        after, count = region.subn(_filled(render()), after)
        if count != 1:
            raise ValueError(f"{path} has {count} regions '{name}'; one is wanted")
    if after != before and not check:
        path.write_text(after, encoding="utf-8")
    return after == before


def main() -> int:
    """`python -m cli.docs [--check]`: write the tables anew, or say whether they are current."""
    parser = argparse.ArgumentParser(prog="python -m cli.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the tables are out of date")
    check = bool(parser.parse_args().check)
    current = update(PAGE, check=check)
    words = "is current" if current else "is out of date: make docs" if check else "was written anew"
    sys.stdout.write(f"{PAGE} {words}\n")
    return 1 if check and not current else 0


def _filled(body: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}\n{body}\n\n{found[2]}"


def _fields(table: Table[Any]) -> str:
    rows = ((each.guide, _member(each), _way(table, each), each.note) for each in table.fields)
    return f"### {HEADINGS[table.title]}\n\n" + _table(("Severa", ERP, "goes", "remark"), rows)


def _member(each: Field) -> str:
    """The member as it is read; where it is written under another name, that too."""
    read = f"`{each.vendor}`" if each.vendor else "-"
    written = {each.member(use) for use in Use} - {None, each.vendor}
    names = " and ".join(f"`{name}`" for name in sorted(map(str, written)))
    return f"{read}, written as {names}" if names else read


def _way(table: Table[Any], each: Field) -> str:
    """Which way a field goes."""
    if each.attribute is None:
        return "see remark" if each.note else "-"
    if isinstance(table.record, type) and issubclass(table.record, Record):
        return _way_of_record(table.record, each.attribute.partition(".")[0])
    if each.write is not None:
        return f"to {ERP}"
    return "to Severa" if table is COSTS and each.guide != "-" else "read"


def _way_of_record(record: type[Record], attribute: str) -> str:
    """A record's field goes as its rule says; new items take all of their fields with them."""
    ways = {rule.name: "on create" if rule.fixed else WAYS[rule.flow] for rule in PROFILE.rule(record.registry).fields}
    if attribute in ways:
        return ways[attribute]
    if attribute == record.KEY:
        return "matched by it"
    return "on create" if attribute == "reference" else "read"


def _rule(rule: RegistryRule) -> tuple[str, ...]:
    record = RECORD_TYPES[rule.registry]
    matched = [record.KEY if matcher is by_key else _words(matcher) for matcher in rule.match]
    stays = [f"{filter_.name} ({side})" for filter_, side in _by_side(rule.filters)]
    if rule.needs_activity:
        stays.append("no active project and no invoice yet (Severa)")
    if rule.only_new is not None:
        stays.append("from before the switch-on (regular products)")
    issues = [requirement.why for requirement, _ in _by_side(rule.requirements)]
    master = PROFILE.masters[rule.registry].value
    return (
        rule.registry.value.replace("_", " "),
        "; ".join(matched),
        ERP if master == Side.ERP else master.capitalize(),
        "; ".join(dict.fromkeys(stays)) or "-",
        " ".join(dict.fromkeys(issues)),
    )


def _words(matcher: Matcher) -> str:
    """What a matcher says of itself."""
    words = " ".join((matcher.__doc__ or "").split()).rstrip(".")
    return words[:1].lower() + words[1:]


def _by_side(given: Mapping[Side, Sequence[Any]]) -> Iterator[tuple[Any, str]]:
    """Every rule once, with the sides that it holds on."""
    sides: dict[int, list[str]] = {}
    rules: dict[int, Any] = {}
    for side, several in given.items():
        for rule in several:
            rules[id(rule)] = rule
            sides.setdefault(id(rule), []).append("Severa" if side is Side.SEVERA else ERP)
    for key, rule in rules.items():
        yield rule, " and ".join(sides[key])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
