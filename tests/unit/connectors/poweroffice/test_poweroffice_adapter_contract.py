"""The field tables against the vendor's own specification and samples; skipped where those are not at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from connectors.fields import SAME, Field, Table
from connectors.poweroffice import mapping, rows
from connectors.poweroffice.costs import cost, is_cost
from connectors.poweroffice.invoice_mapping import COSTS, LINES, ORDERS, SENT
from connectors.poweroffice.invoices import draft
from connectors.poweroffice.refusals import PRIVILEGES
from connectors.poweroffice.registers import ACCOUNTS, ARTICLES, TERMS, VATS
from connectors.poweroffice.resources import RESOURCES
from tests.specs import vendor_folder

FOLDER = vendor_folder("poweroffice")
pytestmark = pytest.mark.skipif(not (FOLDER / "openapi.json").exists(), reason="no specification: set VENDOR_SPECS")

MODELS: list[tuple[Table[Any], str, str | None, str | None]] = [
    (mapping.CUSTOMERS, "CustomerDto", "CustomerPostDto", "CustomerPatchDto"),
    (mapping.CONTACTS, "ContactPersonDto", "ContactPersonPostDto", "ContactPersonPatchDto"),
    (mapping.PRODUCT_GROUPS, "ProductGroupDto", "ProductGroupPostDto", "ProductGroupPatchDto"),
    (mapping.PRODUCTS, "ProductDto", "ProductPostDto", "ProductPatchDto"),
    (mapping.PROJECTS, "ProjectDto", "ProjectPostDto", "ProjectPatchDto"),
    (mapping.DEPARTMENTS, "DepartmentDto", "DepartmentPostDto", "DepartmentPatchDto"),
    (mapping.EMPLOYEES, "EmployeeDto", "EmployeePostDto", "EmployeePatchDto"),
    (ORDERS, "SalesOrderCompleteDto", "SalesOrderCompletePostDto", None),
    (LINES, "SalesOrderLineDto", "SalesOrderLinePostDto", None),
    (SENT, "OutgoingInvoiceDto", None, None),
    (COSTS, "AccountTransactionDto", None, None),
    (TERMS, "PaymentTermDto", None, None),
    (ARTICLES, "ProductDto", None, None),
    (ACCOUNTS, "GeneralLedgerAccountDto", None, None),
    (VATS, "VatCodeDto", None, None),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
    return found


def holds(document: dict[str, Any], model: str, path: str) -> bool:
    """Whether a model has the member that a dotted path leads to."""
    schemas = document["components"]["schemas"]
    schema = schemas[model]
    for name in path.split("."):
        if name not in schema.get("properties", {}):
            return False
        schema = schema["properties"][name]
        reference = schema.get("$ref") or next((part["$ref"] for part in schema.get("allOf", ()) if "$ref" in part), "")
        schema = schemas[reference.rpartition("/")[2]] if reference else schema
    return True


def written(field: Field, name: str | None) -> str | None:
    return None if field.write is None else field.vendor if name == SAME else name


@pytest.mark.parametrize(("table", "read", "post", "patch"), MODELS, ids=[each[1] for each in MODELS])
def test_every_member_exists_in_the_models(
    document: dict[str, Any], table: Table[Any], read: str, post: str | None, patch: str | None
) -> None:
    missing = [
        (model, member)
        for field in table.fields
        for model, member in (
            (read, field.vendor),
            (post, written(field, field.post)),
            (patch, written(field, field.patch)),
        )
        if model and member and not holds(document, model, member)
    ]
    assert missing == []


def test_every_path_and_filter_exists(document: dict[str, Any]) -> None:
    for resource in RESOURCES.values():
        assert {"get", "patch"} <= set(document["paths"][resource.item_path])
        names = {parameter.get("name") for parameter in document["paths"][resource.path]["get"]["parameters"]}
        assert {resource.by_key, resource.by_reference, "lastChangedDateTimeOffsetGreaterThan"} - {None} <= names


def test_every_privilege_named_to_people_is_the_one_that_the_path_asks_for(document: dict[str, Any]) -> None:
    for part, privilege in PRIVILEGES.items():
        operations = [
            operation
            for path, methods in document["paths"].items()
            if path.split("/")[1] == part
            for method, operation in methods.items()
            if method in {"get", "post", "patch", "delete"}
        ]
        asked = {name for operation in operations for name in operation.get("x-privileges", ())}
        assert {privilege, privilege.removesuffix("_Full"), "Customer_Full"} & asked, (part, asked)


@pytest.mark.parametrize(
    ("sample", "build"),
    [
        ("customer_read", rows.customer),
        ("product_read", mapping.PRODUCTS.build),
        ("outgoing_invoices_read", SENT.read),
        ("account_transactions_read", lambda row: cost(row) if is_cost(row) else None),
        ("sales_order_created", lambda row: draft(row, "NOK")),
    ],
)
def test_the_vendor_s_samples_are_read(sample: str, build: Callable[[Any], Any]) -> None:
    """PO-13, PO-14: of the eight ledger rows four are costs."""
    text = (FOLDER / "samples" / f"{sample}.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_float=Decimal)
    built = [build(row) for row in (found if isinstance(found, list) else [found])]
    kept = [each for each in built if each is not None]
    assert len(kept) == {"account_transactions_read": 4}.get(sample, len(built))
