"""Questions answered by one rule: find what they are about, decide, say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from bot.answers.format import Said
from bot.contracts.asking import Aside, QuestionKind
from bot.dialogue.choices import choice_of
from bot.dialogue.general import say_general
from bot.dialogue.memories import TopicMemory
from bot.dialogue.outcome import Patience, Reply, Step
from bot.dialogue.state import READ_AT_ONCE, Choice, Expect, Memory, Question
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.tasks.dated import held_against
from bot.dialogue.tasks.reinterpret import instead_of
from bot.dialogue.tasks.subjects import Option, Options, any_purchase, matching, nothing_else
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.answers import ALL, CONFIRM, SEAT
from bot.dialogue.understanding.user_act import UserAct
from bot.dialogue.values import Person
from bot.rules.facts import Purchase

SHOWN_AT_MOST = 8

AT_LENGTH = 2
"""Up to so many answers are given in full, more of them as a list."""

T = TypeVar("T", bound=TopicMemory)


@dataclass(frozen=True, slots=True)
class RuleTopic(PlainTask):
    """A topic with one rule about one test.

    `options` are what the question is most likely about, `second` where there are none of these; `otherwise` is what
    remains then, and what a test named in the message is looked up in too.
    """

    name: str
    rule: str
    options: Options
    second: Options = nothing_else
    otherwise: Options = any_purchase
    ask_phrase: str = "ask_which_test"

    @property
    def memory(self) -> type[TopicMemory]:
        """What a question about one test remembers."""
        return TopicMemory

    @property
    def label(self) -> str:
        """The topic's label."""
        return f"account/{self.name}"

    @property
    def several(self) -> bool:
        """Whether the question can be answered for all at once."""
        return True

    def start(self, turn: TurnContext, act: UserAct) -> TopicMemory:
        """The tests named, what is supposed of them, and whether the words point back."""
        return self.memory(tests=act.tests, refers_back=act.refers_back, supposed=act.supposed, asked=act.asked)

    def correct(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question | None) -> Memory | None:
        """Another test ("no, the A6"); beside a list of seats or a preview only by words that put it in its place."""
        known = cast(TopicMemory, memory)
        if not act.tests or act.tests == known.tests:
            return None
        if question is not None and question.slot in {CONFIRM, SEAT} and not act.swaps:
            return None
        return known.having(tests=act.tests[-1:], about=None, supposed=act.supposed)

    def more(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Memory | None:
        """On the phone a long list is read out piece by piece, and then from its beginning again."""
        known = cast(TopicMemory, memory)
        if turn.channel != "phone" or question.expects is not Expect.CHOICE:
            return None
        if len(question.choices) <= READ_AT_ONCE or act.none_of_these(question):
            return None
        further = known.read_from + READ_AT_ONCE
        return known.having(read_from=further if further < len(question.choices) else 0)

    def aside(self, turn: TurnContext, memory: Memory, act: UserAct, question: Question) -> Step | None:
        """Something about signing in, where that is offered."""
        return at_the_offer(turn, cast(TopicMemory, memory), act, question)

    def about_test(self, memory: Memory) -> str | None:
        """The test it is about, once that is known."""
        known = cast(TopicMemory, memory)
        about = (known.about or "").partition("/")[0]
        return about or (known.tests[0] if len(known.tests) == 1 else None)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Decide, where it is known who asks and about what."""
        known = cast(TopicMemory, memory)
        reply = Reply(turn, known.asked)
        asked = ask_who(reply, known, self.label)
        if asked is not None:
            return asked
        if what_if(reply, known.supposed, self.name):
            return reply.done()
        options = self.about(reply, known)
        if not isinstance(options, Sequence):
            return options
        if len(options) <= AT_LENGTH and not (known.about == ALL and len(options) > 1):
            for option in options:
                self.answer(reply, known, option)
            return reply.done()
        with reply.as_list():
            for option in options:
                reply.tell(self.rule, option.subject, brief=True)
        return reply.done()

    def answer(self, reply: Reply, memory: TopicMemory, option: Option) -> None:
        """Tell the decision on one test, after the one that the records call for where this rule has nothing.

        A day in the question is held against the day of the decision.
        """
        instead = instead_of(reply.turn, self.rule, option)
        rule, subject = (self.rule, option.subject) if instead is None else (instead.rule, instead.subject)
        if not held_against(reply, rule, subject, memory.asked):
            reply.tell(rule, subject)
        if instead is not None:
            asks = memory.asked is not None and memory.asked.kind is not None
            reply.tell(self.rule, option.subject, brief=True, silent=asks)

    def about(self, reply: Reply, memory: TopicMemory) -> Sequence[Option] | Step:
        """What the question is about; or the step of asking which, or of saying that there is nothing."""
        turn = reply.turn
        person = turn.person
        if person is None:
            return ()
        everything = list(self.options(person, turn.today)) or list(self.second(person, turn.today))
        wider = [o for o in self.otherwise(person, turn.today) if o not in everything]
        if memory.about is not None:
            return everything if memory.about == ALL else _by_key(everything + wider, memory.about)
        if memory.tests:
            return self._mentioned(reply, memory, everything, wider)
        if memory.refers_back:
            meant = spoken_of(turn.state.last_tests, everything, wider)
            if meant is not None:
                return [meant]
        if len(everything) == 1:
            return everything
        if not everything and not wider:
            self.nothing(reply, person)
            return reply.done()
        if not everything:
            if len(wider) > 1:
                reply.phrase("using_only_test", test=wider[0].test)
            return wider[:1]
        return self.ask(reply, memory, everything)

    def _mentioned(
        self, reply: Reply, memory: TopicMemory, everything: list[Option], wider: list[Option]
    ) -> Sequence[Option] | Step:
        found: list[Option] = []
        for test in memory.tests:
            fits = matching(everything, test) or matching(wider, test)
            if len(fits) > 1 and fits[0] in everything:
                return self.ask(reply, memory, fits)
            found.append(fits[0] if fits else Option(test))
        return found

    def ask(self, reply: Reply, memory: TopicMemory, options: Sequence[Option]) -> Step:
        """Ask which one, with choices; a long list is cut, and any of it may still be named."""
        choices = [test_choice(reply.turn, option, options) for option in options[:SHOWN_AT_MOST]]
        if len(options) <= SHOWN_AT_MOST and len(options) > 1 and self.several:
            choices.append(choice_of(reply.turn.services.answers, "choice_all", id="all", value=ALL))
        tests = [option.test for option in options]
        if self.ask_phrase == "ask_which_test" and len(options) <= READ_AT_ONCE and len(set(tests)) == len(tests):
            reply.phrase("ask_which_test", tests=tests)
        else:
            reply.phrase("ask_which_of_many" if self.ask_phrase == "ask_which_test" else self.ask_phrase)
            _read_out(reply, choices, memory.read_from)
        return reply.ask(memory, "about", Expect.CHOICE, choices)

    def nothing(self, reply: Reply, person: Person) -> None:
        """There is nothing in the records that the question could be about."""
        reply.phrase("nothing_on_record", topic=reply.turn.services.catalog.topics[self.label].title)
        reply.entry(self.label)


def _read_out(reply: Reply, choices: Sequence[Choice], first: int) -> None:
    """Read out some of the choices, the others for the asking; on a screen all of them stand there."""
    read = choices[first : first + READ_AT_ONCE]
    reply.spoken("; ".join(one.spoken for one in read))
    if reply.turn.channel == "phone" and len(choices) > first + len(read):
        reply.phrase("more_choices")


def ask_who(reply: Reply, memory: T, label: str) -> Step | None:
    """None where records may be read. Else the step of telling the general rule, with the offer to sign in."""
    turn = reply.turn
    if turn.person is not None:
        return None
    if memory.sign_in:
        return reply.first("sign_in", memory.having(sign_in=False))
    if turn.visitor.is_agent:
        say_general(reply, label, memory.asked)
        reply.phrase("agent_which_candidate")
        return reply.ask(memory, "candidate", Expect.ASE_ID, optional=True)
    if not memory.general_told:  # asked again after a silence, only the question is said again
        say_general(reply, label, memory.asked)
    if any(task.name == "sign_in" for task in turn.state.tasks):
        return reply.done()  # it goes on with that
    if memory.asked is None or memory.asked.offer:
        reply.phrase("offer_sign_in")
    told = memory.having(general_told=True)
    choices = [choice_of(turn.services.answers, "choice_sign_in", id="sign_in", value=True)]
    return reply.ask(told, "sign_in", Expect.FREE, choices, optional=True)


_AT_THE_OFFER = {
    Aside.ID_WHAT: "sign_in_id_what",
    Aside.ID_WHERE: "sign_in_id_where",
    Aside.ID_FORGOTTEN: "sign_in_id_forgotten",
    Aside.WHY: "sign_in_why",
    Aside.SAFE: "sign_in_safe",
    Aside.OTHER_WAY: "sign_in_other_way",
    Aside.LOOKING: "take_your_time",
}
"""What is said to an aside where signing in is no more than offered."""


def at_the_offer(turn: TurnContext, memory: T, act: UserAct, question: Question) -> Step | None:
    """Something about signing in beside the offer of it ("why do you need that", "let me find my card")."""
    if question.slot != "sign_in" or act.ase_ids or act.is_pressed or turn.person is not None:
        return None
    aside = act.aside_at_offer(_AT_THE_OFFER, spoken_of=memory.spoke_of_id)
    if aside is None:
        return None
    reply = Reply(turn)
    phrase = _AT_THE_OFFER[aside]
    if aside is Aside.SAFE and act.asked.kind != QuestionKind.WHETHER:
        phrase = "sign_in_safe_how"
    if aside is Aside.WHY and act.asked.kind == QuestionKind.WHICH:
        phrase = "sign_in_needs"
    reply.phrase(phrase)
    if aside is Aside.LOOKING:
        reply.effect(Patience())
    known = memory.having(spoke_of_id=True)
    return reply.ask(known, question.slot, question.expects, question.choices, optional=True)


def test_choice(turn: TurnContext, option: Option, among: Sequence[Option]) -> Choice:
    """A choice that shows what tells it from the others: the test, when it is booked, and of several purchases of one
    test which it is."""
    answers, key = turn.services.answers, option.key
    test = answers.say(option.test, "test", day=turn.today)
    alike = [other.purchase for other in among if other.test == option.test and other.purchase is not None]
    if option.purchase is not None and len(alike) > 1:
        values = turn.judge("purchase_window", option.subject).decisive.values
        test = answers.said(
            "choice_of_several",
            test=test,
            bought_on=option.purchase.purchased_on,
            must_test_by=values.get("must_test_by"),
            order=order_among(option.purchase, alike),
        )
    appointment = option.purchase.appointment if option.purchase else None
    if appointment is None or appointment.status != "booked":
        return Choice(id=key, title=test.web, spoken=test.voice, value=key)
    on = answers.say(appointment.starts_at.date(), "date", day=turn.today)
    return choice_of(answers, "choice_booked_test", id=key, value=key, test=test, on=on)


def order_among(purchase: Purchase, alike: Iterable[Purchase]) -> Said | None:
    """The id of a purchase, where another one of the same test was bought on the same day; else None."""
    same_day = [each for each in alike if each.id != purchase.id and each.purchased_on == purchase.purchased_on]
    return Said.same(purchase.id) if same_day else None


def spoken_of(last_tests: Sequence[str], everything: list[Option], wider: list[Option]) -> Option | None:
    """What "it" means: the test spoken of last, where that leaves no doubt."""
    fits = [o for o in everything if o.test in last_tests] or [o for o in wider if o.test in last_tests]
    if len(fits) == 1:
        return fits[0]
    return Option(last_tests[0]) if not everything and len(last_tests) == 1 and not fits else None


def _by_key(options: Sequence[Option], key: str) -> list[Option]:
    return [option for option in options if option.key == key][:1]
