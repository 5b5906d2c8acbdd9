"""What each kind of task remembers between two messages: typed, and all in one place.

A change here changes what is stored: raise `STATE_VERSION` in state.py where an older memory could be read wrongly.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.contracts.asking import QuestionKind
from bot.contracts.points import OF_YES_OR_NO
from bot.dialogue.state import Memory


class Supposed(BaseModel):
    """Something that has not happened: what ("fail", "pass", …), to which tests, on which day, if one was named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    tests: tuple[str, ...] = ()
    on: date | None = None
    asks_master: bool = False
    """Whether the words ask for Master status."""
    past: bool = False
    """Whether it is put as having happened ("if I failed"): supposed only of a sitting whose result is not known."""
    late: bool = False
    """Whether it is being late that would make it missed."""
    again: bool = False
    """Whether it is put as happening once more ("if I fail again")."""


class Pick(BaseModel):
    """A statement or known gap that may answer a question, and how likely it is that it does (0 to 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    id: str
    score: float


_WANT_MORE_THAN_YES = frozenset(QuestionKind) - {
    QuestionKind.WHETHER,
    QuestionKind.WHAT_IF,
    QuestionKind.WHAT_IF_NOT,
    QuestionKind.WHAT_NEXT,
    QuestionKind.DIFFERENCE,
}


class Sum(BaseModel):
    """What a question about money names: series, an amount, and how it goes on with what was counted before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: tuple[str, ...] = ()
    amount: str | None = None
    """In dollars, as a decimal number."""
    each: bool = False
    """Whether the amount is said of each."""
    covers: bool = False
    """Whether it is asked if one fee is for all of them."""
    adds: int = 0
    """How many more are meant, where no series is named: "and one more"."""
    further: bool = False
    """Whether what is named comes on top of what was counted before."""
    without: bool = False
    """Whether what is named is left out."""
    totals: bool = False
    """Whether it asks what all comes to."""


class Asked(BaseModel):
    """What is asked, apart from the topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str | None = None
    """The kind of answer that is wanted, as in `QuestionKind`."""
    picks: tuple[Pick, ...] = ()
    """What may answer it, the likeliest first."""
    beside: tuple[Pick, ...] = ()
    """What may answer it on the topic spoken of last."""
    sure: bool = False
    """Whether the first of them is likely enough to be taken as it is."""
    given: dict[str, Any] = {}
    """Days, and numbers of days and things, as `Given.as_dict` writes them."""
    tests: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    bare: bool = False
    """Whether the words are no more than the kind of question ("how much?")."""
    points: tuple[str, ...] = ()
    """What it is after within its kind, as in `Point`, the most telling first."""
    refers_back: bool = False
    """Whether it points at what was spoken of ("it")."""
    against: bool = False
    """Whether a day is asked about as one that is too late or too early."""
    denied: bool = False
    """Whether it concludes that a day will not do."""
    by_phone: bool = False
    """Whether it asks for the telephone as a way."""
    whom: bool = False
    """Whether it asks for a number or for somebody to call."""
    if_open: bool = False
    """Whether it asks if there is still time."""
    price: bool = False
    """Whether it asks what something costs, in whatever form."""
    asks_if_sure: bool = False
    """Whether it wants to know if we are sure."""
    asks_day: bool = False
    """Whether it asks for the first or the last day of something, or when that is."""
    only_if: bool = False
    """Whether it is no more than a condition ("and if I bought it in May"), so that the question before still holds."""
    restates: bool = False
    """Whether a day is told anew ("it was May 3")."""
    matter: str | None = None
    """What the words name beyond doubt, as in `Matter`."""
    sum: Sum | None = None
    """What it names of money, or None."""
    offer: bool = True
    """Whether an offer to sign in may follow."""
    goes_along: bool = False
    """Whether its first or last words tie it to what was said before ("and …", "… then")."""
    insists: bool = False
    """Whether it wants at least a rough answer."""
    weekday: tuple[int, ...] = ()
    """The days of the week (Monday is 0) of which it asks if a day told is one."""
    alone: bool = False
    """Whether it is one of several requests of a message, so that only the asked thing is told."""
    holds: bool = False
    """Whether it tells what somebody holds or has passed."""
    elsewhere: bool = False
    """Whether another topic may answer it where nothing on its own does."""
    even: str | None = None
    """ "even" or "not even", where it asks if what was told holds even so ("even if I call")."""
    buys_then: bool = False
    """Whether a test is to be bought on the day that was asked for."""

    @property
    def forms(self) -> tuple[str, ...]:
        """What a wording may have a form of its own for: the points, then the kind."""
        if self.kind is None:
            return self.points
        if self.kind in _WANT_MORE_THAN_YES:
            return (*(point for point in self.points if point not in OF_YES_OR_NO), self.kind)
        return (*self.points, self.kind)


class SeatShift(BaseModel):
    """Later or earlier than what there is: by so many days, where that was said, or by a whole week or month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    later: bool
    days: int = 0
    whole: str | None = None
    """ "week" or "month": that whole one; "few": some days on."""


class SeatPreference(BaseModel):
    """What a person asks of a seat, added up over messages. All empty: the soonest seats near the usual place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date | None = None
    last: date | None = None
    near: date | None = None
    """The day within them that the seat should be close to."""
    weekdays: tuple[str, ...] = ()
    """Weekdays that suit ("sat"); empty: all."""
    loose_day: bool = False
    """Whether the day is only the coming one of its weekday, so that a later one will do."""
    later_than: datetime | None = None
    earlier_than: datetime | None = None
    """Local starts that it has to be later or earlier than."""
    shift: SeatShift | None = None
    """Later or earlier than an appointment that is not known yet."""
    earliest: time | None = None
    latest: time | None = None
    same_time: bool = False
    """Whether it should be at the time of the present appointment."""
    place: str | None = None
    """A site id, "city:…", "region:…", "word:…" (of a site's name) or "any"."""
    not_places: tuple[str, ...] = ()
    pick: str | None = None
    """ "first" or "last" of what fits, where that was said instead of a choice."""
    without: tuple[str, ...] = ()
    """Weekdays ("fri") and parts of the day that were turned down."""
    not_days: tuple[date, ...] = ()
    no_center: str | None = None
    """A place that was named and has no test center; said once."""
    unreal: str | None = None
    """A day that there is not ("December 32"); said once."""
    asks: bool = False
    """Whether it was only asked if there is any such seat."""
    one_day: bool = False
    """Whether just now one day was named plainly, and not put as a question: its only seat is then meant."""
    fact: tuple[date, int] | None = None
    """A day of which it was asked whether it is this weekday (0: Monday)."""


class SeatChosen(BaseModel):
    """A seat by its site and its start (ISO, local at the site)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str
    starts_at: str


class TopicMemory(Memory):
    """A question about one test."""

    tests: tuple[str, ...] = ()
    """Codes that the person has named."""
    about: str | None = None
    """The key of what the question is about, once that is settled (see `Option.key`)."""
    refers_back: bool = False
    """Whether the words point at what was spoken of before ("it", "that one")."""
    supposed: Supposed | None = None
    asked: Asked | None = None
    general_told: bool = False
    read_from: int = 0
    """On the phone: the place in the list from which choices are read out next."""
    sign_in: bool = False
    spoke_of_id: bool = False
    """Whether the ASE ID was spoken of beside the offer to sign in."""
    candidate: str | None = None


class PersonTopicMemory(TopicMemory):
    """A question about the person as a whole."""

    series: tuple[str, ...] = ()
    test: str | None = None


class AskedOfChange(BaseModel):
    """What is asked of a change that is not asked for, beside whether it can be done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    if_needed: bool = False
    """Whether it has to be done."""
    if_free: bool = False
    """Whether it costs nothing."""
    compares: bool = False
    """How cancelling the appointment and cancelling the test differ."""


class ChangeMemory(TopicMemory):
    """A change of the records."""

    opening: bool = True
    """Whether the task has only just been begun."""
    told: str | None = None
    """What the decision has been told about."""
    later: tuple[str, ...] = ()
    """Further tests named in the same message, one after the other."""
    turned_down: tuple[str, ...] = ()
    going_on: bool = False
    """Whether a change that waits in another conversation is being gone on with."""
    proposal: str | None = None
    confirm: bool | None = None
    previewed: bool = False
    """Whether what would be done has been shown in full: put right, it is shown in short."""
    only_asked: bool = False
    """Whether it was only asked about: then it is answered, and nothing is shown for a yes."""
    asked_of: AskedOfChange = AskedOfChange()
    exception: str | None = None
    """The id of the exception that lifts what the rule refuses."""


class SeatMemory(ChangeMemory):
    """A change that needs a free seat."""

    seat: SeatChosen | None = None
    preference: SeatPreference = SeatPreference()
    turned_down_seats: tuple[SeatChosen, ...] = ()
    shown_from: int = 0
    listed: bool = False
    """Whether the seats that are asked for stand above."""
    last_shown: tuple[SeatChosen, ...] = ()
    """The seats that were shown last."""
    all_seen: bool = False
    """Whether every seat there is has been shown, so that it begins with the first again."""


class DuplicatesMemory(ChangeMemory):
    """An order of duplicate certificates."""

    series: tuple[str, ...] = ()


class AddressMemory(ChangeMemory):
    """A new address, part by part."""

    line1: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    asked_for_address: bool = False
    wrong: int = 0
    """How many parts have been given that cannot be."""
    code: str | None = None
    code_sent: bool = False
    partial: str = ""
    """The digits of the code that have been given so far."""


class SignInMemory(Memory):
    """Signing in."""

    ase_id: str | None = None
    code: str | None = None
    sent_to: str | None = None
    partial: str = ""
    """The digits of the ID or the code that have been said so far."""
    asked: tuple[str, ...] = ()
    """What has been asked for in full, so that it is asked for briefly the next time."""


class UnfinishedMemory(Memory):
    """Something that was in hand elsewhere."""

    wanted: bool | None = None


class ReadBackMemory(Memory):
    """Words that may have been misheard, as they are said back."""

    act: dict[str, Any]
    said: tuple[str, str]
    heard: bool | None = None


class ClarifyMemory(Memory):
    """Readings to choose from."""

    act: dict[str, Any]
    readings: tuple[str, ...] = ()
    topic: str | None = None
    named_since: bool = False
    """Whether the test was named in answer to the question."""


class KeyMenuMemory(Memory):
    """A group of topics by keys."""

    menu: str
    topic: str | None = None


class HumanAgentMemory(Memory):
    """The way to a person."""

    reason: str = "human_agent"
    offered: bool = False
    soft: bool = False
    wanted: bool | None = None


class UndoMemory(Memory):
    """Putting the last change back."""

    undoes: dict[str, Any] | None = None
    request: str = ""
    """Names this wish to put it back, so that it is done once however often it is asked for."""
    confirm: bool | None = None
    code: str | None = None
    code_sent: bool = False
    partial: str = ""
    """The digits of the code that have been given so far."""
