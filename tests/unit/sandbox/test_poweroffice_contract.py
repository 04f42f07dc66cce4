"""The simulated PowerOffice declares exactly what the vendor's openapi.json says: paths, names, forms, answers."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sandbox.poweroffice.access import PRIVILEGES
from sandbox.poweroffice.forms import addresses, answers, customers, enums, items, orders, staff
from sandbox.poweroffice.forms.members import Model
from sandbox.poweroffice.queries import PAGING
from sandbox.poweroffice.routes.documents import DOCUMENTS
from sandbox.poweroffice.routes.registries import REGISTRIES
from sandbox.poweroffice.routing import Route

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("VENDOR_SPECS", ROOT / "../shared/vendor"))
OPENAPI = SPECS / "poweroffice/openapi.json"
pytestmark = pytest.mark.skipif(not OPENAPI.exists(), reason="the vendor's specification is not here")
DOCUMENT: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8")) if OPENAPI.exists() else {}
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"] if DOCUMENT else {}
BY_KEYS = {"/OAuth/Token", "/Onboarding/Initiate", "/Onboarding/Finalize", "/ClientIntegrationInformation"}
MODELS = {
    value.name: value
    for module in (addresses, customers, items, orders, staff)
    for value in vars(module).values()
    if isinstance(value, Model)
}
ANSWERS = {name: value for name, value in vars(answers).items() if name.isupper()}


def shape(path: str) -> str:
    """A path without the names of its variables."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


ROUTES = {(route.method, shape(route.path)): route for route in (*REGISTRIES, *DOCUMENTS)}
OPERATIONS = {
    (method.upper(), shape(path)): operation
    for path, methods in DOCUMENT.get("paths", {}).items()
    if path not in BY_KEYS
    for method, operation in methods.items()
    if method in {"get", "post", "patch", "delete"}
}


def test_every_call_of_the_specification_is_served_and_no_other() -> None:
    """PO-13 and all others: the list of calls is the vendor's."""
    assert set(ROUTES) == set(OPERATIONS)


@pytest.mark.parametrize(("key", "operation"), OPERATIONS.items(), ids=" ".join)
def test_query_names_and_privileges_are_the_specifications(key: tuple[str, str], operation: dict[str, Any]) -> None:
    """PO-02: filters and privileges per call."""
    route: Route = ROUTES[key]
    named = [each["name"] for each in operation.get("parameters", []) if each.get("in") == "query"]
    paged = [each for each in operation.get("parameters", []) if "$ref" in each]
    assert set(route.filters) == set(named)
    assert route.paged is bool(paged)
    assert set(route.parsers()) == {*named, *(PAGING if paged else ())}
    assert sorted(route.privileges) == sorted(operation.get("x-privileges", []))


@pytest.mark.parametrize("name", sorted(name for name in SCHEMAS if name.endswith(("PostDto", "PatchDto"))))
def test_bodies_have_the_specifications_members(name: str) -> None:
    """PO-06, PO-07, PO-10, PO-11, PO-12, PO-13: names, required members, lengths, enumerations, nullability."""
    model, schema = MODELS[name], SCHEMAS[name]
    assert set(model.members) == set(schema["properties"])
    assert model.required == set(schema.get("required", ()))
    for member, wanted in schema["properties"].items():
        own = model.members[member]
        target = SCHEMAS[wanted["$ref"].split("/")[-1]] if "$ref" in wanted else {}
        assert own.length == wanted.get("maxLength"), member
        assert own.values == (frozenset(target["enum"]) if "enum" in target else None), member
        if "properties" in target:
            assert own.form is MODELS[wanted["$ref"].split("/")[-1]], member
        if "$ref" not in wanted:
            assert own.nullable is bool(wanted.get("nullable")), member
        if "maximum" in wanted:
            assert own.limits == (wanted["minimum"], wanted["maximum"]), member


@pytest.mark.parametrize("key", sorted(key for key in OPERATIONS if key[0] in {"POST", "PATCH"}))
def test_a_call_takes_the_form_that_the_specification_names(key: tuple[str, str]) -> None:
    """PO-13: which body belongs to which call."""
    operation, route = OPERATIONS[key], ROUTES[key]
    if route.raw:
        assert "multipart/form-data" in operation["requestBody"]["content"]
        return
    assert route.body is not None
    target = operation.get("x-patch-target") or operation["requestBody"]["content"]["application/json"]["schema"]
    assert route.body.name == target["$ref"].split("/")[-1]


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answers_have_the_specifications_members(name: str) -> None:
    """PO-03: no member of an answer is invented, none is missing but sub-objects, which may be absent."""
    plain = name.replace("_", "").lower()
    schema = next(each for key, each in SCHEMAS.items() if key.lower().removesuffix("dto") == plain)
    references = {key: each["$ref"].split("/")[-1] for key, each in schema["properties"].items() if "$ref" in each}
    objects = {key for key, target in references.items() if "properties" in SCHEMAS[target]}
    assert set(ANSWERS[name]) == set(schema["properties"]) - objects


def test_enumerations_are_the_specifications() -> None:
    """PO-10: every enumeration is whole."""
    own = {name.replace("_", "").lower(): value for name, value in vars(enums).items() if name.isupper()}
    assert own == {name.lower(): frozenset(each["enum"]) for name, each in SCHEMAS.items() if "enum" in each}


def test_the_granted_privileges_are_known_to_the_specification() -> None:
    """ALL-10: what the demo company grants exists, and every call is allowed by it."""
    known = {each for operation in OPERATIONS.values() for each in operation.get("x-privileges", ())}
    assert set(PRIVILEGES) <= known
    for key, operation in OPERATIONS.items():
        assert not set(PRIVILEGES).isdisjoint(operation["x-privileges"]), key
