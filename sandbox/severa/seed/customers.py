"""Customers with their addresses, contacts and communications."""

from sandbox.severa.registers import Registers
from sandbox.severa.seed.places import Places
from sandbox.store import Row
from sandbox.world import Address, Customer


def _lines(address: Address) -> str | None:
    return "\n".join(line for line in (address.line1, address.line2) if line) or None


def customers(registers: Registers, places: Places) -> None:
    """Everything of a customer that the world says is in Severa. The one without a number stays without."""
    tables = registers.tables
    country = {row["code2"]: row["guid"] for row in tables["countries"]}
    currency = {row["code"]: registers.refer("currencies.coded", row["guid"]) for row in tables["currencies"]}
    language = {row["code"]: registers.refer("languages.coded", row["guid"]) for row in tables["languages"]}
    methods = {
        row["type"]: registers.refer("communicationtypes.typed", row["guid"]) for row in tables["communicationtypes"]
    }
    for i, one in enumerate(places.world.customers):
        if not one.in_severa:
            continue
        author = places.author(registers, one.owner)
        row = registers.put(
            "customers",
            {
                "name": one.name,
                "number": one.number,
                "isActive": one.is_active,
                "isInternal": one.is_internal,
                "notes": one.notes,
                "email": one.email,
                "website": one.website,
                "vatNumber": one.vat_number,
                "language": language[one.language],
                "currency": currency[one.currency],
                "owner": author,
                "paymentTerm": one.payment_term,
                "overdueInterest": 9.5,
            },
            created=one.created,
            changed=one.changed,
            author=author,
        )
        places.customers[i] = row["guid"]
        _addresses(registers, row, one, country, author)
        _contacts(registers, places, i, row, one, methods, author)


def _addresses(registers: Registers, customer: Row, one: Customer, country: dict[str, str], author: Row) -> None:
    owner = registers.refer("customers.numbered", customer["guid"])
    for address in (*((one.headquarter,) if one.headquarter else ()), *one.addresses):
        first = address is one.headquarter
        row = registers.put(
            "addresses",
            {
                "addressline": _lines(address),
                "postalCode": address.postal_code,
                "city": address.city,
                "isBillingAddress": address.use == "billing",
                "isPostalAddress": address.use == "postal" or first,
                "isVisitAddress": address.use == "visit" or first,
                "phone": one.phone if first else None,
                "country": registers.refer("countries.region", country[address.country]),
                "customer": owner,
            },
            created=one.created,
            changed=one.changed,
            author=author,
        )
        if first:
            shown = registers.refer("addresses.headquarter", row["guid"])
            registers.write("customers", customer["guid"], {"headquarterAddress": shown})


def _contacts(
    registers: Registers, places: Places, i: int, customer: Row, one: Customer, methods: dict[str, Row], author: Row
) -> None:
    for contact in one.contacts:
        row = registers.put(
            "contactpersons",
            {
                "firstName": contact.first_name,
                "lastName": contact.last_name,
                "name": f"{contact.first_name} {contact.last_name}",
                "jobTitle": contact.title,
                "isActive": contact.is_active,
                "customer": registers.refer("customers.numbered", customer["guid"]),
                "emails": [contact.email] if contact.email else [],
                "phoneNumbers": [text for text in (contact.phone, contact.mobile) if text],
                "isEmailAllowed": True,
            },
            created=one.created,
            changed=one.changed,
            author=author,
        )
        places.contacts[i, contact.key] = row["guid"]
        ways = (("EmailAddress", contact.email), ("Phone", contact.phone), ("MobilePhone", contact.mobile))
        for method, value in ways:
            if value:
                members: Row = {
                    "value": value,
                    "isForbiddenToUse": False,
                    "contact": registers.refer("contactpersons.named", row["guid"]),
                    "communicationType": methods[method],
                }
                registers.put("contactcommunications", members, created=one.created, author=author)
