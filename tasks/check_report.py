"""What a check leaves for people: the page, the JSON document, and the artifact in the Prefect UI."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from prefect.artifacts import acreate_markdown_artifact

from core.checks import Finding, Report
from core.errors import ConfigurationError
from core.masking import without_codes
from core.records import Side
from tasks import places
from tasks.check_page.page import document, page, verdict
from tasks.reporting import safe


@dataclass(slots=True)
class Wanted:
    """Where the page goes, and what became of the check, for who started the flow in this process."""

    html: Path | None = None
    report: Report | None = None
    files: dict[str, Path] = field(default_factory=dict)


WANTED: ContextVar[Wanted | None] = ContextVar("severa_sync_check", default=None)
"""Set by the command line; on a worker the page goes where `folder_of` says."""


def folder_of(tenant: str) -> Path:
    """Where a tenant's latest page lies: below the home, a folder per tenant."""
    return places.home() / "checks" / tenant


def write_files(report: Report, html: Path | None) -> dict[str, Path]:
    """Write the page, and beside it the document; each in one piece. ConfigurationError when that cannot be."""
    page_file = html or folder_of(report.tenant) / "check.html"
    files = {"html": page_file} | ({} if html else {"json": page_file.with_suffix(".json")})
    content = {"html": page(report).encode(), "json": orjson.dumps(document(report)) + b"\n"}
    try:
        if html is None:
            page_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind, path in files.items():
            partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
            try:
                partial.write_bytes(content[kind])
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The page cannot be written to {page_file}.",
            why=f"{error.strerror or type(error).__name__}.",
            todo="Name a file in a folder that may be written to.",
        ) from None
    return files


async def announce(report: Report, files: dict[str, Path]) -> None:
    """The artifact: the list in short, and where the page lies."""
    key = re.sub(r"[^a-z0-9-]", "-", report.tenant.lower()).strip("-")
    await acreate_markdown_artifact(
        key=f"{key}-check",
        markdown=in_markdown(report, files),
        description=f"{report.tenant}: checks of the settings and records",
    )


def in_markdown(report: Report, files: dict[str, Path]) -> str:
    """The report in short. Vendor texts are escaped, codes of persons masked."""
    erp = safe(report.names[Side.ERP])
    lines = [f"# {safe(report.tenant)}: Severa and {erp} checked", "", verdict(report), ""]
    for title, findings in (
        ("🔴 Must be mended", report.hard),
        ("🟠 To be looked at", report.soft),
        ("⚪ Seen, and let be", report.accepted),
    ):
        if findings:
            lines += [f"## {title}", "", "| what | what to do | where |", "|---|---|---|", *map(_row, findings), ""]
    if report.unread:
        lines += ["## 🟠 Could not be looked at", ""]
        lines += [f"- {safe(each.check.title)}: {safe(without_codes(str(each.error)))}" for each in report.unread]
        lines += [""]
    lines += [
        "## Only a person can see",
        "",
        *(f"- {safe(one.title)} ({safe(one.where)})" for one in report.by_hand),
        "",
    ]
    if report.passed:
        lines += ["## 🟢 As they must be", "", *(f"- {safe(check.title)}" for check in report.passed), ""]
    where = [*files.values(), *([report.docs] if report.docs else [])]
    return "\n".join([*lines, "On the machine that ran it: " + ", ".join(f"`{path}`" for path in where)])


def _row(finding: Finding) -> str:
    named = f" {'; '.join(finding.records)}" if finding.records else ""
    words = (
        f"**{safe(finding.check.title)}** {safe(without_codes(finding.what + named))}",
        safe(finding.advice),
        safe(finding.check.where),
    )
    return "| " + " | ".join(words) + " |"
