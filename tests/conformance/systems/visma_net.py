"""Visma.net Financials for the suite: the contract's paths, samples of its registries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.auth import MemoryTokenStore, TokenStore
from connectors.visma_net.adapter import VismaNetAdapter
from connectors.visma_net.settings import VismaNetSettings
from core.records import Address, ProductKind, Registry
from tests.conformance.system import Refs, Sample, System, Values
from tests.conformance.systems.visma_net_people import DESK, NAME, PURCHASES

UNKNOWN = "987654321"
HOME = Address(line1="Åsgårdsveien 1", line2="Oppgang Ø", postal_code="0150", city="Tromsø", country="NO")
BOX = Address(line1="Postboks 12 Ø", line2=None, postal_code="8001", city="Bodø", country="NO")
AWAY = Address(line1="Storgatan 9", line2=None, postal_code="111 22", city="Malmö", country="SE")


def open_adapter(access: Mapping[str, Any], tokens: TokenStore | None = None, **settings: Any) -> VismaNetAdapter:
    """An adapter for the company of a ready file. Its times of change are those of Oslo."""
    known = VismaNetSettings.model_validate(
        {
            "base_url": access["base_url"],
            "connect_url": access["base_url"],
            "client_id": access["client_id"],
            "client_secret": "env:CLIENT_SECRET",
            "tenant_id": access["tenant_id"],
            "customer_class": "10",
            "item_classes": {ProductKind.PRODUCT: "VARE25"},
            "stamp_zone": "Europe/Oslo",
            "note_given_back": "yes",
            "poll_seconds": 0.0,
            "lookup_delay_seconds": 0.0,
            **settings,
        }
    )
    return VismaNetAdapter.open(known, SecretStr(access["client_secret"]), tokens or MemoryTokenStore())


def customer(number: int, _refs: Refs) -> Values:
    """VN-02 to VN-06. The number is Visma.net's own."""
    return {
        "number": None,
        "name": f"Smørbrød & Sønner {number} AS",
        "vat_number": f"NO{914_000_000 + number}MVA",
        "email": f"post{number}@smorbrod.example",
        "active": True,
        "address": HOME,
        "currency": "NOK",
        "payment_term": 14,
        "website": "https://smorbrod.example/å",
        "notes": "Att. Þórður, 2. etasje",
        "customer_class": "10",
        "billing_address": replace(HOME, line1="Kaigata 3"),
        "postal_address": BOX,
    }


def contact(number: int, refs: Refs) -> Values:
    """VN-06."""
    return {
        "customer": refs.get("customer"),
        "first_name": "Þórður",
        "last_name": f"Guðmundsson {number}",
        "email": f"thordur{number}@fjord.example",
        "phone": "+354 555 1234",
        "title": "Innkjøpssjef",
        "active": True,
        "salutation": "Mr",
        "mobile": "+354 666 1234",
        "do_not_email": True,
    }


def item(number: int, _refs: Refs) -> Values:
    """VN-07."""
    return {
        "code": f"VARE{number}",
        "name": f"Kobberrør ½″ {number}",
        "kind": ProductKind.PRODUCT,
        "unit_price": Decimal("1234.56"),
        "active": True,
        "item_class": "VARE25",
    }


def project(number: int, refs: Refs) -> Values:
    """VN-09: four digits, as the segmented key wants them."""
    return {
        "number": str(6000 + number),
        "name": f"Ombygging Nøtterøy {number}",
        "customer": refs.get("customer"),
        "active": True,
        "lost": False,
        "start_date": date(2026, 1, 31),
    }


REGISTRIES = {
    Registry.CUSTOMERS: Sample(
        lists=("/v1/customer",),
        create="/v1/customer",
        item="/v1/customer/internal/{internalID}",
        kinds=("Customers",),
        values=customer,
        changed=lambda number, _: {
            "name": f"Ærfugl Invest {number}",
            "vat_number": f"NO{924_000_000 + number}MVA",
            "email": f"faktura{number}@aerfugl.example",
            "active": False,
            "address": AWAY,
            "currency": "EUR",
            "payment_term": 30,
            "website": "https://aerfugl.example",
            "notes": "Ringes først",
            "customer_class": "20",
            "billing_address": replace(AWAY, line1="Hamngatan 4"),
            "postal_address": replace(BOX, line1="Postboks 99 Å"),
        },
        required=frozenset({"name"}),
        foreign=frozenset({"number", "address_id", "internal", "prospect", "is_person"}),
        filled=frozenset({"currency", "payment_term", "customer_class"}),
        kept=frozenset({"currency", "payment_term", "customer_class"}),
        unknown=UNKNOWN,
        row_id=("internalId", lambda number: 700_000_000 + number),
        refused=({"currency": "XXX"},),
        no_keys=("A1", "1/2", "²", "9" * 40),
    ),
    Registry.CONTACTS: Sample(
        lists=("/v1/contact",),
        create="/v1/contact",
        item="/v1/contact/{contactId}",
        kinds=("Contacts",),
        values=contact,
        changed=lambda number, _: {
            "first_name": "Åke",
            "last_name": f"Öberg {number}",
            "email": f"ake{number}@malmo.example",
            "phone": "040-123 45",
            "title": "Økonom",
            "active": False,
            "salutation": "Ms",
            "mobile": "070-123 45",
            "do_not_email": False,
        },
        required=frozenset({"customer", "last_name"}),
        foreign=frozenset({"code", "address"}),
        fixed=frozenset({"customer"}),
        kept=frozenset({"salutation"}),
        keyless=True,
        left_out=6,
        unknown=UNKNOWN,
        row_id=("contactId", lambda number: 700_000_000 + number),
        refused=({"last_name": None}, {"customer": None}),
    ),
    Registry.PRODUCTS: Sample(
        lists=("/v1/inventory",),
        create="/v1/inventory",
        item="/v1/inventory/internal/{inventoryId}",
        kinds=("Items",),
        values=item,
        changed=lambda number, _: {
            "name": f"Blårør {number}",
            "unit_price": Decimal("0.05"),
            "active": False,
            "item_class": "VARE15",
        },
        required=frozenset({"code", "name", "kind"}),
        foreign=frozenset({"category", "description", "type", "unit"}),
        fixed=frozenset({"kind"}),
        filled=frozenset({"unit_price", "item_class"}),
        kept=frozenset({"unit_price", "item_class"}),
        unknown=UNKNOWN,
        row_id=("inventoryId", lambda number: 700_000_000 + number),
        odd_keys=("P,Q", "1-9", "a&b=c", "50 %"),
        refused=({"item_class": "NONE"}, {"item_class": "TIMER25"}),
    ),
    Registry.PROJECTS: Sample(
        lists=("/v1/project",),
        create="/v1/project",
        item="/v1/project/internal/{internalID}",
        kinds=("Projects",),
        values=project,
        changed=lambda number, refs: {
            "name": f"Nybygg Ålesund {number}",
            "customer": refs.get("customer"),
            "active": False,
            "lost": True,
            "start_date": date(2025, 2, 28),
        },
        before={"lost": {"active": False}},
        required=frozenset({"number", "name", "customer", "start_date"}),
        foreign=frozenset(
            {"won", "internal", "end_date", "business_unit", "owner", "order_number", "joinable", "contact"}
        ),
        unknown=UNKNOWN,
        left_out=1,
        row_id=("internalID", lambda number: 700_000_000 + number),
        refused=({"number": "123456789"}, {"number": None}),
    ),
}

VISMA_NET = System(
    name=NAME,
    open=open_adapter,
    credentials=("client_id", "client_secret", "tenant_id"),
    secrets=("client_secret",),
    token="/connect/token",
    refusal=lambda text: {"message": f"VismaId: 00000000-0000-0000-0000-000000000000. Error reading. Error: {text}"},
    change="PUT",
    silent_error="status:502",  # 500 comes with the reason of a refusal: it is looked up at once
    small_pages={"page_size": 9},
    row_id=("referenceNumber", lambda number: str(700_000_000 + number)),
    registries=REGISTRIES,
    desk=DESK,
    purchases=PURCHASES,
)
