"""Gets the credentials of one system and tests them against it; nothing is written (ALL-12)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from cli.connecting.asking import Asking
from cli.connecting.consent import Browsing, consented
from cli.connecting.known import filled_in, settings_for_access
from connectors.connecting import Company, Connecting, Proof
from connectors.profiles import PROFILES
from connectors.severa.settings import SeveraSettings
from core.errors import ConfigurationError
from tasks.connecting import CONNECTING
from tenants.document import Document
from tenants.secrets import reference_for
from tenants.section import Section, secret_fields

Resolve = Callable[[str], SecretStr]
"""The secret behind a reference. ConfigurationError when there is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The credentials of one system before they are tested.

    `values` is the system's section with what was asked for, secrets by reference; `new` are the secrets that are not
    stored yet, `changed` the names of plain settings that were asked for. `consent`: one secret is still to come.
    """

    tenant: str
    connecting: Connecting[Any]
    settings: Section
    values: Mapping[str, Any]
    secrets: Mapping[str, SecretStr]
    new: frozenset[str]
    changed: tuple[str, ...]
    consent: bool

    @property
    def system(self) -> str:
        """The system."""
        return self.connecting.system


@dataclass(frozen=True, slots=True)
class Connected:
    """A system whose credentials were tested.

    `settings` are those with which it was reached: enough to open the system, not a whole section. `plain` are the
    settings that were asked for, `references` those of all its secrets as they are now, `new` the secrets that are
    still to be stored, `by_consent` the one that a person's consent brought.
    """

    tenant: str
    system: str
    settings: Section
    plain: Mapping[str, str]
    references: Mapping[str, str]
    proof: Proof
    secrets: Mapping[str, SecretStr] = field(repr=False)
    new: frozenset[str] = frozenset()
    by_consent: str | None = None

    @property
    def title(self) -> str:
        """The system's name for people."""
        return CONNECTING[self.system].title


def connect(
    tenant: str,
    system: str,
    asking: Asking,
    *,
    erp: str,
    known: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    resolve: Resolve | None = None,
    renew: bool | Collection[str] = False,
    how: Browsing | None = None,
) -> Connected:
    """Ask for what is not `known` of a system's section, get the rest by consent, and test it.

    `known` are its settings so far, with secrets by reference; `given` are plain settings that take their place.
    `resolve` reads references (by default as runs do). `renew` asks anew for all secrets, or for those that it names
    (`severa.client_secret`). Raises ConfigurationError for wrong credentials, missing rights, refusals and time-outs,
    TransientError when the system does not answer.
    """
    asked = ask(tenant, system, asking, erp=erp, known=known, given=given, resolve=resolve, renew=renew)
    return prove(asked, asking, how)


def ask(
    tenant: str,
    system: str,
    asking: Asking,
    *,
    erp: str,
    known: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    resolve: Resolve | None = None,
    renew: bool | Collection[str] = False,
    document: Document | None = None,
) -> Asked:
    """Everything that can be asked for beforehand. ConfigurationError that names all that nobody could answer."""
    connecting = CONNECTING[system]
    values = {**filled_in(known), **(given or {})}
    kept = secret_fields(connecting.section)
    secrets: dict[str, SecretStr] = {}
    new: set[str] = set()
    changed = list(given or {})
    lacking: list[ConfigurationError] = []
    for name, where in connecting.asks.items():
        try:
            if name not in kept:
                if name not in values:
                    values[name] = asking.plain(f"{system}.{name}", where)
                    changed.append(name)
                continue
            anew = renew if isinstance(renew, bool) else f"{system}.{name}" in renew
            found = None if anew else _stored(values.get(name), resolve)
            if found is None:
                found = asking.secret(f"{system}.{name}", where, otherwise=_otherwise(connecting, name))
                new.add(name)
            if found is not None:
                secrets[name] = found
            if not isinstance(values.get(name), str):
                values[name] = reference_for(tenant, f"{system}.{name}")
        except ConfigurationError as error:
            lacking.append(error)
    if lacking:
        raise ConfigurationError(
            " ".join(error.what for error in lacking), todo=" ".join(error.todo for error in lacking)
        )
    settings = settings_for_access(system, values, document)
    if isinstance(settings, SeveraSettings):
        scopes = tuple(dict.fromkeys((*settings.scopes, *PROFILES[erp].severa_scopes)))
        settings = settings.model_copy(update={"scopes": scopes})
    consent = connecting.consent is not None and connecting.consent.brings not in secrets
    return Asked(tenant, connecting, settings, values, secrets, frozenset(new), tuple(changed), consent)


def prove(asked: Asked, asking: Asking, how: Browsing | None = None) -> Connected:
    """Get the secret that a person's consent brings, if one is lacking, and test all."""
    how = how or Browsing()
    connecting = asked.connecting
    secrets, by_consent = dict(asked.secrets), None
    offered: Company | None = None
    if asked.consent and connecting.consent is not None:
        by_consent = connecting.consent.brings
        offer = asyncio.run(consented(connecting, connecting.consent, asked.settings, secrets, asking, how))
        secrets[by_consent], offered = offer.secret, offer.company
    proof = _proved(connecting, asked.settings, secrets, asking, how.seconds)
    if proof.company is not None and offered is not None and not proof.company.numbers:
        proof = replace(proof, company=replace(proof.company, numbers=offered.numbers))
    return Connected(
        tenant=asked.tenant,
        system=asked.system,
        settings=asked.settings,
        plain={name: str(asked.values[name]) for name in asked.changed},
        references={name: str(asked.values[name]) for name in secret_fields(connecting.section)},
        proof=proof,
        secrets=secrets,
        new=asked.new,
        by_consent=by_consent,
    )


def _proved(
    connecting: Connecting[Any], settings: Section, secrets: Mapping[str, SecretStr], asking: Asking, seconds: float
) -> Proof:
    """The proof. A refusal that somebody in the customer's company can lift is waited for, if a person wants that."""
    until = time.monotonic() + seconds
    while True:
        try:
            return asyncio.run(connecting.prove(settings, secrets))
        except ConfigurationError as error:
            if connecting.approval is None or error.field != connecting.approval[0]:
                raise
            if time.monotonic() >= until or not asking.wait(connecting.approval[1]):
                raise


def _stored(reference: Any, resolve: Resolve | None) -> SecretStr | None:
    """The secret that is kept under a reference; None where there is none yet."""
    if not isinstance(reference, str):
        return None
    try:
        if resolve is not None:
            return resolve(reference)
        return stored(reference)
    except ConfigurationError:
        return None


def stored(reference: str) -> SecretStr:
    """The secret behind a reference, as runs read it; a missing Prefect block is a ConfigurationError here, too."""
    from tasks.secrets import secret  # noqa: PLC0415 - the settings come first

    if not reference.startswith("block:"):
        return secret(reference)
    from cli.connecting.blocks import load  # noqa: PLC0415 - only tenants that keep secrets in blocks pay for Prefect

    value = load(reference.partition(":")[2])
    if value is None:
        raise ConfigurationError(f"There is no {reference}.")
    return value


def _otherwise(connecting: Connecting[Any], name: str) -> str:
    consent = connecting.consent
    if consent is None or consent.brings != name:
        return ""
    return "Enter alone: get it through the browser."
