"""The closed set of things that can go wrong (law 4). The class decides retry, alarm and who must act."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorClass(StrEnum):
    """Who must act, and whether trying again helps."""

    CONFIGURATION = "configuration"
    BAD_DATA = "bad data"
    MISSING_DEPENDENCY = "missing dependency"
    TRANSIENT = "transient"
    RATE_LIMITED = "rate limited"
    OUTCOME_UNKNOWN = "outcome unknown"
    BUG = "bug"


class SyncError(Exception):
    """One problem in words: what happened, why, and what to do.

    `field` names the vendor's member at fault, `request_id` is the vendor's own id of the call where it gave
    one, `needs` names the record that must come first, as `registry:severa-or-erp-id`.
    """

    error_class: ClassVar[ErrorClass] = ErrorClass.BUG

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        todo: str = "",
        field: str | None = None,
        request_id: str | None = None,
        needs: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo
        self.field = field
        self.request_id = request_id
        self.needs = needs

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.todo) if part)


class ConfigurationError(SyncError):
    """The tenant's settings, credentials or privileges are wrong: the job stops, a person mends the setting."""

    error_class = ErrorClass.CONFIGURATION


class BadDataError(SyncError):
    """This one record cannot go as it is: it waits until somebody changes it."""

    error_class = ErrorClass.BAD_DATA


class MissingDependencyError(SyncError):
    """Something that this record refers to is not there yet: it waits for that and goes by itself then."""

    error_class = ErrorClass.MISSING_DEPENDENCY


class TransientError(SyncError):
    """The vendor did not answer properly and nothing was written: the next cycle tries again."""

    error_class = ErrorClass.TRANSIENT


class RateLimitedError(SyncError):
    """The vendor refused for the number of calls: not executed, tried again later."""

    error_class = ErrorClass.RATE_LIMITED


class OutcomeUnknownError(SyncError):
    """A create was sent and the answer was lost: looked up by our reference before anything else (law 1)."""

    error_class = ErrorClass.OUTCOME_UNKNOWN


class BugError(SyncError):
    """Two parts of this product disagree: the run fails loudly."""

    error_class = ErrorClass.BUG


class AlreadyExistsError(BadDataError):
    """The vendor holds a record with our reference or key already; `owner_id` is its id where it was named."""

    def __init__(self, what: str, *, owner_id: str | None = None, why: str = "", todo: str = "") -> None:
        super().__init__(what, why=why, todo=todo)
        self.owner_id = owner_id


class GoneError(BadDataError):
    """The record that was to be read or changed does not exist (any more)."""
