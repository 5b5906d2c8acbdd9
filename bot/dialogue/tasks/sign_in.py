"""Signing in: an ASE ID, then the six digits sent to the e-mail on file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.answers.format import Said
from bot.answers.words import number
from bot.contracts.asking import Aside
from bot.dialogue.memories import SignInMemory
from bot.dialogue.outcome import DropOthers, Patience, Reply, SignedIn, Step
from bot.dialogue.state import Expect, Memory, Question
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.tasks.conversation import unfinished_elsewhere
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.asides import SIGN_IN
from bot.dialogue.understanding.user_act import UserAct

ID_DIGITS = 8
CODE_DIGITS = 6

SURE_TOPIC = 0.8
LEAST_HERE = 0.2
"""While the ID or the code is asked for, so little is enough for words that are about no other subject."""

REFUSED = {"locked": "code_locked", "too_many": "too_many_codes", "busy": "sign_in_busy"}
"""What is said where signing in is not possible now: wrong codes for that ID, codes asked for that ID, or tries from
there or over all."""

AT_THE_ID = {
    Aside.ID_WHAT: "sign_in_id_what",
    Aside.ID_WHERE: "sign_in_id_where",
    Aside.ID_FORGOTTEN: "sign_in_id_forgotten",
    Aside.WHY: "sign_in_why",
    Aside.SAFE: "sign_in_safe",
    Aside.OTHER_WAY: "sign_in_other_way",
    Aside.MAIL_LOST: "sign_in_mail_lost",
    Aside.CODE_BY_TEXT: "sign_in_only_mail",
    Aside.CODE_AGAIN: "sign_in_id_first",
    Aside.CODE_LATE: "sign_in_id_first",
    Aside.CODE_WHERE: "sign_in_code_where",
    Aside.CODE_SPAM: "sign_in_id_first",
}
"""What is said to an aside while the ASE ID is asked for."""

AT_THE_CODE = {
    Aside.ID_WHAT: "sign_in_code_what",
    Aside.ID_WHERE: "sign_in_code_where",
    Aside.ID_FORGOTTEN: "sign_in_code_late",
    Aside.WHY: "sign_in_why_code",
    Aside.SAFE: "sign_in_safe",
    Aside.OTHER_WAY: "sign_in_other_way",
    Aside.MAIL_LOST: "sign_in_mail_lost",
    Aside.CODE_BY_TEXT: "sign_in_only_mail",
    Aside.CODE_LATE: "sign_in_code_late",
    Aside.CODE_WHERE: "sign_in_code_where",
    Aside.CODE_SPAM: "sign_in_code_spam",
}
"""What is said to an aside while the code is asked for."""


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
        return known.having(ase_id=act.ase_ids[-1], code=None, sent_to=None, partial="")

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """Something about the ID, the code, or signing in itself."""
        known, reply = cast(SignInMemory, memory), Reply(turn)
        aside = None if act.ase_ids or act.answers(question) else _said(act)
        if act.declines_sign_in and not act.is_question:
            reply.effect(DropOthers())
            reply.phrase("sign_in_stopped")
            return reply.done()
        if aside is None:
            return None
        at_code = question.slot == "code"
        if at_code and aside is Aside.CODE_AGAIN and known.ase_id is not None:
            return _send(reply, known, known.ase_id, again=True)
        if not at_code and aside is Aside.ID_FORGOTTEN and "forgotten" in known.asked:
            asking = Question(slot=question.slot, expects=question.expects)
            given = {"reason": "not_understood", "offered": True, "soft": True}
            return reply.first("human_agent", known, question=asking, **given)
        if aside is Aside.LOOKING:
            reply.phrase("take_your_time")
            reply.effect(Patience())
            return reply.ask(known, question.slot, question.expects)
        phrase = (AT_THE_CODE if at_code else AT_THE_ID).get(aside)
        if phrase is not None:
            reply.phrase(phrase)
        reply.phrase("ask_code_short" if at_code else "ask_ase_id_short")
        asked = (*known.asked, "forgotten") if aside is Aside.ID_FORGOTTEN else known.asked
        return reply.ask(known.having(asked=asked), question.slot, question.expects)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """The ID, the code, and then whoever it is."""
        known, reply = cast(SignInMemory, memory), Reply(turn)
        if turn.visitor.signed_in_as is not None:
            reply.phrase("already_signed_in")
            return reply.done()
        known = _joined(known)
        if known.ase_id is None:
            return _ask(reply, known, "ase_id", Expect.ASE_ID)
        if known.sent_to != known.ase_id:
            return _send(reply, known, known.ase_id)
        if known.code is None:
            return _ask(reply, known, "code", Expect.CODE)
        return _check(reply, known.having(code=None), known.code)


def _said(act: UserAct) -> Aside | None:
    """The aside; of words that are surely about another subject, only a sure one."""
    surely_other = act.is_topic and act.confidence >= SURE_TOPIC
    aside = act.aside(SIGN_IN) if surely_other else act.aside(SIGN_IN, LEAST_HERE)
    return Aside.WHY if aside is None and act.label == "explain" else aside


def _joined(known: SignInMemory) -> SignInMemory:
    """What is known, with digits that came in pieces put together: "one zero zero zero", then "zero zero zero one"."""
    if known.ase_id is not None and known.ase_id.isdigit():
        digits = known.partial + known.ase_id
        if len(digits) == ID_DIGITS:
            return known.having(ase_id=f"ASE-{digits[:4]}-{digits[4:]}", partial="")
        return known.having(ase_id=None, partial=digits if len(digits) < ID_DIGITS else "")
    if known.code is not None and len(known.code) != CODE_DIGITS:
        digits = known.partial + known.code
        if len(digits) == CODE_DIGITS:
            return known.having(code=digits, partial="")
        return known.having(code=None, partial=digits if len(digits) < CODE_DIGITS else "")
    whole = (known.ase_id is not None and known.sent_to is None) or known.code is not None
    return known.having(partial="") if whole else known


def _ask(reply: Reply, known: SignInMemory, slot: str, expects: Expect) -> Step:
    """The ID or the code: in full, then briefly; of one that was said in part, the rest."""
    if known.partial:
        reply.phrase("ask_rest", said=Said(known.partial, " ".join(number(int(digit)) for digit in known.partial)))
        return reply.ask(known, slot, expects)
    if slot in known.asked:
        reply.phrase("ask_code_again" if slot == "code" else "ask_ase_id_short")
    else:
        reply.phrase("ask_ase_id")
    return reply.ask(known.having(asked=(*known.asked, slot)), slot, expects)


def _send(reply: Reply, known: SignInMemory, ase_id: str, *, again: bool = False) -> Step:
    turn = reply.turn
    talk = turn.visitor.conversation_id
    said = turn.once(f"code for {ase_id}", lambda: turn.services.sign_in.request(ase_id, talk))
    if said == "too_many" and again:
        reply.phrase("too_many_codes_last")
        return reply.ask(known, "code", Expect.CODE)
    if said in REFUSED:
        return _locked(reply, REFUSED[said])
    reply.phrase("code_new" if again else "code_sent")
    asked = (*known.asked, "code")
    return reply.ask(known.having(sent_to=ase_id, code=None, partial="", asked=asked), "code", Expect.CODE)


def _check(reply: Reply, known: SignInMemory, code: str) -> Step:
    turn = reply.turn
    talk, codes = turn.visitor.conversation_id, turn.services.sign_in
    said, ase_id = turn.once(f"check {code}", lambda: codes.check(talk, code))
    if said == "expired" and known.sent_to is not None and codes.proven(known.sent_to, talk):
        said, ase_id = "accepted", known.sent_to  # used in this conversation, in a turn that could not be kept
    if said in REFUSED:
        return _locked(reply, REFUSED[said])
    if said != "accepted" or ase_id is None:
        reply.phrase("code_expired" if said == "expired" else "code_wrong")
        return reply.ask(known, "code", Expect.CODE)
    reply.effect(SignedIn(turn.signed_in(ase_id)))
    person = reply.turn.person
    reply.phrase("signed_in", name=person.candidate.name.first if person and person.candidate.name else ase_id)
    if len(turn.state.tasks) == 1 and unfinished_elsewhere(reply.turn) is not None:
        return reply.first("unfinished", None)
    return reply.done()


def _locked(reply: Reply, phrase: str) -> Step:
    """Nothing that waited for the sign-in can go on."""
    reply.effect(DropOthers())
    reply.phrase(phrase)
    return reply.done()
