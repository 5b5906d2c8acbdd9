"""Questions answered by one rule: find what they are about, decide, say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.changes.kinds import BY_TOPIC
from bot.dialogue.state import READ_AT_ONCE, Choice, Expect, TaskMemory
from bot.dialogue.tasks.base import ChangesNothing
from bot.dialogue.tasks.reinterpret import instead_of
from bot.dialogue.tasks.subjects import Option, Options, any_purchase, matching, nothing_else
from bot.dialogue.tasks.what_if import what_if
from bot.dialogue.turn_context import Desk, Person
from bot.dialogue.understanding.answers import ALL
from bot.dialogue.understanding.user_message import Heard

SHOWN_AT_MOST = 8

AT_LENGTH = 2
"""Up to so many answers are given in full, more of them as a list."""


@dataclass(frozen=True, slots=True)
class RuleTopic(ChangesNothing):
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
    def label(self) -> str:
        return f"account/{self.name}"

    def start(self, memory: TaskMemory, heard: Heard) -> None:
        tests = [str(t) for t in heard.values("test_code")]
        if tests:
            memory.slots["tests"] = tests
        memory.slots["words"] = heard.text

    def correct(self, desk: Desk, memory: TaskMemory, heard: Heard) -> bool:
        tests = [str(t) for t in heard.values("test_code")]
        if not tests or tests == memory.slots.get("tests"):
            return False
        memory.slots["tests"] = tests[-1:]
        memory.forget("about")
        return True

    def put_off(self, desk: Desk, memory: TaskMemory) -> None:
        """Nothing is held."""

    def advance(self, desk: Desk, memory: TaskMemory) -> None:
        if not known_person(desk, memory, self.label):
            return
        if what_if(desk, memory, self.name):
            return
        options = self.about(desk, memory)
        if len(options) <= AT_LENGTH:
            for option in options:
                self.answer(desk, memory, option)
            return
        with desk.as_list():
            for option in options:
                desk.tell(self.rule, option.subject, brief=True)

    def answer(self, desk: Desk, memory: TaskMemory, option: Option) -> None:
        """Tell the decision on one test, after the one that the records call for where this rule has nothing."""
        instead = instead_of(desk, self.rule, option)
        if instead is not None:
            desk.tell(instead.rule, instead.subject)
        desk.tell(self.rule, option.subject, brief=instead is not None)

    def about(self, desk: Desk, memory: TaskMemory) -> Sequence[Option]:
        """What the question is about; empty after asking which, or where there is nothing to ask about."""
        person = desk.person
        if person is None:
            return ()
        everything = list(self.options(person, desk.today)) or list(self.second(person, desk.today))
        wider = [o for o in self.otherwise(person, desk.today) if o not in everything]
        chosen = memory.slots.get("about")
        if chosen is not None:
            return everything if chosen == ALL else _by_key(everything + wider, str(chosen))
        if memory.slots.get("tests"):
            return self._mentioned(desk, memory, everything, wider)
        if refers_back(str(memory.slots.get("words", ""))):
            meant = spoken_of(desk.state.last_tests, everything, wider)
            if meant is not None:
                return [meant]
        if len(everything) == 1:
            return everything
        if not everything and not wider:
            self.nothing(desk, person)
            return ()
        if not everything:
            if len(wider) > 1:
                desk.phrase("using_only_test", test=wider[0].test)
            return wider[:1]
        self.ask(desk, memory, everything)
        return ()

    def _mentioned(
        self, desk: Desk, memory: TaskMemory, everything: list[Option], wider: list[Option]
    ) -> Sequence[Option]:
        found: list[Option] = []
        for test in memory.slots["tests"]:
            fits = matching(everything, test) or matching(wider, test)
            if len(fits) > 1 and fits[0] in everything:
                self.ask(desk, memory, fits)
                return ()
            found.append(fits[0] if fits else Option(str(test)))
        return found

    def ask(self, desk: Desk, memory: TaskMemory, options: Sequence[Option]) -> None:
        """Ask which one, with choices; a long list is cut, and any of it may still be named."""
        choices = [test_choice(desk, option) for option in options[:SHOWN_AT_MOST]]
        if len(options) <= SHOWN_AT_MOST and len(options) > 1 and self.several:
            choices.append(Choice(id="all", title="All of them", spoken="all of them", value=ALL))
        if self.ask_phrase == "ask_which_test" and len(options) <= READ_AT_ONCE:
            desk.phrase("ask_which_test", tests=[option.test for option in options])
        else:
            desk.phrase("ask_which_of_many" if self.ask_phrase == "ask_which_test" else self.ask_phrase)
            self._read_out(desk, choices, int(memory.slots.get("read_from", 0)))
        desk.ask(memory, "about", Expect.CHOICE, choices)

    @staticmethod
    def _read_out(desk: Desk, choices: Sequence[Choice], first: int) -> None:
        """Read out some of the choices, the others for the asking; on a screen all of them stand there."""
        read = choices[first : first + READ_AT_ONCE]
        desk.spoken("; ".join(choice.spoken for choice in read))
        if desk.visitor.channel == "phone" and len(choices) > first + len(read):
            desk.phrase("more_choices")

    @property
    def several(self) -> bool:
        """Whether the question can be answered for all at once."""
        kind = BY_TOPIC.get(self.name)
        return kind is None or not kind.of_one_test

    def nothing(self, desk: Desk, person: Person) -> None:
        """There is nothing in the records that the question could be about."""
        desk.phrase("nothing_on_record", topic=desk.services.catalog.topics[self.label].title)
        desk.entry(self.label)


def known_person(desk: Desk, memory: TaskMemory, label: str) -> bool:
    """True when records may be read. Else the general rule is told, with the offer to sign in."""
    if desk.person is not None:
        return True
    if memory.slots.pop("sign_in", None):
        desk.first("sign_in", ase_id=next(iter(desk.heard.values("ase_id")), None))
        return False
    if desk.visitor.is_agent:
        desk.entry(label)
        desk.phrase("agent_which_candidate")
        desk.ask(memory, "candidate", Expect.ASE_ID, soft=True)
        return False
    if not memory.slots.get("general_told"):  # asked again after a silence, only the question is said again
        memory.slots["general_told"] = True
        desk.entry(label)
    if any(other.name == "sign_in" for other in desk.state.tasks):
        return False  # it goes on with that
    desk.phrase("offer_sign_in")
    choices = [Choice(id="sign_in", title="Sign in", spoken="sign in", value=True)]
    desk.ask(memory, "sign_in", Expect.FREE, choices, soft=True)
    return False


def test_choice(desk: Desk, option: Option) -> Choice:
    """A choice that shows what tells it from the others: the test, and when it is booked."""
    said = desk.services.answers.say(option.test, "test", day=desk.today)
    title, spoken = said.web, said.voice
    appointment = option.purchase.appointment if option.purchase else None
    if appointment is not None and appointment.status == "booked":
        on = desk.services.answers.say(appointment.starts_at.date(), "date", day=desk.today)
        title, spoken = f"{title}, {on.web}", f"{spoken}, on {on.voice}"
    return Choice(id=option.key, title=title, spoken=spoken, value=option.key)


def refers_back(text: str) -> bool:
    """Whether a message points at what was just spoken of ("it", "that one")."""
    words = set(text.lower().replace("?", " ").replace(".", " ").replace(",", " ").split())
    return bool(words & {"it", "that", "this", "same", "them"})


def spoken_of(last_tests: Sequence[str], everything: list[Option], wider: list[Option]) -> Option | None:
    """What "it" means: the test spoken of last, where that leaves no doubt."""
    fits = [o for o in everything if o.test in last_tests] or [o for o in wider if o.test in last_tests]
    if len(fits) == 1:
        return fits[0]
    return Option(last_tests[0]) if not everything and len(last_tests) == 1 and not fits else None


def _by_key(options: Sequence[Option], key: str) -> list[Option]:
    return [option for option in options if option.key == key][:1]
