"""Samples for the tests of the pure rules: records, a ledger row, invoices. Every call makes fresh ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.comparing import Translate
from core.inputs import Inputs
from core.invoices import CostRow, ErpInvoice, ErpInvoiceState, Invoice, InvoiceRow, RowType
from core.links import Link
from core.money import Money
from core.plans import Plan
from core.profiles import FieldRule, Filter, Flow, Master, ReferenceOf, RegistryRule, Requirement
from core.records import Customer, Project, Record, Registry, Side
from core.states import encode
from core.transfers import Transfer, TransferState

SEVERA, ERP = Side.SEVERA, Side.ERP
SWITCHED_ON = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
GUID = "0c9f6a52-1111-4222-8333-944455556666"


def nothing_linked(_registry: Registry, _side: Side, _record_id: str) -> None:
    """A translation without links."""


def linked(pairs: Mapping[str, str]) -> Translate:
    """A translation by pairs of Severa id and ERP id."""
    back = {erp: severa for severa, erp in pairs.items()}

    def translate(_registry: Registry, side: Side, record_id: str) -> str | None:
        return pairs.get(record_id) if side is SEVERA else back.get(record_id)

    return translate


def customer(record_id: str, number: str | None = "10", name: str = "Fjord Rør AS", **fields: Any) -> Customer:
    """A customer of either side."""
    return Customer(id=record_id, number=number, name=name, **fields)


def project(record_id: str, number: str | None = "700", name: str = "Kaikanten", **fields: Any) -> Project:
    """A project of either side."""
    return Project(id=record_id, number=number, name=name, **fields)


def link_of(rule: RegistryRule, severa: Record, erp: Record, **fields: Any) -> Link:
    """The link of two records that are in step as they stand."""
    states = [{f.name: encode(getattr(record, f.name)) for f in rule.fields} for record in (severa, erp)]
    return Link(
        registry=rule.registry,
        severa_id=severa.id,
        erp_id=erp.id,
        key=severa.key,
        **{"severa_state": states[0], "erp_state": states[1], **fields},
    )


def inputs_of(
    rule: RegistryRule,
    severa: list[Record],
    erp: list[Record],
    links: list[Link] | None = None,
    *,
    master: Master = Master.SEVERA,
    **fields: Any,
) -> Inputs:
    """What the planner looks at, when these were read."""
    known = {SEVERA: {record.id for record in severa}, ERP: {record.id for record in erp}}
    return Inputs(
        rule=rule,
        master=master,
        severa=severa,
        erp=erp,
        links={side: {x.id_on(side): x for x in links or () if x.id_on(side) in known[side]} for side in Side},
        translate=fields.pop("translate", nothing_linked),
        switched_on=SWITCHED_ON,
        **fields,
    )


def invoice(total: str = "125.00", currency: str = "NOK", **fields: Any) -> Invoice:
    """An invoice on the trigger status."""
    given: dict[str, Any] = {
        "id": GUID,
        "number": None,
        "status_id": "ready",
        "customer_id": "c-1",
        "customer_number": "10042",
        "customer_name": "Blåfjell Rør & Varme AS",
        "project_ids": ("p-1",),
        "invoice_date": date(2026, 3, 2),
        "due_date": None,
        "payment_term": 14,
        "currency": currency,
        "total": Money(Decimal(total), currency),
        "totals": {},
        "version": "v1",
    }
    return Invoice(**(given | fields))


def row(
    row_id: str = "r-1", *, quantity: str = "1", price: str = "100", vat: str | None = "25", **fields: Any
) -> InvoiceRow:
    """An invoice row with a price before VAT."""
    given: dict[str, Any] = {"code": "KONS01", "description": "Rådgivning", "row_type": RowType.HOURS, "sort_order": 1}
    percent = None if vat is None else Decimal(vat)
    return InvoiceRow(
        id=row_id, quantity=Decimal(quantity), unit_price=Decimal(price), vat_percent=percent, **(given | fields)
    )


def draft(total: str | None = "125.00", currency: str = "NOK", **fields: Any) -> ErpInvoice:
    """The invoice as a draft in the ERP."""
    money = None if total is None else Money(Decimal(total), currency)
    return ErpInvoice(**({"id": "so-1", "reference": GUID, "state": ErpInvoiceState.DRAFT, "total": money} | fields))


def transfer(state: TransferState, **fields: Any) -> Transfer:
    """The ledger's row of `invoice`."""
    return Transfer(**({"severa_id": GUID, "reference": GUID, "version": "v1", "state": state} | fields))


def cost(row_id: str = "1", **fields: Any) -> CostRow:
    """A purchase invoice row that names a project."""
    given: dict[str, Any] = {
        "voucher_id": "voucher-1",
        "voucher_number": "20031",
        "voucher_type": "IncomingInvoice",
        "project_id": "501",
        "project_code": "700",
        "product_id": None,
        "product_code": None,
        "quantity": Decimal(4),
        "unit_price": Decimal("250.00"),
        "amount": Decimal("1000.00"),
        "currency": "EUR",
        "amount_company": Decimal("11650.00"),
        "company_currency": "NOK",
        "description": "Kabel",
        "cost_date": date(2026, 3, 3),
    }
    return CostRow(id=row_id, **(given | fields))


def same_but_for_case(left: Any, right: Any) -> bool:
    return str(left or "").casefold() == str(right or "").casefold()


RULE = RegistryRule(
    registry=Registry.CUSTOMERS,
    match=(),
    fields=(
        FieldRule("name"),
        FieldRule("email", same=same_but_for_case),
        FieldRule("website", flow=Flow.TO_ERP),
        FieldRule("vat_number", flow=Flow.TO_SEVERA),
        FieldRule("currency", fixed=True),
        FieldRule("active"),
    ),
)
"""A rule with a field of every sort: both ways, either way, given once."""

OURS = customer("s-1", email="post@fjord.example", website="fjord.example", vat_number="911", currency="NOK")
THEIRS = replace(OURS, id="41")


def by_key(record: Record, _reference: ReferenceOf) -> tuple[Any, ...] | None:
    return (record.key,) if record.key else None


def active(record: Record) -> bool:
    return bool(getattr(record, "active", True))


CUSTOMERS = replace(
    RULE,
    match=(by_key,),
    filters={side: (Filter("inactive", active),) for side in Side},
    requirements={SEVERA: (Requirement("number", lambda r: bool(r.key), "It has no number.", "Give it one."),)},
)
"""The same for the planner: matched by number, active ones only, Severa's with a number."""


def causes(result: Plan) -> dict[str, str]:
    """Record -> cause of its issue."""
    return {issue.record: issue.cause for issue in result.issues}
