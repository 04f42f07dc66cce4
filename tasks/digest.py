"""What an e-mail about new issues says, as plain text and as HTML. Every text of a vendor is made harmless."""

from __future__ import annotations

import html
from collections.abc import Sequence

from core.errors import ErrorClass
from core.issues import Issue
from tasks.mail import Mail
from tasks.reporting import flat

MOST = 50
"""Issues that are told one by one; the rest is a number."""
ORDER = (
    ErrorClass.CONFIGURATION,
    ErrorClass.BUG,
    ErrorClass.BAD_DATA,
    ErrorClass.MISSING_DEPENDENCY,
    ErrorClass.OUTCOME_UNKNOWN,
    ErrorClass.TRANSIENT,
    ErrorClass.RATE_LIMITED,
)
"""Those on which a person must act come first."""

_CELL = 'style="padding:6px 12px 6px 0;vertical-align:top;border-bottom:1px solid #ddd"'


def digest(tenant: str, issues: Sequence[Issue]) -> Mail:
    """One e-mail about all of them."""
    number = f"{len(issues)} new issue{'' if len(issues) == 1 else 's'}"
    shown = sorted(issues, key=lambda issue: ORDER.index(issue.error_class))[:MOST]
    rest = len(issues) - len(shown)
    more = f"And {rest} more." if rest else ""
    where = f"All open issues: severa-sync issues {tenant}"
    plain = [f"{tenant}: {number}", "", *(_plain(issue) for issue in shown), *([more, ""] if more else []), where, ""]
    return Mail(f"Severa sync, {tenant}: {number}", "\n".join(plain), _html(tenant, number, shown, [more, where]))


def _plain(issue: Issue) -> str:
    lines = [f"* {flat(issue.label)} ({_place(issue)})", f"  {flat(issue.what)}"]
    lines += [f"  {flat(words)}" for words in (issue.why, issue.advice) if words]
    return "\n".join([*lines, f"  {_met(issue)}", ""])


def _html(tenant: str, number: str, issues: Sequence[Issue], ending: Sequence[str]) -> str:
    rows = "".join(
        f"<tr><td {_CELL}><b>{_safe(issue.label)}</b><br><small>{_safe(_place(issue))}</small></td>"
        f"<td {_CELL}>{_safe(issue.what)} {_safe(issue.why)}</td>"
        f"<td {_CELL}>{_safe(issue.advice)}</td>"
        f"<td {_CELL}><small>{_safe(_met(issue))}</small></td></tr>"
        for issue in issues
    )
    heads = "".join(f'<th align="left" {_CELL}>{word}</th>' for word in ("Record", "What happened", "What to do", ""))
    end = "".join(f"<p>{_safe(words)}</p>" for words in ending if words)
    return (
        '<!doctype html><html><head><meta charset="utf-8"></head><body style="font-family:sans-serif">'
        f'<h2>{_safe(tenant)}: {_safe(number)}</h2><table cellspacing="0"><tr>{heads}</tr>{rows}</table>{end}'
        "</body></html>"
    )


def _place(issue: Issue) -> str:
    return f"{issue.scope.replace('_', ' ')}, {issue.error_class.value}"


def _met(issue: Issue) -> str:
    words = [f"since {issue.first_seen:%Y-%m-%d %H:%M} UTC"] if issue.first_seen else []
    words += [f"{issue.count} times"] if issue.count > 1 else []
    words += [f"vendor's request {flat(issue.request_id)}"] if issue.request_id else []
    return ", ".join([*words, flat(issue.record)])


def _safe(text: str) -> str:
    return html.escape(flat(text))
