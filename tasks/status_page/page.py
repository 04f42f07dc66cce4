"""The page: one self-contained HTML file that works offline, without a mouse, in the dark and on a telephone.

It has the looks and the script of the comparison report. Every text that a vendor or a person wrote is escaped by the
template, and no other script than the page's own runs in it: its digest stands in the page's content security policy.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from core.status import WAITING, Level, Overview, TenantStatus
from tasks.status_page.words import LEVELS, STATES, ago, amounts, ended, moment

TONES = {Level.TROUBLE: "person", Level.ATTENTION: "likely", Level.FINE: "linked", Level.OFF: "stays"}
"""Level -> the colour of the comparison report that says the same."""
ENDINGS = {"completed": "linked", "completed with issues": "likely", "failed": "person", "stopped": "person"}


def page(overview: Overview) -> str:
    """The HTML of the page."""
    style = _file("tasks.comparison_page", "style.css") + _file("tasks.status_page", "status.css")
    script = _file("tasks.comparison_page", "script.js")
    return (
        _environment()
        .get_template("status.html")
        .render(
            overview=overview,
            rows=overview.tenants,
            tiles=_tiles(overview),
            chips=[(level.value, LEVELS[level].lower(), overview.number(level), TONES[level]) for level in Level],
            needy=overview.number(Level.TROUBLE) + overview.number(Level.ATTENTION),
            style=Markup(style),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704 - our own file
            digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            ago=partial(ago, now=overview.at),
            moment=partial(moment, now=overview.at),
            flags=flags,
        )
    )


def flags(one: TenantStatus) -> str:
    """What the filters of the table know a tenant by."""
    more = ["waits"] if one.waiting else []
    return " ".join([one.level.value, *more])


def _tiles(overview: Overview) -> list[tuple[str, str, str]]:
    """(colour, figure, words): all tenants in a few figures."""
    tenants = overview.tenants
    waiting = sum(one.waiting for one in tenants)
    issues = sum(one.open_issues for one in tenants)
    return [
        *((TONES[level], _figure(overview.number(level)), LEVELS[level].lower()) for level in Level),
        ("likely" if issues else "stays", _figure(issues), "open issues"),
        ("likely" if waiting else "stays", _figure(waiting), "invoices waiting"),
    ]


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


@cache
def _file(package: str, name: str) -> str:
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tasks.status_page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["figure"] = _figure
    environment.globals |= {
        "states": STATES, "levels": LEVELS, "tones": TONES, "endings": ENDINGS, "amounts": amounts, "ended": ended,
        "is_waiting": WAITING.__contains__,
    }  # fmt: skip
    return environment
