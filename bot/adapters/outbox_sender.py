"""Sends what waits in the outbox, when a mail server is set.

A mail is written in the transaction that causes it. The sender claims one, commits, sends, and says so. What can go
wrong in between is told apart: a server that did not take the mail (it waits and is tried again), and one of which
nobody knows whether it did (it is sent again, says so in its last line, and ends as `maybe_sent`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bot.adapters.addresses import Unsendable, ascii_address
from bot.adapters.calendar_file import MailSender
from bot.clock import Clock
from bot.contracts.background import BackgroundTask
from bot.store import Store, StoreUnavailable
from bot.store.repositories.outbox import MOST_ATTEMPTS
from bot.store.values import OutboxMail, OutboxWaits

log = logging.getLogger("assistant.outbox")

EVERY = 1.0
"""Seconds between two looks into an empty outbox."""
CLAIM = timedelta(minutes=2)
"""A mail claimed longer ago and not heard of since belongs to a sender that is gone."""
KEPT = timedelta(days=30)
"""So long it can be seen what went out."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


class NotTaken(Exception):
    """The mail server certainly has not taken the mail."""


class Doubtful(Exception):
    """Nobody knows whether the mail server has taken the mail."""


Deliver = Callable[[EmailMessage], Awaitable[None]]
"""Hands a message to a mail server. Raises NotTaken or Doubtful."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out, from `smtp://user:password@host:port` (TLS where offered) or `smtps://` (TLS at once)."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> MailServer:
        """Read the address. Raises ValueError without a host."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("the mail server has no host")
        tls = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            parts.port or (465 if tls else 25),
            tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    async def deliver(self, message: EmailMessage) -> None:
        """Send one message. Raises NotTaken or Doubtful."""
        import aiosmtplib

        client = aiosmtplib.SMTP(hostname=self.host, port=self.port, use_tls=self.tls, timeout=30)
        handed_over = False
        try:
            await client.connect()
            if self.user is not None:
                await client.login(self.user, self.password or "")
            handed_over = True
            await client.send_message(message)
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"the mail server said {error.code}") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise NotTaken("the mail server refused the recipient") from error
        except aiosmtplib.SMTPNotSupported as error:
            raise NotTaken("the mail server cannot take this address") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            kind = type(error).__name__
            if handed_over:
                raise Doubtful(kind) from error
            raise NotTaken(kind) from error
        finally:
            client.close()


class Sender:
    """Sends the mails of one store, one after the other. Any number of them may run beside each other."""

    def __init__(self, store: Store, clock: Clock, deliver: Deliver, *, sender: MailSender, twice: str) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._from = sender
        self._twice = twice
        self._wait_until: dict[int, datetime] = {}
        self._waiting = OutboxWaits()

    @property
    def waits(self) -> OutboxWaits:
        """What waited when it was looked last."""
        return self._waiting

    async def run(self) -> None:
        """Send until cancelled. A database that is away is waited for."""
        while True:
            try:
                if not await self.send_one():
                    await asyncio.sleep(EVERY)
            except StoreUnavailable:
                log.warning("the outbox cannot be read; trying again")
                await asyncio.sleep(EVERY * 5)

    async def send_one(self) -> bool:
        """Send the oldest mail that waits; False when there is none to be sent now."""
        mail = await asyncio.to_thread(self._claim)
        if mail is None:
            return False
        try:
            await self._deliver(message_of(mail, self._from, self._twice))
        except (NotTaken, Unsendable) as error:
            await asyncio.to_thread(self._failed, mail, str(error), False)
        except Doubtful as error:
            await asyncio.to_thread(self._failed, mail, str(error), True)
        except Exception as error:  # whatever one mail does, the others go out; the words may hold the address
            await asyncio.to_thread(self._failed, mail, type(error).__name__, False)
        else:
            state = await asyncio.to_thread(self._sent, mail)
            log.info("mail %d: %s", mail.id, state)
        return True

    def _claim(self) -> OutboxMail | None:
        now = self._clock.real()
        self._wait_until = {number: until for number, until in self._wait_until.items() if until > now}
        with self._store.unit_of_work() as uow:
            uow.outbox.recover(before=now - CLAIM)
            uow.outbox.drop_expired(at=now)
            uow.outbox.purge(before=now - KEPT)
            self._waiting = uow.outbox.waits(at=now)
            mail = uow.outbox.claim(at=now, passing_over=self._wait_until)
            uow.commit()
        return mail

    def _sent(self, mail: OutboxMail) -> str:
        with self._store.unit_of_work() as uow:
            try:
                state = uow.outbox.sent(mail.id, at=self._clock.real())
            except LookupError:
                return "taken over by another sender meanwhile"
            uow.commit()
        return state

    def _failed(self, mail: OutboxMail, why: str, doubtful: bool) -> None:
        wait = min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 20), LONGEST_WAIT)
        self._wait_until[mail.id] = self._clock.real() + wait
        if mail.attempts >= MOST_ATTEMPTS:
            log.error("mail %d was given up after %d tries (%s)", mail.id, mail.attempts, why)
        else:
            log.warning("mail %d was not sent (%s); next try in %d seconds", mail.id, why, wait.total_seconds())
        with self._store.unit_of_work() as uow:
            uow.outbox.failed(mail.id, why, doubtful=doubtful)
            uow.commit()


def message_of(mail: OutboxMail, sender: MailSender, twice: str) -> EmailMessage:
    """The mail as it goes out. Its Message-ID stays the same, so that a second copy can be told as one.

    A calendar file is there twice, as Outlook and Gmail want it: as another form of the text, so that it is entered by
    itself, and as a file to open. Raises Unsendable.
    """
    message = EmailMessage()
    message["From"] = sender.address
    message["To"] = ascii_address(mail.mail.to)
    message["Subject"] = mail.mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = f"<outbox-{mail.id}-{int(mail.created_at.timestamp())}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.mail.body + (f"\n\n{twice}" if mail.doubtful else ""))
    for attachment in mail.mail.attachments:
        kind, parameters = _content_type(attachment.content_type)
        main, _, sub = kind.partition("/")
        if kind == "text/calendar" and parameters:
            message.add_alternative(attachment.content, subtype=sub, params=parameters)
    for attachment in mail.mail.attachments:
        kind, parameters = _content_type(attachment.content_type)
        main, _, sub = kind.partition("/")
        content = attachment.content.encode()
        message.add_attachment(content, maintype=main, subtype=sub, filename=attachment.name, params=parameters)
    return message


def _content_type(text: str) -> tuple[str, dict[str, str]]:
    """A type and its parameters: "text/calendar; method=REQUEST"."""
    kind, *rest = (part.strip() for part in text.split(";"))
    return kind, dict(part.split("=", 1) for part in rest)


def outbox_sender(sender: Sender) -> BackgroundTask:
    """The sender as a task beside the requests."""
    return BackgroundTask("mail", sender.run, lambda: sender.waits.lag, lambda: sender.waits.given_up)
