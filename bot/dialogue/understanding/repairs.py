"""Recognizing a repair: wanting a moment, going back, correcting, asking for more of a list, starting over."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.changes.kinds import BOOK, CANCEL_APPOINTMENT, CANCEL_TEST, CHANGE_KINDS, ChangeKind
from bot.dialogue.understanding.user_message import UserMessage
from bot.nlu.values.words import bag


class Repair(StrEnum):
    """What a message does to the way things are going."""

    BACK = "back"
    CORRECT = "correct"
    MORE = "more"
    START_OVER = "start_over"
    UNDO = "undo"
    WAIT = "wait"


_MOMENT = r"(give me |wait |just )?(a|one|1|just a) (sec|second|moment|minute|min)"
_LET_ME = (
    r"(?:i said )?i'?m (?:still |just )?thinking(?: (?:about|on) (?:it|that))?|"
    r"(let|lemme)( me)?( just)? (think|check|see|look)( (about|on|at) (it|that)| real quick| first)?"
    r"|(let|lemme)( me)?( just)? ask (my|the) [a-z]+"
    r"|(let|lemme)( me)?( just)? (grab|get|find|look up|pull up) (my|the|a) "
    r"(card|number|id|ase id|pen|paper|email|calendar|glasses|phone|paperwork|letter|wallet|code|schedule)"
)
_CHANGED = (
    r"(that|it|this|everything|what you (just )?did|"
    r"(that|this|the|my|your)( (last|latest|whole|recent))? (change|move|booking|cancell?ation|order|one|thing|update|"
    r"switch|reschedul(e|ing)|address change))"
)
_AS_IT_WAS = (
    r"((to )?(the way|how|where|what|when) (it|that|things|everything) (was|were|used to be)|like (it|that) was"
    r"|as it was)( before)?"
)
_UNDOING = (
    rf"(undo|revert|reverse|take back)( {_CHANGED})?"
    rf"|take {_CHANGED} back|(put|change|move|switch|set|get) (it|that|everything|things) "
    rf"(back( again)?( {_AS_IT_WAS})?|{_AS_IT_WAS})"
)
"""What puts back what was changed: all of it, and nothing that says where to."""
_PATTERNS: tuple[tuple[Repair, re.Pattern[str]], ...] = (
    (
        Repair.WAIT,
        re.compile(
            r"^((um+|uh+|er|ok(ay)?|oh|well|so|please|can you|could you|hey|just|hmm+|(i'?m )?not sure)[ ,]+)*"
            rf"({_MOMENT}|wait( wait)*|(hold|hang) on|hold the line|bear with me|{_LET_ME})"
            rf"([ ,]+({_MOMENT}|{_LET_ME}|for me|with me|please))*[.!]*$"
        ),
    ),
    (
        Repair.UNDO,
        re.compile(
            r"^((please|can (you|we|i)|could (you|we|i)|oh|no+|oops|wait|ugh|sorry|ok(ay)?|i'?d like to|i want to"
            r"|i regret (that|it|this)|(that was )?(a|my) mistake|i changed my mind)[ ,.!;:-]+)*"
            rf"({_UNDOING})( please| now| for me)*[.!?]*$"
            rf"|^(oh|no+|oops|wait|ugh|sorry|damn|crap)\b.{{0,60}}[ ,.!;:-]({_UNDOING})( please| now| for me)*[.!]*$"
        ),
    ),
    (
        Repair.START_OVER,
        re.compile(r"^(please |let'?s |can we |i want to )?(start (over|again|afresh|from scratch)|restart|reset)\b"),
    ),
    (
        Repair.BACK,
        re.compile(
            r"^(please |can we |let'?s |can you |could you )?"
            r"(go(ing)? back|back( up)?|previous|one step back|step back|undo that step)"
            r"( a step| one step| to the (last|previous) (question|step))?( please)?[.!]?$"
        ),
    ),
    (
        Repair.MORE,
        re.compile(
            r"^(show |tell |give |any |some |hear )?(me )?(the )?"
            r"(more|next ones|others?|other (times|seats|ones|dates|days)|later( ones)?|something else"
            r"|none of (these|those|them)|not (that|this) one|neither)( please)?[.!?]?$"
        ),
    ),
    (
        Repair.CORRECT,
        re.compile(
            r"^(no+|nope|sorry|wait|actually|oops|hold on|i mean(t)?|not (that|the|this|a)\b|correction|rather"
            r"|make (it|that)|change (it|that) to|instead)\b"
        ),
    ),
)


_INSTEAD = re.compile(
    r"\b(instead|rather|actually|on second thoughts?|changed my mind|forget (that|it|about (it|that)))\b"
)


def puts_instead(message: UserMessage) -> bool:
    """Whether the message puts something else in the place of what is in hand."""
    return bool(_INSTEAD.search(message.words))


def _asks_for(kind: ChangeKind) -> re.Pattern[str]:
    plain, vague = "|".join(kind.verbs.plain), "|".join(kind.verbs.vague)
    return re.compile(rf"\b({plain}|({vague}) {kind.verbs.object})\b" if kind.verbs.object else rf"\b({plain})\b")


_OTHERS = [(kind.topic, _asks_for(kind)) for kind in reversed(CHANGE_KINDS) if kind.of_one_test]
"""What the other changes of a test are asked for with, in this order: "cancel my test" comes before "cancel"."""


def other_change(message: UserMessage) -> str | None:
    """The topic of the change that is wanted instead ("cancel it instead"), or None."""
    words = message.words
    if message.choice is not None or not puts_instead(message) or words.rstrip().endswith("?"):
        return None
    return next((topic for topic, verb in _OTHERS if verb.search(words)), None)


def repair_of(message: UserMessage) -> Repair | None:
    """The repair a message opens with, if any."""
    words = message.words
    for repair, pattern in _PATTERNS:
        if pattern.search(words):
            return repair
    return None


_REFUSED = re.compile(
    r"(?<!why )\b(?:not|isn't|isnt|(?:didn't|didnt|don't|dont|do not|did not) mean|anything but|except|"
    r"other than|instead of)(?: (?:the|my|this|that|to|take|move|book|cancel))* $"
)
"""What stands before a test that is turned down."""
_UNWANTED = re.compile(
    r"\b(?:didn't|didnt|don't|dont|do not|did not) want(?: (?:the|my|this|that|to|take|move|book|cancel))* $"
)
"""What stands before a test that is turned down if that is all, or if another one is named: "I don't want to take A5
anymore, refund please" is about A5."""
_ISNT_ASKED = re.compile(r"\W*(?:(?:so|and|but|ok|okay|wait|hey|how come) )*isn'?t\b")


_SWAPPING = bag(
    "no nope nah sorry wait actually oops oh um uh er well yes yeah yep ok okay and i i'm im mean meant want wanted "
    "need it its it's that that's thats the a my one ones test tests exam series certificate copy for of to please "
    "instead rather make do this other not but was is should be said say change switch correction move book cancel "
    "order refund appointment"
)
"""Words that put one thing in the place of another; with any other word, what is named is only spoken of."""
_KEEPING = re.compile(
    r"\b(?:keep|keeping|kept|leave|leaving|alone|stays?|staying|still|untouched|don'?t|do not|not touch|fine|same|safe|"
    r"isn'?t|as is|also|too|as well)\b"
)
_IN_ITS_PLACE = re.compile(r"\b(?:instead|rather|i meant?)\b")


_KEEP_IT = re.compile(
    r"\b(?:keep|keeping|hold on to|leave (?:my |the )?\w+ alone|"
    r"(?:don'?t|do not) (?:cancel|touch|move|refund|give up))\b"
)


def keeps_it(message: UserMessage) -> bool:
    """Whether the words say plainly that something is to be kept."""
    return _KEEP_IT.search(message.words) is not None


def keeps(message: UserMessage) -> bool:
    """Whether what the words name is to stay as it is ("not the A8", "leave A4 alone")."""
    return _KEEPING.search(message.words) is not None or bool(refused_tests(message))


_LEFT_ALONE = re.compile(
    r"\b(?:keep|keeping|leave|leaving|alone|untouched|don'?t|do not|not touch|as is|"
    r"stays?(?: (?:the same|put|as|where|though)|$))\b"
)


def leaves_alone(message: UserMessage) -> bool:
    """Whether the words bid us leave what they name alone, rather than speak of it."""
    return _LEFT_ALONE.search(message.words) is not None or bool(refused_tests(message))


_NEXT = re.compile(r"\b(?:too|also|as well|next|then|after(?:wards)?)\b")
_AROUND_NEXT = bag(
    "and ok okay alright so then the my too also as well next after afterwards that this one test please"
)


def names_next(message: UserMessage) -> bool:
    """Whether it does no more than name a test that is to come next, or too."""
    rest = message.without_values("test_code")
    return _NEXT.search(rest) is not None and set(re.findall(r"[a-z']+", rest)) <= _AROUND_NEXT


def swaps(message: UserMessage) -> bool:
    """Whether the words do no more than put what they name in the place of what is in hand ("no, the A8")."""
    if message.pressed or message.asks or _KEEPING.search(message.words):
        return False
    named = {str(value) for value in message.values("test_code")}
    if named and named == set(refused_tests(message)):
        return False
    words = re.findall(r"[a-z']+", message.without_values())
    return _IN_ITS_PLACE.search(message.words) is not None or all(word in _SWAPPING for word in words)


def refused_tests(message: UserMessage) -> tuple[str, ...]:
    """The tests that are named only to be turned down ("not the A1")."""
    if message.asks or _ISNT_ASKED.match(message.words):
        return ()
    text = message.text.lower().replace("’", "'")
    named = [each for each in message.entities if each.kind == "test_code"]
    refused = {str(each.value) for each in named if _REFUSED.search(text[: each.start])}
    unwanted = [each for each in named if _UNWANTED.search(text[: each.start])]
    meant = {str(each.value) for each in named if not _REFUSED.search(text[: each.start]) and each not in unwanted}
    refused |= {str(each.value) for each in unwanted if meant or not text[each.end :].strip(" .,!")}
    return tuple(sorted(refused - meant))


_COMMANDS = [
    (kind.label, re.compile(rf"(?:please )?(?:{'|'.join(kind.verbs.plain)}) (?:me )?(?:the |my |a |in )?(?:for )?"))
    for kind in CHANGE_KINDS
    if kind.of_one_test and kind.verbs.plain and kind.needs_seat
]
_PUTTING = re.compile(
    r"(?:please |can you |just |go ahead and )*(?:put|set|stick|slot|pencil|place|get)(?: in)? (?:my |the |me in for )?"
)
_ON = re.compile(r"(?: (?:test|exam|appointment))? (?:on|for|onto|to|in) ")
""" "Put my A5 on March 19": booked, or moved where it is booked."""
_OF_COMMANDS = re.compile(r"(?: (?:test|exam|appointment|now|please|for me))*[.!]?")


_WITHOUT_REFUND = re.compile(
    r"\b(?:do not|don'?t|not|no|without|never|skip)"
    r"(?: (?:need|want|give|get|do|ask for|a|an|the|any|me|my|to|for|back))* (?:refund|money)\b"
    r"|\bnot (?:the|my) (?:whole |actual )?(?:test|exam)\b(?! (?:appointment|date|day))"
)
"""Words by which only the appointment is to go: "take me off the schedule but don't refund it"."""


def turned_round(message: UserMessage) -> str | None:
    """The label of what is wanted where words deny the very thing they were read as, or None."""
    if message.label != CANCEL_TEST.label or message.pressed or message.asks or message.act not in {None, "request"}:
        return None
    return CANCEL_APPOINTMENT.label if _WITHOUT_REFUND.search(message.words) else None


_STILL_BOOKED = re.compile(
    r"^(?:(?:so|and|but|wait|ok|okay|um|uh|hey|then)[ ,]+)*(?:is|are|does|will|do)\b.*(?:\bstill (?:on|booked|"
    r"scheduled|set|happening|in place|standing)\b|\bstays? (?:where|when|how|as|like) (?:it|they) (?:is|are)\b)"
)
_OF_A_TEST_THAT_IS_BOUGHT = {"account/purchase_window", "account/certification_expiry", "account/summary"}


def asks_if_booked(message: UserMessage) -> str | None:
    """The label of the question whether a test still has its appointment ("is A4 still on"), or None."""
    if message.pressed or not message.values("test_code") or message.label not in _OF_A_TEST_THAT_IS_BOUGHT:
        return None
    return "account/appointment_details" if _STILL_BOOKED.search(message.words) else None


def commanded(message: UserMessage) -> str | None:
    """The label of a command that is no more than its verb and a test ("book L2"), or None."""
    named = [each for each in message.entities if each.kind == "test_code"]
    if len(named) != 1 or message.pressed:
        return None
    if cancels_a_test(message) and message.label not in _OF_CANCELLING:
        return CANCEL_APPOINTMENT.label
    text = message.text.lower()
    before, after = text[: named[0].start], text[named[0].end :]
    if message.values("date") and _PUTTING.fullmatch(before) and _ON.match(after) and message.act != "question":
        return BOOK.label
    if not _OF_COMMANDS.fullmatch(after.rstrip()):
        return None
    return next((label for label, verb in _COMMANDS if verb.fullmatch(before)), None)


_ONLY_CANCEL = re.compile(r"(?:please |i want to |i need to |i'd like to )?cancel(?: please)?[.!]?")


def only_cancels(message: UserMessage) -> bool:
    """Whether it is no more than "cancel", without a word of what."""
    return _ONLY_CANCEL.fullmatch(message.words) is not None


_OF_CANCELLING = {CANCEL_APPOINTMENT.label, CANCEL_TEST.label}
_CANCELS = re.compile(
    r"(?:(?:please|just|ok|okay|hi|hey|um|uh|well|i|i'd|i'll|we|you|can|could|would|will|want|wanna|need|have|got|gotta|"
    r"like|to|go ahead and|let's)[ ,]+)*(?:cancel|cancell|cancle|drop|scrap|get rid of)(?: (?:my|the|that|this|a))*"
)
_APPOINTMENT_SAID = re.compile(
    r"\b(?:appointment|appt|apt|date|day|slot|seat|time|booking|keep (?:the |my )?test|sitting)\b"
)
_TEST_SAID = re.compile(r"\b(?:test|exam|whole|everything|refund|money|all of it|for good|entire|purchase|both)\b")


def cancels_a_test(message: UserMessage) -> bool:
    """Whether it is no more than "cancel A4": neither the appointment nor the test itself is named.

    With another request beside it ("cancel A4 and book A5") nothing else is asked: it is the appointment.
    """
    if message.pressed or len(message.values("test_code")) != 1:
        return False
    rest = " ".join(message.without_values().replace("’", "'").split()).strip(" .,!?")
    return _CANCELS.fullmatch(re.sub(r"(?:[ ,]+(?:please|now|for me|thanks|one))+$", "", rest)) is not None


def cancels_what(message: UserMessage) -> str | None:
    """Which of the two is to be cancelled, in answer to that question; None where it names neither, or both."""
    if message.pressed or message.asks:
        return None
    words = re.sub(r"^(?:(?:no+|nope|nah|wait|hold on|actually|ok|okay|oh|um|uh)[ ,]+)*", "", message.words)
    if re.search(r"\b(?:what|when|which|how|why|where|who)\b", words):
        return None
    kept = re.search(r"\b(?:keep|not|don'?t|without|no)\b[\w' ]{0,20}\b(?:test|exam|whole|refund)\b", words)
    if kept is not None:
        return CANCEL_APPOINTMENT.label
    appointment, test = _APPOINTMENT_SAID.search(words), _TEST_SAID.search(words)
    if bool(appointment) == bool(test):
        return None
    return CANCEL_APPOINTMENT.label if appointment else CANCEL_TEST.label


_SLOWLY = re.compile(r"\bslow")
_LINKS = re.compile(
    r"\b(e-?mail (me|it|that|this|them|the)\b"
    r"|(mail|send) me (it|that|this|them|the (link|links|address|page|web ?page|web ?site|form))\b"
    r"|(mail|send) (it|that|this|them|the (link|links|address|page|form)) (to me|by e-?mail|in an e-?mail)\b)"
)


def asks_slowly(message: UserMessage) -> bool:
    """Whether a caller wants to be spoken to slowly."""
    return _SLOWLY.search(message.words) is not None


def asks_for_links(message: UserMessage) -> bool:
    """Whether a caller wants the web addresses of an answer by e-mail."""
    return _LINKS.search(message.words) is not None


_REPLY = re.compile(r"^(yes|yeah|yep|sure|ok|okay|no|nope|but|only|actually|rather|better)\b")


def opens_as_reply(message: UserMessage) -> bool:
    """Whether the message begins as a reply does."""
    return _REPLY.match(message.text.lower()) is not None
