"""Handing mails over by SMTP, and telling apart what has left, what has not, and what may have."""

import hashlib
import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property

from needsbank.channels.letters import Letter
from needsbank.domain.clock import now
from needsbank.domain.mail_servers import SmtpServer
from needsbank.domain.outbox import Outcome, Trouble

SECONDS = 30.0
"""Silence of the server that is waited out."""
_GIVE_MORE_WORDS = 354
_DETAIL_MAX = 200
_HEADER_MAX = 500


class Smtp:
    """A connection to a mail server, opened when there is something to send."""

    def __init__(self, server: SmtpServer, sender: str, seconds: float = SECONDS) -> None:
        self.server = server
        name, address = parseaddr(sender)
        self.sender = Address(name, addr_spec=address)
        self.seconds = seconds
        self._connection: _Plain | _Encrypted | None = None

    def prepare(self) -> Outcome | None:
        """See to it that the server listens; return why it does not."""
        if self._connection is not None and self._answers(self._connection):
            return None
        self.rest()
        try:
            self._connection = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return self._outcome(Trouble.NOT_REACHED, _told(error))
        return None

    def send(self, letter: Letter) -> Outcome:
        """Hand one letter over, on the connection that was prepared."""
        try:
            recipient = Address(addr_spec=_domain_in_ascii(letter.address))
            message = self._message(letter, recipient)
        except (ValueError, IndexError, UnicodeError) as error:
            return self._outcome(Trouble.REFUSED, f"no mail address: {type(error).__name__}")
        if self._connection is None:
            return Outcome(trouble=Trouble.NOT_REACHED, detail="not connected")
        return self._handed_over(self._connection, message, recipient)

    def rest(self) -> None:
        """Close the connection until there is more to send."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _handed_over(
        self, connection: "_Plain | _Encrypted", message: EmailMessage, recipient: Address
    ) -> Outcome:
        try:
            connection.send_message(message, self.sender.addr_spec, [recipient.addr_spec])
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(*next(iter(error.recipients.values())))
        except smtplib.SMTPSenderRefused as error:
            # Our own address is the matter, which a person may mend: the mail can wait.
            return self._outcome(Trouble.NOT_REACHED, _told(error))
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return self._outcome(Trouble.REFUSED, _told(error))
        except (smtplib.SMTPException, OSError) as error:
            in_doubt = connection.in_doubt
            connection.close()
            self._connection = None
            trouble = Trouble.NO_ANSWER if in_doubt else Trouble.NOT_REACHED
            return self._outcome(trouble, _told(error))
        return Outcome()

    def _refused(self, code: int, answer: bytes | str) -> Outcome:
        lasting = 500 <= code <= 599
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return self._outcome(Trouble.REFUSED if lasting else Trouble.NOT_REACHED, f"{code} {text}")

    def _outcome(self, trouble: Trouble, detail: str) -> Outcome:
        told = " ".join(detail.split())
        if self.server.password:
            told = told.replace(self.server.password, "…")
        return Outcome(trouble=trouble, detail=told[:_DETAIL_MAX])

    def _message(self, letter: Letter, recipient: Address) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = recipient
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = self.message_id(letter.key)
        message["Auto-Submitted"] = "auto-generated"
        if letter.stop_link:
            message["List-Unsubscribe"] = f"<{letter.stop_link}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.body, cte="quoted-printable")
        message["Content-Language"] = letter.language
        # Links in headers stay in one piece; lines of the body are short all the same.
        message.policy = message.policy.clone(max_line_length=_HEADER_MAX)
        return message

    def message_id(self, key: str) -> str:
        """Return the id that a message has however often it is sent: receivers drop the second."""
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{self.sender.domain}>"

    def _answers(self, connection: "_Plain | _Encrypted") -> bool:
        try:
            return connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connected(self) -> "_Plain | _Encrypted":
        server = self.server
        made: _Plain | _Encrypted
        if server.tls:
            made = _Encrypted(server.host, server.port, timeout=self.seconds, context=self._tls)
        else:
            made = _Plain(server.host, server.port, timeout=self.seconds)
        try:
            if server.starttls:
                made.starttls(context=self._tls)
            if server.user:
                made.login(server.user, server.password)
        except BaseException:
            made.close()
            raise
        return made

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


class _Doubting(smtplib.SMTP):
    """Knows whether the server may hold a whole message that it has not answered yet."""

    in_doubt = False

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer: after "go on" the message is written, and its answer awaited."""
        code, text = super().getreply()
        self.in_doubt = code == _GIVE_MORE_WORDS
        return code, text


class _Plain(_Doubting):
    """Unencrypted, at least at first."""


class _Encrypted(_Doubting, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {text}"
    return f"{type(error).__name__}: {error}"


def _domain_in_ascii(address: str) -> str:
    local, at, domain = address.strip().rpartition("@")
    if not (at and local and domain):
        raise ValueError("no address")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
