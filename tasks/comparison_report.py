"""Writing the comparison report: page, workbook, JSON document, and the artifact in the Prefect UI."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import orjson
from prefect import task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from core.comparison.report import Comparison
from core.errors import ConfigurationError
from core.masking import without_codes
from core.records import Side
from tasks.compare import Comparing, Wanted
from tasks.comparison_page.document import document, summary
from tasks.comparison_page.page import page
from tasks.comparison_page.words import in_order, title_of
from tasks.comparison_page.workbook import write_workbook
from tasks.reporting import safe
from tasks.run import Run

NAMED = 20
"""Likely pairs that the artifact names: whoever sees the Prefect UI sees every artifact."""


@task(name="write report", cache_policy=NO_CACHE)
async def write_report(comparing: Comparing, folder: Path) -> dict[str, Path]:
    """Write `comparison.html`, `.xlsx` and `.json` into a folder, each in one piece; kind -> path."""
    return await asyncio.to_thread(write_files, comparing.result(), folder)


def write_files(comparison: Comparison, folder: Path) -> dict[str, Path]:
    """Write the three files. ConfigurationError when the folder cannot be written to."""

    def of_page(path: Path) -> None:
        path.write_text(page(comparison), encoding="utf-8")

    def of_json(path: Path) -> None:
        path.write_bytes(orjson.dumps(document(comparison)) + b"\n")

    writers: dict[str, Callable[[Path], None]] = {
        "html": of_page, "xlsx": lambda path: write_workbook(comparison, path), "json": of_json,
    }  # fmt: skip
    made = {}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind, write in writers.items():
            path = folder / f"comparison.{kind}"
            partial = path.with_suffix(f".partial-{os.getpid()}.{kind}")
            try:
                write(partial)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
            made[kind] = path
    except OSError as error:
        raise ConfigurationError(
            f"The report cannot be written to {folder}.",
            why=f"{error.strerror or type(error).__name__}.",
            todo="Name a folder that may be written to.",
        ) from None
    return made


async def announce(run: Run, wanted: Wanted) -> None:
    """The artifact: figures per registry, the likeliest pairs, and where the files lie."""
    assert wanted.comparison is not None  # noqa: S101 - told after it was made
    key = re.sub(r"[^a-z0-9-]", "-", run.tenant.name.lower()).strip("-")
    await acreate_markdown_artifact(
        key=f"{key}-comparison",
        markdown=in_markdown(wanted.comparison, wanted.files),
        description=f"{run.tenant.name}: Severa and {run.erp_title} compared",
    )


def in_markdown(comparison: Comparison, files: dict[str, Path]) -> str:
    """The report in short. Vendor texts are escaped, and codes of persons masked."""
    erp = comparison.names[Side.ERP]
    registries = in_order(comparison)
    names = [name.replace("the ERP", safe(erp)) for name in (summary(registries[0]) if registries else ())]
    lines = [
        f"# {safe(comparison.tenant)}: Severa and {safe(erp)} compared",
        "",
        f"{comparison.attention} to look at before the switch-on. Nothing was written.",
        "",
        "| registry | " + " | ".join(names) + " |",
        "|---|" + "---:|" * len(names),
        *(
            f"| {title_of(each.registry)} | " + " | ".join(map(str, summary(each).values())) + " |"
            for each in registries
        ),
    ]
    likely = sorted(((one, each) for each in registries for one in each.sure), key=lambda pair: -pair[0].score)
    if likely:
        lines += ["", "## Likely pairs that the rule will not link", "", "| score | Severa | " + safe(erp) + " | why |"]
        lines += ["|---:|---|---|---|"]
        for one, _ in likely[:NAMED]:
            texts = (one.severa.label, one.erp.label, ", ".join(one.evidence))
            lines.append(f"| {one.score} | " + " | ".join(safe(without_codes(text)) for text in texts) + " |")
        if len(likely) > NAMED:
            lines += ["", f"and {len(likely) - NAMED} more"]
    lines += [f"- Could not be read: {safe(text)}" for text in comparison.unread]
    lines += ["", "Files on the machine that ran it: " + ", ".join(f"`{path}`" for path in files.values())]
    return "\n".join(lines)
