"""The generated parts of `docs/`: field tables, registry rules, and what each ERP can do (`make docs`).

They are made from the connectors' own mappings, profiles and settings. A page has a region per table, between
`<!-- generated: NAME -->` and `<!-- end: NAME -->`; the rest is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cli.docs_systems import render_jobs, render_registries, render_systems
from cli.docs_tables import DESCRIBED, render_fields, render_rules

Regions = Mapping[str, Callable[[], str]]
FOLDER = Path("docs")
OVERVIEW = FOLDER / "systems.md"


def _of_erp(system: str) -> Regions:
    erp = DESCRIBED[system]
    return {"rules": lambda: render_rules(erp), "fields": lambda: render_fields(erp)}


PAGES: Mapping[Path, Regions] = {
    **{FOLDER / f"{system}.md": _of_erp(system) for system in DESCRIBED},
    OVERVIEW: {"systems": render_systems, "registries": render_registries, "jobs": render_jobs},
}
"""Page -> its regions."""


def update(path: Path, regions: Regions, *, check: bool = False) -> bool:
    """Whether the regions of a page are current; unless `check`, they are then made so.

    Raises ValueError for a page that lacks a region, or has it twice.
    """
    before = path.read_text(encoding="utf-8")
    after = before
    for name, render in regions.items():
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
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    check = bool(parser.parse_args().check)
    old = 0
    for page, regions in PAGES.items():
        current = update(page, regions, check=check)
        old += not current
        words = "is current" if current else "is out of date: make docs" if check else "was written anew"
        sys.stdout.write(f"{page} {words}\n")
    return 1 if check and old else 0


def _filled(body: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}\n{body}\n\n{found[2]}"


if __name__ == "__main__":
    sys.exit(main())
