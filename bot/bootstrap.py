"""The only place that wires: store, knowledge, dialogue, Rasa and the front door from settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.calendar_file import MailSender
from bot.adapters.candidates import CodesByMail, PeopleInStore
from bot.adapters.change_mail import ChangeMail
from bot.adapters.changes import ChangesInStore
from bot.answers.answers import Answers
from bot.auth.attempts import AttemptLimits, Tally
from bot.auth.sessions import SessionLimits
from bot.catalog.load import load_catalog
from bot.clock import Clock
from bot.config.logs import make_discreet
from bot.config.settings import Settings
from bot.contracts.background import Background
from bot.dialogue.dispatch import actions_of_rules
from bot.dialogue.engine import Dialogue
from bot.dialogue.handlers import HANDLERS
from bot.dialogue.ports import Services
from bot.dialogue.tasks import all_tasks
from bot.rasa_adapter.model_files import ROOT, ensure_model
from bot.store import Store
from bot.store.decision_log import keep_policy

if TYPE_CHECKING:
    from aiohttp import web

    from bot.contracts.demo import DemoPages
    from bot.conversation.service import Assistant
    from bot.rasa_adapter.stored_turns import StoredTurns


@dataclass(frozen=True, slots=True)
class Parts:
    """What every way of running needs; no model and no Rasa yet."""

    settings: Settings
    clock: Clock
    store: Store
    services: Services
    dialogue: Dialogue
    tally: Tally
    """What came of signing in, for the figures."""


def build_parts(settings: Settings, clock: Clock | None = None, root: Path = ROOT) -> Parts:
    """Knowledge, store and dialogue. Migrates the database. Raises KnowledgeError, StoreUnavailable."""
    clock = clock or Clock(settings.as_of)
    catalog = load_catalog(root / "knowledge")
    store = Store(settings.database_url, audit_key=settings.audit_key)
    store.migrate()
    keep_policy(store, catalog, clock.real())
    answers, tally = Answers(catalog), Tally()
    services = Services(
        catalog=catalog,
        answers=answers,
        clock=clock,
        people=PeopleInStore(store, clock),
        sign_in=CodesByMail(store, clock, answers, attempt_limits(settings), tally),
        changes=ChangesInStore(store, catalog, clock, ChangeMail(answers, mail_sender(settings))),
        hours=settings.person_hours,
    )
    return Parts(settings, clock, store, services, build_dialogue(actions_of_rules(root)), tally)


def attempt_limits(settings: Settings) -> AttemptLimits:
    """How often strangers may try to sign in."""
    return AttemptLimits(settings.sign_in_address, settings.sign_in_network, settings.sign_in_overall)


def session_limits(settings: Settings) -> SessionLimits:
    """How long it holds who is in a conversation."""
    minutes = (
        settings.session_idle,
        settings.session_longest,
        settings.agent_session_idle,
        settings.agent_session_longest,
    )
    return SessionLimits(*(timedelta(minutes=each) for each in minutes))


def mail_sender(settings: Settings) -> MailSender:
    """Who writes the mails, and the domain in their names."""
    return MailSender.of(settings.mail_from, settings.mail_domain)


def build_dialogue(actions: Mapping[str, str]) -> Dialogue:
    """The dialogue; `actions` is Rasa's table of which action answers which family of labels."""
    return Dialogue(all_tasks(), HANDLERS, actions)


def build_assistant(parts: Parts, model: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> Assistant:
    """The whole assistant with the trained model in this process; trains where no model fits the data."""
    from bot.conversation.service import Assistant
    from bot.rasa_adapter.model import ModelRunner

    parser = ModelRunner.load(model or parts.settings.model or ensure_model(tell=tell))
    dialogue, sessions = build_dialogue(parser.actions), session_limits(parts.settings)
    return Assistant(parts.store, parts.services, dialogue, parser, sessions)


def phone_doors(parts: Parts) -> Callable[[web.Application], None]:
    """The doors for callers: Twilio and AudioCodes."""
    from bot.adapters.calls import CallsInStore, line_words, words_to_expect
    from bot.gateway.channels.phone_ivr import phone_channel

    lines, words = line_words(parts.services.answers), words_to_expect(parts.services.catalog, parts.store)
    return phone_channel(CallsInStore(parts.store), lines, words)


def agent_doors(parts: Parts, assistant: Assistant) -> Callable[[web.Application], None]:
    """The console of the support agents."""
    from bot.console.accounts import Accounts
    from bot.gateway.channels.agent_console import agent_console, build_console

    demo = parts.settings.demo and not parts.settings.production
    accounts = Accounts(parts.store, parts.clock, attempt_limits(parts.settings), parts.tally)
    console = build_console(
        assistant, parts.store, parts.services, parts.dialogue, parts.clock, demo=demo, accounts=accounts
    )
    return agent_console(console)


def background_of(parts: Parts) -> Background:
    """What runs beside the requests: the sender of mails; nothing where no mail server is set."""
    if parts.settings.smtp_url is None:
        return Background()
    from bot.adapters.outbox_sender import MailServer, Sender, outbox_sender

    server = MailServer.of(parts.settings.smtp_url)
    twice = parts.services.answers.phrase("mail_maybe_twice").text
    sender = Sender(parts.store, parts.clock, server.deliver, sender=mail_sender(parts.settings), twice=twice)
    return Background(outbox_sender(sender))


def demo_pages(parts: Parts) -> DemoPages:
    """The people and mails that the demo shows."""
    from bot.adapters.demo_pages import DemoInStore

    return DemoInStore(parts.store)


def stored_turns() -> StoredTurns:
    """For `rasa run actions`: conversations are found by Rasa's sender id; nobody is signed in by a token."""
    import os

    from bot.rasa_adapter.stored_turns import StoredTurns

    make_discreet()
    parts = build_parts(Settings.from_environment(os.environ))
    return StoredTurns(parts.store, parts.services, parts.dialogue)
