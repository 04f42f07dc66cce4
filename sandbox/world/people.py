"""The demo company, its business units and its users."""

from datetime import date
from random import Random

from sandbox.world import names
from sandbox.world.model import Address, BusinessUnit, Organisation, User
from sandbox.world.sizes import Sizes, moment

UNIT_NAMES = ("Fjellrådgiverne", "Rådgivning", "Energi og miljø", "Bygg", "Sjø og havn", "Utvikling")


def address(random: Random, country: str, *, key: str = "hq", use: str = "headquarter") -> Address:
    """A plain address in a country; every fourth has a second line."""
    postal_code, city = random.choice(names.CITIES[country])
    return Address(
        key=key,
        use=use,  # type: ignore[arg-type]  # callers pass one of the literal's words
        line1=f"{random.choice(names.STREETS[country])} {random.randrange(1, 120)}",
        line2=f"Inngang {random.choice('ABCDÅ')}" if random.random() < 0.25 else None,
        postal_code=postal_code,
        city=city,
        country=country,
    )


def organisation(random: Random) -> Organisation:
    """The consultancy whose systems are simulated."""
    return Organisation(
        name="Fjellrådgiverne AS",
        organisation_number="914778271",
        vat_number="NO914778271MVA",
        currency="NOK",
        address=address(random, "NO"),
    )


def business_units(random: Random, sizes: Sizes) -> tuple[BusinessUnit, ...]:
    """The company first, then units in both systems, then one only in Severa, one without a code, one only in PO."""
    common = [
        BusinessUnit(
            code=str(10 * (i + 1)),
            name=UNIT_NAMES[i],
            parent=None if i == 0 else 0,
            vat_number="NO914778271MVA" if i == 0 else None,
            created=moment(random),
            in_severa=True,
            in_erp=True,
        )
        for i in range(sizes.business_units - 2)
    ]
    new = {"code": "80", "name": "Ny enhet Ålesund", "parent": 0, "in_severa": True, "in_erp": False}
    hired = {"code": None, "name": "Innleide", "parent": 0, "in_severa": True, "in_erp": False}
    office = {"code": "95", "name": "Økonomi", "in_severa": False, "in_erp": True}
    special = [BusinessUnit(**members, created=moment(random)) for members in (new, hired, office)]
    return (*common, *special)


def users(random: Random, sizes: Sizes, units: tuple[BusinessUnit, ...]) -> tuple[User, ...]:
    """Employee numbers from 101. The third has the code "EXT-1", the fourth none; the last is only in the ERP."""
    homes = [i for i, unit in enumerate(units) if unit.in_severa and unit.in_erp]
    found = []
    for i in range(sizes.users + 1):
        only_erp = i == sizes.users
        code: str | None = str(101 + i)
        if i == 2:
            code = "EXT-1"
        elif i == 3:
            code = None
        first, last = names.person(random)
        mail = f"{names.mail_part(first)}.{names.mail_part(last)}.{i}@fjellradgiverne.example"
        found.append(
            User(
                code=code,
                first_name=first,
                last_name=last,
                email=None if i == 7 else mail,
                phone=f"+47 9{random.randrange(1_000_000, 9_999_999)}",
                title=random.choice(names.WORK_WORDS),
                business_unit=random.choice(homes),
                superior=None if i == 0 else random.randrange(0, max(1, min(i, 2))),
                address=address(random, "NO"),
                birth_date=date(random.randrange(1960, 2000), random.randrange(1, 13), random.randrange(1, 28)),
                is_active=only_erp or i < 8 or i % 17 != 5,
                created=moment(random),
                in_severa=not only_erp,
                in_erp=only_erp or (code is not None and i != 2 and i % 10 not in {5, 8, 9}),
            )
        )
    return tuple(found)
