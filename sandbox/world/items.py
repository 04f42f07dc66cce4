"""Product categories, products, work types and travel expense types."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sandbox.world import names
from sandbox.world.model import Category, ExpenseClass, Product, ProductKind, ProductType
from sandbox.world.sizes import Sizes, moment

CATEGORY_NAMES = ("Rådgivning", "Materiell", "Underleverandører", "Reise", "Øvrig", "Lisenser", "Målinger")
TYPES: tuple[ProductType, ...] = ("FixedFees", "Materials", "Subcontracting")
CLASSES: tuple[ExpenseClass, ...] = ("Mileage", "DailyAllowance", "OtherTravelExpense")
FULL = Decimal(25)
PRICES = {"product": (90, 9_000), "work_type": (700, 2_400), "travel_expense": (4, 2_500)}
UNITS = ("stk", "h", "dag", "km", "sett", None)


def categories(random: Random, sizes: Sizes) -> tuple[Category, ...]:
    """Most on both sides; the last but one only in Severa, the last only in the ERP."""
    found = []
    for i in range(sizes.categories + 1):
        name = CATEGORY_NAMES[i] if i < len(CATEGORY_NAMES) else f"Gruppe {i + 1} {random.choice(names.TRAVEL_WORDS)}"
        found.append(
            Category(
                code=f"G{10 * (i + 1)}",
                name=name,
                created=moment(random),
                in_severa=i < sizes.categories,
                in_erp=i != sizes.categories - 1,
            )
        )
    return tuple(found)


def _vat(i: int) -> Decimal:
    return {3: Decimal(15), 7: Decimal("25.5")}.get(i % 10, Decimal(25))


def _price(random: Random, low: int, high: int) -> Decimal:
    """A price with at most one decimal: quantities have one too, so a row's net amount is exact to the cent."""
    if random.random() < 0.4:
        return Decimal(random.randrange(low * 10, high * 10)) / 10
    return Decimal(random.randrange(low, high))


@dataclass(frozen=True, slots=True)
class _Line:
    """One product to be: what does not follow from its place in the row of its kind."""

    kind: ProductKind
    code: str | None
    name: str
    turn: int
    severa: bool = True
    erp: bool = True
    vat: Decimal | None = None
    erp_vat: Decimal | None = None
    type: ProductType | None = None


SPECIALS = (
    _Line("product", "AVVIK15", "Feil konto i regnskapet", 1, vat=FULL, erp_vat=Decimal(15)),
    _Line("product", "GAMMEL1", "Gammel vare bare i Severa", 1, vat=FULL, erp=False),
    _Line("product", "STD", "Standardvare for innkjøp", 1, vat=FULL, type="Materials"),
    _Line("product", "UE", "Underentreprenør", 2, vat=FULL, type="Subcontracting"),
    _Line("product", None, "Vare uten kode", 1, vat=FULL, erp=False),
    _Line("product", "DOBBEL", "Vare med samme kode som en arbeidstype", 1, vat=FULL),
    _Line("work_type", "DOBBEL", "Arbeidstype med samme kode som en vare", 1, vat=FULL, erp=False),
    _Line("product", "LANGT", ("Svært langt varenavn med æøå, " * 13).strip()[:390], 1, vat=FULL),
)
"""A wrong account in the ERP, an old product only in Severa, the default for purchases, a subcontractor,
no code, one code twice in Severa, and a name of 390 characters."""


def _lines(random: Random, count: int) -> Iterator[_Line]:
    rest = count - len(SPECIALS)
    works, travels = rest // 4, rest // 6
    yield from SPECIALS
    for i in range(rest - works - travels):
        name = f"{random.choice(names.PRODUCT_WORDS)} {random.choice(names.COMPANY_TRADES).lower()} {i + 1}"
        yield _Line("product", f"P{1001 + i}", name, i, erp=i % 5 != 4)
    for i in range(works):
        yield _Line("work_type", f"A{101 + i}", f"{random.choice(names.WORK_WORDS)} {i + 1}", i, erp=i % 6 != 5)
    for i in range(travels):
        name = f"{random.choice(names.TRAVEL_WORDS)} {i + 1}"
        yield _Line("travel_expense", f"R{11 + i}", name, i, erp=i % 6 != 5)
    for i in range(max(3, count // 25)):
        name = f"{random.choice(names.PRODUCT_WORDS)} bare i Go {i + 1}"
        yield _Line("product", f"PO{201 + i}", name, i, severa=False)


def _product(random: Random, line: _Line, shared: list[int]) -> Product:
    rate = _vat(line.turn) if line.vat is None else line.vat
    unit_price = _price(random, *PRICES[line.kind])
    created = moment(random)
    is_product, is_travel = line.kind == "product", line.kind == "travel_expense"
    units = {"product": UNITS[line.turn % len(UNITS)], "work_type": "h"}
    return Product(
        kind=line.kind,
        code=line.code,
        name=line.name,
        type=(line.type or TYPES[line.turn % 3]) if is_product else None,
        expense_class=CLASSES[line.turn % 3] if is_travel else None,
        category=random.choice(shared) if line.kind != "work_type" and line.turn % 9 else None,
        unit=units.get(line.kind, "km" if line.turn % 3 == 0 else "stk"),
        unit_price=unit_price,
        unit_cost=(unit_price * Decimal("0.6")).quantize(Decimal("0.1")),
        vat_rate=rate,
        erp_vat_rate=rate if line.erp_vat is None else line.erp_vat,
        description=f"{line.name}: etter avtale, 1–3 dager" if is_product and line.turn % 4 == 0 else None,
        is_active=line.turn % 23 != 11,
        created=created,
        changed=moment(random, after=created),
        in_severa=line.severa,
        in_erp=line.erp,
    )


def products(random: Random, sizes: Sizes, groups: tuple[Category, ...]) -> tuple[Product, ...]:
    """The awkward ones first (`SPECIALS`), then products, work types, travel expense types, the ERP's own."""
    shared = [i for i, group in enumerate(groups) if group.in_severa and group.in_erp]
    return tuple(_product(random, line, shared) for line in _lines(random, sizes.products))
