"""What comes of a step: the new state, what is said, and what else is to be done. Values, made once.

A task's `advance` returns one of `Step`; the engine goes on from there. `Reply` gathers what one of them says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.answers.answer import Answer, joined
from bot.answers.format import Said
from bot.dialogue.memories import Asked
from bot.dialogue.state import Choice, ConversationState, Expect, Memory, Question
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import DecisionTold, MailDraft, Person
from bot.rules.decision import Decision, Value
from bot.rules.facts import Subject
from bot.rules.state import PurchaseState, state_of
from bot.rules.time import day_at, zone

# --- what is said, and what else is to be done ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said: the words, and the decision told with them, if any."""

    answer: Answer
    told: DecisionTold | None = None
    made_elsewhere: Decision | None = None
    """A decision that was made and stored with a change: for "why?" only."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has proved who they are; `turn` goes on with their records."""

    turn: TurnContext


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """The records were changed; `turn` goes on with them as they are now."""

    turn: TurnContext


@dataclass(frozen=True, slots=True)
class SeatHeld:
    """A seat is held for this person until then (real time)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar text that goes with the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class SendMail:
    """An e-mail, stored together with the turn."""

    mail: MailDraft


@dataclass(frozen=True, slots=True)
class HandOver:
    """The conversation goes into the queue for a person, with what that person needs to know."""

    reason: str
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """No person is wanted any more: the request is withdrawn, and the assistant has the conversation alone."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """The number at which somebody in line wants to be called."""

    phone: str


@dataclass(frozen=True, slots=True)
class Patience:
    """A moment was asked for: listen longer before asking again."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How a caller wants to be spoken to from now on."""

    slow: bool


@dataclass(frozen=True, slots=True)
class RememberChange:
    """The change made last: `settled` for a yes that comes once more, `undo` for putting it back (None: it cannot)."""

    settled: Mapping[str, Any] | None
    undo: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class OfferChange:
    """A change that was asked about was offered in words: which, and what it would be about."""

    task: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DropOthers:
    """Other open tasks make way: those named, or all of them."""

    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EndConversation:
    """The conversation is over with this turn."""


Effect = (
    SignedIn
    | RecordsChanged
    | SeatHeld
    | CalendarFile
    | SendMail
    | HandOver
    | LeaveLine
    | CallBack
    | Patience
    | Speed
    | RememberChange
    | OfferChange
    | DropOthers
    | EndConversation
)

# --- what a task comes to --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    statements: tuple[Statement, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask(_Step):
    """The task waits for the answer to a question. `counts` False: going back does not come to this question."""

    memory: Memory = field(default_factory=Memory)
    question: Question = field(default_factory=lambda: Question(slot="", expects=Expect.FREE))
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Done(_Step):
    """The task is at its end. `question_repeated`: what was said holds the open question already."""

    question_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Refused(_Step):
    """The task is at its end because a rule does not allow what was wanted."""

    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class DoFirst(_Step):
    """Another task comes first; this one goes on when that is done."""

    task: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    memory: Memory | None = None
    question: Question | None = None
    """A question of the task at hand that stays open meanwhile."""


@dataclass(frozen=True, slots=True)
class DoNext(_Step):
    """The task is at its end, and another one begins."""

    task: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadAgain(_Step):
    """The task is at its end: what was meant is known now and is answered as that."""

    act: UserAct = field(default_factory=lambda: UserAct.of_label("out_of_scope"))


Step = Ask | Done | Refused | DoFirst | DoNext | ReadAgain

# --- what a step comes to --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trace:
    """One look of the engine at a message: which guard, whether it took the message, and what it saw."""

    guard: str
    took: bool
    saw: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What answering one act came to. `turn` is the context as it is afterwards."""

    turn: TurnContext
    state: ConversationState
    statements: tuple[Statement, ...] = ()
    effects: tuple[Effect, ...] = ()
    asked: bool = False
    """Whether this step has left a question open that was put in it."""
    trace: tuple[Trace, ...] = ()

    def effect(self, kind: type[Any]) -> Any:
        """The last effect of one kind, or None."""
        return next((each for each in reversed(self.effects) if isinstance(each, kind)), None)

    @property
    def answer(self) -> Answer:
        """Everything said, as one answer."""
        return joined(statement.answer for statement in self.statements)


class Reply:
    """Gathers what one step says and does; `ask`, `done` and the others make the step of it."""

    def __init__(self, turn: TurnContext, asked: Asked | None = None) -> None:
        """`asked`: what the decisions told are to answer."""
        self.turn = turn
        self.asked = asked
        self._statements: list[Statement] = []
        self._effects: list[Effect] = []

    @property
    def said(self) -> tuple[Answer, ...]:
        """The answers gathered so far."""
        return tuple(statement.answer for statement in self._statements)

    # --- saying -------------------------------------------------------------------------------------

    def say(self, answer: Answer) -> None:
        """Say an answer; an empty one is left out."""
        if answer.text or answer.speech:
            self._statements.append(Statement(answer))

    def phrase(self, key: str, **values: Any) -> None:
        """Say a phrase; values that are None are left out."""
        given = {name: value for name, value in values.items() if value is not None}
        self.say(self.turn.services.answers.phrase(key, day=self.turn.today, **given))

    def spoken(self, words: str) -> None:
        """Something for the ear only: what stands on a screen as choices."""
        self._statements.append(Statement(Answer(text="", speech=f"{words[0].upper()}{words[1:]}.")))

    def entry(self, label: str) -> None:
        """Say the text of a label."""
        self.say(self.turn.services.answers.entry(label, self.turn.today))

    def tell(
        self,
        rule: str,
        subject: Subject,
        *,
        person: Person | None = None,
        as_of: datetime | None = None,
        what_if: str | None = None,
        brief: bool = False,
        closing: bool = True,
        silent: bool = False,
    ) -> Decision:
        """Decide as of the turn's instant (or `as_of`), say it, and keep it for "why?" and for the record.

        `closing` False: what to do is left out. `silent`: it is said in other words already.
        """
        turn, who = self.turn, person or self.turn.person
        decision = turn.judge(rule, subject, person=person, as_of=as_of)
        if who is None:
            raise LookupError("nobody is signed in")
        answers = turn.services.answers
        ahead = (day_at(as_of, turn.zone) - turn.today).days if as_of is not None else 0
        shown = counted_from_today(decision, ahead) if ahead else decision
        forms = self.asked.forms if self.asked is not None else ()
        if silent:
            said = Answer("", "")
        elif brief:
            said = answers.brief(shown, day=turn.today, subject_words=_which_purchase(turn, who, subject))
        else:
            words = _which_purchase(turn, who, subject)
            said = answers.decision(shown, day=turn.today, subject_words=words, asked=forms, closing=closing)
        told = DecisionTold(rule, subject, as_of or turn.now, who, decision, what_if)
        self._statements.append(Statement(replace(said, decisions=(decision,)), told))
        return decision

    def tell_made(self, decision: Decision) -> None:
        """Say a decision that was made, and stored, with a change."""
        shown = in_zone(decision, _zone_of_subject(self.turn, decision))
        said = self.turn.services.answers.decision(shown, day=self.turn.today)
        self._statements.append(Statement(replace(said, decisions=(decision,)), made_elsewhere=decision))

    @contextmanager
    def as_list(self) -> Iterator[None]:
        """What is said inside becomes the lines of one list."""
        with self._gathered() as lines:
            yield
        if lines:
            whole = joined(line.answer for line in lines)
            self._merged(
                lines, replace(whole, text="\n".join(f"- {line.answer.text}" for line in lines if line.answer.text))
            )

    @contextmanager
    def as_line(self) -> Iterator[None]:
        """What is said inside becomes one line."""
        with self._gathered() as parts:
            yield
        if parts:
            whole = joined(part.answer for part in parts)
            self._merged(parts, replace(whole, text=" ".join(p.answer.text for p in parts if p.answer.text)))

    @contextmanager
    def _gathered(self) -> Iterator[list[Statement]]:
        before = self._statements
        inside: list[Statement] = []
        self._statements = inside
        try:
            yield inside
        finally:
            self._statements = before

    def _merged(self, parts: Sequence[Statement], whole: Answer) -> None:
        """One statement of several; the decisions told with them are kept one by one, silently."""
        self._statements.append(Statement(whole))
        self._statements += [Statement(Answer("", ""), part.told) for part in parts if part.told is not None]

    def include(self, other: Reply) -> None:
        """What another one has gathered comes next."""
        self._statements += other._statements
        self.effect(*other._effects)

    # --- doing --------------------------------------------------------------------------------------

    def effect(self, *effects: Effect) -> None:
        """Something else to be done with this step."""
        self._effects += effects
        for each in effects:
            if isinstance(each, (SignedIn, RecordsChanged)):
                self.turn = each.turn

    # --- the step that it comes to --------------------------------------------------------------------

    def ask(
        self,
        memory: Memory,
        slot: str,
        expects: Expect,
        choices: Sequence[Choice] = (),
        *,
        optional: bool = False,
        counts: bool = True,
    ) -> Ask:
        """Leave a question open. `counts` False: going back does not come to it."""
        question = Question(slot=slot, expects=expects, choices=list(choices), optional=optional)
        return Ask(*self._made(), memory, question, counts)

    def done(self, *, question_repeated: bool = False) -> Done:
        """The task is at its end."""
        return Done(*self._made(), question_repeated)

    def refused(self, decision: Decision | None = None) -> Refused:
        """The task is at its end, and nothing could be done."""
        return Refused(*self._made(), decision)

    def first(self, task: str, memory: Memory | None, *, question: Question | None = None, **given: Any) -> DoFirst:
        """Another task first; the one at hand goes on with `memory` afterwards."""
        return DoFirst(*self._made(), task, _known(given), memory, question)

    def next(self, task: str, **given: Any) -> DoNext:
        """The task at hand is at its end; another one begins."""
        return DoNext(*self._made(), task, _known(given))

    def read_again(self, act: UserAct) -> ReadAgain:
        """The task at hand is at its end; `act` is answered now."""
        return ReadAgain(*self._made(), act)

    def then(self, step: Step) -> Step:
        """What was gathered here, and then another step."""
        statements, effects = self._made()
        return replace(step, statements=statements + step.statements, effects=effects + step.effects)

    def _made(self) -> tuple[tuple[Statement, ...], tuple[Effect, ...]]:
        return tuple(self._statements), tuple(self._effects)


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


# --- decisions as they are told and kept ---------------------------------------------------------------

COUNTDOWNS = {"days_left", "opens_in_days", "window_days_left"}


def _which_purchase(turn: TurnContext, person: Person, subject: Subject) -> Said | None:
    """The test with the day it was bought, where the same test was bought more than once and is not used up."""
    bought = [p for p in person.candidate.purchases if p.test == subject.test and state_of(p) in _USABLE]
    one = next((p for p in bought if p.id == subject.purchase_id), None)
    if one is None or len(bought) < 2:
        return None
    answers = turn.services.answers
    test = answers.say(one.test, "test", day=turn.today)
    alike = any(p.purchased_on == one.purchased_on and p.id != one.id for p in bought)
    order = Said.same(one.id) if alike else None
    return answers.said("test_bought_on", test=test, bought_on=one.purchased_on, order=order)


_USABLE = (PurchaseState.OPEN, PurchaseState.BOOKED)


def counted_from_today(decision: Decision, ahead: int) -> Decision:
    """A decision supposed `ahead` days from today, with its countdowns as they are seen from today."""

    def seen(name: str, value: Value) -> Value:
        return value + ahead if name in COUNTDOWNS and isinstance(value, int) else value

    reasons = tuple(
        replace(reason, values={name: seen(name, value) for name, value in reason.values.items()})
        for reason in decision.reasons
    )
    return replace(decision, reasons=reasons)


def zone_of(decision: Decision) -> str | None:
    """The zone in which a decision's instants are told, if it has any."""
    for reason in decision.reasons:
        for value in reason.values.values():
            if isinstance(value, datetime) and isinstance(value.tzinfo, ZoneInfo):
                return value.tzinfo.key
    return None


def in_zone(decision: Decision, where: ZoneInfo) -> Decision:
    """The decision with its instants in the zone they were told in (as stored, they only have an offset)."""

    def moved(value: Value) -> Value:
        return value.astimezone(where) if isinstance(value, datetime) else value

    reasons = tuple(
        replace(reason, values={name: moved(value) for name, value in reason.values.items()})
        for reason in decision.reasons
    )
    return replace(decision, reasons=reasons)


def _zone_of_subject(turn: TurnContext, decision: Decision) -> ZoneInfo:
    """The zone of the site of the appointment that a decision is about, else the person's own."""
    for purchase in turn.person.candidate.purchases if turn.person is not None else ():
        appointment = purchase.appointment
        if appointment is not None and appointment.id == decision.subject.appointment_id:
            return zone(turn.sites[appointment.site].time_zone)
    return turn.zone


def on_day(value: object) -> date | None:
    """A value of a reason that is a calendar day, or None."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
