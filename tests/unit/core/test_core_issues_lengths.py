"""An issue's texts are cut to a length for people, whatever a vendor calls its records (law 10)."""

from __future__ import annotations

from core.errors import BadDataError, ErrorClass
from core.issues import LONGEST, Issue, issue_from


def test_a_megabyte_becomes_a_line() -> None:
    long = "Langt navn " * 100_000
    issue = issue_from(
        BadDataError(long, why=long, todo=long, field=long, needs=f"products:{long}"),
        scope="customers",
        record=f"severa:{long}",
        label=long,
    )
    for name, longest in LONGEST.items():
        text = getattr(issue, name)
        assert len(text) == longest
        assert text.endswith("…")
    assert issue.needs is None


def test_what_is_short_stays_as_it_is() -> None:
    words = {"label": "Ærø", "what": "x", "why": "y", "todo": "z", "record": "severa:1", "cause": "row"}
    issue = Issue(scope="customers", error_class=ErrorClass.BAD_DATA, needs="customers:severa:1", **words)
    assert {name: getattr(issue, name) for name in words} == words
    assert issue.needs == "customers:severa:1"
