"""Registries written (VN-02, VN-05, VN-06, VN-08, ALL-02, contract sections 3, 8 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from erp_server import CHANGED, EMPTY, Erp, made, page, refusal
from rows_of_visma import CONTACT, CUSTOMER, GUID, ITEM
from scripted import Raw, Reply

from connectors.visma_net.adapter import VismaNetAdapter
from core.errors import BadDataError, GoneError, MissingDependencyError, OutcomeUnknownError, TransientError
from core.records import Address, ProductKind, Registry

CUSTOMERS, CUSTOMER_ONE, ITEMS = "/v1/customer", "/v1/customer/internal/7312", "/v1/inventory"
HOME = Address("Østre Strandgate 14", None, "6002", "Ålesund", "NO")
NEW = {
    "name": "Sjøvik & Ålgård Rådgivning AS",
    "vat_number": "NO900000017MVA",
    "currency": "NOK",
    "payment_term": 14,
    "email": "post@sjovik.example",
    "website": "https://sjovik.example",
    "active": True,
    "address": HOME,
    "number": "1234",
}


async def test_a_customer_is_made_as_the_sample_makes_it(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-02, VN-05, VN-06: wrapped members, blocks, the class plain; the number is not ours to give (VN-04)."""
    erp.on("POST", CUSTOMERS, made("http://other.example/v1/customer/10047"))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    more = {"customer_class": "10", "notes": "Kun e-faktura", "billing_address": HOME, "postal_address": HOME}
    written = await adapter.create(Registry.CUSTOMERS, NEW | more, GUID)
    block = {
        "value": {
            "addressLine1": {"value": "Østre Strandgate 14"},
            "postalCode": {"value": "6002"},
            "city": {"value": "Ålesund"},
            "countryId": {"value": "NO"},
        }
    }
    assert erp.only("POST", CUSTOMERS).json == {
        "name": {"value": "Sjøvik & Ålgård Rådgivning AS"},
        "vatRegistrationId": {"value": "NO900000017MVA"},
        "currencyId": {"value": "NOK"},
        "creditTermsId": {"value": "N14"},
        "mainContact": {
            "value": {
                "email": {"value": "post@sjovik.example"},
                "web": {"value": "https://sjovik.example"},
                "attention": {"value": "Kun e-faktura"},
                "name": {"value": "Sjøvik & Ålgård Rådgivning AS"},
            }
        },
        "mainAddress": block,
        "customerClassId": {"value": "10"},
        "invoiceAddress": block,
        "deliveryAddress": block,
        "status": {"value": "Active"},
        "overrideWithClassValues": True,
        "note": {"value": f"severa:customer:{GUID}#1"},
    }
    assert (written.record.id, getattr(written.record, "number", None)) == ("7312", "10047")
    assert written.missing == {"address", "billing_address"}, "the answer has other lines there than were asked"


async def test_a_term_that_visma_net_lacks_is_left_out_and_told(erp: Erp, adapter: VismaNetAdapter) -> None:
    erp.on("POST", CUSTOMERS, made("/v1/customer/10047"))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    written = await adapter.create(Registry.CUSTOMERS, {"name": CUSTOMER["name"], "payment_term": 45}, GUID)
    assert "creditTermsId" not in erp.only("POST", CUSTOMERS).json
    assert written.missing == {"payment_term"}
    assert isinstance(written.error, MissingDependencyError)
    assert written.error.needs == "payment_terms:45"


@pytest.mark.parametrize("answer", [Reply(201), Reply(201, b"", {"Location": "http://x/"}), Raw(b"")])
async def test_a_create_without_a_place_leaves_open_what_was_made(
    erp: Erp, adapter: VismaNetAdapter, answer: Reply | Raw
) -> None:
    erp.on("POST", CUSTOMERS, answer)
    with pytest.raises(OutcomeUnknownError):
        await adapter.create(Registry.CUSTOMERS, NEW, GUID)
    assert len(erp.calls("POST", CUSTOMERS)) == 1


async def test_500_with_a_reason_is_a_refusal_once_nothing_was_found(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 6: refused data comes as 500 too; it may have been written all the same."""
    erp.on("POST", CUSTOMERS, refusal(500, "The VAT registration is not valid."))
    erp.on("GET", CUSTOMERS, EMPTY)
    with pytest.raises(BadDataError, match="500") as refused:
        await adapter.create(Registry.CUSTOMERS, NEW, GUID)
    assert refused.value.why == "The VAT registration is not valid."
    erp.on("GET", CUSTOMERS, page([CUSTOMER]))
    erp.on("GET", "/v1/customer/10047/note", Reply(200, {"note": f"severa:customer:{GUID}#1"}))
    assert (await adapter.create(Registry.CUSTOMERS, NEW, GUID)).record.id == "7312"


async def test_only_what_differs_is_put_with_the_version_that_was_read(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 8: the GET before the PUT, If-Match, the GET after."""
    after = CUSTOMER | {"mainContact": CUSTOMER["mainContact"] | {"email": None}, "timeStamp": "BBBB"}
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER), Reply(200, after))
    erp.on("PUT", CUSTOMER_ONE, CHANGED)
    written = await adapter.update(
        Registry.CUSTOMERS, "7312", {"email": None, "name": CUSTOMER["name"], "active": True}
    )
    put = erp.only("PUT", CUSTOMER_ONE)
    assert put.json == {"mainContact": {"value": {"email": {"value": ""}}}}
    assert put.headers["if-match"] == '"AAAAAAB3xk8="'
    assert (written.missing, getattr(written.record, "email", "")) == (frozenset(), None)


async def test_a_hold_that_a_person_set_is_not_overwritten_by_active(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 10: OnHold is active; only Inactive is not."""
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER | {"status": "OnHold"}))
    await adapter.update(Registry.CUSTOMERS, "7312", {"active": True})
    assert erp.calls("PUT", CUSTOMER_ONE) == []


async def test_a_written_address_takes_the_third_line_with_it(erp: Erp, adapter: VismaNetAdapter) -> None:
    after = CUSTOMER | {
        "mainAddress": CUSTOMER["mainAddress"] | {"addressLine2": "", "addressLine3": ""},
        "timeStamp": "B",
    }
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER), Reply(200, after))
    erp.on("PUT", CUSTOMER_ONE, CHANGED)
    written = await adapter.update(Registry.CUSTOMERS, "7312", {"address": HOME})
    block = erp.only("PUT", CUSTOMER_ONE).json["mainAddress"]["value"]
    assert (block["addressLine2"], block["addressLine3"]) == ({"value": ""}, {"value": ""})
    assert written.missing == frozenset()


async def test_a_change_that_met_another_one_is_decided_anew_once(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 6: 412: what the other one wrote already is not written again."""
    other = CUSTOMER | {"name": "Nytt navn", "timeStamp": "B"}
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER), Reply(200, other))
    erp.on("PUT", CUSTOMER_ONE, Reply(412))
    written = await adapter.update(Registry.CUSTOMERS, "7312", {"name": "Nytt navn"})
    assert (getattr(written.record, "name", ""), written.missing) == ("Nytt navn", frozenset())
    assert len(erp.calls("PUT", CUSTOMER_ONE)) == 1
    erp.on("GET", CUSTOMER_ONE, Reply(200, other))
    with pytest.raises(TransientError, match="while this run"):
        await adapter.update(Registry.CUSTOMERS, "7312", {"name": "Et tredje"})
    assert len(erp.calls("PUT", CUSTOMER_ONE)) == 3


async def test_what_a_person_changed_since_the_plan_is_not_overwritten(erp: Erp, adapter: VismaNetAdapter) -> None:
    """ALL-02: the plan was made of an older state; the next run makes it anew."""
    erp.on("GET", CUSTOMERS, page([CUSTOMER]))
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER | {"timeStamp": "CHANGED"}))
    await adapter.read(Registry.CUSTOMERS, None)
    with pytest.raises(TransientError, match="while this run"):
        await adapter.update(Registry.CUSTOMERS, "7312", {"email": "x@y.example"})
    assert erp.calls("PUT", CUSTOMER_ONE) == []


@pytest.mark.parametrize("carried_out", [True, False])
async def test_500_with_a_reason_to_a_change_is_settled_by_the_object(
    erp: Erp, adapter: VismaNetAdapter, carried_out: bool
) -> None:
    after = CUSTOMER | {"name": "Nytt navn", "timeStamp": "B"} if carried_out else CUSTOMER
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER), Reply(200, after))
    erp.on("PUT", CUSTOMER_ONE, refusal(500, "Not allowed."))
    if carried_out:
        assert (await adapter.update(Registry.CUSTOMERS, "7312", {"name": "Nytt navn"})).missing == frozenset()
    else:
        with pytest.raises(BadDataError) as refused:
            await adapter.update(Registry.CUSTOMERS, "7312", {"name": "Nytt navn"})
        assert refused.value.why == "Not allowed."
    assert len(erp.calls("PUT", CUSTOMER_ONE)) == 1


@pytest.mark.parametrize("record_id", ["7312", "no-id", "99999999999"])
async def test_a_customer_that_is_gone_cannot_be_changed(erp: Erp, adapter: VismaNetAdapter, record_id: str) -> None:
    """ALL-14: by its internal id, which no renumbering changes."""
    erp.on("GET", CUSTOMER_ONE, Reply(404))
    with pytest.raises(GoneError):
        await adapter.update(Registry.CUSTOMERS, record_id, {"name": "X"})


async def test_a_contact_goes_under_its_customer_s_number(erp: Erp, adapter: VismaNetAdapter) -> None:
    """VN-06."""
    erp.on("GET", CUSTOMER_ONE, Reply(200, CUSTOMER))
    erp.on("GET", "/v1/customer/10047", Reply(200, CUSTOMER))
    erp.on("POST", "/v1/contact", made("/v1/contact/15390"))
    erp.on("GET", "/v1/contact/15390", Reply(200, CONTACT))
    values: dict[str, Any] = {
        "customer": "7312",
        "salutation": "Mr",
        "first_name": "Bjørn",
        "last_name": "Ødegård",
        "title": "Økonomisjef",
        "mobile": "900 00 000",
        "phone": "70 00 00 02",
        "email": "bjorn@sjovik.example",
        "do_not_email": False,
        "active": True,
    }
    written = await adapter.create(Registry.CONTACTS, values, GUID)
    assert erp.only("POST", "/v1/contact").json == {
        "businessAccount": {"value": "10047"},
        "title": {"value": "Mr"},
        "firstName": {"value": "Bjørn"},
        "lastName": {"value": "Ødegård"},
        "position": {"value": "Økonomisjef"},
        "phone1": {"value": "900 00 000"},
        "phone2": {"value": "70 00 00 02"},
        "email": {"value": "bjorn@sjovik.example"},
        "doNotEmail": {"value": False},
        "active": {"value": True},
    }
    assert (written.record.id, written.missing) == ("15390", frozenset())


WORK = {"code": "RÅD-10", "name": "Rådgivning, seniorkonsulent", "kind": ProductKind.WORK_TYPE, "active": True}
GOODS = {"code": "RÅD-10", "name": "Rør", "kind": ProductKind.PRODUCT, "unit_price": Decimal("12.50"), "active": True}


@pytest.mark.parametrize(
    ("values", "chosen", "sent"),
    [
        (WORK, {"work_type_classes": {"RÅD-10": "TIMER"}}, {"itemClass": "TIMER"}),
        (WORK | {"unit_price": None}, {"item_classes": {ProductKind.WORK_TYPE: "TIMER"}}, {"itemClass": "TIMER"}),
        (GOODS | {"item_class": "VARER"}, {}, {"itemClass": "VARER", "defaultPrice": 12.5}),
    ],
)
async def test_an_item_is_made_with_its_class(
    erp: Erp, open_adapter: Callable[..., VismaNetAdapter], values: Any, chosen: Any, sent: dict[str, Any]
) -> None:
    """VN-07, VN-08: chosen in Severa, by the tenant's table of work types, or its default."""
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(404), Reply(200, ITEM))
    erp.on("POST", ITEMS, made("/v1/inventory/R%C3%85D-10"))
    written = await open_adapter(**chosen).create(Registry.PRODUCTS, values, GUID)
    common = {"description": values["name"], "inventoryNumber": "RÅD-10", "status": "Active"}
    assert erp.only("POST", ITEMS).json == {name: {"value": value} for name, value in (common | sent).items()}
    assert written.record.id == "10233"


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        (WORK, MissingDependencyError, "no inventory class"),
        (WORK | {"item_class": "NONE"}, MissingDependencyError, "no inventory class NONE"),
        (WORK | {"item_class": "VARER"}, BadDataError, "another kind"),
    ],
)
async def test_an_item_without_a_fitting_class_is_not_sent(
    erp: Erp, adapter: VismaNetAdapter, values: Any, error: type[Exception], said: str
) -> None:
    """VN-08: a class is offered only in the registry of its type."""
    with pytest.raises(error, match=said):
        await adapter.create(Registry.PRODUCTS, values, GUID)
    assert erp.calls("POST", ITEMS) == []


async def test_a_code_that_is_taken_is_never_posted(erp: Erp, adapter: VismaNetAdapter) -> None:
    """Section 15: an item of a type that Severa does not have may hold it."""
    erp.on("GET", "/v1/inventory/RÅD-10", Reply(200, ITEM | {"type": "ChargeItem"}))
    with pytest.raises(BadDataError, match="already"):
        await adapter.create(Registry.PRODUCTS, WORK | {"item_class": "TIMER"}, GUID)
    assert erp.calls("POST", ITEMS) == []
