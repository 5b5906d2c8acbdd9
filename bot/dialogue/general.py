"""The general answer to what is asked: reckoned from the days that were named, or told by a statement or a known gap.

It needs nobody's records. The asked thing comes first; the whole text of the topic is there for the asking ("more").
A message that leans on what was said before is answered on that topic: with another test or day, another kind of
question, or what was doubted. Nothing is told twice in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from bot.answers.answer import Answer
from bot.answers.format import Said
from bot.answers.reckoning import MASTER, as_happened, carried, own_day
from bot.answers.replies import Picked, Subject, days_named, following, in_short, is_estimate, is_unsaid, usual
from bot.catalog.model import Entry, Gap, Statement
from bot.contracts.asking import QuestionKind
from bot.contracts.given import HAPPENED, Given
from bot.contracts.matters import Matter
from bot.contracts.points import Point
from bot.dialogue.memories import Asked, Pick, Sum
from bot.dialogue.outcome import Reply
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct

OF_ANOTHER = 0.75
"""What answers by another topic than the one that was read goes first from this chance on."""

OF_A_GAP = 0.22
"""A known gap of the topic that was read is told from this chance on."""

LEAST = 0.15
"""A statement of the topic that was read is told from this chance on; below it, the gist of the topic is."""

CLEARLY = 0.4
"""A statement or gap of the topic spoken of last answers from this chance on, whatever topic the words sound like …"""
PLAINLY = 0.5
"""A statement goes before a likelier gap from this chance on: a plain question has a plain answer."""
LIKELY = 0.1
"""… and from this one on where nothing else is much likelier, or the words name nothing of their own."""
FAINT = 0.03
"""The same where the words were read as nothing in particular."""
MUCH_LIKELIER = 4
CLOSE = 4
"""Answers up to so many times less likely than the best are about as likely."""
PLAIN = 0.95
"""So likely an answer of the topic spoken of last is the one that is wanted, where no other is nearly as likely."""
LONG = 12
"""Up to so many words a message that is tied to what was said before may lean on it."""
VAGUE = 0.5
"""A label read with less confidence says little."""
CERTAIN = 0.9
SURELY = 0.6
"""A label read with this confidence is a topic of its own."""

TAKEN_UP = 0.25
"""An earlier topic is gone back to from this chance on, where the last has nothing to say."""
EARLIER = 1.5
"""So many times likelier an answer of an earlier topic has to be to be gone back to."""

FAR = timedelta(days=180)
"""A day without a year further ahead than this is the last one of that date where something happened on it."""

_STAYS = (*HAPPENED, "at", "happened_to", "also")
"""What is given for more than one question: what happened on a day."""

_MATTERS: dict[str, tuple[str, str]] = {
    Matter.MASTER_LAPSED: ("account/master_status", "lapsed"),
    Matter.KEEPS_TIME: ("account/recertification", "no_credit"),
    Matter.LOSES_TIME: ("account/recertification", "early_cost"),
    Matter.RECERT_LATE: ("account/recertification", "lapsed"),
    Matter.NO_EXPERIENCE: ("account/work_experience", "not_yet"),
    Matter.BORDER: ("faq/test_locations", "places"),
    Matter.CANADA: ("faq/test_locations", "canada"),
    Matter.TERRITORY: ("faq/test_locations", "territories"),
    Matter.OTHER_COUNTRY: ("faq/test_locations", "other_country"),
    Matter.MILITARY: ("faq/test_locations", "military"),
    Matter.FAMILY_ON_BASE: ("faq/test_locations", "family_on_base"),
}
"""What the words name beyond doubt, with the statement or gap that answers it."""

_SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    Matter.MISS_OR_FAIL: ("account/retest", ("reckon_miss_or_fail",)),
    Matter.MASTER_BACK: ("account/master_status", ("reckon_master_back",)),
    Matter.BASE_NAMED: ("faq/test_locations", ("reckon_base_named", "ask_prometric")),
}
"""The same with the phrases that answer it."""

_AFTER_A_TEST = ("account/retest", "account/missed_appointment", "faq/test_day", "faq/registration")
OTHERS_RECORDS = ("account/summary", "other_people")
"""What is spoken of once somebody else's records were asked for."""
COPIES = "account/duplicate_certificate"

_NOT_DATED = ("what_if", "what_if_not", "how_much", "how", "why", "where", "who", "which", "difference", "how_many")
"""Kinds of question that the days given before do not answer."""

_TIMES = (QuestionKind.WHEN, QuestionKind.FROM_WHEN, QuestionKind.UNTIL_WHEN, QuestionKind.HOW_LONG)
_OPEN = (QuestionKind.WHETHER.value, QuestionKind.WHICH.value, None)
"""Kinds that may open a matter of their own even in words that name none ("does it expire")."""
_OF_APPOINTMENTS = ("account/reschedule", "account/cancel_appointment", "account/schedule_test", "faq/test_day")
"""Topics on which Prometric can tell more."""

_APART = ("faq/epa_609", "faq/test_prep", "faq/intro_elearning", "faq/merchandise", "account/duplicate_certificate")
"""Topics on things of their own: the rules of tests and certifications say nothing of "it" there."""

_REMEMBERED = 24


def say_general(reply: Reply, label: str, asked: Asked | None) -> None:
    """Answer a question on a topic, or give its text where it is not known what was asked."""
    reply.say(general_answer(reply.turn, label, asked))


def general_answer(turn: TurnContext, label: str, asked: Asked | None, *, alone: bool = False) -> Answer:
    """The answer to a question on a topic; `alone`: the one statement, with nothing after it."""
    answers = turn.services.answers
    if asked is None:
        return answers.entry(label, turn.today)
    kind = _kind(asked)
    settled = _of_matter(turn, label, asked) or _short_of_master(turn, label, asked) or _summed(turn, label, asked, {})
    if settled is None and not (_named(asked, label) and kind in (QuestionKind.WHETHER, QuestionKind.WHAT_IF)):
        settled = _reckoned(turn, label, asked)
    if settled is not None:
        return settled
    subject = Subject(asked.tests, asked.series, Given.of(asked.given).count)
    found = picked(asked, label, answers.catalog.entries.get(label))
    return answers.reply(label, kind, found, subject, day=turn.today, bare=asked.bare, alone=alone, short=asked.alone)


def _short_of_master(turn: TurnContext, label: str, asked: Asked) -> Answer | None:
    """What the tests named leave open for a Master, where somebody tells which they hold."""
    if label != MASTER or not asked.holds or len(asked.tests) < _SEVERAL:
        return None
    answers = turn.services.answers
    missing = answers.missing_of_master(asked.tests, day=turn.today)
    if missing is None:
        return None
    key = "reckon_master_missing" if missing else "reckon_master_all"
    return answers.phrase(key, day=turn.today, **({"tests": list(missing)} if missing else {}))


_SEVERAL = 3
"""From so many tests on, those named are the ones that somebody holds of a series."""


def _reckoned(turn: TurnContext, label: str, asked: Asked) -> Answer | None:
    """What the days given come to on a topic, or None."""
    if asked.price and own_day(label) == "appointment":
        return None  # "do I get charged if I move it"
    if asked.kind == QuestionKind.WHICH and own_day(label) == "certified" and not asked.asks_day:
        return None  # "which one do I take": no day is asked for
    return turn.services.answers.reckon(
        label,
        _kind(asked),
        Given.of(asked.given),
        day=turn.today,
        against=asked.against,
        denied=asked.denied,
        tests=asked.tests,
        buys_then=asked.buys_then,
    )


def picked(asked: Asked, label: str, entry: Entry | None) -> Picked | None:
    """What answers: the likeliest of all where it is likely enough, else the likeliest on this topic.

    That the source does not say takes more than a likeness: a plain question has a plain answer.
    """
    named = _named(asked, label)
    if named is not None and entry is not None and entry.find(named) is not None:
        return Picked(label, named)
    first = asked.picks[0] if asked.sure and asked.picks else None
    if first is not None and not asked.bare and first.label != label and first.score >= OF_ANOTHER:
        return Picked(first.label, first.id, first.score)
    kind = _kind(asked)
    own = _plainest(asked, entry)
    if own is not None and own.label == label:
        return Picked(own.label, own.id, own.score)
    for pick in asked.picks:
        gap = pick.label == label and entry is not None and isinstance(entry.find(pick.id), Gap)
        unasked = gap and kind is None
        if pick.label == label and pick.score >= (CLEARLY if unasked else OF_A_GAP if gap else LEAST):
            return Picked(pick.label, pick.id, pick.score)
    price = (
        _price_of(entry)
        if entry is not None and asked.price and kind in (QuestionKind.WHETHER, QuestionKind.HOW_MUCH)
        else None
    )
    if price is not None and entry is not None and own_day(entry.label) == "appointment":
        return Picked(entry.label, price.id)
    if asked.elsewhere and first is not None and not asked.bare and first.score >= CLEARLY:
        return Picked(first.label, first.id, first.score)  # nothing on this topic answers it
    return None


def _plainest(asked: Asked, entry: Entry | None) -> Pick | None:
    """What answers more plainly than the likeliest does: a statement beside a gap, or what speaks of the telephone."""
    if entry is None or not asked.picks:
        return None
    first, kind = asked.picks[0], _kind(asked)
    own = [pick for pick in asked.picks if pick.label == entry.label and pick.score >= LEAST]
    if asked.by_phone and kind == QuestionKind.WHETHER and not _of_phone(asked.picks[:1]):
        return next((pick for pick in own if _of_phone([pick])), None)
    if first.label == entry.label and isinstance(entry.find(first.id), Gap) and kind is not None:
        told = (pick for pick in own if isinstance(each := entry.find(pick.id), Statement) and kind in each.answers)
        return next((pick for pick in told if pick.score >= PLAINLY), None)
    return None


def with_days(asked: Asked, topic: str, state: ConversationState) -> Asked:
    """What is asked on a topic, with the days and numbers given on it before unless it gives them anew."""
    if not asked.given and asked.kind in _NOT_DATED:
        return asked
    happened = carried(topic, state.last_given)
    if any(name in asked.given for name in HAPPENED):
        happened = {name: value for name, value in happened.items() if name not in ("happened_to", "also", "at")}
    return asked.model_copy(update={"given": {**happened, **asked.given}})


# --- telling, and remembering what was told -----------------------------------------------------------


def tell(reply: Reply, label: str, asked: Asked, state: ConversationState, *, given: Asked | None = None) -> None:
    """Answer on a topic and remember it. What was told in these words before is told in others."""
    turn = reply.turn
    if asked.refers_back and not asked.tests:
        asked = asked.model_copy(update={"tests": tuple(state.last_named)})
    remember(turn, label, given or asked, state)
    answer = general_answer(turn, label, asked)
    if _digest(answer) in state.told:
        answer = _in_other_words(turn, label, asked, state)
    state.told = [*state.told, _digest(answer)][-_REMEMBERED:]
    reply.say(answer)


def remember(turn: TurnContext, label: str, asked: Asked, state: ConversationState) -> None:
    """What a conversation goes on with: the topic that is answered, the days given on it, and what is told of it."""
    found = picked(asked, label, turn.services.catalog.entries.get(label))
    topic = found.label if found is not None else label
    given = asked.given
    if asked.kind in (None, *_TIMES, QuestionKind.WHICH.value) and "asked" in given:
        given = as_happened(topic, Given.of(given), day=turn.today).as_dict()
    _keep_days(given, state)
    if topic == COPIES:
        _keep_count(turn, asked, state)
    state.last_topic = topic
    state.last_told = found.id if found is not None else None
    state.last_named = list(asked.tests)


def _keep_days(given: Mapping[str, Any], state: ConversationState) -> None:
    """What was given last, and of what was given before the days that still hold."""
    anew = any(name in given for name in HAPPENED)
    counted = {name: value for name, value in state.last_given.items() if name in ("count", "of")}
    gone = ("happened_to", "also", "at") if anew else ()
    kept = {name: value for name, value in state.last_given.items() if name in _STAYS and name not in gone}
    state.last_given = {**kept, **(counted if state.last_topic == COPIES else {}), **given}


def told(turn: TurnContext, label: str, asked: Asked | None, state: ConversationState) -> None:
    """Remember what is about to be told by a task."""
    state.told = [*state.told, _digest(general_answer(turn, label, asked))][-_REMEMBERED:]


def _in_other_words(turn: TurnContext, label: str, asked: Asked, state: ConversationState) -> Answer:
    """The next best answer not told yet, or the same one in short."""
    answers = turn.services.answers
    kind, entry = _kind(asked), turn.services.catalog.entries.get(state.last_topic or label)
    for pick in asked.beside:
        each = entry.find(pick.id) if entry is not None else None
        if (
            each is None
            or pick.score < (LIKELY if state.last_told else FAINT)
            or (kind is not None and kind not in each.answers)
        ):
            continue
        other = general_answer(turn, pick.label, _only(asked, pick))
        if _digest(other) not in state.told:
            state.last_told = pick.id
            return other
    answer = general_answer(turn, label, asked, alone=True)
    if asked.tests:
        what = Said(following(answer.text), following(answer.speech))
        return answers.phrase("same_for", day=turn.today, tests=list(asked.tests), said=what)
    return answers.repeated(answer, day=turn.today)


def _digest(answer: Answer) -> str:
    return f"{crc32(answer.text.encode()):08x}"


def _only(asked: Asked, pick: Pick, **changed: object) -> Asked:
    """What is asked, answered by this pick and nothing else."""
    given = {name: value for name, value in asked.given.items() if name == "count"}
    sure = Pick(label=pick.label, id=pick.id, score=max(pick.score, OF_A_GAP))
    return asked.model_copy(update={"picks": (sure,), "sure": True, "bare": False, "given": given, **changed})


def _kind(asked: Asked) -> QuestionKind | None:
    return QuestionKind(asked.kind) if asked.kind is not None else None


def was_told(turn: TurnContext, label: str, asked: Asked | None, state: ConversationState) -> bool:
    """Whether the answer was told in this conversation."""
    return _digest(general_answer(turn, label, asked)) in state.told


def say_why(reply: Reply, asked: Asked, state: ConversationState) -> None:
    """Why what was told is so, where the source gives a reason; else that it gives none."""
    entry = reply.turn.services.catalog.entries.get(state.last_topic or "")
    if entry is None:
        return
    because = next((pick for pick in asked.beside if _gives_reason(entry, pick)), None)
    usually = usual(entry, QuestionKind.WHY)
    if because is None and usually is not None:
        because = Pick(label=entry.label, id=usually.id, score=1.0)
    if because is not None:
        tell(reply, entry.label, _only(asked, because, kind=QuestionKind.WHY.value), state)
        return
    rule = next(iter(entry.statements), None)
    if rule is None:
        reply.entry(entry.label)
        return
    only = _only(asked, Pick(label=entry.label, id=rule.id, score=1.0), kind=QuestionKind.WHY.value)
    answer = general_answer(reply.turn, entry.label, only, alone=True)
    words = reply.turn.services.answers.said("unsaid_why", said=Said(answer.text, answer.speech))
    reply.say(Answer(words.web, words.voice, answer.sources))


def _gives_reason(entry: Entry, pick: Pick) -> bool:
    each = entry.find(pick.id)
    return isinstance(each, Statement) and QuestionKind.WHY in each.answers and pick.score >= FAINT


def is_told_of(act: UserAct) -> bool:
    """Whether the topic spoken of last clearly has the answer, however the message sounds by itself."""
    return bool(act.asked.beside) and (act.asked.beside[0].score >= CLEARLY or act.doubts)


# --- going on with what was spoken of last ----------------------------------------------------------------


def goes_on(reply: Reply, act: UserAct, state: ConversationState, *, loosely: bool = False) -> bool:
    """Answer a message that leans on what was said before; False where it is a matter of its own.

    `loosely`: its label says nothing, so that it goes on with the topic wherever that has something to tell.
    """
    turn, topic, asked = reply.turn, state.last_topic, act.asked
    entry = turn.services.catalog.entries.get(topic or "")
    if topic is None or entry is None or not (entry.statements or entry.gaps):
        return False
    if _goes_on_with_the_told(reply, act, entry, state):
        return True
    best = _best(asked, entry)
    if act.leans and not asked.tests and not asked.series:
        asked = asked.model_copy(update={"tests": tuple(state.last_named)})
    if _asks_same_of(reply, act, entry, state):
        return True
    if asked.matter == Matter.CANADA and asked.goes_along and act.length <= _FEW and topic != "faq/test_locations":
        reply.phrase("same_in_canada")
        return True
    if act.leans and asked.price and entry.label != "faq/fees" and not (best is not None and best.score >= CLEARLY):
        return _tell_price(reply, asked, entry, state)
    if act.leans and asked.whom and entry.label != "faq/contact":
        whether = "_yes" if asked.kind == QuestionKind.WHETHER.value else ""
        reply.phrase(f"call_prometric{whether}" if entry.label in _OF_APPOINTMENTS else f"call_ase{whether}")
        return True
    unnamed = asked.by_phone and not asked.whom and asked.kind == QuestionKind.WHETHER.value
    unnamed = unnamed and entry.label != "faq/contact" and act.short and not _of_phone(asked.beside[:3])
    if best is not None and unnamed and _is_about(act, best, topic, loosely=loosely):
        reply.phrase("unsaid_by_phone")
        reply.phrase("ask_prometric" if entry.label in _OF_APPOINTMENTS else "ask_ase")
        return True
    if act.names_only and (act.tests or act.series or (asked.given.get("count") and not asked.price)):
        _tell_of_others(reply, asked, entry, state)
        return True
    if best is not None and _is_about(act, best, topic, loosely=loosely):
        _tell_picked(reply, asked, entry, _of_family(asked, best, state), state)
        return True
    own = act.is_topic and act.label != topic and act.confidence >= CERTAIN
    apart = topic in _APART and act.refers_back
    if not act.leans or (own and asked.kind in _OPEN and not apart):
        return False
    return _tell_by_kind(reply, asked, entry, state)


def _goes_on_with_the_told(reply: Reply, act: UserAct, entry: Entry, state: ConversationState) -> bool:
    """What holds on to the very thing that was told: a matter, a day, a doubt, or that it is so "even if …"."""
    turn, topic, asked = reply.turn, entry.label, act.asked
    if (topic, state.last_told) == OTHERS_RECORDS and asked.kind is None and not (act.is_question or asked.given):
        reply.phrase("their_records_still")  # "but I pay for it"
        return True
    if act.has_tried and not act.is_question:
        reply.phrase("tried_prometric" if topic in _OF_APPOINTMENTS else "tried_ase")
        return True
    if _goes_on_beyond_doubt(reply, act, topic, state):
        return True
    if asked.insists and isinstance(entry.find(state.last_told or ""), Gap):
        only = _only(asked, Pick(label=topic, id=state.last_told or "", score=1.0), kind=None)
        reply.say(turn.services.answers.repeated(general_answer(turn, topic, only), day=turn.today))
        return True
    if asked.even and not asked.given and _tell_even_so(reply, asked, entry, state):
        return True
    held = "asked" in asked.given and own_day(topic) in state.last_given
    if held and act.doubts and _goes_on_by_days(reply, act, topic, state):
        return True
    if act.doubts and state.said is not None and (asked.given or asked.asks_if_sure or act.leans):
        _say_doubted(reply, asked, state)
        return True
    return _goes_on_by_days(reply, act, topic, state)


def _goes_on_beyond_doubt(reply: Reply, act: UserAct, topic: str, state: ConversationState) -> bool:
    """What the words name beyond doubt: a matter, a sum of money, or the first or last day of what was told."""
    turn, asked = reply.turn, act.asked
    answer = _of_matter(turn, topic, asked)
    if answer is None and asked.matter is not None and _named(asked, topic) is not None:
        tell(reply, topic, asked, state)
        return True
    own = act.is_topic and act.label != topic and act.confidence >= CERTAIN
    if answer is None and topic == COPIES and (not own or act.label == "faq/fees"):
        answer = _summed(turn, topic, asked, state.last_given)
    topic = _where_days_hold(topic, state)
    own = own and not act.refers_back and not _near_topics(topic, act.label)
    if answer is None and asked.asks_day and not asked.given and not own:
        known = with_days(asked.model_copy(update={"kind": QuestionKind.WHEN.value}), topic, state)
        answer = _reckoned(turn, topic, known) if known.given else None
    if answer is None and asked.buys_then and topic == "account/retest":
        opens = turn.services.answers.day_of(topic, Given.of(carried(topic, state.last_given)), day=turn.today)
        bought = {"given": {"bought": opens.isoformat()}, "kind": QuestionKind.WHEN.value} if opens else {}
        answer = _reckoned(turn, "account/purchase_window", asked.model_copy(update=bought)) if bought else None
    if answer is None and asked.weekday:
        answer = _on_weekday(turn, topic, asked, state)
    soon = Point.SOONER.value in asked.points and own_day(topic) == "failed"
    open_still = asked.if_open and own_day(topic) == "appointment" and _holds(topic, state)
    whether = asked.kind == QuestionKind.WHETHER.value and act.short and not asked.given
    if answer is None and (soon or open_still) and whether and not own:
        answer = _reckoned(turn, topic, with_days(asked, topic, state))
    if answer is None:
        return False
    if topic == COPIES:
        _keep_count(turn, asked, state)
    _say_once(reply, answer, state)
    return True


def _on_weekday(turn: TurnContext, topic: str, asked: Asked, state: ConversationState) -> Answer | None:
    """Whether the day that was told is on a day of the week."""
    known = carried(topic, state.last_given)
    on = turn.services.answers.day_of(topic, Given.of(known), day=turn.today) if known else None
    if on is None:
        return None
    return turn.services.answers.phrase(f"reckon_weekday_{'yes' if on.weekday() in asked.weekday else 'no'}", on=on)


def _where_days_hold(topic: str, state: ConversationState) -> str:
    """The topic on which the days given so far are reckoned with: the one spoken of, or that of what happened."""
    if carried(topic, state.last_given) or (own_day(topic) == "appointment" and "appointment" in state.last_given):
        return topic
    return next((label for role, label in _OF_DAYS.items() if role in state.last_given), topic)


_OF_DAYS = {
    "failed": "account/retest",
    "bought": "account/purchase_window",
    "certified": "account/certification_expiry",
    "expires": "account/certification_expiry",
    "taken": "account/certificate_status",
    "appointment": "account/reschedule",
}
"""What happened -> the topic that is reckoned on."""


def _say_once(reply: Reply, answer: Answer, state: ConversationState) -> None:
    """Say it; what was told in these words before is told as such."""
    if _digest(answer) in state.told:
        answer = reply.turn.services.answers.repeated(answer, day=reply.turn.today)
    state.told = [*state.told, _digest(answer)][-_REMEMBERED:]
    reply.say(answer)


def _near_topics(topic: str, other: str) -> bool:
    """Whether the days of one topic answer the questions of another one too."""
    return own_day(other) is not None and bool(carried(other, {own_day(topic) or "": True}))


def _named(asked: Asked, label: str) -> str | None:
    """The statement or gap that answers what the words name beyond doubt, if it is one of this topic."""
    topic, name = _MATTERS.get(asked.matter or "", ("", ""))
    return name if topic == label else None


def _of_matter(turn: TurnContext, label: str, asked: Asked) -> Answer | None:
    """What answers a matter that the words name beyond doubt in sentences of its own."""
    topic, phrases = _SAID.get(asked.matter or "", ("", ()))
    if topic != label and not (asked.matter == Matter.MISS_OR_FAIL and label in _AFTER_A_TEST):
        return None
    said = [turn.services.answers.said(key) for key in phrases]
    return Answer(" ".join(each.web for each in said), " ".join(each.voice for each in said))


def _summed(turn: TurnContext, label: str, asked: Asked, before: Mapping[str, Any]) -> Answer | None:
    """What a number of series comes to, and whether the amount that was said is right."""
    fee = _fee_of(turn, label)
    found = asked.sum
    count, named = _counted(turn, asked, before)
    if fee is None or not count:
        return None
    said = Decimal(found.amount) if found is not None and found.amount else None
    covers = found is not None and found.covers and count > 1
    totals = found is not None and found.totals and bool(before)
    if not (named or said is not None or covers or totals):
        return None
    each = found is not None and found.each
    if not before and said is None and not covers and (count < 2 or asked.kind not in _OF_MONEY):
        return None
    return turn.services.answers.sum_of(fee, count, said=said, each=each, covers=covers, day=turn.today)


_OF_MONEY = (None, QuestionKind.HOW_MUCH.value, QuestionKind.WHETHER.value)


_MOST_SERIES = 10


def _counted(turn: TurnContext, asked: Asked, before: Mapping[str, Any]) -> tuple[int | None, bool]:
    """How many series are meant after this message, and whether it is the message that says so."""
    found = asked.sum or Sum()
    known, of = before.get("count"), tuple(before.get("of", ()))
    said = tuple(dict.fromkeys((*found.series, *(each for each in asked.series if not found.series))))
    number = asked.given.get("count")
    if number is not None and (number > _MOST_SERIES or found.amount == str(number)):
        number = None  # "so 30?": dollars
    if said and found.without and known:
        return max(known - len(said), 1), True
    if said and found.further and known:
        return known + len([each for each in said if each not in of]), True
    if said:
        return max(len(said), number or 0), True
    if found.adds and known:
        return known + found.adds, True
    return (number, True) if number else (known, False)


def _keep_count(turn: TurnContext, asked: Asked, state: ConversationState) -> None:
    """How many series are spoken of, and which."""
    found = asked.sum or Sum()
    before = state.last_given if state.last_topic == COPIES else {}
    count, _ = _counted(turn, asked, before)
    old = tuple(before.get("of", ())) if found.further or found.without or not found.series else ()
    left = [each for each in old if not (found.without and each in found.series)]
    of = list(dict.fromkeys((*left, *(() if found.without else found.series))))
    state.last_given = {**state.last_given, "count": count or 1, "of": of}


def _fee_of(turn: TurnContext, label: str) -> str | None:
    """The fee of each thing on a topic whose fees are added up."""
    entry = turn.services.catalog.entries.get(label)
    cases = [case for each in entry.statements for case in each.cases] if entry is not None else []
    return next((case.when.values[0] for case in cases if case.when.kind == "counted"), None)


def takes_up(act: UserAct, state: ConversationState) -> UserAct:
    """The act beside the one topic it goes on with: the last, or an earlier one that has a far likelier answer."""
    if not act.asked.beside:
        return act
    best = act.asked.beside[0]
    last = next((pick.score for pick in act.asked.beside if pick.label == state.last_topic), 0.0)
    least = max(CLEARLY, EARLIER * last) if last >= FAINT else TAKEN_UP
    if best.label != state.last_topic and best.score >= least:
        state.last_topic, state.last_told, state.last_given = best.label, None, {}
    return act.going_on_with(state.last_topic)


def _of_family(asked: Asked, best: Pick, state: ConversationState) -> Pick:
    """Of answers about as likely, the one on the matter told last ("practice_same", then "practice_price")."""
    if best.score >= CLEARLY:
        return best
    family = (state.last_told or "").split("_")[0]
    close = [pick for pick in asked.beside if pick.score * CLOSE >= best.score and pick.score < CLEARLY]
    return next((pick for pick in close if family and pick.id.split("_")[0] == family), best)


def _best(asked: Asked, entry: Entry) -> Pick | None:
    """The likeliest answer of the topic; of answers about as likely, a statement for the kind of question asked."""
    best, kind = next(iter(asked.beside), None), _kind(asked)
    if best is None or kind is None or best.score >= CLEARLY:
        return best
    first = entry.find(best.id)
    if first is None or kind in first.answers:
        return best
    close = (pick for pick in asked.beside if pick.score * CLOSE >= best.score)
    return next((p for p in close if isinstance(s := entry.find(p.id), Statement) and kind == s.answers[0]), best)


def _asks_same_of(reply: Reply, act: UserAct, entry: Entry, state: ConversationState) -> bool:
    """The question told last, asked of another topic that is only named ("and for cancelling?")."""
    asked, last = act.asked, entry.find(state.last_told or "")
    other = reply.turn.services.catalog.entries.get(act.label)
    if last is None or other is None or not act.is_topic or act.label == entry.label or act.length > _FEW:
        return False
    first = next((pick for pick in asked.picks if pick.label == act.label), None)
    plain = asked.kind in (None, QuestionKind.WHETHER.value) and not asked.given and act.confidence >= VAGUE
    if not (plain and asked.goes_along) or (first is not None and first.score >= OF_ANOTHER):
        return False
    kind = QuestionKind.HOW_MUCH if QuestionKind.HOW_MUCH in last.answers else last.answers[0]
    if kind in (QuestionKind.WHETHER, QuestionKind.WHAT_IF):
        return False
    found = _price_of(other) if kind == QuestionKind.HOW_MUCH else usual(other, kind)
    if found is None:
        return False
    tell(reply, act.label, _only(asked, Pick(label=act.label, id=found.id, score=1.0)), state)
    return True


def _price_of(entry: Entry) -> Statement | Gap | None:
    """What is told of the price of the thing itself."""
    found = usual(entry, QuestionKind.HOW_MUCH)
    if found is not None and found.answers[0] == QuestionKind.HOW_MUCH:
        return found
    return next((gap for gap in entry.gaps if gap.id in _PRICES), found)


_PRICES = ("fee", "move_fee", "cancel_fee", "price", "cost", "recert_cost", "partial")
"""Known gaps on what the thing itself costs."""
_FEW = 4
"""So few words name a matter and ask nothing of it themselves."""


def _tell_even_so(reply: Reply, asked: Asked, entry: Entry, state: ConversationState) -> bool:
    """That what was told with a yes or no holds "even if …", with what the topic has to say of that."""
    said = state.said or {"text": "", "speech": ""}
    word = next((word for word in ("no", "yes") if said["text"].lower().startswith((f"{word},", f"{word}."))), None)
    if word is None:
        return False
    best = asked.beside[0] if asked.beside and asked.beside[0].score >= OF_ANOTHER else None
    if best is None and asked.even == "even" and asked.beside and asked.beside[0].score >= CLEARLY:
        return False
    if best is None:
        words = Said(following(in_short(said["text"])), following(in_short(said["speech"])))
    else:
        answer = general_answer(reply.turn, entry.label, _only(asked, best))
        if answer.text.startswith(("Yes", "No")):
            return False
        words = Said(answer.text, answer.speech)
        remember(reply.turn, entry.label, _only(asked, best), state)
    reply.phrase(f"even_{word}", said=words)
    return True


def _of_phone(picks: Sequence[Pick]) -> bool:
    """Whether one of these answers is about the telephone itself."""
    return any("phone" in pick.id or "call" in pick.id or "number" in pick.id for pick in picks)


def _tell_price(reply: Reply, asked: Asked, entry: Entry, state: ConversationState) -> bool:
    """What the thing spoken of costs, or that the source gives no price for it."""
    priced = [
        p
        for p in asked.beside
        if p.score >= FAINT and (each := entry.find(p.id)) and QuestionKind.HOW_MUCH in each.answers
    ]
    if priced:
        _tell_picked(
            reply, asked, entry, _of_family(asked.model_copy(update={"beside": priced}), priced[0], state), state
        )
        return True
    reply.phrase("unsaid_how_much")
    reply.phrase("ask_prometric" if entry.label in _OF_APPOINTMENTS else "ask_ase")
    return True


def _is_about(act: UserAct, best: Pick, topic: str, *, loosely: bool) -> bool:
    """Whether the best answer of the topic spoken of last is what the message is after."""
    first = next(iter(act.asked.picks), None)
    rival = first.score if first is not None and first.label != topic else 0.0
    own = act.is_topic and act.label != topic
    if act.leans:
        named = own and act.confidence >= CERTAIN and bool(act.tests) and rival > best.score
        return best.score >= (CLEARLY if named else LIKELY)
    if _is_tied(act, best, rival):
        return True
    if own and (_names_another(act, first) or (act.confidence >= CERTAIN and rival >= CLEARLY)):
        return False
    if best.score >= CLEARLY and rival < (best.score if own and act.confidence >= CERTAIN else 2 * best.score):
        return True
    held = own and act.confidence >= (CERTAIN if first is not None and first.label == topic else SURELY)
    if best.score >= LIKELY and not held and rival < MUCH_LIKELIER * best.score:
        return True
    vague = loosely or (act.is_topic and act.confidence < VAGUE)
    return vague and act.in_scope_or_asks and best.score >= FAINT and rival < LEAST


def _is_tied(act: UserAct, best: Pick, rival: float) -> bool:
    """Whether words that tie the message to what was said before, and an answer as good as any, keep the topic."""
    near = next((pick.score for pick in act.asked.picks if (pick.label, pick.id) == (best.label, best.id)), 0.0)
    if best.score >= OF_ANOTHER and near * 2 >= rival > 0:
        return True
    if act.short and best.score >= PLAIN and rival < OF_ANOTHER:
        return True
    short = act.length <= (LONG if act.asked.goes_along else 0)
    return short and best.score >= OF_ANOTHER and best.score > rival


def _names_another(act: UserAct, first: Pick | None) -> bool:
    """Whether the same is asked of another matter ("and for cancelling"): topic and answer agree on it."""
    agreed = first is not None and first.label == act.label and act.asked.sure
    return agreed and act.asked.goes_along and act.asked.bare is False and act.confidence >= VAGUE


def _tell_picked(reply: Reply, asked: Asked, entry: Entry, best: Pick, state: ConversationState) -> None:
    """The topic's best answer, reckoned with the days given where it is one that days belong to."""
    full = with_days(asked, entry.label, state)
    each, kind = entry.find(best.id), _kind(asked)
    dated = isinstance(each, Statement) and each.answers[0] in _TIMES and kind in (*_TIMES, QuestionKind.WHETHER)
    chosen = _only(full, best, **({"given": full.given} if dated else {}))
    tell(reply, entry.label, chosen, state, given=chosen.model_copy(update={"given": full.given}))


def _goes_on_by_days(reply: Reply, act: UserAct, topic: str, state: ConversationState) -> bool:
    """A day or a number of days that can be reckoned with on this topic."""
    turn, asked = reply.turn, act.asked
    if "moves_to" in asked.given and "bought" in state.last_given:
        topic, given_on = "account/purchase_window", {**asked.given, "asked": asked.given["moves_to"]}
        moved = {"given": given_on, "kind": QuestionKind.WHETHER.value, "refers_back": True, "only_if": True}
        asked = asked.model_copy(update=moved)
    elif set(asked.given) - {"open"} == {"moves_to"}:
        return False  # whether that is in time depends on the day it was bought
    elif set(asked.given) == {"bought"} and "moves_to" in state.last_given:
        topic, on = "account/purchase_window", state.last_given["moves_to"]
        asked = asked.model_copy(update={"given": {**asked.given, "asked": on}, "kind": QuestionKind.WHETHER.value})
    elif "asked" in asked.given or "days" in asked.given:
        topic = _where_days_hold(topic, state)
    asked = _numbered(asked, topic, state)
    named = {name: value for name, value in asked.given.items() if name not in ("count", "ahead")}
    own = act.is_topic and act.label != topic and act.confidence >= SURELY and not act.names_only
    own = own and not asked.only_if and not (act.refers_back and "asked" in named and _holds(topic, state))
    own = own and not (_near_topics(topic, act.label) and "asked" in named)
    given = Given.of(asked.given)
    tells = asked.kind is None and own_day(topic) in named
    held = asked.against and "asked" in named and own_day(topic) in state.last_given
    of_days = Point.COUNTING.value in asked.points and "asked_to" in named  # "does the weekend count"
    keeps = asked.matter == Matter.KEEPS_TIME
    if not named or of_days or keeps or (own and not tells and not held):
        return False
    if given.asked is not None and "renews" in state.last_given and own_day(topic) == "certified":
        day, last = asked.given["asked"], asked.given.get("asked_to")
        given = Given.of({**asked.given, "renews": day, "happened_to": last, "asked": None, "asked_to": None})
        asked = asked.model_copy(update={"given": given.as_dict(), "kind": None})
    known = _holds(topic, state)
    whether = asked.kind == QuestionKind.WHETHER.value or asked.against
    far = given.asked is not None and given.asked - turn.today > FAR and not (known and whether)
    gone = known and _happened_then(topic, given, turn.today, state) and not asked.against
    past = own_day(topic) not in ("bought", "failed", "taken") or (
        given.asked is not None and given.asked <= turn.today
    )
    past = past and asked.kind is None and not known and not act.is_question
    happened = far or gone or asked.restates or past
    if happened and own_day(topic) not in (None, "appointment"):
        before = given
        given = as_happened(topic, given, day=turn.today)
        if given != before:
            kind = asked.kind if gone and whether else None
            asked = asked.model_copy(update={"given": given.as_dict(), "kind": kind})
    elif (given.days is not None and act.names_only and not asked.against) or (
        (given.asked is not None and (asked.kind is None or asked.denied or act.doubts))
        or (given.asked_at is not None and asked.kind is None and act.names_only)
    ):
        asked = asked.model_copy(update={"kind": QuestionKind.WHETHER.value})
    elif asked.only_if and any(name in named for name in HAPPENED):
        asked = asked.model_copy(update={"kind": None})
    full = with_days(asked, topic, state)
    answer = _reckoned(turn, topic, full)
    if answer is None:
        return False
    _keep_days(full.given, state)
    _say_once(reply, answer, state)
    return True


def _happened_then(topic: str, given: Given, today: date, state: ConversationState) -> bool:
    """Whether a day that is past is another one on which it happened, and none that is asked about."""
    if given.asked is None or given.asked >= today or given.open == "month":
        return False
    own = own_day(topic) or ""
    return own == "certified" or given.asked <= date.fromisoformat(state.last_given[own])


def _holds(topic: str, state: ConversationState) -> bool:
    """Whether it is known on which day happened what this topic is about."""
    own = own_day(topic)
    return own in state.last_given or (own == "certified" and "expires" in state.last_given)


def _numbered(asked: Asked, topic: str, state: ConversationState) -> Asked:
    """A bare number said where days are counted ("and 31?") as that many days."""
    count = asked.given.get("count")
    days = own_day(topic) in ("failed", "bought") and own_day(topic) in state.last_given
    if not days or count is None or count < _LEAST_OF_DAYS or len(asked.given) > 1:
        return asked
    return asked.model_copy(update={"given": {"days": count}, "kind": QuestionKind.WHETHER.value})


_LEAST_OF_DAYS = 10
"""A number from this on is one of days rather than of things."""


def _tell_of_others(reply: Reply, asked: Asked, entry: Entry, state: ConversationState) -> None:
    """The same question about another test, series or number of things ("and T6?", "and three?")."""
    turn = reply.turn
    last = entry.find(state.last_told or "") or next(iter(entry.statements), None)
    if asked.given.get("count"):
        last = next((each for each in entry.statements if any(c.when.kind == "counted" for c in each.cases)), last)
    cased = isinstance(last, Statement) and last.cases
    if not cased and (asked.tests or asked.series):
        likely = (entry.find(pick.id) for pick in asked.beside if pick.score >= CLEARLY)
        last = next((each for each in likely if isinstance(each, Statement) and each.cases), last)
    if last is None:
        return
    pick = Pick(label=entry.label, id=last.id, score=1.0)
    chosen = _only(asked, pick, kind=QuestionKind.WHETHER.value)
    answer = general_answer(turn, entry.label, chosen)
    tests = asked.tests
    if _digest(answer) in state.told or not (isinstance(last, Statement) and last.cases):
        answer = general_answer(turn, entry.label, chosen, alone=True)
        what = Said(following(answer.text), following(answer.speech))
        answer = turn.services.answers.phrase("same_for", day=turn.today, tests=list(tests) or None, said=what)
    remember(turn, entry.label, chosen.model_copy(update={"given": state.last_given}), state)
    state.told = [*state.told, _digest(answer)][-_REMEMBERED:]
    reply.say(answer)


def _tell_by_kind(reply: Reply, asked: Asked, entry: Entry, state: ConversationState) -> bool:
    """No more than the kind of question: the topic's usual answer to it, else that the source does not say."""
    turn, kind = reply.turn, _kind(asked)
    best = asked.beside[0] if asked.beside else None
    if kind is None:
        if best is None or best.score < FAINT:
            return False
        _tell_picked(reply, asked, entry, best, state)
        return True
    full = with_days(asked, entry.label, state)
    days = turn.services.answers.reckon(entry.label, kind, Given.of(full.given), day=turn.today)
    if kind == QuestionKind.WHETHER and asked.if_open and days is not None:
        reply.say(days)
        return True
    if asked.by_phone:
        reply.phrase("unsaid_by_phone")
        reply.phrase("ask_ase")
        return True
    fits = [pick for pick in asked.beside if (each := entry.find(pick.id)) and kind in each.answers]
    by_kind = usual(entry, kind)
    if fits and best is not None and fits[0].score >= FAINT and kind != QuestionKind.WHETHER:
        close = fits[0].score * CLOSE >= best.score
        _tell_picked(reply, asked, entry, _of_family(asked, fits[0], state) if close else best, state)
    elif kind in (QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT) and best is not None and best.score >= FAINT:
        _tell_picked(reply, asked, entry, best, state)
    elif by_kind is not None and kind != QuestionKind.WHETHER:
        _tell_picked(reply, asked, entry, Pick(label=entry.label, id=by_kind.id, score=1.0), state)
    elif kind in (QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT) and (first := _told_elsewhere(asked)) is not None:
        tell(reply, first.label, _only(asked, first), state)  # "and if I don't go" is told of a missed test
    else:
        reply.phrase(f"unsaid_{kind.value}")
        reply.phrase("ask_prometric" if entry.label in _OF_APPOINTMENTS else "ask_ase")
    return True


def _told_elsewhere(asked: Asked) -> Pick | None:
    """What answers by another topic, where it is likely enough that "my source doesn't say" would not be true."""
    return next((pick for pick in asked.picks if pick.score >= CLEARLY), None)


def _say_doubted(reply: Reply, asked: Asked, state: ConversationState) -> None:
    """What was said before once more in short, with whether the doubt is right."""
    assert state.said is not None
    web, voice = (in_short(state.said[form]) for form in ("text", "speech"))
    days = asked.given.get("days")
    if days is not None and not any(character.isdigit() for character in web):
        answer = reply.turn.services.answers.reply(state.last_topic or "", None, None, day=reply.turn.today)
        web, voice = in_short(answer.text), in_short(answer.speech)
    key = "doubted_sure" if asked.asks_if_sure else "doubted"
    if asked.asks_if_sure and is_estimate(web):
        key = "doubted_estimate"
    if asked.asks_if_sure and is_unsaid(web):
        key = "as_said"
    if days is not None and not asked.asks_if_sure:
        key = "doubted_right" if days in days_named(web) else "doubted_wrong"
    reply.phrase(key, said=Said(following(web), following(voice)))
