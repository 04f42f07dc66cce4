"""What may stand in the audit trail: never a secret, never a code that identifies a person, never a bank account.

Names of such members are kept, so that it can be seen that they were written; their values are not. Codes are looked
for in every other text, too: people write them wherever there is room. What only looks like a code is masked as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

MASK = "***"
LONGEST = 500
"""Characters of a text that are kept."""
MOST = 200
"""Members of an object and elements of a list that are kept."""
DEEPEST = 8

_NAMES = re.compile(
    r"secret|password|passwd|credential|authorization|api_?key|client_?key|application_?key|subscription_?key|token"
    r"|national_?id|international_?id_?number|social_?security|personal_?(?:id|identity|number|code)|identity_?(?:code|number)"
    r"|ssn|birth|passport|fodselsnummer|personnummer|henkilotunnus"
    r"|payroll|salary|salaries|wage|hour_?cost|employee_?(?:no|number|code)"
    r"|bank|iban|bban|^(?:bic|swift)|account_?(?:no|number)$",
    re.IGNORECASE,
)
"""Names of members whose values are never kept, in every vendor's spelling of our contracts."""
_NUMBER_OF_A_PERSON = re.compile(r"^(?:code|number|employeeId)$", re.IGNORECASE)
_PEOPLE = re.compile(r"employee|user", re.IGNORECASE)
_CODES = re.compile(
    r"(?<![\w-])(?:"
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y]"  # Finland
    r"|(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[01])[-+]\d{4}"  # Sweden
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[01])\d{4}"  # Sweden in twelve digits
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[ -]\d{4}"  # Denmark
    r"|\d{6} ?\d{5}|\d{4}[. ]\d{2}[. ]\d{5}"  # Norway: persons, bank accounts
    r"|[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}"  # IBAN
    r")(?![\w-])"
)
_TEN_DIGITS = re.compile(r"(?<![\w-])(?:SE)?(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[01])\d{4})(?:01)?(?![\w-])")
"""A Swede without the dash, as the VAT number of his own business, too; companies have a month above 19 there."""
_WORTH_A_LOOK = re.compile(r"\d\d|(?i:bearer|basic)").search
"""Without two digits in a row there is no code: most texts cost no more than this."""
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}")


_MEMBERS = re.compile(r'"([^"]*)"\s*:').findall
_LIKE_A_CODE = re.compile(r"[0-9A-Z]{2}[0-9]{2}").finditer
"""How every code begins; cheaper to look for than the codes themselves."""
AT_ONCE = 20_000
"""Characters of a JSON text up to which it is looked through as it is."""


def may_stay(text: str) -> bool:
    """Whether a JSON text plainly holds nothing that must be masked or cut; False where only a closer look tells.

    Nearly all texts pass, and are not taken apart: that is what keeps the trail cheap.
    """
    if len(text) > AT_ONCE or "\\" in text:  # an escape may hide anything
        return False
    if any(is_private(name) for name in _MEMBERS(text)):
        return False
    plain = text.lower()
    if "bearer" in plain or "basic" in plain:
        return False
    return not any(_is_code(text, found.start()) for found in _LIKE_A_CODE(text))


def _is_code(text: str, start: int) -> bool:
    if start and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        return False
    ten = _TEN_DIGITS.match(text, start)
    return _CODES.match(text, start) is not None or (ten is not None and _luhn(ten[1]))


def masked(value: Any, *, people: bool = False) -> Any:
    """A JSON value without anything that must not be kept, cut where it is large.

    With `people` it describes a person: the member that numbers him is an employee number.
    """
    return _value(value, 0, people=people)


def of_people(registry: str | None, template: str) -> bool:
    """Whether what is written describes a person, by the registry or else by the path."""
    return _PEOPLE.search(registry or template) is not None


@lru_cache(maxsize=4096)
def is_private(name: str, *, people: bool = False) -> bool:
    """Whether a member of this name (dotted or with slashes: its last part) is listed without its value."""
    last = re.split(r"[./]", name)[-1]
    return bool(_NAMES.search(name) or (people and _NUMBER_OF_A_PERSON.match(last)))


def without_codes(text: str) -> str:
    """A text for people with every personal identity code and bank account number masked."""
    if not _WORTH_A_LOOK(text):
        return text
    text = _CODES.sub(MASK, _BEARER.sub(rf"\1 {MASK}", text))
    return _TEN_DIGITS.sub(lambda found: MASK if _luhn(found[1]) else found[0], text)


def _luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _text(value: Any) -> str:
    """A text without halves of surrogate pairs, which no JSON takes."""
    return str(value).encode(errors="replace").decode()


def _value(value: Any, depth: int, *, people: bool) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return value if without_codes(format(value, "f")) == format(value, "f") else MASK
    if isinstance(value, int):
        return MASK if without_codes(str(value)) == MASK else value
    if isinstance(value, Mapping | list | tuple):
        return _many(value, depth, people=people) if depth < DEEPEST else "…"
    clean = without_codes(_text(value)[: LONGEST * 8])  # cut first: masking a megabyte takes its time
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


def _many(value: Mapping[Any, Any] | Sequence[Any], depth: int, *, people: bool) -> Any:
    if not isinstance(value, Mapping):
        return [_value(element, depth + 1, people=people) for element in value[:MOST]]
    return {
        _text(name): MASK
        if member is not None and is_private(str(name), people=people)
        else _value(member, depth + 1, people=people)
        for name, member in islice(value.items(), MOST)
    }
