"""Before a change that could be used to take over an account: one more one-time code, although somebody is signed in.

The code goes to the address on file. It is asked for within the task that needs it, before the preview, so that the
last thing said before the change is still a plain yes.
"""

from __future__ import annotations

from typing import TypeVar

from bot.dialogue.memories import AddressMemory, UndoMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Expect

M = TypeVar("M", AddressMemory, UndoMemory)


def stepped_up(reply: Reply, memory: M) -> M | Step:
    """What is known once it was shown just now who is there; else the step of asking for a code, or of giving up."""
    turn = reply.turn
    ase_id, talk = turn.visitor.subject_id, turn.visitor.conversation_id
    if ase_id is None or turn.visitor.is_agent:
        return memory
    expired, entered, memory = False, memory.code, memory.having(code=None)
    if entered is not None:
        said = _check(reply, ase_id, entered)
        if said == "locked":
            return _locked(reply)
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


def _check(reply: Reply, ase_id: str, entered: str) -> str:
    """What came of a code; one for somebody else is as good as wrong."""
    turn = reply.turn
    talk = turn.visitor.conversation_id
    said, who = turn.once(f"check {entered}", lambda: turn.services.sign_in.check(talk, entered))
    return "wrong" if said == "accepted" and who != ase_id else said


def _send(reply: Reply, memory: M, ase_id: str, *, again: bool) -> Step:
    turn = reply.turn
    if turn.person is None or turn.person.candidate.email is None:
        reply.phrase("step_up_no_email")
        return reply.next("human_agent", reason="needs_person", offered=True, soft=True)
    talk = turn.visitor.conversation_id
    said = turn.once(f"code for {ase_id}", lambda: turn.services.sign_in.request(ase_id, talk))
    if said != "sent":
        return _locked(reply)
    reply.phrase("step_up_new_code" if again else "step_up_needed")
    reply.phrase("step_up_sent")
    return _ask(reply, memory.having(code_sent=True))


def _ask(reply: Reply, memory: M) -> Step:
    """Going back goes to what was asked before, not to the code."""
    return reply.ask(memory, "code", Expect.CODE, counts=False)


def _locked(reply: Reply) -> Step:
    reply.phrase("step_up_locked")
    return reply.done()
