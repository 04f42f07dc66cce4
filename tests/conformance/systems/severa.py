"""Severa for the suite: the contract's paths and samples of its seven registries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.auth import TokenStore
from connectors.severa.adapter import SeveraAdapter
from connectors.severa.carried import ELSEWHERE
from connectors.severa.settings import SeveraSettings
from core.records import Address, ProductType, Registry
from tests.conformance.system import Refs, Sample, System, Values, guid

NAME = "severa"
NOT_REDACTED = (
    "connectors/http.py _error: the parsed body goes to the vendor's table as it came, only the text is redacted; a "
    "secret that the vendor quotes in an error message is shown"
)
UNKNOWN = guid(999_999_999)
NO_NUMBERS = ("A1", "1,2", "1-9", "²", "9 9")
HOME = Address(line1="Åsgårdsveien 1", line2="Oppgang Ø", postal_code="0150", city="Tromsø", country="NO")
AWAY = Address(line1="Storgatan 9", line2=None, postal_code="111 22", city="Malmö", country="SE")


def open_adapter(access: Mapping[str, Any], tokens: TokenStore | None = None, **settings: Any) -> SeveraAdapter:
    """An adapter for the organisation of a ready file. Projects without a manager get its first user."""
    known = SeveraSettings.model_validate(
        {
            "base_url": access["base_url"],
            "client_id": access["client_id"],
            "client_secret": "env:CLIENT_SECRET",
            "statuses": {"trigger": "T", "transferred": "I", "sent": "S", "paid": "P"},
            "calls_per_second": 0.0,
            **settings,
        }
    )
    return SeveraAdapter.open(known, SecretStr(access["client_secret"]), tokens)


def business_unit(number: int, _refs: Refs) -> Values:
    """PO-12."""
    return {"code": f"BU{number}", "name": f"Yksikkö Ääri {number}", "active": True}


def user(number: int, refs: Refs) -> Values:
    """PO-12."""
    return {
        "code": str(70_000 + number),
        "first_name": "Åse-Björg",
        "last_name": f"Sæther {number}",
        "email": f"aase{number}@fjord.example",
        "phone": "+47 22 33 44 55",
        "business_unit": refs.get("business_unit"),
        "superior": refs.get("superior"),
        "address": HOME,
        "active": True,
    }


def customer(number: int, _refs: Refs) -> Values:
    """PO-03 to PO-06."""
    return {
        "number": str(150_000 + number),
        "name": f"Smørbrød & Sønner {number} AS",
        "vat_number": "914 567 890",
        "email": f"post{number}@smorbrod.example",
        "active": True,
        "address": HOME,
        "currency": "NOK",
        "payment_term": 14,
        "website": "https://smorbrod.example/å",
        "notes": "Att. Þórður\n2. etasje",
    }


def contact(number: int, refs: Refs) -> Values:
    """PO-07."""
    return {
        "customer": refs.get("customer"),
        "first_name": "Þórður",
        "last_name": f"Guðmundsson {number}",
        "email": f"thordur{number}@fjord.example",
        "phone": "+354 555 1234",
        "title": "Innkjøpssjef",
        "active": True,
        "salutation": "Mr",
        "do_not_email": True,
    }


def product_category(number: int, _refs: Refs) -> Values:
    """PO-10."""
    return {"code": f"CAT{number}", "name": f"Rådgivning {number}", "active": True}


def product(number: int, refs: Refs) -> Values:
    """PO-08 to PO-10."""
    return {
        "code": f"VARE{number}",
        "name": f"Kobberrør ½″ {number}",
        "type": ProductType.GOODS,
        "category": refs.get("category"),
        "description": "Rør, krympeslange – æøå",
        "unit_price": Decimal("1234.56"),
        "unit": "h",
        "active": True,
    }


def project(number: int, refs: Refs) -> Values:
    """PO-11."""
    return {
        "number": str(300_000 + number),
        "name": f"Ombygging Nøtterøy {number}",
        "customer": refs.get("customer"),
        "active": True,
        "internal": False,
        "start_date": date(2026, 1, 31),
        "end_date": date(2026, 12, 24),
        "business_unit": refs.get("business_unit"),
        "owner": refs.get("owner"),
        "order_number": f"PO-{number}/Ø",
        "joinable": True,
        "contact": refs.get("contact"),
    }


REGISTRIES = {
    Registry.BUSINESS_UNITS: Sample(
        lists=("/v1/businessunits",),
        create="/v1/businessunits",
        item="/v1/businessunits/{guid}",
        kinds=("businessunits",),
        values=business_unit,
        changed=lambda number, _: {"name": f"Avdeling Møre {number}", "active": False},
        required=frozenset({"code", "name"}),
        foreign=frozenset({"vat_number"}),
        unknown=UNKNOWN,
        shares_keys=True,
        odd_keys=("A,B", "A-B", "Ø*1"),
    ),
    Registry.USERS: Sample(
        lists=("/v1/users",),
        create="/v1/users",
        item="/v1/users/{guid}",
        longest_name=100,
        refused=({"address": Address(line1="Gata 1", country="ZZ")},),
        kinds=("users",),
        values=user,
        changed=lambda number, refs: {
            "first_name": "Øyvind",
            "last_name": f"Ødegård {number}",
            "email": f"oyvind{number}@fjord.example",
            "phone": "900 00 000",
            "business_unit": refs.get("business_unit"),
            "superior": refs.get("superior"),
            "address": AWAY,
            "active": False,
        },
        required=frozenset({"code", "first_name", "last_name"}),
        filled=frozenset({"business_unit"}),
        unknown=UNKNOWN,
        shares_keys=True,
    ),
    Registry.CUSTOMERS: Sample(
        lists=("/v1/customers", "/v1/addresses"),
        create="/v1/customers",
        item="/v1/customers/{guid}",
        no_keys=NO_NUMBERS,
        refused=({"number": "A1"}, {"currency": "XXX"}),
        kinds=("customers", "addresses"),
        values=customer,
        changed=lambda number, _: {
            "name": f"Ærfugl Invest {number}",
            "vat_number": "999888777",
            "email": f"faktura{number}@aerfugl.example",
            "active": False,
            "address": AWAY,
            "currency": "EUR",
            "payment_term": 30,
            "website": "https://aerfugl.example",
            "notes": "Ringes først",
        },
        required=frozenset({"number", "name"}),
        foreign=frozenset({"address_id", "internal", "prospect", "is_person"}) | ELSEWHERE[Registry.CUSTOMERS],
        filled=frozenset({"currency", "payment_term"}),
        unknown=UNKNOWN,
    ),
    Registry.CONTACTS: Sample(
        lists=("/v1/contactpersons", "/v1/addresses", "/v1/contactcommunications"),
        create="/v1/contactpersons",
        item="/v1/contactpersons/{guid}",
        kinds=("contactpersons", "contactcommunications"),
        values=contact,
        changed=lambda number, _: {
            "first_name": "Åke",
            "last_name": f"Öberg {number}",
            "email": f"ake{number}@malmo.example",
            "phone": "040-123 45",
            "title": "Økonom",
            "salutation": "Ms",
            "do_not_email": False,
            "active": False,
        },
        required=frozenset({"customer", "first_name", "last_name"}),
        foreign=frozenset({"code"}) | ELSEWHERE[Registry.CONTACTS],
        fixed=frozenset({"customer"}),
        kept=frozenset({"email", "phone"}),  # to remove them takes a scope that is not asked for by default
        no_keys=("no guid", "12"),
        unknown=UNKNOWN,
    ),
    Registry.PRODUCT_CATEGORIES: Sample(
        lists=("/v1/productcategories",),
        create="/v1/productcategories",
        item="/v1/productcategories/{guid}",
        kinds=("productcategories",),
        values=product_category,
        changed=lambda number, _: {"name": f"Grünt {number}", "active": False},
        required=frozenset({"code", "name"}),
        unknown=UNKNOWN,
        shares_keys=True,
        odd_keys=("G,H", "G-H"),
    ),
    Registry.PRODUCTS: Sample(
        lists=("/v1/products", "/v1/worktypes", "/v1/travelexpensetypes"),
        create="/v1/products",
        item="/v1/products/{guid}",
        kinds=("products", "worktypes", "travelexpensetypes"),
        values=product,
        changed=lambda number, refs: {
            "name": f"Blårør {number}",
            "category": refs.get("category"),
            "description": "Ny tekst",
            "unit_price": Decimal("0.05"),
            "unit": "km",
            "active": False,
        },
        required=frozenset({"code", "name"}),
        foreign=frozenset({"kind"}) | ELSEWHERE[Registry.PRODUCTS],
        fixed=frozenset({"type"}),
        unknown=f"product:{UNKNOWN}",
        shares_keys=True,
        odd_keys=("P,Q", "1-9", "a&b=c", "50 %"),
    ),
    Registry.PROJECTS: Sample(
        lists=("/v1/projects",) * 3,
        create="/v1/projects",
        item="/v1/projects/{guid}",
        no_keys=NO_NUMBERS,
        refused=({"customer": None}, {"number": "1000.1"}),
        kinds=("projects",),
        values=project,
        changed=lambda number, refs: {
            "name": f"Nybygg Ålesund {number}",
            "customer": refs.get("customer"),
            "active": False,
            "internal": True,
            "start_date": date(2025, 2, 28),
            "end_date": date(2027, 6, 30),
            "business_unit": refs.get("business_unit"),
            "owner": refs.get("owner"),
            "order_number": "Ø-99",
            "joinable": False,
            "contact": refs.get("contact"),
        },
        required=frozenset({"number", "name", "customer", "owner"}),
        foreign=frozenset({"won", "lost"}),
        filled=frozenset({"business_unit"}),
        before={"customer": {"contact": None}},
        unknown=UNKNOWN,
    ),
}

SEVERA = System(
    name=NAME,
    open=open_adapter,
    credentials=("client_id", "client_secret"),
    secrets=("client_secret",),
    token="/v1/token",
    refusal=lambda text: {"error": {"type": "InvalidParameter", "details": [{"message": text}]}},
    small_pages={"page_size": 20},
    row_id=("guid", lambda number: guid(800_000_000 + number)),
    registries=REGISTRIES,
)
