"""Looks at the settings of one Visma.net company (contract section 14). What is checked stands in `checks.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from connectors.values import Rejected, text, whole
from connectors.visma_net import checks
from connectors.visma_net.catalogue import Catalogue
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.registers import CURRENCIES, Registers
from connectors.visma_net.row_checks import row_checks
from connectors.visma_net.settings import VismaNetSettings
from connectors.visma_net.words import ITEM_KINDS
from core.checks import ByHand, SeveraSetup, Sheet
from core.companies import same_company_number
from core.errors import BadDataError
from core.records import ProductKind
from core.row_checks import RowCheck

LARGEST = 2**31 - 1
"""The largest invoice number that Severa holds (int32)."""
SEEN_IN = {"visibleInAr": "AR", "visibleInAp": "AP", "visibleInGl": "GL"}


class VismaNetChecks:
    """What `look` has read is there for the checks of records afterwards."""

    def __init__(
        self, client: VismaNetClient, settings: VismaNetSettings, registers: Registers, catalogue: Catalogue
    ) -> None:
        self._client = client
        self.access = checks.ACCESS
        self.by_hand: Sequence[ByHand] = checks.BY_HAND
        self._settings = settings
        self._registers = registers
        self._catalogue = catalogue
        self.term_days: frozenset[int] = frozenset()
        self.currencies: frozenset[str] = frozenset()
        self.project_length: int | None = None
        self.item_length: int | None = None

    async def look(self, severa: SeveraSetup, today: date) -> Sheet:
        """Ten calls or so; classes, terms and currencies are those that the runs keep for an hour."""
        del today  # nothing here depends on it
        sheet = Sheet()
        await self._company(sheet, severa)
        await self._customer_key(sheet)
        await self._project_key(sheet, severa)
        await self._item_and_task_key(sheet)
        await self._template(sheet)
        await self._terms(sheet)
        await self._currencies(sheet, severa)
        await self._classes(sheet)
        if self._settings.default_item is not None:
            await self._default_item(sheet, self._settings.default_item)
        return sheet

    async def look_at_numbers(self, severa: SeveraSetup, today: date) -> Sheet:
        """One list: the numbering sequences."""
        del severa, today  # which sequence serves invoices is not shown: a person compares
        sheet = Sheet()
        found = await sheet.read((checks.SEQUENCES,), self._client.whole("/v1/numberSequence"))
        if found is None:
            return sheet
        sheet.made(checks.SEQUENCES)
        for row in found.rows:
            name = _text(row, "numberingId") or "?"
            for line in _rows(row, "sequence"):
                following, warn = _text(line, "nextNumber") or "", _text(line, "warnNbr") or ""
                said = _complaint(following, warn)
                if said:
                    sheet.found(checks.SEQUENCES, f"Sequence {name} gives {following} next: {said}.", part=name)
                    break
        return sheet

    def row_checks(self) -> tuple[RowCheck, ...]:
        """Those that need a register only where it could be read."""
        length = self.project_length
        low = 1 if self._settings.project_length_rule == "at_most" else length
        return row_checks(
            self.term_days,
            self.currencies,
            project_lengths=None if length is None or low is None else (low, length),
            longest=self.item_length,
        )

    async def _company(self, sheet: Sheet, severa: SeveraSetup) -> None:
        wanted = (checks.COMPANY, checks.NO_NUMBER)
        organisations = await sheet.read(wanted, self._client.whole("/v1/organization"))
        branches = await sheet.read((checks.NO_NUMBER,), self._client.whole("/v1/branch"))
        if organisations is None or branches is None:
            return
        own = [row for row in branches.rows if isinstance(row, Mapping) and row.get("isMainBranch") is True]
        numbers = [_text(row, name) for row in [*organisations.rows, *own] for name in NUMBERS]
        known = sorted({number for number in numbers if number})
        name = next((found for row in organisations.rows if (found := _text(row, "name"))), "?")
        same = same_company_number(severa.company_numbers, known)
        ours = f"{severa.name} ({', '.join(severa.company_numbers) or 'no number'})"
        what = f"Severa is {ours}, Visma.net is {name} ({', '.join(known) or 'no number'})."
        sheet.holds(checks.COMPANY, same is not False, what)
        sheet.holds(checks.NO_NUMBER, same is not None, what)

    async def _key(self, name: str) -> Mapping[str, Any] | None:
        """A segmented key; None when there is none of that name."""
        return await self._client.row(
            "/v1/dimension/{dimensionId}", {"dimensionId": name}, expandSegmentsValues="false"
        )

    async def _customer_key(self, sheet: Sheet) -> None:
        sheet.made(checks.CUSTOMER_KEY)
        for name in ("CUSTOMER", "BIZACCT"):
            key = await sheet.read((checks.CUSTOMER_KEY,), self._key(name))
            if key is not None:
                sheet.holds(checks.CUSTOMER_KEY, _automatic(key), f"The key {name} is not auto-numbered.")
            if key is not None or sheet.is_open(checks.CUSTOMER_KEY):
                return
        sheet.found(checks.CUSTOMER_KEY, "There is no segmented key CUSTOMER and none BIZACCT.")

    async def _project_key(self, sheet: Sheet, severa: SeveraSetup) -> None:
        key = await sheet.read((checks.PROJECT_KEY,), self._key("PROJECT"))
        if key is None:
            if not sheet.is_open(checks.PROJECT_KEY):
                sheet.found(checks.PROJECT_KEY, "There is no segmented key PROJECT.")
            return
        sheet.holds(checks.PROJECT_KEY, not _automatic(key), "The key PROJECT is auto-numbered.", part="auto")
        self.project_length = length = _whole(key, "length")
        following = severa.next_project
        if length is None or following is None:
            return
        exact = self._settings.project_length_rule == "equal"
        digits = len(str(following))
        sheet.holds(
            checks.PROJECT_KEY,
            digits == length or (not exact and digits < length),
            f"Severa's next project is {following}, and Visma.net's project numbers have "
            f"{'exactly' if exact else 'at most'} {length} characters.",
            part="length",
        )

    async def _item_and_task_key(self, sheet: Sheet) -> None:
        items = await sheet.read((checks.ITEM_KEY,), self._key("INVENTORY"))
        if items is not None:
            self.item_length = _whole(items, "length")
            sheet.holds(checks.ITEM_KEY, not _automatic(items), "The key INVENTORY is auto-numbered.")
        tasks = await sheet.read((checks.TASK_KEY,), self._key("PROTASK"))
        length = _whole(tasks, "length") if tasks is not None else None
        if length is not None:
            task = self._settings.task
            what = f"The task {task} does not fit the key PROTASK, which has {length} characters."
            sheet.holds(checks.TASK_KEY, len(task) <= length, what)

    async def _template(self, sheet: Sheet) -> None:
        wanted = (checks.TEMPLATE, checks.VISIBLE)
        found = await sheet.read(wanted, self._client.rows("/v1/project", systemTemplate="true"))
        if found is None:
            return
        name = self._settings.template
        row = next((each for each in found.rows if _text(each, "projectID") == name), None)
        active = row is not None and (_text(row, "status") or "Active") == "Active"
        words = f"The template {name} is not active." if row is not None else f"There is no template {name}."
        sheet.holds(checks.TEMPLATE, active, words)
        if row is None:
            return
        seen = row.get("visibility")
        hidden = [word for member, word in SEEN_IN.items() if isinstance(seen, Mapping) and seen.get(member) is False]
        sheet.holds(checks.VISIBLE, not hidden, f"The template {name} is not visible in {', '.join(hidden)}.")

    async def _terms(self, sheet: Sheet) -> None:
        known = await sheet.read((checks.TERMS, checks.DOUBLE_TERMS), self._registers.term_days())
        if known is None:
            return
        chosen = self._settings.credit_terms
        self.term_days = frozenset(known.values()) | frozenset(chosen)
        sheet.made(checks.TERMS, checks.DOUBLE_TERMS)
        for days, term in chosen.items():
            if term not in known:
                sheet.found(checks.TERMS, f"There is no credit term {term} for customers.", part=str(days))
        for days in sorted(self.term_days - frozenset(chosen)):
            several = sorted(term for term, its in known.items() if its == days)
            if len(several) > 1:
                what = f"{len(several)} credit terms have {days} days: {', '.join(several[:5])}."
                sheet.found(checks.DOUBLE_TERMS, what, part=str(days))

    async def _currencies(self, sheet: Sheet, severa: SeveraSetup) -> None:
        wanted = (checks.OWN_CURRENCY, checks.CURRENCIES)
        base = await sheet.read(wanted, self._registers.base_currency())
        found = await sheet.read((checks.CURRENCIES,), self._client.whole("/v1/currency")) if base else None
        if base is None or found is None:
            return
        what = f"Severa's own currency is {severa.own_currency}, Visma.net's is {base}."
        sheet.holds(checks.OWN_CURRENCY, severa.own_currency in (None, base), what)
        rows = [row for row in map(_currency, found.rows) if row is not None]
        self.currencies = frozenset(str(row["id"]).upper() for row in rows if row["used"] or row["base"])
        sheet.made(checks.CURRENCIES)
        for code in sorted(severa.currencies - self.currencies):
            sheet.found(checks.CURRENCIES, f"{code} is not used for accounting in Visma.net.", part=code)

    async def _classes(self, sheet: Sheet) -> None:
        wanted = (checks.CLASSES, checks.NO_CLASS)
        items = await sheet.read(wanted, self._registers.item_classes())
        customers = (
            await sheet.read((checks.CLASSES,), self._registers.customer_classes()) if items is not None else None
        )
        if items is None or customers is None:
            return
        settings = self._settings
        sheet.made(checks.CLASSES, checks.NO_CLASS)
        if settings.customer_class is not None and settings.customer_class not in {row["id"] for row in customers}:
            what = f"There is no customer class {settings.customer_class}."
            sheet.found(checks.CLASSES, what, part="customer_class")
        kinds = {row["id"]: ITEM_KINDS.get(row["kind"] or "") for row in items}
        named = [(f"item_classes.{kind.value}", kind, name) for kind, name in settings.item_classes.items()]
        named += [
            (f"work_type_classes.{code}", ProductKind.WORK_TYPE, name)
            for code, name in settings.work_type_classes.items()
        ]
        for where, kind, name in named:
            if name not in kinds:
                sheet.found(checks.CLASSES, f"{where}: there is no item class {name}.", part=where)
            elif kinds[name] is not kind:
                words = kind.value.replace("_", " ")
                sheet.found(checks.CLASSES, f"{where}: the class {name} is not one of {words}s.", part=where)
        without = [kind for kind in ProductKind if kind not in settings.item_classes]
        if without:
            words = ", ".join(kind.value.replace("_", " ") for kind in without)
            sheet.found(checks.NO_CLASS, f"No class is named for a new {words} without one of its own.")

    async def _default_item(self, sheet: Sheet, code: str) -> None:
        await sheet.read((checks.DEFAULT_ITEM,), self._catalogue.learn([code]))
        if not sheet.is_open(checks.DEFAULT_ITEM):
            there = self._catalogue.has(code)
            sheet.holds(checks.DEFAULT_ITEM, there, f"Visma.net has no active item {code}.")


NUMBERS = ("corporateId", "vatRegistrationId")


def _complaint(following: str, warn: str) -> str:
    """What is wrong with a sequence's next number; empty when nothing is."""
    if not re.fullmatch(r"\d+", following):
        return "Severa's invoice numbers are digits only" if following else ""
    if int(following) > LARGEST:
        return f"Severa's invoice numbers end at {LARGEST}"
    if re.fullmatch(r"\d+", warn) and int(following) >= int(warn):
        return f"it is past {warn}, from which on it warns of its end"
    return ""


def _automatic(key: Mapping[str, Any]) -> bool:
    """Whether any segment of a key is numbered by Visma.net."""
    return any(segment.get("isAutoNumber") is True for segment in _rows(key, "segments"))


def _currency(row: Any) -> dict[str, Any] | None:
    with suppress(BadDataError):
        return CURRENCIES.read(row)
    return None


def _rows(row: Any, name: str) -> Sequence[Mapping[str, Any]]:
    found = row.get(name) if isinstance(row, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _text(row: Any, name: str) -> str | None:
    with suppress(Rejected):
        return text(row.get(name)) if isinstance(row, Mapping) else None
    return None


def _whole(row: Any, name: str) -> int | None:
    with suppress(Rejected):
        return whole(row.get(name)) if isinstance(row, Mapping) else None
    return None
