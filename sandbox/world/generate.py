"""Puts the world together. Each kind has its own stream of chance: more of one never changes another."""

from decimal import Decimal
from random import Random

from sandbox.world import names
from sandbox.world.customers import customers
from sandbox.world.invoices import RATES, invoices
from sandbox.world.items import categories, products
from sandbox.world.model import Supplier, World
from sandbox.world.people import business_units, organisation, users
from sandbox.world.projects import projects
from sandbox.world.sizes import AS_OF, SCALES

CURRENCY_NAMES = {"NOK": "Norsk krone", "EUR": "Euro", "SEK": "Svensk krona", "DKK": "Dansk krone"}


def _suppliers(random: Random, count: int) -> tuple[Supplier, ...]:
    taken: set[str] = set()
    return tuple(
        Supplier(
            number=20_001 + i,
            name=names.company(random, "NO", taken),
            organisation_number=str(random.randrange(8 * 10**8, 10**9)),
        )
        for i in range(count)
    )


def generate(seed: int, scale: str) -> World:
    """The world of this seed and scale (small, medium, large). Raises ValueError for another scale."""
    sizes = SCALES.get(scale)
    if sizes is None:
        raise ValueError(f"scale {scale!r}: one of {', '.join(SCALES)}")

    def stream(kind: str) -> Random:
        return Random(f"{seed}:{kind}")  # noqa: S311  # a demo world must be repeatable, not secret

    units = business_units(stream("units"), sizes)
    people = users(stream("users"), sizes, units)
    groups = categories(stream("categories"), sizes)
    items = products(stream("products"), sizes, groups)
    owners = [i for i, one in enumerate(people) if one.in_severa and one.is_active]
    clients = customers(stream("customers"), sizes, owners)
    works = projects(stream("projects"), sizes, customers=clients, users=people, units=units)
    return World(
        seed=seed,
        scale=scale,
        as_of=AS_OF,
        organisation=organisation(stream("organisation")),
        payment_terms=(7, 14, 30, 45),
        currencies=tuple((code, CURRENCY_NAMES[code], rate) for code, rate in RATES.items()),
        vat_rates=(Decimal(25), Decimal(15), Decimal("25.5"), Decimal(0)),
        business_units=units,
        users=people,
        categories=groups,
        products=items,
        customers=clients,
        projects=works,
        invoices=invoices(stream("invoices"), sizes, customers=clients, projects=works, products=items, users=people),
        suppliers=_suppliers(stream("suppliers"), sizes.suppliers),
    )
