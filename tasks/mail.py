"""Sending an e-mail through the company's own mail server, as the environment describes it.

`SEVERA_SYNC_SMTP_URL` is `smtp://user@host:587` (STARTTLS, required), `smtps://user@host:465` (TLS from the start) or
`smtp+plain://host:25` (no encryption, for a relay on the same machine). `SEVERA_SYNC_SMTP_PASSWORD` refers to the
password as the secrets of a tenant file do, `SEVERA_SYNC_SMTP_FROM` is the sender.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from connectors.payload import excerpt
from core.errors import ConfigurationError, TransientError
from tasks.secrets import secret

URL = "SEVERA_SYNC_SMTP_URL"
PASSWORD = "SEVERA_SYNC_SMTP_PASSWORD"  # noqa: S105 - the name of a variable that refers to it
SENDER = "SEVERA_SYNC_SMTP_FROM"
SECONDS = 15.0
"""How long the server may be silent."""
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
FORM = f"Write {URL} as smtp://user@mail.example.com:587, smtps://... or smtp+plain://127.0.0.1:25."


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be sent: plain text and HTML. `subject` is one line."""

    subject: str
    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and who sends through it. `kind` is the scheme of its URL."""

    kind: str
    host: str
    port: int
    sender: Address
    user: str | None = None
    password: SecretStr | None = None
    seconds: float = SECONDS

    def send(self, mail: Mail, recipients: Sequence[str]) -> dict[str, str]:
        """Send one e-mail to all; address -> reason of those that the server refused while it took others.

        ConfigurationError when a setting must be mended, TransientError when it was not sent and may be later.
        """
        try:
            message = self._message(mail, recipients)
            refused = self._transmit(message, recipients)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            raise ConfigurationError(
                f"The mail server {self.host} does not let us in.",
                why=self._words(error),
                todo=f"Check {URL} and {PASSWORD}, and the server's certificate.",
            ) from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise TransientError(
                f"The mail server {self.host} did not take the e-mail.",
                why=self._words(error),
                todo="It is sent with the next run. If it stays so, check the server and the addresses.",
            ) from None
        return {address: self._said(*answer) for address, answer in refused.items()}

    def _transmit(self, message: EmailMessage, recipients: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        server = self._connected()
        try:
            if self.user is not None:
                server.login(self.user, self.password.get_secret_value() if self.password else "")
            refused = server.send_message(message, self.sender.addr_spec, list(recipients))
            with suppress(smtplib.SMTPException, OSError):  # it has the e-mail: how it says goodbye does not matter
                server.quit()
            return refused
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.kind == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        if self.kind == "smtp":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, mail: Mail, recipients: Sequence[str]) -> EmailMessage:
        message = EmailMessage()
        try:
            message["Subject"] = mail.subject
            message["From"] = self.sender
            message["To"] = [Address(addr_spec=address) for address in recipients]
        except (ValueError, MessageError) as error:  # a line break in a header, an address that is none
            raise ConfigurationError(
                "An address for e-mail is not one.", why=f"{error}.", todo="Correct notify.emails in the tenant's file."
            ) from None
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.domain or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.plain)
        message.add_alternative(mail.html, subtype="html")
        return message

    def _words(self, error: Exception) -> str:
        """What went wrong, in one sentence without the password."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return " ".join(f"{address}: {self._said(*answer)}" for address, answer in error.recipients.items())
        if isinstance(error, smtplib.SMTPResponseException):
            return self._said(error.smtp_code, error.smtp_error)
        return self._clean(f"{type(error).__name__}: {error}")

    def _said(self, code: int, words: bytes | str) -> str:
        return self._clean(f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}")

    def _clean(self, text: str) -> str:
        password = self.password.get_secret_value() if self.password else ""
        return excerpt(text.replace(password, "***") if password else text, 200).rstrip(".: ") + "."


def mail_server() -> MailServer | None:
    """The server that the environment describes; None without one. ConfigurationError says what is wrong with it."""
    given = os.environ.get(URL, "").strip()
    if not given:
        return None
    try:
        url = urlsplit(given)
        kind, host, port = url.scheme, url.hostname, url.port
    except ValueError:
        raise ConfigurationError(f"{URL} is not a URL.", todo=FORM) from None
    if kind not in PORTS or not host or url.path not in ("", "/") or url.query:
        raise ConfigurationError(f"{URL} does not name a mail server.", todo=FORM)
    if url.password is not None:
        raise ConfigurationError(
            f"{URL} holds a password.", todo=f"Take it out and refer to it in {PASSWORD}, such as file:secrets/smtp."
        )
    user = unquote(url.username) if url.username else None
    reference = os.environ.get(PASSWORD, "").strip()
    if user is not None and kind == "smtp+plain":
        raise ConfigurationError(f"{URL} would send a password without encryption.", todo="Use smtp:// or smtps://.")
    if user is not None and not reference:
        raise ConfigurationError(f"{URL} names a user, and there is no password.", todo=f"Set {PASSWORD}.")
    password = secret(reference) if user is not None else None
    return MailServer(kind, host, port or PORTS[kind], _sender(), user, password)


def _sender() -> Address:
    given = os.environ.get(SENDER, "").strip()
    name, address = parseaddr(given)
    try:
        return Address(name, addr_spec=address) if "@" in address and given.isprintable() else _no_sender()
    except (ValueError, MessageError, IndexError):
        return _no_sender()


def _no_sender() -> Address:
    raise ConfigurationError(
        f"{SENDER} is not an address.", todo="Set it to the sender, such as Severa sync <severa-sync@example.com>."
    )
