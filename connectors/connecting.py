"""What each connector says about getting its system's credentials and testing them (ALL-12).

Plain data and small functions beside each connector (`connectors/<system>/connecting.py`), for the command line to
carry out: which settings are asked for and where a person finds them, how a test of them is made, and where a
person's consent in the browser brings one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import SecretStr

from connectors.payload import excerpt
from tenants.section import Section

S = TypeVar("S", bound=Section)
Secrets = Mapping[str, SecretStr]
"""Secrets by the names of their settings."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company as its own system names it.

    `id` tells it from all others of that system. `numbers` are its organisation or VAT numbers as they are written
    there, the main one first; none where the system does not say.
    """

    id: str
    name: str
    numbers: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """`Fjellrådgiverne AS (912345678)`, for people."""
        return f"{self.name} ({self.numbers[0]})" if self.numbers else self.name

    def has_number(self, number: str) -> bool:
        """Whether this is one of its numbers; only digits count (contract of Severa, section 12)."""
        return digits(number) != "" and digits(number) in {digits(each) for each in self.numbers}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a system answered to new credentials.

    `company` is None where the granted rights do not reach as far as its name. `granted` are the scopes or privileges
    that were found, by the vendor's own names.
    """

    company: Company | None
    granted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A consent under way: the vendor's page for the person, and until when it is good (UTC; None: not said)."""

    url: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One company for which a person gave consent, and the secret that opens it."""

    company: Company
    secret: SecretStr


@dataclass(frozen=True, slots=True)
class Consent(Generic[S]):
    """How a person's consent in the browser brings a secret.

    The vendor sends the browser back to our address with more parameters: those of `success` say that consent was
    given, the one called `code` can be exchanged once. `begin` takes the settings, the secrets that are there, our
    address and the number of the wanted company ("" for any); `finish` exchanges a code for offers, at least one.
    Both raise errors of `core.errors`.
    """

    brings: str
    code: str
    success: Mapping[str, str]
    who: str
    """Who may give it, for people."""
    begin: Callable[[S, Secrets, str, str], Coroutine[Any, Any, Begun]]
    finish: Callable[[S, Secrets, str], Coroutine[Any, Any, tuple[Offer, ...]]]


@dataclass(frozen=True, slots=True)
class Connecting(Generic[S]):
    """How one system is connected.

    `asks` are its settings, plain and secret, in the order in which they are asked for, each with the place where a
    person finds it. `company` names those that belong to one company alone: no two tenants have the same.
    `approval` is the refusal (`field` of a ConfigurationError) that a person in the customer's company can lift
    without any change here, and what that person does; None where there is no such thing. `prove` tries the
    credentials without writing anything.
    """

    system: str
    section: type[S]
    asks: Mapping[str, str]
    company: tuple[str, ...]
    prove: Callable[[S, Secrets], Coroutine[Any, Any, Proof]]
    consent: Consent[S] | None = None
    approval: tuple[str, str] | None = None

    @property
    def title(self) -> str:
        """The system's name for people."""
        return str(getattr(self.section, "title", self.system))


def digits(number: str) -> str:
    """The digits of an organisation number: `NO 912 345 678 MVA` and `912345678` are the same company."""
    return re.sub(r"\D", "", number)


def text_of(row: Any, name: str, longest: int = 200) -> str:
    """A text member of a vendor's object for people, or "" where there is none that can be used."""
    value = row.get(name) if isinstance(row, Mapping) else None
    return excerpt(value, longest) if isinstance(value, str) else ""
