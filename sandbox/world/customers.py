"""Customers with addresses and contacts, the awkward ones first."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.world import names
from sandbox.world.model import Address, AddressUse, Contact, Customer
from sandbox.world.people import address
from sandbox.world.sizes import Sizes, moment

COUNTRIES = ("NO", "NO", "SE", "NO", "FI", "NO", "NO", "DK", "NO", "NO", "NO", "FI", "NO", "SE", "NO")
USES: tuple[AddressUse, ...] = ("billing", "postal", "visit")
LONG_NAME = (
    "Stiftelsen for bevaring av kystkultur, båtbygging, sjømat og tradisjonelt håndverk i Øst-Finnmark, "
    "Lofoten, Vesterålen og Ærfuglveien med tilhørende forskningsavdeling og årlig båtfestival i Ålesund SA"
)
IN_HOUSE, WITHOUT_NUMBER, LONG_NAMED, INACTIVE, PERSON, WITHOUT_MAIL, PROSPECT, MANY_ADDRESSES, TERM_45 = range(9)
"""Positions of the awkward customers, at every scale."""


def _contacts(random: Random, domain: str, count: int) -> Iterator[Contact]:
    for i in range(count):
        first, last = names.person(random)
        yield Contact(
            key=f"c{i + 1}",
            first_name=first,
            last_name=last,
            title=random.choice(names.WORK_WORDS) if random.random() < 0.7 else None,
            email=f"{names.mail_part(first)}.{i}@{domain}" if random.random() < 0.85 else None,
            phone=f"+47 2{random.randrange(1_000_000, 9_999_999)}" if random.random() < 0.7 else None,
            mobile=f"+47 4{random.randrange(1_000_000, 9_999_999)}" if random.random() < 0.5 else None,
            is_active=random.random() > 0.06,
        )


def _vat_number(random: Random, country: str) -> str:
    digits = f"{random.randrange(10**8, 10**9)}"
    return {"NO": f"NO{digits}MVA", "SE": f"SE{digits}501", "FI": f"FI{digits[:8]}", "DK": f"DK{digits[:8]}"}[country]


def _plain(random: Random, i: int, number: int, owner: int, taken: set[str]) -> Customer:
    country = COUNTRIES[i % len(COUNTRIES)]
    name = names.company(random, country, taken)
    domain = f"{names.mail_part(name.split()[0])}{i}.example"
    created = moment(random)
    extra: tuple[Address, ...] = tuple(
        address(random, country, key=f"a{j + 1}", use=USES[j % 3]) for j in range((0, 0, 1, 0, 2)[i % 5])
    )
    return Customer(
        number=number,
        name=name,
        vat_number=_vat_number(random, country) if i % 8 else None,
        email=f"faktura@{domain}",
        website=f"https://{domain}" if i % 3 else None,
        phone=f"+47 2{random.randrange(1_000_000, 9_999_999)}" if i % 4 else None,
        is_active=i % 29 != 17,
        is_prospect=i % 11 == 9,
        currency=names.CURRENCIES[country],
        language=names.LANGUAGES[country],
        payment_term=(14, 30, 14, 7, 14, 30)[i % 6],
        notes="Ring før levering: spør etter Bjørn" if i % 13 == 4 else None,
        headquarter=address(random, country) if i % 12 != 7 else None,
        addresses=extra,
        contacts=tuple(_contacts(random, domain, (1, 0, 2, 1, 3)[i % 5])),
        owner=owner,
        created=created,
        changed=moment(random, after=created),
        in_severa=True,
        in_erp=i % 20 < 13,
    )


def _awkward(i: int, customer: Customer, random: Random) -> Customer:
    """One of the nine awkward customers at the front."""
    members: dict[int, dict[str, Any]] = {
        IN_HOUSE: {"name": "Fjellrådgiverne AS", "is_internal": True, "in_erp": False, "vat_number": None},
        WITHOUT_NUMBER: {"number": None, "in_erp": False},
        LONG_NAMED: {"name": LONG_NAME},
        INACTIVE: {"is_active": False},
        PERSON: {"name": "Åse Ødegård-Äijälä", "is_person": True, "vat_number": None, "website": None},
        WITHOUT_MAIL: {"email": None, "website": None},
        PROSPECT: {"is_prospect": True, "in_erp": False},
        MANY_ADDRESSES: {
            "addresses": (
                address(random, "NO", key="a1", use="billing"),
                address(random, "SE", key="a2", use="postal"),
                address(random, "FI", key="a3", use="visit"),
                Address(key="a4", use="billing", line1="Postboks 12", postal_code=None, city=None, country="NO"),
            )
        },
        TERM_45: {"payment_term": 45, "in_erp": False},
    }
    safe: dict[str, Any] = {"is_active": True, "is_prospect": False, "in_erp": True} if i < 9 else {}
    if customer.headquarter is None:
        safe["headquarter"] = address(random, "NO")
    return replace(customer, **{**safe, **members.get(i, {})})


def customers(random: Random, sizes: Sizes, owners: list[int]) -> tuple[Customer, ...]:
    """`sizes.customers` in Severa, and a tenth more that only the ERP has. Numbers from 10001."""
    step = max(1, min(7, 9_000 // (sizes.customers * 11 // 10)))
    taken: set[str] = set()
    found: list[Customer] = []
    for i in range(sizes.customers * 11 // 10):
        customer = _plain(random, i, 10_001 + step * i, random.choice(owners), taken)
        if i <= TERM_45:
            customer = _awkward(i, customer, random)
        elif i >= sizes.customers:
            customer = replace(customer, in_severa=False, in_erp=True, is_prospect=False)
        elif i % 37 == 20:
            customer = replace(customer, email=None)
        elif i % 41 == 30:
            customer = replace(customer, is_person=True, vat_number=None)
        elif i % 53 == 40:
            customer = replace(customer, payment_term=45)
        if customer.is_prospect:
            customer = replace(customer, in_erp=False)
        if customer.in_severa and customer.in_erp and i % 6 == 4:
            customer = replace(
                customer,
                erp_differs=(("email", f"regnskap{i}@annen.example"), ("website", None))
                if i % 12 == 4
                else (("name", f"{customer.name} (gml.)"[:200]),),
            )
        found.append(customer)
    return tuple(found)


VAT_BY_COUNTRY = {"NO": Decimal(25), "SE": Decimal(0), "FI": Decimal(0), "DK": Decimal(0)}
"""The VAT that the demo company puts on an invoice to a customer in a country."""
