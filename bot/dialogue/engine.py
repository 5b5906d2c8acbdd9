"""Moving the conversation on: the open question first, then what the act asks for, then back to what was open.

`Dialogue.step` answers one act. It looks at the act through a list of named guards (`GUARDS`, and `BESIDE_A_QUESTION`
while one is open) in their order: the first that takes the act answers it. Where none does, the handler of the act's
label answers, by the one table of Rasa's rules (data/dialogue/rules.yml).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from pydantic import BaseModel

from bot.answers.format import Said, join
from bot.changes.kinds import BOOK, CANCEL_APPOINTMENT, CANCEL_TEST, RESCHEDULE
from bot.dialogue import line_talk, link_mail
from bot.dialogue.explaining import say_explained
from bot.dialogue.following import follow_up
from bot.dialogue.memories import AddressMemory, PersonTopicMemory, SeatMemory, TopicMemory
from bot.dialogue.outcome import (
    Ask,
    DoFirst,
    Done,
    DoNext,
    DropOthers,
    Effect,
    EndConversation,
    HandOver,
    LeaveLine,
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
from bot.dialogue.state import ConversationState, Expect, Memory, OpenTask, Question
from bot.dialogue.tasks.base import Task
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM, SEAT, Fit
from bot.dialogue.understanding.beside import Beside, Slot
from bot.dialogue.understanding.misheard import Grounding
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct

READ_BACK = "read_back"
KEEPING = {"repeat", "explain", "help"}
"""Labels that leave open what was read back."""
NO_MATCHES_BEFORE_CHOICES = 1
NO_MATCHES_BEFORE_PERSON = 3
_OF_SEATS = {BOOK.label, RESCHEDULE.label}
_CANCELLING = (CANCEL_APPOINTMENT.label, CANCEL_TEST.label)
SURE_GOODBYE = 0.8
MISHEARD_BEFORE_PERSON = 3
"""After so many doubtful answers in a row a person is offered."""


@dataclass(frozen=True, slots=True)
class DropAll:
    """A handler's word that everything open is dropped, or begun afresh."""

    start_over: bool = False


Handler = Callable[[TurnContext, UserAct, ConversationState], Step | DropAll]


@dataclass(slots=True)
class _Run:
    """One step under way. It lives only as long as `Dialogue.step` and is seen by the engine alone."""

    turn: TurnContext
    act: UserAct
    state: ConversationState
    action: str | None = None
    after_question: bool = False
    """Whether an earlier request of the same message left a question open."""
    statements: list[Statement] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    asked: bool = False
    trace: list[Trace] = field(default_factory=list)

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


class Dialogue:
    """Holds the tasks and handlers by name; one per process, without state of its own."""

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

    # --- from outside ---------------------------------------------------------------------------------

    def step(
        self,
        turn: TurnContext,
        act: UserAct,
        state: ConversationState,
        *,
        action: str | None = None,
        after_question: bool = False,
    ) -> Outcome:
        """Answer one act. `state` is left as it is; the new one comes with the outcome.

        `action`: the action that Rasa has picked, where Rasa runs the conversation; else the rules are looked up.
        """
        act = act.of_candidate() if turn.visitor.is_agent else act
        run = _Run(turn, act, state.model_copy(deep=True), action, after_question)
        run.state.waiting = False
        if run.state.set_aside:
            run.state.set_aside = False
            run.phrase("state_set_aside")
        self._guarded(run)
        self._remember_links(run)
        if turn.visitor.in_line and not (run.handed_over or run.left_line or run.asked):
            run.phrase("still_in_line")
        if run.handed_over:
            run.state.parked = True
            # A change that waits for its yes goes on waiting: they may say it on another channel, or afterwards.
            for task in list(run.state.tasks):
                if task.question is None or task.question.slot != CONFIRM:
                    self._put_off(run, task)
        return run.outcome()

    def begin_task(
        self, turn: TurnContext, state: ConversationState, name: str, given: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Open a task without an act of the person."""
        run = _Run(turn, UserAct.of_label("inform"), state.model_copy(deep=True))
        self._begin(run, name, given)
        return run.outcome()

    def drop_open(self, turn: TurnContext, state: ConversationState) -> Outcome:
        """Drop every open task without a word."""
        run = _Run(turn, UserAct.of_label("stop"), state.model_copy(deep=True))
        self._drop_all(run)
        return run.outcome()

    def take_up(self, turn: TurnContext, state: ConversationState) -> Outcome:
        """Go on with what was open before a person had the conversation."""
        run = _Run(turn, UserAct.of_label("inform"), state.model_copy(deep=True))
        run.state.parked = False
        task = run.state.task
        if task is not None and task.question is not None and not task.question.optional:
            self._resume(run, task)
        return run.outcome()

    def title(self, turn: TurnContext, task: OpenTask) -> Said:
        """What the person calls a task."""
        return turn.services.answers.title(self.tasks[task.name].title_label(task.memory))

    # --- the guards -------------------------------------------------------------------------------------

    def _guarded(self, run: _Run) -> None:
        """The first guard that takes the act answers it; else the handler of its label, and back to what was open."""
        if self._first_of(run, GUARDS) or self._first_of(run, BESIDE_A_QUESTION):
            return
        open_before = [task for task in run.state.tasks if task.question and not task.question.optional]
        if self._drop_optional(run) and run.act.is_bare and self._first_of(run, BESIDE_A_QUESTION):
            return
        self._answer_by_label(run)
        top = run.state.task
        if not run.handed_over and not run.asked and top is not None and any(top is kept for kept in open_before):
            self._resume(run, top, in_short=True)

    def _first_of(self, run: _Run, guards: tuple[Guard, ...]) -> bool:
        if guards is BESIDE_A_QUESTION and run.state.question is None:
            return False
        for guard in guards:
            at = len(run.trace)
            took = guard.take(self, run)
            run.trace.insert(at, Trace(guard.name, took, guard.sees))
            if took:
                return True
        return False

    def _mails_links(self, run: _Run) -> bool:
        if not (run.state.links and run.act.asks_for_links):
            return False
        step = link_mail.send(run.turn, run.state.links)
        run.take(step)
        if any(True for _ in step.effects):
            run.state.links = []
        task = run.state.task
        if task is not None and task.question is not None and not task.question.optional:
            self._resume(run, task)
        return True

    def _about_the_line(self, run: _Run) -> bool:
        """The wait for a person, the recording, the voice, the language: answered, and what is open stays open."""
        step = line_talk.about_the_line(run.turn, run.act, run.state)
        if step is None:
            return False
        run.take(step)
        if run.left_line:
            self._drop_all(run)
        if isinstance(step, DoNext):
            self._then(run, step)
        elif run.state.question is not None and run.state.question.slot == CONFIRM:
            run.phrase("confirm_question")
            run.asked = True
        return True

    def _parked(self, run: _Run) -> bool:
        """A yes or no after a person was called is not taken for a change that was open before: it is shown again."""
        state, task = run.state, run.state.task
        if not state.parked:
            return False
        state.parked = False
        if task is None or task.question is None or task.question.optional or not run.act.answers(task.question):
            return False
        self._resume(run, task)
        return True

    def _silence(self, run: _Run) -> bool:
        """Nothing was said: ask again, then the keypad menu, then a person, then goodbye and the end."""
        state = run.state
        if run.act.event != "silence":
            state.silences = 0
            return False
        state.silences += 1
        rung = state.silences
        if rung <= 2:
            run.phrase("silence_first" if rung == 1 else "silence_second")
            if state.task and state.question and state.question.slot == CONFIRM:
                run.phrase("confirm_question")  # once more, and not all that was read back before
                run.asked = True
            elif state.task and state.task.question:
                self._advance(run, state.task)
            elif rung == 2:
                run.phrase("key_menu")
        elif rung == 3:
            run.phrase("silence_person")
        else:
            self._drop_all(run)
            run.phrase("silence_goodbye")
            run.apply((EndConversation(),))
        return True

    def _reads_back(self, run: _Run) -> bool:
        """The answer to what was read back: a yes takes it, a no asks again, anything else takes its place."""
        task, act = run.state.task, run.act
        if task is None or task.name != READ_BACK or task.question is None:
            return False
        answered = act.answer_to(task.question)
        if answered.fit is not Fit.ANSWER or act.has_value:
            if act.label not in KEEPING:
                run.state.drop(task)
            return False
        if act.unsure(run.turn.channel):
            return False  # a doubtful yes is asked for again, like any other
        run.state.drop(task)
        if answered.value:
            run.act, run.action = UserAct.from_json(_read_back(task.memory)), None
            self._guarded(run)
            return True
        run.phrase("heard_wrong")
        below = run.state.task
        if below is not None and below.question is not None:
            self._advance(run, below)
        return True

    def _yes_again(self, run: _Run) -> bool:
        """A yes that comes once more right after what it did gets the same answer, and nothing is done twice."""
        state = run.state
        if not run.act.is_bare:
            state.misses = 0
        settled, question = state.settled, state.question
        if settled is None or (question is not None and not question.optional) or not run.act.is_yes:
            state.settled = None
            return False
        run.take(self.tasks[settled["task"]].again(run.turn, settled))
        return True

    def _misheard(self, run: _Run) -> bool:
        """Words that may have been misheard are read back first; a yes or no is asked for again."""
        state, act = run.state, run.act
        if not act.unsure(run.turn.channel):
            state.misheard = 0
            return False
        task = state.task
        question = task.question if task is not None else None
        label = self.tasks[task.name].label if task is not None else None
        wanted = act.grounding(question, label)
        if wanted is Grounding.NONE:
            return False
        state.misheard += 1
        if state.misheard > MISHEARD_BEFORE_PERSON:
            state.misheard = 0
            run.phrase("not_understood_person")
            self._offer_person(run)
        elif wanted is Grounding.DROP:
            run.phrase("say_again")
            run.asked = True
        elif wanted is Grounding.ASK_AGAIN and question is not None:
            question.misses += 1
            run.phrase("heard_yes_no")
            run.asked = True
        else:
            said = act.as_heard(run.turn.services.answers, question, label)
            self._begin(run, READ_BACK, {"act": act.to_json(), "said": (said.web, said.voice)})
        return True

    def _says_goodbye(self, run: _Run) -> bool:
        """A goodbye in the middle of something ends it; nothing has been changed by it."""
        question = run.state.question
        said = run.act.label == "goodbye" and run.act.confidence >= SURE_GOODBYE and run.act.takes_leave
        if not said or question is None or question.optional:
            return False
        self._drop_all(run)
        run.phrase("goodbye_nothing_changed")
        return True

    def _undo(self, run: _Run) -> bool:
        if run.act.repair is not Repair.UNDO or (run.turn.person is None and run.state.undo is None):
            return False
        self._begin(run, "undo")
        return True

    def _pause(self, run: _Run) -> bool:
        if run.act.repair is not Repair.WAIT:
            return False
        run.phrase("take_your_time")  # what is open stays open, and is not asked again
        run.state.waiting = True
        return True

    def _tells_more(self, run: _Run) -> bool:
        """ "More", with nothing open: the whole text of the topic spoken of last."""
        state = run.state
        offered = state.question is None or state.question.slot == "sign_in"
        if run.act.repair is not Repair.MORE or not offered or state.last_topic is None:
            return False
        reply = Reply(run.turn)
        if state.explained:
            say_explained(reply, state, whole=True)
            state.explained = False
        else:
            reply.entry(state.last_topic)
        run.take(reply.done())
        return True

    # --- beside an open question ----------------------------------------------------------------------

    def _aside(self, run: _Run) -> bool:
        """Something about the open question: "send it again", "where do I find that"."""
        task, question = _asking(run)
        step = self.tasks[task.name].aside(run.turn, task.memory, run.act, question)
        if step is None:
            return False
        self._went(run, task, step, question)
        return True

    def _starts_over(self, run: _Run) -> bool:
        if run.act.repair is not Repair.START_OVER:
            return False
        self._start_over(run)
        return True

    def _goes_back(self, run: _Run) -> bool:
        if run.act.repair is not Repair.BACK:
            return False
        self._back(run, _top(run))
        return True

    def _owns(self, run: _Run) -> bool:
        """Words about the change in hand, whatever else they may ask for: it is called off, or gets another part.

        Only a change that is named otherwise ("cancel my A5") is another one.
        """
        task, question = _asking(run)
        does, act = self.tasks[task.name], run.act
        about = does.about_test(task.memory)
        if not does.kind or question.optional or (act.tests and set(act.tests) != {about}):
            return False
        if act.drops(does.kind):
            self._put_off(run, task)
            run.phrase("stopped")
            below = run.state.task
            if below is not None and below.question is not None:
                self._resume(run, below)
            return True
        if act.asks or act.label not in _OF_SEATS or not isinstance(task.memory, SeatMemory) or act.puts_instead:
            return False
        memory = does.correct(run.turn, task.memory, act, question)
        if memory is None and act.other_slot is not None:
            memory = does.reset(run.turn, task.memory, act.other_slot)
            if memory is not None and act.other_slot is Slot.PLACE:
                run.phrase("ask_where")
        return self._goes_on_with(run, task, memory)

    def _spares(self, run: _Run) -> bool:
        """ "But keep my A8": what is named is not to be touched, and is not put in the place of what is in hand."""
        task, question = _asking(run)
        does, act = self.tasks[task.name], run.act
        if question.slot not in {CONFIRM, SEAT} or not act.spares:
            return False
        step = does.spared(run.turn, task.memory, act)
        if step is None:
            return False
        run.take(step)
        self._still_asks(run, task)
        return True

    def _beside(self, run: _Run) -> bool:
        """A question or a remark beside a change: answered, and the change waits as it is, asked for in one line."""
        task, question = _asking(run)
        does, act = self.tasks[task.name], run.act
        if not does.kind or question.optional:
            return False
        if isinstance(task.memory, AddressMemory) and does.contradicted(run.turn, task.memory, act):
            return False
        about = act.beside(question, does.label, wishes=does.wishes(run.turn, act, question))
        if about is None:
            return False
        if about is Beside.AGAIN:
            self._advance(run, task)
            return True
        waiting = next((kept for kept in run.state.tasks if kept is not task and self._is_about(kept, act)), None)
        step = does.beside(run.turn, task.memory, act, about) if waiting is None else None
        if waiting is not None:
            run.phrase("comes_next", task=self.title(run.turn, waiting))
        elif step is not None:
            run.take(step)
            run.state.last_topic = does.label if does.name in self.topics else run.state.last_topic
            if isinstance(step, ReadAgain):
                self._then(run, step)
        else:
            self._answer_by_label(run)
        if not run.handed_over and not run.asked and run.state.task is task:
            self._still_asks(run, task)
        return True

    def _is_about(self, task: OpenTask, act: UserAct) -> bool:
        """Whether "and the A6?" is about a change that waits for its turn."""
        about = self.tasks[task.name].about_test(task.memory)
        return bool(self.tasks[task.name].kind) and act.label == "inform" and about is not None and about in act.tests

    def _picks_again(self, run: _Run) -> bool:
        """Another choice of a list that was answered ("the second one instead", "the other test")."""
        task, question = _asking(run)
        if question.optional or not task.lists:
            return False
        if question.slot != CONFIRM and (question.slot in task.lists or run.act.answers(question)):
            return False  # "the first one" is one of the list that is open
        taken = {slot: _plain(getattr(task.memory, slot, None)) for slot in task.lists}
        again = run.act.picks_again(task.lists, taken)
        if again is None:
            return False
        slot, value = again
        return self._goes_on_with(run, task, self.tasks[task.name].rechoose(run.turn, task.memory, slot, value))

    def _wants_more(self, run: _Run) -> bool:
        if run.act.repair is not Repair.MORE:
            return False
        task, question = _asking(run)
        does = self.tasks[task.name]
        memory = does.more(run.turn, task.memory, run.act, question)
        if memory is None:
            memory = does.correct(run.turn, task.memory, run.act, question)
        return self._goes_on_with(run, task, memory)

    def _corrects(self, run: _Run) -> bool:
        return run.act.repair is Repair.CORRECT and self._corrected(run)

    def _other_change(self, run: _Run) -> bool:
        """ "Cancel it instead": another change than the one in hand."""
        task, act = _top(run), run.act
        does = self.tasks[task.name]
        named = act.family == "account" and act.label != does.label
        wanted = act.other_change if does.kind and not named and not act.refuses else None
        if wanted is None or wanted == task.name or wanted not in self.tasks:
            return False
        run.act = act.relabelled(self.tasks[wanted].label)
        self._begin(run, wanted)
        return True

    def _contradicts(self, run: _Run) -> bool:
        """ "Yes, the A6": an answer to the preview that names something else than what was shown."""
        task, question = _asking(run)
        if question.slot != CONFIRM or not self.tasks[task.name].contradicted(run.turn, task.memory, run.act):
            return False
        if not self._corrected(run):
            self._no_match(run, task)
        return True

    def _none_of_these(self, run: _Run) -> bool:
        """A bare no to a list: other ones where there are more, else the task is left. "Leave it" leaves it at once."""
        task, question = _asking(run)
        left = run.act.leaves(question) and bool(self.tasks[task.name].kind)
        if not left and not run.act.none_of_these(question):
            return False
        memory = self.tasks[task.name].more(run.turn, task.memory, run.act, question)
        if not left and self._goes_on_with(run, task, memory):
            return True
        self._put_off(run, task)
        run.phrase("confirm_declined")
        below = run.state.task
        if below is not None and below.question is not None:
            self._resume(run, below)
        return True

    def _answers(self, run: _Run) -> bool:
        task, question = _asking(run)
        answered = run.act.answer_to(question, self.tasks[task.name].label)
        if answered.fit is not Fit.ANSWER:
            return False
        return self._goes_on_with(run, task, task.memory.having(**{question.slot: answered.value}))

    def _says_a_value(self, run: _Run) -> bool:
        """A bare value that the question did not ask for, but that the task can use.

        Beside an offer to sign in it is kept for the task, and what it asks ("and G1?") is still answered.
        """
        task, question = _asking(run)
        bare = run.act.label in {"inform", "deny", "affirm"}
        if not bare and not self.tasks[task.name].wishes(run.turn, run.act, question):
            return False
        memory = self.tasks[task.name].correct(run.turn, task.memory, run.act, question)
        if question.optional and memory is not None:
            task.memory = memory
            return False
        return self._goes_on_with(run, task, memory)

    def _does_not_fit(self, run: _Run) -> bool:
        task, question = _asking(run)
        if run.act.answer_to(question, self.tasks[task.name].label).fit is not Fit.NO_MATCH:
            return False
        self._no_match(run, task)
        return True

    def _corrected(self, run: _Run) -> bool:
        task, question = _asking(run)
        memory = self.tasks[task.name].correct(run.turn, task.memory, run.act, question)
        if memory is None:
            return False
        plain = run.act.repair is Repair.CORRECT or question.slot == CONFIRM
        if plain and not self.tasks[task.name].wishes(run.turn, run.act, question):
            run.phrase("corrected")
        return self._goes_on_with(run, task, memory)

    def _goes_on_with(self, run: _Run, task: OpenTask, memory: Memory | None) -> bool:
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

    def _answer_by_label(self, run: _Run) -> None:
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

    def _then(self, run: _Run, step: Done | Refused | DoNext | ReadAgain) -> None:
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

    def _begin(self, run: _Run, name: str, given: Mapping[str, Any] | None = None) -> None:
        """Open a task and go as far as it gets. The same task already open is taken up with what is new."""
        does, top = self.tasks[name], run.state.task
        if top is not None and top.name == name and top.question and not top.question.optional and not given:
            if not self._corrected(run):
                self._advance(run, top)
            return
        inherited = self._changed_mind(run, does)
        for task in list(run.state.tasks):
            if task.name == name or (_waits_for_sign_in(task) and name in self.topics):
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

    def _about_what_is_in_hand(self, run: _Run, does: Task, memory: Memory) -> Memory:
        """A question beside a change that names no test is about the one in hand; on the person only if "it" is."""
        if does.name not in self.topics or does.kind or not isinstance(memory, TopicMemory) or memory.tests:
            return memory
        if isinstance(memory, PersonTopicMemory) and not run.act.refers_back:
            return memory
        return memory.having(tests=self._in_hand(run))

    def _asks_of_change(self, task: OpenTask) -> bool:
        """Whether it is a change that asks something which needs an answer."""
        return bool(self.tasks[task.name].kind) and task.question is not None and not task.question.optional

    def _in_hand(self, run: _Run) -> tuple[str, ...]:
        """The test of the change in hand, while it asks something."""
        task = run.state.task
        if task is None or not self._asks_of_change(task):
            return ()
        about = self.tasks[task.name].about_test(task.memory)
        return (about,) if about else ()

    def _advance(self, run: _Run, task: OpenTask) -> None:
        """Let a task go on; a task that is done makes way for the one below it."""
        asked_before, task.question = task.question, None
        self._went(run, task, self.tasks[task.name].advance(run.turn, task.memory), asked_before)

    def _went(self, run: _Run, task: OpenTask, step: Step, asked_before: Question | None) -> None:
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

    def _ask(self, run: _Run, task: OpenTask, step: Ask, asked_before: Question | None) -> None:
        """Leave a question open. Asked again after an answer that did not fit, it keeps count."""
        again = asked_before is not None and asked_before.slot == step.question.slot
        misses = asked_before.misses if again and asked_before is not None else 0
        task.memory = step.memory
        task.question = step.question.model_copy(update={"misses": misses})
        run.asked = True
        if step.counts and step.question.slot not in task.asked:
            task.asked.append(step.question.slot)

    def _finish(self, run: _Run, task: OpenTask) -> None:
        top = run.state.task
        if task is not top:
            return
        run.state.drop(task)
        below = run.state.task
        if below is not None and not run.handed_over:
            self._resume(run, below, in_short=not self.tasks[task.name].kind)

    def _still_asks(self, run: _Run, task: OpenTask) -> None:
        """One short line for a question that is still open; what it showed stands where it was shown."""
        question = task.question
        if question is None or (question.slot != CONFIRM and question.expects is not Expect.CHOICE):
            self._advance(run, task)
            return
        if question.slot == CONFIRM:
            run.phrase("still_confirm")
        elif question.slot == SEAT:
            run.phrase("still_seats" if len(question.choices) > 1 else "still_one_seat")
        else:
            run.phrase("still_which")
        run.asked = True

    def _resume(self, run: _Run, task: OpenTask, *, in_short: bool = False) -> None:
        """Come back to a task that was put aside and ask its question again. `in_short`: nothing was done meanwhile."""
        asking = task.question
        if in_short and not run.changed and asking is not None and self.tasks[task.name].kind and not asking.optional:
            self._still_asks(run, task)
            return
        if run.after_question and asking is not None and asking.slot == CONFIRM:
            # A yes or no asked in this very answer, before something else was said: only the question once more.
            run.phrase("resume", task=self.title(run.turn, task))
            run.phrase("confirm_question")
            run.asked = True
            return
        if (asking is None or not asking.optional) and task.name != "sign_in":  # which asks in one short line
            run.phrase("resume", task=self.title(run.turn, task))
        self._advance(run, task)

    def _no_match(self, run: _Run, task: OpenTask) -> None:
        """An answer that does not fit: say so and ask again; then with choices; then offer a person."""
        question = task.question
        if question is None:
            return
        if run.act.is_yes and question.expects is Expect.CHOICE and self.tasks[task.name].kind:
            self._still_asks(run, task)  # a yes to "which one" picks none
            return
        question.misses += 1
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

    def _offer_person(self, run: _Run) -> None:
        self._begin(run, "human_agent", {"reason": "not_understood", "offered": True, "soft": True})

    # --- repairs --------------------------------------------------------------------------------------------

    def _back(self, run: _Run, task: OpenTask) -> None:
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

    def _stop(self, run: _Run) -> None:
        """Drop everything that is open; nothing has been changed by it."""
        if not run.state.tasks and run.act.only_cancels:
            self._begin(run, "clarify", {"readings": _CANCELLING})
            return
        if not run.state.tasks:
            run.phrase("nothing_to_stop")
            return
        self._drop_all(run)
        run.phrase("already_done" if run.changed else "stopped")

    def _drop_all(self, run: _Run) -> None:
        for task in list(run.state.tasks):
            self._put_off(run, task)

    def _start_over(self, run: _Run) -> None:
        """The same task from its beginning; without one, a clean slate."""
        task = run.state.task
        run.phrase("started_over")
        if task is None:
            return
        self._put_off(run, task)
        run.act = UserAct.of_label(self.tasks[task.name].label)
        self._begin(run, task.name)

    def _put_off(self, run: _Run, task: OpenTask) -> None:
        run.apply(self.tasks[task.name].put_off(run.turn, task.memory))
        run.state.drop(task)

    def _drop_optional(self, run: _Run) -> bool:
        """An optional question that was not answered needs no answer any more; whether there was one."""
        dropped = False
        for task in list(run.state.tasks):
            if task.name == READ_BACK and run.act.label in KEEPING:
                continue
            if task.question is not None and task.question.optional and not _waits_for_sign_in(task):
                self._put_off(run, task)
                dropped = True
        return dropped

    def _changed_mind(self, run: _Run, does: Task) -> str | None:
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

    def _remember_links(self, run: _Run) -> None:
        """On the phone, web addresses are not spoken: they are kept, and offered where nothing is being asked."""
        found = link_mail.addresses(statement.answer for statement in run.statements)
        if run.turn.channel != "phone" or run.handed_over or not found or run.act.asks_for_links:
            return
        run.state.links = list(found)
        question = run.state.question
        if question is None or question.optional:
            run.phrase("offer_links")


# --- the order of the guards -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guard:
    """A look at an act: its name, what it looks for, and the taking, which says whether it has answered the act."""

    name: str
    sees: str
    take: Callable[[Dialogue, _Run], bool]


GUARDS: tuple[Guard, ...] = (
    Guard("mails links", "addresses of the last answer are wanted by e-mail", Dialogue._mails_links),
    Guard("silence", "nothing was said", Dialogue._silence),
    Guard("parked", "a yes or no to what was open before a person was called", Dialogue._parked),
    Guard("about the line", "the wait for a person, the recording, the voice, the language", Dialogue._about_the_line),
    Guard("reads back", "a yes or no to words that were read back", Dialogue._reads_back),
    Guard("yes again", "a yes that comes once more after a change", Dialogue._yes_again),
    Guard("misheard", "words that may have been misheard", Dialogue._misheard),
    Guard("says goodbye", "a goodbye in the middle of something", Dialogue._says_goodbye),
    Guard("undo", "the last change is to be put back", Dialogue._undo),
    Guard("pause", "a moment is wanted", Dialogue._pause),
    Guard("tells more", "the whole text of the topic spoken of last", Dialogue._tells_more),
)
"""What is looked for in every act, in this order."""

BESIDE_A_QUESTION: tuple[Guard, ...] = (
    Guard("aside", "something about the open question itself", Dialogue._aside),
    Guard("starts over", "the task from its beginning", Dialogue._starts_over),
    Guard("goes back", "the question before", Dialogue._goes_back),
    Guard("spares", "another test is named, and not to be touched", Dialogue._spares),
    Guard("owns", "the change in hand is called off, or gets another part", Dialogue._owns),
    Guard("beside", "a question or a remark beside a change", Dialogue._beside),
    Guard("picks again", "another choice of a list that was answered", Dialogue._picks_again),
    Guard("wants more", "further choices, or not this one", Dialogue._wants_more),
    Guard("corrects", "a value said again", Dialogue._corrects),
    Guard("other change", "another change instead", Dialogue._other_change),
    Guard("contradicts", "a reply to the preview that names something else", Dialogue._contradicts),
    Guard("none of these", "a bare no to a list", Dialogue._none_of_these),
    Guard("answers", "the answer to the open question", Dialogue._answers),
    Guard("says a value", "a value that the task can use", Dialogue._says_a_value),
    Guard("does not fit", "meant as an answer, but none", Dialogue._does_not_fit),
)
"""What is looked for while a question is open, in this order."""


def _top(run: _Run) -> OpenTask:
    task = run.state.task
    if task is None:
        raise LookupError("no task is open")
    return task


def _asking(run: _Run) -> tuple[OpenTask, Question]:
    """The task in hand and its open question."""
    task = _top(run)
    if task.question is None:
        raise LookupError(f"{task.name} asks nothing")
    return task, task.question


def _plain(value: Any) -> Any:
    """A value of a memory as it stands in a choice."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _read_back(memory: Memory) -> Mapping[str, Any]:
    act: Mapping[str, Any] = getattr(memory, "act", {})
    return act


def _waits_for_sign_in(task: OpenTask) -> bool:
    return task.question is not None and task.question.slot == "sign_in"
