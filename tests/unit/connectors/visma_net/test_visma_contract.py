"""The field tables against the vendor's own specification and samples; skipped where those are not at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from connectors.fields import Field, Table, Use
from connectors.visma_net import invoice_mapping, mapping, registers
from connectors.visma_net.documents import Documents, Kind
from connectors.visma_net.resources import RESOURCES
from connectors.visma_net.rows import Records
from connectors.visma_net.settings import VismaNetSettings
from core.records import Registry
from tests.specs import vendor_folder

FOLDER = vendor_folder("visma_net")
pytestmark = pytest.mark.skipif(not (FOLDER / "openapi.json").exists(), reason="no specification: set VENDOR_SPECS")

MODELS: list[tuple[Table[Any], str, str | None, str | None]] = [
    (mapping.ITEMS, "InventoryDto", "InventoryUpdateDto", "InventoryUpdateDto"),
    (mapping.CUSTOMERS, "CustomerDto", "CustomerUpdateDto", "CustomerUpdateDto"),
    (mapping.CONTACTS, "ContactDto", "ContactUpdateDto", "ContactUpdateDto"),
    (mapping.PROJECTS, "ProjectDto", "ProjectUpdateDto", "ProjectUpdateDto"),
    (mapping.BRANCHES, "BranchDto", None, None),
    (invoice_mapping.INVOICES, "CustomerInvoiceDto", "CustomerInvoiceUpdateDto", None),
    (invoice_mapping.LINES, "CustomerInvoiceLineDto", "CustomerInvoiceLinesUpdateDto", None),
    (invoice_mapping.LINES, "CustomerCreditNoteLineDto", "CustomerCreditNoteLineUpdateDto", None),
    (invoice_mapping.TAXES, "TaxDetailDto", None, None),
    (invoice_mapping.APPLICATIONS, "ArAdjustDto", None, None),
    (invoice_mapping.FILES, "AttachmentDto", None, None),
    (invoice_mapping.SUPPLIER_INVOICES, "SupplierInvoiceDto", None, None),
    (invoice_mapping.SUPPLIER_LINES, "SupplierInvoiceLineDto", None, None),
    (invoice_mapping.JOURNALS, "JournalTransactionDto", None, None),
    (invoice_mapping.JOURNAL_LINES, "JournalTransactionLineDto", None, None),
    (registers.TERMS, "CreditTermDto", None, None),
    (registers.CURRENCIES, "CurrencyDto", None, None),
    (registers.ITEM_CLASSES, "ItemClassDto", None, None),
    (registers.CUSTOMER_CLASSES, "CustomerClassDto", None, None),
    (registers.BRANCHES, "BranchDto", None, None),
    (registers.ACCOUNTS, "AccountDto", None, None),
    (registers.LEDGERS, "LedgerDto", None, None),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
    return found


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without references, wrappers and null."""
    schemas = document["components"]["schemas"]
    while True:
        options = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
        reference = schema.get("$ref") or next((part["$ref"] for part in options if "$ref" in part), None)
        if reference:
            schema = schemas[reference.rpartition("/")[2]]
        elif "value" in schema.get("properties", {}) and len(schema["properties"]) == 1:
            schema = schema["properties"]["value"]
        else:
            return schema


def holds(document: Mapping[str, Any], model: str, path: str) -> bool:
    """Whether a model has the member that a dotted path leads to."""
    schema = document["components"]["schemas"][model]
    for name in path.split("."):
        members = resolved(document, schema).get("properties", {})
        if name not in members:
            return False
        schema = members[name]
    return True


NOT_ON_CREDIT_NOTES = {"documentDueDate", "creditTermsId"}


@pytest.mark.parametrize(("table", "read", "post", "put"), MODELS, ids=[each[1] for each in MODELS])
def test_every_member_exists_in_the_models(
    document: dict[str, Any], table: Table[Any], read: str, post: str | None, put: str | None
) -> None:
    def member(field: Field, use: Use) -> str | None:
        return field.member(use)

    missing = [
        (model, name)
        for field in table.fields
        for model, name in (
            (read, field.vendor),
            (post, member(field, Use.POST)),
            (put, member(field, Use.PATCH)),
        )
        if model and name and not holds(document, model, name)
    ]
    assert missing == []


def test_a_credit_note_takes_what_an_invoice_takes_but_for_two(document: dict[str, Any]) -> None:
    """VN-12."""
    members = {field.member(Use.POST) for field in invoice_mapping.INVOICES.fields} - {None}
    lacking = {name for name in members if not holds(document, "CustomerCreditNoteUpdateDto", str(name))}
    assert lacking == NOT_ON_CREDIT_NOTES


def test_every_path_exists(document: dict[str, Any]) -> None:
    paths = document["paths"]
    for registry, resource in RESOURCES.items():
        assert "get" in paths[resource.path]
        if registry is not Registry.BUSINESS_UNITS:
            assert {"get", "put"} <= set(paths[resource.item])
        assert resource.by_key is None or "get" in paths[resource.by_key]
    for kind in Kind:
        assert "post" in paths[kind.made_at]
        assert {"get", "put", "delete"} <= set(paths[kind.item])
        assert {"post"} <= set(paths[f"{kind.item}/action/release"]) & set(paths[f"{kind.item}/attachment"])


def sample(name: str) -> Any:
    return json.loads((FOLDER / "samples" / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


SETTINGS = VismaNetSettings.model_validate({"client_id": "c", "client_secret": "env:S", "tenant_id": "t"})


def test_the_vendor_s_samples_are_read() -> None:
    records = Records(SETTINGS)
    customer = records.customer(sample("customer.read"), {"14": 14})
    assert (customer.id, customer.number, customer.payment_term) == ("7312", "10047", 14)
    item = records.item(sample("inventory.read"))
    assert item is not None
    assert (item.code, item.kind) == ("RÅD-10", "work_type")
    documents = Documents(SETTINGS, records.zone)
    held, partly = (
        documents.read(sample(f"customerinvoice.read_{name}"), Kind.INVOICE) for name in ("hold", "partly_paid")
    )
    assert (str(held.total), held.state, held.number) == ("23734.25 NOK", "draft", None)
    assert (str(partly.total), partly.state, partly.number) == ("23734.25 NOK", "partly paid", "20260100")
    assert partly.payment_reference == "202600010047119"


def written(body: Any) -> set[str]:
    """Dotted members of a body, wrappers taken off."""
    names: set[str] = set()
    for name, value in body.items():
        inner = value.get("value") if isinstance(value, dict) else value
        names |= {f"{name}.{each}" for each in written(inner)} if isinstance(inner, dict) else {name}
    return names


@pytest.mark.parametrize(
    ("name", "table", "more"),
    [
        (
            "customer.create",
            mapping.CUSTOMERS,
            {"note", "status", "overrideWithClassValues", "mainContact.name", "corporateId"},
        ),
        ("project.create", mapping.PROJECTS, {"billingPeriod", "template", "hold"}),
        ("customerinvoice.create", invoice_mapping.INVOICES, {"invoiceLines"}),
        ("customercreditnote.create", invoice_mapping.INVOICES, {"lines"}),
    ],
)
def test_what_the_samples_write_we_write(name: str, table: Table[Any], more: set[str]) -> None:
    members = {field.member(Use.POST) for field in table.fields} - {None}
    assert written(sample(name)) - members - more == set()
