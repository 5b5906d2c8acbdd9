"""Before a change that could be used to take over an account: one more one-time code, although somebody is signed in.

The code goes to the address on file. It is asked for within the task that needs it, before the preview, so that the
last thing said before the change is still a plain yes.
"""

from __future__ import annotations

from bot.dialogue.state import Expect, TaskMemory
from bot.dialogue.turn_context import Desk


def stepped_up(desk: Desk, memory: TaskMemory) -> bool:
    """Whether it was shown just now who is there. If not, a code is sent or asked for, or the task is at its end."""
    ase_id = desk.visitor.subject_id
    if ase_id is None or desk.visitor.is_agent:
        return True
    expired = False
    entered = memory.slots.pop("code", None)
    if entered is not None:
        said = _check(desk, ase_id, str(entered))
        if said == "locked":
            return _locked(desk, memory)
        if said in {"wrong", "malformed"}:
            desk.phrase("code_wrong")
            return _ask(desk, memory)
        expired = said == "expired"
    if desk.services.sign_in.proven(ase_id, desk.visitor.conversation_id):
        memory.forget("code_sent")
        return True
    if memory.slots.get("code_sent") and not expired:
        desk.phrase("step_up_code_again")
        return _ask(desk, memory)
    return _send(desk, memory, ase_id, again=expired)


def _check(desk: Desk, ase_id: str, entered: str) -> str:
    """What came of a code; one for somebody else is as good as wrong."""
    talk = desk.visitor.conversation_id
    said, who = desk.once(f"check {entered}", lambda: desk.services.sign_in.check(talk, entered))
    return "wrong" if said == "accepted" and who != ase_id else said


def _send(desk: Desk, memory: TaskMemory, ase_id: str, *, again: bool) -> bool:
    if desk.person is None or desk.person.candidate.email is None:
        desk.phrase("step_up_no_email")
        desk.offer_person("needs_person")
        return False
    talk = desk.visitor.conversation_id
    said = desk.once(f"code for {ase_id}", lambda: desk.services.sign_in.request(ase_id, talk))
    if said != "sent":
        return _locked(desk, memory)
    memory.slots["code_sent"] = True
    desk.phrase("step_up_new_code" if again else "step_up_needed")
    desk.phrase("step_up_sent")
    return _ask(desk, memory)


def _ask(desk: Desk, memory: TaskMemory) -> bool:
    asked = list(memory.asked)
    desk.ask(memory, "code", Expect.CODE)
    memory.asked = asked  # going back goes to what was asked before, not to the code
    return False


def _locked(desk: Desk, memory: TaskMemory) -> bool:
    memory.forget("code_sent")
    desk.phrase("step_up_locked")
    return False
