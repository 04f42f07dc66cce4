"""Severa's error answers: ``{"error": {"httpStatusCode", "type", "details", "stack"}}``, 404 without a body."""

from typing import Literal

import orjson

from sandbox.routing import Reply

Place = Literal["PathParameter", "RequestBody", "RequestHeader", "UriParameter"]
QUOTA = "API calls quota exceeded! maximum admitted 10 per 1s."

TYPES = {
    400: "InvalidRequest",
    401: "AuthenticationRequired",
    403: "PermissionDenied",
    409: "InvalidOperation",
    422: "InvalidOperation",
}
"""The type that an ordered fault of a status carries; every other status says InternalSystemError."""


class Refused(Exception):  # noqa: N818  # an answer of the simulated system, not a failure of this program
    """The request is answered with an error."""

    def __init__(
        self, status: int, kind: str, message: str, *, place: Place = "RequestBody", name: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.place = place
        self.name = name

    def reply(self) -> Reply:
        """The answer."""
        if self.status == 404:
            return Reply(404)
        return Reply(self.status, body(self.status, self.kind, self.message, place=self.place, name=self.name))


def body(status: int, kind: str, message: str, *, place: Place = "RequestBody", name: str | None = None) -> bytes:
    """The error body of the contract."""
    return orjson.dumps(
        {
            "error": {
                "httpStatusCode": status,
                "type": kind,
                "details": [
                    {
                        "message": message,
                        "url": None,
                        "location": {"type": place, "name": name, "identifier": None},
                    }
                ],
                "stack": None,
            }
        }
    )


def invalid(name: str, message: str, *, place: Place = "RequestBody") -> Refused:
    """A value that is not allowed: InvalidParameter, 400."""
    return Refused(400, "InvalidParameter", f"{name} {message}", place=place, name=name)


def not_now(message: str) -> Refused:
    """Not in the state the object is in: InvalidOperation, 400."""
    return Refused(400, "InvalidOperation", message)


def missing() -> Refused:
    """The object, or one that is referred to, does not exist: 404."""
    return Refused(404, "", "")


def fault_body(status: int) -> tuple[bytes, str]:
    """How Severa would answer a status that a test ordered."""
    if status == 429:
        return QUOTA.encode(), "text/plain"
    if status == 404 or status < 400:
        return b"", "text/plain"
    kind = TYPES.get(status, "InternalSystemError")
    return body(status, kind, f"The simulated system was told to answer {status}."), "application/json"
