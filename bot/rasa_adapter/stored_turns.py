"""Desks for Rasa's own action server: the conversation is kept in the store under Rasa's sender id.

Nobody is signed in by a token there, only by the code sent to the e-mail on file. For trying things out with
`rasa shell`; real people come through `assistant serve`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from bot.answers.answer import joined
from bot.dialogue.engine import Engine
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import Desk, Services, Visitor
from bot.dialogue.understanding.user_message import heard_from_message
from bot.store import Store
from bot.store.values import Conversation


class StoredDesks:
    """Reads the conversation before an action and stores it after."""

    def __init__(self, store: Store, services: Services, engine: Engine) -> None:
        self._store = store
        self._services = services
        self._engine = engine

    @asynccontextmanager
    async def open(self, conversation_id: str, message: Mapping[str, Any]) -> AsyncIterator[tuple[Engine, Desk]]:
        """The desk of this sender; what was worked out is stored unless the action failed."""
        kept_as = "rasa-" + hashlib.sha256(conversation_id.encode()).hexdigest()[:24]
        found = await asyncio.to_thread(self._find, kept_as)
        visitor = Visitor(found.id, "web", signed_in_as=found.ase_id)
        state = ConversationState.model_validate(found.state)
        desk = Desk(self._services, visitor, state, heard_from_message(message))
        yield self._engine, desk
        desk.remember_decisions()
        if desk.said:
            whole = joined(desk.said)
            state.said = {"text": whole.text, "speech": whole.speech}
        await asyncio.to_thread(self._keep, found, desk)

    def _find(self, kept_as: str) -> Conversation:
        with self._store.unit_of_work() as uow:
            found = uow.conversations.get(kept_as)
            if found is None:
                found = uow.conversations.create(
                    kept_as, channel="web", locale="en-US", token_hash="", at=self._services.clock.now()
                )
                uow.commit()
        return found

    def _keep(self, found: Conversation, desk: Desk) -> None:
        now = self._services.clock.now()
        with self._store.unit_of_work() as uow:
            uow.conversations.save_state(found.id, found.version, desk.state.model_dump(mode="json"), at=now)
            signed_in = desk.visitor.signed_in_as
            if signed_in is not None and signed_in != found.ase_id:
                uow.conversations.sign_in(found.id, signed_in, at=now)
            if desk.handoff is not None:
                uow.conversations.set_owner(found.id, "queue")
                uow.handoffs.request(uuid4().hex, found.id, at=self._services.clock.real(), **desk.handoff)
            uow.commit()
