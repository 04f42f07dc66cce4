"""The checks of records: both sides are read in full, and Great Expectations says which records are not as expected."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from connectors.ports import ChoosingPort, Read
from connectors.together import together
from core.checks import Sheet
from core.errors import BugError, ConfigurationError, SyncError
from core.records import Record, Registry, Side
from core.row_checks import Expect, RowCheck
from expectations.apart_rows import RowsValidation
from expectations.rows import Column, Table
from tasks.run import Run

NAMED = 5
"""Records that a finding names."""
THERE, MISSING = "there", "missing"
Place = tuple[Side, Registry]


class Records:
    """One look at the records. Great Expectations is made ready while they are read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._validation: RowsValidation | None = RowsValidation()

    def close(self) -> None:
        """Whatever was begun and not finished ends."""
        validation, self._validation = self._validation, None
        if validation is not None:
            validation.give_up()

    async def look(self, checks: Sequence[RowCheck], docs: Path | None) -> tuple[Sheet, str | None]:
        """What was found, and the first page of the Data Docs."""
        sheet = Sheet()
        reads = await self._read(checks)
        good = []
        for check in checks:
            errors = [error for place in _needs(check) if isinstance(error := reads[place], SyncError)]
            if errors:
                sheet.missed((check.check,), errors[0])
            else:
                good.append(check)
        sheet.made(*(check.check for check in good))
        found = {place: read.items for place, read in reads.items() if not isinstance(read, SyncError)}
        tables = {place: self._table(place, good, found) for place in dict.fromkeys((c.side, c.registry) for c in good)}
        self._run.progress("check records", 0, sum(len(table.labels) for table in tables.values()))
        validation, self._validation = self._validation or RowsValidation(), None
        try:
            result = await asyncio.to_thread(
                validation.validate, list(tables.values()), tenant=self._run.tenant.name, run="check", docs=docs
            )
        except OSError as error:
            raise ConfigurationError(
                f"Data Docs cannot be written to {docs}.",
                why=f"{error.strerror or type(error).__name__}.",
                todo="Let SEVERA_SYNC_HOME be a folder that may be written to.",
            ) from None
        for check in good:
            table = tables[check.side, check.registry]
            places = result.failed[table.name][check.column]
            if places:
                sheet.found(
                    check.check,
                    f"Not so for {len(places)} of {len(table.labels)} {table.title}.",
                    records=[table.labels[place] for place in places[:NAMED]],
                    count=len(places),
                )
        return sheet, str(result.docs_index) if result.docs_index else None

    async def _read(self, checks: Sequence[RowCheck]) -> dict[Place, Read[Record] | SyncError]:
        """Every registry that a check looks at, in full; the error where that failed."""
        run = self._run
        cast(ChoosingPort, run.severa).carry({})  # what stands in other rows is not looked at

        async def one(place: Place) -> Read[Record] | SyncError:
            try:
                read = await run.port(place[0]).read(place[1], None)
            except BugError:
                raise
            except SyncError as error:  # a wrong setting, too: it is a finding of its own, and the others are made
                return error
            run.progress(f"read {place[1].value}", len(read.items))
            return read

        places = list(dict.fromkeys(place for check in checks for place in _needs(check)))
        return dict(zip(places, await together([one(place) for place in places]), strict=True))

    def _table(self, place: Place, checks: Sequence[RowCheck], found: dict[Place, tuple[Record, ...]]) -> Table:
        """The lines that the profile would carry, and a column per check."""
        side, registry = place
        filters = self._run.rule(registry).filters.get(side, ())
        records = [record for record in found[place] if all(each.keeps(record) for each in filters)]
        own = [check for check in checks if (check.side, check.registry) == place]
        return Table(
            name=f"{side.value}_{registry.value}",
            title=f"{registry.value.replace('_', ' ')} in {self._run.names[side]}",
            columns=tuple(_column(check) for check in own),
            labels=tuple(record.label for record in records),
            cells=tuple(_cells(check, records, found) for check in own),
        )


def _needs(check: RowCheck) -> list[Place]:
    places = [(check.side, check.registry)]
    return [*places, (check.side.other, check.registry)] if check.expect is Expect.COUNTERPART else places


def _column(check: RowCheck) -> Column:
    there = check.expect is Expect.COUNTERPART
    return Column(
        name=check.column,
        expect=(Expect.ONE_OF if there else check.expect).value,
        description=f"{check.check.title}.",
        notes=f"{check.check.todo} {check.check.where}.",
        values=(THERE,) if there else tuple(sorted(check.values)),
        pattern=check.pattern,
        low=check.low,
        high=check.high,
    )


def _cells(
    check: RowCheck, records: Sequence[Record], found: dict[Place, tuple[Record, ...]]
) -> tuple[str | None, ...]:
    values = [check.value(record) if check.only(record) else None for record in records]
    if check.expect is not Expect.COUNTERPART:
        return tuple(values)
    theirs = {
        value.casefold()
        for record in found[check.side.other, check.registry]
        if getattr(record, "active", True) and (value := check.theirs(record))
    }
    return tuple(None if value is None else THERE if value.casefold() in theirs else MISSING for value in values)
