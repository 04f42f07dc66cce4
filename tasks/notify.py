"""Telling the tenant's people by e-mail what is new on the error desk: one digest a run (ALL-13).

Which issues were told stands with the issues: what could not be sent is sent with the next run. A mail that cannot be
sent never fails a run.
"""

from __future__ import annotations

import asyncio
import logging

from core.errors import ConfigurationError, SyncError
from core.issues import Issue, issue_from
from state.store import TenantState
from tasks.digest import digest
from tasks.mail import URL, MailServer, mail_server
from tenants.model import Tenant

SCOPE = "notify"
RECORD = "notify:e-mail"
LABEL = "E-mail about new issues"
NOT_SENT = "not sent"
REFUSED = "refused addresses"

log = logging.getLogger(__name__)


async def tell_new(tenant: Tenant, state: TenantState) -> None:
    """Send what is new to the addresses of the tenant file; nothing when nothing is new or there are none."""
    addresses = tenant.notify.emails
    new = [issue for issue in state.issues.untold() if issue.scope != SCOPE] if addresses else []
    if not new:
        return
    try:
        server = mail_server()
        if server is None:
            raise ConfigurationError(
                "There is no mail server to tell new issues through.",
                why="The tenant's file has addresses in notify.emails.",
                todo=f"Set {URL}, or take the addresses out.",
            )
        refused = await _sent(server, tenant.name, new, addresses)
    except SyncError as error:
        log.warning("%s: %s new issues were not told by e-mail: %s", tenant.name, len(new), error)
        state.issues.report([issue_from(error, scope=SCOPE, record=RECORD, label=LABEL, cause=NOT_SENT)])
        return
    state.issues.tell(new)
    state.issues.resolve(SCOPE, [RECORD], cause=NOT_SENT)
    if refused:
        state.issues.report([_refusal(refused)])
    else:
        state.issues.resolve(SCOPE, [RECORD])


async def _sent(server: MailServer, tenant: str, issues: list[Issue], addresses: tuple[str, ...]) -> dict[str, str]:
    """In a thread of its own: a slow mail server must not keep the lease from being renewed."""
    return await asyncio.to_thread(server.send, digest(tenant, issues), addresses)


def _refusal(refused: dict[str, str]) -> Issue:
    error = ConfigurationError(
        f"The mail server refused {', '.join(sorted(refused))}; the other addresses were told.",
        why=" ".join(refused.values()),
        todo="Correct notify.emails in the tenant's file.",
    )
    return issue_from(error, scope=SCOPE, record=RECORD, label=LABEL, cause=REFUSED)
