"""Names of companies, people and things, taken apart: the words that tell them apart, and the legal form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.similarity.letters import folded

LIMITED, PUBLIC, PARTNERSHIP, SOLE, COOPERATIVE, NON_PROFIT, FOREIGN = (
    "limited company",
    "public company",
    "partnership",
    "sole trader",
    "cooperative",
    "association or foundation",
    "branch",
)

_WRITTEN = {
    # Finland
    "oy": LIMITED,
    "oy ab": LIMITED,
    "ab oy": LIMITED,
    "osakeyhtio": LIMITED,
    "oyj": PUBLIC,
    "oyj abp": PUBLIC,
    "abp": PUBLIC,
    "julkinen osakeyhtio": PUBLIC,
    "ky": PARTNERSHIP,
    "kommandiittiyhtio": PARTNERSHIP,
    "ay": PARTNERSHIP,
    "avoin yhtio": PARTNERSHIP,
    "ob": PARTNERSHIP,
    "tmi": SOLE,
    "t mi": SOLE,
    "toiminimi": SOLE,
    "osk": COOPERATIVE,
    "osuuskunta": COOPERATIVE,
    "andelslag": COOPERATIVE,
    "ry": NON_PROFIT,
    "rf": NON_PROFIT,
    "rs": NON_PROFIT,
    "sr": NON_PROFIT,
    # Norway and Denmark
    "as": LIMITED,
    "a s": LIMITED,
    "aksjeselskap": LIMITED,
    "aksjeselskapet": LIMITED,
    "aktieselskab": LIMITED,
    "asa": PUBLIC,
    "allmennaksjeselskap": PUBLIC,
    "aps": LIMITED,
    "anpartsselskab": LIMITED,
    "ivs": LIMITED,
    "ans": PARTNERSHIP,
    "da": PARTNERSHIP,
    "ks": PARTNERSHIP,
    "k s": PARTNERSHIP,
    "i s": PARTNERSHIP,
    "p s": PARTNERSHIP,
    "interessentskab": PARTNERSHIP,
    "enk": SOLE,
    "enkeltpersonforetak": SOLE,
    "enkeltmandsvirksomhed": SOLE,
    "sa": COOPERATIVE,
    "ba": COOPERATIVE,
    "samvirkeforetak": COOPERATIVE,
    "amba": COOPERATIVE,
    "a m b a": COOPERATIVE,
    "nuf": FOREIGN,
    # Sweden
    "ab": LIMITED,
    "aktiebolag": LIMITED,
    "aktiebolaget": LIMITED,
    "ab publ": PUBLIC,
    "publ": PUBLIC,
    "hb": PARTNERSHIP,
    "handelsbolag": PARTNERSHIP,
    "kb": PARTNERSHIP,
    "kommanditbolag": PARTNERSHIP,
    "ef": SOLE,
    "enskild firma": SOLE,
    "ek for": COOPERATIVE,
    "ekonomisk forening": COOPERATIVE,
    "ideell forening": NON_PROFIT,
    # Estonia
    "ou": LIMITED,
    "osauhing": LIMITED,
    "aktsiaselts": PUBLIC,
    "tu": PARTNERSHIP,
    "taisuhing": PARTNERSHIP,
    "uu": PARTNERSHIP,
    "usaldusuhing": PARTNERSHIP,
    "fie": SOLE,
    "mtu": NON_PROFIT,
    "mittetulundusuhing": NON_PROFIT,
    # from elsewhere
    "gmbh": LIMITED,
    "ltd": LIMITED,
    "limited": LIMITED,
    "llc": LIMITED,
    "inc": PUBLIC,
    "plc": PUBLIC,
    "ag": PUBLIC,
    "bv": LIMITED,
    "b v": LIMITED,
    "sia": LIMITED,
    "uab": LIMITED,
}
FORMS: dict[str, str] = {folded(form): kind for form, kind in _WRITTEN.items()}
"""Folded legal form -> its kind. An Estonian `AS` counts as the Norwegian one."""
LONGEST = max(len(form.split()) for form in FORMS)

_APART = """
holding invest eiendom fastigheter kiinteistöt konsern group service services consulting
norge norway sverige sweden finland suomi danmark denmark eesti estonia
nord sør øst vest pohjoinen etelä norr söder
"""
APART = frozenset(folded(_APART).split())
"""Words by which companies of one group differ: `Nordwind Holding Oy` is not `Nordwind Oy`."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. `core` is the folded text without legal forms, `compact` that without spaces, `ordered` its
    words in alphabetical order.

    `form` is the legal form as it was written, folded; `kind` what it is (`FORMS`); `marks` are the words and figures
    that tell otherwise equal names apart.
    """

    core: str
    compact: str
    ordered: str
    form: str = ""
    kind: str = ""
    marks: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.core)


EMPTY = Name("", "", "")
_AAS = re.compile(r"\b(?:[åÅ]|[Aa]a)[sS]\b")
"""A place of that name is no legal form."""
_LAST = frozenset(form.split()[-1] for form in FORMS)


@lru_cache(maxsize=1 << 15)
def name_of(text: str | None) -> Name:
    """A name taken apart; legal forms stand at its end or its beginning (`AB Volvo`)."""
    if not text:
        return EMPTY
    words = folded(_AAS.sub("asby", text)).split()
    forms: list[str] = []
    for at_end in (True, False):
        while len(words) > 1 and (size := _form(words, at_end=at_end)):
            part = words[-size:] if at_end else words[:size]
            words = words[:-size] if at_end else words[size:]
            forms.append(" ".join(part))
    kinds = {FORMS[form] for form in forms}
    kind = PUBLIC if PUBLIC in kinds else FORMS[forms[0]] if forms else ""
    marks = frozenset(word for word in words if word in APART or word.isdigit())
    return Name(" ".join(words), "".join(words), " ".join(sorted(words)), " ".join(sorted(forms)), kind, marks)


def _form(words: list[str], *, at_end: bool) -> int:
    """How many words at that end are a legal form; it never takes them all."""
    if words[-1] not in _LAST if at_end else words[0] not in _FIRST:
        return 0
    for size in range(min(LONGEST, len(words) - 1), 0, -1):
        part = words[-size:] if at_end else words[:size]
        # Two letters in front are as likely a word of the name; only what people do write in front counts there.
        if " ".join(part) in FORMS and (at_end or " ".join(part) in IN_FRONT):
            return size
    return 0


IN_FRONT = frozenset(
    {"oy", "ab", "oy ab", "ab oy", "as", "a s", "ou", "tmi", "t mi", "ky", "aktiebolaget", "aktiebolag"}
    | {"osuuskunta", "toiminimi", "osauhing", "mtu", "fie", "uab", "sia"}
)
"""Legal forms that people write before the name, too."""
_FIRST = frozenset(form.split()[0] for form in IN_FRONT)
