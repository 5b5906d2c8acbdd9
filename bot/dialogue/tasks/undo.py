"""Putting the last change back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from bot.changes.kinds import KINDS
from bot.contracts.changes import Done
from bot.dialogue.choices import yes_or_no
from bot.dialogue.memories import UndoMemory
from bot.dialogue.outcome import RecordsChanged, RememberChange, Reply, Step
from bot.dialogue.state import Expect, Memory, Question
from bot.dialogue.tasks.asides import InShort, place
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.tasks.change_task import asked_to_undo
from bot.dialogue.tasks.step_up import aside, stepped_up
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM
from bot.dialogue.understanding.beside import Beside
from bot.dialogue.understanding.user_act import UserAct
from bot.rules.case import CaseError
from bot.rules.decision import Decision
from bot.rules.facts import Site
from bot.rules.time import instant_of, zone


@dataclass(frozen=True, slots=True)
class Undo(PlainTask):
    """Asks once, then puts the last change of this conversation back, if that is still possible."""

    name: str = "undo"
    label: str = "inform"

    @property
    def kind(self) -> str:
        """It changes records, but is no change of its own kind."""
        return "undo"

    @property
    def memory(self) -> type[UndoMemory]:
        """Which change is to be put back."""
        return UndoMemory

    def start(self, turn: TurnContext, act: UserAct) -> UndoMemory:
        """The last change, as it is now."""
        return UndoMemory(undoes=turn.state.undo, request=uuid4().hex)

    def title_label(self, memory: Memory) -> str:
        """That of the change which is to be put back."""
        undoes = cast(UndoMemory, memory).undoes
        return KINDS[undoes["kind"]].label if undoes else self.label

    def beside(self, turn: TurnContext, memory: Memory, act: UserAct, about: Beside) -> Step | None:
        """What a yes would put back; any other question is answered as it would be without it."""
        last = turn.state.undo
        if about is Beside.REMARK:
            reply = Reply(turn)
            reply.phrase("aside_remark")
            return reply.done()
        if about is Beside.IF_NOT:
            reply = Reply(turn)
            reply.phrase("nothing_if_not")
            return reply.done()
        unknown = about is Beside.QUESTION and not act.is_topic
        if (about in {Beside.EFFECT, Beside.DONE, Beside.LOSS} or unknown) and last is not None:
            reply, shown = Reply(turn), InShort(turn)
            _preview(shown, last)
            reply.include(shown)
            return reply.done()
        return None

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """Something about the code."""
        return aside(Reply(turn), cast(UndoMemory, memory), act, question)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Say what would be as it was; after a yes, put it back."""
        reply, known, last = Reply(turn), cast(UndoMemory, memory), turn.state.undo
        changes, ase_id = turn.services.changes, turn.visitor.subject_id
        if last is None or changes is None or ase_id is None:
            if known.undoes is None:
                reply.phrase("nothing_to_undo")
            return reply.done()
        if known.undoes != last:
            return reply.done()  # something else was changed meanwhile: it is no longer the last change
        if known.confirm is None:
            refused = _refused(reply, last)
            if refused is not None:
                return reply.refused(refused)
            if KINDS[last["kind"]].fresh_code:
                ready = stepped_up(reply, known)
                if not isinstance(ready, UndoMemory):
                    return ready
                known = ready
            _preview(reply, last)
            return _ask_to_confirm(reply, known)
        if not known.confirm:
            reply.phrase("confirm_declined")
            return reply.done()
        done = changes.undo(turn.visitor, ase_id, str(last["key"]), known.request, as_of=turn.now)
        if done.refused in {"not_done", "not_known"}:
            reply.phrase("could_not_do" if done.refused == "not_done" else "outcome_not_known")
            return _ask_to_confirm(reply, known.having(confirm=None))
        return self._after(reply, known, last, done)

    def _after(self, reply: Reply, known: UndoMemory, last: Mapping[str, Any], done: Done) -> Step:
        """Say what came of it."""
        turn = reply.turn
        if done.refused is None:
            at = turn.real_now.isoformat()
            settled = {"task": self.name, "key": last["key"], "request": known.request, "at": at}
            reply.effect(RecordsChanged(turn.after(done)), RememberChange(settled, None))
            _told(reply)
            return reply.done()
        if done.refused == "already_undone":
            reply.effect(RememberChange(turn.state.settled, None))
            reply.phrase("already_done")
            return reply.done()
        reply.phrase("cannot_undo")
        if done.refused == "seat_taken":
            reply.phrase("old_seat_taken")
        elif done.decision is not None:
            reply.tell_made(done.decision)
        return reply.refused(done.decision)

    def again(self, turn: TurnContext, settled: Mapping[str, Any]) -> Step:
        """The same answer once more; nothing is done twice."""
        reply, changes, ase_id = Reply(turn), turn.services.changes, turn.visitor.subject_id
        if changes is None or ase_id is None:
            return reply.done()
        done = changes.undo(turn.visitor, ase_id, str(settled["key"]), str(settled["request"]), as_of=turn.now)
        if done.refused is None:
            reply.effect(RecordsChanged(turn.after(done)))
            _told(reply)
        else:
            reply.phrase("could_not_do")
        return reply.done()


def _refused(reply: Reply, last: Mapping[str, Any]) -> Decision | None:
    """Say why the rules would refuse it after a yes; None where they would not, or where that is only seen then."""
    turn, was, now = reply.turn, last.get("was"), last.get("is")
    appointment = was or now
    if appointment is None:
        return None
    of = {"test": last["test"], "purchase_id": last.get("purchase_id") or _purchase_of(turn, appointment)}
    try:
        asked = asked_to_undo(turn, str(last["kind"]), {**of, "appointment": was}, {**of, "appointment": now})
        if asked is None or turn.judge(asked[0], asked[1], person=asked[2]).outcome == "allowed":
            return None
    except CaseError:
        return None
    reply.phrase("cannot_undo")
    return reply.tell(asked[0], asked[1], person=asked[2])


def _purchase_of(turn: TurnContext, appointment: Mapping[str, Any]) -> str | None:
    purchases = turn.person.candidate.purchases if turn.person is not None else ()
    return next((p.id for p in purchases if p.appointment is not None and p.appointment.id == appointment["id"]), None)


def _ask_to_confirm(reply: Reply, memory: UndoMemory) -> Step:
    reply.phrase("confirm_question")
    return reply.ask(memory, CONFIRM, Expect.YES_NO, yes_or_no(reply.turn.services.answers, "choice_confirm"))


def _told(reply: Reply) -> None:
    reply.phrase("undone")
    person = reply.turn.person
    if person is not None and person.candidate.email is not None:
        reply.phrase("receipt_sent")


def _preview(reply: Reply, last: Mapping[str, Any]) -> None:
    """What would be as it was: the appointment that comes back, and the one that is given up for it."""
    was, now = (_booked(last.get(side), reply.turn.sites) for side in ("was", "is"))
    if was is None and now is None:
        reply.phrase("preview_undo", task=reply.turn.services.answers.title(KINDS[last["kind"]].label))
    elif was is None:
        reply.phrase("preview_undo_book", test=last["test"], **_named("starts_at", "site", now))
    elif now is None:
        reply.phrase("preview_undo_cancel", test=last["test"], **_named("starts_at", "site", was))
    else:
        back, given_up = _named("starts_at", "site", was), _named("new_starts_at", "new_site", now)
        reply.phrase("preview_undo_reschedule", test=last["test"], **back, **given_up)


def _booked(appointment: Mapping[str, Any] | None, sites: Mapping[str, Site]) -> tuple[datetime, str] | None:
    """The instant and place of an appointment that was or is in the books."""
    if appointment is None or appointment["status"] != "booked" or appointment["site"] not in sites:
        return None
    site = sites[appointment["site"]]
    return instant_of(datetime.fromisoformat(appointment["starts_at"]), zone(site.time_zone)), place(site)


def _named(at: str, where: str, booked: tuple[datetime, str] | None) -> dict[str, Any]:
    return dict(zip((at, where), booked, strict=True)) if booked is not None else {}
