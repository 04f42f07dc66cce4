"""The adapter against the simulated PowerOffice: journeys that one answer cannot show, checked against the contract."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from connectors.auth import MemoryTokenStore
from connectors.ports import Lookup, OutgoingInvoice
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from core.errors import AlreadyExistsError, OutcomeUnknownError
from core.invoices import Deletion, ErpInvoiceState, Invoice, InvoiceRow, RowType
from core.money import Money
from core.records import Address, Contact, Customer, Product, Project, Registry
from tests.specs import spec, vendor_folder

SERVE = """
import sys
from pathlib import Path
from sandbox.server import main
main(["poweroffice"], "small", 11, 0, Path(sys.argv[1]), False)
"""
GUID = "3f2a8d10-5b6e-4a9f-8c1d-{:012d}"


class Office:
    """What people do in PowerOffice, and what went over the wire."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.access = ready["poweroffice"]
        self._control = httpx.Client(base_url=ready["control_url"])

    def do(self, action: str, **members: Any) -> Any:
        answer = self._control.post(f"/poweroffice/{action}", json=members)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def break_next(self, method: str, path: str, kind: str) -> None:
        fault = {"system": "poweroffice", "method": method, "path": path, "kind": kind, "times": 1}
        assert self._control.post("/faults", json=fault).is_success

    def objects(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._control.get(f"/poweroffice/objects/{kind}").json()
        return found

    def exchanges(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._control.get("/exchanges").json()
        return found

    def close(self) -> None:
        self._control.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A simulated company; at the end every request is checked against the vendor's specification."""
    ready: Path = tmp_path_factory.mktemp("sandbox") / "ready.json"
    with subprocess.Popen([sys.executable, "-c", SERVE, str(ready)]) as process:
        try:
            until = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None, "the sandbox did not start"
                assert time.monotonic() < until, "the sandbox did not get ready"
                time.sleep(0.05)
            found = Office(json.loads(ready.read_text(encoding="utf-8")))
            with closing(found):
                yield found
                if (vendor_folder("poweroffice") / "openapi.json").exists():
                    for exchange in found.exchanges():
                        spec("poweroffice").validate_request(exchange)
        finally:
            process.terminate()


@pytest.fixture
async def adapter(office: Office) -> AsyncIterator[PowerOfficeAdapter]:
    settings = PowerOfficeSettings.model_validate(
        {
            "base_url": office.access["base_url"],
            "application_key": "env:A",
            "client_key": "env:C",
            "subscription_key": "env:S",
            "calls_per_second": 0.0,
            "lookup_delay_seconds": 0.0,
        }
    )
    keys = {name: SecretStr(office.access[name]) for name in ("application_key", "client_key", "subscription_key")}
    opened = PowerOfficeAdapter.open(settings, keys, MemoryTokenStore())
    yield opened
    await opened.close()


async def outgoing(adapter: PowerOfficeAdapter, number: int, price: Decimal = Decimal("100.10")) -> OutgoingInvoice:
    """An invoice of two rows with 25 % and 0 % VAT for some customer."""
    read = await adapter.read(Registry.CUSTOMERS, None)
    customer = next(each for each in read.items if isinstance(each, Customer) and each.active)
    total = quantised(price * 3 * Decimal("1.25")) + quantised(price * 3)
    row = InvoiceRow(
        id=GUID.format(number * 100),
        code="STD",
        codes=("STD",),
        description="Rådgivning på Ås",
        quantity=Decimal(3),
        unit_price=price,
        unit="h",
        vat_percent=Decimal(25),
        row_type=RowType.HOURS,
    )
    invoice = Invoice(
        id=GUID.format(number),
        number=None,
        status_id="s",
        customer_id="c",
        customer_number=customer.number,
        customer_name=customer.name,
        project_ids=(),
        invoice_date=date(2026, 2, 27),
        due_date=None,
        payment_term=14,
        currency="NOK",
        total=Money(total, "NOK"),
        totals={},
        version="1",
        rows=(row, replace(row, id=GUID.format(number * 100 + 1), vat_percent=Decimal(0), sort_order=1)),
    )
    return OutgoingInvoice(invoice=invoice, reference=invoice.id, customer_id=customer.id)


def quantised(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def orders_of(office: Office, reference: str) -> list[dict[str, Any]]:
    found = [*office.objects("SalesOrders"), *office.objects("OutgoingInvoices")]
    return [each for each in found if str(each["ExternalImportReference"]).startswith(reference)]


async def test_every_registry_is_read_and_a_quiet_cycle_follows(adapter: PowerOfficeAdapter) -> None:
    """PO-03 to PO-12: the seeded company has awkward rows, but none that breaks the contract."""
    await adapter.check_access()
    full = {registry: await adapter.read(registry, None) for registry in Registry}
    assert all(read.items for read in full.values())
    problems = [problem.error.what for read in full.values() for problem in read.problems]
    assert all("Sub-project" in problem for problem in problems)
    before = adapter.calls.total()
    for registry, read in full.items():
        assert read.started is not None
        assert (await adapter.read(registry, read.started)).items == ()
    assert adapter.calls.total() - before == 7


async def test_the_totals_of_the_draft_are_severa_s(office: Office, adapter: PowerOfficeAdapter) -> None:
    """PO-13, ALL-07: the rows' VAT is met by the choice of the sales account."""
    going = await outgoing(adapter, 1)
    made = await adapter.create_invoice(going)
    assert made.total == going.invoice.total
    assert made.line_totals == {
        going.invoice.rows[0].id: Decimal("375.38"),
        going.invoice.rows[1].id: Decimal("300.3"),
    }
    assert await adapter.invoice(made.id) == made
    (stored,) = orders_of(office, going.reference)
    assert stored["SalesOrderStatus"] == "Draft"


async def test_a_lost_answer_leaves_exactly_one_order(office: Office, adapter: PowerOfficeAdapter) -> None:
    """ALL-05: found again as a draft, refused when sent again, found again when a person has sent it."""
    going = await outgoing(adapter, 2)
    began = datetime.now(UTC)
    office.break_next("POST", "/v2/SalesOrders/Complete", "drop_after")
    with pytest.raises(OutcomeUnknownError):
        await adapter.create_invoice(going)
    found = (await adapter.find_invoices([going.reference], began)).found[going.reference]
    assert found.state is ErpInvoiceState.DRAFT
    assert found.total == going.invoice.total
    with pytest.raises(AlreadyExistsError):
        await adapter.create_invoice(going)
    office.do("send_invoice", reference=going.reference)
    sent = (await adapter.find_invoices([going.reference], began)).found[going.reference]
    assert (sent.id, sent.state) == (found.id, ErpInvoiceState.SENT)
    assert sent.number is not None
    assert len(orders_of(office, going.reference)) == 1


async def test_a_call_that_never_arrived_leaves_none(office: Office, adapter: PowerOfficeAdapter) -> None:
    """ALL-05."""
    going = await outgoing(adapter, 3)
    office.break_next("POST", "/v2/SalesOrders/Complete", "drop_before")
    with pytest.raises(OutcomeUnknownError):
        await adapter.create_invoice(going)
    assert await adapter.find_invoices([going.reference], datetime.now(UTC) - timedelta(minutes=1)) == Lookup({})
    assert orders_of(office, going.reference) == []


async def test_sent_partly_paid_and_paid_come_back(office: Office, adapter: PowerOfficeAdapter) -> None:
    """PO-13, ALL-06: one call brings new and paid invoices."""
    going = await outgoing(adapter, 4)
    made = await adapter.create_invoice(going)
    since = (await adapter.invoices_changed(None)).started

    async def state() -> ErpInvoiceState | None:
        changed = await adapter.invoices_changed(since)
        return next((item.state for item in changed.items if item.id == made.id), None)

    assert await state() is None
    office.do("send_invoice", id=made.id)
    assert await state() is ErpInvoiceState.SENT
    office.do("register_payment", id=made.id, amount=100)
    assert await state() is ErpInvoiceState.PARTLY_PAID
    office.do("register_payment", id=made.id)
    assert await state() is ErpInvoiceState.PAID
    (item,) = (await adapter.invoices_by_id([made.id, GUID.format(999)])).items
    assert item.paid_on is not None
    assert item.total == going.invoice.total


async def test_a_draft_is_removed_and_a_sent_invoice_stays(office: Office, adapter: PowerOfficeAdapter) -> None:
    """ALL-07."""
    drafts = [await adapter.create_invoice(await outgoing(adapter, number)) for number in (5, 6, 7)]
    office.do("confirm_order", id=drafts[1].id)
    office.do("send_invoice", id=drafts[2].id)
    ended = [(await adapter.delete_invoice(draft.id))[0] for draft in drafts]
    assert ended == [Deletion.GONE, Deletion.GONE, Deletion.SENT_MEANWHILE]
    assert (await adapter.delete_invoice(drafts[0].id))[0] is Deletion.GONE
    assert await adapter.invoice(drafts[0].id) is None


async def test_purchase_rows_of_a_project_come_and_are_taken_back(office: Office, adapter: PowerOfficeAdapter) -> None:
    """PO-14: the VAT rows, the supplier's own row and rows without project do not come."""
    project = next(iter((await adapter.read(Registry.PROJECTS, None)).items))
    since = datetime.now(UTC) - timedelta(seconds=2)
    rows = [
        {"account_no": 4300, "amount": 1000, "quantity": 4, "project_code": project.key, "description": "Kobberrør"},
        {"account_no": 6790, "amount": 500},
    ]
    office.do("post_purchase_invoice", rows=rows)
    (cost,) = (await adapter.cost_rows(since, posted_from=date(2020, 1, 1), posted_until=None)).items
    assert (cost.project_code, cost.project_id, cost.description) == (project.key, project.id, "Kobberrør")
    assert (cost.quantity, cost.unit_price, cost.amount) == (Decimal(4), Decimal(250), Decimal(1000))
    assert cost.reverses is None
    office.do("reverse_voucher", voucher_id=cost.voucher_id)
    read = await adapter.cost_rows(since, posted_from=date(2020, 1, 1), posted_until=None)
    (reversal,) = [item for item in read.items if item.reverses]
    assert (reversal.reverses, reversal.amount) == (cost.voucher_id, Decimal(-1000))
    assert reversal.id != cost.id


async def test_a_customer_with_contact_and_project_goes_out_and_changes(
    office: Office, adapter: PowerOfficeAdapter
) -> None:
    """PO-06, PO-07, PO-11: the delivery address is made, then changed; what was created is found by our reference."""
    address = Address(line1="Gata 1", postal_code="0150", city="Oslo", country="NO")
    values = {"number": "19990", "name": "Ny Kunde Ås AS", "email": "post@ny.example", "active": True}
    delivered = {"address": address, "address_id": GUID.format(801)}
    made = (await adapter.create(Registry.CUSTOMERS, values | delivered, GUID.format(800))).record
    again = await adapter.find_by_reference(Registry.CUSTOMERS, GUID.format(800), values)
    assert again == made
    moved = replace(address, line1="Gata 2", line2="Etasje 3")
    changes = {"email": None, "address": moved, "address_id": GUID.format(801)}
    written = await adapter.update(Registry.CUSTOMERS, made.id, changes)
    assert written.missing == frozenset()
    assert isinstance(written.record, Customer)
    assert written.record.address == moved
    addresses = office.objects("ContactDeliveryAddresses")
    (delivery,) = [each for each in addresses if each["ExternalCode"] == GUID.format(801)]
    assert (delivery["AddressLine1"], delivery["IsPrimary"]) == ("Gata 2", True)
    stored = next(each for each in office.objects("Customers") if each["Number"] == 19990)
    assert stored["InvoiceDeliveryType"] == "Print"

    person = {"code": GUID.format(802), "customer": made.id, "first_name": "Åse", "last_name": "Øy", "active": True}
    contact = (await adapter.create(Registry.CONTACTS, person, GUID.format(802))).record
    assert isinstance(contact, Contact)
    changed = await adapter.update(Registry.CONTACTS, contact.id, {"address": address, "title": "Leder"})
    assert isinstance(changed.record, Contact)
    assert (changed.record.address, changed.record.title) == (address, "Leder")
    assert [each.id for each in (await adapter.children(Registry.CONTACTS, made.id)).items] == [contact.id]

    values = {"number": "9001", "name": "Nytt prosjekt", "customer": made.id, "contact": contact.id, "active": True}
    project = (await adapter.create(Registry.PROJECTS, values, None)).record
    closed = await adapter.update(Registry.PROJECTS, project.id, {"active": False, "end_date": date(2026, 12, 31)})
    assert isinstance(closed.record, Project)
    assert (closed.record.contact, closed.record.active) == (contact.id, False)
    assert await adapter.find_by_reference(Registry.PROJECTS, GUID.format(803), values) == closed.record


async def test_a_product_goes_out_and_is_known_to_the_next_invoice(adapter: PowerOfficeAdapter) -> None:
    """PO-08, PO-09."""
    assert await adapter.missing_products(["NY-1"]) == {"NY-1"}
    values = {"code": "NY-1", "name": "Nytt produkt", "unit_price": Decimal("12.34"), "unit": "stk", "active": True}
    made = (await adapter.create(Registry.PRODUCTS, values, None)).record
    assert await adapter.missing_products(["NY-1"]) == frozenset()
    assert isinstance(made, Product)
    assert made.unit_price == Decimal("12.34")
    written = await adapter.update(Registry.PRODUCTS, made.id, {"unit": "timer", "description": "Mer"})
    assert isinstance(written.record, Product)
    assert written.record.unit == "h"
    assert await adapter.update(Registry.PRODUCTS, made.id, {"unit": "timer", "description": "Mer"}) == written
