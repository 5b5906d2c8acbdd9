"""Moving the conversation on: the open question first, then what the message asks for, then back to what was open.

Every custom action comes through `serve`. Repairs (correct, go back, stop, start over, silence, an answer that does
not fit) work the same in every task because they are all here.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from bot.answers.format import Said, join
from bot.changes.kinds import KINDS
from bot.dialogue import link_mail
from bot.dialogue.state import READ_AT_ONCE, Expect, TaskMemory
from bot.dialogue.tasks.base import Task
from bot.dialogue.turn_context import Desk
from bot.dialogue.understanding import answers
from bot.dialogue.understanding.answers import Fit
from bot.dialogue.understanding.misheard import DOUBTS_BEFORE_PERSON, Doubt, as_heard, doubt, has_value, unsure
from bot.dialogue.understanding.repairs import Repair, instead, other_change, repair_of
from bot.dialogue.understanding.user_message import Heard

Job = Callable[[Desk], None]

READ_BACK = "read_back"
KEEPING = {"repeat", "explain", "help"}
"""Labels that leave open what was read back."""
MISFITS_BEFORE_CHOICES = 1
MISFITS_BEFORE_PERSON = 3


class Engine:
    """Holds the tasks by name; one per process, without state of its own."""

    def __init__(self, tasks: dict[str, Task], route: Callable[[Engine, Desk], None]) -> None:
        self.tasks = tasks
        self.topics = {name for name, task in tasks.items() if task.label.startswith("account/")}
        self._route = route

    def route(self, desk: Desk) -> None:
        """Do what the message's label asks for."""
        self._route(self, desk)

    # --- the way through one message ---------------------------------------------------------

    def serve(self, desk: Desk, job: Job) -> None:
        """Answer one message. Once a person is asked for, a change that waits for its yes goes on waiting (they may
        say it on another channel, or when the person hands back); whatever else was open is dropped."""
        if link_mail.wanted(desk):
            link_mail.send(desk)
            if desk.state.task is not None and desk.state.question is not None and not desk.state.question.soft:
                self.resume(desk, desk.state.task)
            return
        self._serve(desk, job)
        link_mail.keep(desk)
        if desk.handoff is not None:
            for memory in list(desk.state.tasks):
                if memory.question is None or memory.question.slot != "confirm":
                    self._put_off(desk, memory)

    def _serve(self, desk: Desk, job: Job) -> None:
        """By the open question if the message fits it, else by `job`, then back to what was open."""
        if desk.heard.event == "silence":
            self.silence(desk)
            return
        desk.state.silences = 0
        if self._read_back_settled(desk):
            return
        if desk.heard.label not in answers.BARE:
            desk.state.misses = 0
        if self._yes_again(desk):
            return
        desk.state.settled = None
        if self._doubted(desk):
            return
        repair = repair_of(desk.heard)
        if repair is Repair.UNDO:
            self.begin(desk, "undo")
            return
        if repair is Repair.WAIT:
            desk.phrase("take_your_time")  # what is open stays open, and is not asked again
            return
        if self._settled(desk):
            return
        depth = [memory for memory in desk.state.tasks if memory.question and not memory.question.soft]
        if self._drop_soft(desk) and desk.heard.label in answers.BARE and self._settled(desk):
            return
        job(desk)
        top = desk.state.task
        if desk.handoff is None and not desk.asked and top is not None and any(top is kept for kept in depth):
            self.resume(desk, top)

    def begin(self, desk: Desk, name: str, slots: dict[str, object] | None = None) -> None:
        """Open a task and go as far as it gets. The same task already open is taken up with what is new."""
        task = self.tasks[name]
        top = desk.state.task
        if top is not None and top.name == name and top.question is not None and not top.question.soft and not slots:
            if task.correct(desk, top, desk.heard):
                desk.phrase("corrected")
            self.advance(desk, top)
            return
        inherited = self._changed_mind(desk, task)
        for memory in list(desk.state.tasks):
            if memory.name == name or (_waits_for_sign_in(memory) and name in self.topics):
                self._put_off(desk, memory)
        memory = TaskMemory(name=name, started=uuid4().hex)
        task.start(memory, desk.heard)
        if inherited is not None:
            memory.slots.setdefault("tests", [inherited])
        memory.slots.update({slot: value for slot, value in (slots or {}).items() if value is not None})
        desk.state.tasks.append(memory)
        self.advance(desk, memory)

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        """Let a task go on; a task that is done makes way for the one below it."""
        asked_before = memory.question
        memory.question = None
        self.tasks[memory.name].advance(desk, memory)
        if desk.opening is not None:
            (name, slots), desk.opening = desk.opening, None
            self.begin(desk, name, slots)
            return
        if desk.rerouted is not None:
            desk.rerouted = None
            self.route(desk)
            return
        if memory.question is not None:
            if asked_before and asked_before.slot == memory.question.slot:
                memory.question.misses = asked_before.misses
            return
        if memory in desk.state.tasks and memory is desk.state.task:
            desk.state.drop(memory)
            below = desk.state.task
            if desk.afterwards is not None:
                (name, slots), desk.afterwards = desk.afterwards, None
                self.begin(desk, name, slots)
            elif below is not None and desk.handoff is None:
                self.resume(desk, below)

    def resume(self, desk: Desk, memory: TaskMemory) -> None:
        """Come back to a task that was put aside and ask its question again."""
        if desk.asked_before and memory.question is not None and memory.question.slot == "confirm":
            self._remind(desk, memory)
            return
        if memory.question is None or not memory.question.soft:
            desk.phrase("resume", task=self.title(desk, memory))
        self.advance(desk, memory)

    def _remind(self, desk: Desk, memory: TaskMemory) -> None:
        """A yes or no asked in this very answer, before something else was said: only the question once more."""
        desk.phrase("resume", task=self.title(desk, memory))
        desk.phrase("confirm_question")
        desk.asked = True

    def title(self, desk: Desk, memory: TaskMemory) -> Said:
        """What the person calls the task."""
        undoes = memory.slots.get("undoes")
        label = KINDS[undoes["kind"]].label if undoes else self.tasks[memory.name].label
        return desk.services.answers.title(label)

    # --- the open question --------------------------------------------------------------------

    def _settled(self, desk: Desk) -> bool:
        memory = desk.state.task
        if memory is None or memory.question is None:
            return False
        heard, task = desk.heard, self.tasks[memory.name]
        repair = repair_of(heard)
        if repair is Repair.START_OVER:
            self.start_over(desk)
            return True
        if repair is Repair.BACK:
            self.back(desk, memory)
            return True
        if repair is Repair.MORE and memory.question.slot == "seat":
            shown = len(memory.question.choices)
            memory.slots["shown_from"] = int(memory.slots.get("shown_from", 0)) + shown
            self.advance(desk, memory)
            return True
        if repair is Repair.MORE and self._more_to_read(desk, memory):
            self.advance(desk, memory)
            return True
        if repair is Repair.MORE and task.correct(desk, memory, heard):
            self.advance(desk, memory)
            return True
        if repair is Repair.CORRECT and task.correct(desk, memory, heard):
            desk.phrase("corrected")
            self.advance(desk, memory)
            return True
        named = heard.label.startswith("account/") and heard.label != task.label
        wanted = other_change(heard) if task.kind and not named else None
        if wanted is not None and wanted != memory.name and wanted in self.tasks:
            desk.heard = heard.relabelled(self.tasks[wanted].label)
            self.begin(desk, wanted)
            return True
        if memory.question.slot == "confirm" and task.contradicted(desk, memory, heard):
            if task.correct(desk, memory, heard):
                desk.phrase("corrected")
                self.advance(desk, memory)
            else:
                self.misfit(desk, memory)
            return True
        if answers.none_of_these(memory.question, heard):
            self.none_of_these(desk, memory)
            return True
        answered = answers.read(memory.question, heard, task.label)
        if answered.fit is Fit.ANSWER:
            memory.slots[memory.question.slot] = answered.value
            self.advance(desk, memory)
            return True
        bare = heard.label in {"inform", "deny", "affirm"} or answers.is_wish(memory.question, heard)
        if bare and task.correct(desk, memory, heard):
            self.advance(desk, memory)
            return True
        if answered.fit is Fit.MISFIT:
            self.misfit(desk, memory)
            return True
        return False

    # --- what was heard badly -----------------------------------------------------------------

    def _doubted(self, desk: Desk) -> bool:
        """Words that may have been misheard are read back first; a yes or no is asked for again."""
        if not unsure(desk.heard, desk.visitor.channel):
            desk.state.doubts = 0
            return False
        memory = desk.state.task
        question = memory.question if memory is not None else None
        label = self.tasks[memory.name].label if memory is not None else None
        wanted = doubt(question, desk.heard, label)
        if wanted is Doubt.NONE:
            return False
        desk.state.doubts += 1
        if desk.state.doubts > DOUBTS_BEFORE_PERSON:
            desk.state.doubts = 0
            desk.phrase("not_understood_person")
            self.offer_person(desk)
        elif wanted is Doubt.ASK_AGAIN and question is not None:
            question.misses += 1
            desk.phrase("heard_yes_no")
            desk.asked = True
        else:
            said = as_heard(desk.services.answers, question, desk.heard, label)
            slots = {"heard": desk.heard.to_json(), "said": [said.web, said.voice]}
            desk.state.tasks.append(TaskMemory(name=READ_BACK, slots=slots))
            self.advance(desk, desk.state.tasks[-1])
        return True

    def _read_back_settled(self, desk: Desk) -> bool:
        """The answer to what was read back: a yes takes it, a no asks again, anything else takes its place."""
        memory = desk.state.task
        if memory is None or memory.name != READ_BACK or memory.question is None:
            return False
        answered = answers.read(memory.question, desk.heard)
        if answered.fit is not Fit.ANSWER or has_value(desk.heard):
            if desk.heard.label not in KEEPING:
                desk.state.drop(memory)
            return False
        if unsure(desk.heard, desk.visitor.channel):
            return False  # a doubtful yes is asked for again, like any other
        desk.state.drop(memory)
        if answered.value:
            desk.heard = Heard.from_json(memory.slots["heard"])
            self._serve(desk, self.route)
            return True
        desk.phrase("heard_wrong")
        below = desk.state.task
        if below is not None and below.question is not None:
            self.advance(desk, below)
        return True

    def _more_to_read(self, desk: Desk, memory: TaskMemory) -> bool:
        """On the phone a long list is read out piece by piece, and then from its beginning again."""
        question = memory.question
        if desk.visitor.channel != "phone" or question is None or question.expects is not Expect.CHOICE:
            return False
        if len(question.choices) <= READ_AT_ONCE or answers.none_of_these(question, desk.heard):
            return False
        further = int(memory.slots.get("read_from", 0)) + READ_AT_ONCE
        memory.slots["read_from"] = further if further < len(question.choices) else 0
        return True

    def misfit(self, desk: Desk, memory: TaskMemory) -> None:
        """An answer that does not fit: say so and ask again; then with choices; then offer a person."""
        question = memory.question
        if question is None:
            return
        question.misses += 1
        if question.misses >= MISFITS_BEFORE_PERSON:
            question.misses = 0
            self.offer_person(desk)
            return
        again = {Expect.YES_NO: "ask_yes_no_again", Expect.ASE_ID: "ask_ase_id_again"}
        desk.phrase(again.get(question.expects, "ask_choice_again"))
        self.advance(desk, memory)
        if question.misses > MISFITS_BEFORE_CHOICES and memory.question and memory.question.expects is Expect.CHOICE:
            if desk.visitor.channel == "phone":
                desk.phrase("press_choices")  # they have just been read out, three at a time
            else:
                shown = [Said(c.title, c.spoken) for c in memory.question.choices]
                desk.phrase("say_choices", choices=join(shown))

    def none_of_these(self, desk: Desk, memory: TaskMemory) -> None:
        """A bare no to a list: other ones where there are more, else the task is left."""
        if memory.question is not None and memory.question.slot == "seat":
            memory.slots["shown_from"] = int(memory.slots.get("shown_from", 0)) + len(memory.question.choices)
            self.advance(desk, memory)
            return
        self._put_off(desk, memory)
        desk.phrase("confirm_declined")
        below = desk.state.task
        if below is not None and below.question is not None:
            self.resume(desk, below)

    def silence(self, desk: Desk) -> None:
        """Nothing was said: ask again, then the keypad menu, then a person, then goodbye and the end."""
        desk.state.silences += 1
        rung = desk.state.silences
        if rung <= 2:
            desk.phrase("silence_first" if rung == 1 else "silence_second")
            if desk.state.task and desk.state.task.question:
                self.advance(desk, desk.state.task)
        elif rung == 3:
            desk.phrase("silence_person")
        else:
            self.drop_all(desk)
            desk.phrase("silence_goodbye")
            desk.ending = True

    def offer_person(self, desk: Desk) -> None:
        if "human_agent" in self.tasks:
            self.begin(desk, "human_agent", {"reason": "not_understood", "offered": True, "soft": True})

    # --- repairs ------------------------------------------------------------------------------

    def back(self, desk: Desk, memory: TaskMemory) -> None:
        """One question back, if there is one."""
        asked = [slot for slot in memory.asked if memory.question is None or slot != memory.question.slot]
        if not asked:
            desk.phrase("cannot_go_back")
            self.advance(desk, memory)
            return
        before = asked[-1]
        cut = memory.asked.index(before)
        self.tasks[memory.name].put_off(desk, memory)
        memory.forget(*memory.asked[cut:])
        memory.forget("not", "not_seats")
        memory.asked = memory.asked[:cut]
        desk.phrase("went_back")
        self.advance(desk, memory)

    def stop(self, desk: Desk) -> None:
        """Drop everything that is open; nothing has been changed by it."""
        if not desk.state.tasks:
            desk.phrase("nothing_to_stop")
            return
        self.drop_all(desk)
        desk.phrase("already_done" if desk.changed else "stopped")

    def drop_all(self, desk: Desk) -> None:
        """Drop every open task without a word."""
        for memory in list(desk.state.tasks):
            self._put_off(desk, memory)

    def start_over(self, desk: Desk) -> None:
        """The same task from its beginning; without one, a clean slate."""
        memory = desk.state.task
        if memory is None:
            desk.phrase("started_over")
            return
        name = memory.name
        self._put_off(desk, memory)
        desk.phrase("started_over")
        desk.heard = Heard(text="", label=self.tasks[name].label)
        self.begin(desk, name)

    def _put_off(self, desk: Desk, memory: TaskMemory) -> None:
        self.tasks[memory.name].put_off(desk, memory)
        desk.state.drop(memory)

    def _drop_soft(self, desk: Desk) -> bool:
        """A soft question that was not answered needs no answer any more; whether there was one."""
        dropped = False
        for memory in list(desk.state.tasks):
            if memory.name == READ_BACK and desk.heard.label in KEEPING:
                continue
            if memory.question is not None and memory.question.soft and memory.question.slot != "sign_in":
                self._put_off(desk, memory)
                dropped = True
        return dropped

    def _changed_mind(self, desk: Desk, task: Task) -> str | None:
        """ "Cancel it instead": the change in hand makes way; which test it was about, if the words name none."""
        if not task.kind or not instead(desk.heard):
            return None
        about = None
        for memory in reversed(desk.state.tasks):
            other = self.tasks[memory.name]
            if other.kind and other.name != task.name:
                about = about or test_of(memory)
                self._put_off(desk, memory)
                desk.phrase("dropped_for_new", task=self.title(desk, memory))
        return None if desk.heard.values("test_code") else about

    def _yes_again(self, desk: Desk) -> bool:
        """A yes that comes once more right after what it did gets the same answer, and nothing is done twice."""
        settled, question = desk.state.settled, desk.state.question
        if settled is None or (question is not None and not question.soft) or not answers.is_yes(desk.heard):
            return False
        self.tasks[settled["task"]].again(desk, settled)
        return True


def test_of(memory: TaskMemory) -> str | None:
    """The test a task is about, once that is known."""
    about = str(memory.slots.get("about") or "").partition("/")[0]
    tests = memory.slots.get("tests") or []
    return about or (str(tests[0]) if len(tests) == 1 else None)


def _waits_for_sign_in(memory: TaskMemory) -> bool:
    return memory.question is not None and memory.question.slot == "sign_in"
