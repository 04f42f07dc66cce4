"""Worlds of a dozen customers, with the awkward ones of every world among them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import TypeVar

from sandbox.world import Contact, Customer, Supplier, User, World
from sandbox.world.customers import customers
from sandbox.world.invoices import RATES
from sandbox.world.items import categories, products
from sandbox.world.people import business_units, organisation, users
from sandbox.world.projects import projects
from sandbox.world.sizes import AS_OF, Sizes

SIZES = Sizes(
    customers=11,
    projects=11,
    products=14,
    invoices=0,
    users=5,
    business_units=3,
    categories=3,
    suppliers=1,
)

ONLY_AT_HOME = ("visma_net",)
"""ERPs that sell abroad without VAT: there every customer is in Norway, and whether a total fits is up to its rows."""

Person = TypeVar("Person", User, Contact)


def _told_apart(people: tuple[Person, ...], names: set[tuple[str, str]]) -> tuple[Person, ...]:
    """Nobody has somebody else's name: two people of one name would look like one that was made twice."""
    found = []
    for one in people:
        own = one
        while (own.first_name, own.last_name) in names:
            own = replace(own, last_name=f"{own.last_name}-{one.last_name}")
        names.add((own.first_name, own.last_name))
        found.append(own)
    return tuple(found)


def _at_home(one: Customer) -> Customer:
    place = one.headquarter
    return one if place is None else replace(one, headquarter=replace(place, country="NO"))


def tiny(seed: int, erp: str = "poweroffice") -> World:
    """The tiny world of a seed, set up for an ERP.

    Its ids and credentials are those of seed 1, so that one tenant file fits all.
    """

    def stream(kind: str) -> Random:
        return Random(f"faults {seed}:{kind}")

    units = business_units(stream("units"), SIZES)
    people = _told_apart(users(stream("users"), SIZES, units), set())
    groups = categories(stream("categories"), SIZES)
    owners = [i for i, one in enumerate(people) if one.in_severa and one.is_active]
    names: set[tuple[str, str]] = set()
    clients = tuple(
        replace(one, contacts=_told_apart(one.contacts, names)) for one in customers(stream("customers"), SIZES, owners)
    )
    if erp in ONLY_AT_HOME:
        clients = tuple(map(_at_home, clients))
    return World(
        erp=erp,
        seed=1,
        scale="tiny",
        as_of=AS_OF,
        organisation=organisation(stream("organisation")),
        payment_terms=(7, 14, 30, 45),
        currencies=tuple((code, code, rate) for code, rate in RATES.items()),
        vat_rates=(Decimal(25), Decimal(15), Decimal("25.5"), Decimal(0)),
        business_units=units,
        users=people,
        categories=groups,
        products=products(stream("products"), SIZES, groups),
        customers=clients,
        projects=projects(stream("projects"), SIZES, customers=clients, users=people, units=units),
        invoices=(),
        suppliers=(Supplier(number=20_001, name="Leverandøren AS", organisation_number="987654321"),),
    )
