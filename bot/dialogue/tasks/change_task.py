"""What every change has in common: the rule first, then what is still missing, then preview, yes or no, and done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from bot.changes.kinds import KINDS, ChangeKind
from bot.contracts.changes import ChangeRequest, Done, Proposal, PurchaseRequest, Refusal
from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.rule_topic import RuleTopic, known_person
from bot.dialogue.tasks.subjects import Option, Options, base
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding.answers import BARE
from bot.dialogue.understanding.repairs import Repair, repair_of
from bot.dialogue.understanding.user_message import Heard
from bot.rules.facts import Site

YES = Choice(id="yes", title="Yes, do it", spoken="yes", value=True)
NO = Choice(id="no", title="No, leave it", spoken="no", value=False)
SAME_MOMENT = timedelta(seconds=30)
"""A yes that comes once more within this time gets the very same words."""


@dataclass(frozen=True, slots=True)
class ChangeTask(RuleTopic, ABC):
    """A topic whose answer can be carried out. Subclasses say what is missing and what the preview shows."""

    kind: str = ""

    @classmethod
    def of(cls, kind: ChangeKind, options: Options, ask_phrase: str = "ask_which_test") -> Self:
        """The task of a kind of change, about one of some purchases."""
        return cls(kind.topic, kind.rule, options, ask_phrase=ask_phrase, kind=kind.name)

    # --- given by each kind of change ---------------------------------------------------------------

    def missing(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        """Ask for the first thing still missing; False when nothing is."""
        return False

    def proven(self, desk: Desk, memory: TaskMemory) -> bool:
        """Whether it is certain enough who is there; False after asking for a proof, or where there can be none."""
        return True

    @abstractmethod
    def preview(self, desk: Desk, memory: TaskMemory, option: Option) -> ChangeRequest | None:
        """Say what would be done and return it; None where it cannot be done after all."""

    @abstractmethod
    def say_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        """Say what was done."""

    def shown_again(self, request: ChangeRequest) -> dict[str, Any]:
        """The slots with which the preview of a request is shown once more."""
        return {"about": f"{request.test}/{request.purchase_id}"} if isinstance(request, PurchaseRequest) else {}

    def can_be_undone(self, desk: Desk, done: Done) -> bool:
        """Whether it is honest to offer to put it back."""
        return True

    # --- the way through ----------------------------------------------------------------------------

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        RuleTopic.start(self, memory, heard)
        memory.slots["opening"] = True

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if RuleTopic.correct(self, desk, memory, heard):
            self.put_off(desk, memory)
            memory.forget("told", "seat", "confirm", "wish", "not", "not_seats")
            return True
        return repair_of(heard) is Repair.MORE and self.not_that(desk, memory)

    def not_that(self, desk: Desk, memory: TaskMemory) -> bool:
        """ "Not that one": what was previewed is not meant. False where there is nothing else to choose."""
        about = memory.slots.get("about")
        if about is None or desk.person is None:
            return False
        turned_down = [*memory.slots.get("not", []), about]
        if all(option.key in turned_down for option in self.options(desk.person, desk.today)):
            return False
        self.put_off(desk, memory)
        memory.slots["not"] = turned_down
        memory.forget("about", "tests", "told", "seat", "confirm", "wish", "not_seats")
        return True

    def contradicted(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        if heard.choice is not None or heard.digits is not None or heard.label not in {*BARE, self.label}:
            return False
        tests = {base(str(test)) for test in heard.values("test_code")}
        return bool(tests) and base(str(memory.slots.get("about", "")).partition("/")[0]) not in tests

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Give back the seat and withdraw the question."""
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        if changes is None or ase_id is None:
            return
        if memory.slots.get("proposal") and not changes.decline(str(memory.slots["proposal"])):
            desk.changed = True
        if memory.slots.get("held"):
            changes.release(ase_id)
        memory.forget("held", "proposal")

    def about(self, desk: Desk, memory: TaskMemory) -> Sequence[Option]:
        turned_down = memory.slots.get("not")
        if not turned_down or desk.person is None or memory.slots.get("about") or memory.slots.get("tests"):
            return RuleTopic.about(self, desk, memory)
        left = [option for option in self.options(desk.person, desk.today) if option.key not in turned_down]
        if len(left) == 1:
            desk.phrase("using_only_test", test=left[0].test)
            return left
        self.ask(desk, memory, left)
        return ()

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        if not known_person(desk, memory, self.label):
            return
        if memory.slots.get("opening") and what_if(desk, memory, self.name):
            return
        if memory.slots.get("opening") and self._adopt(desk, memory):
            return
        if "confirm" in memory.slots:
            self._answered(desk, memory)
            return
        options = self.about(desk, memory)
        if not options:
            return
        option = options[0]
        self._queue(memory, option, len(options))
        memory.slots["about"] = option.key
        if not self._allowed(desk, memory, option) or desk.services.changes is None:
            self._next(desk, memory)
            return
        memory.slots.pop("opening", None)
        if self.missing(desk, memory, option) or not self.proven(desk, memory):
            return
        shown = self.preview(desk, memory, option)
        if shown is None:
            return
        self._confirm(desk, memory, shown)

    def _allowed(self, desk: Desk, memory: TaskMemory, option: Option) -> bool:
        """Tell the decision once; asked again silently whenever the task comes back."""
        if memory.slots.get("told") == option.key:
            return desk.judge(self.rule, option.subject).outcome == "allowed"
        memory.slots["told"] = option.key
        return desk.tell(self.rule, option.subject).outcome == "allowed"

    # --- yes or no ------------------------------------------------------------------------------------

    def _confirm(self, desk: Desk, memory: TaskMemory, shown: ChangeRequest) -> None:
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        if changes is None or ase_id is None:
            return
        self._alone(desk, memory)
        proposal = changes.propose(desk.visitor, ase_id, shown)
        if isinstance(proposal, Refusal):
            self.put_off(desk, memory)
            self._not_done(desk, memory, Done(self.kind, "", refused=proposal.code, decision=proposal.decision))
            return
        memory.slots["proposal"] = proposal.id
        self._ask_to_confirm(desk, memory)

    @staticmethod
    def _ask_to_confirm(desk: Desk, memory: TaskMemory) -> None:
        desk.phrase("confirm_question")
        desk.ask(memory, "confirm", Expect.YES_NO, [YES, NO])

    @staticmethod
    def _alone(desk: Desk, memory: TaskMemory) -> None:
        """Another change put aside that is about the same purchase makes way for this one."""
        about = memory.slots.get("about")
        for other in list(desk.state.tasks):
            if about and other is not memory and other.slots.get("about") == about and "told" in other.slots:
                desk.state.drop(other)
                desk.phrase("dropped_for_new", task=desk.services.answers.title(f"account/{other.name}"))

    def _answered(self, desk: Desk, memory: TaskMemory) -> None:
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        yes, proposal = memory.slots.pop("confirm"), memory.slots.get("proposal")
        if changes is None or ase_id is None or proposal is None:
            return
        if not yes:
            self.put_off(desk, memory)
            desk.phrase("confirm_declined")
            self._next(desk, memory)
            return
        done = changes.confirm(desk.visitor, ase_id, str(proposal))
        desk.forget_person()
        if done.refused in {"not_done", "not_known"}:
            desk.phrase("could_not_do" if done.refused == "not_done" else "outcome_not_known")
            self._ask_to_confirm(desk, memory)
            return
        memory.forget("proposal", "held")
        if done.refused is None:
            now = desk.services.clock.real()
            desk.state.settled = {"task": self.name, "proposal": str(proposal), "at": now.isoformat()}
            self._told(desk, memory, done)
            self._next(desk, memory)
        else:
            self._not_done(desk, memory, done)

    def again(self, desk: Desk, settled: Mapping[str, Any]) -> None:
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        if changes is None or ase_id is None:
            return
        done = changes.confirm(desk.visitor, ase_id, str(settled["proposal"]))
        if done.refused is not None:
            desk.phrase("could_not_do")
            return
        if desk.services.clock.real() - datetime.fromisoformat(settled["at"]) > SAME_MOMENT:
            desk.phrase("already_done")
        self._told(desk, TaskMemory(name=self.name), done)

    def _told(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        """Say what was done. The same words whether it was done just now or a moment ago by another yes."""
        desk.changed = True
        desk.calendar = done.calendar
        self.say_done(desk, memory, done)
        if desk.person is not None and desk.person.candidate.email is not None:
            desk.phrase("receipt_sent")
        self._keep_undo(desk, done)

    def _not_done(self, desk: Desk, memory: TaskMemory, done: Done) -> None:
        """Say why nothing was changed, and go back to where it can go on."""
        if done.refused == "seat_taken":
            desk.phrase("seat_gone")
            memory.forget("seat")
        elif done.refused in {"confirmation_expired", "confirmation_unknown"}:
            desk.phrase("confirm_expired")
        elif done.refused == "confirmation_replaced":
            desk.phrase("confirm_elsewhere")
        elif done.decision is not None:
            desk.phrase("confirm_changed")
            desk.keep_for_why(done.decision)
            desk.say(replace(desk.services.answers.decision(done.decision, day=desk.today), decisions=(done.decision,)))
            return
        else:
            desk.phrase("confirm_changed")
        self.advance(desk, memory)

    def _keep_undo(self, desk: Desk, done: Done) -> None:
        desk.state.undo = {"key": done.key, "kind": done.kind}
        if "appointment" in done.before or "appointment" in done.after:
            test = done.after.get("test") or done.before.get("test")
            was, now = done.before.get("appointment"), done.after.get("appointment")
            desk.state.undo |= {"test": test, "was": was, "is": now}
        if not KINDS[done.kind].may_be_undone:
            desk.state.undo = None
            return
        if self.can_be_undone(desk, done):
            desk.phrase("undo_offer")

    def _adopt(self, desk: Desk, memory: TaskMemory) -> bool:
        """A change of this kind that waits for a yes in another conversation goes on here; not with an agent."""
        changes, ase_id = desk.services.changes, desk.visitor.subject_id
        if changes is None or ase_id is None or desk.visitor.is_agent:
            return False
        waiting = changes.pending(ase_id)
        if waiting is None or waiting.kind != self.kind or waiting.conversation_id == desk.visitor.conversation_id:
            return False
        test = waiting.request.test if isinstance(waiting.request, PurchaseRequest) else None
        if memory.slots.get("tests") and test not in memory.slots["tests"]:
            return False
        memory.slots.pop("opening", None)
        if not memory.slots.pop("going_on", False):
            desk.phrase("going_on_here", task=desk.services.answers.title(self.label))
        return self._show_again(desk, memory, waiting)

    def _show_again(self, desk: Desk, memory: TaskMemory, waiting: Proposal) -> bool:
        if desk.person is None:
            return False
        memory.slots |= {"about": ""} | self.shown_again(waiting.request)
        memory.slots["told"] = memory.slots["about"]
        self.advance(desk, memory)
        return True

    # --- several at once --------------------------------------------------------------------------------

    def _queue(self, memory: TaskMemory, option: Option, count: int) -> None:
        tests = memory.slots.get("tests") or []
        if count > 1 and len(tests) > 1:
            memory.slots["later"] = tests[1:]
            memory.slots["tests"] = tests[:1]

    def _next(self, desk: Desk, memory: TaskMemory) -> None:
        """The next of several tests named in one message."""
        later = memory.slots.get("later") or []
        if not later or memory.question is not None:
            return
        words = memory.slots.get("words", "")
        memory.slots.clear()
        memory.slots.update({"tests": later[:1], "later": later[1:], "words": words})
        self.advance(desk, memory)


def place(site: Site) -> str:
    """A site as it is named in a preview."""
    return f"{site.name}, {site.city}"
