"""What is said about the conversation itself: the wait for a person, the recording, the voice, the language."""

from __future__ import annotations

from bot.contracts.asking import Aside
from bot.dialogue.outcome import CallBack, LeaveLine, Reply, Speed, Step
from bot.dialogue.state import ConversationState, Expect
from bot.dialogue.tasks.conversation import last_figures
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.asides import ABOUT_THE_ID
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct

IN_LINE = (Aside.LEAVE_QUEUE, Aside.QUEUE_STATUS)
ANYWHERE = (Aside.RECORDING, Aside.CUT_OFF)
BY_PHONE = (Aside.LOUDER, Aside.NORMAL_SPEED)

SURE = 0.6
"""The chance from which on something is taken to be about the conversation wherever it is said."""

_PHRASES = {
    Aside.QUEUE_STATUS: "queue_status",
    Aside.RECORDING: "recording",
    Aside.CUT_OFF: "cut_off",
    Aside.LOUDER: "louder",
    Aside.ID_WHAT: "sign_in_id_what",
    Aside.ID_WHERE: "sign_in_id_where",
    Aside.ID_FORGOTTEN: "sign_in_id_forgotten",
}


def about_the_line(turn: TurnContext, act: UserAct, state: ConversationState) -> Step | None:
    """The answer to something about the conversation itself, or None where it is about something else."""
    if turn.visitor.is_agent or act.event is not None:
        return None
    reply = Reply(turn)
    if turn.visitor.in_line and _leaves(act):
        reply.effect(LeaveLine())
        reply.phrase("left_queue")
        return reply.done()
    if turn.visitor.in_line and turn.channel == "phone" and act.phone_number is not None and state.question is None:
        reply.effect(CallBack(act.phone_number))
        reply.phrase("call_back_noted", ending=last_figures(act.phone_number))
        reply.phrase("meanwhile_here")
        return reply.done()
    aside = _aside(turn, act, state)
    if aside is None:
        return None
    if aside is Aside.SPANISH:
        reply.phrase("spanish_offer")
        return reply.next("human_agent", reason="spanish", offered=True, soft=True)
    if aside is Aside.NOT_TO_YOU:
        reply.phrase("say_again")
    elif aside is Aside.NORMAL_SPEED:
        reply.effect(Speed(slow=False))
        reply.phrase("normal_speed")
    else:
        reply.phrase(_PHRASES[aside])
    return reply.done(question_repeated=True)


def _leaves(act: UserAct) -> bool:
    """Whether somebody in line wants no person any more."""
    if act.label == "stop" and act.repair not in {Repair.START_OVER, Repair.BACK}:
        return True
    return act.aside(IN_LINE) is Aside.LEAVE_QUEUE and not act.is_topic


def _aside(turn: TurnContext, act: UserAct, state: ConversationState) -> Aside | None:
    if turn.visitor.in_line and not act.is_topic and act.aside(IN_LINE) is Aside.QUEUE_STATUS:
        return Aside.QUEUE_STATUS
    phone = turn.channel == "phone"
    found = act.aside((*ANYWHERE, *(BY_PHONE if phone else ())), SURE)
    if found is not None and not (act.is_topic and act.confidence > SURE):
        return found
    of_the_test = act.refers_back and (bool(state.last_tests) or (state.question and not state.question.optional))
    if act.aside((Aside.SPANISH,), SURE) is not None and not act.tests and not of_the_test:
        return Aside.SPANISH
    if phone and not act.is_topic and act.aside((Aside.NOT_TO_YOU,), SURE) is not None and act.label != "stop":
        return Aside.NOT_TO_YOU
    asked = state.question is not None and state.question.expects in {Expect.ASE_ID, Expect.CODE}
    return act.aside(ABOUT_THE_ID) if act.names_ase_id and not asked and not act.ase_ids else None
