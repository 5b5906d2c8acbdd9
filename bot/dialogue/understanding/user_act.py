"""What one message is to the dialogue: typed meanings, each worked out once and only when somebody asks for it.

Everything that the words mean comes out here. Nothing else under `bot/dialogue` looks at the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from bot.answers.answers import Answers
from bot.answers.format import Said
from bot.contracts.asking import Aside
from bot.dialogue.memories import Asked, Pick, SeatPreference, Supposed
from bot.dialogue.state import Choice, Question
from bot.dialogue.understanding import answers as open_question
from bot.dialogue.understanding import asides as beside
from bot.dialogue.understanding import misheard, repairs, seat_preferences, yes_no
from bot.dialogue.understanding.address import AddressSaid, address_said
from bot.dialogue.understanding.answers import BARE, Answered
from bot.dialogue.understanding.misheard import Grounding
from bot.dialogue.understanding.repairs import Repair
from bot.dialogue.understanding.supposition import supposition
from bot.dialogue.understanding.user_message import UserMessage
from bot.nlu.values import read_digits
from bot.nlu.values.words import bag
from bot.rules.facts import Site

BARE_QUESTION = 4
"""Up to so many words, a question may be no more than its kind ("and how long is that?")."""
TELEPHONE_DIGITS = range(10, 16)
PART_OF_AN_ID = 4
"""So many digits said alone are taken for the beginning of an ASE ID."""
_POINTING = bag("it that this same them")


class UserAct:
    """One thing that a person wants or says. Made from a message; never changed.

    >>> UserAct.of_label("greet").label
    'greet'
    """

    def __init__(self, message: UserMessage) -> None:
        self._message = message

    @classmethod
    def of_parsed(cls, parsed: Mapping[str, Any]) -> UserAct:
        """From a parsed message, as Rasa or the turn reader gives it."""
        return cls(UserMessage.of_parsed(parsed))

    @classmethod
    def of_label(cls, label: str) -> UserAct:
        """An act without words, as a button or the engine itself gives it."""
        return cls(UserMessage(text="", label=label))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> UserAct:
        """Back from `to_json`: now taken as it is, however it was heard."""
        return cls(UserMessage.from_json(kept))

    def to_json(self) -> dict[str, Any]:
        """The act as plain data, to be taken up later."""
        return self._message.to_json()

    # --- what was read -------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """The topic or conversation label, as in knowledge/topics.yml."""
        return self._message.label

    @property
    def family(self) -> str:
        """The intent as Rasa's rules know it: "faq", "account" or a conversation label."""
        return self._message.label.partition("/")[0]

    @property
    def is_topic(self) -> bool:
        """Whether it is a question or request on one of our subjects."""
        return self.family in {"faq", "account"}

    @property
    def is_bare(self) -> bool:
        """Whether the label says nothing of its own beside an open question."""
        return self._message.label in BARE

    @property
    def confidence(self) -> float:
        """How sure the label is, 0 to 1."""
        return self._message.confidence

    @property
    def in_scope(self) -> bool:
        """False where it was sent away although the best reading is one of ours."""
        return self._message.in_scope

    @property
    def near_tie(self) -> bool:
        """Whether two readings are nearly as good."""
        return self._message.near_tie

    @property
    def ranking(self) -> tuple[tuple[str, float], ...]:
        """The best readings with their chances."""
        return self._message.ranking

    @property
    def event(self) -> str | None:
        """What happened instead of words: "silence" or "hangup"."""
        return self._message.event

    @property
    def is_pressed(self) -> bool:
        """Whether it is a button or keys rather than words."""
        return self._message.pressed

    @property
    def is_long(self) -> bool:
        """Whether there are more than two words."""
        return self._message.length > 2

    @property
    def quote(self) -> str:
        """The words, to be shown to a person; nothing is decided by them."""
        return self._message.text

    def values(self, kind: str) -> tuple[Any, ...]:
        """Every value of one kind ("test_code", "date", …), in the order said, without repeats."""
        return self._message.values(kind)

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """The test codes named."""
        return tuple(str(code) for code in self._message.values("test_code"))

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The test series named."""
        return tuple(str(series) for series in self._message.values("test_series"))

    @cached_property
    def ase_ids(self) -> tuple[str, ...]:
        """The ASE IDs named."""
        return tuple(str(ase_id) for ase_id in self._message.values("ase_id"))

    # --- the same act, taken otherwise ---------------------------------------------------------------

    def relabelled(self, label: str) -> UserAct:
        """The same words, taken for certain to mean `label`."""
        return UserAct(self._message.relabelled(label))

    def chosen_as(self, label: str) -> UserAct:
        """The words of a message whose meaning has been chosen from a list: no button and no keys any more."""
        return UserAct(replace(self._message.relabelled(label), choice=None, digits=None))

    def aside(self, wanted: Iterable[Aside], least: float = beside.LEAST) -> Aside | None:
        """Which of these asides it is, where they can be meant."""
        return beside.aside_of(self._message, wanted, least)

    @property
    def asks_about(self) -> bool:
        """Whether it is a question about something rather than a request: a wish for a person never is."""
        return self._message.act == "question"

    @cached_property
    def digits(self) -> str | None:
        """The digits of a number of four figures or more that is all it says; None for anything else."""
        found = read_digits(self._message.text) if not self._message.pressed else None
        return found if found is not None and len(found) >= PART_OF_AN_ID else None

    @cached_property
    def phone_number(self) -> str | None:
        """A telephone number that is all it says, by words or keys, or None."""
        keyed = self._message.digits
        found = keyed.strip("#*") if keyed is not None else read_digits(self._message.text)
        return found if found is not None and len(found) in TELEPHONE_DIGITS else None

    @cached_property
    def names_ase_id(self) -> bool:
        """Whether it names the ASE ID itself."""
        return beside.names_ase_id(self._message)

    # --- what it does to the conversation ------------------------------------------------------------

    @cached_property
    def repair(self) -> Repair | None:
        """Whether it wants a moment, goes back, corrects, asks for more, undoes or starts over."""
        return repairs.repair_of(self._message)

    @cached_property
    def puts_instead(self) -> bool:
        """Whether it puts something else in the place of what is in hand."""
        return repairs.puts_instead(self._message)

    @cached_property
    def other_change(self) -> str | None:
        """The topic of the change wanted instead ("cancel it instead"), or None."""
        return repairs.other_change(self._message)

    @cached_property
    def asks_slowly(self) -> bool:
        """Whether a caller wants to be spoken to slowly."""
        return repairs.asks_slowly(self._message)

    @cached_property
    def asks_for_links(self) -> bool:
        """Whether a caller wants the web addresses of an answer by e-mail."""
        return repairs.asks_for_links(self._message)

    @cached_property
    def supposed(self) -> Supposed | None:
        """What it supposes ("if I fail on Friday"), or None where it speaks of what is."""
        return supposition(self._message)

    @cached_property
    def refers_back(self) -> bool:
        """Whether it points at what was just spoken of ("it", "that one")."""
        text = self._message.text.lower()
        return bool(set(text.translate(_STOPS).split()) & _POINTING)

    @cached_property
    def asked(self) -> Asked:
        """What is asked, apart from the topic."""
        message = self._message
        return Asked(
            kind=message.question_kind,
            picks=tuple(Pick(label=label, id=name, score=score) for label, name, score in message.picks),
            sure=message.picked,
            given=dict(message.given),
            tests=self.tests,
            series=self.series,
            bare=message.question_kind is not None and message.length <= BARE_QUESTION and not message.entities,
        )

    # --- beside an open question ---------------------------------------------------------------------

    @cached_property
    def is_yes(self) -> bool:
        """A short yes, by words, button or key."""
        return yes_no.is_yes(self._message)

    @cached_property
    def is_question(self) -> bool:
        """Whether it is put as a question, with or without a question mark."""
        return yes_no.is_question(self._message)

    def answer_to(self, question: Question, task_label: str | None = None) -> Answered:
        """How it answers the open question; `task_label` is the topic that the question belongs to."""
        return open_question.read(question, self._message, task_label)

    def answers(self, question: Question) -> bool:
        """Whether it answers the open question, whatever topic that belongs to."""
        return self.answer_to(question).fit is open_question.Fit.ANSWER

    def none_of_these(self, question: Question) -> bool:
        """Whether it is a bare no to a list of choices."""
        return open_question.none_of_these(question, self._message)

    def is_seat_wish(self, question: Question) -> bool:
        """Whether it asks for another seat beside an open list of seats."""
        return open_question.is_seat_wish(question, self._message)

    # --- what it fills in ----------------------------------------------------------------------------

    @cached_property
    def address(self) -> AddressSaid:
        """What it says of an address."""
        return address_said(self._message)

    def seat_preference(
        self, sites: Mapping[str, Site], before: SeatPreference | None = None, *, beside_seats: bool = False
    ) -> SeatPreference | None:
        """What is asked of a seat after this act, or None where it asks for nothing."""
        return seat_preferences.preference_in(self._message, sites, before or SeatPreference(), beside_seats)

    def seat_taken(self, shown: Sequence[Choice], sites: Mapping[str, Site]) -> Any:
        """The value of the one seat shown that it takes ("Wednesday works"), or None."""
        return seat_preferences.seat_taken(shown, self._message, sites)

    @property
    def may_contradict(self) -> bool:
        """Whether it could name another seat than the one previewed: words that are no question."""
        return not self._message.pressed and not self._message.text.endswith("?")

    @cached_property
    def opens_as_reply(self) -> bool:
        """Whether it begins as a reply does ("yes …", "but …", "only …")."""
        return repairs.opens_as_reply(self._message)

    # --- how it was heard ------------------------------------------------------------------------------

    def unsure(self, channel: str) -> bool:
        """Whether these are words of a caller that the recognizer is not sure of."""
        return misheard.unsure(self._message, channel)

    @cached_property
    def has_value(self) -> bool:
        """Whether it holds something that could be filled in."""
        return misheard.has_value(self._message)

    def grounding(self, question: Question | None, task_label: str | None) -> Grounding:
        """What it calls for where it was heard badly."""
        return misheard.grounding(question, self._message, task_label)

    def as_heard(self, answers: Answers, question: Question | None, task_label: str | None) -> Said:
        """What was understood, as it is read back."""
        return misheard.as_heard(answers, question, self._message, task_label)


_STOPS = str.maketrans({"?": " ", ".": " ", ",": " "})
