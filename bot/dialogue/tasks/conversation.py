"""Tasks that belong to the conversation itself: signing in, asking what was meant, handing over."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.format import Said, join
from bot.answers.words import number
from bot.dialogue.choices import choice_of, yes_or_no
from bot.dialogue.ports import TASK_OF, Proposal
from bot.dialogue.state import Choice, Expect, TaskMemory
from bot.dialogue.tasks.base import ChangesNothing
from bot.dialogue.turn_context import Desk, LeftOpen
from bot.dialogue.understanding.user_message import Entity, Heard


@dataclass(frozen=True, slots=True)
class _Plain(ChangesNothing):
    name: str
    label: str

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        """Nothing to take from the opening message."""

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        return False

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Nothing is held."""


class SignIn(_Plain):
    """ASE ID, then the six digits sent to the e-mail on file. The same words whether or not the ID exists."""

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        found = heard.values("ase_id")
        if found:
            memory.slots["ase_id"] = str(found[-1])

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        found = heard.values("ase_id")
        if not found or str(found[-1]) == memory.slots.get("ase_id"):
            return False
        memory.slots["ase_id"] = str(found[-1])
        memory.forget("code", "sent_to")
        return True

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        if desk.visitor.signed_in_as is not None:
            desk.phrase("already_signed_in")
            return
        ase_id = memory.slots.get("ase_id")
        if ase_id is None:
            desk.phrase("ask_ase_id")
            desk.ask(memory, "ase_id", Expect.ASE_ID)
            return
        if memory.slots.get("sent_to") != ase_id:
            self._send(desk, memory, str(ase_id))
            return
        code = memory.slots.pop("code", None)
        if code is None:
            desk.phrase("ask_code_again")
            desk.ask(memory, "code", Expect.CODE)
            return
        self._check(desk, memory, str(code))

    def _send(self, desk: Desk, memory: TaskMemory, ase_id: str) -> None:
        talk = desk.visitor.conversation_id
        said = desk.once(f"code for {ase_id}", lambda: desk.services.sign_in.request(ase_id, talk))
        if said in {"locked", "too_many"}:
            self._locked(desk, memory)
            return
        memory.slots["sent_to"] = ase_id
        desk.phrase("code_sent")
        desk.ask(memory, "code", Expect.CODE)

    def _check(self, desk: Desk, memory: TaskMemory, code: str) -> None:
        talk = desk.visitor.conversation_id
        said, ase_id = desk.once(f"check {code}", lambda: desk.services.sign_in.check(talk, code))
        asked_for = memory.slots.get("sent_to")
        if said == "expired" and asked_for is not None and desk.services.sign_in.proven(str(asked_for), talk):
            said, ase_id = "accepted", str(asked_for)  # used in this conversation, in a turn that could not be kept
        if said == "accepted" and ase_id is not None:
            desk.visitor.signed_in_as = ase_id
            desk.forget_person()
            person = desk.person
            name = person.candidate.name.first if person and person.candidate.name else ase_id
            desk.phrase("signed_in", name=name)
            if len(desk.state.tasks) == 1 and _unfinished(desk) is not None:
                desk.state.drop(memory)
                desk.first("unfinished")
            return
        if said == "locked":
            self._locked(desk, memory)
            return
        desk.phrase("code_expired" if said == "expired" else "code_wrong")
        desk.ask(memory, "code", Expect.CODE)

    @staticmethod
    def _locked(desk: Desk, memory: TaskMemory) -> None:
        """Nothing that waited for the sign-in can go on."""
        desk.state.tasks = [memory]
        desk.phrase("code_locked")


class Unfinished(_Plain):
    """Something this person was in the middle of elsewhere: a change that waits for a yes in another conversation is
    shown here, one of a call that broke off begun again, if wanted."""

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        topic = _unfinished(desk)
        if topic is None:
            return
        waiting = waiting_elsewhere(desk) is not None
        if "wanted" not in memory.slots:
            desk.phrase("unfinished_before", task=desk.services.answers.title(f"account/{topic.task}"))
            choices = yes_or_no(desk.services.answers, "choice_go_on")
            desk.ask(memory, "wanted", Expect.YES_NO, choices, soft=True)
            return
        desk.state.drop(memory)
        if not memory.slots["wanted"]:
            desk.phrase("left_where_it_is" if waiting else "confirm_declined")
        elif waiting:
            desk.first(topic.task, going_on=True)
        else:
            desk.first(topic.task, tests=[topic.test] if topic.test else None)


def _unfinished(desk: Desk) -> LeftOpen | None:
    """What this person was in the middle of elsewhere."""
    waiting, ase_id = waiting_elsewhere(desk), desk.visitor.subject_id
    if waiting is not None:
        return LeftOpen(TASK_OF[waiting.kind], None)
    if desk.visitor.channel != "phone" or ase_id is None:
        return None
    return desk.services.people.left_open(ase_id, desk.visitor.conversation_id)


def waiting_elsewhere(desk: Desk) -> Proposal | None:
    """The confirmation that waits for this person's yes in another conversation."""
    changes, ase_id = desk.services.changes, desk.visitor.subject_id
    waiting = changes.pending(ase_id) if changes is not None and ase_id is not None else None
    return waiting if waiting is not None and waiting.conversation_id != desk.visitor.conversation_id else None


class ReadBack(_Plain):
    """What was heard badly is said back; the engine takes the yes or the no."""

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        web, voice = memory.slots["said"]
        desk.phrase("heard_confirm", heard=Said(web, voice))
        desk.ask(memory, "heard", Expect.YES_NO, yes_or_no(desk.services.answers), soft=True)


class Clarify(_Plain):
    """Two readings, or none that is sure: ask, at most twice, always with a way to a person."""

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        memory.slots["values"] = [[e.kind, e.value] for e in heard.entities]

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        chosen = memory.slots.get("topic")
        if chosen is None:
            readings = memory.slots.get("readings", [])
            titles = [desk.services.answers.title(r) for r in readings]
            desk.phrase("ask_which_topic", topics=join(titles))
            choices = [
                Choice(id=r, title=t.web, spoken=t.voice, value=r) for r, t in zip(readings, titles, strict=True)
            ]
            choices.append(choice_of(desk.services.answers, "choice_person", id="human_agent", value="human_agent"))
            desk.ask(memory, "topic", Expect.CHOICE, choices, soft=True)
            return
        words = str(memory.slots.get("words", ""))
        desk.state.drop(memory)
        values = tuple(Entity(kind, value) for kind, value in memory.slots.get("values", ()))
        desk.reroute(str(chosen), words, values)


class HumanAgent(_Plain):
    """To a person: at once when asked for, after one yes when offered."""

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        memory.slots["reason"] = heard.label

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        if memory.slots.get("offered") and "wanted" not in memory.slots:
            desk.phrase("offer_person")
            choices = yes_or_no(desk.services.answers, "choice_person")
            desk.ask(memory, "wanted", Expect.YES_NO, choices, soft=bool(memory.slots.get("soft")))
            return
        if memory.slots.get("wanted", True):
            desk.state.drop(memory)
            self._hand_over(desk, str(memory.slots.get("reason", "human_agent")))
        else:
            desk.phrase("declined_person")

    @staticmethod
    def _hand_over(desk: Desk, reason: str) -> None:
        """Into the line; when no one is available, a caller gets a call-back instead of waiting on the phone."""
        back = desk.people_back
        if back is None:
            desk.phrase("queued")
            desk.hand_over(reason)
            return
        desk.phrase("out_of_hours", opens_at=back)
        if desk.visitor.channel != "phone":
            desk.hand_over(reason)
            return
        phone = desk.person.candidate.phone if desk.person is not None else None
        digits = [c for c in phone or "" if c.isdigit()][-4:]
        ending = Said("".join(digits), " ".join(number(int(d)) for d in digits)) if digits else None
        desk.phrase("call_back_noted", ending=ending)
        desk.hand_over("call_back", call_back={"because": reason, "phone": phone, "not_before": back.isoformat()})
