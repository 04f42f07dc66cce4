"""``If-Match`` against the version of an object (contract, section 8)."""

from sandbox.store import Row
from sandbox.visma_net.calls import Call
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError


def check_if_asked(company: Company, call: Call, row: Row, *, background_only: bool = False) -> None:
    """Refused (412) when ``If-Match`` names another version.

    `background_only`: the vendor checks it for this call in background processing alone, so it has no effect here
    unless the sandbox is told to check everywhere.
    """
    if background_only and company.behaviour.if_match != "everywhere":
        return
    if call.if_match is not None and call.if_match != row[VERSION]:
        raise RefusedError.stale()
