"""Rules over a whole tenant file, which no single section can check.

They look at the plain values of the file, so that they speak up together with the mistakes of types and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from core.records import Registry
from tenants.document import Document
from tenants.mistakes import Mistake, Path, did_you_mean, one_of, shown
from tenants.model import erps, required
from tenants.section import ErpSection, Section

PLACEHOLDER = "<fill in>"
"""What a template holds where only the user knows the value."""


def check(document: Document, sections: Mapping[str, type[Section]]) -> Iterator[tuple[Path, Mistake]]:
    """All breaches of the rules, each with the path that it explains."""
    data = document.data
    if not isinstance(data, dict):
        what = "is empty" if data is None else "is not a list of settings"
        yield (), document.mistake((), what, "start from severa-sync init, or with tenant: NAME")
        return
    yield from _placeholders(document, data, ())
    yield from _name(document, data)
    yield from _erp(document, data, erps(sections))


def _placeholders(document: Document, value: Any, path: Path) -> Iterator[tuple[Path, Mistake]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _placeholders(document, item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _placeholders(document, item, (*path, index))
    elif isinstance(value, str) and value.strip().casefold() == PLACEHOLDER:
        yield (
            path,
            document.mistake(path, "is not filled in yet", f"fill in what belongs here instead of {PLACEHOLDER}"),
        )


def _name(document: Document, data: dict[str, Any]) -> Iterator[tuple[Path, Mistake]]:
    stem = PurePath(document.file).stem
    name = data.get("tenant")
    if isinstance(name, str) and name and name != stem:
        path: Path = ("tenant",)
        yield path, document.mistake(path, f"{shown(name)} is not the name of the file", f"write {shown(stem)[1:-1]}")


def _erp(
    document: Document, data: dict[str, Any], known: Mapping[str, type[ErpSection]]
) -> Iterator[tuple[Path, Mistake]]:
    erp = data.get("erp")
    if not isinstance(erp, str):
        return
    if erp not in known:
        near = did_you_mean(erp, tuple(known))
        path: Path = ("erp",)
        allowed = " ".join(part for part in (one_of(tuple(known)), near and f"({near})") if part)
        yield path, document.mistake(path, f"{shown(erp)} is not an ERP that is known", allowed)
        return
    if data.get(erp) is None:
        path = (erp,)
        needs = ", ".join(required(known[erp]))
        where = document.mistake(path if erp in data else ("erp",), "")
        yield (
            path,
            Mistake(
                document.file,
                where.line,
                where.column,
                erp,
                "is missing: the section of this tenant's ERP",
                f"needs {needs}",
            ),
        )
    for other in known:
        if other != erp and other in data:
            path = (other,)
            yield (
                path,
                document.mistake(path, f"is not this tenant's ERP (erp: {erp})", "remove the section", at_key=True),
            )
    yield from _requires(document, data, known[erp])
    yield from _masters(document, data.get("masters"), known[erp])


def _requires(document: Document, data: dict[str, Any], erp: type[ErpSection]) -> Iterator[tuple[Path, Mistake]]:
    for path in erp.requires:
        *way, last = path
        place: Any = data
        for key in way:
            place = place.get(key) if isinstance(place, dict) else None
        if isinstance(place, dict) and place.get(last) is None:
            yield path, document.mistake(path, "is missing", f"{erp.title} needs it")


def _masters(document: Document, masters: Any, erp: type[ErpSection]) -> Iterator[tuple[Path, Mistake]]:
    if not isinstance(masters, dict):
        return
    by_name: dict[str, Registry] = {registry.value: registry for registry in erp.master_choices}
    for name, master in masters.items():
        path: Path = ("masters", name)
        registry = by_name.get(name)
        if registry is None:
            near = did_you_mean(name, tuple(by_name))
            what = f"is not a registry that {erp.title} and Severa share"
            yield path, document.mistake(path, what, near or one_of(tuple(by_name)), at_key=True)
            continue
        choices = tuple(choice.value for choice in erp.master_choices[registry])
        if master not in choices:
            near = did_you_mean(master, choices) if isinstance(master, str) else ""
            allowed = one_of(choices) + (f" ({near})" if near else "")
            yield path, document.mistake(path, f"{_plain(master)} is not allowed", allowed)


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        return "this"
    return "nothing" if value is None else shown(value)
