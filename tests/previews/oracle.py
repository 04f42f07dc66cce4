"""Whether a run did what the preview right before it said: judged by what stands in both systems before and after.

A preview is not believed about itself: what is new or different afterwards must have been said, with the old and the
new value, and what was said must stand there. What it said under a condition may stay away when that did not come true.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.records import Registry, Side
from state.store import TenantState
from tests.faults.stage import Stage
from tests.previews.snapshots import Snapshot

Said = Mapping[str, Any]
DERIVED = "referenceNumber"
"""Severa makes it of an invoice's number, unless it is given another one."""
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Oracle:
    """Judges one preview and the run after it. `asked` are the guids of invoices that the run offered to the ERP."""

    def __init__(
        self, foreseen: Sequence[Said], before: Snapshot, after: Snapshot, state: TenantState, asked: set[str]
    ) -> None:
        self._foreseen = foreseen
        self._before = before
        self._after = after
        self._state = state
        self._asked = asked

    def findings(self) -> list[str]:
        """Where the two differ, in words."""
        return [*self._registries(), *self._invoices(), *self._bills(), *self._costs()]

    # registries ---------------------------------------------------------------------------------------------------

    def _registries(self) -> Iterator[str]:
        for (side, registry), after in self._after.records.items():
            before = self._before.records[side, registry]
            said = [one for one in self._foreseen if one["scope"] == registry and one["side"] == side]
            yield from self._created(side, registry, said, before, after)
            yield from self._updated(side, registry, said, before, after)

    def _created(
        self, side: Side, registry: Registry, said: Sequence[Said], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[str]:
        told = set()
        for one in said:
            own, _, source = one["record"].partition(":")
            if one["act"] != "create" or own == side or one["label"].startswith("Visma.net "):
                continue
            made = self._state.links.other_id(registry, Side(own), source)
            if made is None or made in before:
                if not one["provided"]:
                    yield f"{side} {registry}: said to be created and was not: {_short(one)}"
                continue
            told.add(made)
            yield from self._compared(one, {}, after.get(made, {}), new=True)
        for record_id in after.keys() - before.keys() - told:
            yield f"{side} {registry}: created and not said: {after[record_id]}"

    def _updated(
        self, side: Side, registry: Registry, said: Sequence[Said], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[str]:
        named: dict[str, set[str]] = defaultdict(set)
        for one in said:
            if one["act"] != "update" or one["target"] is None:
                continue
            record_id = one["target"]
            named[record_id] |= {*one["fields"], *one["unknown"]}
            if record_id not in before:
                yield f"{side} {registry}: said of an item that was not there: {_short(one)}"
                continue
            yield from self._compared(one, before[record_id], after.get(record_id, {}), new=False)
        for record_id in before.keys() & after.keys():
            for name, value in after[record_id].items():
                if value != before[record_id][name] and name not in named[record_id]:
                    words = f"{name}: {before[record_id][name]} -> {value}"
                    yield f"{side} {registry} {record_id}: changed and not said: {words}"

    def _compared(self, one: Said, before: Mapping[str, Any], after: Mapping[str, Any], *, new: bool) -> Iterator[str]:
        for name, (old, value) in one["fields"].items():
            if name not in after:
                continue
            if not new and old != before[name]:
                yield f"{_short(one)}: {name} was {before[name]!r}, said to be {old!r}"
            if after[name] != value and not one["provided"]:
                yield f"{_short(one)}: {name} is {after[name]!r}, said to become {value!r}"

    # invoices and costs -------------------------------------------------------------------------------------------

    def _invoices(self) -> Iterator[str]:
        said = {
            one["record"].partition(":")[2]: one
            for one in self._foreseen
            if one["scope"] == "invoices" and one["act"] == "create"
        }
        for guid in self._asked - said.keys():
            yield f"invoice {guid}: made in the ERP and not said"
        for guid in said.keys() - self._asked:
            if not said[guid]["provided"]:
                yield f"invoice {guid}: said to be made, and was not: {_short(said[guid])}"

    def _bills(self) -> Iterator[str]:
        said: dict[str, list[Said]] = defaultdict(list)
        for one in self._foreseen:
            if one["scope"] == "invoices" and one["side"] == Side.SEVERA:
                said[one["record"].partition(":")[2]].append(one)
        for guid, after in self._after.bills.items():
            before = self._before.bills.get(guid, after)
            changed = {name: (before[name], value) for name, value in after.items() if before[name] != value}
            told = _merged(said[guid])
            sure = [one for one in said[guid] if not one["provided"]]
            created = any(one["provided"] for one in said[guid])
            for name, pair in changed.items():
                if created and name == "status" and name in told:
                    continue  # the failed one, when the totals do not agree
                if name in told and tuple(map(_plain, told[name])) != tuple(map(_plain, pair)):
                    yield f"invoice {guid}: {name} {pair}, said {told[name]}"
                derived = name == DERIVED and "number" in changed
                if name not in told and not derived and not any(name in _unknown(one) for one in said[guid]):
                    yield f"invoice {guid}: changed and not said: {name} {pair}"
            for name, (old, new) in _merged(sure).items():
                if name not in changed:
                    yield f"invoice {guid}: said {name} {old!r} -> {new!r}, and is {after[name]!r}"

    def _costs(self) -> Iterator[str]:
        said = [one for one in self._foreseen if one["scope"] == "costs" and one["act"] == "create"]
        sure = [one for one in said if not one["provided"]]
        new = [row for guid, row in self._after.fees.items() if guid not in self._before.fees]
        if not len(sure) <= len(new) <= len(said):
            yield f"costs: {len(new)} made, {len(sure)} to {len(said)} said"
        figures = sorted(
            (row["project"]["guid"], _text(row["quantity"]), _text(row["unitCost"]["amount"]), row["eventDate"][:10])
            for row in new
        )
        for one in sure:
            wanted = tuple(str(one["fields"][name][1]) for name in ("project", "quantity", "unit_cost", "event_date"))
            if wanted in figures:
                figures.remove(wanted)
            else:
                yield f"costs: said {wanted}; made {figures}"


def offered(stage: Stage, erp: str, mark: int) -> set[str]:
    """Guids of the invoices whose documents an ERP was asked to make from an exchange on."""
    paths = {"poweroffice": ("/SalesOrders/Complete",), "visma_net": ("/customerinvoice", "/customerCreditNote")}[erp]
    found = set()
    for one in stage.exchanges(mark):
        if one.system == erp and one.method == "POST" and one.path.casefold().endswith(tuple(map(str.casefold, paths))):
            body = json.loads(one.request_body)
            text = body["ExternalImportReference"] if erp == "poweroffice" else body["note"]["value"]
            guid = GUID.search(text)
            assert guid is not None, text
            found.add(guid[0])
    return found


def _plain(value: object) -> object:
    return str(value)[:10] if isinstance(value, int | str) else value


def _merged(said: Sequence[Said]) -> dict[str, tuple[Any, Any]]:
    """Field -> (the first old value, the last new one), under the names of Severa's rows."""
    found: dict[str, tuple[Any, Any]] = {}
    for one in said:
        for name, (old, new) in one["fields"].items():
            member = _MEMBERS.get(name, name)
            found[member] = (found[member][0] if member in found else old, new)
    return found


_MEMBERS = {"reference": "referenceNumber", "payment_date": "paymentDate"}


def _unknown(one: Said) -> set[str]:
    return {_MEMBERS.get(name, name) for name in one["unknown"]}


def _text(number: Any) -> str:
    return f"{number:f}" if not isinstance(number, (int, float)) else f"{number:.10f}".rstrip("0").rstrip(".")


def _short(one: Said) -> str:
    return f"{one['act']} {one['scope']} {one['record']} {one['label']}"


def figures(said: Mapping[str, Any], done: Mapping[str, Any]) -> Iterator[str]:
    """Where the figures of a run are others than those of its preview.

    Which totals the ERP comes to is only known afterwards: invoices that were said to go may have been refused for
    that. The invoices that this run made are read back by it, and by no preview.
    """
    for part, counts in done["parts"].items():
        if said["parts"].get(part) != counts:
            yield f"{part}: {counts}, said {said['parts'].get(part)}"
    for job, counts in done["jobs"].items():
        told = said["jobs"][job]
        names = set(counts)
        if job == "invoice_export":
            refused = told["created"] - counts["created"]
            if refused < 0 or counts["rejected"] - told["rejected"] != refused:
                yield f"{job}: {counts}, said {told}"
            names = {"read", "unchanged", "skipped"}
        if job == "invoice_status":
            names = {"created", "updated", "rejected", "skipped"}
        if any(counts[name] != told[name] for name in names):
            yield f"{job}: {counts}, said {told}"
