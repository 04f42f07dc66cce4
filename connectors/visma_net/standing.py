"""Why a document was refused, where the reason is the project that it names."""

from __future__ import annotations

from contextlib import suppress

from connectors.ports import OutgoingInvoice
from connectors.visma_net.client import VismaNetClient
from connectors.visma_net.rows import plain_text
from core.errors import BadDataError, SyncError

AGAIN = "then put the invoice on the trigger status again"
TODO = {
    "Completed": f"Reopen the project in Severa, {AGAIN}, and close the project when the invoice has gone.",
    "Cancelled": f"Win the case again in Severa, {AGAIN}, or bill it under another project.",
}
"""Status of a project that a document cannot name -> what to do; of the others Visma.net is asked to make it active."""


async def explained(client: VismaNetClient, outgoing: OutgoingInvoice, refused: BadDataError) -> BadDataError:
    """A refusal to make a document, in words that say what to do when its project is not active; else as it was.

    Whether documents may name a project that is not active is not documented but for projects in planning (contract
    section 10), so it is asked only after a refusal.
    """
    if outgoing.project_id is None:
        return refused
    row = None
    with suppress(SyncError):  # the refusal itself is told all the same
        row = await client.row("/v1/project/internal/{internalID}", {"internalID": outgoing.project_id})
    status, number = plain_text(row, "status"), plain_text(row, "projectID")
    if status is None or status == "Active":
        return refused
    return BadDataError(
        f"Its project {number} is {status} in Visma.net, which refused the invoice.",
        why=refused.why or refused.what,
        todo=TODO.get(status, f"Make the project active in Visma.net (PM301000), {AGAIN}."),
        field="project",
        request_id=refused.request_id,
    )
