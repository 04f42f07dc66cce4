"""PATCH: an array of operations, of which only Replace is supported (contract, section 7)."""

from collections.abc import Iterator
from typing import Any

from sandbox.severa.errors import Refused, invalid
from sandbox.severa.kind import Kind
from sandbox.severa.registers import Registers
from sandbox.store import Row

OPERATIONS = ("Add", "Copy", "Move", "Remove", "Replace")


def operations(body: object) -> Iterator[tuple[list[str], Any]]:
    """(path segments, value) of every operation. Refuses anything but Replace, and a body that is no array."""
    if not isinstance(body, list) or not body:
        raise Refused(400, "InvalidRequest", "The body must be an array of operations.")
    for number, one in enumerate(body):
        at = f"[{number}]"
        if not isinstance(one, dict) or one.get("op") not in OPERATIONS:
            raise invalid(f"{at}.op", f"must be one of {', '.join(OPERATIONS)}")
        if one["op"] != "Replace":
            raise Refused(400, "InvalidRequest", f"{at}: the operation {one['op']} is not supported.")
        if set(one) - {"op", "path", "value", "from"} or "value" not in one:
            raise invalid(at, "must have op, path and value")
        path = one.get("path")
        if not isinstance(path, str) or not path.startswith("/"):
            raise invalid(f"{at}.path", "must be a path such as /name")
        yield path[1:].split("/"), one["value"]


def collect(
    registers: Registers, kind: Kind, row: Row, changes: dict[str, Any], operation: tuple[list[str], Any]
) -> str:
    """Adds one operation to the changed members, whole or with a part of one replaced, and returns the member."""
    segments, value = operation
    name = segments[0]
    fields = kind.input
    field = fields.get(name)
    path = "/" + "/".join(segments)
    if field is None:
        raise invalid(path, "is not a member of the input model")
    if field.read_only:
        raise invalid(path, "is read-only")
    if len(segments) == 1:
        changed = value
    elif len(segments) == 2 and field.fields is not None and segments[1] in field.fields:
        known = changes[name] if name in changes else registers.as_given(kind, row, name)
        changed = {**(known or {}), segments[1]: value}
    else:
        raise invalid(path, "is not a member of the input model")
    registers.checked(fields, {name: changed})
    changes[name] = changed
    return name


def patch(registers: Registers, kind: Kind, guid: str, body: object) -> Row:
    """Applies a whole patch or nothing of it, and returns the row."""
    row = registers.get(kind.name, guid)
    changes: dict[str, Any] = {}
    for operation in operations(body):
        collect(registers, kind, row, changes, operation)
    return registers.change(kind.name, guid, changes)
