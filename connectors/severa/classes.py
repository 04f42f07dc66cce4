"""The ERP's classes as Severa offers and carries them (VN-05, VN-08, contract section 9).

A customer class is a market segment below a parent of its own, one child per class; a customer has the segment of its
class. An inventory class is a product category whose code is the id of the class; work types have no category. Segments
and categories that stand for no class of the ERP's are other people's and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.ports import RegisterStore
from connectors.severa.client import Paging, SeveraClient
from connectors.severa.mapping import guid_in
from connectors.values import Rejected, instant
from core.errors import BadDataError, ConfigurationError, TransientError
from core.profiles import Choice
from core.records import Registry

SEGMENTS, LINKS, CATEGORIES = "/v1/marketsegments", "/v1/customermarketsegments", "/v1/productcategories"
OF_CUSTOMER = "/v1/customers/{customerGuid}/customermarketsegments"
WORTH_A_LIST = 20
"""From so many items on, reading the whole lists of what belongs to them takes fewer calls than asking for each."""


class Offered:
    """One register of classes in Severa: where each class stands. `parent` is the guid of the segments' parent."""

    def __init__(self, rows: Sequence[Sequence[str]], parent: str | None = None) -> None:
        self.parent = parent
        self.ids = {guid: class_id for class_id, guid in rows}
        """Guid of a segment or category -> id of the class."""
        self.guids: dict[str, str] = {}
        for class_id, guid in rows:
            self.guids.setdefault(class_id, guid)


class SeveraClasses:
    """Offers classes, and reads and writes those of customers. `kept` remembers for a day what was offered."""

    def __init__(self, client: SeveraClient, kept: RegisterStore | None = None) -> None:
        self._client = client
        self._kept = kept
        self._offered: dict[Registry, Offered] = {}

    async def offer(
        self, registry: Registry, title: str, choices: Sequence[Choice], *, write: bool
    ) -> Sequence[Choice]:
        """See to it that every class can be chosen; without `write` those that are there are learnt only.

        The answer are those that cannot be chosen yet. A preview goes on as if they could.
        """
        wanted = {choice.id: choice for choice in choices}
        known = self._kept.load(_name(registry)) if self._kept else None
        if known is not None and known[0] == title and set(wanted) <= {row[0] for row in known[2]}:
            rows = [row for row in known[2] if row[0] in wanted]
            self._offered[registry] = Offered(rows, known[1])
            return ()
        parent: str | None = None
        if registry is Registry.CUSTOMERS:
            parent, found = await self._segments(title, wanted, write=write)
        else:
            found = await self._categories(wanted, write=write)
        there = {class_id for class_id, _ in found}
        absent = [choice for choice in choices if choice.id not in there]
        coming = [] if write else [[choice.id, f"not offered yet: {choice.id}"] for choice in absent]
        self._offered[registry] = Offered([*found, *coming], parent)
        if self._kept is not None and write:
            self._kept.save(_name(registry), [title, parent, found])
        return absent

    def class_of(self, registry: Registry, guid: str | None) -> str | None:
        """The class that a segment or category stands for; None for one that stands for none."""
        offered = self._offered.get(registry)
        return offered.ids.get(guid) if offered is not None and guid is not None else None

    def guid_of(self, registry: Registry, class_id: str) -> str:
        """The segment or category of a class. TransientError when it is not offered yet."""
        offered = self._offered.get(registry)
        guid = offered.guids.get(class_id) if offered is not None else None
        if guid is None:
            raise TransientError(
                f"Severa does not offer the class {class_id} yet.",
                why="It is not among the classes that the ERP had when it was last asked, an hour ago at most.",
                todo="Nothing: it is offered within an hour. If it stays, look at the class in the ERP.",
                field="item_class" if registry is Registry.PRODUCTS else "customer_class",
            )
        return guid

    async def of_customers(self, customers: Sequence[str], *, everyone: bool) -> dict[str, str]:
        """Class by customer. `everyone`: all customers are being read, so all segments are, once."""
        offered = self._offered.get(Registry.CUSTOMERS)
        if offered is None or offered.parent is None or not customers:
            return {}
        found: list[Any] = []
        if everyone or len(customers) > WORTH_A_LIST:
            asked = {"parentMarketSegmentGuid": offered.parent}
            found += await self._client.rows(LINKS, Paging.FIRST_ROW, asked)
        else:
            for customer in customers:
                found += await self._client.rows(OF_CUSTOMER, Paging.FIRST_ROW, customerGuid=customer)
        # Of two classes, as when a change was interrupted, the one that was given last counts.
        links = sorted((row for row in found if isinstance(row, Mapping)), key=_given_at)
        classes: dict[str, str] = {}
        for row in links:
            owner, segment = guid_in(row, "customer"), guid_in(row, "marketSegment")
            if owner is not None and segment in offered.ids:
                classes[owner] = offered.ids[segment]
        return classes

    async def set_class(self, customer: str, class_id: str | None) -> None:
        """Give a customer its class: the new segment first, then the old one is taken away."""
        offered = self._offered.get(Registry.CUSTOMERS)
        wanted = None if class_id is None else self.guid_of(Registry.CUSTOMERS, class_id)
        present = await self._client.rows(OF_CUSTOMER, Paging.FIRST_ROW, customerGuid=customer)
        links = [(guid_in(row, "marketSegment"), guid_in({"": row}, "")) for row in present]
        if wanted is not None and wanted not in {segment for segment, _ in links}:
            await self._client.post(LINKS, {"customer": {"guid": customer}, "marketSegment": {"guid": wanted}})
        for segment, link in links:
            if offered is not None and link and segment in offered.ids and segment != wanted:
                await self._remove(link)

    async def _remove(self, link: str) -> None:
        """Removing needs a scope of its own: without it the newer class counts, and a person removes the older."""
        try:
            await self._client.delete("/v1/customermarketsegments/{guid}", guid=link)
        except ConfigurationError as refused:
            raise BadDataError(
                "The customer has its former class besides the new one: it cannot be removed in Severa.",
                why=refused.why,
                todo="Remove it in Severa, or add customers:delete to severa.scopes and to the API credentials.",
                field="customer_class",
            ) from refused

    async def _segments(
        self, title: str, wanted: Mapping[str, Choice], *, write: bool
    ) -> tuple[str | None, list[list[str]]]:
        rows = [row for row in await self._client.rows(SEGMENTS, Paging.FIRST_ROW) if isinstance(row, Mapping)]
        parent = next((_guid(row) for row in rows if _said(row) == title.casefold() and not _parent(row)), None)
        if parent is None and write:
            parent = _guid(await self._client.post(SEGMENTS, {"name": title}))
        if parent is None:
            return None, []
        found: list[list[str]] = []
        for class_id, choice in wanted.items():
            words = _words(choice)
            own = [_guid(row) for row in rows if _parent(row) == parent and _said(row) in words]
            guids = [guid for guid in own if guid]
            if not guids and write:
                body = {"name": _label(choice), "parentMarketSegment": {"guid": parent}}
                guids = [guid for guid in (_guid(await self._client.post(SEGMENTS, body)),) if guid]
            found += [[class_id, guid] for guid in guids]
        return parent, found

    async def _categories(self, wanted: Mapping[str, Choice], *, write: bool) -> list[list[str]]:
        rows = [row for row in await self._client.rows(CATEGORIES, Paging.FIRST_ROW) if isinstance(row, Mapping)]
        found: list[list[str]] = []
        for class_id, choice in wanted.items():
            own = [_guid(row) for row in rows if row.get("code") == class_id]
            guids = [guid for guid in own if guid]
            if not guids and write:
                made = _guid(await self._client.post(CATEGORIES, {"code": class_id, "name": choice.name or class_id}))
                guids = [made] if made else []
            found += [[class_id, guid] for guid in guids]
        return found


def _name(registry: Registry) -> str:
    return f"severa.offered.{registry.value}"


def _guid(row: Any) -> str | None:
    return guid_in({"": row}, "")


def _parent(row: Any) -> str | None:
    return guid_in(row, "parentMarketSegment")


def _said(row: Mapping[str, Any]) -> str:
    name = row.get("name")
    return name.strip().casefold() if isinstance(name, str) else ""


def _label(choice: Choice) -> str:
    """What a segment is called: the id, by which it is known again, and the ERP's words for it."""
    return f"{choice.id} {choice.name}" if choice.name else choice.id


def _words(choice: Choice) -> set[str]:
    return {word.casefold() for word in (choice.id, choice.name, _label(choice)) if word}


def _given_at(row: Mapping[str, Any]) -> tuple[str, str]:
    try:
        at = instant(row.get("createdDateTime"))
    except Rejected:
        at = None
    return (at.isoformat() if at else "", str(row.get("guid")))
