"""Project costs in Severa: `/projectfees` (contract sections 8 and 12, PO-14, ALL-08)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.ports import CostEntry
from connectors.severa.client import Paging, SeveraClient, moment
from connectors.severa.mapping import TYPE_OF_NEW, bare, guid_in
from connectors.severa.settings import SeveraSettings
from connectors.values import shown
from core.errors import BadDataError, OutcomeUnknownError
from core.records import ProductKind

MARGIN = timedelta(minutes=5)
"""How much earlier than the intent the look-up begins: Severa's clock is not ours."""
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

    async def find(self, key: str, *, project_id: str, since: datetime) -> str | None:
        """Guid of the cost with our key: among those changed since shortly before `since`, then in the project.

        BadDataError when several carry it, or when no member carries our key: then a person decides.
        """
        if self._field == "none":
            raise BadDataError(
                f"It cannot be found out whether Severa has the cost {shown(key)}.",
                why="severa.fee_key_field is none, so no cost carries our key.",
                todo="Look at the project's costs in Severa, then retry or ignore this one.",
            )
        asked = {"changedSince": moment(since - MARGIN)}
        changed = await self._client.rows("/v1/projectfees", Paging.TOKEN, asked)
        found = self._carriers(changed, key)
        if not found:
            path = "/v1/projects/{projectGuid}/projectfees"
            found = self._carriers(await self._client.rows(path, Paging.TOKEN, projectGuid=project_id), key)
        if len(found) > 1:
            raise BadDataError(
                f"Severa has {len(found)} costs with the key {shown(key)}.", todo="Remove the double in Severa."
            )
        return next(iter(found), None)

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
        raise BadDataError(f"Severa has no product type {shown(value)}.", field="productType")
    return _TYPES[value]
