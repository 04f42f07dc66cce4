"""Writing Visma.net's registries (contract sections 8 and 10).

A change reads the object first: what stands there already is not written, and nobody's change since our last read is
overwritten. An answer has no body, so the object is read again and compared with what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.fields import Use
from connectors.gaps import Gaps
from connectors.ports import Written
from connectors.visma_net.bodies import Bodies
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.reading import MARKER, Reading
from connectors.visma_net.refusals import AnsweredError, ChangedMeanwhileError, InDoubtError
from connectors.visma_net.resources import Resource, is_id, resource_of
from connectors.visma_net.rows import version_of
from core.errors import BadDataError, BugError, GoneError, OutcomeUnknownError, SyncError, TransientError
from core.records import Record, Registry
from core.states import encode

ATTEMPTS = 2
"""A change that met somebody else's is decided anew once (contract section 6)."""


class Writing:
    """Creates and changes items of one company."""

    def __init__(self, client: VismaNetClient, reading: Reading, bodies: Bodies) -> None:
        self._client = client
        self._reading = reading
        self._bodies = bodies

    async def create(self, registry: Registry, values: Mapping[str, Any], reference: str | None) -> Written:
        """POST an item, then read it. OutcomeUnknownError when it may exist although no good answer came."""
        gaps = Gaps()
        resource = _writable(registry)
        members = await self._bodies.members(registry, values, Use.POST, gaps)
        members |= await self._bodies.of_new(registry, values)
        if registry is Registry.CUSTOMERS and reference is not None:
            members["note"] = MARKER.format(guid=reference)
        if registry is Registry.PRODUCTS:
            await self._no_such_item(str(values.get("code") or ""))
        body = {name: value for name, value in members.items() if value is not None and value != ""}
        try:
            key = await self._client.create(resource.path, body)
        except InDoubtError as doubt:
            return Written(await self._refused_or_made(registry, reference, values, doubt))
        record = await self.made(registry, key)
        given = {name: value for name, value in values.items() if value is not None}
        return outcome(record, given, gaps)

    async def update(self, registry: Registry, record_id: str, changes: Mapping[str, Any]) -> Written:
        """Change the named fields. GoneError when the item does not exist, TransientError when it changed meanwhile."""
        gaps = Gaps()
        row = await self.present(registry, record_id)
        members = await self._bodies.members(registry, changes, Use.PATCH, gaps)
        for attempt in range(1, ATTEMPTS + 1):
            before = await self._reading.record(registry, row)
            wanted = self._bodies.different(registry, members, changes, before, row)
            if not wanted:
                break
            try:
                row = await self.put(registry, record_id, row, wanted)
                break
            except ChangedMeanwhileError as refused:
                if attempt == ATTEMPTS:
                    raise changed_meanwhile(refused) from refused
                row = await self._reading.row(registry, record_id) or row
        return outcome(await self._reading.record(registry, row), changes, gaps)

    async def present(self, registry: Registry, record_id: str) -> Mapping[str, Any]:
        """The object as it stands. TransientError when it is not as it was last read: the plan is made anew."""
        known = self._reading.versions.get((registry, record_id))
        row = await self._reading.row(registry, record_id) if is_id(record_id) else None
        if row is None:
            raise GoneError(
                f"{resource_of(registry).table.title} {record_id} is not in Visma.net any more.",
                todo="Look for it in Visma.net: it was deleted.",
            )
        if known is not None and known != version_of(row):
            raise changed_meanwhile(None)
        return row

    async def put(
        self, registry: Registry, record_id: str, row: Mapping[str, Any], members: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """PUT members on an object as it was read; the object afterwards."""
        resource = _writable(registry)
        version = version_of(row) if resource.locks else None
        refusal: AnsweredError | None = None
        try:
            await self._client.change(resource.item, members, {resource.id_name: record_id}, version)
        except AnsweredError as answered:  # the object itself says whether it was carried out
            refusal = answered
        after = await self._reading.row(registry, record_id)
        if after is None:
            raise GoneError(
                f"{resource.table.title} {record_id} was deleted in Visma.net meanwhile.",
                todo="Look for it in Visma.net.",
            )
        if refusal is not None and version_of(after) == version_of(row):
            raise refusal
        return after

    async def made(self, registry: Registry, key: str) -> Record:
        """The item that a create made. One that cannot be read leaves open what was made."""
        try:
            if registry is Registry.CONTACTS:
                row = await self._reading.row(registry, key)
            else:
                row = await self._reading.row_by_key(registry, key)
            record = None if row is None else await self._reading.record(registry, row)
        except SyncError as error:
            raise _unread(registry, key, str(error)) from error
        if record is None:
            raise _unread(registry, key, "It is not there.")
        return record

    async def _refused_or_made(
        self, registry: Registry, reference: str | None, values: Mapping[str, Any], doubt: InDoubtError
    ) -> Record:
        """A create was answered by 500 with a reason: it was refused, unless the look-up finds what it made."""
        made = await self._reading.find_created(registry, reference or "", values)
        if made is None:
            raise BadDataError(doubt.what, why=doubt.why, todo="Correct the record; it is tried again then.") from doubt
        return made

    async def _no_such_item(self, code: str) -> None:
        """An existing number is never posted (contract section 15): a type that Severa does not have may hold it."""
        row = await self._reading.row_by_key(Registry.PRODUCTS, code) if code else None
        if row is not None:
            raise BadDataError(
                f"Item {code} is in Visma.net already.",
                why=f"Its type is {row.get('type')}: it was not matched with the one in Severa.",
                todo="Give one of the two another code.",
                field="inventoryNumber",
            )


def differing(record: Record, values: Mapping[str, Any]) -> frozenset[str]:
    """Names of the fields that the record shows otherwise than asked; those that it has no place for do not count."""
    return frozenset(
        name
        for name, value in values.items()
        if hasattr(record, name) and encode(getattr(record, name)) != encode(_plain(value))
    )


def _plain(value: Any) -> Any:
    """A value as a read gives it: texts trimmed, empty ones None."""
    return value.strip() or None if isinstance(value, str) else value


def _not_ours(registry: Registry) -> frozenset[str]:
    """Fields that Visma.net gives itself or has no place for."""
    own = {
        Registry.CUSTOMERS: {"number", "address_id", "internal", "prospect", "is_person"},
        Registry.CONTACTS: {"code", "address"},
        Registry.PRODUCTS: {"kind", "category", "description", "unit", "type"},
        Registry.PROJECTS: {
            "internal",
            "end_date",
            "business_unit",
            "owner",
            "order_number",
            "joinable",
            "contact",
            "won",
        },
    }
    return frozenset(own.get(registry, ()))


def outcome(record: Record, asked: Mapping[str, Any], gaps: Gaps) -> Written:
    """What a write brought: fields that are not as asked are missing, each with a reason."""
    own = {name: value for name, value in asked.items() if name not in gaps.names | _not_ours(record.registry)}
    main = asked.get("address", getattr(record, "address", None))
    own |= {name: None for name in ("billing_address", "postal_address") if name in own and own[name] == main}
    missing = differing(record, own)
    if missing:
        gaps.add(
            min(missing),
            BadDataError(
                f"Visma.net did not take {', '.join(sorted(missing))} of {record.label}.",
                why="It shows another value after the write.",
                todo="Change it in Visma.net by hand, or in Severa to what Visma.net shows.",
                field=min(missing),
            ),
        )
    return Written(record, missing | gaps.names, gaps.error)


def _writable(registry: Registry) -> Resource:
    if registry is Registry.BUSINESS_UNITS:
        raise BugError("Branches are never written.", todo="Report it: the profile makes none.")
    return resource_of(registry)


def changed_meanwhile(refused: SyncError | None) -> TransientError:
    """The item is not as it was when this run read it: nothing was written."""
    return TransientError(
        "It was changed in Visma.net while this run was under way.",
        why=refused.why if refused else "",
        todo="Nothing: the next run reads both sides and decides anew.",
    )


def _unread(registry: Registry, key: str, why: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{resource_of(registry).table.title} {key} was made in Visma.net, and could not be read.",
        why=why,
        todo="It is looked up before anything else.",
    )
