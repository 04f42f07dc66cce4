"""Two registers of companies with known truth: who is who on the other side, and what people did to the name there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from core.records import Address, Customer
from sandbox.world.names import CITIES, COMPANY_TRADES, FORMS, LAST_NAMES, STREETS

BEGINNINGS = (
    *("Fjell", "Hav", "Nord", "Sør", "Øst", "Vest", "Å", "Björk"),
    *("Gran", "Järvi", "Metsä", "Skär", "Strøm", "Lind", "Kærn"),
)
MIDDLES = (
    *("bygg", "dal", "vik", "mark", "sjö", "näs", "berg", "holm"),
    *("lund", "bø", "niemi", "koski", "lampi", "gård", "havn"),
)
ENDS = ("en", "stad", "by", "um", "ia", "ex", "or", "et", "ling", "um", "tek", "on", "is", "us", "ka", "", "", "")
SPELLED = {"AS": "Aksjeselskap", "AB": "Aktiebolag", "Oy": "Osakeyhtiö", "ApS": "Anpartsselskab", "A/S": "Aktieselskab"}
PLAIN = str.maketrans("åäæöøÅÄÆÖØ", "aaaooAAAOO")
DOUBLE = {"å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "Å": "Aa", "Ä": "Ae", "Æ": "Ae", "Ö": "Oe", "Ø": "Oe"}
MARKED = {"a": "ä", "o": "ö", "å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o"}
SHARED, TWICE = 0.7, 0.15
"""Companies that stand on both sides; of those, the ones whose name suffered twice."""


@dataclass(frozen=True)
class Registers:
    """Customers of both sides under numbers that never agree; `truth` maps an id of Severa to the one of the ERP."""

    severa: list[Customer]
    erp: list[Customer]
    truth: dict[str, str]


def registers(size: int, seed: int = 1, *, hard_keys: bool = True) -> Registers:
    """`size` customers on each side, more than two thirds of them on both.

    With `hard_keys` half of the copies have kept their VAT number and half their e-mail address; without, names,
    addresses and towns are all there is.
    """
    random = Random(seed)
    taken: set[str] = set()
    severa, erp, truth = [], [], {}
    for number in range(size):
        ours = _company(random, f"s{number}", taken)
        severa.append(ours if hard_keys else replace(ours, vat_number=None, email=None))
        theirs = _company(random, f"e{number}", taken)
        if random.random() < SHARED:
            theirs = _copied(random, ours, f"e{number}", hard_keys=hard_keys)
            truth[ours.id] = theirs.id
        elif not hard_keys:
            theirs = replace(theirs, vat_number=None, email=None)
        erp.append(theirs)
    random.shuffle(erp)
    return Registers(severa, erp, truth)


def _company(random: Random, record_id: str, taken: set[str]) -> Customer:
    country = random.choice(list(FORMS))
    form = random.choice(FORMS[country])
    while True:
        stem = random.choice(BEGINNINGS) + random.choice(MIDDLES) + random.choice(ENDS)
        words = [stem, *([random.choice(COMPANY_TRADES)] if random.random() < 0.6 else [])]
        if random.random() < 0.5:
            words.insert(random.choice((0, len(words))), random.choice(LAST_NAMES))
        name = " ".join(words)
        if name.casefold() not in taken:
            break
    taken.add(name.casefold())
    code, city = random.choice(CITIES[country])
    digits = f"{10**7 + len(taken)}9"
    stem = name.translate(PLAIN).replace(" ", "").lower()
    return Customer(
        id=record_id,
        number=("1" if record_id.startswith("s") else "9") + record_id[1:].zfill(6),
        name=f"{name} {form}",
        vat_number=f"NO{digits}MVA" if country == "NO" else f"{country}{digits[:8]}",
        email=f"post@{stem}.example",
        address=Address(f"{random.choice(STREETS[country])} {random.randrange(1, 400)}", None, code, city, country),
    )


def _copied(random: Random, ours: Customer, record_id: str, *, hard_keys: bool) -> Customer:
    """The same company as somebody else wrote it down."""
    name = ours.name
    for _ in range(2 if random.random() < TWICE else 1):
        name = random.choice(DEEDS)(random, name)
    assert ours.address is not None
    address = ours.address if random.random() < 0.5 else replace(ours.address, line1=None, postal_code=None)
    return replace(
        ours,
        id=record_id,
        number="9" + record_id[1:].zfill(6),
        name=name,
        vat_number=ours.vat_number if hard_keys and random.random() < 0.5 else None,
        email=ours.email if hard_keys and random.random() < 0.5 else None,
        address=address,
    )


def typo(random: Random, name: str) -> str:
    """A letter wrong, too many or too few."""
    place = random.randrange(1, max(name.rfind(" "), 2))
    before, after, other = name[:place], name[place:], random.choice("abdefgiklmnoprstuv")
    return random.choice((before + after[1:], before + other + after, before + other + after[1:]))


def transposed(random: Random, name: str) -> str:
    """Two letters swapped."""
    place = random.randrange(1, max(name.rfind(" ") - 2, 2))
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def other_form(random: Random, name: str) -> str:
    """The legal form left out, written out, put in front, or another one."""
    stem, _, form = name.rpartition(" ")
    forms = [stem, f"{stem} {SPELLED.get(form, form)}", f"{stem} {random.choice(('AS', 'Oy', 'AB', 'Oyj', 'A/S'))}"]
    return random.choice([*forms, f"{form} {stem}"] if form in {"AB", "Oy", "AS"} else forms)


def moved_umlaut(random: Random, name: str) -> str:
    """Marks left out, spelled with two letters, on another letter, or read in the wrong encoding."""
    kind = random.randrange(4)
    if kind == 0:
        return name.translate(PLAIN)
    if kind == 1:
        return "".join(DOUBLE.get(c, c) for c in name)
    if kind == 2 and (places := [i for i, c in enumerate(name) if c in MARKED]):
        place = random.choice(places)
        return name[:place] + MARKED[name[place]] + name[place + 1 :]
    return name.encode().decode("latin-1")


def shouted(_random: Random, name: str) -> str:
    """All in capitals."""
    return name.upper()


def turned(_random: Random, name: str) -> str:
    """The words of the name in another order."""
    *words, form = name.split()
    return " ".join([*reversed(words), form])


DEEDS: tuple[Callable[[Random, str], str], ...] = (typo, transposed, other_form, moved_umlaut, shouted, turned)
