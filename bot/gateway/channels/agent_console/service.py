"""The console's services, put together."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from bot.clock import Clock
from bot.console.accounts import Accounts
from bot.console.agent_queries import Masters
from bot.console.candidate_lookup import PeopleLookUp
from bot.console.conversation_view import ConversationView
from bot.console.demo import make_demo_agents
from bot.console.exceptions import Exceptions
from bot.console.inbox import Inbox
from bot.console.on_behalf import OnBehalf
from bot.console.review_queue import ReviewQueue
from bot.console.search import KnowledgeSearch
from bot.console.suggestions import Parser, Suggestions
from bot.contracts.conversation import Messages
from bot.dialogue.engine import Dialogue
from bot.dialogue.ports import Services
from bot.rasa_adapter.model_files import ROOT
from bot.store import Store


class Conversations(Protocol):
    """What the console needs of the assistant: conversations as they are stored, and what reads messages."""

    @property
    def parser(self) -> Parser:
        """What reads messages."""
        ...

    async def everything_after(self, conversation_id: str, seq: int) -> Messages:
        """All messages later than `seq` (0: all of them). Raises ConversationNotFound."""
        ...

    async def announce(self, conversation_id: str, after: int) -> None:
        """An agent stored something: tell those who listen what came after `after`."""
        ...

    def watch(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set whenever anything happens in any conversation of this process."""
        ...


@dataclass(frozen=True, slots=True)
class Console:
    """Everything the handlers need."""

    assistant: Conversations
    store: Store
    services: Services
    clock: Clock
    accounts: Accounts
    inbox: Inbox
    conversation_view: ConversationView
    on_behalf: OnBehalf
    exceptions: Exceptions
    suggestions: Suggestions
    review_queue: ReviewQueue
    masters: Masters
    people: PeopleLookUp
    demo: bool
    searches: dict[date, KnowledgeSearch] = field(default_factory=dict)

    def search(self) -> KnowledgeSearch:
        """The search over what holds today."""
        today = self.clock.now().date()
        found = self.searches.get(today)
        if found is None:
            found = KnowledgeSearch(self.services.catalog, self.services.answers, today)
            self.searches.clear()
            self.searches[today] = found
        return found


def build_console(
    assistant: Conversations,
    store: Store,
    services: Services,
    dialogue: Dialogue,
    clock: Clock,
    *,
    demo: bool = False,
    root: Path = ROOT,
    accounts: Accounts | None = None,
) -> Console:
    """Put the console together; in the demo with an account of each role."""
    accounts = accounts or Accounts(store, clock)
    if demo:
        make_demo_agents(accounts)
    view = ConversationView(store, services, dialogue)
    return Console(
        assistant=assistant,
        store=store,
        services=services,
        clock=clock,
        accounts=accounts,
        inbox=Inbox(store, services, dialogue, clock),
        conversation_view=view,
        on_behalf=OnBehalf(store, services, dialogue),
        exceptions=Exceptions(store, services),
        suggestions=Suggestions(store, services, dialogue, assistant.parser),
        review_queue=ReviewQueue(store, clock, services.catalog.topics, root),
        masters=Masters(store, services),
        people=PeopleLookUp(store, services, view),
        demo=demo,
    )
