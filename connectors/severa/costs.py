"""Project costs in Severa: `/projectfees` (contract sections 8 and 12, PO-14, ALL-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.ports import CostEntry
from connectors.severa.client import Paging, SeveraClient, moment
from connectors.severa.mapping import TYPE_OF_NEW, bare, guid_in
from connectors.severa.settings import SeveraSettings
from connectors.values import Rejected, day, decimal, shown
from core.errors import BadDataError, OutcomeUnknownError
from core.records import ProductKind

MARGIN = timedelta(minutes=5)
"""How much earlier than the intent the look-up begins; by so much more as Severa's clock is seen to be behind ours."""
LONGEST_NAME = 100
"""Characters of a cost's name; the description holds the whole text. Severa publishes no maximum."""

_TYPES = {kind.value: word for kind, word in TYPE_OF_NEW.items()} | {
    word: word for word in ("FixedFees", "Materials", "Subcontracting")
}


class SeveraCosts:
    """Project costs of one Severa organisation. Our key stands in the member that `severa.fee_key_field` names."""

    def __init__(self, client: SeveraClient, settings: SeveraSettings) -> None:
        self._client = client
        self._field = settings.fee_key_field

    async def create(self, cost: CostEntry) -> str:
        """Create a cost; its guid. OutcomeUnknownError when the answer was lost."""
        body: dict[str, Any] = {
            "project": {"guid": cost.project_id},
            "name": (cost.description.splitlines() or [""])[0][:LONGEST_NAME] or None,
            "description": self._description(cost),
            "eventDate": cost.event_date,
            "quantity": cost.quantity,
            "unitCost": {"amount": cost.unit_cost, "currencyCode": cost.currency},
            "unitPrice": {"amount": cost.unit_price, "currencyCode": cost.currency},
            "isBillable": cost.billable,
            "billingSchedule": "Immediately",
            "product": {"guid": _regular_product(cost.product_id)} if cost.product_id else None,
            "productType": _product_type(cost.product_type),
            "invoiceRowComment": cost.key if self._field == "invoiceRowComment" else None,
        }
        row = await self._client.post(
            "/v1/projectfees", {name: value for name, value in body.items() if value is not None}
        )
        guid = guid_in({"": row}, "")
        if guid is None:
            raise OutcomeUnknownError("Severa created a project cost without saying its guid.", field="guid")
        return guid

    async def find(self, cost: CostEntry, *, since: datetime) -> str | None:
        """Guid of the cost that is ours: among those changed since shortly before `since`, then in the project.

        By our key; where no member carries it, by project, date, quantity, unit cost and description (contract section
        8). BadDataError when several could be it: then a person decides.
        """
        rows, now = await self._changed(since - MARGIN)
        behind = datetime.now(UTC) - now if now is not None else timedelta(0)
        if behind > MARGIN:  # what we made is stamped earlier than we believe
            rows, _ = await self._changed(since - behind - MARGIN)
        found = self._ours(rows, cost)
        if not found and self._field != "none":
            path = "/v1/projects/{projectGuid}/projectfees"
            found = self._ours(await self._client.rows(path, Paging.TOKEN, projectGuid=cost.project_id), cost)
        if len(found) > 1:
            raise BadDataError(
                f"Severa has {len(found)} costs that could be {shown(cost.key)}.",
                why="Only one of them can be the one whose answer was lost.",
                todo="Remove the double in Severa, or ignore this one.",
            )
        return next(iter(found), None)

    async def find_keys(self, keys: Sequence[str], *, since: datetime) -> dict[str, str]:
        """Those of our keys that costs changed since `since` carry -> guid; nothing where no member carries keys."""
        if self._field == "none":
            return {}
        rows, _ = await self._changed(since)
        found: dict[str, str] = {}
        marks = {key if self._field == "invoiceRowComment" else self._suffix(key): key for key in keys}
        for row in rows:
            value = row.get(self._field) if isinstance(row, Mapping) else None
            guid = guid_in({"": row}, "")
            if guid and isinstance(value, str):
                text = value.strip()
                mark = text[text.rfind("[") :] if self._field == "description" else text
                if mark in marks:
                    found.setdefault(marks[mark], guid)
        return found

    async def _changed(self, since: datetime) -> tuple[list[Any], datetime | None]:
        """Costs that changed since an instant by Severa's clock, and what time it is there (UTC)."""
        rows: list[Any] = []
        now: datetime | None = None
        async for page in self._client.pages("/v1/projectfees", Paging.TOKEN, {"changedSince": moment(since)}):
            now = now or page.date
            rows += page.rows
        return rows, now

    def _ours(self, rows: list[Any], cost: CostEntry) -> set[str]:
        if self._field != "none":
            return self._carriers(rows, cost.key)
        return {guid for row in rows if (guid := guid_in({"": row}, "")) and _looks_like(row, cost)}

    def _carriers(self, rows: list[Any], key: str) -> set[str]:
        mark = key if self._field == "invoiceRowComment" else self._suffix(key)
        found: set[str] = set()
        for row in rows:
            value = row.get(self._field) if isinstance(row, Mapping) else None
            guid = guid_in({"": row}, "")
            if guid and isinstance(value, str):
                text = value.strip()
                if text == mark or (self._field == "description" and text.endswith(mark)):
                    found.add(guid)
        return found

    def _description(self, cost: CostEntry) -> str:
        text = cost.description.strip()
        return f"{text} {self._suffix(cost.key)}".strip() if self._field == "description" else text

    def _suffix(self, key: str) -> str:
        return f"[{key}]"


def _looks_like(row: Any, cost: CostEntry) -> bool:
    """The figures by which a cost without a key is recognised."""
    try:
        figures = decimal(row.get("quantity")), decimal((row.get("unitCost") or {}).get("amount"))
        on = day(row.get("eventDate"))
    except (Rejected, AttributeError):
        return False
    return (
        guid_in(row, "project") == cost.project_id
        and on == cost.event_date
        and figures == (cost.quantity, cost.unit_cost)
        and (row.get("description") or "").strip() == cost.description.strip()
    )


def _regular_product(product_id: str) -> str:
    """A fee takes regular products only: a work type or a travel expense stands in another register."""
    kind = product_id.partition(":")[0]
    if kind in (ProductKind.WORK_TYPE.value, ProductKind.TRAVEL_EXPENSE.value):
        raise BadDataError(
            f"A cost cannot be booked on the {kind.replace('_', ' ')} {bare(product_id)}.",
            why="Severa takes regular products only.",
            todo="Use the code of a regular product on the purchase invoice row.",
            field="product",
        )
    return bare(product_id)


def _product_type(value: str | None) -> str | None:
    """Severa's product type of our own word (goods, service) or of its own."""
    if value is None:
        return None
    if value not in _TYPES:
        raise BadDataError(
            f"Severa has no product type {shown(value)}.",
            todo="Choose a product of another type on the row.",
            field="productType",
        )
    return _TYPES[value]
