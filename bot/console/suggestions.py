"""Replies suggested to an agent: what the assistant itself would say, for the best readings of a message.

A reading about the account is answered by the rules on the person's own records, so a suggestion can never promise what
a rule refuses: the general text of a topic is not suggested where a decision about the person stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4

from bot.answers.answer import Answer
from bot.answers.sources import source_to_json
from bot.console.conversation_view import agent_turn
from bot.console.errors import conflict, not_found
from bot.dialogue.engine import Dialogue
from bot.dialogue.ports import Services
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.split_requests import HAND_OVERS
from bot.dialogue.understanding.user_act import UserAct
from bot.nlu.legible import legible
from bot.rules.codec import decision_to_json
from bot.store import Store
from bot.store.console_values import Agent, Suggestion
from bot.store.values import Conversation, Json, StoredMessage

MOST = 3
LEAST_CONFIDENCE = 0.05
LOW = 0.5
"""Below this a suggestion carries a hint that it may miss the point."""
NOT_SUGGESTED = {*HAND_OVERS, "out_of_scope", "inform", "affirm", "deny", "stop", "repeat", "sign_in", "explain"}
STATES = ("inserted", "edited", "sent", "rejected")


class Parser(Protocol):
    """Reads words with the trained model."""

    @property
    def model_name(self) -> str:
        """The name of the model."""
        ...

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What the words mean, as Rasa gives it."""
        ...


class Suggestions:
    """Makes, keeps and marks suggestions."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue, parser: Parser) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue
        self._parser = parser

    def message(self, conversation: Conversation, seq: int | None) -> StoredMessage | None:
        """The message to answer: that one, else the candidate's last. Raises ConsoleError for another's."""
        with self._store.unit_of_work(write=False) as uow:
            messages = uow.conversations.messages_after(conversation.id)
        mine = [m for m in messages if m.author == "candidate"]
        if seq is None:
            return mine[-1] if mine else None
        found = next((m for m in mine if m.seq == seq), None)
        if found is None:
            raise not_found("error_no_message_of_person")
        return found

    def kept(self, conversation: Conversation, seq: int) -> list[Json]:
        """What was suggested for a message before."""
        with self._store.unit_of_work(write=False) as uow:
            return [as_json(each) for each in uow.console.suggested(conversation.id, seq)]

    def read(self, turn: TurnContext, text: str) -> dict[str, Any]:
        """What the message means, with the readings that come close."""
        text = legible(text)
        parsed = self._parser.parse(text, {"as_of": turn.now.isoformat(), "time_zone": turn.zone.key})
        return parsed | {"text": text}

    def turn(self, agent: Agent, conversation: Conversation) -> TurnContext:
        """A turn to try answers in; it can change nothing."""
        return agent_turn(replace(self._services, changes=None), agent, conversation.id, conversation.person)

    def make(
        self, agent: Agent, conversation: Conversation, message: StoredMessage, parsed: Mapping[str, Any]
    ) -> list[Json]:
        """Up to three replies for the message, kept as shown."""
        now = self._services.clock.real()
        found: list[Suggestion] = []
        texts: set[str] = set()
        for label, confidence in self._readings(parsed):
            answer = self._answer(agent, conversation, parsed, label)
            if answer is None or answer.text in texts:
                continue
            texts.add(answer.text)
            kind = _kind(answer, label, known=conversation.person is not None)
            body: Json = {
                "text": answer.text,
                "sources": [source_to_json(source) for source in answer.sources],
                "decisions": [decision_to_json(decision) for decision in answer.decisions],
            }
            found.append(
                Suggestion(
                    uuid4().hex, conversation.id, message.seq, agent.id, kind, label, round(confidence, 4), body,
                    "shown", None, now, now,
                )
            )  # fmt: skip
            if len(found) == MOST:
                break
        with self._store.unit_of_work() as uow:
            uow.console.suggest(found)
            uow.commit()
        return [as_json(each) for each in found]

    def mark(self, conversation: Conversation, suggestion_id: str, state: str, reason: str | None) -> Suggestion:
        """What became of a suggestion. Raises ConsoleError."""
        with self._store.unit_of_work() as uow:
            found = uow.console.suggestion(suggestion_id)
            if found is None or found.conversation_id != conversation.id:
                raise not_found("error_no_suggestion")
            if not uow.console.mark(suggestion_id, state, at=self._services.clock.real(), reason=reason):
                raise conflict("settled", "error_settled")
            uow.commit()
        return replace(found, state=state, reason=reason)

    # --- inside -----------------------------------------------------------------------------------

    def _readings(self, parsed: Mapping[str, Any]) -> list[tuple[str, float]]:
        act = UserAct.of_parsed(parsed)
        ranking = list(act.ranking) or [(act.label, act.confidence)]
        known = self._services.catalog.topics
        return [
            (label, sure)
            for label, sure in ranking
            if label in known and label not in NOT_SUGGESTED and sure >= LEAST_CONFIDENCE
        ][: MOST + 2]

    def _answer(self, agent: Agent, conversation: Conversation, parsed: Mapping[str, Any], label: str) -> Answer | None:
        turn = self.turn(agent, conversation)
        if turn.person is None and label.startswith("account/"):
            return self._services.answers.entry(label, turn.today) if label in self._services.catalog.entries else None
        act = UserAct.of_parsed(parsed).relabelled(label)
        answer = self._dialogue.step(turn, act, turn.state).answer
        return answer if answer.text else None


def _kind(answer: Answer, label: str, *, known: bool) -> str:
    """Where a reply comes from: decided by the rules, published, or only said (a question back, small talk)."""
    if answer.decisions:
        return "decision"
    family = label.partition("/")[0]
    return "faq" if family == "faq" or (family == "account" and not known) else "conversation"


def as_json(suggestion: Suggestion) -> Json:
    """A suggestion for the console."""
    return {
        "id": suggestion.id,
        "seq": suggestion.seq,
        "kind": suggestion.kind,
        "label": suggestion.label,
        "confidence": suggestion.confidence,
        "low": suggestion.confidence < LOW,
        "state": suggestion.state,
        **suggestion.body,
    }
