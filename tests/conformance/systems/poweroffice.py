"""PowerOffice Go for the suite: the contract's paths, samples of its seven registries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from connectors.auth import MemoryTokenStore, TokenStore
from connectors.poweroffice.adapter import PowerOfficeAdapter
from connectors.poweroffice.settings import PowerOfficeSettings
from core.records import Address, ProductType, Registry
from tests.conformance.system import Refs, Sample, System, Values, guid
from tests.conformance.systems.poweroffice_people import DESK, NAME, PURCHASES

KEYS = ("application_key", "client_key", "subscription_key")
UNKNOWN = "987654321"
NO_NUMBERS = ("A1", "1,2", "1-9", "²", "9" * 40)
NOT_ON_CUSTOMERS = frozenset({"notes", "customer_class", "billing_address", "postal_address"})
NOT_ON_CONTACTS = frozenset({"salutation", "mobile", "do_not_email"})
"""What other ERPs keep in step and PowerOffice's guide does not name."""
HOME = Address(line1="Åsgårdsveien 1", line2="Oppgang Ø", postal_code="0150", city="Tromsø", country="NO")
AWAY = Address(line1="Storgatan 9", line2=None, postal_code="111 22", city="Malmö", country="SE")


def open_adapter(access: Mapping[str, Any], tokens: TokenStore | None = None, **settings: Any) -> PowerOfficeAdapter:
    """An adapter for the company of a ready file."""
    known = PowerOfficeSettings.model_validate(
        {
            "base_url": access["base_url"],
            **{name: f"env:{name.upper()}" for name in KEYS},
            "calls_per_second": 0.0,
            "lookup_delay_seconds": 0.0,
            **settings,
        }
    )
    return PowerOfficeAdapter.open(
        known, {name: SecretStr(access[name]) for name in KEYS}, tokens or MemoryTokenStore()
    )


# ---------------------------------------------------------------- registries


def department(number: int, _refs: Refs) -> Values:
    """PO-12."""
    return {"code": f"AVD{number}", "name": f"Avdeling Østfold {number}", "active": True}


def employee(number: int, refs: Refs) -> Values:
    """PO-12."""
    return {
        "code": str(7000 + number),
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
        "number": str(15000 + number),
        "name": f"Smørbrød & Sønner {number} AS",
        "vat_number": "914 567 890",
        "email": f"post{number}@smorbrod.example",
        "active": True,
        "address": HOME,
        "address_id": guid(500_000 + number),
        "currency": "NOK",
        "is_person": False,
        "payment_term": 14,
        "website": "https://smorbrod.example/å",
    }


def contact(number: int, refs: Refs) -> Values:
    """PO-07."""
    return {
        "code": guid(number),
        "customer": refs.get("customer"),
        "first_name": "Þórður",
        "last_name": f"Guðmundsson {number}",
        "email": f"thordur{number}@fjord.example",
        "phone": "+354 555 1234",
        "title": "Innkjøpssjef",
        "active": True,
        "address": HOME,
    }


def product_group(number: int, _refs: Refs) -> Values:
    """PO-10."""
    return {"code": f"GR{number}", "name": f"Rådgivning {number}", "active": True}


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
        "number": str(8000 + number),
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
        lists=("/v2/Departments",),
        create="/v2/Departments",
        item="/v2/Departments/{id}",
        kinds=("Departments",),
        values=department,
        changed=lambda number, _: {"name": f"Avdeling Møre {number}", "active": False},
        required=frozenset({"code", "name"}),
        foreign=frozenset({"vat_number"}),
        unknown=UNKNOWN,
        shares_keys=True,
        odd_keys=("A,B", "A-B", "Ø*1"),
    ),
    Registry.USERS: Sample(
        lists=("/v2/Employees",),
        create="/v2/Employees",
        item="/v2/Employees/{employeeId}",
        no_keys=NO_NUMBERS,
        refused=({"code": "A1"}, {"code": "77777"}, {"last_name": None}),
        kinds=("Employees",),
        values=employee,
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
        kept=frozenset({"address"}),
        unknown=UNKNOWN,
    ),
    Registry.CUSTOMERS: Sample(
        lists=("/v2/Customers",),
        create="/v2/Customers",
        item="/v2/Customers/{id}",
        no_keys=NO_NUMBERS,
        refused=({"number": "A1"}, {"number": "999"}, {"currency": "XXX"}, {"is_person": True, "name": "Prince"}),
        kinds=("Customers", "ContactDeliveryAddresses"),
        values=customer,
        changed=lambda number, _: {
            "name": f"Ærfugl Invest {number}",
            "vat_number": "999888777",
            "email": f"faktura{number}@aerfugl.example",
            "active": False,
            "address": AWAY,
            "address_id": guid(500_000 + number),
            "currency": "EUR",
            "is_person": True,
            "payment_term": 30,
            "website": "https://aerfugl.example",
        },
        required=frozenset({"number", "name"}),
        foreign=frozenset({"address_id", "internal", "prospect"}) | NOT_ON_CUSTOMERS,
        fixed=frozenset({"address_id"}),
        filled=frozenset({"currency", "payment_term"}),
        kept=frozenset({"address"}),
        companions={"address": ("address_id",)},
        unknown=UNKNOWN,
    ),
    Registry.CONTACTS: Sample(
        lists=("/v2/ContactPersons",),
        create="/v2/ContactPersons/{contactId}",
        item="/v2/ContactPersons/{contactId}/{id}",
        refused=({"first_name": None}, {"email": "no address"}),
        kinds=("ContactPersons",),
        values=contact,
        changed=lambda number, _: {
            "first_name": "Åke",
            "last_name": f"Öberg {number}",
            "email": f"ake{number}@malmo.example",
            "phone": "040-123 45",
            "title": "Økonom",
            "active": False,
            "address": AWAY,
        },
        required=frozenset({"code", "customer", "first_name", "last_name"}),
        foreign=NOT_ON_CONTACTS,
        fixed=frozenset({"customer"}),
        kept=frozenset({"address"}),
        unknown=f"{UNKNOWN}/{UNKNOWN}",
    ),
    Registry.PRODUCT_CATEGORIES: Sample(
        lists=("/v2/ProductGroups",),
        create="/v2/ProductGroups",
        item="/v2/ProductGroups/{id}",
        kinds=("ProductGroups",),
        values=product_group,
        changed=lambda number, _: {"name": f"Grünt {number}", "active": False},
        required=frozenset({"code", "name"}),
        unknown=UNKNOWN,
        shares_keys=True,
        odd_keys=("G,H", "G-H"),
    ),
    Registry.PRODUCTS: Sample(
        lists=("/v2/Products",),
        create="/v2/Products",
        item="/v2/Products/{id}",
        kinds=("Products",),
        values=product,
        changed=lambda number, refs: {
            "name": f"Blårør {number}",
            "type": ProductType.SERVICE,
            "category": refs.get("category"),
            "description": "Ny tekst",
            "unit_price": Decimal("0.05"),
            "unit": "km",
            "active": False,
        },
        required=frozenset({"code", "name"}),
        foreign=frozenset({"kind", "item_class"}),
        filled=frozenset({"type"}),
        unknown=UNKNOWN,
        shares_keys=True,
        odd_keys=("P,Q", "1-9", "a&b=c", "50 %"),
    ),
    Registry.PROJECTS: Sample(
        lists=("/v2/Projects",),
        create="/v2/Projects",
        item="/v2/Projects/{id}",
        refused=({"number": "8000.1"}, {"start_date": date(2027, 1, 1), "end_date": date(2026, 1, 1)}),
        kinds=("Projects",),
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
        required=frozenset({"number", "name"}),
        foreign=frozenset({"won", "lost"}),
        before={"customer": {"contact": None}},
        left_alone="Sub-project",
        unknown=UNKNOWN,
        shares_keys=True,
    ),
}


POWEROFFICE = System(
    name=NAME,
    open=open_adapter,
    credentials=KEYS,
    secrets=KEYS,
    token="/OAuth/Token",
    refusal=lambda text: {"title": "Validation error(s)", "detail": text},
    small_pages={"page_size": 9},
    row_id=("Id", lambda number: 700_000_000 + number),
    registries=REGISTRIES,
    desk=DESK,
    purchases=PURCHASES,
)
