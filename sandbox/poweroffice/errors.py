"""PowerOffice Go's refusals, with the texts of the contract (section 3 and the examples of openapi.json)."""

from collections.abc import Mapping
from typing import Any, Self


class RefusedError(Exception):
    """A request that is answered with an error. `body` None: no body."""

    def __init__(self, status: int, body: Mapping[str, Any] | None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    @classmethod
    def problem(cls, status: int, title: str, detail: str) -> Self:
        """ProblemDetails, members in lower case as in the vendor's examples."""
        return cls(status, {"title": title, "status": status, "detail": detail})

    @classmethod
    def invalid(cls, noun: str, detail: str) -> Self:
        """400: malformed or invalid."""
        return cls.problem(400, f"{noun} validation error(s)", detail)

    @classmethod
    def in_use_reference(cls, noun: str, member: str, value: object, owner: str, owner_id: object) -> Self:
        """400: a unique member is taken; the detail names the owner."""
        return cls.invalid(noun, f"{member} is already in use. '{value}' is used on ({owner}) Id = {owner_id}.")

    @classmethod
    def unknown(cls, noun: str, kind: str, member: str, value: object) -> Self:
        """404 on a write: an object that the body refers to does not exist."""
        shown = f"'{value}'" if isinstance(value, str) else str(value)
        return cls.problem(404, f"{noun} validation error(s)", f"{kind} with {member} = {shown} not found.")

    @classmethod
    def missing(cls, kind: str, row_id: object) -> Self:
        """404: the object of the path does not exist."""
        return cls.problem(404, "Object(s) not found", f"{kind} with id = {row_id} not found.")

    @classmethod
    def conflict(cls, kind: str, row_id: object, why: str = "is in use and cannot be deleted") -> Self:
        """409: in use or in conflict."""
        return cls.problem(409, f"{kind} conflict", f"{kind} with id = {row_id} {why}.")

    @classmethod
    def gateway(cls, status: int, message: str, headers: Mapping[str, str] | None = None) -> Self:
        """An answer of the gateway in front of Go: subscription key, rate limit, unknown address."""
        return cls(status, {"statusCode": str(status), "message": message}, headers)
