"""Lists: filters, page tokens and first-row paging (contract, sections 3 and 6)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from itertools import islice
from typing import Any, Literal

from sandbox.severa.errors import invalid
from sandbox.severa.registers import Registers
from sandbox.severa.stamps import read_instant
from sandbox.store import ChangeLog, Keys, Row, Table, member

Paging = Literal["token", "rows", "whole"]
DEFAULT_ROWS, MOST_ROWS = 20, 100
FEW = 1000
"""An index is used when it leaves no more rows than this; a longer list is walked through from the page's place."""

Test = Callable[[Registers, Row, Any], bool]
Read = Callable[[str], Any]


def read_text(text: str) -> str:
    """A text as it is."""
    return text


def read_number(text: str) -> int:
    """A whole number, also written with a decimal point. Raises ValueError."""
    number = float(text)
    if number != int(number):
        raise ValueError(text)
    return int(text) if text.lstrip("-").isdecimal() else int(number)


def read_flag(text: str) -> bool:
    """True or false in any case. Raises ValueError."""
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def read_day(text: str) -> date:
    """The day of a date or an instant. Raises ValueError."""
    return read_instant(text).date()


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter. With `keys` and an index of that name it is looked up, else every row is tested."""

    read: Read
    test: Test
    many: bool = False
    index: str | None = None
    keys: Keys | None = None
    log: Callable[[Registers, Table], ChangeLog] | None = None


def _any_key(path: str) -> tuple[Keys, Test]:
    keys = member(path)
    return keys, lambda _, row, wanted: any(key in wanted for key in keys(row))


def any_of(path: str, read: Read = read_text) -> Filter:
    """Any of several values in a member: a repeated name."""
    keys, test = _any_key(path)
    return Filter(read=read, test=test, many=True, index=path, keys=keys)


def one(path: str, read: Read = read_text) -> Filter:
    """One value in a member."""
    keys, test = _any_key(path)
    return Filter(read=read, test=test, index=path, keys=keys)


def word(path: str, *words: str) -> Filter:
    """One of the words of an enumeration in a member."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return one(path, read)


def flag(name: str) -> Filter:
    """A member that is true or false."""
    return Filter(read=read_flag, test=lambda _, row, wanted: bool(row[name]) is next(iter(wanted)))


def holds(test: Callable[[Registers, Row], bool]) -> Filter:
    """A condition that is asked to hold, or not to."""
    return Filter(read=read_flag, test=lambda registers, row, wanted: test(registers, row) is next(iter(wanted)))


def day(name: str, *, until: bool = False) -> Filter:
    """From a date on, or up to it; a row without the date does not match."""

    def test(_: Registers, row: Row, wanted: Any) -> bool:
        bound = next(iter(wanted)).isoformat()
        value = row[name]
        return value is not None and (value <= bound if until else value >= bound)

    return Filter(read=read_day, test=test)


def _no_test(_: Registers, __: Row, ___: Any) -> bool:
    return True


def since(log: Callable[[Registers, Table], ChangeLog] = lambda _, table: table.changes) -> Filter:
    """Added or changed at or after a moment."""
    return Filter(read=read_instant, test=_no_test, log=log)


def amount(name: str, *, most: bool = False) -> Filter:
    """A bound of an amount; both bounds are inclusive."""

    def test(_: Registers, row: Row, wanted: Any) -> bool:
        value, bound = row[name]["amount"] * row["currencyRate"], next(iter(wanted))
        return bool(value <= bound if most else value >= bound)

    return Filter(read=float, test=test)


def computed(test: Test, read: Read = read_text, *, many: bool = False) -> Filter:
    """A condition of its own; `wanted` is the set of values given."""
    return Filter(read=read, test=test, many=many)


IGNORED = Filter(read=read_text, test=_no_test, many=True)
"""Accepted without effect: the demo company has nothing that it would tell apart, or its effect is not documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of one kind. `parent` is (path parameter, kind of the parent, index of the listed kind).

    `where` is a condition that always holds; `shown` makes the listed object of a stored row.
    """

    kind: str
    paging: Paging
    filters: Mapping[str, Filter] = field(default_factory=dict)
    parent: tuple[str, str, str] | None = None
    all_rows: bool = False
    where: Callable[[Registers, Row], bool] | None = None
    shown: Callable[[Registers, Row], Row] | None = None
    search: tuple[str, ...] = ()
    defaults: Mapping[str, Callable[[Registers], str]] = field(default_factory=dict)
    """What a parameter means when it is absent."""

    @property
    def names(self) -> set[str]:
        """The query parameters it knows."""
        paging = {"token": {"pageToken", "rowCount"}, "rows": {"firstRow", "rowCount"}, "whole": set[str]()}
        return set(self.filters) | paging[self.paging] | ({"textToSearch"} if self.search else set())


Asked = list[tuple[Filter, frozenset[Any]]]


def _asked(listing: Listing, query: Mapping[str, list[str]]) -> Asked:
    """The filters in use with their values. Refuses unknown names and values that cannot be read."""
    found: Asked = []
    for raw_name, texts in query.items():
        name = "sortings" if raw_name.startswith("sortings[") else raw_name
        name = "searchCriterias" if name.startswith("searchCriterias[") else name
        if name not in listing.names:
            raise invalid(raw_name, "is not a parameter of this list", place="UriParameter")
        one_filter = listing.filters.get(name)
        if one_filter is None:
            continue
        given = [text for text in texts if text]
        if len(given) > 1 and not one_filter.many:
            raise invalid(name, "is given more than once", place="UriParameter")
        if given:
            try:
                found.append((one_filter, frozenset(one_filter.read(text) for text in given)))
            except ValueError:
                raise invalid(name, f"cannot be {given[0]!r}", place="UriParameter") from None
    return found


def _count(name: str, query: Mapping[str, list[str]], least: int, most: int) -> int | None:
    texts = [text for text in query.get(name, []) if text]
    if not texts:
        return None
    if len(texts) > 1 or not texts[0].isdecimal() or not least <= int(texts[0]) <= most:
        raise invalid(name, f"must be one number from {least} to {most}", place="UriParameter")
    return int(texts[0])


class Pages:
    """Answers lists. Page tokens are opaque and hold for the same query only."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._secret = registers.ids.guid("page tokens").encode()

    def answer(
        self, listing: Listing, path: str, params: Mapping[str, str], query: Mapping[str, list[str]]
    ) -> tuple[list[Row], str | None]:
        """(rows of the page, token of the next page or None). Refuses what the list does not know."""
        absent = {name: [make(self._registers)] for name, make in listing.defaults.items() if not query.get(name)}
        asked = _asked(listing, {**query, **absent})
        if listing.parent is not None:
            parameter, parent_kind, index = listing.parent
            parent = self._registers.get(parent_kind, params[parameter])
            asked.append((one(index), frozenset({parent["guid"]})))
        least = None if listing.paging == "whole" else _count("rowCount", query, 1, MOST_ROWS)
        most = least or (None if listing.all_rows or listing.paging == "whole" else DEFAULT_ROWS)
        if listing.paging == "token":
            rows, token = self._by_token(listing, path, query, asked, most or DEFAULT_ROWS)
        else:
            first = 0 if listing.paging == "whole" else _count("firstRow", query, 0, 2**31 - 1) or 0
            found = (row for _, row in self._rows(listing, query, asked, 0))
            rows, token = list(islice(found, first, None if most is None else first + most)), None
        if listing.shown is not None:
            rows = [listing.shown(self._registers, row) for row in rows]
        return rows, token

    def _by_token(
        self, listing: Listing, path: str, query: Mapping[str, list[str]], asked: Asked, most: int
    ) -> tuple[list[Row], str | None]:
        """A page that is not the last is one row short when ten or more are asked: a short page is not the end."""
        same = repr(
            (path, sorted((name, texts) for name, texts in query.items() if name not in {"pageToken", "rowCount"}))
        )
        start = 0
        for given in query.get("pageToken", []):
            if given:
                start = self._place(given, same)
        page: list[Row] = []
        room = most - 1 if most >= 10 else most
        held: tuple[int, Row] | None = None
        for place, row in self._rows(listing, query, asked, start):
            if held is not None:
                return page, self._token(held[0], same)
            if len(page) < room:
                page.append(row)
            elif room < most:
                held = (place, row)
            else:
                return page, self._token(place, same)
        if held is not None:
            page.append(held[1])
        return page, None

    def _token(self, place: int, same: str) -> str:
        sign = blake2b(f"{place}{same}".encode(), key=self._secret, digest_size=9).hexdigest()
        return f"{place:x}.{sign}"

    def _place(self, token: str, same: str) -> int:
        place = token.partition(".")[0]
        try:
            number = int(place, 16)
        except ValueError:
            number = -1
        if number < 0 or self._token(number, same) != token:
            raise invalid("pageToken", "is unknown", place="UriParameter")
        return number

    def _rows(
        self, listing: Listing, query: Mapping[str, list[str]], asked: Asked, start: int
    ) -> Iterator[tuple[int, Row]]:
        """(place, row) of the matching rows from a place on, in the order of insertion."""
        registers, table = self._registers, self._registers.tables[listing.kind]
        texts = [text.casefold() for text in query.get("textToSearch", []) if text]
        searched = [member(path) for path in listing.search]
        left = list(asked)
        candidates = self._candidates(table, left, start)
        logs = [(entry.log(registers, table), next(iter(wanted))) for entry, wanted in left if entry.log is not None]
        for place, row in candidates:
            if (
                (listing.where is None or listing.where(registers, row))
                and all(log.is_since(row["guid"], at) for log, at in logs)
                and all(entry.test(registers, row, wanted) for entry, wanted in left)
                and all(any(text in str(key).casefold() for keys in searched for key in keys(row)) for text in texts)
            ):
                yield place, row

    def _candidates(self, table: Table, left: Asked, start: int) -> Iterable[tuple[int, Row]]:
        """The rows to test: from the index or change log that leaves few, else all from the place on."""
        for entry in left:
            one_filter, wanted = entry
            if one_filter.index is not None and table.count(one_filter.index, wanted) in range(FEW + 1):
                left.remove(entry)
                rows = table.find_any(one_filter.index, wanted)
                return [(place, row) for row in rows if (place := table.position(row["guid"])) >= start]
        for one_filter, wanted in left:
            if one_filter.log is None:
                continue
            log, at = one_filter.log(self._registers, table), next(iter(wanted))
            if isinstance(at, datetime) and log.count_since(at) <= FEW:
                places = sorted(table.position(row_id) for row_id in log.since(at))
                return [(place, row) for place in places if place >= start for row in (table.at(place),)]
        return table.scan(start)
