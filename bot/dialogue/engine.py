"""Moving the conversation on: the open question first, then what the act asks for, then back to what was open.

`Dialogue.step` answers one act. It looks at the act through a list of named guards (`GUARDS`, and `BESIDE_A_QUESTION`
while one is open) in their order: the first that takes the act answers it. Where none does, the handler of the act's
label answers, by the one table of Rasa's rules (data/dialogue/rules.yml).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.changes.kinds import BOOK, BY_TOPIC, CANCEL_APPOINTMENT, CANCEL_TEST, RESCHEDULE
from bot.dialogue import line_talk, link_mail
from bot.dialogue.explaining import say_explained
from bot.dialogue.following import last_change
from bot.dialogue.general import takes_up
from bot.dialogue.memories import AddressMemory, SeatMemory
from bot.dialogue.outcome import (
    DoNext,
    EndConversation,
    Outcome,
    ReadAgain,
    Reply,
    Trace,
)
from bot.dialogue.stack import KEEPING, READ_BACK, Run, Stack, asking, top
from bot.dialogue.state import ConversationState, Memory, OpenTask, Question, Since
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import CONFIRM, SEAT, Fit
from bot.dialogue.understanding.beside import Beside, Slot
from bot.dialogue.understanding.misheard import Grounding
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.user_act import UserAct

_OF_SEATS = {BOOK.label, RESCHEDULE.label}
SURE_GOODBYE = 0.8
NAMED = 0.6
"""A topic read with this confidence was spoken of, even where something else was answered."""
MISHEARD_BEFORE_PERSON = 3
"""After so many doubtful answers in a row a person is offered."""


class Dialogue(Stack):
    """Holds the tasks and handlers by name; one per process, without state of its own."""

    # --- from outside ---------------------------------------------------------------------------------

    def step(
        self,
        turn: TurnContext,
        act: UserAct,
        state: ConversationState,
        *,
        action: str | None = None,
        after_question: bool = False,
        more: bool = False,
    ) -> Outcome:
        """Answer one act. `state` is left as it is; the new one comes with the outcome.

        `action`: the action that Rasa has picked, where Rasa runs the conversation; else the rules are looked up.
        """
        act = act.of_candidate() if turn.visitor.is_agent else act
        kept = state.model_copy(deep=True)
        run = Run(turn, takes_up(act, kept), kept, action, after_question, more)
        before, asked_before = kept.last_topic, kept.question
        run.state.waiting = False
        run.others_refused, run.state.others_refused = run.state.others_refused, False
        if act.event is None:
            run.could_begin, run.state.could_begin = run.state.could_begin, None
        if run.state.set_aside:
            run.state.set_aside = False
            run.phrase("state_set_aside")
        self._guarded(run)
        self._remember_since(run, asked_before)
        self._remember_links(run)
        self._remember_topics(run, before)
        if turn.visitor.in_line and not (run.handed_over or run.left_line or run.asked):
            run.phrase("still_in_line")
        if run.handed_over:
            run.state.parked = True
            # A change that waits for its yes goes on waiting: they may say it on another channel, or afterwards.
            for task in list(run.state.tasks):
                if task.question is None or task.question.slot != CONFIRM:
                    self._put_off(run, task)
        return run.outcome()

    @staticmethod
    def _remember_since(run: Run, before: Question | None) -> None:
        """That something came between the change that was shown and the yes to it; one shown anew is new."""
        question = run.state.question
        if question is None or question is not before or question.slot != CONFIRM:
            return
        if run.act.event is not None or run.act.label == "repeat":
            return
        willing = Since.WILLING if run.act.says_yes_and_asks else Since.BESIDE
        question.since = Since.DOUBTED if run.doubted else willing

    @staticmethod
    def _remember_topics(run: Run, before: str | None) -> None:
        """What was spoken of before this turn, and what its words named by the way."""
        named = run.act.label if run.act.is_topic and run.act.confidence >= NAMED else None
        for topic in (before, named):
            if topic is not None and topic != run.state.last_topic:
                run.state.spoke_of(topic)

    def begin_task(
        self, turn: TurnContext, state: ConversationState, name: str, given: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Open a task without an act of the person."""
        run = Run(turn, UserAct.of_label("inform"), state.model_copy(deep=True))
        self._begin(run, name, given)
        return run.outcome()

    def drop_open(self, turn: TurnContext, state: ConversationState) -> Outcome:
        """Drop every open task without a word."""
        run = Run(turn, UserAct.of_label("stop"), state.model_copy(deep=True))
        self._drop_all(run)
        return run.outcome()

    def take_up(self, turn: TurnContext, state: ConversationState) -> Outcome:
        """Go on with what was open before a person had the conversation."""
        run = Run(turn, UserAct.of_label("inform"), state.model_copy(deep=True))
        run.state.parked = False
        task = run.state.task
        if task is not None and task.question is not None and not task.question.optional:
            self._resume(run, task)
        return run.outcome()

    # --- the guards -------------------------------------------------------------------------------------

    def _guarded(self, run: Run) -> None:
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

    def _first_of(self, run: Run, guards: tuple[Guard, ...]) -> bool:
        if guards is BESIDE_A_QUESTION and run.state.question is None:
            return False
        for guard in guards:
            at = len(run.trace)
            took = guard.take(self, run)
            run.trace.insert(at, Trace(guard.name, took, guard.sees))
            if took:
                return True
        return False

    def _mails_links(self, run: Run) -> bool:
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

    def _about_the_line(self, run: Run) -> bool:
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

    def _parked(self, run: Run) -> bool:
        """A yes or no after a person was called is not taken for a change that was open before: it is shown again."""
        state, task = run.state, run.state.task
        if not state.parked:
            return False
        state.parked = False
        if task is None or task.question is None or task.question.optional or not run.act.answers(task.question):
            return False
        self._resume(run, task)
        return True

    def _silence(self, run: Run) -> bool:
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

    def _reads_back(self, run: Run) -> bool:
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

    def _yes_again(self, run: Run) -> bool:
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

    def _misheard(self, run: Run) -> bool:
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
            run.doubted = act.sounds_like_yes
            run.phrase("heard_yes_no")
            run.asked = True
        else:
            said = act.as_heard(run.turn.services.answers, question, label)
            self._begin(run, READ_BACK, {"act": act.to_json(), "said": (said.web, said.voice)})
        return True

    def _says_goodbye(self, run: Run) -> bool:
        """A goodbye in the middle of something ends it; nothing has been changed by it."""
        question = run.state.question
        said = run.act.label == "goodbye" and run.act.confidence >= SURE_GOODBYE and run.act.takes_leave
        if not said or question is None or question.optional:
            return False
        self._drop_all(run)
        run.phrase("goodbye_nothing_changed")
        return True

    def _takes_offer(self, run: Run) -> bool:
        """After a question about a change: a plain yes shows it, an "ok" changes nothing."""
        offer, question = run.could_begin, run.state.question
        if offer is None or (question is not None and not question.optional):
            return False
        if run.act.takes_offer:
            run.act = UserAct.of_label(self.tasks[offer["task"]].label)
            self._begin(run, offer["task"], offer["given"])
            return True
        if not run.act.takes_note and not (run.act.label == "deny" and not run.act.is_long):
            return False
        run.phrase("nothing_changed_noted")
        return True

    def _pleads(self, run: Run) -> bool:
        """ "He said it's ok", right after somebody else's records stayed closed: they stay so."""
        if not run.others_refused or not run.act.pleads_for_another:
            return False
        run.phrase("own_records_still")
        run.state.others_refused = True
        task = run.state.task
        if task is not None and task.question is not None and not task.question.optional:
            self._resume(run, task, in_short=True)
        return True

    def _undo(self, run: Run) -> bool:
        if run.act.repair is not Repair.UNDO or (run.turn.person is None and run.state.undo is None):
            return False
        if run.state.undo is not None and run.state.question is None and not run.act.wants_change:
            run.phrase("undo_on_request")
            run.state.could_begin = {"task": "undo", "given": {}}
            return True
        self._begin(run, "undo")
        return True

    def _pause(self, run: Run) -> bool:
        if run.act.repair is not Repair.WAIT:
            return False
        run.phrase("take_your_time")  # what is open stays open, and is not asked again
        run.state.waiting = True
        return True

    def _what_was_done(self, run: Run) -> bool:
        """ "What'd you book", with nothing open: the last change here, or that there is none."""
        state = run.state
        after = state.made is not None and (run.act.asks_what_is_now or (run.act.refuses and run.act.short))
        if run.turn.person is None or not (run.act.asks_what_was_done or after):
            return False
        if state.question is not None and not state.question.optional:
            return False  # answered with what waits for a yes
        run.take(last_change(run.turn, state, run.turn.person))
        return True

    def _tells_more(self, run: Run) -> bool:
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
            reply.entry(state.last_topic, after=state.said["speech"] if state.said is not None else "")
        run.take(reply.done())
        return True

    # --- beside an open question ----------------------------------------------------------------------

    def _aside(self, run: Run) -> bool:
        """Something about the open question: "send it again", "where do I find that"."""
        task, question = asking(run)
        step = self.tasks[task.name].aside(run.turn, task.memory, run.act, question)
        if step is None:
            return False
        self._went(run, task, step, question)
        return True

    def _starts_over(self, run: Run) -> bool:
        if run.act.repair is not Repair.START_OVER:
            return False
        self._start_over(run)
        return True

    def _goes_back(self, run: Run) -> bool:
        if run.act.repair is not Repair.BACK:
            return False
        self._back(run, top(run))
        return True

    def _owns(self, run: Run) -> bool:
        """Words about the change in hand, whatever else they may ask for: it is called off, or gets another part.

        Only a change that is named otherwise ("cancel my A5") is another one.
        """
        task, question = asking(run)
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
        if not isinstance(task.memory, SeatMemory) or act.puts_instead:
            return False
        if (act.asks and act.other_slot is None) or act.label not in _OF_SEATS:
            return False
        memory = does.correct(run.turn, task.memory, act, question)
        if memory is None and act.other_slot is not None:
            memory = does.reset(run.turn, task.memory, act.other_slot)
            if memory is not None and act.other_slot is Slot.PLACE:
                run.phrase("ask_where")
        return self._goes_on_with(run, task, memory)

    def _spares(self, run: Run) -> bool:
        """ "But keep my A8": what is named is not to be touched, and is not put in the place of what is in hand."""
        task, question = asking(run)
        does, act = self.tasks[task.name], run.act
        if question.slot not in {CONFIRM, SEAT} or not act.spares or act.wants_other:
            return False
        if act.keeps_it and does.about_test(task.memory) in {str(code) for code in act.values("test_code")}:
            self._put_off(run, task)  # "keep A2, cancel only A1": what is in hand is not wanted any more
            run.phrase("confirm_declined")
            return True
        step = does.spared(run.turn, task.memory, act)
        if step is None:
            return False
        run.take(step)
        self._still_asks(run, task)
        return True

    def _acknowledges(self, run: Run) -> bool:
        """ "Ok thanks" before a change: asked once whether that is a yes, in a line that names the change."""
        task, question = asking(run)
        if question.slot != CONFIRM or not run.act.acknowledges(question):
            return False
        if question.since is Since.DOUBTED:
            self._no_match(run, task)
            return True
        run.doubted = True
        kind = BY_TOPIC.get(task.name)
        about = self.tasks[task.name].about_test(task.memory)
        if kind is None:
            run.phrase("sure_undo", test=about)
        else:
            run.phrase(kind.to_be_sure, **({"test": about} if kind.of_one_test else {}))
        run.asked = True
        return True

    def _beside(self, run: Run) -> bool:
        """A question or a remark beside a change: answered, and the change waits as it is, asked for in one line."""
        task, question = asking(run)
        does, act = self.tasks[task.name], run.act
        if not does.kind or question.optional:
            return False
        if isinstance(task.memory, AddressMemory) and does.contradicted(run.turn, task.memory, act):
            return False
        about = act.beside(question, does.label, wishes=does.wishes(run.turn, act, question))
        if about is None:
            return False
        if about is Beside.OTHERWISE and self._corrected(run):
            return True
        if about in {Beside.QUESTION, Beside.REMARK} and self._no_first(run):
            return True
        if about is Beside.AGAIN:
            task.memory = task.memory.without("listed")
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

    def _cancels_what(self, run: Run) -> bool:
        """ "No, just the appointment", before the test is cancelled, or the other way round: that one is shown."""
        task, question = asking(run)
        wanted = run.act.cancels_what
        labels = {CANCEL_APPOINTMENT.label: CANCEL_APPOINTMENT.topic, CANCEL_TEST.label: CANCEL_TEST.topic}
        label, act = self.tasks[task.name].label, run.act
        if question.slot != CONFIRM or label not in labels or wanted is None or wanted == label:
            return False
        about = self.tasks[task.name].about_test(task.memory)
        if about is None or act.is_question or not act.short or act.refuses or (act.tests and about not in act.tests):
            return False
        self._put_off(run, task)
        run.act = act.relabelled(wanted)
        self._begin(run, labels[wanted], {"tests": (about,)})
        return True

    def _is_about(self, task: OpenTask, act: UserAct) -> bool:
        """Whether "and the A6?" is about a change that waits for its turn."""
        about = self.tasks[task.name].about_test(task.memory)
        return bool(self.tasks[task.name].kind) and act.label == "inform" and about is not None and about in act.tests

    def _picks_again(self, run: Run) -> bool:
        """Another choice of a list that was answered ("the second one instead", "the other test")."""
        task, question = asking(run)
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

    def _wants_more(self, run: Run) -> bool:
        if run.act.repair is not Repair.MORE:
            return False
        task, question = asking(run)
        does = self.tasks[task.name]
        memory = does.more(run.turn, task.memory, run.act, question)
        if memory is None:
            memory = does.correct(run.turn, task.memory, run.act, question)
        return self._goes_on_with(run, task, memory)

    def _corrects(self, run: Run) -> bool:
        return run.act.repair is Repair.CORRECT and self._corrected(run)

    def _other_change(self, run: Run) -> bool:
        """ "Cancel it instead": another change than the one in hand."""
        task, act = top(run), run.act
        does = self.tasks[task.name]
        named = act.family == "account" and act.label != does.label
        wanted = act.other_change if does.kind and not named and not act.refuses else None
        if wanted is None or wanted == task.name or wanted not in self.tasks:
            return False
        run.act = act.relabelled(self.tasks[wanted].label)
        self._begin(run, wanted)
        return True

    def _contradicts(self, run: Run) -> bool:
        """ "Yes, the A6": an answer to the preview that names something else than what was shown."""
        task, question = asking(run)
        if question.slot != CONFIRM or not self.tasks[task.name].contradicted(run.turn, task.memory, run.act):
            return False
        if not self._corrected(run):
            self._no_match(run, task)
        return True

    def _none_of_these(self, run: Run) -> bool:
        """A bare no to a list: other ones where there are more, else the task is left. "Leave it" leaves it at once."""
        task, question = asking(run)
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

    def _answers(self, run: Run) -> bool:
        task, question = asking(run)
        answered = run.act.answer_to(question, self.tasks[task.name].label)
        if answered.fit is not Fit.ANSWER:
            return False
        return self._goes_on_with(run, task, task.memory.having(**{question.slot: answered.value}))

    def _says_a_value(self, run: Run) -> bool:
        """A bare value that the question did not ask for, but that the task can use.

        Beside an offer to sign in it is kept for the task, and what it asks ("and G1?") is still answered.
        """
        task, question = asking(run)
        bare = run.act.label in {"inform", "deny", "affirm"}
        if not bare and not self.tasks[task.name].wishes(run.turn, run.act, question):
            return False
        memory = self.tasks[task.name].correct(run.turn, task.memory, run.act, question)
        if question.optional and memory is not None:
            task.memory = memory
            return False
        return self._goes_on_with(run, task, memory)

    def _no_first(self, run: Run) -> bool:
        """Words before a change that begin with a no: it is left, so that an "ok" that follows changes nothing."""
        task, question = asking(run)
        if question.slot != CONFIRM or not self.tasks[task.name].kind or not run.act.opens_with_no:
            return False
        label = self.tasks[task.name].label
        self._put_off(run, task)
        run.phrase("confirm_declined")
        if run.act.is_order and run.act.tests and run.act.label != label:
            self._answer_by_label(run)  # "no, move my A6": another change is asked for
        return True

    def _does_not_fit(self, run: Run) -> bool:
        task, question = asking(run)
        if run.act.answer_to(question, self.tasks[task.name].label).fit is not Fit.NO_MATCH:
            return False
        self._no_match(run, task)
        return True

    def _remember_links(self, run: Run) -> None:
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
    take: Callable[[Dialogue, Run], bool]


GUARDS: tuple[Guard, ...] = (
    Guard("mails links", "addresses of the last answer are wanted by e-mail", Dialogue._mails_links),
    Guard("silence", "nothing was said", Dialogue._silence),
    Guard("parked", "a yes or no to what was open before a person was called", Dialogue._parked),
    Guard("about the line", "the wait for a person, the recording, the voice, the language", Dialogue._about_the_line),
    Guard("reads back", "a yes or no to words that were read back", Dialogue._reads_back),
    Guard("yes again", "a yes that comes once more after a change", Dialogue._yes_again),
    Guard("misheard", "words that may have been misheard", Dialogue._misheard),
    Guard("takes offer", "a yes, an ok or a no to a change that was only asked about", Dialogue._takes_offer),
    Guard("says goodbye", "a goodbye in the middle of something", Dialogue._says_goodbye),
    Guard("pleads", "a reason to open somebody else's records, which stayed closed", Dialogue._pleads),
    Guard("undo", "the last change is to be put back", Dialogue._undo),
    Guard("pause", "a moment is wanted", Dialogue._pause),
    Guard("what was done", "what has been done so far", Dialogue._what_was_done),
    Guard("tells more", "the whole text of the topic spoken of last", Dialogue._tells_more),
)
"""What is looked for in every act, in this order."""

BESIDE_A_QUESTION: tuple[Guard, ...] = (
    Guard("aside", "something about the open question itself", Dialogue._aside),
    Guard("starts over", "the task from its beginning", Dialogue._starts_over),
    Guard("goes back", "the question before", Dialogue._goes_back),
    Guard(
        "acknowledges", "no more than a word that what was said is taken in, before a change", Dialogue._acknowledges
    ),
    Guard("cancels what", "the appointment instead of the test, or the test itself", Dialogue._cancels_what),
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
    Guard("no first", "words before a change that begin with a no", Dialogue._no_first),
    Guard("does not fit", "meant as an answer, but none", Dialogue._does_not_fit),
)
"""What is looked for while a question is open, in this order."""


def _plain(value: Any) -> Any:
    """A value of a memory as it stands in a choice."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _read_back(memory: Memory) -> Mapping[str, Any]:
    act: Mapping[str, Any] = getattr(memory, "act", {})
    return act
