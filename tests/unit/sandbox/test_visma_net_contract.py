"""The simulated Visma.net declares exactly what the vendor's openapi.json says: paths, names, bodies; samples fit."""

import json
from typing import Any

import pytest

from sandbox.fields import Field, Fields
from sandbox.visma_net.forms import documents, registries
from sandbox.visma_net.routes.documents import DOCUMENTS
from sandbox.visma_net.routes.registries import REGISTRIES
from tests.specs import spec_if_any, vendor_folder
from tests.unit.sandbox.visma_net_office import Office

SPEC = spec_if_any("visma_net")
pytestmark = pytest.mark.skipif(SPEC is None, reason="the vendor's specification is not here")
TOKEN = ("POST", "/connect/token")
OPERATIONS = {key: one for key, one in (SPEC.operations if SPEC else {}).items() if key != TOKEN}
ROUTES = {(route.method, route.path): route for route in (*REGISTRIES, *DOCUMENTS)}
BODIES: dict[str, Fields] = {
    "CustomerUpdateDto": registries.CUSTOMER,
    "ContactUpdateDto": registries.CONTACT_PERSON,
    "InventoryUpdateDto": registries.ITEM,
    "ProjectUpdateDto": registries.PROJECT,
    "ProjectTaskUpdateDto": registries.TASK,
    "CustomerInvoiceUpdateDto": documents.INVOICE,
    "CustomerCreditNoteUpdateDto": documents.CREDIT_NOTE,
    "ReverseInvoiceActionDto": documents.REVERSE,
}
TYPES = {
    "string": {"text", "choice"},
    "integer": {"integer"},
    "number": {"number"},
    "boolean": {"boolean"},
    "object": {"object"},
    "array": {"list"},
}


def resolved(schema: Any) -> Any:
    """What a reference, alone or beside a description, stands for."""
    assert SPEC is not None
    found = SPEC._resolve(schema)
    return resolved(found["allOf"][0]) if "allOf" in found else found


def differences(field: Field, schema: Any, at: str) -> list[str]:
    """Where a declared body is not the schema's."""
    schema = resolved(schema)
    if field.type not in TYPES[schema["type"]] or tuple(schema.get("enum", ())) != field.choices:
        return [f"{at}: {field.type} {field.choices}, wanted {schema['type']} {schema.get('enum')}"]
    if schema["type"] == "array":
        assert field.item is not None
        return differences(field.item, schema["items"], f"{at}[]")
    found = []
    if schema["type"] == "object":
        own, wanted = dict(field.fields or {}), schema["properties"]
        found = [f"{at}.{name}" for name in set(own) ^ set(wanted)]
        for name in set(own) & set(wanted):
            found += differences(own[name], wanted[name], f"{at}.{name}")
    return found


def test_every_call_of_the_specification_is_served_and_no_other() -> None:
    """VN-02, VN-09, VN-11, VN-16 and all others: the list of calls is the vendor's."""
    assert set(ROUTES) == set(OPERATIONS)


@pytest.mark.parametrize("key", sorted(OPERATIONS), ids=" ".join)
def test_query_names_and_bodies_are_the_specifications(key: tuple[str, str]) -> None:
    """VN-02: filters and bodies per call."""
    route, operation = ROUTES[key], OPERATIONS[key]
    assert set(route.parsers()) == set(operation.parameters)
    body = operation.document.get("requestBody", {}).get("content", {})
    assert route.takes == ("file" if "multipart/form-data" in body else "json" if body else "nothing")
    target = body.get("application/json", {}).get("schema", {}).get("$ref")
    assert route.body is (BODIES[target.rpartition("/")[2]] if target else None)
    whole = [one["name"] for one in operation.document.get("parameters", ()) if one["schema"].get("type") == "integer"]
    assert set(route.whole) == {name for name in whole if f"{{{name}}}" in route.path}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_have_the_specifications_members(name: str) -> None:
    """VN-06, VN-07, VN-14: names with the vendor's spellings, wrappers, types and enumerations."""
    assert SPEC is not None
    schema = {"$ref": f"#/components/schemas/{name}"}
    assert differences(Field(type="object", fields=BODIES[name]), schema, name) == []


@pytest.mark.parametrize("key", [key for key in sorted(OPERATIONS) if key[0] == "POST" and ROUTES[key].required])
def test_a_new_object_needs_what_the_specification_says(key: tuple[str, str]) -> None:
    """VN-02: `x-required-on-create`."""
    schema = OPERATIONS[key].document["requestBody"]["content"]["application/json"]["schema"]
    assert list(ROUTES[key].required) == resolved(schema)["x-required-on-create"]


def sample(name: str) -> dict[str, Any]:
    """A body of the vendor's samples."""
    found: dict[str, Any] = json.loads((vendor_folder("visma_net") / "samples" / f"{name}.json").read_text("utf-8"))
    return found


def test_the_samples_of_bodies_are_taken_as_they_stand() -> None:
    """VN-06, VN-09, VN-14: customer, project, invoice and credit note."""
    office = Office()
    body = sample("customer.create")
    answer = office.send("POST", "/v1/customer", json=body)
    assert answer.status_code == 201
    office.customer(name="Sjøgren & Ålesund Rådgivning AS", number="10047", overrideNumberSeries=True)
    contact = office.act("create_contact", lastName="Ødegård", firstName="Bjørn", businessAccount="10047")["contact"]
    office.item()
    office.item(inventoryNumber="REISE-KM", itemClass="UTLEGG25")
    assert office.send("POST", "/v1/project", json=sample("project.create")).status_code == 201
    office.put("/v1/project/4711", {"hold": False, "status": "Active"})
    office.act("edit_task", number="4711", taskId="10", status="Active")
    for name, path in (("customerinvoice", "customerinvoice"), ("customercreditnote", "customerCreditNote")):
        body = sample(f"{name}.create")
        body["contact"]["value"] = contact["contactId"]
        answer = office.send("POST", f"/v2/{path}", json=body)
        assert answer.status_code == 201, answer.text
    read, made = sample("customerinvoice.read_hold"), office.get("/v1/customerinvoice/100001")
    for name in ("detailTotal", "vatTotal", "amount", "balance", "balanceInCurrency", "documentDueDate", "postPeriod",
                 "status", "paymentReference", "note", "invoiceText", "customerRefNumber"):  # fmt: skip
        assert made[name] == read[name], name
    for own, wanted in zip(made["invoiceLines"], read["invoiceLines"], strict=True):
        for name in ("amountInCurrency", "inventoryNumber", "uom", "lineNumber", "vatCode", "branchNumber"):
            assert own[name] == wanted[name], name


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("customer", "/v1/customer"),
        ("inventory", "/v1/inventory"),
        ("supplierinvoice", "/v1/supplierInvoice"),
        ("journaltransaction", "/v2/journaltransaction"),
    ],
)
def test_answers_have_the_members_of_the_samples(name: str, path: str) -> None:
    """VN-02, VN-07, VN-16: what the samples show is there."""
    office = Office()
    asked: dict[str, Any] = {"expandAttachment": True} if name == "supplierinvoice" else {}
    if name == "journaltransaction":
        asked = {"expandAttachments": True, "lastModifiedDateTime": "2000-01-01"}
    row = office.get(path, **asked)[0]
    wanted = sample(f"{name}.read")
    assert set(wanted) <= set(row), set(wanted) - set(row)
    for lines in ("invoiceLines", "journalTransactionLines"):
        if lines in wanted:
            assert set(wanted[lines][0]) <= set(row[lines][0]), set(wanted[lines][0]) - set(row[lines][0])
