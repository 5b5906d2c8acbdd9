"""Tasks that belong to the conversation itself: signing in, asking what was meant, handing over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.answers.format import Said, join
from bot.answers.words import number
from bot.changes.kinds import KINDS
from bot.contracts.changes import Proposal
from bot.dialogue.choices import choice_of, yes_or_no
from bot.dialogue.memories import ClarifyMemory, HumanAgentMemory, ReadBackMemory, SignInMemory, UnfinishedMemory
from bot.dialogue.outcome import DropOthers, HandOver, Reply, SignedIn, Step
from bot.dialogue.state import Choice, Expect, Memory, Question
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import LeftOpen


@dataclass(frozen=True, slots=True)
class SignIn(PlainTask):
    """ASE ID, then the six digits sent to the e-mail on file. The same words whether or not the ID exists."""

    name: str = "sign_in"
    label: str = "sign_in"

    @property
    def memory(self) -> type[SignInMemory]:
        """The ID and the code."""
        return SignInMemory

    def start(self, turn: TurnContext, act: UserAct) -> SignInMemory:
        """The ASE ID, where one is named."""
        return SignInMemory(ase_id=act.ase_ids[-1] if act.ase_ids else None)

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another ASE ID."""
        known = cast(SignInMemory, memory)
        if not act.ase_ids or act.ase_ids[-1] == known.ase_id:
            return None
        return known.having(ase_id=act.ase_ids[-1], code=None, sent_to=None)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """The ID, the code, and then whoever it is."""
        known, reply = cast(SignInMemory, memory), Reply(turn)
        if turn.visitor.signed_in_as is not None:
            reply.phrase("already_signed_in")
            return reply.done()
        if known.ase_id is None:
            reply.phrase("ask_ase_id")
            return reply.ask(known, "ase_id", Expect.ASE_ID)
        if known.sent_to != known.ase_id:
            return self._send(reply, known, known.ase_id)
        if known.code is None:
            reply.phrase("ask_code_again")
            return reply.ask(known, "code", Expect.CODE)
        return self._check(reply, known.having(code=None), known.code)

    @staticmethod
    def _send(reply: Reply, known: SignInMemory, ase_id: str) -> Step:
        turn = reply.turn
        talk = turn.visitor.conversation_id
        said = turn.once(f"code for {ase_id}", lambda: turn.services.sign_in.request(ase_id, talk))
        if said in {"locked", "too_many"}:
            return _locked(reply)
        reply.phrase("code_sent")
        return reply.ask(known.having(sent_to=ase_id), "code", Expect.CODE)

    @staticmethod
    def _check(reply: Reply, known: SignInMemory, code: str) -> Step:
        turn = reply.turn
        talk, codes = turn.visitor.conversation_id, turn.services.sign_in
        said, ase_id = turn.once(f"check {code}", lambda: codes.check(talk, code))
        if said == "expired" and known.sent_to is not None and codes.proven(known.sent_to, talk):
            said, ase_id = "accepted", known.sent_to  # used in this conversation, in a turn that could not be kept
        if said == "locked":
            return _locked(reply)
        if said != "accepted" or ase_id is None:
            reply.phrase("code_expired" if said == "expired" else "code_wrong")
            return reply.ask(known, "code", Expect.CODE)
        reply.effect(SignedIn(turn.signed_in(ase_id)))
        person = reply.turn.person
        reply.phrase("signed_in", name=person.candidate.name.first if person and person.candidate.name else ase_id)
        if len(turn.state.tasks) == 1 and _unfinished(reply.turn) is not None:
            return reply.first("unfinished", None)
        return reply.done()


def _locked(reply: Reply) -> Step:
    """Nothing that waited for the sign-in can go on."""
    reply.effect(DropOthers())
    reply.phrase("code_locked")
    return reply.done()


@dataclass(frozen=True, slots=True)
class Unfinished(PlainTask):
    """Something this person was in the middle of elsewhere: a change that waits for a yes in another conversation is
    shown here, one of a call that broke off begun again, if wanted."""

    name: str = "unfinished"
    label: str = "inform"

    @property
    def memory(self) -> type[UnfinishedMemory]:
        """Whether it is wanted."""
        return UnfinishedMemory

    def start(self, turn: TurnContext, act: UserAct) -> UnfinishedMemory:
        """Nothing to take from the words."""
        return UnfinishedMemory()

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Ask whether to go on with it."""
        known, reply, topic = cast(UnfinishedMemory, memory), Reply(turn), _unfinished(turn)
        if topic is None:
            return reply.done()
        waiting = waiting_elsewhere(turn) is not None
        if known.wanted is None:
            reply.phrase("unfinished_before", task=turn.services.answers.title(f"account/{topic.task}"))
            choices = yes_or_no(turn.services.answers, "choice_go_on")
            return reply.ask(known, "wanted", Expect.YES_NO, choices, optional=True)
        if not known.wanted:
            reply.phrase("left_where_it_is" if waiting else "confirm_declined")
            return reply.done()
        if waiting:
            return reply.next(topic.task, going_on=True)
        return reply.next(topic.task, tests=(topic.test,) if topic.test else None)


def _unfinished(turn: TurnContext) -> LeftOpen | None:
    """What this person was in the middle of elsewhere."""
    waiting = waiting_elsewhere(turn)
    if waiting is not None:
        return LeftOpen(KINDS[waiting.kind].topic, None)
    return turn.standing.left_open if turn.channel == "phone" else None


def waiting_elsewhere(turn: TurnContext) -> Proposal | None:
    """The confirmation that waits for this person's yes in another conversation."""
    waiting = turn.standing.pending
    return waiting if waiting is not None and waiting.conversation_id != turn.visitor.conversation_id else None


@dataclass(frozen=True, slots=True)
class ReadBack(PlainTask):
    """What was heard badly is said back; the engine takes the yes or the no."""

    name: str = "read_back"
    label: str = "inform"

    @property
    def memory(self) -> type[ReadBackMemory]:
        """The words."""
        return ReadBackMemory

    def start(self, turn: TurnContext, act: UserAct) -> ReadBackMemory:
        """The words as they were heard."""
        return ReadBackMemory(act=act.to_json(), said=(act.quote, act.quote))

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Say them back."""
        known, reply = cast(ReadBackMemory, memory), Reply(turn)
        reply.phrase("heard_confirm", heard=Said(*known.said))
        return reply.ask(known, "heard", Expect.YES_NO, yes_or_no(turn.services.answers), optional=True)


@dataclass(frozen=True, slots=True)
class Clarify(PlainTask):
    """Two readings, or none that is sure: ask, at most twice, always with a way to a person."""

    name: str = "clarify"
    label: str = "out_of_scope"

    @property
    def memory(self) -> type[ClarifyMemory]:
        """The readings to choose from, and the words."""
        return ClarifyMemory

    def start(self, turn: TurnContext, act: UserAct) -> ClarifyMemory:
        """The words, to be answered once it is known what they mean."""
        return ClarifyMemory(act=act.to_json())

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Offer the readings; then answer the one that was chosen."""
        known, reply, answers = cast(ClarifyMemory, memory), Reply(turn), turn.services.answers
        if known.topic is not None:
            return reply.read_again(UserAct.from_json(known.act).chosen_as(known.topic))
        titles = [answers.title(reading) for reading in known.readings]
        reply.phrase("ask_which_topic", topics=join(titles))
        choices = [
            Choice(id=reading, title=title.web, spoken=title.voice, value=reading)
            for reading, title in zip(known.readings, titles, strict=True)
        ]
        choices.append(choice_of(answers, "choice_person", id="human_agent", value="human_agent"))
        return reply.ask(known, "topic", Expect.CHOICE, choices, optional=True)


@dataclass(frozen=True, slots=True)
class HumanAgent(PlainTask):
    """To a person: at once when asked for, after one yes when offered."""

    name: str = "human_agent"
    label: str = "human_agent"

    @property
    def memory(self) -> type[HumanAgentMemory]:
        """Why, and whether it is wanted."""
        return HumanAgentMemory

    def start(self, turn: TurnContext, act: UserAct) -> HumanAgentMemory:
        """The reason."""
        return HumanAgentMemory(reason=act.label)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Offer a person, or call one."""
        known, reply = cast(HumanAgentMemory, memory), Reply(turn)
        if known.offered and known.wanted is None:
            reply.phrase("offer_person")
            choices = yes_or_no(turn.services.answers, "choice_person")
            return reply.ask(known, "wanted", Expect.YES_NO, choices, optional=known.soft)
        if known.wanted is False:
            reply.phrase("declined_person")
            return reply.done()
        return self._hand_over(reply, known.reason)

    @staticmethod
    def _hand_over(reply: Reply, reason: str) -> Step:
        """Into the line; with nobody there, a call-back for a caller, who will not be on the line any more."""
        turn, back = reply.turn, reply.turn.people_back
        if back is None:
            reply.phrase("queued")
            reply.effect(HandOver(reason))
            return reply.done()
        reply.phrase("out_of_hours", opens_at=back)
        if turn.channel != "phone":
            reply.effect(HandOver(reason))
            return reply.done()
        phone = turn.person.candidate.phone if turn.person is not None else None
        digits = [c for c in phone or "" if c.isdigit()][-4:]
        ending = Said("".join(digits), " ".join(number(int(d)) for d in digits)) if digits else None
        reply.phrase("call_back_noted", ending=ending)
        wanted = {"because": reason, "phone": phone, "not_before": back.isoformat()}
        reply.effect(HandOver("call_back", {"call_back": wanted}))
        return reply.done()
