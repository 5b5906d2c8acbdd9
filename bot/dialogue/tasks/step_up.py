"""Before a change that could be used to take over an account: one more one-time code, although somebody is signed in.

The code goes to the address on file. It is asked for within the task that needs it, before the preview, so that the
last thing said before the change is still a plain yes.
"""

from __future__ import annotations

from typing import TypeVar

from bot.answers.format import Said
from bot.answers.words import number
from bot.contracts.asking import Aside
from bot.dialogue.memories import AddressMemory, UndoMemory
from bot.dialogue.outcome import Patience, Reply, Step
from bot.dialogue.state import Expect, Question
from bot.dialogue.tasks.sign_in import AT_THE_CODE, CODE_DIGITS
from bot.dialogue.understanding.asides import SIGN_IN
from bot.dialogue.understanding.user_act import UserAct

M = TypeVar("M", AddressMemory, UndoMemory)


def stepped_up(reply: Reply, memory: M) -> M | Step:
    """What is known once it was shown just now who is there; else the step of asking for a code, or of giving up."""
    turn = reply.turn
    ase_id, talk = turn.visitor.subject_id, turn.visitor.conversation_id
    if ase_id is None or turn.visitor.is_agent:
        return memory
    digits = memory.partial + (memory.code or "")
    if memory.code is not None and len(memory.code) != CODE_DIGITS and len(digits) < CODE_DIGITS:
        reply.phrase("ask_rest", said=Said(digits, " ".join(number(int(each)) for each in digits)))
        return _ask(reply, memory.having(code=None, partial=digits))
    whole = memory.code if memory.code is None or len(memory.code) == CODE_DIGITS else digits
    expired, entered, memory = False, whole, memory.having(code=None, partial="")
    if entered is not None:
        said = _check(reply, ase_id, entered)
        if said == "locked":
            return _locked(reply, "step_up_locked")
        if said in {"wrong", "malformed"}:
            reply.phrase("code_wrong")
            return _ask(reply, memory)
        expired = said == "expired"
    if turn.services.sign_in.proven(ase_id, talk):
        return memory.having(code_sent=False)
    if memory.code_sent and not expired:
        reply.phrase("step_up_code_again")
        return _ask(reply, memory)
    return _send(reply, memory, ase_id, again=expired)


def aside(reply: Reply, memory: M, act: UserAct, question: Question) -> Step | None:
    """What is said about the code instead of the code: it is sent again, or where it goes is told."""
    turn = reply.turn
    ase_id = turn.visitor.subject_id
    aside = act.aside(SIGN_IN) if question.slot == "code" and not act.answers(question) else None
    if aside is None or ase_id is None:
        return None
    if aside is Aside.CODE_AGAIN:
        return _send(reply, memory, ase_id, again=True, asked=True)
    if aside is Aside.LOOKING:
        reply.phrase("take_your_time")
        reply.effect(Patience())
        return _ask(reply, memory)
    email = turn.person.candidate.email if turn.person is not None else None
    if aside in {Aside.CODE_WHERE, Aside.ID_WHERE} and email is not None:
        reply.phrase("step_up_where", address=_masked(email))
    elif aside in AT_THE_CODE:
        reply.phrase("step_up_why" if aside is Aside.WHY else AT_THE_CODE[aside])
    reply.phrase("ask_code_short")
    return _ask(reply, memory)


def _masked(email: str) -> Said:
    """An address by its first letter and its domain, as only its owner may see it."""
    name, _, domain = email.partition("@")
    return Said(f"{name[:1]}…@{domain}", f"{name[:1].upper()}, and so on, at {domain.replace('.', ' dot ')}")


def _check(reply: Reply, ase_id: str, entered: str) -> str:
    """What came of a code; one for somebody else is as good as wrong."""
    turn = reply.turn
    talk = turn.visitor.conversation_id
    said, who = turn.once(f"check {entered}", lambda: turn.services.sign_in.check(talk, entered))
    return "wrong" if said == "accepted" and who != ase_id else said


def _send(reply: Reply, memory: M, ase_id: str, *, again: bool, asked: bool = False) -> Step:
    turn = reply.turn
    if turn.person is None or turn.person.candidate.email is None:
        reply.phrase("step_up_no_email")
        return reply.next("human_agent", reason="needs_person", offered=True, soft=True)
    talk = turn.visitor.conversation_id
    said = turn.once(f"code for {ase_id}", lambda: turn.services.sign_in.request(ase_id, talk))
    if said == "too_many" and asked:
        reply.phrase("too_many_codes_last")
        return _ask(reply, memory)
    if said != "sent":
        return _locked(reply, "step_up_locked" if said == "locked" else "step_up_too_many")
    if asked:
        reply.phrase("step_up_sent_again")
        return _ask(reply, memory.having(code_sent=True))
    reply.phrase("step_up_new_code" if again else "step_up_needed")
    reply.phrase("step_up_sent")
    return _ask(reply, memory.having(code_sent=True))


def _ask(reply: Reply, memory: M) -> Step:
    """Going back goes to what was asked before, not to the code."""
    return reply.ask(memory, "code", Expect.CODE, counts=False)


def _locked(reply: Reply, phrase: str) -> Step:
    reply.phrase(phrase)
    return reply.done()
