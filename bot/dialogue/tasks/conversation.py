"""Tasks that belong to the conversation itself: asking what was meant, handing over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.answers.format import Said, join
from bot.answers.words import number
from bot.changes.kinds import CANCEL_APPOINTMENT, CANCEL_TEST, KINDS
from bot.contracts.changes import Proposal
from bot.dialogue.choices import choice_of, yes_or_no
from bot.dialogue.memories import ClarifyMemory, HumanAgentMemory, ReadBackMemory, UnfinishedMemory
from bot.dialogue.outcome import HandOver, Reply, Step
from bot.dialogue.state import Choice, Expect, Memory, Question
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import LeftOpen


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
        known, reply, topic = cast(UnfinishedMemory, memory), Reply(turn), unfinished_elsewhere(turn)
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


def unfinished_elsewhere(turn: TurnContext) -> LeftOpen | None:
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


_CANCELLING = {CANCEL_APPOINTMENT.label, CANCEL_TEST.label}


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

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """ "I mean the A7": which test it is about; which of the readings is still to be chosen."""
        known = cast(ClarifyMemory, memory)
        cancelling = all(reading in _CANCELLING for reading in known.readings)
        if cancelling and not act.tests and act.cancels_what is not None and not act.is_question:
            return self.advance(turn, known.having(topic=act.cancels_what))
        if cancelling and (act.asks or act.label == "out_of_scope") and not act.tests and not act.is_topic_apart:
            reply = Reply(turn)
            reply.phrase("cancel_difference")
            return reply.then(self.advance(turn, known))
        if not (act.is_bare and act.tests) or not all(reading in _CANCELLING for reading in known.readings):
            return None
        return self.advance(turn, known.having(act=act.to_json(), named_since=True))

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Offer the readings; then answer the one that was chosen."""
        known, reply, answers = cast(ClarifyMemory, memory), Reply(turn), turn.services.answers
        if known.topic is not None:
            return reply.read_again(UserAct.from_json(known.act).chosen_as(known.topic))
        titles = [answers.title(reading) for reading in known.readings]
        if all(reading in _CANCELLING for reading in known.readings):
            named = UserAct.from_json(known.act).tests if known.named_since else ()
            reply.phrase("ask_cancel_what_of" if named else "ask_cancel_what", **({"test": named[0]} if named else {}))
        else:
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
        return self._hand_over(reply, known)

    @staticmethod
    def _hand_over(reply: Reply, known: HumanAgentMemory) -> Step:
        """Into the line; with nobody there, a call-back for a caller, who will not be on the line any more."""
        turn, back, reason = reply.turn, reply.turn.people_back, known.reason
        if back is None:
            reply.phrase("queued")
            if turn.channel != "phone":
                reply.phrase("call_instead")
            reply.effect(HandOver(reason))
            return reply.done()
        if turn.channel != "phone":
            reply.phrase("out_of_hours", opens_at=back)
            reply.phrase("call_instead")
            reply.effect(HandOver(reason))
            return reply.done()
        on_file = turn.person.candidate.phone if turn.person is not None else None
        phone = on_file or turn.standing.caller
        reply.phrase("out_of_hours_call", opens_at=back)
        if phone is None:
            reply.phrase("ask_call_back_number")
            reply.effect(HandOver(reason))
            return reply.done()
        reply.phrase("call_back_noted", ending=last_figures(phone))
        wanted = {"because": reason, "phone": phone, "not_before": back.isoformat()}
        reply.effect(HandOver("call_back", {"call_back": wanted}))
        reply.phrase("meanwhile_here")
        return reply.done()


def last_figures(phone: str) -> Said:
    """The last four figures of a number, as it is told without telling all of it."""
    digits = [each for each in phone if each.isdigit()][-4:]
    return Said("".join(digits), " ".join(number(int(each)) for each in digits))
