"""Projects: of customers of both kinds, closed, lost, internal, and some that only the ERP has."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sandbox.world import names
from sandbox.world.customers import IN_HOUSE, TERM_45
from sandbox.world.model import BusinessUnit, Customer, Project, SalesState, User
from sandbox.world.sizes import AS_OF, LONG_AGO, Sizes, moment

STATES: tuple[SalesState, ...] = ("Won", "Won", "Won", "InProgress", "Won", "Won", "Lost", "Won", "Won", "Won")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can stand on a project, as positions."""

    clients: list[int]
    erp_clients: list[int]
    owners: list[int]
    units: list[int]

    @classmethod
    def of(cls, customers: tuple[Customer, ...], users: tuple[User, ...], units: tuple[BusinessUnit, ...]) -> "Cast":
        """Two thirds of the usable customers get projects; prospects, inactive and in-house ones none."""
        return cls(
            clients=[
                i
                for i, one in enumerate(customers)
                if one.in_severa and one.is_active and not one.is_prospect and not one.is_internal
                and (i <= TERM_45 or i % 3 != 1)
            ],
            erp_clients=[i for i, one in enumerate(customers) if one.in_erp and one.is_active],
            owners=[i for i, one in enumerate(users) if one.in_severa and one.is_active],
            units=[i for i, one in enumerate(units) if one.in_severa],
        )  # fmt: skip


def projects(
    random: Random,
    sizes: Sizes,
    *,
    customers: tuple[Customer, ...],
    users: tuple[User, ...],
    units: tuple[BusinessUnit, ...],
) -> tuple[Project, ...]:
    """`sizes.projects` in Severa (the first give every client an open one that is Won), then the ERP's own."""
    cast = Cast.of(customers, users, units)
    step = 6 if sizes.projects < 100 else 1
    extra = max(4, sizes.projects // 12)
    found: list[Project] = []
    for i in range(sizes.projects + extra):
        number = 1001 + step * i
        alone = i >= sizes.projects
        first_round = i < len(cast.clients)
        internal = not first_round and not alone and i % 25 == 11
        if internal:
            client = IN_HOUSE
        elif alone:
            client = random.choice(cast.erp_clients)
        else:
            client = cast.clients[i] if first_round else cast.clients[random.randrange(len(cast.clients))]
        customer = customers[client]
        code = str(number)
        if alone and i - sizes.projects < 2:
            code = ("P-77", "1187.1")[i - sizes.projects]
        created = moment(random, after=LONG_AGO)
        start = created.date() + timedelta(days=random.randrange(0, 30))
        state: SalesState = "Won" if first_round or alone or internal else STATES[i % 10]
        found.append(
            Project(
                number=None if alone else number,
                code=code,
                name=f"{random.choice(names.PROJECT_WORDS)}, {random.choice(names.COMPANY_STEMS)} etappe {i + 1}",
                customer=client,
                owner=random.choice(cast.owners),
                business_unit=random.choice(cast.units) if not alone else 0,
                state=state,
                is_closed=not first_round and not alone and (i % 8 == 3 or state == "Lost"),
                is_internal=internal,
                start=start,
                deadline=start + timedelta(days=random.randrange(30, 400)) if i % 4 else None,
                currency=customer.currency,
                payment_term=None if i % 3 else customer.payment_term,
                contact=customer.contacts[0].key if customer.contacts and i % 2 else None,
                order_number=f"PO-2025/{i + 1}" if i % 5 == 2 else None,
                description="Med befaring på stedet" if i % 7 == 1 else None,
                created=created,
                changed=moment(random, after=created, before=AS_OF),
                in_severa=not alone,
                in_erp=alone or (state == "Won" and customer.in_erp and i % 5 == 0),
            )
        )
    return tuple(found)
