"""The calls that write a registry's items; in a preview what they would have sent is told instead (law 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.dry import Attempt, NotSentError, attempt
from connectors.ports import Written
from core.errors import AlreadyExistsError, OutcomeUnknownError
from core.foreseen import is_stand_in
from core.plans import Update
from core.profiles import Need, RegistryRule
from core.records import Record, Registry, Side
from core.states import encode
from tasks.foreseeing import Foresight, new_id
from tasks.run import Run
from tasks.subject import changing


class Writer:
    """Writes the items of one registry. In a preview the answers are what the source says of itself."""

    def __init__(self, run: Run, rule: RegistryRule, foresight: Foresight) -> None:
        self._run = run
        self._rule = rule
        self._registry = rule.registry
        self._foresight = foresight

    async def create(self, source: Record, target: Side, values: Mapping[str, Any]) -> Written | Record:
        """Create it; or the record that an earlier try made, when the answer was lost or the system says it exists."""
        port = self._run.port(target)
        reference = source.id if target is Side.ERP else None
        try:
            with attempt() as tried:
                try:
                    return await port.create(self._registry, self._askable(source, values), reference)
                except NotSentError:
                    self._foresee(source, target, _through(values, tried))
                    return Written(replace(source, id=new_id(self._run)), tried.names, tried.error)
        except AlreadyExistsError as error:
            owner = await port.get(self._registry, error.owner_id) if error.owner_id else None
            if owner is None or owner.reference != reference:
                raise
            return owner
        except OutcomeUnknownError:
            found = await port.find_by_reference(self._registry, source.id, values)
            if found is None:
                raise
            return found

    async def update(self, action: Update, values: Mapping[str, Any]) -> Written:
        """Write values, in ids of the target, to the linked item."""
        source, target, own = action.source, action.target, action.link.id_on(action.target)
        state = action.link.state_on(target)
        told = {name: (state.get(name), encode(value)) for name, value in values.items()}
        asked = {} if is_stand_in(own) else self._askable(source, values)
        with changing(told), attempt() as tried:
            try:
                written = await self._run.port(target).update(self._registry, own, asked) if asked else None
            except NotSentError:
                written = None
        if written is not None and len(asked) == len(values):
            return written
        old = await self._foresight.present(target, action.link, action.present, values)
        self._foresight.update(source, target, own, old, _through(values, tried))
        return Written(replace(source, id=own), tried.names, tried.error)

    async def set_reference(self, erp: Record, severa_id: str) -> None:
        """Write our reference onto a linked item of the ERP."""
        try:
            await self._run.erp.set_reference(self._registry, erp.id, severa_id)
        except NotSentError:
            self._foresight.reference(erp, severa_id)

    def _askable(self, source: Record, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values without optional references to what does not exist yet: a connector could not look at them."""
        optional = {rule.name for rule in self._rule.fields if rule.need(source) is Need.OPTIONAL}
        return {
            name: value
            for name, value in values.items()
            if name not in optional or not isinstance(value, str) or not is_stand_in(value)
        }

    def _carried(self, source: Record, target: Side, values: Mapping[str, Any]) -> dict[str, Any]:
        """Of the values those that a system has a place for; a contact's code is our reference."""
        names = {field.name for field in self._rule.fields}
        if self._registry is not Registry.CONTACTS or self._rule.keeps_reference:
            names.add(source.KEY)
        if target is Side.SEVERA:
            names.add("kind")
        return {name: value for name, value in values.items() if name in names}

    def _foresee(self, source: Record, target: Side, values: Mapping[str, Any]) -> None:
        """The new item, and what comes back of it that only the system that makes it will know."""
        system = self._run.names[target]
        number = {source.KEY: f"{system} numbers it."} if target is self._rule.numbered_by else {}
        filled = {
            field.name: f"{system} may choose it."
            for field in self._rule.fields
            if target is Side.ERP and getattr(source, field.name) is None
            if field.filled(source) and field.applies(source)
        }
        self._foresight.create(source, target, self._carried(source, target, values), unknown={**number, **filled})
        if number or filled:
            self._foresight.given(source, target.other, {**number, **filled})


def _through(values: Mapping[str, Any], tried: Attempt) -> dict[str, Any]:
    """The values without those that would not get through: an issue says so."""
    return {name: value for name, value in values.items() if name not in tried.names}
