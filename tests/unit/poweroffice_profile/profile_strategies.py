"""Random worlds for PowerOffice's profile: few numbers and few words, so that items meet, clash and drift often."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from profile_world import ERP, RULES, SEVERA, World

from core.profiles import Master
from core.records import RECORD_TYPES, Address, ProductKind, ProductType, Registry, Side

SWITCHED_ON = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
PLACE = Address("Kaigata 1", None, "7010", "Trondheim", "NO")
MOSTLY = st.sampled_from([True, True, True, True, False])
SELDOM = MOSTLY.map(lambda value: not value)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Fjord", "Fjell", "Vidda Rør og Varme AS"]),
    "first_name": st.sampled_from(["Åse", "Ola"]),
    "last_name": st.sampled_from(["Berg", "Berg", None]),
    "email": st.sampled_from([None, "post@x.example", "Post@x.example", "ny@x.example"]),
    "phone": st.sampled_from([None, "91234567"]),
    "title": st.sampled_from([None, "Sjef"]),
    "vat_number": st.sampled_from([None, "912345678", "NO 912 345 678 MVA", "FI12345678"]),
    "active": MOSTLY,
    "address": st.sampled_from([None, PLACE, Address(PLACE.line1, "B", PLACE.postal_code, PLACE.city, "NO")]),
    "currency": st.sampled_from([None, "NOK", "EUR"]),
    "is_person": SELDOM,
    "payment_term": st.sampled_from([None, 14, 30]),
    "website": st.sampled_from([None, "x.example", "X.example"]),
    "internal": SELDOM,
    "prospect": SELDOM,
    "type": st.sampled_from(ProductType),
    "description": st.sampled_from([None, "Timer"]),
    "unit_price": st.sampled_from([None, Decimal(10), Decimal("10.00"), Decimal("12.50")]),
    "unit": st.sampled_from([None, "stk", "pcs", "h"]),
    "start_date": st.sampled_from([None, date(2026, 3, 1)]),
    "end_date": st.sampled_from([None, date(2026, 12, 31)]),
    "order_number": st.sampled_from([None, "PO-7"]),
    "joinable": st.sampled_from([None, True, False]),
    "won": MOSTLY,
}
OWN = "by its place"
NUMBERS = st.sampled_from([*[OWN] * 7, "1", " 1", None, "", "A7"])
"""Mostly the number of its place, which is the same on both sides; else a double, none, or one that is no number."""
INDEX = st.sampled_from([0, 0, 1, 2, None])
KEYS = {registry: RECORD_TYPES[registry].KEY for registry in Registry}

MAIN = {Registry.CUSTOMERS, Registry.PRODUCTS, Registry.PROJECTS}

Row = dict[str, Any]


def rows(side: Side, registry: Registry) -> st.SearchStrategy[Row]:
    """Members of an item; references are indexes into what the side has, `old` is made before the switch-on."""
    names = {name for name in VALUES if name in RECORD_TYPES[registry].__dataclass_fields__}
    if side is ERP:
        names -= {"prospect", "won"}
    members: dict[str, st.SearchStrategy[Any]] = {name: VALUES[name] for name in sorted(names)}
    members |= dict.fromkeys(sorted(RECORD_TYPES[registry].REFERENCES), INDEX)
    members["old"] = st.booleans()
    if registry is Registry.CONTACTS:
        members["email"] = st.sampled_from([None, None, "post@x.example"])
    else:
        members[KEYS[registry]] = NUMBERS
    if registry is Registry.PRODUCTS and side is SEVERA:
        members["kind"] = st.sampled_from(ProductKind)
    return st.fixed_dictionaries(members)


ROWS = {(side, registry): rows(side, registry) for side in Side for registry in Registry}
MASTERS: st.SearchStrategy[dict[Registry, Master]] = st.one_of(
    st.just({}),
    st.sampled_from(list(Master)).map(lambda master: dict.fromkeys(Registry, master)),
    st.fixed_dictionaries({registry: st.sampled_from(list(Master)) for registry in Registry}),
)


def add(world: World, side: Side, registry: Registry, row: Row) -> None:
    """Put an item into a world; its references to what there is on its side."""
    values = dict(row)
    if values.get(KEYS[registry]) == OWN:
        values[KEYS[registry]] = str(len(world.all(side, registry)) + 1)
    for name, target in RECORD_TYPES[registry].REFERENCES.items():
        held = world.all(side, target)
        index = values[name]
        values[name] = held[index % len(held)].id if held and index is not None else None
    if values.get("kind") in (ProductKind.WORK_TYPE, ProductKind.TRAVEL_EXPENSE):
        for name in ("type", "unit_price", "description"):
            values[name] = None
    if values.get("kind") is ProductKind.WORK_TYPE:
        values |= {"unit": None, "category": None}
    world.add(side, registry, **values)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Two systems as they stand when the tenant is switched on."""
    world = World(SWITCHED_ON, draw(MASTERS))
    for registry in Registry:
        for side in (SEVERA, ERP):
            for _ in range(draw(st.integers(0, 3 if registry in MAIN else 2))):
                add(world, side, registry, draw(ROWS[side, registry]))
    world.invoiced |= {record.id for record in world.all(SEVERA, Registry.CUSTOMERS) if draw(MOSTLY)}
    return world


def edits(registry: Registry) -> st.SearchStrategy[tuple[Side, Registry, int, str, Any]]:
    """A change of one synchronised field of some item."""
    names = sorted(f.name for f in RULES[registry].fields if f.name in VALUES)
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(
            st.sampled_from(list(Side)), st.just(registry), st.integers(0, 5), st.just(name), VALUES[name]
        )
    )
