"""Visma.net's refusals as data: (status, method, words of the message) -> error class (contract section 6).

There is no schema for errors: a message, an exception of the older gateway, plain text, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.http import Refused
from connectors.payload import excerpt
from core.errors import (
    BadDataError,
    ConfigurationError,
    GoneError,
    MissingDependencyError,
    OutcomeUnknownError,
    SyncError,
    TransientError,
)
from core.records import Registry

NOT_FOUND = r"cannot be found in the system"
WRONG_TENANT = (
    "Check visma_net.tenant_id (that of the company, not of the customer), and that the integration is still approved "
    "in Visma App Store."
)


class ChangedMeanwhileError(BadDataError):
    """409 or 412: somebody changed the object after we had read it. Nothing was written."""


class InDoubtError(OutcomeUnknownError):
    """500 with a business text to a create: usually a refusal, but it may have been carried out (section 6)."""


class AnsweredError(BadDataError):
    """500 with a business text to a change: the object itself says whether it was carried out."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the contract's table. The first row whose parts all fit decides; None does not matter."""

    statuses: range | tuple[int, ...]
    error: type[SyncError]
    todo: str
    methods: tuple[str, ...] | None = None
    detail: str | None = None

    def fits(self, refused: Refused, detail: str) -> bool:
        """Whether this row is about such an answer."""
        return (
            refused.status in self.statuses
            and (self.methods is None or refused.method in self.methods)
            and (self.detail is None or re.search(self.detail, detail, re.IGNORECASE) is not None)
        )


READS, CHANGES = ("GET",), ("PUT", "DELETE")
CORRECT = "Correct the record; it is tried again when it changes."
AGAIN = "It is tried again in the next cycle."

CASES = (
    Case((401,), ConfigurationError, WRONG_TENANT),
    Case((403,), ConfigurationError, "Give the application the role, scope or licence in Visma.net."),
    Case((404,), GoneError, "Look for it in Visma.net: it was deleted or renumbered.", methods=(*READS, *CHANGES)),
    Case((404,), MissingDependencyError, "Look in Visma.net: it was deleted or renumbered."),
    Case((400,), MissingDependencyError, "Add it in Visma.net; it goes by itself then.", detail=NOT_FOUND),
    Case((409, 412), ChangedMeanwhileError, AGAIN, methods=CHANGES),
    Case((408, 409, 412), TransientError, AGAIN),
    Case((500,), InDoubtError, "It is looked up before anything else.", methods=("POST",), detail=r"\S"),
    Case((500,), AnsweredError, CORRECT, methods=CHANGES, detail=r"\S"),
    Case(range(500, 600), TransientError, AGAIN),
    Case(range(400, 500), BadDataError, CORRECT),
)

KINDS = {
    "customer": Registry.CUSTOMERS,
    "inventory": Registry.PRODUCTS,
    "item": Registry.PRODUCTS,
    "project": Registry.PROJECTS,
    "contract": Registry.PROJECTS,
}
"""How the name of a member begins in `<member> '<value>' cannot be found` -> the registry that it is looked for in."""

_WANTED = re.compile(rf"(\w+)\s+'([^']{{1,80}})'\s+{NOT_FOUND}", re.IGNORECASE)
_CORRELATION = re.compile(r"VismaId:\s*[0-9a-f-]{36}\.?\s*", re.IGNORECASE)


def detail_of(data: Any) -> str:
    """What an error body says: the message after its last `Error:`; "" when it says nothing of the business."""
    if isinstance(data, str):
        return excerpt(data.rpartition("Error:")[2].strip())
    if not isinstance(data, Mapping):
        return ""
    members = {str(name).casefold(): value for name, value in data.items()}
    for name in ("message", "exceptionmessage", "exceptiondetails", "error_description", "error"):
        text = members.get(name)
        if isinstance(text, str) and text.strip():
            return excerpt(_CORRELATION.sub("", text).rpartition("Error:")[2].strip())
    return ""


def said_why(data: Any) -> bool:
    """Whether a 500 is the refusal of what was asked (contract: a business text), not a broken service."""
    if not isinstance(data, Mapping):
        return False
    members = {str(name).casefold(): value for name, value in data.items()}
    return any(
        isinstance(text := members.get(name), str) and re.search(pattern, text) is not None
        for name, pattern in (("message", r"Error:\s*\S"), ("exceptionmessage", r"\S"))
    )


def classify(refused: Refused) -> SyncError:
    """The error of a refusal. Its `why` is Visma.net's own message."""
    detail = detail_of(refused.data)
    business = detail if refused.status != 500 or said_why(refused.data) else ""
    case = next((each for each in CASES if each.fits(refused, business)), None)
    what = f"Visma.net refused {refused.call} ({refused.status})."
    why = detail or (refused.text if refused.status < 500 else "")
    if case is None:
        return TransientError(what, why=why, todo=AGAIN, request_id=refused.request_id)
    wanted = _WANTED.search(detail) if case.error is MissingDependencyError else None
    return case.error(
        what,
        why=why,
        todo=case.todo,
        request_id=refused.request_id,
        field=wanted[1] if wanted else None,
        needs=_needs(wanted[1], wanted[2]) if wanted else None,
    )


def _needs(member: str, value: str) -> str:
    """`products:RÅD-10` for `InventoryID 'RÅD-10' cannot be found`; the member's own name for what is no registry."""
    for begin, registry in KINDS.items():
        if member.casefold().startswith(begin):
            return f"{registry.value}:{value.strip()}"
    return f"{member}:{value.strip()}"


TOKEN_TODO = {
    "invalid_client": "Check visma_net.client_id and visma_net.client_secret in the tenant's file.",
    "invalid_tenant": "Let the customer's administrator approve the integration in Visma App Store, and check "
    "visma_net.tenant_id.",
    "invalid_scope": "Give the service application the scopes of visma_net.scopes in the Visma Developer Portal.",
    "invalid_grant": "Check in the Visma Developer Portal that the application is a service application.",
}


def classify_token(refused: Refused) -> SyncError:
    """The error of a token request that was refused (contract section 2)."""
    if refused.status >= 500 or refused.status == 408:
        return TransientError("Visma Connect gave no access token.", why=refused.text, todo=AGAIN)
    data = refused.data if isinstance(refused.data, Mapping) else {}
    word = data.get("error")
    return ConfigurationError(
        "Visma Connect refused to give an access token.",
        why=detail_of(data) or refused.text,
        todo=TOKEN_TODO.get(word if isinstance(word, str) else "", WRONG_TENANT),
        field=excerpt(word, 60) if isinstance(word, str) else None,
    )
