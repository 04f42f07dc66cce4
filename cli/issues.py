"""The error desk on the terminal: what is wrong with which record, and what a person decides about it."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.desk import AsJson, Tenant, state_of
from cli.output import out, print_json, text
from core.errors import ConfigurationError, ErrorClass
from core.issues import Issue, IssueState
from state.issues import Issues
from state.store import TenantState

CLASSES = tuple(each.value for each in ErrorClass)
STATES = (*(each.value for each in IssueState), "all")


def issues(
    tenant: Tenant,
    error_class: Annotated[str | None, typer.Option("--class", help="Only this class, such as bad-data.")] = None,
    scope: Annotated[
        str | None,
        typer.Option("--registry", "--scope", help="Only this registry or job, such as customers or invoice_export."),
    ] = None,
    state: Annotated[str, typer.Option(help="open, resolved, ignored or all.")] = IssueState.OPEN.value,
    record: Annotated[str | None, typer.Option(help="Only this record: severa:GUID, erp:ID, or the id alone.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Only those that the last run brought.")] = False,  # noqa: FBT002
    everything: Annotated[bool, typer.Option("--all", help="Resolved and ignored ones, too.")] = False,  # noqa: FBT002
    ignore: Annotated[str | None, typer.Option(help="Ignore the open issues of this record; needs --reason.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why they are ignored, for whoever wonders later.")] = None,
    reopen: Annotated[str | None, typer.Option(help="Take back the ignoring of this record's issues.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Show the error desk: what is wrong with which record, and what to do."""
    wanted_class = _one_of("--class", error_class, CLASSES)
    wanted_state = "all" if everything else _one_of("--state", state, STATES)
    if reason is not None and ignore is None:
        raise ConfigurationError("--reason says why something is ignored.", todo="Name the record with --ignore, too.")
    if ignore is not None and reopen is not None:
        raise ConfigurationError("--ignore and --reopen are two things.", todo="Do one after the other.")
    opened = state_of(tenant)
    if ignore is not None:
        _ignore(opened.issues, ignore, reason)
        return
    if reopen is not None:
        _reopen(opened.issues, reopen)
        return
    found = [
        issue
        for issue in (_new(opened) if new else opened.issues.all())
        if wanted_state in ("all", issue.state.value)
        and (wanted_class is None or issue.error_class.value == wanted_class)
        and (scope is None or issue.scope == scope.strip().replace("-", "_"))
        and (record is None or record in (issue.record, issue.record.partition(":")[2]))
    ]
    if as_json:
        print_json([_as_json(issue) for issue in found])
        return
    if not found:
        narrowed = new or record or scope or wanted_class or wanted_state != IssueState.OPEN.value
        out.print("No such issues." if narrowed else "No open issues.")
    for issue in found:
        _show(issue)


def _one_of(option: str, given: str | None, known: tuple[str, ...]) -> str | None:
    if given is None:
        return None
    word = given.strip().lower().replace("-", " ").replace("_", " ")
    if word not in known:
        raise ConfigurationError(f"{option} '{given}' is not known.", todo="Choose one of: " + ", ".join(known) + ".")
    return word


def _new(state: TenantState) -> list[Issue]:
    """Issues that came, or came back, in the last run and are still open."""
    last = state.runs.last()
    return state.issues.changed_since(last.started)["new"] if last is not None else []


def _show(issue: Issue) -> None:
    mark = "" if issue.state is IssueState.OPEN else f" [dim]({issue.state.value})[/dim]"
    out.print(f"[bold]{text(issue.label)}[/bold] [dim]{text(issue.scope.replace('_', ' '))}[/dim]{mark}")
    out.print(f"  {text(issue.what)}")
    for words in filter(None, (issue.why, issue.advice)):
        out.print(f"  [dim]{text(words)}[/dim]")
    if issue.decided_why:
        out.print(f"  [dim]Ignored by {text(issue.decided_by or '?')}: {text(issue.decided_why)}[/dim]")
    since = f"{issue.first_seen:%Y-%m-%d %H:%M}" if issue.first_seen else "?"
    last = f", last {issue.last_seen:%Y-%m-%d %H:%M}" if issue.last_seen and issue.count > 1 else ""
    request = f", request {text(issue.request_id)}" if issue.request_id else ""
    words = f"{issue.error_class.value}, since {since} UTC{last}, {issue.count} times{request}, {text(issue.record)}"
    out.print(f"  [dim]{words}[/dim]")


def _ignore(desk: Issues, record: str, reason: str | None) -> None:
    """A person has looked and lets it be: the issues of the record stay off the desk, even when they are met again."""
    if not (reason or "").strip():
        raise ConfigurationError(
            "An issue is ignored for a reason.", todo='Give it: --ignore RECORD --reason "The customer is leaving."'
        )
    person = _person()
    _decide(
        desk.open(),
        record,
        lambda issue: desk.ignore(issue.scope, issue.record, cause=issue.cause, by=person, why=reason),
        "open",
        "ignored",
    )


def _reopen(desk: Issues, record: str) -> None:
    ignored = desk.all(IssueState.IGNORED)
    _decide(
        ignored,
        record,
        lambda issue: desk.reopen(issue.scope, issue.record, cause=issue.cause),
        "ignored",
        "open again",
    )


def _decide(found: list[Issue], record: str, decide: Callable[[Issue], int], which: str, outcome: str) -> None:
    meant = [issue for issue in found if record in (issue.record, issue.record.partition(":")[2])]
    if not meant:
        raise ConfigurationError(
            f"There is no {which} issue of '{record}'.",
            todo="Give the record as the list shows it, such as severa:GUID.",
        )
    number = sum(decide(issue) for issue in meant)
    out.print(f"{number} issue{'s' if number > 1 else ''} of {text(record)} {outcome}.")


def _person() -> str:
    """Who decides: the user of this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return "unknown"


def _as_json(issue: Issue) -> dict[str, Any]:
    return {
        "scope": issue.scope,
        "record": issue.record,
        "label": issue.label,
        "class": issue.error_class,
        "cause": issue.cause,
        "what": issue.what,
        "why": issue.why,
        "what_to_do": issue.advice,
        "field": issue.field,
        "request_id": issue.request_id,
        "state": issue.state,
        "first_seen": issue.first_seen,
        "last_seen": issue.last_seen,
        "count": issue.count,
        "failures": issue.failures,
        "tried_again": issue.held_until,
        "decided_by": issue.decided_by,
        "decided_why": issue.decided_why,
        "resolved_at": issue.resolved_at,
        "told_at": issue.told_at,
    }
