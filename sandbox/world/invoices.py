"""Invoices in Severa: most add up as the ERP will calculate them, some carry a trap."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from sandbox.world.customers import IN_HOUSE, VAT_BY_COUNTRY, WITHOUT_NUMBER
from sandbox.world.model import Customer, Invoice, InvoiceRow, Product, Project, RowType, User
from sandbox.world.sizes import AS_OF, Sizes, moment

CENT = Decimal("0.01")
TRAPS = (
    "vat_rate",
    "difference_0.05",
    "difference_0.06",
    "missing_product",
    "several_codes",
    "in_house_customer",
    "payment_term",
    "no_customer_number",
)
"""`difference_0.05` passes; every other one must be kept back or refused."""
RATES = {"NOK": Decimal(1), "EUR": Decimal("11.725"), "SEK": Decimal("1.068"), "DKK": Decimal("1.571")}
ROW_TYPES: dict[str, RowType] = {"product": "ProjectFees", "work_type": "Hours", "travel_expense": "TravelExpenses"}


def gross(row: InvoiceRow) -> Decimal:
    """The row with VAT, to the cent: the net amount is rounded first, then its VAT, halves away from zero."""
    net = (row.quantity * row.unit_price).quantize(CENT, ROUND_HALF_UP)
    return net + (net * row.vat_rate / 100).quantize(CENT, ROUND_HALF_UP)


def net(row: InvoiceRow) -> Decimal:
    """The row without VAT, to the cent."""
    return (row.quantity * row.unit_price).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Stock:
    """What invoices are made of."""

    customers: tuple[Customer, ...]
    projects: tuple[Project, ...]
    products: tuple[Product, ...]
    users: tuple[User, ...]
    good: dict[Decimal, list[int]]
    """Products in both systems whose VAT rate is equal there, by rate."""
    by_code: dict[str, int]
    by_customer: dict[int, list[int]]
    """Billable projects in Severa, by customer."""

    @classmethod
    def of(
        cls,
        customers: tuple[Customer, ...],
        projects: tuple[Project, ...],
        products: tuple[Product, ...],
        users: tuple[User, ...],
    ) -> "Stock":
        """Sorts out what can stand on an invoice that goes through."""
        good: dict[Decimal, list[int]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        for one in products:
            if one.code and one.in_severa:
                counts[one.code] += 1
        for i, one in enumerate(products):
            usable = one.in_severa and one.in_erp and one.code and one.is_active and counts[one.code] == 1
            if usable and one.vat_rate == one.erp_vat_rate:
                good[one.vat_rate].append(i)
        by_customer: dict[int, list[int]] = defaultdict(list)
        for i, project in enumerate(projects):
            if (
                project.in_severa
                and project.state == "Won"
                and not project.is_internal
                and project.customer is not None
            ):
                by_customer[project.customer].append(i)
        return cls(
            customers=customers,
            projects=projects,
            products=products,
            users=users,
            good=dict(good),
            by_code={one.code: i for i, one in enumerate(products) if one.code and one.in_severa},
            by_customer=dict(by_customer),
        )

    def clients(self, currency: str | None = None, *, projects: int = 1) -> list[int]:
        """Customers that an invoice can go to: with a number, a usual payment term and so many billable projects."""
        return [
            i
            for i, found in self.by_customer.items()
            if len(found) >= projects
            and self.customers[i].number is not None
            and self.customers[i].payment_term in {7, 14, 30}
            and (currency is None or self.customers[i].currency == currency)
        ]


def _row(random: Random, stock: Stock, product: int, vat: Decimal, project: int, *, sign: int) -> InvoiceRow:
    item = stock.products[product]
    row_type = ROW_TYPES[item.kind]
    if item.type == "FixedFees" and random.random() < 0.4:
        row_type = "FlatRate"
    quantity = Decimal(random.randrange(1, 60)) / 2 if item.kind == "work_type" else Decimal(random.randrange(1, 9))
    return InvoiceRow(
        row_type=row_type,
        product=product,
        codes=(item.code,) if item.code else (),
        description=item.name[:120] if random.random() < 0.7 else f"{item.name[:80]} – uke {random.randrange(1, 53)}",
        quantity=sign * quantity,
        unit_price=item.unit_price,
        vat_rate=vat,
        unit=item.unit,
        project=project,
    )


def _total(invoice: Invoice, extra: Decimal = Decimal(0)) -> Invoice:
    return replace(
        invoice,
        total_excluding_tax=sum((net(row) for row in invoice.rows), Decimal(0)),
        total_including_tax=sum((gross(row) for row in invoice.rows), Decimal(0)) + extra,
    )


def _plain(random: Random, i: int, stock: Stock, pools: dict[str, list[int]]) -> Invoice:
    """Variants by turns: 0 % abroad, 15 %, 25.5 % in EUR, several projects, a credit note, SEK, six rows."""
    pool = {1: "SEK", 3: "EUR", 4: "several", 6: "SEK", 9: "EUR"}.get(i % 12, "NOK")
    client = random.choice(pools[pool] or pools["any"])
    customer = stock.customers[client]
    projects = stock.by_customer[client]
    chosen = (
        tuple(random.sample(projects, 2)) if pool == "several" and len(projects) > 1 else (random.choice(projects),)
    )
    country = customer.headquarter.country if customer.headquarter else "NO"
    usual = VAT_BY_COUNTRY[country]
    credit = i % 12 in {5, 9}
    rows = []
    for j in range({7: 6}.get(i % 12, random.randrange(1, 5)) if pool != "several" else 3):
        vat = usual
        if i % 12 == 2 and j == 0:
            vat = Decimal(15)
        elif i % 12 == 3:
            vat = Decimal("25.5")
        candidates = stock.good[vat or Decimal(25)]
        rows.append(
            _row(random, stock, random.choice(candidates), vat, chosen[j % len(chosen)], sign=-1 if credit else 1)
        )
    created = moment(random, after=AS_OF - timedelta(days=40), before=AS_OF - timedelta(days=1))
    project = stock.projects[chosen[0]]
    contact = customer.contacts[0] if customer.contacts else None
    return _total(
        Invoice(
            key=f"INV-{i + 1:05d}",
            number=None,
            stage="trigger",
            customer=client,
            projects=chosen,
            date=created.date(),
            payment_term=customer.payment_term or 14,
            currency=customer.currency,
            currency_rate=RATES[customer.currency],
            rows=tuple(rows),
            total_excluding_tax=Decimal(0),
            total_including_tax=Decimal(0),
            is_credit_note=credit,
            contact=contact.key if contact else None,
            order_number=project.order_number,
            our_reference=stock.users[project.owner].name,
            your_reference=f"{contact.first_name} {contact.last_name}" if contact else None,
            notes="Arbeidet er godkjent 27.2." if i % 4 == 0 else None,
            created=created,
            changed=moment(random, after=created),
        )
    )


def _trapped(invoice: Invoice, trap: str, stock: Stock, random: Random) -> Invoice:
    """The invoice with a trap put in; everything else about it stays right."""
    first, vat = invoice.rows[0], Decimal(25)
    if trap.startswith("difference"):
        return _total(replace(invoice, trap=trap), Decimal(trap.removeprefix("difference_")))
    if trap == "vat_rate":
        wrong = _row(random, stock, stock.by_code["AVVIK15"], vat, first.project, sign=1)
        return _total(replace(invoice, trap=trap, rows=(*invoice.rows, replace(wrong, quantity=Decimal(4)))))
    if trap == "missing_product":
        old = _row(random, stock, stock.by_code["GAMMEL1"], vat, first.project, sign=1)
        return _total(replace(invoice, trap=trap, rows=(old, *invoice.rows)))
    if trap == "several_codes":
        other = next(i for i in stock.good[vat] if i != first.product)
        codes = (*first.codes, stock.products[other].code or "")
        return replace(invoice, trap=trap, rows=(replace(first, codes=codes), *invoice.rows[1:]))
    if trap == "payment_term":
        return replace(invoice, trap=trap, payment_term=45)
    client = IN_HOUSE if trap == "in_house_customer" else WITHOUT_NUMBER
    projects = stock.by_customer.get(client) or [
        i for i, project in enumerate(stock.projects) if project.customer == client and project.in_severa
    ]
    chosen = projects[:1] or [invoice.projects[0]]
    return replace(
        invoice,
        trap=trap,
        customer=client,
        contact=None,
        your_reference=None,
        projects=tuple(chosen),
        rows=tuple(replace(row, project=chosen[0]) for row in invoice.rows),
    )


def _credit(invoice: Invoice, source: int, credited: Invoice) -> Invoice:
    """The whole of a paid invoice credited: its rows with the quantities turned round."""
    rows = tuple(replace(row, quantity=-row.quantity) for row in credited.rows)
    taken = ("customer", "projects", "currency", "currency_rate", "contact", "our_reference", "your_reference")
    members: dict[str, Any] = {name: getattr(credited, name) for name in taken}
    return _total(replace(invoice, rows=rows, is_credit_note=True, credited=source, **members))


def invoices(
    random: Random,
    sizes: Sizes,
    *,
    customers: tuple[Customer, ...],
    projects: tuple[Project, ...],
    products: tuple[Product, ...],
    users: tuple[User, ...],
) -> tuple[Invoice, ...]:
    """The first tenth is paid long ago, some are drafts, the rest waits on the trigger status."""
    stock = Stock.of(customers, projects, products, users)
    pools = {currency: stock.clients(currency) for currency in ("NOK", "SEK", "EUR")}
    pools["any"] = stock.clients()
    pools["several"] = stock.clients("NOK", projects=2)
    paid = max(3, sizes.invoices // 10)
    each = max(1, sizes.invoices // 200)
    traps = {paid + 1 + n * 2: trap for n, trap in enumerate(trap for trap in TRAPS for _ in range(each))}
    found: list[Invoice] = []
    for i in range(sizes.invoices):
        if i in traps:
            invoice = _plain(random, 12 * i, stock, pools)  # a plain domestic one carries the trap
            invoice = _trapped(replace(invoice, key=f"INV-{i + 1:05d}"), traps[i], stock, random)
        else:
            invoice = _plain(random, i, stock, pools)
            if i < paid:
                sent = moment(random, after=AS_OF - timedelta(days=400), before=AS_OF - timedelta(days=90))
                invoice = replace(
                    invoice,
                    stage="paid",
                    number=40_001 + i,
                    date=sent.date(),
                    payment_date=sent.date() + timedelta(days=21),
                    created=sent,
                    changed=sent + timedelta(days=22),
                )
            elif i % 12 == 5:
                positive = [n for n, one in enumerate(found[:paid]) if not one.is_credit_note]
                source = positive[(i // 12) % len(positive)]
                invoice = _credit(invoice, source, found[source])
            elif i % 9 == 8:
                invoice = replace(invoice, stage="draft")
        found.append(invoice)
    return tuple(found)
