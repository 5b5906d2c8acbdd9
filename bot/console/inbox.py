"""Whose conversation it is: waiting, taken over, handed back, passed on, closed. One owner at a time.

Every step compares the owner it was meant for with the one stored, in the transaction that stores it; of two agents
one wins and the other is told who. A turn that the assistant is answering meanwhile is not stored (the version has
moved on): it is served again and finds a person in charge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bot.answers.answer import joined
from bot.answers.answers import Answers
from bot.answers.format import Said as Words
from bot.clock import Clock
from bot.console.errors import ConsoleError, conflict, forbidden, invalid, not_found
from bot.conversation.messages import Draft, stored_lines
from bot.dialogue.engine import Dialogue
from bot.dialogue.outcome import Reply
from bot.dialogue.ports import Services
from bot.dialogue.state import ConversationState, read_state
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.values import Visitor
from bot.nlu.values import read_test_codes
from bot.rules.policy import TIME_ZONE
from bot.rules.time import day_at, zone
from bot.store import ConcurrentTurn, Store, UnitOfWork
from bot.store.console_values import Agent, Listed, Outcome
from bot.store.values import AuditEvent, Conversation, Json, Mail, StoredMessage, TurnRecord

SHOWN_FOR = timedelta(days=30)
"""How long a conversation that nobody waits in stays in the list."""
MAX_NOTE = 2_000
GONE_AFTER = timedelta(minutes=10)
"""Who has not written for so long is not there any more, as far as we know."""
TRIES = 5
OUTCOMES: tuple[Outcome, ...] = ("solved", "unsolved", "follow_up", "no_answer")
_MARKUP = re.compile(r"\*\*|^- ", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@dataclass(frozen=True, slots=True)
class Step:
    """Something was stored in a conversation; `before` is the number of its last message until then."""

    conversation_id: str
    before: int


class Inbox:
    """The agents' way into conversations."""

    def __init__(self, store: Store, services: Services, dialogue: Dialogue, clock: Clock) -> None:
        self._store = store
        self._services = services
        self._dialogue = dialogue
        self._clock = clock

    # --- looking ----------------------------------------------------------------------------------

    def listed(self, agent: Agent) -> list[Json]:
        """Every conversation there is to see, those that wait first; people are masked until opened."""
        with self._store.unit_of_work(write=False) as uow:
            found = uow.console.listed(since=self._clock.now() - SHOWN_FOR)
            opened = uow.console.opened(agent.id)
            names = {other.id: other.display_name for other in uow.agents.all()}
        return [self._line(each, each.id in opened, names) for each in found]

    def _line(self, each: Listed, opened: bool, names: dict[str, str]) -> Json:
        topics = self._services.catalog.topics
        state = read_state(each.state or {}, self._dialogue.memories)
        label = self._label(state)
        return {
            "id": each.id,
            "channel": each.channel,
            "owner": each.owner,
            "owner_agent": each.owner_agent,
            "owner_name": names.get(each.owner_agent or ""),
            "person": self._person(each.person, each.name, opened),
            "opened": opened,
            "topic": topics[label].title if label in topics else None,
            "reason": self._reason(each.reason),
            "requested_at": each.requested_at.isoformat() if each.requested_at else None,
            "created_at": each.created_at.isoformat(),
            "last_active_at": each.last_active_at.isoformat(),
            "last_author": each.last_author,
            "last_seq": each.last_seq,
            "ended": each.ended_at is not None,
        }

    def _label(self, state: ConversationState) -> str:
        if state.task is not None:
            return self._dialogue.tasks[state.task.name].label
        return state.last_topic or ""

    def _reason(self, reason: str | None) -> str | None:
        if reason is None:
            return None
        topic, words = self._services.catalog.topics.get(reason), f"request_{reason}"
        if topic is not None:
            return topic.title
        known = words in self._services.catalog.phrases
        return self._services.answers.said(words).web if known else reason.replace("_", " ")

    def _person(self, ase_id: str | None, name: str | None, opened: bool) -> Json | None:
        if ase_id is None:
            return None
        if opened:
            return {"ase_id": ase_id, "name": name or ase_id, "masked": False}
        return masked(ase_id, name, self._services.answers)

    def open(self, agent: Agent, conversation_id: str) -> None:
        """From now on the agent sees who it is. The first time is written into the audit."""
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id)
            if uow.console.open(agent.id, conversation_id, at=self._clock.real()):
                uow.audit.append(
                    self._event(agent, conversation, "conversation.opened", after={"owner": conversation.owner})
                )
            uow.commit()

    def must_be_open(self, agent: Agent, conversation_id: str) -> Conversation:
        """The conversation, once the agent has opened it. Raises ConsoleError."""
        with self._store.unit_of_work(write=False) as uow:
            conversation = self._known(uow, conversation_id)
            if conversation_id not in uow.console.opened(agent.id):
                raise forbidden("error_not_opened", "not_opened")
        return conversation

    def must_be_mine(self, agent: Agent, conversation_id: str) -> Conversation:
        """The conversation, if it is this agent's. Raises ConsoleError."""
        conversation = self.must_be_open(agent, conversation_id)
        self._check_mine(agent, conversation)
        return conversation

    # --- whose it is --------------------------------------------------------------------------------

    def take(self, agent: Agent, conversation_id: str, *, seen_owner: str, seen_agent: str | None = None) -> Step:
        """Take a conversation over from whom it was seen with. Raises ConsoleError (conflict) for the slower one."""
        real = self._clock.real()
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id, lock=True)
            if conversation.ended_at is not None:
                raise conflict("ended", "error_ended")
            if (conversation.owner, conversation.owner_agent) != (seen_owner, seen_agent):
                raise self._quicker(uow, conversation)
            if conversation.owner == "agent" and conversation.owner_agent != agent.id and agent.role != "lead":
                raise forbidden("error_take_from_colleague")
            if conversation.owner_agent == agent.id:
                raise conflict("yours", "error_yours")
            was = (conversation.owner, conversation.owner_agent)
            if not uow.console.pass_on(conversation_id, was=was, now=("agent", agent.id)):
                raise self._quicker(uow, conversation)
            if conversation.owner == "agent":
                uow.console.finish(conversation_id, how="transferred", at=real, to=agent.id)
            request = uow.handoffs.request(uuid4().hex, conversation_id, reason="taken_over", summary={}, at=real)
            if request.status == "requested":
                uow.handoffs.accept(request.id, agent.id, at=real)
            waiting = request.requested_at if conversation.owner == "queue" else None
            uow.console.begin(uuid4().hex, conversation_id, agent.id, waiting_since=waiting, at=real)
            if uow.console.open(agent.id, conversation_id, at=real):
                uow.audit.append(
                    self._event(agent, conversation, "conversation.opened", after={"owner": conversation.owner})
                )
            said = [] if conversation.owner == "agent" else [self._phrase(conversation, "agent_joined")]
            self._append(uow, conversation_id, said)
            uow.audit.append(self._event(agent, conversation, "conversation.taken", after={"from": was[0]}))
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    def answer(self, agent: Agent, conversation_id: str, text: str, client_message_id: str) -> Step:
        """A message of the agent; the same `client_message_id` again does nothing twice. Raises ConsoleError."""
        key = f"agent:{hashlib.sha256(client_message_id.encode()).hexdigest()[:32]}"
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id, lock=True)
            done = uow.conversations.turn_by_client_message_id(conversation_id, key)
            if done is not None:
                if done.body_hash != fingerprint:
                    raise conflict("duplicate_mismatch", "error_duplicate_mismatch")
                return Step(conversation_id, conversation.last_seq)
            self._check_mine(agent, conversation)
            self._append(uow, conversation_id, [Draft(text=text, speech=plain(text), author="agent")], key, fingerprint)
            uow.console.answered(conversation_id, at=self._clock.real())
            self._mail_if_gone(uow, conversation, text)
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    def _mail_if_gone(self, uow: UnitOfWork, conversation: Conversation, text: str) -> None:
        """An answer also goes to the e-mail on file of who has not written for a while: nobody is there to read it."""
        ase_id, now = conversation.ase_id or conversation.sealed_for, self._clock.real()
        asked_at = conversation.used_at
        if ase_id is None or asked_at is None or now - asked_at < GONE_AFTER:
            return
        person = uow.records.person(ase_id)
        if person is None or person.candidate.email is None:
            return
        say, policy = self._services.answers.phrase, self._services.catalog.policy
        where = zone(person.candidate.time_zone or str(policy.rows[TIME_ZONE][-1].value))
        subject = say("agent_answer_mail_subject", asked_on=day_at(asked_at, where)).text
        body = say("agent_answer_mail", answer=Words.same(plain(text))).text
        uow.outbox.add(Mail(person.candidate.email, "agent_answer", subject, body, ase_id=ase_id), at=now)

    def tell(self, agent: Agent, conversation_id: str, text: str, key: str) -> Step | None:
        """Something that the person is to be told, whoever has the conversation; by mail where it is over. The same key
        again tells nothing twice. None where nothing was written into the conversation."""
        key = f"agent:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id, lock=True)
            if uow.conversations.turn_by_client_message_id(conversation_id, key) is not None:
                return None
            if conversation.ended_at is not None:
                person = uow.records.person(conversation.person) if conversation.person is not None else None
                if person is not None and person.candidate.email is not None:
                    subject = self._services.answers.phrase("told_mail_subject").text
                    mail = Mail(person.candidate.email, "told", subject, plain(text), ase_id=person.candidate.ase_id)
                    uow.outbox.add(mail, at=self._clock.real())
                    uow.commit()
                return None
            self._append(uow, conversation_id, [Draft(text=text, speech=plain(text), author="agent")], key, key)
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    def hand_back(self, agent: Agent, conversation_id: str, note: str | None = None) -> Step:
        """Back to the assistant, which goes on with what was open and knows what was said."""
        note = _checked_note(note)
        for _ in range(TRIES):
            try:
                return self._hand_back(agent, conversation_id, note)
            except ConcurrentTurn:
                continue
        raise conflict("busy", "error_busy")

    def _hand_back(self, agent: Agent, conversation_id: str, note: str | None) -> Step:
        with self._store.unit_of_work(write=False) as uow:
            conversation = self._known(uow, conversation_id)
            self._check_mine(agent, conversation)
            everything = uow.conversations.messages_after(conversation_id)
        turn, human = self._turn(conversation), [m for m in everything if m.seq > _joined_at(everything)]
        learnt = self._learnt(turn.state, [(m.author, m.text, m.payload) for m in human])
        reply = Reply(turn)
        reply.phrase("agent_left")
        outcome = self._dialogue.take_up(turn, learnt)
        answer = joined(s.answer for s in (*reply.done().statements, *outcome.statements))
        said = Draft.of_answer(answer, _choices(outcome.state))
        state = outcome.state.model_copy(update={"said": {"text": said.text, "speech": said.speech}})
        with self._store.unit_of_work() as uow:
            now = self._known(uow, conversation_id, lock=True)
            if now.version != conversation.version:
                raise ConcurrentTurn
            if not uow.console.pass_on(conversation_id, was=("agent", agent.id), now=("assistant", None)):
                raise self._quicker(uow, now)
            self._append(uow, conversation_id, [said], state=state)
            self._over(uow, conversation_id, how="handed_back", note=note)
            uow.audit.append(self._event(agent, conversation, "conversation.handed_back"))
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    def transfer(self, agent: Agent, conversation_id: str, to: str | None, note: str | None = None) -> Step:
        """On to a colleague, or (None) back into the line. Raises ConsoleError."""
        note, real = _checked_note(note), self._clock.real()
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id, lock=True)
            self._check_mine(agent, conversation)
            other = uow.agents.get(to) if to is not None else None
            if to is not None and (other is None or other.disabled_at or other.role not in ("agent", "lead")):
                raise invalid("to", "There is no such colleague.")
            if to == agent.id:
                raise invalid("to", "It is yours already.")
            target = ("agent", to) if to is not None else ("queue", None)
            if not uow.console.pass_on(conversation_id, was=("agent", agent.id), now=target):  # type: ignore[arg-type]
                raise self._quicker(uow, conversation)
            self._over(uow, conversation_id, how="transferred", note=note, to=to or "queue")
            request = uow.handoffs.request(
                uuid4().hex, conversation_id, reason="transferred", summary={"note": note}, at=real
            )
            if to is not None:
                uow.handoffs.accept(request.id, to, at=real)
                uow.console.begin(uuid4().hex, conversation_id, to, waiting_since=None, at=real)
            self._append(uow, conversation_id, [])
            uow.audit.append(self._event(agent, conversation, "conversation.transferred", after={"to": to or "queue"}))
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    def close(self, agent: Agent, conversation_id: str, outcome: str, note: str | None = None) -> Step:
        """It is dealt with; the conversation is over. Raises ConsoleError."""
        if outcome not in OUTCOMES:
            raise invalid("outcome", f"Must be one of {', '.join(OUTCOMES)}.")
        note = _checked_note(note)
        with self._store.unit_of_work() as uow:
            conversation = self._known(uow, conversation_id, lock=True)
            self._check_mine(agent, conversation)
            if not uow.console.pass_on(conversation_id, was=("agent", agent.id), now=("assistant", None)):
                raise self._quicker(uow, conversation)
            self._append(uow, conversation_id, [])
            self._over(uow, conversation_id, how="closed", note=note, outcome=outcome)
            uow.conversations.end(conversation_id, at=self._clock.now())
            uow.seats.release_of(conversation_id)
            uow.audit.append(self._event(agent, conversation, "conversation.closed", after={"outcome": outcome}))
            uow.commit()
        return Step(conversation_id, conversation.last_seq)

    # --- inside ---------------------------------------------------------------------------------------

    def _over(
        self,
        uow: UnitOfWork,
        conversation_id: str,
        *,
        how: str,
        note: str | None,
        outcome: str | None = None,
        to: str | None = None,
    ) -> None:
        real = self._clock.real()
        uow.console.finish(conversation_id, how=how, at=real, note=note, outcome=outcome, to=to)
        request = uow.handoffs.open_of(conversation_id)
        if request is not None:
            uow.handoffs.close(request.id, at=real)

    def _append(
        self,
        uow: UnitOfWork,
        conversation_id: str,
        said: Iterable[Draft],
        key: str | None = None,
        fingerprint: str = "",
        state: ConversationState | None = None,
    ) -> None:
        now = self._clock.now()
        conversation = self._known(uow, conversation_id)
        number = conversation.last_turn + 1
        kept = state.model_dump(mode="json") if state is not None else conversation.state
        uow.conversations.save_state(conversation_id, conversation.version, kept, at=now, turn=number)
        uow.conversations.append(conversation_id, number, stored_lines(said, now))
        if key is not None:
            uow.conversations.record_turn(TurnRecord(conversation_id, number, key, fingerprint, now, now))

    def _learnt(self, state: ConversationState, spoken: list[tuple[str, str, Json]]) -> ConversationState:
        """What was said among people, for "it", "why?" and the topic in hand."""
        learnt: dict[str, Any] = {}
        for author, text, payload in spoken:
            name = ((payload.get("intent") or {}) if author == "candidate" else {}).get("name", "")
            if str(name).startswith(("account/", "faq/")):
                learnt["last_topic"] = str(name)
            codes = read_test_codes(text)
            if codes:
                learnt["last_tests"] = list(codes)
        return state.model_copy(update=learnt)

    def _phrase(self, conversation: Conversation, key: str) -> Draft:
        reply = Reply(self._turn(conversation))
        reply.phrase(key)
        return Draft.of_answer(joined(reply.said))

    def _turn(self, conversation: Conversation) -> TurnContext:
        visitor = Visitor(
            conversation.id, conversation.channel, signed_in_as=conversation.ase_id, about=conversation.about
        )
        state = read_state(conversation.state, self._dialogue.memories)
        return TurnContext.begin(self._services, visitor).seeing(state)

    def _known(self, uow: UnitOfWork, conversation_id: str, *, lock: bool = False) -> Conversation:
        conversation = uow.conversations.get(conversation_id, lock=lock)
        if conversation is None or conversation.channel == "agent":
            raise not_found("error_no_conversation")
        return conversation

    def _check_mine(self, agent: Agent, conversation: Conversation) -> None:
        if conversation.ended_at is not None:
            raise conflict("ended", "error_ended")
        if conversation.owner != "agent" or conversation.owner_agent != agent.id:
            raise conflict("not_yours", "error_not_yours")

    def _quicker(self, uow: UnitOfWork, conversation: Conversation) -> ConsoleError:
        other = uow.agents.get(conversation.owner_agent) if conversation.owner_agent else None
        if other is not None:
            return conflict("owner_changed", "error_quicker_agent", name=Words.same(other.display_name))
        where = {"assistant": "error_quicker_assistant", "queue": "error_quicker_queue"}
        return conflict("owner_changed", where.get(conversation.owner, "error_quicker_other"))

    def _event(
        self, agent: Agent, conversation: Conversation, action: str, after: dict[str, Any] | None = None
    ) -> AuditEvent:
        return AuditEvent(
            at=self._clock.now(),
            actor_kind="agent",
            actor_id=agent.id,
            channel="agent",
            action=action,
            subject=conversation.person,
            conversation_id=conversation.id,
            after=after,
        )


def _joined_at(messages: Sequence[StoredMessage]) -> int:
    """The number of the assistant's last message: what comes later was said among people."""
    return max((m.seq for m in messages if m.author == "assistant"), default=0)


def plain(text: str) -> str:
    """Words for the ear: without the marks of the written form."""
    return " ".join(_LINK.sub(r"\1", _MARKUP.sub("", text)).split())


def masked(ase_id: str, name: str | None, answers: Answers) -> Json:
    """As much of a person as is seen before they are opened."""
    initials = " ".join(f"{word[0]}." for word in (name or "").split())
    initials = initials or answers.said("person_without_name").web
    return {"ase_id": f"ASE-····-··{ase_id[-2:]}", "name": initials, "masked": True}


def _choices(state: ConversationState) -> list[dict[str, str]]:
    question = state.question
    return [{"id": c.id, "title": c.title} for c in question.choices] if question else []


def _checked_note(note: str | None) -> str | None:
    note = (note or "").strip()
    if len(note) > MAX_NOTE:
        raise invalid("note", f"A note has at most {MAX_NOTE} characters.")
    return note or None
