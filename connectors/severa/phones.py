"""Phone numbers of contacts apart from mobile ones, for ERPs that keep both (VN-06, contract section 9).

A contact's own row shows its numbers without their types; these stand on the communications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.severa.client import Paging, SeveraClient
from connectors.severa.mapping import guid_in
from connectors.together import each

FIELDS: Mapping[str, str] = {"Phone": "phone", "MobilePhone": "mobile"}
"""Type of a communication -> field of a contact."""


class ContactPhones:
    """Reads the communications of contacts."""

    def __init__(self, client: SeveraClient) -> None:
        self._client = client

    async def all(self) -> dict[str, dict[str, str]]:
        """Phone fields of all contacts by the contact's guid."""
        found: dict[str, dict[str, str]] = {}
        async for page in self._client.pages("/v1/contactcommunications", Paging.FIRST_ROW):
            _collect(page.rows, found)
        return found

    async def put(self, rows: Iterable[dict[str, Any]], everyone: Mapping[str, Mapping[str, str]] | None) -> None:
        """Put phone and mobile into the values of contacts; `everyone` are those of all, where they were read."""
        wanted = list(rows)
        known: Mapping[str, Mapping[str, str]] = everyone if everyone is not None else {}
        if everyone is None and wanted:
            found: dict[str, dict[str, str]] = {}
            for part in await each(self._of, [values["id"] for values in wanted]):
                _collect(part, found)
            known = found
        for values in wanted:
            own = known.get(values["id"], {})
            values |= {name: own.get(name) for name in FIELDS.values()}

    async def _of(self, contact: str) -> list[Any]:
        path = "/v1/contacts/{contactGuid}/contactcommunications"
        return await self._client.rows(path, Paging.NONE, contactGuid=contact)


def _collect(rows: Iterable[Any], found: dict[str, dict[str, str]]) -> None:
    """The first number of each type counts, as on the contact itself."""
    for row in rows:
        contact = guid_in(row, "contact")
        kind = row.get("communicationType") if isinstance(row, Mapping) else None
        name = FIELDS.get(str(kind.get("type"))) if isinstance(kind, Mapping) else None
        value = row.get("value") if isinstance(row, Mapping) else None
        if contact and name and isinstance(value, str) and value.strip():
            found.setdefault(contact, {}).setdefault(name, value.strip())
