"""JSON Patch (RFC 6902) on the members that a PATCH body may address (contract, section 5)."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms.members import Model
from sandbox.store import Row

OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})
MEMBERS = frozenset({"op", "path", "from", "value"})


def read_operations(body: Any, model: Model) -> list[Row]:
    """The operations of a patch document; Refused (400) when it is not one."""
    if not isinstance(body, list) or not body:
        raise RefusedError.invalid(model.noun, "The JSON patch document was malformed: a list of operations is needed.")
    for each in body:
        malformed = (
            not isinstance(each, dict)
            or each.get("op") not in OPERATIONS
            or not isinstance(each.get("path"), str)
            or not MEMBERS.issuperset(each)
            or (each["op"] in {"move", "copy"} and not isinstance(each.get("from"), str))
            or (each["op"] in {"add", "replace", "test"} and "value" not in each)
        )
        if malformed:
            raise RefusedError.invalid(model.noun, f"The JSON patch document was malformed: {each!r}.")
    return body


class _Target:
    """A document under change: the members that the model names, nested one level deep."""

    def __init__(self, model: Model, row: Row) -> None:
        self._model = model
        self._row = row
        self.changed: Row = {}

    def _lost(self, segment: str) -> RefusedError:
        detail = f"{self._model.name}: The target location specified by path segment '{segment}' was not found."
        return RefusedError.invalid(self._model.noun, detail)

    def locate(self, pointer: str) -> tuple[str, str | None]:
        """(member, nested member) of a pointer. Names are matched without regard to case."""
        if not pointer.startswith("/"):
            raise self._lost(pointer)
        segments = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
        name = self._model.spellings.get(segments[0].lower())
        if name is None or len(segments) > 2:
            raise self._lost(segments[0].lower() if name is None else segments[-1].lower())
        if len(segments) == 1:
            return name, None
        form = self._model.members[name].form
        inner = form.spellings.get(segments[1].lower()) if form is not None else None
        if inner is None:
            raise self._lost(segments[1].lower())
        return name, inner

    def _current(self, name: str) -> Any:
        if name not in self.changed:
            value = self._row.get(name)
            form = self._model.members[name].form
            if isinstance(value, dict) and form is not None:
                value = {key: value.get(key) for key in form.members}
            self.changed[name] = deepcopy(value)
        return self.changed[name]

    def read(self, pointer: str) -> Any:
        """The value at a pointer."""
        name, inner = self.locate(pointer)
        value = self._current(name)
        if inner is None:
            return value
        if value is None:
            raise self._lost(inner.lower())
        return value.get(inner)

    def write(self, pointer: str, value: Any) -> None:
        """Sets the value at a pointer. A member of a null object has no location."""
        name, inner = self.locate(pointer)
        if inner is None:
            self.changed[name] = value
            return
        whole = self._current(name)
        if whole is None:
            raise self._lost(inner.lower())
        whole[inner] = value


def patched(model: Model, row: Row, operations: Sequence[Row]) -> Row:
    """The members that the operations address, with their new values; `row` is left alone.

    All or nothing: any operation that fails refuses the whole document (400). Types, lengths and enumerations of the
    result are checked; what a member means is the resource's own business.
    """
    target = _Target(model, row)
    for each in operations:
        op, path = each["op"], each["path"]
        if op in {"add", "replace"}:
            target.write(path, each["value"])
        elif op == "remove":
            target.read(path)
            target.write(path, None)
        elif op == "test":
            if target.read(path) != each["value"]:
                raise RefusedError.invalid(
                    model.noun, f"{model.name}: The current value at path '{path}' is not equal to the test value."
                )
        else:
            value = target.read(each["from"])
            if op == "move":
                target.write(each["from"], None)
            target.write(path, deepcopy(value))
    return model.refuse_faults(target.changed)
