"""The score of a pair: how sure one may be that two records are one item, from 0 to 100, and why.

Each thing that agrees leaves less doubt: the doubts are multiplied, and what contradicts takes a part of the
certainty away. The weights are set by hand and written below, so that a person can follow every score.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from core.similarity.features import Features
from core.similarity.names import Name

BUSINESS_ID, EMAIL, NUMBER, LOOSE_NUMBER = 0.97, 0.80, 0.70, 0.55
SAME_NAME, ALIKE_NAME = 0.88, 0.84
PLACE, PHONE, ORDER, DOMAIN, PARENT, PRICE = 0.45, 0.5, 0.4, 0.35, 0.30, 0.15
"""What agreement of each leaves certain, by itself."""

OTHER_BUSINESS_ID, OTHER_COUNTRY, OTHER_PERSON, OTHER_PARENT, OTHER_NAME, UNLIKE_NAME = 0.55, 0.85, 0.8, 0.5, 0.5, 0.75
RENAMED = 0.93
"""What contradiction of each leaves of the certainty. A company with the same business id may have a new name."""

ALIKE = 0.72
"""Names less alike than this say nothing for a pair."""
LIKELY = 70
"""From this score on a pair that the rule does not link is likely to be one item."""
POSSIBLE = 60
"""From this score on a pair is worth a look."""
DOUBTFUL = 55
"""Below this score a pair that the rule links looks like two items."""


def alike(left: Name, right: Name) -> float:
    """How alike two names are, 0 to 1: without legal forms, in any order of the words, two swapped letters one slip."""
    if left.core == right.core:
        likeness = 1.0
    elif left.ordered == right.ordered:
        likeness = 0.99
    else:
        likeness = OSA.normalized_similarity(left.compact, right.compact)
        if likeness < 0.9 and " " in left.core and " " in right.core:
            likeness = max(likeness, OSA.normalized_similarity(left.ordered, right.ordered))
        if len(left.core) < 5 or len(right.core) < 5:
            likeness -= 0.15
    if left.marks != right.marks and _set_apart(left, right):
        likeness = min(likeness, 0.85) - 0.05
    if left.kind != right.kind and left.kind and right.kind:
        likeness -= 0.02
    return max(likeness, 0.0)


def _set_apart(left: Name, right: Name) -> bool:
    """Another figure, or a word more: a slip of the pen in such a word sets nothing apart."""
    figures = any(mark.isdigit() for mark in left.marks ^ right.marks)
    return figures or left.core.count(" ") != right.core.count(" ")


def score(left: Features, right: Features) -> int:
    """The certainty that two records are one item, in percent."""
    same_company = False
    doubt, kept = _hard_keys(left, right), 1.0
    if left.business is not None and right.business is not None:
        same_company = left.business.agrees(right.business)
        if same_company:
            doubt *= 1 - BUSINESS_ID
        elif left.business.valid and right.business.valid:
            kept = OTHER_BUSINESS_ID
    if left.name.core and right.name.core:
        likeness = alike(left.name, right.name)
        doubt *= 1 - _name_weight(likeness)
        if likeness < 0.7:
            kept *= RENAMED if same_company else OTHER_NAME if likeness < 0.5 else UNLIKE_NAME
    if left.parent is not None and left.parent == right.parent:
        doubt *= 1 - PARENT
    return min(round(100 * kept * _unlike(left, right, same_company=same_company) * (1 - doubt)), 100)


def _hard_keys(left: Features, right: Features) -> float:
    """The doubt that is left by numbers, addresses and the like that agree."""
    doubt = 1.0
    if left.loose and left.loose == right.loose:
        doubt *= 1 - (NUMBER if left.number == right.number else LOOSE_NUMBER)
    if left.email is not None and left.email == right.email:
        doubt *= 1 - EMAIL
    elif left.domain is not None and left.domain == right.domain:
        doubt *= 1 - DOMAIN
    if left.phone is not None and left.phone == right.phone:
        doubt *= 1 - PHONE
    if left.place and left.place == right.place:
        doubt *= 1 - PLACE
    if left.order_number is not None and left.order_number == right.order_number:
        doubt *= 1 - ORDER
    if left.price and left.price == right.price:
        doubt *= 1 - PRICE
    return doubt


def _unlike(left: Features, right: Features, *, same_company: bool) -> float:
    """What is left of the certainty where something else contradicts."""
    kept = 1.0
    if left.country != right.country and left.country and right.country and not same_company:
        kept *= OTHER_COUNTRY
    if left.person != right.person and left.person is not None and right.person is not None:
        kept *= OTHER_PERSON
    if left.parent != right.parent and left.parent is not None and right.parent is not None:
        kept *= OTHER_PARENT
    return kept


def _name_weight(likeness: float) -> float:
    if likeness >= 0.999:
        return SAME_NAME
    if likeness <= ALIKE:
        return 0.0
    return ALIKE_NAME * float(((likeness - ALIKE) / (1 - ALIKE)) ** 0.5)


def evidence(left: Features, right: Features, *, key: str = "number") -> tuple[str, ...]:
    """Why a pair has its score, in words: what agrees first, then what contradicts. `key` is what people call it."""
    agrees: list[str] = []
    against: list[str] = []
    if left.business is not None and right.business is not None:
        same = left.business.agrees(right.business)
        (agrees if same else against).append("same VAT number" if same else "another VAT number")
    if left.loose and left.loose == right.loose:
        same = left.number == right.number
        agrees.append(
            f"same {key}" + ("" if same else f" but for zeros, signs or case ({left.number}, {right.number})")
        )
    _of_names(left.name, right.name, agrees, against)
    for what, ours, theirs in (
        ("e-mail address", left.email, right.email),
        ("telephone number", left.phone, right.phone),
        ("address", left.place or None, right.place or None),
        ("order number", left.order_number, right.order_number),
        ("price", left.price or None, right.price or None),
        ("customer", left.parent, right.parent),
    ):
        if ours is not None and ours == theirs:
            agrees.append(f"same {what}")
        elif what == "e-mail address" and left.domain is not None and left.domain == right.domain:
            agrees.append(f"same domain ({left.domain})")
        elif what == "customer" and ours is not None and theirs is not None:
            against.append("another customer")
    if left.country and right.country and left.country != right.country:
        against.append(f"another country ({left.country}, {right.country})")
    if left.person is not None and right.person is not None and left.person != right.person:
        against.append("one is a private person")
    return (*agrees, *against)


def _of_names(left: Name, right: Name, agrees: list[str], against: list[str]) -> None:
    if not left or not right:
        return
    likeness = alike(left, right)
    forms = left.form != right.form
    if left.core == right.core:
        other = f", another legal form ({left.form or 'none'}, {right.form or 'none'})" if forms else ""
        agrees.append(f"same name{other}")
    elif left.ordered == right.ordered:
        agrees.append("same name in another order")
    elif likeness > ALIKE:
        agrees.append(f"name {likeness:.0%} alike")
    else:
        against.append("another name")
    if (apart := left.marks ^ right.marks) and _set_apart(left, right):
        against.append(f"only one says {' and '.join(sorted(apart))}")
