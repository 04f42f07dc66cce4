"""Which settings a new tenant is asked for, found in the settings' models and in what the systems offer.

Asked is what has no default, what is chosen from a register of either system (`connectors/*/offers.py`), and what the
ERP cannot do without. Addresses have defaults and are asked only once a system did not answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from cli.wizard.places import Place, Setting, is_table, kinds_of
from connectors.offers import Offer, Source
from connectors.settings import SETTINGS, SEVERA
from core.profiles import Profile
from tenants.explain import section_of
from tenants.model import erps, tenant_model
from tenants.section import Section, access_fields, is_secret

OF_THE_TENANT = (("time_zone",), ("switched_on",), ("notify", "emails"))
"""What neither system knows: settings of the tenant itself that a person looks at, in this order."""
STATUSES: Place = (SEVERA, "statuses")


@dataclass(frozen=True, slots=True)
class Question:
    """One setting that is asked for. `source` is where its values stand; `choices` are the words that it may be."""

    setting: Setting
    required: bool
    source: Source | None = None
    choices: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Where the answer stands."""
        return self.setting.place

    @property
    def title(self) -> str:
        """What a person is asked for: `Client id`, `Item classes: work type`."""
        names = [part.replace("_", " ") for part in self.place]
        shown = f"{names[-2]}: {names[-1]}" if is_table(self.setting.info) else names[-1]
        return shown[:1].upper() + shown[1:] + (", with commas between" if self.setting.listed else "")

    @property
    def about(self) -> str:
        """What the setting's model says about it, in one line."""
        return " ".join((self.setting.info.description or "").split())

    @property
    def default(self) -> Any:
        """What holds without an answer; None where that is nothing."""
        info = self.setting.info
        return None if self.required or info.is_required() or is_table(info) else info.get_default()

    @property
    def option(self) -> str:
        """The option that answers it without a terminal."""
        kind = "env:NAME" if self.setting.secret else "|".join(self.choices) or "VALUE"
        return f"--set {self.setting.name}={kind}"


def access_questions(system: str, *, addresses: bool = False) -> list[Question]:
    """What a system cannot be called without, its addresses only where they are asked for."""
    kind = SETTINGS[system]
    names = [name for name in access_fields(kind) if addresses or kind.model_fields[name].is_required()]
    return [_question((system, name), kind.model_fields[name]) for name in names]


def status_questions(profile: Profile) -> list[Question]:
    """The invoice statuses that this ERP needs, in the order that they must have, the optional ones after them."""
    section = section_of(SETTINGS[SEVERA].model_fields["statuses"].annotation)
    fields = section.model_fields if section else {}
    needed = {path[-1] for path in erps(SETTINGS)[profile.system].requires if path[:-1] == STATUSES}
    return [
        _question((*STATUSES, role), fields[role], required=role in profile.statuses or role in needed)
        for role in (*profile.statuses, *profile.optional_statuses)
    ]


def chosen_questions(system: str, profile: Profile, sources: Mapping[str, Source]) -> list[Question]:
    """The settings of a system's section that are chosen from registers, and those that have no default besides."""
    kind = SETTINGS[system]
    reached = access_fields(kind)
    found = []
    for name, info in kind.model_fields.items():
        source = sources.get(name)
        if name in reached or (system, name) == STATUSES:
            continue
        if info.is_required() or (source is not None and source.needed(profile)):
            found.append(_question((system, name), info, source=source))
    return found


def tenant_questions(erp: str) -> list[Question]:
    """The tenant's own settings, and who is master where this ERP leaves a choice."""
    fields = tenant_model(SETTINGS).model_fields
    found = []
    for place in OF_THE_TENANT:
        info = fields[place[0]]
        for name in place[1:]:
            info = _inner(info).model_fields[name]
        found.append(_question(place, info))
    return [*found, *master_questions(erp)]


def master_questions(erp: str) -> list[Question]:
    """The registries for which this ERP leaves a choice of master, the default one first."""
    info = tenant_model(SETTINGS).model_fields["masters"]
    return [
        Question(
            Setting(("masters", registry.value), info), required=False, choices=tuple(each.value for each in choices)
        )
        for registry, choices in erps(SETTINGS)[erp].master_choices.items()
        if len(choices) > 1
    ]


def by_key(question: Question, offers: tuple[Offer, ...]) -> Iterator[tuple[Question, tuple[Offer, ...]]]:
    """A question with what may be chosen; one on a table becomes a question for each key that is offered."""
    several = question.source is not None and question.source.several
    if not is_table(question.setting.info):
        yield question, () if several and len(offers) == 1 else offers
        return
    for key in dict.fromkeys(offer.key for offer in offers):
        fitting = tuple(offer for offer in offers if offer.key == key)
        if len(fitting) > 1 or not several:
            setting = Setting((*question.place, key), question.setting.info)
            yield Question(setting, question.required, question.source, question.choices), fitting


def settled(question: Question, offers: tuple[Offer, ...]) -> bool:
    """Whether there is nothing to ask: the default is among what is offered, or nothing is offered and it may fail."""
    default = question.default
    if question.required:
        return False
    if not offers:
        return question.source is not None
    return default is not None and not question.choices and any(offer.named(default) for offer in offers)


def first_sentence(words: str) -> str:
    """The first sentence of a description."""
    return re.split(r"(?<=[^.\d])\.(?:\s|$)", words, maxsplit=1)[0].rstrip(".") + "."


def _question(place: Place, info: FieldInfo, *, required: bool | None = None, source: Source | None = None) -> Question:
    words = tuple(
        str(word)
        for kind in ([] if is_secret(info) else kinds_of(info))
        if get_origin(kind) is Literal
        for word in get_args(kind)
    )
    return Question(Setting(place, info), info.is_required() if required is None else required, source, words)


def _inner(info: FieldInfo) -> type[Section]:
    section = section_of(info.annotation)
    if section is None:
        raise KeyError(info.description)
    return section
