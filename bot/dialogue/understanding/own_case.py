"""What somebody says of their own case beside its topic: what they want bought, what was denied, how long they wait."""

from __future__ import annotations

import re
from datetime import date

from bot.dialogue.understanding.user_message import UserMessage

_ASKED_OF_US = (
    r"(?:(?:please|pls|just|so|ok|okay|yes|yeah|and|then|well|hey|now|go ahead and|(?:could|will|would) (?:you|u)|"
    r"i (?:want|need|would like|'?d like) (?:you|u) to) )*"
)
_BUYS = re.compile(
    rf"^\W*{_ASKED_OF_US}(?:buy|purchase|rebuy|pay for)\b(?! or\b)|"
    r"^\W*(?:(?:so|and|ok|okay|hi|hey)\b\W*+)*i(?: want|'?d like| would like| wanna| need) (?:to )?"
    r"(?:re-?)?(?:buy|purchase) "
    r"(?:my |the |a )?[a-z]\d\w*\W*$|\b(?:buy|purchase) (?:me|us) (?:a |an |the |my )?"
    r"(?:\w+ )?(?:\w\d\w*|test|it|that)\b|\b(?:buy|purchase|pay for)\b.{1,30}\bfor me\b"
)
""" "Can you buy a test twice" asks what anybody can do; "buy me A5" asks us to."""
_BIDS = re.compile(
    rf"^\W*{_ASKED_OF_US}(?:do (?:it|that|so)|go ahead|go for it|let'?s do (?:it|that)|make it happen|get it done|"
    r"take care of it|set it up|sign me up)(?: (?:please|then|now|for me|with it))*\W*$"
)
_SENDS = re.compile(r"\b(?:send|mail|submit|turn (?:\w+ )?in|hand (?:\w+ )?in|file|fill (?:\w+ )?out|fax|upload)\b")
_END = re.compile(
    r"\b(?:end date|deadline|cut-?off|time limit|due date|expir\w*|run out|last day|by when|until when|"
    r"how long do i have)\b"
)
_SPANISH = re.compile(r"\b(?:spanish|espa[nñ]ol|bilingual)\b")
_DENIED = re.compile(
    r"\b(?:denied|denial|rejected|declined|turned (?:\w+ ){0,3}down|(?:not|wasn'?t|didn'?t get|isn'?t|never) approved|"
    r"said no)\b"
)
_UNBOOKED = re.compile(
    r"\b(?:(?:is|are|have|has|do|did)(?:n'?t| not)|not|no|without|never|yet to be|still (?:have|need) to)\b.{0,25}\b"
    r"(?:booked|scheduled|book|schedule|an? (?:appointment|date|seat))\b|\bun(?:booked|scheduled)\b|"
    r"\bstill (?:needs?|wants?) (?:a |an |to be )?(?:appointment|date|seat|booked|scheduled|booking|scheduling)\b"
)
_OF_MINE = re.compile(r"\b(?:which|what|any|show|list|tell me|do i have|have i got|how many|anything)\b")
_NOT_MINE = re.compile(r"\b(?:why|if|how (?:do|can|long)|until|when|cost|pay)\b")
_BOTH = re.compile(
    r"\bappointments?\b.{0,12}\b(?:and|plus|with)\b.{0,12}\btests?\b|\btests?\b.{0,12}\b(?:and|plus|with)\b.{0,12}"
    r"\bappointments?\b"
)
_TIME_LEFT = re.compile(
    r"\b(?:lose|losing|lost|loose|forfeit\w*|give up|giving up|waste|wasting|throw(?:ing)? away)\b.{0,30}"
    r"\b(?:time|days?|weeks?|months?|years?|rest|remaining|remainder|what'?s left|left)\b|"
    r"\b(?:time|days|weeks|months|years)\b.{0,15}\b(?:lose|losing|lost|give up|giving up|throw away)\b"
)
_NOT_LOST = re.compile(
    r"\b(?:i|it|it'?s|that|we|money|fees?|cash|nothing)\b[^,.;?]{0,12}\b(?:\w+n'?t|not|never|nothing)\b.{0,15}"
    r"\b(?:lose|losing|lost|gone|forfeit\w*|wasted?|give up|throw)\b"
)
""" "So I didn't lose it?" hopes for a yes to the keeping."""
_WAITED = re.compile(
    r"\b(?:it'?s|it has|that'?s|been) (?:\w+ )?(?:been )?(?:\w+ ){0,3}(?:days?|weeks?|months?)\b|"
    r"\b(?:\w+) (?:days?|weeks?) (?:now|already|ago|and)\b|\bwaiting for (?:\w+ ){1,3}(?:days?|weeks?)\b"
)
_CHANGES = re.compile(
    r"\b(?:mov(?:e|ed|ing)|push(?:ed|ing)?|re-?schedul\w*|chang(?:e|ed|ing)|switch(?:ed|ing)?|postpon\w*|bump(?:ed)?|"
    r"delay(?:ed)?)\b"
)
_NEED_NOT = re.compile(
    r"\b(?:have to|need to|must|gotta|got to|should i|required to|supposed to)\b.{0,15}\bcancel\b.*\b(?:never|don'?t|"
    r"won'?t|not|can'?t|decide against)\b|\bif i (?:never|don'?t|won'?t|can'?t)\b.*\b(?:have to|need to|must|gotta|"
    r"should i)\b.{0,15}\bcancel\b"
)
_AFTER = re.compile(r"\b(?:after|past|beyond|following)\W*$")
_HUM = re.compile(r"^\W*(?:h+m+|m+|u+h+|u+m+|e+r+m*|well|so)\W*$")
_ANOTHER_FAIL = re.compile(r"\b(?:again|another|same|twice|second time|once more)\b")
_REBOOKS = re.compile(r"\bre-?(?:book|schedul)\w*\b|\b(?:new|another) (?:appointment|date|seat)\b")
_EITHER = re.compile(
    r"\b(?:full|regular|whole|long|original|entire)\b.{0,15}\bor\b.{0,25}\b(?:short|re-?cert\w*|shorter|renewal|r one|"
    r"small|other)\b|\b(?:short\w*|re-?cert\w*|renewal)\b.{0,15}\bor\b.{0,25}\b(?:full|regular|whole|long|original|entire)\b"
)


def wants_us_to_buy(message: UserMessage) -> bool:
    """Whether we are told or asked to buy a test.

    >>> wants_us_to_buy(UserMessage("buy me a5r", "faq/registration"))
    True
    >>> wants_us_to_buy(UserMessage("can I buy a5r", "faq/registration"))
    False
    """
    return not message.pressed and _BUYS.search(message.words) is not None


def says_denied(message: UserMessage) -> bool:
    """Whether something asked for was turned down."""
    return not message.pressed and _DENIED.search(message.words) is not None


def asks_unbooked(message: UserMessage) -> bool:
    """Whether it asks which tests have no appointment yet."""
    words = message.words
    asks = _UNBOOKED.search(words) is not None and _OF_MINE.search(words) is not None
    return asks and not message.pressed and _NOT_MINE.search(words) is None


def asks_for_both(message: UserMessage) -> bool:
    """Whether it asks for the appointments and for the tests."""
    return not message.pressed and _BOTH.search(message.words) is not None


def speaks_of_time_lost(message: UserMessage) -> bool:
    """Whether it is the time that is left which would be lost."""
    return not message.pressed and _TIME_LEFT.search(message.words) is not None


def says_not_lost(message: UserMessage) -> bool:
    """Whether it takes for granted that something is not lost.

    >>> says_not_lost(UserMessage("so i didn't lose my money?", "out_of_scope"))
    True
    >>> says_not_lost(UserMessage("didn't i just lose my money?", "out_of_scope"))
    False
    """
    return _NOT_LOST.search(message.words) is not None


def says_how_long_waited(message: UserMessage) -> bool:
    """Whether it states how long something has been waited for ("it's been ten days already")."""
    return not message.pressed and _WAITED.search(message.words) is not None


def speaks_of_moving(message: UserMessage) -> bool:
    """Whether it speaks of having an appointment moved."""
    return not message.pressed and _CHANGES.search(message.words) is not None


def asks_if_cancelling_is_needed(message: UserMessage) -> bool:
    """Whether it asks if a test that is not used has to be cancelled."""
    return not message.pressed and _NEED_NOT.search(message.words) is not None


def after_the_day(message: UserMessage) -> date | None:
    """The one day named that is meant from its end on ("after today"), or None."""
    dates = [entity for entity in message.entities if entity.kind == "date"]
    if len(dates) != 1 or _AFTER.search(message.text[: dates[0].start].lower()) is None:
        return None
    try:
        return date.fromisoformat(str(dates[0].value))
    except ValueError:
        return None


def bids(message: UserMessage) -> bool:
    """Whether it bids us do what was spoken of ("do it", "go ahead")."""
    return not message.pressed and _BIDS.search(message.words) is not None


def asks_of_sending(message: UserMessage) -> bool:
    """Whether it speaks of sending something in."""
    return not message.pressed and _SENDS.search(message.words) is not None


def asks_of_an_end(message: UserMessage) -> bool:
    """Whether it asks for a last day."""
    return not message.pressed and _END.search(message.words) is not None


def names_spanish(message: UserMessage) -> bool:
    """Whether it names Spanish."""
    return _SPANISH.search(message.words) is not None


def only_hums(message: UserMessage) -> bool:
    """Whether it is a sound of thinking and nothing else."""
    return not message.pressed and _HUM.match(message.words) is not None


def says_once_more(message: UserMessage) -> bool:
    """Whether what is supposed has happened before ("if I fail again")."""
    return _ANOTHER_FAIL.search(message.words) is not None


def wants_new_appointment(message: UserMessage) -> bool:
    """Whether a new appointment is wanted in the place of one that is gone."""
    return not message.pressed and _REBOOKS.search(message.words) is not None


def asks_which_test(message: UserMessage) -> bool:
    """Whether it asks which of the full test and the recertification test it is."""
    return not message.pressed and _EITHER.search(message.words) is not None


_WHO_PAID = re.compile(
    r"\b(?:did|has|had|was|were|is|are) (?:my |the |our )?(?:boss|shop|employer|company|dealer(?:ship)?|work|school|"
    r"manager|any(?:one|body)|some(?:one|body)) (?:\w+ )?(?:pay|paid|buy|bought)\b|\bwho (?:paid|bought|pays)\b|"
    r"\b(?:paid|bought) (?:for )?by (?:my |the |our )?(?:boss|shop|employer|company|dealer(?:ship)?|work|school|me|"
    r"some(?:one|body))\b|\bwhich (?:ones? )?(?:did|have) i (?:pay|paid|buy|bought)\b"
)


def asks_who_paid(message: UserMessage) -> bool:
    """Whether it asks which tests somebody else has paid for."""
    return not message.pressed and _WHO_PAID.search(message.words) is not None


_HELD = re.compile(
    r"\bi(?:'?m| am|'?ve| have)?(?: already| still)* (?:have|got|hold|held|am|certified|was certified) "
    r"(?:an? |the |my |in )?(?:\w+ )?[a-z]\d"
)


def says_held(message: UserMessage) -> bool:
    """Whether it states that a certification is held ("I already have an A5 from 2019").

    >>> says_held(UserMessage("i already have an A5 from 2019", "account/summary"))
    True
    """
    return not (message.pressed or message.asks or message.question_kind) and _HELD.search(message.words) is not None


_MISSED = re.compile(r"\b(?:missed|no[- ]?show|didn'?t (?:go|show|make it|take)|skipped)\b")


def speaks_of_missing(message: UserMessage) -> bool:
    """Whether it speaks of a test that was missed."""
    return not message.pressed and _MISSED.search(message.words) is not None
