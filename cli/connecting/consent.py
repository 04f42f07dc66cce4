"""A person's consent in the browser: begun at the vendor, answered here, exchanged for a secret (ALL-12)."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cli.connecting.asking import Asking
from cli.connecting.listening import listen, listener
from cli.connecting.redirect import HOST, Redirect
from connectors.connecting import Begun, Connecting, Consent, Offer, Secrets
from core.errors import ConfigurationError
from tenants.section import Section

PORT = 43117
"""Of the address to which browsers come back: always the same, for vendors want to know it beforehand."""
SECONDS = 600.0
LOOPBACK = frozenset({HOST, "localhost", "::1"})


def open_browser(url: str) -> bool:
    """Whether a browser was opened on this machine; the variable BROWSER names another than the usual one."""
    return webbrowser.open(url)


@dataclass(frozen=True, slots=True)
class Browsing:
    """How a person gets to a vendor's page and back.

    `headless`: the browser is on another machine; the person pastes the address to which it came back. `port` 0 takes
    any free one. `seconds` is how long an answer is waited for. `company` is the number of the wanted company, "" for
    any.
    """

    headless: bool = False
    port: int = PORT
    seconds: float = SECONDS
    company: str = ""
    browse: Callable[[str], bool] = open_browser


async def consented(
    connecting: Connecting[Any],
    consent: Consent[Any],
    settings: Section,
    secrets: Secrets,
    asking: Asking,
    how: Browsing,
) -> Offer:
    """The company that was chosen with its secret. ConfigurationError for a refusal, a time-out or a wrong answer."""
    if how.headless:
        redirect = Redirect(connecting, consent, how.port or PORT)
        begun = await consent.begin(settings, secrets, redirect.uri, how.company)
        _send(begun, consent, asking)
        code = _pasted(redirect, asking)
    else:
        with listener(how.port) as at:
            redirect = Redirect(connecting, consent, at.getsockname()[1])
            begun = await consent.begin(settings, secrets, redirect.uri, how.company)
            waiting = asyncio.ensure_future(listen(redirect, at, _patience(begun, how)))
            try:
                await asyncio.sleep(0)  # it listens before the browser opens
                _send(begun, consent, asking)
                if not await asyncio.to_thread(how.browse, begun.url):
                    asking.say("No browser could be opened here. Open it on this machine, or use --headless.")
                code = await waiting
            finally:
                waiting.cancel()
    return _chosen(await consent.finish(settings, secrets, code), asking, how.company)


def _send(begun: Begun, consent: Consent[Any], asking: Asking) -> None:
    """Says where to go. The page is the vendor's word: ConfigurationError for one that no credential may go through."""
    if not begun.url.isprintable() or not _guarded(begun.url):
        raise ConfigurationError("The page for the consent is not at an encrypted address.", todo="Tell the vendor.")
    asking.say(f"Consent is given by {consent.who} on this page:")
    asking.say(begun.url)
    if begun.until is not None:
        asking.say(f"The page is good until {begun.until:%Y-%m-%d %H:%M} UTC.")


def _guarded(url: str) -> bool:
    """Whether an address is encrypted, or is on this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return host != "" and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _patience(begun: Begun, how: Browsing) -> float:
    """Seconds until the page has run out, or until we give up."""
    if begun.until is None:
        return how.seconds
    return max(1.0, min(how.seconds, (begun.until - datetime.now(UTC)).total_seconds()))


def _pasted(redirect: Redirect, asking: Asking) -> str:
    asking.say(
        f"Afterwards the browser goes to an address that begins with {redirect.address} and finds nothing there. "
        "That whole address is the answer."
    )
    return redirect.take(asking.pasted())


def _chosen(offers: Sequence[Offer], asking: Asking, number: str) -> Offer:
    """The one company, the one with the wanted number, or the one that a person chooses."""
    titles = [offer.company.title for offer in offers]
    if number:
        wanted = [offer for offer in offers if offer.company.has_number(number)]
        if len(wanted) != 1:
            raise ConfigurationError(
                f"Consent was given for {', '.join(titles)}; the company {number} is not among them.",
                todo="Choose the right company on the vendor's page, or give another --company.",
            )
        return wanted[0]
    if len(offers) == 1:
        return offers[0]
    return offers[asking.choose("Consent was given for several companies:", titles, "Give --company NUMBER.")]
