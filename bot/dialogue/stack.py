"""The stack of open tasks: a handler's step taken, tasks begun, advanced, asked, resumed and left.

`Dialogue` (engine.py) decides who takes an act; what is here carries it out. The last task is the one in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from bot.answers.format import Said, join
from bot.changes.kinds import BY_TOPIC, CANCEL_APPOINTMENT, CANCEL_TEST
from bot.dialogue.following import follow_up
from bot.dialogue.memories import PersonTopicMemory, TopicMemory
from bot.dialogue.outcome import (
    Ask,
    DoFirst,
    Done,
    DoNext,
    DropOthers,
    Effect,
    HandOver,
    LeaveLine,
    OfferChange,
    Outcome,
    Patience,
    ReadAgain,
    RecordsChanged,
    Refused,
    RememberChange,
    Reply,
    SignedIn,
    Speed,
    Statement,
    Step,
    Trace,
)
from bot.dialogue.state import ConversationState, Expect, Memory, OpenTask, Question, Since
from bot.dialogue.tasks.base import Task
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM, SEAT
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct

READ_BACK = "read_back"
KEEPING = {"repeat", "explain", "help"}
"""Labels that leave open what was read back."""
NO_MATCHES_BEFORE_CHOICES = 1
NO_MATCHES_BEFORE_PERSON = 3
_CANCELLING = (CANCEL_APPOINTMENT.label, CANCEL_TEST.label)


@dataclass(frozen=True, slots=True)
class DropAll:
    """A handler's word that everything open is dropped, or begun afresh."""

    start_over: bool = False


Handler = Callable[[TurnContext, UserAct, ConversationState], Step | DropAll]


@dataclass(slots=True)
class Run:
    """One step under way. It lives only as long as `Dialogue.step` and is seen by the engine alone."""

    turn: TurnContext
    act: UserAct
    state: ConversationState
    action: str | None = None
    after_question: bool = False
    """Whether an earlier request of the same message left a question open."""
    more: bool = False
    """Whether another request of the same message follows, after which what is open is asked again."""
    statements: list[Statement] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    asked: bool = False
    doubted: bool = False
    """Whether what may have been a yes to a change was asked about."""
    trace: list[Trace] = field(default_factory=list)
    could_begin: Mapping[str, Any] | None = None
    """The change that the message before only asked about."""
    others_refused: bool = False
    """Whether the message before asked for somebody else's records."""

    def __post_init__(self) -> None:
        self.turn = self.turn.seeing(self.state)

    def take(self, step: Step) -> None:
        """What a step says and does; the turn goes on with the context it leaves."""
        self.statements += step.statements
        self.apply(step.effects)

    def apply(self, effects: tuple[Effect, ...]) -> None:
        """Something to be done beside what is said; what the conversation has to remember is remembered."""
        self.effects += effects
        for each in effects:
            match each:
                case SignedIn(turn=turn) | RecordsChanged(turn=turn):
                    self.turn = turn
                case RememberChange(settled=settled, undo=undo):
                    self.state.settled = dict(settled) if settled is not None else None
                    self.state.undo = dict(undo) if undo is not None else None
                    if settled is not None:
                        self.state.made = {"task": settled["task"], "test": settled.get("test")}
                case OfferChange(task=task, given=given):
                    self.state.could_begin = {"task": task, "given": dict(given)}
                case Patience():
                    self.state.waiting = True
                case Speed(slow=slow):
                    self.state.slow = slow
                case DropOthers(names=names):
                    top = self.state.task
                    kept = [t for t in self.state.tasks if t is top or (names is not None and t.name not in names)]
                    self.state.tasks = kept

    def phrase(self, key: str, **values: Any) -> None:
        """Say a phrase."""
        reply = Reply(self.turn)
        reply.phrase(key, **values)
        self.take(reply.done())

    @property
    def handed_over(self) -> bool:
        """Whether a person has been called."""
        return any(isinstance(each, HandOver) for each in self.effects)

    @property
    def left_line(self) -> bool:
        """Whether the request for a person has been withdrawn."""
        return any(isinstance(each, LeaveLine) for each in self.effects)

    @property
    def changed(self) -> bool:
        """Whether the records have been changed: from then on it cannot be said that nothing was."""
        return any(isinstance(each, RecordsChanged) for each in self.effects)

    def outcome(self) -> Outcome:
        """What the step came to."""
        return Outcome(
            self.turn, self.state, tuple(self.statements), tuple(self.effects), self.asked, tuple(self.trace)
        )


class Stack:
    """Tasks, handlers and rules by name, and what moves the stack of open tasks."""

    def __init__(self, tasks: Mapping[str, Task], handlers: Mapping[str, Handler], actions: Mapping[str, str]) -> None:
        """`actions`: which action answers which family of labels, as Rasa's rules say; `handlers` by action name.

        Raises ValueError where a rule names an action without a handler.
        """
        self.tasks = tasks
        self.topics = {name for name, task in tasks.items() if task.label.startswith("account/")}
        self.memories: dict[str, type[Memory]] = {name: task.memory for name, task in tasks.items()}
        self._handlers = handlers
        self._actions = actions
        missing = sorted(set(actions.values()) - set(handlers))
        if missing:
            raise ValueError(f"data/dialogue/rules.yml names actions that nothing handles: {', '.join(missing)}")

    def title(self, turn: TurnContext, task: OpenTask) -> Said:
        """What the person calls a task."""
        return turn.services.answers.title(self.tasks[task.name].title_label(task.memory))

    def _corrected(self, run: Run) -> bool:
        task, question = asking(run)
        memory = self.tasks[task.name].correct(run.turn, task.memory, run.act, question)
        if memory is None:
            return False
        plain = run.act.repair is Repair.CORRECT or question.slot == CONFIRM
        if plain and not self.tasks[task.name].wishes(run.turn, run.act, question):
            run.phrase("corrected")
        return self._goes_on_with(run, task, memory)

    def _goes_on_with(self, run: Run, task: OpenTask, memory: Memory | None) -> bool:
        if memory is None:
            return False
        question = task.question
        if question is not None and question.expects is Expect.CHOICE and question.choices:
            task.lists = {name: kept for name, kept in task.lists.items() if name != question.slot}
            task.lists[question.slot] = question.choices
        task.memory = memory
        self._advance(run, task)
        return True

    # --- by the label -------------------------------------------------------------------------------------

    def _answer_by_label(self, run: Run) -> None:
        """The handler that Rasa's rules name for the label."""
        action = run.action or self._actions[run.act.family]
        run.state.explained = False
        run.action = None
        step = follow_up(run.turn, run.act, run.state) or self._handlers[action](run.turn, run.act, run.state)
        run.trace.append(Trace(action, True, run.act.label))
        match step:
            case DropAll(start_over=True):
                self._start_over(run)
            case DropAll():
                self._stop(run)
            case Ask() | DoFirst():
                raise TypeError(f"{action} has no task of its own that could wait")
            case Done() | Refused() | DoNext() | ReadAgain():
                run.take(step)
                self._then(run, step)
            case _:
                assert_never(step)

    def _then(self, run: Run, step: Done | Refused | DoNext | ReadAgain) -> None:
        """What follows a step that leaves nothing open of its own."""
        match step:
            case Done(question_repeated=True):
                run.asked = run.state.question is not None
            case Done() | Refused():
                pass
            case DoNext(task=name, given=given):
                self._begin(run, name, given)
            case ReadAgain(act=act):
                run.act = act
                self._answer_by_label(run)
            case _:
                assert_never(step)

    # --- tasks -----------------------------------------------------------------------------------------------

    def _begin(self, run: Run, name: str, given: Mapping[str, Any] | None = None) -> None:
        """Open a task and go as far as it gets. The same task already open is taken up with what is new."""
        does, top = self.tasks[name], run.state.task
        if top is not None and top.name == name and top.question and not top.question.optional and not given:
            if not self._corrected(run):
                self._advance(run, top)
            return
        inherited = self._changed_mind(run, does)
        for task in list(run.state.tasks):
            if task.name == name or (waits_for_sign_in(task) and name in self.topics):
                self._put_off(run, task)
        memory = does.memory(**given) if name == READ_BACK and given else does.start(run.turn, run.act)
        if inherited is not None and not getattr(memory, "tests", ()):
            memory = memory.having(tests=(inherited,))
        memory = memory.having(**given) if given else self._about_what_is_in_hand(run, does, memory)
        opened = OpenTask(name=name, memory=memory)
        if (
            does.kind
            and run.after_question
            and top is not None
            and self._asks_of_change(top)
            and top in run.state.tasks
        ):
            run.state.tasks.insert(run.state.tasks.index(top), opened)  # one change after the other
            run.phrase("comes_next", task=self.title(run.turn, opened))
            run.asked = True
            return
        run.state.tasks.append(opened)
        self._advance(run, opened)

    def _about_what_is_in_hand(self, run: Run, does: Task, memory: Memory) -> Memory:
        """A question beside a change that names no test is about the one in hand; on the person only if "it" is."""
        if does.name not in self.topics or does.kind or not isinstance(memory, TopicMemory) or memory.tests:
            return memory
        if isinstance(memory, PersonTopicMemory) and not run.act.refers_back:
            return memory
        return memory.having(tests=self._in_hand(run))

    def _asks_of_change(self, task: OpenTask) -> bool:
        """Whether it is a change that asks something which needs an answer."""
        return bool(self.tasks[task.name].kind) and task.question is not None and not task.question.optional

    def _in_hand(self, run: Run) -> tuple[str, ...]:
        """The test of the change in hand, while it asks something."""
        task = run.state.task
        if task is None or not self._asks_of_change(task):
            return ()
        about = self.tasks[task.name].about_test(task.memory)
        return (about,) if about else ()

    def _advance(self, run: Run, task: OpenTask) -> None:
        """Let a task go on; a task that is done makes way for the one below it."""
        asked_before, task.question = task.question, None
        self._went(run, task, self.tasks[task.name].advance(run.turn, task.memory), asked_before)

    def _went(self, run: Run, task: OpenTask, step: Step, asked_before: Question | None) -> None:
        """What follows a step of a task."""
        run.take(step)
        match step:
            case Ask():
                self._ask(run, task, step, asked_before)
            case DoFirst(task=name, given=given):
                if step.memory is None:
                    run.state.drop(task)
                else:
                    task.memory, task.question = step.memory, step.question
                self._begin(run, name, given)
            case DoNext() | ReadAgain():
                run.state.drop(task)
                self._then(run, step)
            case Done() | Refused():
                self._finish(run, task)
            case _:
                assert_never(step)

    def _ask(self, run: Run, task: OpenTask, step: Ask, asked_before: Question | None) -> None:
        """Leave a question open. Asked again after an answer that did not fit, it keeps count."""
        again = asked_before is not None and asked_before.slot == step.question.slot
        misses = asked_before.misses if again and asked_before is not None else 0
        task.memory = step.memory
        task.question = step.question.model_copy(update={"misses": misses})
        run.asked = True
        if step.counts and step.question.slot not in task.asked:
            task.asked.append(step.question.slot)

    def _finish(self, run: Run, task: OpenTask) -> None:
        top = run.state.task
        if task is not top:
            return
        run.state.drop(task)
        below = run.state.task
        if below is not None and not run.handed_over:
            signed_in = task.name == "sign_in" and run.turn.channel == "phone" and run.turn.person is not None
            self._resume(run, below, in_short=not self.tasks[task.name].kind, unnamed=signed_in)

    def _still_asks(self, run: Run, task: OpenTask) -> None:
        """One short line for a question that is still open; what it showed stands where it was shown."""
        question = task.question
        if question is None or (question.slot != CONFIRM and question.expects is not Expect.CHOICE):
            self._advance(run, task)
            return
        if question.slot == CONFIRM:
            question.since = Since.BESIDE
            kind = BY_TOPIC.get(task.name)
            about = self.tasks[task.name].about_test(task.memory)
            if kind is None:
                run.phrase("still_undo", test=about)
            else:
                run.phrase(kind.still, **({"test": about} if kind.of_one_test else {}))
        elif question.slot == SEAT:
            run.phrase("still_seats" if len(question.choices) > 1 else "still_one_seat")
        else:
            run.phrase("still_which")
        run.asked = True

    def _resume(self, run: Run, task: OpenTask, *, in_short: bool = False, unnamed: bool = False) -> None:
        """Come back to a task that was put aside and ask its question again.

        `in_short`: nothing was done meanwhile; `unnamed`: what it is need not be said.
        """
        asking = task.question
        if in_short and run.more and not run.changed and asking is not None and self.tasks[task.name].kind:
            return
        if in_short and not run.changed and asking is not None and self.tasks[task.name].kind and not asking.optional:
            self._still_asks(run, task)
            return
        if run.after_question and asking is not None and asking.slot == CONFIRM:
            # A yes or no asked in this very answer, before something else was said: only the question once more.
            run.phrase("resume", task=self.title(run.turn, task))
            run.phrase("confirm_question")
            asking.since = Since.BESIDE
            run.asked = True
            return
        if (
            (asking is None or not asking.optional) and task.name != "sign_in" and not unnamed
        ):  # which asks in one short line
            run.phrase("resume", task=self.title(run.turn, task))
        self._advance(run, task)

    def _no_match(self, run: Run, task: OpenTask) -> None:
        """An answer that does not fit: say so and ask again; then with choices; then offer a person."""
        question = task.question
        if question is None:
            return
        if run.act.is_yes and question.expects is Expect.CHOICE and self.tasks[task.name].kind:
            self._still_asks(run, task)  # a yes to "which one" picks none
            return
        question.misses += 1
        run.doubted = run.act.sounds_like_yes
        if question.misses >= NO_MATCHES_BEFORE_PERSON:
            question.misses = 0
            self._offer_person(run)
            return
        again = {
            Expect.YES_NO: "ask_yes_no_again",
            Expect.ASE_ID: "ask_ase_id_again",
            Expect.DIGITS: "ask_number_again",
        }
        run.phrase(again.get(question.expects, "ask_choice_again"))
        misses = question.misses
        shown = question.slot == CONFIRM or (misses <= NO_MATCHES_BEFORE_CHOICES and question.expects is Expect.CHOICE)
        if shown and self.tasks[task.name].kind:
            self._still_asks(run, task)
        elif question.slot == CONFIRM:
            run.asked = True  # what is to be confirmed stands above, or has just been heard
            return
        else:
            self._advance(run, task)
        now = task.question
        if misses > NO_MATCHES_BEFORE_CHOICES and now is not None and now.expects is Expect.CHOICE:
            if run.turn.channel == "phone":
                run.phrase("press_choices")  # they have just been read out, three at a time
            else:
                run.phrase("say_choices", choices=join([Said(c.title, c.spoken) for c in now.choices]))

    def _offer_person(self, run: Run) -> None:
        self._begin(run, "human_agent", {"reason": "not_understood", "offered": True, "soft": True})

    # --- repairs --------------------------------------------------------------------------------------------

    def _back(self, run: Run, task: OpenTask) -> None:
        """One question back, if there is one."""
        asked = [slot for slot in task.asked if task.question is None or slot != task.question.slot]
        if not asked:
            run.phrase("cannot_go_back")
            self._advance(run, task)
            return
        cut = task.asked.index(asked[-1])
        run.apply(self.tasks[task.name].put_off(run.turn, task.memory))
        forgotten = (*task.asked[cut:], "turned_down", "turned_down_seats", "proposal")
        task.memory = task.memory.without(*forgotten)
        task.asked = task.asked[:cut]
        run.phrase("went_back")
        self._advance(run, task)

    def _stop(self, run: Run) -> None:
        """Drop everything that is open; nothing has been changed by it."""
        if not run.state.tasks and run.act.only_cancels:
            self._begin(run, "clarify", {"readings": _CANCELLING})
            return
        if not run.state.tasks:
            run.phrase("nothing_to_stop")
            return
        self._drop_all(run)
        run.phrase("already_done" if run.changed else "stopped")

    def _drop_all(self, run: Run) -> None:
        for task in list(run.state.tasks):
            self._put_off(run, task)

    def _start_over(self, run: Run) -> None:
        """The same task from its beginning; without one, a clean slate."""
        task = run.state.task
        run.phrase("started_over")
        if task is None:
            return
        self._put_off(run, task)
        run.act = UserAct.of_label(self.tasks[task.name].label)
        self._begin(run, task.name)

    def _put_off(self, run: Run, task: OpenTask) -> None:
        run.apply(self.tasks[task.name].put_off(run.turn, task.memory))
        run.state.drop(task)

    def _drop_optional(self, run: Run) -> bool:
        """An optional question that was not answered needs no answer any more; whether there was one."""
        dropped = False
        for task in list(run.state.tasks):
            if task.name == READ_BACK and run.act.label in KEEPING:
                continue
            if task.question is not None and task.question.optional and not waits_for_sign_in(task):
                self._put_off(run, task)
                dropped = True
        return dropped

    def _changed_mind(self, run: Run, does: Task) -> str | None:
        """ "Cancel it instead": the change in hand makes way; which test it was about, if the words name none."""
        if not does.kind or not run.act.puts_instead:
            return None
        about = None
        for task in reversed(run.state.tasks):
            other = self.tasks[task.name]
            if other.kind and other.name != does.name:
                about = about or other.about_test(task.memory)
                self._put_off(run, task)
                run.phrase("dropped_for_new", task=self.title(run.turn, task))
        return None if run.act.tests else about


def top(run: Run) -> OpenTask:
    task = run.state.task
    if task is None:
        raise LookupError("no task is open")
    return task


def asking(run: Run) -> tuple[OpenTask, Question]:
    """The task in hand and its open question."""
    task = top(run)
    if task.question is None:
        raise LookupError(f"{task.name} asks nothing")
    return task, task.question


def waits_for_sign_in(task: OpenTask) -> bool:
    return task.question is not None and task.question.slot == "sign_in"
