"""Reading Severa's invoices, their rows and statuses (contract section 10)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from scripted import Reply, ScriptedServer
from severa_fake import TRIGGER, FakeSevera, guid, header
from severa_sandbox import Sandbox, serving

from connectors.severa.adapter import SeveraAdapter
from core.errors import BadDataError
from core.invoices import RowType
from core.money import Money


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving() as running:
        yield running


@pytest.fixture
async def severa(sandbox: Sandbox) -> AsyncIterator[SeveraAdapter]:
    adapter = sandbox.adapter()
    yield adapter
    await adapter.close()


class TestReading:
    """Against the simulated Severa."""

    async def test_the_status_register_comes_in_order_with_its_flags_all_04(self, severa: SeveraAdapter) -> None:
        statuses = await severa.invoice_statuses()
        assert [status.sort_order for status in statuses] == sorted(status.sort_order for status in statuses)
        names = {status.name: status for status in statuses}
        assert names["Send to PowerOffice"].has_number is False
        assert names["Paid"].is_paid
        assert names["Draft"].is_default

    async def test_invoices_on_the_trigger_come_whole_and_as_the_single_read_shows_them_all_05(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        trigger = next(one.id for one in await severa.invoice_statuses() if one.name == "Send to PowerOffice")
        read = await severa.invoices_with_status([trigger])
        stored = {row["guid"]: row for row in sandbox.objects("invoices") if row["status"]["guid"] == trigger}
        assert {invoice.id for invoice in read.items} == set(stored)
        assert read.problems == ()
        assert read.started is not None
        assert any(invoice.is_credit_note for invoice in read.items)
        for invoice in read.items:
            row = stored[invoice.id]
            assert invoice == await severa.invoice(invoice.id)
            assert str(invoice.total.amount) == str(Decimal(str(row["totalIncludingTax"]["amount"])))
            assert invoice.customer_id == (row["billingCustomer"] or row["customer"])["guid"]
            rows = await severa.invoice_rows(invoice.id)
            mine = [each for each in sandbox.objects("invoicerows") if each["invoiceGuid"] == invoice.id]
            assert sorted(each.id for each in rows) == sorted(each["guid"] for each in mine)
            assert [each.sort_order for each in rows] == sorted(each.sort_order for each in rows)
        assert await severa.invoices_with_status([]) == type(read)(())

    async def test_an_invoice_moves_through_its_statuses_with_the_erps_number_all_06(
        self, sandbox: Sandbox, severa: SeveraAdapter
    ) -> None:
        ids = {status.name: status.id for status in await severa.invoice_statuses()}
        invoice = (await severa.invoices_with_status([ids["Send to PowerOffice"]])).items[0]
        moved = await severa.set_invoice(
            invoice.id, expected_status_ids=[ids["Send to PowerOffice"]], status_id=ids["In PowerOffice"]
        )
        assert moved.moved
        assert moved.number_written
        sent = await severa.set_invoice(
            invoice.id, expected_status_ids=[ids["In PowerOffice"]], status_id=ids["Sent"], number="50017"
        )
        assert (sent.moved, sent.number, sent.number_written) == (True, "50017", True)
        before = severa.transport.calls["PATCH", "/v1/invoices/{guid}"]
        for _ in range(2):
            paid = await severa.set_invoice(
                invoice.id, expected_status_ids=[ids["Sent"]], status_id=ids["Paid"], payment_date=date(2026, 3, 20)
            )
            assert paid.moved
            assert paid.status_id == ids["Paid"]
        assert severa.transport.calls["PATCH", "/v1/invoices/{guid}"] == before + 1
        stored = sandbox.stored("invoices", invoice.id)
        assert stored["number"] == 50017
        assert stored["paymentDate"] == "2026-03-20"
        assert stored["status"]["guid"] == ids["Paid"]

    async def test_customers_with_invoices_are_found_po_05(self, sandbox: Sandbox, severa: SeveraAdapter) -> None:
        everyone = [row["guid"] for row in sandbox.objects("customers")]
        billed = {
            (row[member] or {}).get("guid")
            for row in sandbox.objects("invoices")
            for member in ("customer", "billingCustomer")
        } - {None}
        found = await severa.customers_with_invoices(None, everyone)
        assert set(found.items) == billed
        assert (await severa.customers_with_invoices(None, [])).items == ()
        changed = await severa.customers_with_invoices(datetime(2000, 1, 1, tzinfo=UTC), [])
        assert set(changed.items) == billed
        assert changed.started is not None
        later = await severa.customers_with_invoices(datetime.now(UTC) + timedelta(hours=1), everyone)
        assert later.items == ()


async def test_the_header_is_read_field_by_field_po_13(server: ScriptedServer) -> None:
    fake = FakeSevera(
        server,
        {
            "/v1/invoices": [
                header(
                    10,
                    number=50017,
                    billingCustomer={"guid": guid(71), "number": 10235, "name": "Betaler AS"},
                    orderNumber=" PO-1 ",
                    receiverContactGuid=guid(60),
                    isCreditNote=True,
                    reimburseInvoice={"guid": guid(11), "number": 5},
                    projects=[{"guid": guid(80)}, {"guid": guid(81)}, {"guid": guid(80)}],
                    totalIncludingTax={
                        "amount": -1988.30,
                        "currencyCode": "eur",
                        "multiCurrencyInfo": [{"amount": -22000.5, "currencyCode": "NOK", "purpose": []}],
                    },
                )
            ]
        },
    )
    invoice = await fake.adapter().invoice(guid(10))
    assert invoice is not None
    assert (invoice.customer_id, invoice.customer_number, invoice.customer_name) == (guid(71), "10235", "Betaler AS")
    assert invoice.total == Money(Decimal("-1988.3"), "EUR")
    assert invoice.totals == {"NOK": Decimal("-22000.5")}
    assert invoice.project_ids == (guid(80), guid(81))
    assert (invoice.number, invoice.order_number, invoice.contact_id) == ("50017", "PO-1", guid(60))
    assert (invoice.is_credit_note, invoice.credited_invoice_id) == (True, guid(11))
    assert (invoice.invoice_date, invoice.due_date, invoice.payment_term) == (date(2026, 3, 2), date(2026, 3, 16), 14)


async def test_the_version_changes_with_the_header_or_the_total_and_with_nothing_else(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/invoices": [header(10)]})
    severa = fake.adapter()
    versions = []
    for change in (
        {},
        {"notes": "x"},
        {"lastUpdatedDateTime": "2026-03-03T06:00:00Z"},
        {"totalIncludingTax": {"amount": 5, "currencyCode": "EUR"}},
    ):
        fake.one(10).update(change)
        invoice = await severa.invoice(guid(10))
        assert invoice is not None
        versions.append(invoice.version)
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"totalIncludingTax": None}, "totalIncludingTax.amount"),
        ({"totalIncludingTax": {"amount": None, "currencyCode": "EUR"}}, "totalIncludingTax.amount"),
        ({"currency": None}, "currency.code"),
        ({"status": {"guid": "nonsense"}}, "status.guid"),
        ({"date": "tomorrow"}, "date"),
        ({"projects": "many"}, "projects"),
    ],
)
async def test_a_broken_invoice_is_a_problem_beside_the_good_ones_law_3(
    server: ScriptedServer, change: dict[str, Any], field: str
) -> None:
    fake = FakeSevera(server, {"/v1/invoices": [header(10), header(11, **change)]})
    fake.intercept = lambda request: (
        Reply(body=fake.rows["/v1/invoices"]) if "invoiceStatusGuids" in request.query else None
    )
    read = await fake.adapter().invoices_with_status([TRIGGER])
    assert [invoice.id for invoice in read.items] == [guid(10)]
    assert [(each.id, each.error.field) for each in read.problems] == [(guid(11), field)]


async def test_a_list_row_with_less_than_the_single_read_is_read_again(server: ScriptedServer) -> None:
    fake = FakeSevera(server, {"/v1/invoices": [header(10)]})
    short = {name: value for name, value in header(10).items() if name != "totalIncludingTax"}
    fake.intercept = lambda request: Reply(body=[short]) if "invoiceStatusGuids" in request.query else None
    read = await fake.adapter().invoices_with_status([TRIGGER])
    assert [invoice.id for invoice in read.items] == [guid(10)]
    assert read.problems == ()


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["TY10"], "TY10"),
        (["TY10", " TY10 "], "TY10"),
        (["A", "B"], None),
        ([], None),
        (None, None),
        (["", None], None),
    ],
)
async def test_a_row_has_its_one_product_code_or_none_po_13(
    server: ScriptedServer, codes: list[str] | None, code: str | None
) -> None:
    row = {
        "guid": guid(20), "rowType": "Hours", "description": "Kaivu", "quantity": 12.5, "sortOrder": 2, "code": codes,
        "unitPrice": {"amount": 96.10, "currencyCode": "EUR"}, "measurementUnit": "h", "vatRate": 25.5,
    }  # fmt: skip
    text = {"guid": guid(21), "rowType": "FlatRate", "quantity": 0, "sortOrder": 1, "unitPrice": None}
    fake = FakeSevera(server, {f"/v1/invoices/{guid(10)}/invoicerows": [row, text]})
    fake.by_token = {"invoicerows"}
    first, second = await fake.adapter().invoice_rows(guid(10))
    assert (first.id, first.unit_price, first.row_type) == (guid(21), Decimal(0), RowType.FLAT_RATE)
    assert second.code == code
    assert (second.quantity, second.unit_price, second.vat_percent) == (
        Decimal("12.5"),
        Decimal("96.1"),
        Decimal("25.5"),
    )


async def test_an_unknown_row_type_is_bad_data(server: ScriptedServer) -> None:
    fake = FakeSevera(
        server, {f"/v1/invoices/{guid(10)}/invoicerows": [{"guid": guid(20), "rowType": "New", "quantity": 1}]}
    )
    with pytest.raises(BadDataError, match="rowType"):
        await fake.adapter().invoice_rows(guid(10))


async def test_customers_are_asked_for_in_few_calls_until_all_are_known_po_05(server: ScriptedServer) -> None:
    rows = [header(1000 + number, customer={"guid": guid(number % 5)}) for number in range(450)]
    fake = FakeSevera(server, {"/v1/invoices": rows})
    found = await fake.adapter().customers_with_invoices(None, [guid(number) for number in range(100)])
    assert found.items == tuple(guid(number) for number in range(5))
    assert len(fake.calls) <= 4
