"""Hard keys: VAT numbers and business ids brought to one form, e-mail addresses, telephone numbers, loose codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from stdnum.dk import cvr
from stdnum.ee import kmkr, registrikood
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fi import alv, ytunnus
from stdnum.no import mva, orgnr
from stdnum.se import orgnr as se_orgnr
from stdnum.se import vat as se_vat

Valid = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class BusinessId:
    """One company's number in one form. `country` is None where the text does not say; `valid`: its check digit is
    right. A VAT number and the business id that it is made of are one.
    """

    country: str | None
    digits: str
    valid: bool

    def agrees(self, other: BusinessId) -> bool:
        """Whether both name one company."""
        return self.digits == other.digits and (self.country == other.country or None in (self.country, other.country))


_HOME: Mapping[str, tuple[tuple[Valid, Callable[[str], str]], ...]] = {
    "FI": ((alv.validate, str), (ytunnus.validate, str)),
    "NO": ((mva.validate, lambda number: number[:9]), (orgnr.validate, str)),
    "SE": ((se_vat.validate, lambda number: number[:10]), (se_orgnr.validate, str)),
    "DK": ((cvr.validate, str),),
    "EE": ((kmkr.validate, str), (registrikood.validate, str)),
}
"""Country -> its numbers: how one is validated, and what of it names the company."""
_GUESSES: Mapping[int, tuple[str, ...]] = {8: ("FI", "DK", "EE"), 9: ("NO", "EE"), 10: ("SE",), 12: ("SE",)}
"""Number of digits -> the countries whose numbers have as many."""
_PREFIXED = re.compile(r"([A-Z]{2})([0-9A-Z]{2,14})")
_NOTHING = re.compile(r"[^0-9A-Z]+")


@lru_cache(maxsize=1 << 15)
def business_id(text: str | None, country: str | None = None) -> BusinessId | None:
    """`FI 2077474-0`, `20774740` of a Finnish address and `2077474-0` are one. None for an empty text.

    `country` is that of the address; it counts only where the number does not name one. A number that no country's
    rule takes is kept as it stands, so that two equal wrong numbers still meet.
    """
    bare = _NOTHING.sub("", (text or "").upper())
    if not any(c.isdigit() for c in bare):
        return None
    named = _PREFIXED.fullmatch(bare)
    if named and named[1] in _HOME:
        found = _at_home(named[1], named[2])
        return found or BusinessId(named[1], _loose(named[1], named[2]), valid=False)
    if named and named[1] != "NO" and named[1].lower() in eu_vat.MEMBER_STATES | {"el"}:
        return BusinessId(named[1], named[2], valid=bool(eu_vat.is_valid(bare)))
    if country is not None and country in _HOME and (found := _at_home(country, bare)):
        return found
    guessed = [found for place in _GUESSES.get(len(bare.removesuffix("MVA")), ()) if (found := _at_home(place, bare))]
    if guessed:  # eight digits may be Finnish and Danish
        return guessed[0] if len(guessed) == 1 else BusinessId(None, guessed[0].digits, valid=True)
    return BusinessId(country if country in _HOME else None, _loose(country, bare), valid=False)


def _at_home(country: str, number: str) -> BusinessId | None:
    for validate, company in _HOME[country]:
        try:
            return BusinessId(country, company(validate(number)), valid=True)
        except ValidationError:
            continue
    return None


def _loose(country: str | None, number: str) -> str:
    """A number that is not valid, without what a VAT number only adds."""
    if country == "NO":
        return number.removesuffix("MVA")
    if country == "SE" and len(number) == 12 and number.endswith("01"):
        return number[:10]
    return number


def email_of(text: str | None) -> str | None:
    """An e-mail address that compares by meaning."""
    address = (text or "").strip().casefold()
    return address if "@" in address[1:-1] else None


COMMON = frozenset(
    {"gmail.com", "hotmail.com", "outlook.com", "live.com", "live.no", "yahoo.com", "icloud.com", "online.no"}
    | {"msn.com", "me.com", "kolumbus.fi", "hotmail.fi", "luukku.com", "telia.com", "elisanet.fi", "suomi24.fi"}
    | {"gmx.com", "protonmail.com", "proton.me", "mail.ee", "hot.ee"}
)
"""Domains that say nothing about who somebody is."""


def domain_of(email: str | None, website: str | None = None) -> str | None:
    """The domain by which a company is known: of its website, else of its e-mail address."""
    site = re.sub(r"^(?:[a-z]+://)?(?:www\.)?", "", (website or "").strip().casefold())
    domain = site.split("/")[0] or (email or "").rpartition("@")[2]
    return domain if "." in domain and domain not in COMMON else None


def phone_of(text: str | None) -> str | None:
    """The last eight digits: with or without the country's prefix it is one number."""
    digits = re.sub(r"[^0-9]+", "", text or "")
    return digits[-8:] if len(digits) >= 7 else None
