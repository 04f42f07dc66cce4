"""Severa's refusals as our errors: (error.type, status) -> class, contract section 5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.http import Refused
from connectors.payload import excerpt
from core.errors import BadDataError, ConfigurationError, GoneError, MissingDependencyError, SyncError, TransientError


class NotEditableError(BadDataError):
    """Refused for the state that the object is in: locked, closed, not editable."""


TYPES: Mapping[str, type[SyncError]] = {
    "AuthenticationRequired": ConfigurationError,
    "InsufficientApiScope": ConfigurationError,
    "AddonMissing": ConfigurationError,
    "AddonMissingTermsOfServiceApproval": ConfigurationError,
    "FeatureIsNotEnabled": ConfigurationError,
    "PermissionDenied": ConfigurationError,
    "UserLicenseType": ConfigurationError,
    "TermsOfServiceNotApproved": ConfigurationError,
    "OrganizationNotActive": ConfigurationError,
    "ConfigurationError": ConfigurationError,
    "InvalidApiVersion": ConfigurationError,
    "HttpsRequired": ConfigurationError,
    "TrialExpired": ConfigurationError,
    "NotAvailableInTrial": ConfigurationError,
    "ExcludedFromTrial": ConfigurationError,
    "InvalidRecaptcha": ConfigurationError,
    "InvalidParameter": BadDataError,
    "InvalidRequest": BadDataError,
    "InvalidOperation": NotEditableError,
    "InternalSystemError": TransientError,
}
"""By `error.type`, which counts first."""

STATUSES: Mapping[int, type[SyncError]] = {
    400: BadDataError,
    401: ConfigurationError,
    403: ConfigurationError,
    404: MissingDependencyError,
    405: ConfigurationError,
    408: TransientError,
    409: NotEditableError,
    413: BadDataError,
    415: BadDataError,
    422: NotEditableError,
}
"""By status, when there is no type that we know. 5xx is transient, any other 4xx is bad data."""

TODO: Mapping[type[SyncError], str] = {
    ConfigurationError: "Check the API credentials and their scopes in Severa (Settings > Integrations > REST API).",
    MissingDependencyError: "It may have been deleted in Severa.",
    NotEditableError: "Look at the item in Severa: it may be locked or closed.",
    BadDataError: "Correct the item; it is tried again once it has changed.",
}


def classify(refused: Refused) -> SyncError:
    """The error that an answer of Severa stands for."""
    kind, field = _details(refused.data)[0::2]
    status = refused.status
    if status == 404:
        return _not_found(refused)
    found = TYPES.get(kind or "") or STATUSES.get(status) or (TransientError if status >= 500 else BadDataError)
    return found(
        f"Severa refused {refused.call} ({status}).",
        why=reason_of(refused.data) or refused.text,
        todo=TODO.get(found, ""),
        field=field,
        request_id=refused.request_id,
    )


def reason_of(data: Any) -> str:
    """What an error body says, as one sentence; empty when it says nothing."""
    kind, message, _ = _details(data)
    reason = f"{kind}: {message}" if kind and message else kind or message
    return f"{reason.rstrip('.')}." if reason else ""


def _not_found(refused: Refused) -> SyncError:
    """404 has no body. Without an id in the path it is the address that is wrong."""
    if "{" not in refused.call and refused.method == "GET":
        return ConfigurationError(
            f"Severa has no {refused.call} (404).", todo="Correct severa.base_url in the tenant's file: without /v1."
        )
    if refused.method in {"PATCH", "GET"}:
        return GoneError(f"Severa does not have it any more ({refused.call}: 404).")
    return MissingDependencyError(
        f"Severa refused {refused.call} (404).",
        why="Something that it refers to does not exist in Severa.",
        todo=TODO[MissingDependencyError],
    )


def _details(data: Any) -> tuple[str | None, str, str | None]:
    """Type, messages and the member at fault of an error body, as far as it has them."""
    error = data.get("error") if isinstance(data, Mapping) else None
    if not isinstance(error, Mapping):
        return None, "", None
    kind = error.get("type")
    messages: list[str] = []
    field: str | None = None
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        if not isinstance(detail, Mapping):
            continue
        if isinstance(detail.get("message"), str):
            messages.append(excerpt(detail["message"]))
        location = detail.get("location")
        if field is None and isinstance(location, Mapping):
            named = location.get("identifier") or location.get("name")
            field = excerpt(named, 80) if isinstance(named, str) else None
    return excerpt(kind, 60) if isinstance(kind, str) else None, " ".join(messages), field
