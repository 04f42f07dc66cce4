"""Recorded exchanges against the vendors' own specifications.

``Spec("severa").validate_exchange(exchange)`` takes one exchange as the sandbox's ``GET /exchanges`` shows it and
raises AssertionError that says what is wrong: an unknown path, query name or body member, a read-only member in a
request, an undocumented status, an answer that breaks its schema. Members that a schema does not name are errors in
requests and in answers of the sandbox alike; error bodies may have more than their schema says.

The specifications are no part of the project: they stand in the folder that ``VENDOR_SPECS`` names (default
``../shared/vendor`` beside the repository). Tests take them through `spec_or_skip`.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # has no stubs here

ROOT = Path(__file__).parent.parent
Use = Literal["request", "answer", "error"]
Schema = Mapping[str, Any]
METHODS = ("get", "post", "patch", "put", "delete")
BASES = {"severa": "", "poweroffice": "/v2"}
"""What stands between a system's base URL in the sandbox and the paths of its specification."""

FORMATS = FormatChecker(formats=())
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _matches(name: str, pattern: re.Pattern[str]) -> None:
    FORMATS.checks(name)(lambda value: not isinstance(value, str) or pattern.fullmatch(value) is not None)


def _fits(name: str, bits: int) -> None:
    FORMATS.checks(name)(
        lambda value: (
            not isinstance(value, int) or isinstance(value, bool) or -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
        )
    )


_matches("date", _DATE)
_matches("date-time", re.compile(f"{_INSTANT.pattern}|{_DATE.pattern}", re.IGNORECASE))
_matches("uuid", _UUID)
_fits("int32", 32)
_fits("int64", 64)


def vendor_folder(system: str) -> Path:
    """Where a vendor's specification stands, if it does."""
    return Path(os.environ.get("VENDOR_SPECS", ROOT.parent / "shared" / "vendor")) / system


@lru_cache
def spec(system: str) -> "Spec":
    """The specification of a system, read once. Raises FileNotFoundError when there is none."""
    return Spec(system)


def spec_or_skip(system: str) -> "Spec":
    """The same; the test that asks is skipped where the specifications are not at hand."""
    if not (vendor_folder(system) / "openapi.json").exists():
        pytest.skip(f"no specification of {system}: set VENDOR_SPECS")
    return spec(system)


BODIES_BY_PROSE: Mapping[tuple[str, str, str], tuple[str, str, str]] = {
    ("poweroffice", "PATCH", "/v2/Projects/{id}"): ("POST", "/v2/Projects", "201"),
    ("poweroffice", "PATCH", "/v2/Departments/{id}"): ("POST", "/v2/Departments", "201"),
    ("poweroffice", "GET", "/v2/Departments/{id}"): ("POST", "/v2/Departments", "201"),
}
"""Operations whose 200 the specification documents without content, although the contract's prose says that the object
comes back (section 5) -> the answer that shows the same object."""
LISTS_BY_PROSE: Mapping[tuple[str, str, str], str] = {
    ("visma_net", "GET", "/v2/journaltransaction"): "JournalTransactionDto",
}
"""Operations whose 200 the specification documents as the answer of an action, although the contract's prose and its
sample say a list (section 4: lines of batches, over pages) -> the schema of an element."""


def spec_if_any(system: str) -> "Spec | None":
    """The same; None where the specifications are not at hand: for what is checked beside the test itself."""
    return spec(system) if (vendor_folder(system) / "openapi.json").exists() else None


@dataclass(frozen=True)
class Operation:
    """One method of one path of a specification."""

    name: str
    template: str
    document: Schema
    parameters: Mapping[str, Schema]
    """Query parameters by name, with their schemas."""
    answer: Schema | None = None
    """The schema of its answer where the prose decides (`LISTS_BY_PROSE`)."""


class Spec:
    """A vendor's ``openapi.json`` (3.0 or 3.1)."""

    def __init__(self, system: str) -> None:
        self.system = system
        text = (vendor_folder(system) / "openapi.json").read_text(encoding="utf-8")
        self._document: dict[str, Any] = json.loads(text)
        self.operations: dict[tuple[str, str], Operation] = dict(self._read_operations())
        self._validators: dict[tuple[int, Use], Draft202012Validator] = {}
        self._inlined: dict[tuple[str, Use], Schema] = {}
        self._kept: list[Schema] = []  # validators are cached by identity: what has one must stay
        self._queries: dict[tuple[str, str], Schema] = {}
        self._found: dict[tuple[str, str], Operation | None] = {}

    # ---------------------------------------------------------------- what is checked

    def validate_exchange(self, exchange: Mapping[str, Any]) -> None:
        """Checks the request and the answer. An answer that a fault made is not checked."""
        self.validate_request(exchange)
        self.validate_answer(exchange)

    def validate_request(self, exchange: Mapping[str, Any]) -> None:
        """Checks path, method, query and body."""
        operation = self.operation(exchange["method"], exchange["path"])
        told = f"{self.system} {exchange['method']} {exchange['path']}"
        for name, value in parse_qsl(exchange["query"], keep_blank_values=True):
            self._check_query(operation, name, value, told)
        self._check_body(operation, exchange, told)

    def validate_answer(self, exchange: Mapping[str, Any]) -> None:
        """Checks status and body of the answer."""
        status, fault = exchange["status"], exchange["fault"] or ""
        if status is None or fault.startswith("status:"):
            return
        operation = self.operation(exchange["method"], exchange["path"])
        told = f"{self.system} {exchange['method']} {exchange['path']} answered {status}"
        body = exchange["response_body"]
        responses = operation.document["responses"]
        response = responses.get(str(status)) or (None if status < 300 else responses.get("default"))
        assert response is not None, f"{told}: documented are {', '.join(responses)}"
        shown_by = BODIES_BY_PROSE.get((self.system, exchange["method"], operation.template))
        if shown_by is not None and status == 200:
            *key, made = shown_by
            response = self.operations[key[0], key[1]].document["responses"][made]
        content = self._resolve(response).get("content")
        if content and operation.answer is not None and status == 200:
            content = {kind: {"schema": operation.answer} for kind in content}
        if not content:
            undocumented = status < 300 or (status == 404 and self.system == "severa")
            assert body is None or not undocumented, f"{told} with a body, documented without: {body!r}"
            return
        if status >= 300 and body is None:
            return
        sent = (exchange["response_headers"] or {}).get("content-type", "").partition(";")[0].strip()
        declared = sent if sent in content else "*/*" if "*/*" in content else None
        assert declared is not None, f"{told} with {sent or 'no content type'}: documented are {', '.join(content)}"
        schema = content[declared].get("schema")
        if schema is not None and "json" in declared:
            self._check(schema, body, "answer" if status < 300 else "error", told)

    # ---------------------------------------------------------------- finding the operation

    def operation(self, method: str, path: str) -> Operation:
        """The operation of a request. Raises AssertionError when the specification has none."""
        key = (method, path)
        if key not in self._found:
            self._found[key] = self._find(method, path)
        found = self._found[key]
        assert found is not None, f"{self.system} has no {method} {path}"
        return found

    def _find(self, method: str, path: str) -> Operation | None:
        given = path.strip("/").split("/")
        best: tuple[int, Operation] | None = None
        for (one_method, template), operation in self.operations.items():
            wanted = template.strip("/").split("/")
            if one_method != method or len(wanted) != len(given):
                continue
            if all(w == g or (w.startswith("{") and g) for w, g in zip(wanted, given, strict=True)):
                variable = sum(w.startswith("{") for w in wanted)
                if best is None or variable < best[0]:
                    best = (variable, operation)
        return None if best is None else best[1]

    def _read_operations(self) -> Iterator[tuple[tuple[str, str], Operation]]:
        for path, item in self._document["paths"].items():
            base = "" if "servers" in item else BASES.get(self.system, "")
            for method in METHODS:
                document = item.get(method)
                if document is None:
                    continue
                every = [self._resolve(one) for one in (*item.get("parameters", ()), *document.get("parameters", ()))]
                query = {one["name"]: one["schema"] for one in every if one["in"] == "query"}
                name = document.get("operationId", f"{method} {path}")
                element = LISTS_BY_PROSE.get((self.system, method.upper(), base + path))
                rows = element and {"type": "array", "items": {"$ref": f"#/components/schemas/{element}"}}
                yield (method.upper(), base + path), Operation(name, base + path, document, query, rows or None)

    # ---------------------------------------------------------------- requests

    def _check_query(self, operation: Operation, name: str, value: str, told: str) -> None:
        plain = name.partition("[")[0] if name not in operation.parameters else name
        schema = operation.parameters.get(plain)
        known = ", ".join(operation.parameters) or "none"
        assert schema is not None, f"{told}: unknown query parameter {name}; known are {known}"
        if plain != name or value == "":
            return
        key = (operation.name, plain)
        if key not in self._queries:
            whole = self._inline(schema, "request")
            self._queries[key] = whole.get("items", {}) if "array" in _types(whole) else whole
        inlined = self._queries[key]
        types = _types(inlined)
        parsed: object = value
        if types & {"integer", "number", "boolean"} and "string" not in types:
            try:
                parsed = json.loads(value.lower())
            except json.JSONDecodeError:
                raise AssertionError(f"{told}: {name}={value} is no {'/'.join(sorted(types))}") from None
        self._check(inlined, parsed, "request", f"{told}: {name}")

    def _check_body(self, operation: Operation, exchange: Mapping[str, Any], told: str) -> None:
        declared = operation.document.get("requestBody")
        body = exchange["request_body"]
        if declared is None:
            assert body is None, f"{told}: takes no body, got {body!r}"
            return
        if body is None:
            assert not declared.get("required"), f"{told}: a body is required"
            return
        content = self._resolve(declared)["content"]
        sent = exchange["request_headers"].get("content-type", "").partition(";")[0].strip()
        assert sent in content, f"{told}: sent {sent or 'no content type'}, wanted {', '.join(content)}"
        schema = content[sent].get("schema", {})
        if sent == "application/x-www-form-urlencoded":
            body = dict(parse_qsl(body, keep_blank_values=True))
        elif "json" not in sent:
            return
        self._check(schema, body, "request", f"{told}: body")
        target = operation.document.get("x-patch-model", {}).get("schema") or operation.document.get(
            "x-patch-target", {}
        ).get("$ref")
        if target is not None:
            for number, one in enumerate(body):
                self._check_patch({"$ref": target}, one, f"{told}: operation {number}")

    def _check_patch(self, model: Schema, operation: Mapping[str, Any], told: str) -> None:
        """The path of a JSON Patch operation must lead to a writable member, the value must fit it."""
        schema: Schema = self._inline(model, "request")
        path = operation.get("path") or ""
        assert path.startswith("/"), f"{told}: path {path!r}"
        for segment in path[1:].split("/"):
            options = [schema, *schema.get("anyOf", ())]
            members: dict[str, Schema] = next((one["properties"] for one in options if one.get("properties")), {})
            assert segment in members, f"{told}: {path} is no writable member; those are {', '.join(members)}"
            schema = members[segment]
        if operation.get("op", "").lower() in {"add", "replace", "test"}:
            self._check(schema, operation.get("value"), "request", f"{told} {path}")

    # ---------------------------------------------------------------- schemas

    def _check(self, schema: Schema, value: object, use: Use, told: str) -> None:
        validator = self._validators.get((id(schema), use))
        if validator is None:
            inlined = self._inline(schema, use)
            validator = Draft202012Validator(inlined, format_checker=FORMATS)
            self._validators[id(schema), use] = validator
            self._kept.append(schema)
        error = next(validator.iter_errors(value), None)
        if error is not None:
            place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
            deepest = min(error.context or (error,), key=lambda one: -len(one.absolute_path))
            raise AssertionError(f"{told}{place}: {deepest.message[:600]}")

    def _resolve(self, part: Any) -> Any:
        """What a ``$ref`` stands for."""
        while isinstance(part, dict) and "$ref" in part:
            found: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def _inline(self, schema: Schema, use: Use, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        """A schema without references, as JSON Schema 2020-12: closed, and without what the use has no room for."""
        if "$ref" in schema:
            name = schema["$ref"]
            if name in seen:
                return {}
            if (name, use) not in self._inlined:
                made = self._inline(self._resolve(schema), use, (*seen, name))
                if seen:
                    return made
                self._inlined[name, use] = made
            return dict(self._inlined[name, use])
        made = {name: value for name, value in schema.items() if name not in {"nullable", "readOnly", "example"}}
        if "properties" in made:
            made.update(self._closed(made, use, seen))
        for name in ("anyOf", "allOf", "oneOf"):
            if name in made:
                made[name] = [self._inline(one, use, seen) for one in made[name]]
        for name in ("items", "additionalProperties"):
            if isinstance(made.get(name), dict):
                made[name] = self._inline(made[name], use, seen)
        return _with_null(made) if schema.get("nullable") else made

    def _closed(self, schema: Schema, use: Use, seen: tuple[str, ...]) -> dict[str, Any]:
        """Members, required and additionalProperties of an object: no other members, in a request no read-only ones."""
        members: dict[str, Schema] = {}
        for name, one in schema["properties"].items():
            if use != "request" or not one.get("readOnly"):
                members[name] = self._inline(one, use, seen)
        made: dict[str, Any] = {"properties": members}
        if "required" in schema:
            made["required"] = [name for name in schema["required"] if use != "request" or name in members]
        if use != "error" and "allOf" not in schema:
            made["additionalProperties"] = schema.get("additionalProperties", False)
        return made


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A nullable schema of OpenAPI 3.0 in the words of 3.1."""
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _types(schema: Schema) -> set[str]:
    found = schema.get("type", [])
    types = {found} if isinstance(found, str) else set(found)
    return (types | {name for one in schema.get("anyOf", ()) for name in _types(one)}) - {"null"}
