"""Visma.net's refusals. The contract (section 6) knows no schema: the forms seen are JSON with a text, the older
gateway's exception, plain text, and nothing at all. Each kind of refusal here takes one of them.
"""

from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

VERBS = {"POST": "creating", "PUT": "updating", "DELETE": "deleting", "GET": "reading"}


class RefusedError(Exception):
    """A request that is answered with an error.

    `body`: a JSON object, a text, or None for an empty answer. A `why` stands for the usual text, which the gateway
    puts together with what was being done.
    """

    def __init__(
        self,
        status: int,
        body: Mapping[str, Any] | str | None = None,
        *,
        why: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(why or f"{status} {body}")
        self.status = status
        self.body = body
        self.why = why
        self.headers = dict(headers or {})

    @classmethod
    def business(cls, why: str) -> Self:
        """400: the request or what it would do is refused."""
        return cls(400, why=why)

    @classmethod
    def unknown(cls, what: str, value: object) -> Self:
        """400: the body names something that does not exist."""
        return cls(400, why=f"{what} '{value}' cannot be found in the system.")

    @classmethod
    def missing(cls, what: str, value: object) -> Self:
        """404: the path names something that does not exist."""
        return cls(404, why=f"{what} '{value}' cannot be found in the system.")

    @classmethod
    def stale(cls) -> Self:
        """412: ``If-Match`` is not the current version; the older gateway's form."""
        return cls(
            412,
            {
                "ExceptionType": "IPPException",
                "ExceptionMessage": "Precondition failed: the record was changed by another process.",
                "ExceptionFaultCode": "11013",
                "ExceptionMessageID": f"{uuid4()}",
                "ExceptionDetails": "",
            },
        )


def told(why: str, method: str) -> dict[str, str]:
    """The usual body: ``VismaId: <guid>. Error creating document. Error: <reason>``."""
    return {"message": f"VismaId: {uuid4()}. Error {VERBS.get(method, 'processing')} document. Error: {why}"}
