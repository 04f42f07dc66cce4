"""E-mail about new issues: one digest a run, nothing lost, nothing executed, never a run that fails (ALL-13)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.settings import SETTINGS
from core.errors import ConfigurationError, ErrorClass
from core.issues import Issue
from state.store import TenantState
from tasks import mail
from tasks.digest import digest
from tasks.mail import mail_server
from tasks.notify import RECORD, SCOPE, tell_new
from tenants.model import Tenant, tenant_model
from tests.support.mail import Mailbox, self_signed, serving_mail

ISSUE = Issue(
    scope="customers",
    record="severa:guid-1",
    label="10 <script>alert(1)</script> AS",
    cause="bad data",
    error_class=ErrorClass.BAD_DATA,
    what="The VAT number is & too long.\r\nBcc: everybody@example.com",
    why="PowerOffice takes 20 characters.",
    todo="Correct it in Severa.",
    request_id="req-1",
)
OTHER = replace(ISSUE, record="severa:guid-2", label="=cmd() Åse \u202e AS", error_class=ErrorClass.CONFIGURATION)
ADDRESSES = ("drift@example.com", "regnskap@example.com")


def tenant(*emails: str) -> Tenant:
    """A tenant with these addresses; the rest of its file does not matter here."""
    given: dict[str, Any] = {"tenant": "fjord", "notify": {"emails": emails}}
    made = tenant_model(SETTINGS).model_construct(**given)
    made.__dict__["notify"] = Tenant.model_fields["notify"].annotation(emails=emails)  # type: ignore[misc]
    return made


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (mail.URL, mail.PASSWORD):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(mail.SENDER, "Severa sync <severa-sync@example.com>")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A server that takes everything."""
    with serving_mail() as box:
        monkeypatch.setenv(mail.URL, f"smtp+plain://127.0.0.1:{box.port}")
        yield box


def own_issues(state: TenantState) -> list[Issue]:
    return state.issues.open(SCOPE)


async def test_one_digest_tells_all_that_is_new_to_all_addresses(state: TenantState, mailbox: Mailbox) -> None:
    state.issues.report([ISSUE, ISSUE, OTHER])
    await tell_new(tenant(*ADDRESSES), state)
    (message,) = mailbox.messages
    assert mailbox.recipients == [list(ADDRESSES)]
    assert mailbox.senders == ["severa-sync@example.com"]
    assert message["Subject"] == "Severa sync, fjord: 2 new issues"
    assert message["To"] == ", ".join(ADDRESSES)
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"]
    assert message["Date"]
    assert own_issues(state) == []


async def test_every_text_of_a_vendor_is_harmless(state: TenantState, mailbox: Mailbox) -> None:
    """Law 10: neither markup nor another header nor a line of its own."""
    state.issues.report([ISSUE, OTHER])
    await tell_new(tenant(*ADDRESSES), state)
    plain = mailbox.messages[0].get_body(("plain",))
    html = mailbox.messages[0].get_body(("html",))
    assert plain is not None
    assert html is not None
    written = html.get_content()
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert "is &amp; too long. Bcc: everybody" in written
    text = plain.get_content()
    assert "The VAT number is & too long. Bcc: everybody@example.com" in text
    assert "Correct it in Severa." in text
    assert "vendor's request req-1, severa:guid-1" in text
    assert "\u202e" not in text
    assert text.index("Åse") < text.index("<script>"), "what a person must mend comes first"


async def test_nothing_is_sent_when_nothing_is_new(state: TenantState, mailbox: Mailbox) -> None:
    """Never one mail per occurrence."""
    await tell_new(tenant(*ADDRESSES), state)
    for _ in range(3):
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
    assert len(mailbox.messages) == 1


async def test_nobody_is_told_where_the_file_names_nobody(state: TenantState, mailbox: Mailbox) -> None:
    state.issues.report([ISSUE])
    await tell_new(tenant(), state)
    assert mailbox.messages == []
    assert state.issues.untold() != []


async def test_many_issues_are_one_short_mail(state: TenantState, mailbox: Mailbox) -> None:
    state.issues.report([replace(ISSUE, record=f"severa:{number}") for number in range(400)])
    await tell_new(tenant(*ADDRESSES), state)
    (message,) = mailbox.messages
    body = message.get_body(("plain",))
    assert body is not None
    assert "And 350 more." in body.get_content()
    assert message["Subject"] == "Severa sync, fjord: 400 new issues"
    assert state.issues.untold() == []


async def test_what_could_not_be_sent_is_sent_with_the_next_run(
    state: TenantState, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One issue says that it was not sent; what is new meanwhile goes along, what is over does not."""
    gone = replace(ISSUE, record="severa:gone")
    state.issues.report([ISSUE, gone])
    mailbox.end = "451 4.3.0 <b>full</b>"
    for _ in range(2):
        await tell_new(tenant(*ADDRESSES), state)
    (issue,) = own_issues(state)
    assert (issue.error_class, issue.count, issue.record) == (ErrorClass.TRANSIENT, 2, RECORD)
    assert "451 4.3.0" in issue.why
    mailbox.end = "250 OK"
    state.issues.report([OTHER])
    state.issues.resolve("customers", [gone.record])
    await tell_new(tenant(*ADDRESSES), state)
    (message,) = mailbox.messages
    assert message["Subject"] == "Severa sync, fjord: 2 new issues"
    assert own_issues(state) == []


async def test_an_address_that_is_refused_keeps_no_other_from_being_told(state: TenantState, mailbox: Mailbox) -> None:
    mailbox.refused = {ADDRESSES[0]}
    state.issues.report([ISSUE])
    await tell_new(tenant(*ADDRESSES), state)
    assert mailbox.recipients == [[ADDRESSES[1]]]
    (issue,) = own_issues(state)
    assert issue.what.startswith(f"The mail server refused {ADDRESSES[0]};")
    assert state.issues.untold() == [issue]
    mailbox.refused = set()
    state.issues.report([OTHER])
    await tell_new(tenant(*ADDRESSES), state)
    assert own_issues(state) == []
    assert len(mailbox.messages) == 2


async def test_a_server_that_refuses_every_address_was_not_told(state: TenantState, mailbox: Mailbox) -> None:
    mailbox.refused = set(ADDRESSES)
    state.issues.report([ISSUE])
    await tell_new(tenant(*ADDRESSES), state)
    (issue,) = own_issues(state)
    assert "no such user" in issue.why
    assert ISSUE.record in {untold.record for untold in state.issues.untold()}


async def test_a_server_that_is_not_there_never_fails_a_run(
    state: TenantState, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv(mail.URL, f"smtp+plain://127.0.0.1:{unused.getsockname()[1]}")
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
    assert [issue.error_class for issue in own_issues(state)] == [ErrorClass.TRANSIENT]


async def test_a_server_that_says_nothing_is_not_waited_for(
    state: TenantState, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp+plain://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv(mail.URL, url)
        server = mail_server()
        assert server is not None
        monkeypatch.setattr("tasks.notify.mail_server", lambda: replace(server, seconds=0.2))
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
    (issue,) = own_issues(state)
    assert "timed out" in issue.why


async def test_addresses_without_a_mail_server_are_one_issue(state: TenantState) -> None:
    state.issues.report([ISSUE])
    for _ in range(3):
        await tell_new(tenant(*ADDRESSES), state)
    (issue,) = own_issues(state)
    assert (issue.error_class, issue.count) == (ErrorClass.CONFIGURATION, 3)
    assert mail.URL in issue.todo


# encryption and login -------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this process trusts; the password lies in a file of the home."""
    file = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SEVERA_SYNC_HOME", str(tmp_path))
    monkeypatch.setenv(mail.PASSWORD, "file:smtp")
    (tmp_path / "smtp").write_text("p4ss-of-the-mail\n")
    (tmp_path / "smtp").chmod(0o600)
    return file


@pytest.mark.parametrize(("kind", "at_once"), [("smtp", False), ("smtps", True)])
async def test_the_login_goes_over_an_encrypted_connection(
    state: TenantState, certificate: Path, monkeypatch: pytest.MonkeyPatch, kind: str, at_once: bool
) -> None:
    with serving_mail(certificate=certificate, at_once=at_once) as box:
        monkeypatch.setenv(mail.URL, f"{kind}://drift%40example.com@127.0.0.1:{box.port}")
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
        assert box.logins == [("drift@example.com", "p4ss-of-the-mail")]
        assert len(box.messages) == 1
    assert own_issues(state) == []


async def test_a_refused_login_is_a_setting_to_mend_and_does_not_show_the_password(
    state: TenantState, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_mail(certificate=certificate, password="another") as box:
        monkeypatch.setenv(mail.URL, f"smtp://drift@127.0.0.1:{box.port}")
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
    (issue,) = own_issues(state)
    assert issue.error_class is ErrorClass.CONFIGURATION
    assert "535" in issue.why
    assert "p4ss" not in f"{issue.what}{issue.why}{issue.todo}"


async def test_a_certificate_that_is_not_trusted_gets_no_password(
    state: TenantState, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving_mail(certificate=certificate) as box:
        monkeypatch.setenv(mail.URL, f"smtp://drift@127.0.0.1:{box.port}")
        state.issues.report([ISSUE])
        await tell_new(tenant(*ADDRESSES), state)
        assert box.logins == []
    assert [issue.error_class for issue in own_issues(state)] == [ErrorClass.CONFIGURATION]


async def test_a_server_without_starttls_gets_neither_password_nor_mail(
    state: TenantState, mailbox: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encryption is required, not hoped for."""
    monkeypatch.setenv(mail.URL, f"smtp://drift@127.0.0.1:{mailbox.port}")
    state.issues.report([ISSUE])
    await tell_new(tenant(*ADDRESSES), state)
    assert mailbox.messages == []
    assert [issue.error_class for issue in own_issues(state)] == [ErrorClass.CONFIGURATION]


# settings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example.com:587", "does not name a mail server"),
        ("https://mail.example.com", "does not name a mail server"),
        ("smtp://", "does not name a mail server"),
        ("smtp://host/path", "does not name a mail server"),
        ("smtp://host:port", "is not a URL"),
        ("smtp://[::1", "is not a URL"),
        ("smtp://user:hunter2@host", "holds a password"),
        ("smtp://user@host", "there is no password"),
        ("smtp+plain://user@host", "without encryption"),
    ],
)
def test_a_setting_that_is_wrong_is_refused_in_words(url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mail.URL, url)
    with pytest.raises(ConfigurationError, match=words) as caught:
        mail_server()
    assert "hunter2" not in str(caught.value)
    assert caught.value.todo


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "a@", "@b", "<>"])
def test_a_sender_that_is_no_address_is_refused(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mail.URL, "smtps://mail.example.com")
    monkeypatch.setenv(mail.SENDER, sender)
    with pytest.raises(ConfigurationError, match="is not an address"):
        mail_server()


def test_ports_are_those_of_the_kind_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for url, port in (("smtp://h", 587), ("smtps://h", 465), ("smtp+plain://h", 25), ("smtp://h:2525", 2525)):
        monkeypatch.setenv(mail.URL, url)
        server = mail_server()
        assert server is not None
        assert server.port == port


def test_a_line_break_in_an_address_or_a_subject_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that a person or a vendor could write into another one."""
    monkeypatch.setenv(mail.URL, "smtp+plain://127.0.0.1:9")
    server = mail_server()
    assert server is not None
    one = digest("fjord", [ISSUE])
    for sent, to in (
        (one, "a@b.no\r\nBcc: c@d.no"),
        (one, "a@b.no, c@d.no"),
        (replace(one, subject="x\nBcc: c"), "a@b.no"),
    ):
        with pytest.raises(ConfigurationError):
            server.send(sent, [to])
