"""Conversations that Rasa runs: kept in the store under Rasa's sender id, answered by the same handlers.

Nobody is signed in by a token there, only by the code sent to the e-mail on file. For trying things out with
`rasa shell`; real people come through `assistant serve`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.adapters.turn_start import visitor_of
from bot.conversation.messages import Draft
from bot.conversation.record import as_stored, offering, remembering, request_person, summary_of
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import HandOver, Outcome, SendMail
from bot.dialogue.ports import Services
from bot.dialogue.state import read_state
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.store import Store
from bot.store.values import Conversation


class StoredTurns:
    """Answers what Rasa hands to an action, and keeps what the conversation has to remember."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue

    def answer(self, sender: str, message: Mapping[str, Any], action: str) -> Draft:
        """What this action answers to Rasa's parsed `message` of a sender; the conversation is stored."""
        kept_as = "rasa-" + hashlib.sha256(sender.encode()).hexdigest()[:24]
        found = self._find(kept_as)
        state = read_state(found.state, self._dialogue.memories)
        turn = TurnContext.begin(self._services, visitor_of(found)).seeing(state)
        act = UserAct.of_parsed(message)
        outcome = self._dialogue.step(turn, act, state, action=action)
        draft = Draft.of_outcome(outcome, self._services.catalog)
        self._keep(found, outcome, draft, act.quote)
        return draft

    def _find(self, kept_as: str) -> Conversation:
        with self._store.unit_of_work() as uow:
            found = uow.conversations.get(kept_as)
            if found is None:
                found = uow.conversations.create(
                    kept_as, channel="web", locale="en-US", token_hash="", at=self._services.clock.now()
                )
                uow.commit()
        return found

    def _keep(self, found: Conversation, outcome: Outcome, draft: Draft, asked: str) -> None:
        turn = outcome.turn
        said = [] if draft.is_empty else [draft]
        state = offering(remembering(outcome.state, outcome.statements, said, turn.now), said)
        with self._store.unit_of_work() as uow:
            uow.conversations.save_state(found.id, found.version, state.model_dump(mode="json"), at=turn.now)
            signed_in = turn.visitor.signed_in_as
            if signed_in is not None and signed_in != found.ase_id:
                uow.conversations.sign_in(found.id, signed_in, at=turn.now, real=turn.real_now)
            wanted = outcome.effect(HandOver)
            if wanted is not None:
                request_person(uow, found.id, wanted, summary_of(turn, state, asked), turn)
            for each in outcome.effects:
                if isinstance(each, SendMail):
                    uow.outbox.add(as_stored(each.mail), at=turn.real_now)
            uow.commit()
