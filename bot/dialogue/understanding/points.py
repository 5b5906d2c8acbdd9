"""What a question is after within its kind ("do I have to start over", "is it too late"), and questions that go on
with what was told last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.contracts.asking import QuestionKind
from bot.contracts.points import Point
from bot.dialogue.understanding.user_message import UserMessage
from bot.nlu.values.words import bag

_MUST = r"(?:have to|need to|must|gotta|got to|supposed to|required to|should)"
_POINTS: tuple[tuple[Point, re.Pattern[str]], ...] = (
    (Point.TOO_LATE, re.compile(r"\b(?:too|to) late\b|\bmiss(?:ed)? (?:the|my) (?:deadline|cut-?off|chance)\b")),
    (
        Point.LOSE,
        re.compile(
            r"\b(?:lose|losing|loose|lost|forfeit\w*|waste[ds]?|out (?:the|my|that) (?:money|fees?|cash)|"
            r"down the drain|eat the (?:fee|cost)s?|gone for good|"
            r"(?:money|fees?|cash|payment|bucks)(?:'?s| is| are| was| were)? (?:just |all |now |really )?"
            r"(?:gone|wasted))\b"
        ),
    ),
    (Point.BACK, re.compile(r"\b(?:get (?:\w+ ){1,2}back|refund\w*|keep my money|(?:money|fees?|cash) back)\b")),
    (
        Point.START_OVER,
        re.compile(
            r"\bstart(?:ing)? (?:all )?over\b|\bfrom (?:scratch|the beginning|square one|zero)\b|"
            r"\bwhole (?:\w+ )?(?:tests?|thing)\b|\b(?:all|everything|every one|each one|the whole \w+) (?:\w+ ){0,3}"
            r"(?:over|again)\b|\b(?:re-?take|redo|re-?do) (?:all|every|them all|the (?:full|regular))|"
            r"\b(?:full|regular|original|long) (?:test|exam|one)\b"
        ),
    ),
    (
        Point.PAY,
        re.compile(
            r"\b(?:pay|pays|paid|charged?|charge me|for free|free of charge|is it free|cost me|another fee|fees? again|"
            r"buy (?:it|the test|that|\w\d+) (?:all )?(?:over )?again)\b"
        ),
    ),
    (
        Point.SOONER,
        re.compile(r"\b(?:sooner|earlier|faster|quicker|speed (?:it|that|this|things) up|early|before th(?:en|at))\b"),
    ),
    (
        Point.WAIT,
        re.compile(
            rf"\b{_MUST} (?:\w+ )?wait\b|\b(?:just|only|simply) (?:\w+ )?(?:wait|sit tight|hang on)\b|\bdo i wait\b|"
            rf"\bwait or not\b"
            r"|\bkeep waiting\b|\bsit tight\b|\bis there a wait\b|\bwaiting (?:time|period)\b"
        ),
    ),
    (
        Point.COUNTING,
        re.compile(
            r"\b(?:calendar|business|working|work|week) ?days?\b|\bweekends?\b|\bholidays?\b|\b(?:today|tomorrow|"
            r"the day|"
            r"that day|test day|sundays?|saturdays?)\b.{0,20}\bcounts?\b|\bcounts?\b.{0,20}\b(?:today|the day|"
            r"test day)\b"
        ),
    ),
    (
        Point.COUNTS_FOR,
        re.compile(
            r"\bcounts? (?:toward|towards|for|as part|to)\b|\bpart of (?:the )?master\b|\bcounted (?:toward|for)"
        ),
    ),
    (
        Point.WHEN_WAS,
        re.compile(
            r"\bwhen did\b|\bwhen was (?:it|that|the (?:test|result|request|form))\b|"
            r"^\W*(?:submitted|sent|filed|received|posted|taken|failed|passed|bought) (?:in )?when\b"
        ),
    ),
    (
        Point.SINCE,
        re.compile(
            r"\bsince when\b|\bhow long (?:has|have|is) (?:it|that|this|they|he|she|i) (?:\w+ )?(?:been|like that)\b|"
            r"\b(?:from|as of) when\b|\bwhen (?:did|has) (?:it|that|they|i) (?:\w+ )?(?:lapse|expire|run out|lose|end|"
            r"stop|start)|\bwhen was (?:it|that|my \w+|the \w+) (?:\w+ )?(?:sent back|returned|denied|turned down|"
            r"rejected|approved|decided)\b"
        ),
    ),
    (
        Point.FIRST,
        re.compile(
            r"\bwhich\b.{0,30}\b(?:first|soonest)\W*$|"
            r"\b(?:first|next|soonest|earliest)\b.{0,25}\b(?:lapses?|expires?|run(?:s|ning)? out|ends?|expiring)\b|"
            r"\b(?:lapses?|expires?|run(?:s|ning)? out|ends?|expiring)\b.{0,12}\b(?:first|next|soonest|earliest)\b"
        ),
    ),
    (
        Point.WHAT_WRONG,
        re.compile(
            r"\bwhat(?:'?s| was| is)? (?:was )?(?:wrong|missing|the (?:problem|matter|issue))\b|"
            r"\bwhy (?:was|did|is) (?:it|that|they|my (?:form|request)) (?:\w+ )?(?:returned|back|sent|denied|rejected|"
            r"come|came|turned)\b"
        ),
    ),
    (Point.GO, re.compile(r"\bshould i (?:still |just |even )?(?:go|show up|keep it|take it|drive)\b|\bgo or not\b")),
    (
        Point.WHERE_SENT,
        re.compile(
            r"\bwhere (?:did|do|does|will|would|was|is|are) (?:\w+ ){1,3}?(?:send|sent|mail|mailed|going|go|ship\w*)\b"
        ),
    ),
    (
        Point.OVER,
        re.compile(
            r"\bit'?s (?:gone|over|lost|dead|expired)\b|^(?:\W*(?:so|and|ok|but|wait|then))*\W*(?:is|are|has|have|"
            r"did|does|was|my|it)\b.*\b(?:expired?|run out|ran out|"
            r"lapsed?|dead|over|gone|void|used up|no good|done for)\b"
        ),
    ),
    (
        Point.GOOD,
        re.compile(
            r"\b(?:am i|are they|is it|is my|is the|are my|are we|is that|i'?m)\b.*\b(?:good|valid|current|"
            r"certified|active|"
            r"alive|in force|ok|okay|fine|covered|legit)\b|\bstill (?:good|valid|current|certified|active|in force|"
            r"count)\b"
        ),
    ),
    (Point.MUST, re.compile(rf"\b(?:do|does|would|will) (?:i|we|he|she|they) (?:really |still |even )?{_MUST}\b")),
)
"""The most telling first."""


def points_of(message: UserMessage) -> tuple[str, ...]:
    """What the question is after, the most telling first; nothing where it is no question of yes or no or of time."""
    words = message.words
    found = tuple(point.value for point, pattern in _POINTS if pattern.search(words))
    return (*found, Point.DAYS.value) if message.given.get("days") is not None else found


_NOT_DONE = re.compile(
    r"^(?:so |and |but |ok |well )*(?:what )?(?:if|happens if|happens when|would happen if) (?:i|we|he|she|they) "
    r"(?:don'?t|do not|can'?t|won'?t|didn'?t|wait)(?: (?:do|make)(?: it| that| this)?)?(?: (?:today|by then|"
    r"in time))?[ ?.!]*$"
)


def kind_asked(message: UserMessage) -> str | None:
    """The kind of answer that is wanted, where the words leave no doubt better than it was read."""
    words = message.words
    alone = _ALONE.fullmatch(words)
    if alone is not None:
        return _OF_A_WORD[alone["word"]].value
    if _NOT_DONE.search(words):
        return QuestionKind.WHAT_IF_NOT.value
    if message.question_kind in _OF_YES_OR_NO and _when_first(words):
        return QuestionKind.WHEN.value
    if message.question_kind == QuestionKind.WHY and not re.search(r"\b(?:why|how come|reason|what for)\b", words):
        return QuestionKind.WHETHER.value if points_of(message) or message.asks else message.question_kind
    return message.question_kind


_OF_A_WORD = {
    "how": QuestionKind.HOW,
    "when": QuestionKind.WHEN,
    "where": QuestionKind.WHERE,
    "who": QuestionKind.WHO,
    "which": QuestionKind.WHICH,
    "which one": QuestionKind.WHICH,
    "which ones": QuestionKind.WHICH,
    "how long": QuestionKind.HOW_LONG,
    "how much": QuestionKind.HOW_MUCH,
    "how many": QuestionKind.HOW_MANY,
    "until when": QuestionKind.UNTIL_WHEN,
}
_ALONE = re.compile(
    rf"\W*(?:(?:and|so|ok|okay|but|um|uh)\W+)*(?P<word>{'|'.join(_OF_A_WORD)})(?: (?:then|exactly|though))?\W*"
)
_OF_YES_OR_NO = (QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT)
_ASKS_WHEN = re.compile(
    r"(?:^|[,.;?!]|\b(?:and|so|but|ok|okay|then|well|yesterday|today|ago|\d|st|nd|rd|th))\W*+"
    r"(?:when(?:'s|s)?(?: is| are| was)? (?:can|could|do|does|may|will|would|should|am|the|my|it|that)\b|how soon\b|"
    r"until when\b|till when\b|by when\b|(?:what|which)(?:'s|s| is)? (?:the )?(?:\w+ )?(?:day|date)\b)"
)
_ASKS_WHETHER = re.compile(
    r"(?:^|[,.;?!]|\b(?:and|so|but|ok|okay|then|well))\W*+(?:can|could|is|are|am|do|does|did|will|would|should|may|has|have)\b"
)


def _when_first(words: str) -> bool:
    """Whether the first question of a message asks when: a day is wanted before any yes or no."""
    when, whether = _ASKS_WHEN.search(words), _ASKS_WHETHER.search(words)
    return when is not None and (whether is None or when.start() <= whether.start())


class GoesOn(StrEnum):
    """How a message goes on with what was told last."""

    ASKS = "asks"
    """A question without a topic of its own."""
    DAY = "day"
    """A day, to be held against the one that was told."""
    DOUBT = "doubt"
    """Whether what was told is so."""
    NEXT = "next"
    """What to do now, by what was told."""
    NEAREST = "nearest"
    """What to do next, of everything."""
    OTHERS = "others"
    """The same of everything else it can be about."""
    APPOINTMENT = "appointment"
    """When and where what was listed takes place."""
    LAST_CHANGE = "last_change"
    """What was changed last."""
    HOW_LONG_LEFT = "how_long_left"
    """How long there is for what has been bought."""
    AGAIN = "again"
    """Whether it can be taken (again)."""


_LEAD = (
    r"(?:(?:so|and|ok|okay|but|then|well|now|right|alright|wait|um|uh|hm+|cool|great|thanks|yeah|yes|no|oh|"
    r"i see)[ ,.]+)*"
)
_NEXT = re.compile(
    rf"^{_LEAD}(?:what(?:'?s| is| are)? (?:(?:do|does|should|can|must|would|am) (?:i|she|he|they|the candidate)|i|"
    rf"we|to|do we|my|the|there)? ?(?:just |have to |need to |"
    r"gotta |got to |supposed to |want to |going to )*(?:do|next|next steps?|next move|left to do)\b(?: (?:now|next|"
    r"then|about (?:it|that|"
    r"this)|here|first|to (?:get|fix|keep|have) (?:it|that|this)(?: \w+)?))*|now what|what now|what next|"
    r"(?:how|what) (?:do|can|could|should|would) i (?:do to |have to do to |need to do to |gotta do to )?(?:fix|"
    r"solve|sort|handle|get|go about|straighten)"
    r" (?:it|that|this)(?: \w+)?|what do i (?:have|need|got) to (?:do|send|submit|mail|file|fill out|turn in|"
    r"hand in|provide)\b.{0,40}|"
    r"what (?:should|must|can) i (?:send|submit|mail|fill out|turn in|hand in|provide)\b.{0,20}|where do i (?:go|"
    r"start)(?: from here)?)[ ?.!]*$"
)
_DOUBT = re.compile(
    rf"^{_LEAD}(?:(?:are|r) (?:you|u) (?:really |absolutely |100% )?(?:sure|certain|positive)|you sure|sure about|"
    rf"really$|seriously|for real|"
    r"is that (?:really )?(?:right|true|correct|for sure|so)\b|that'?s not (?:right|what)|that can'?t be|"
    r"that doesn'?t (?:sound|seem)|thats not right|"
    r"no way|even (?:though|after)\b.*)|\b(?:buddy|friend|guy|boss|coworker|somebody|"
    r"someone|they|he|she|people|shop|website|rep|lady|"
    r"foreman) (?:\w+ ){0,3}?(?:said|says|told|"
    r"thinks|swears|claims)\b|\bi (?:thought|heard|read|was told|figured)\b"
)
_OTHERS = re.compile(
    rf"^{_LEAD}(?:(?:how|what) about |what'?s with )?(?:all |both )?(?:of )?(?:the|my|those|any) (?:rest|others?|"
    rf"other (?:ones?|tests?|appointments?|bookings?|purchases?|certs?|two|three))"
    r"(?: of them)?(?: (?:too|then|how long has that got))?[ ?.!]*$"
)
_APPOINTMENT = re.compile(
    rf"^{_LEAD}(?:(?:when|where)(?:'?s| is| are)? (?:it|that|the (?:first|next|second|last|other|earliest|"
    rf"soonest)(?: one)?|they|that one|this one)"
    r"(?: at| again| exactly)*|which (?:one )?(?:of (?:them|those|these) )?(?:is|are|'?s)? ?(?:already )?(?:booked|"
    r"scheduled|first|next)(?: first| next)?"
    r"|which (?:tests?|ones?|appointments?) (?:do i have|have i got|are|is|did i)(?: already)? (?:booked|scheduled|"
    r"book|schedule)"
    r"|what(?:'?s| is) the (?:address|place|location)(?: (?:there|again))?)[ ?.!]*$"
)
_CHANGED = re.compile(
    r"\bwhat (?:did|have) (?:i|we|you|u) (?:just )?(?:change|do|done|changed|book|booked|move|moved|cancel|"
    r"cancell?ed)\b"
)
_LEFT = re.compile(
    rf"^{_LEAD}how (?:long|much time|many days) (?:do i|have i|i|does it|is it|are they|did i|i'?ve|will it|is that|"
    rf"is this|does that|i)"
    r" ?(?:still |even )?(?:have|got|left|get|good for|good|last|valid|do i have)*(?: left| for| to take it|"
    r" to use it| (?:on|for|with) (?:it|that|this|them))*[ ?.!]*$"
)
_AGAIN = re.compile(
    rf"^{_LEAD}(?:can|could|may|am|when can|do|how soon can|how long (?:till|til|until|before)) (?:i|we|"
    rf"allowed)? ?(?:can |could )?(?:still |just |even |allowed to |get to )*"
    r"(?:take|retake|do|sit|buy|redo|re-?take|use|try|book) (?:it|that|this|them|that one|again|the test|my test)"
    r"(?: test| one| over)?(?: again| anymore| any more| now| today| once more| over)*[ ?.!]*$"
)
_FUNCTION = bag(
    "a about again ahead all already also am an and any anyway are as at be been before but by can could "
    "date day days did do does "
    "even exact exactly ever for from gonna got had has have how however i if in is it its it's just like "
    "long many may me mean much my "
    "need no not now of off ok okay on one only or out please precisely really right should so soon "
    "specific still than that "
    "that's thats the their them then there these they this those time till til to today tomorrow too "
    "until up us was we well were what what's "
    "when when's where which while who why will with would yet you your yes yeah earliest earlier sooner "
    "early faster wait waiting lose pay late "
    "whats hows whens wheres submitted request review reviewed form possible "
    "again over start calendar business working weekends weekend holidays holiday count counts include "
    "included including first "
    "last latest start starts starting posted speed everything anything nothing money fee fees go going "
    "keep take takes taking wont its gone lost back chance doing possible second twice time get "
    "way coming end ends ended sit sits isn't isnt aren't arent wasn't wasnt won't can't cant don't dont didn't didnt "
    "haven't havent hasn't hasnt "
    "expired certified she he her his "
    "him valid wouldnt does't doesnt good happens happen happened make sense sure earliest possible"
)
_ABOUT_THE_TOLD = bag(
    "calendar business weekends weekend holidays holiday sooner faster earlier exact exactly precisely"
)


POINTED = 8
"""In up to so many words, a point needs no subject of its own ("so should I go or not")."""
_NEAREST = re.compile(r"\bnext\b|\bleft to do\b")


_NOT_OF_A_DAY = {Point.LOSE.value, Point.BACK.value, Point.PAY.value, Point.START_OVER.value}
"""Points that a day in the question leaves as they are ("what do I lose if I do it today")."""


def goes_on(message: UserMessage) -> GoesOn | None:
    """How the message goes on with what was told last, by its form alone; None where it has a subject of its own."""
    words = message.words.rstrip(" ?.!")
    if message.pressed or not words:
        return None
    for kind, pattern in _FORMS.items():
        if pattern.search(words) or (kind is GoesOn.AGAIN and _AGAIN.search(_with_it(message))):
            whole = kind is GoesOn.NEXT and _NEAREST.search(words) and not opens_on(message)
            return GoesOn.NEAREST if whole else kind
    if _NOT_DONE.search(words):
        return GoesOn.ASKS
    if message.length <= POINTED and {Point.GO.value, Point.WHERE_SENT.value} & set(points_of(message)):
        return GoesOn.ASKS
    dated = bool(message.values("date"))
    rest = set(re.findall(r"[a-z']+", message.without_values("date", "number", "time"))) - _FUNCTION
    if rest - {"st", "nd", "rd", "th"}:
        return None
    if dated:
        return GoesOn.ASKS if _NOT_OF_A_DAY & set(points_of(message)) else GoesOn.DAY
    asks = message.question_kind is not None or set(words.split()) & _ABOUT_THE_TOLD or points_of(message)
    return GoesOn.ASKS if asks and not message.values("test_code") else None


def _with_it(message: UserMessage) -> str:
    """The words with "it" in the place of the one test named ("can I still take A5")."""
    named = [entity for entity in message.entities if entity.kind == "test_code"]
    if len(named) != 1:
        return ""
    text = f"{message.text[: named[0].start]}it{message.text[named[0].end :]}".lower()
    return re.sub(r"\b(?:my|the) it\b", "it", " ".join(text.split())).rstrip(" ?.!")


_FORMS: Mapping[GoesOn, re.Pattern[str]] = {
    GoesOn.LAST_CHANGE: _CHANGED,
    GoesOn.NEXT: _NEXT,
    GoesOn.DOUBT: _DOUBT,
    GoesOn.OTHERS: _OTHERS,
    GoesOn.APPOINTMENT: _APPOINTMENT,
    GoesOn.HOW_LONG_LEFT: _LEFT,
    GoesOn.AGAIN: _AGAIN,
}

_AGAIN_SAID = re.compile(
    r"\b(?:again|retake|redo|re-?test|another (?:shot|try|go)|second (?:shot|try)|one more time|over)\b"
)


def says_again(message: UserMessage) -> bool:
    """Whether something is to be done once more."""
    return _AGAIN_SAID.search(message.words) is not None


_BUYS_AGAIN = re.compile(
    r"\b(?:buy|purchase|pay for|register|sign up|sign back up)\b.*\b(?:again|another|over|once more)\b|"
    r"\bre-?(?:buy|purchase|register)\b"
)


def buys_again(message: UserMessage) -> bool:
    """Whether something is to be bought once more."""
    return _BUYS_AGAIN.search(message.words) is not None


_SELF = re.compile(r"\b(?:i|me|my|mine|myself|i'?m|i'?ve)\b")
_OTHERS_OWN = re.compile(r"\b(?:he|she|him|his|hers?|they|them|theirs?)\b")


def of_self(message: UserMessage) -> bool:
    """Whether it asks about the person who says it ("and me?")."""
    own = _SELF.search(message.words) is not None and not _OTHERS_OWN.search(message.words)
    return own and not _OF_ANOTHER.search(message.words)


_SERIES_WORDS = (
    ("medium_heavy_truck", re.compile(r"\b(?:trucks?|heavy duty|diesel series|t[- ]series)\b")),
    ("automobile", re.compile(r"\b(?:cars?|autos?|automobiles?|a[- ]series)\b")),
    ("collision", re.compile(r"\b(?:collision|body shop|b[- ]series)\b")),
)


def series_of(message: UserMessage) -> str | None:
    """The series that a short "what about trucks?" names in other words than its own."""
    if message.pressed or message.length > 6 or message.values("test_code"):
        return None
    return next((series for series, pattern in _SERIES_WORDS if pattern.search(message.words)), None)


_SAME_PLACE = re.compile(r"\bsame (?:place|cent(?:er|re)|location|site|spot|building|address)\b")


def asks_same_place(message: UserMessage) -> bool:
    """Whether it asks if appointments are at one place."""
    return _SAME_PLACE.search(message.words) is not None and message.length <= POINTED


_OPENS_ON = re.compile(r"^\W*(?:and|so|then|but|ok|okay|also|after that|in that case)\b|\bthen\W*$")


def opens_on(message: UserMessage) -> bool:
    """Whether the message opens as what goes on does ("and then …", "so …")."""
    return _OPENS_ON.search(message.words) is not None


_OF_ANOTHER = re.compile(
    r"\b(?:one|some|two|three) of (?:my|our|the) (?:guys?|techs?|students?|employees?|mechanics?|people|men|crew|"
    r"kids|apprentices?|technicians?)\b"
    r"|\b(?:my|our) (?!master tech)(?:\w+ )?(?:guy|tech|student|employee|mechanic|apprentice|brother|sister|son|"
    r"daughter|wife|husband|buddy|friend|coworker|"
    r"co-worker|cousin|dad|father|nephew|helper|technician|trainee|worker|kid|partner|colleague)s?\b"
    r"|^(?:\W*(?:so|and|but|ok|when|if|can|could|does|did|is|was|has|will|would|should|how long|how much|where|why|"
    r"what if|do|then))*\W*(?:he|she)\b"
)
_REPORTS = re.compile(
    r"\b(?:said|says|told|thinks|tells|swears|claims|heard|recommended|paid|bought it for me|pays|wants me|asked me|"
    r"made me)\b"
)


def of_another(message: UserMessage) -> bool:
    """Whether it asks about somebody else: "one of my guys failed", "he hasn't sent his form".

    Somebody who is only quoted ("my buddy said 60 days") is not asked about.
    """
    return bool(_OF_ANOTHER.search(message.words)) and not _REPORTS.search(message.words)


class Counted(StrEnum):
    """What is counted in the records."""

    LEFT = "left"
    """Tests that are still to be taken."""
    LACKING = "lacking"
    """What Master status still takes."""
    BOOKED = "booked"
    FAILED = "failed"
    WHICH_FAILED = "which_failed"
    TAKEN = "taken"
    HELD = "held"
    """Certifications that are current."""


_HOW_MANY = re.compile(r"\bhow many\b|\bhow often\b|\bwhat number of\b")
_COUNTED: tuple[tuple[Counted, re.Pattern[str]], ...] = (
    (Counted.FAILED, re.compile(r"\b(?:times|tries|attempts|often)\b.*\b(?:fail|failed|flunk|flunked|not pass)")),
    (Counted.TAKEN, re.compile(r"\b(?:times|tries|attempts|often)\b.*\b(?:took|take|taken|sat|sit|tried|try)\b")),
    (Counted.BOOKED, re.compile(r"\b(?:booked|scheduled|appointments?)\b")),
    (
        Counted.LACKING,
        re.compile(r"\b(?:missing|lack|lacking|short|away from|until i'?m|to (?:be|get) (?:a )?master)\b"),
    ),
    (
        Counted.LEFT,
        re.compile(
            r"\b(?:left|remaining|to go|unused|(?:still|yet) (?:\w+ )?(?:have|need|got)?|(?:have|has)n'?t|have not|"
            r"not yet|more|do i (?:still )?need)\b"
        ),
    ),
    (Counted.HELD, re.compile(r"\b(?:cert\w*|current|active|valid|hold|good)\b")),
)
_OF_THOSE = re.compile(r"\bof (?:those|them|these)\b")
_WHICH_FAILED = re.compile(
    r"\b(?:what|which)(?: tests?| ones?| exams?)?(?: did| have| has|'?s|'?ve) (?:i|we) (?:\w+ )?"
    r"(?:fail(?:ed)?|flunk(?:ed)?)\b"
)
_NOT_COUNTED = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|questions?|people|seats?|dollars|"
    r"times (?:can|may|could|am|do))\b"
)


def counted_of(message: UserMessage) -> Counted | None:
    """What of the records is to be counted; None for days, questions, and how many there are in general.

    >>> counted_of(UserMessage("how many have i got left", "account/summary"))
    <Counted.LEFT: 'left'>
    >>> counted_of(UserMessage("how many days have i got left", "account/purchase_window")) is None
    True
    """
    words = message.words
    own = _SELF.search(words) is not None or _OF_THOSE.search(words) is not None
    if not message.pressed and _WHICH_FAILED.search(words):
        return Counted.WHICH_FAILED
    if message.pressed or not own or not _HOW_MANY.search(words) or _NOT_COUNTED.search(words):
        return None
    return next((counted for counted, pattern in _COUNTED if pattern.search(words)), None)


_ALL = re.compile(
    rf"^{_LEAD}(?:(?:is|are|was|were|for|does|do) )?(?:it |that |they |these |those )?(?:all|every|each)(?: single)?"
    r"(?: (?:of )?(?:them|it|those|these|the tests|my tests|my certs|one))?(?: of them)?[ ?.!]*$"
)
_ENOUGH = re.compile(
    r"\b(?:enough|alone|suffice|do the trick|cut it|"
    r"(?:will|would|does) (?:just |only )?(?:the |my )?(?!i\b|we\b|you\b)\w+ (?:alone )?do (?:it|the trick)|"
    r"all (?:i|that i|i'?d|it) (?:need|takes?|have to)|that'?s (?:all|it)|is that (?:all|it)|"
    r"(?:just|only) (?:that|the|this|those|a|one|it))\b"
)
_ONCE_BOUGHT = re.compile(
    r"\b(?:once|after|when|if) (?:i|i'?ve|we) (?:\w+ )?(?:re-?)?(?:buy|bought|purchase|paid|pay)\b"
)


def asks_if_all(message: UserMessage) -> bool:
    """Whether it asks if all that was listed is so ("all of them?")."""
    return not message.pressed and _ALL.search(message.words) is not None


def asks_if_enough(message: UserMessage) -> bool:
    """Whether it asks if something will do ("would A5 alone be enough")."""
    return message.length <= 2 * POINTED and _ENOUGH.search(message.words) is not None


def once_bought(message: UserMessage) -> bool:
    """Whether it is about the time after something is bought."""
    return _ONCE_BOUGHT.search(message.words) is not None


class Claim(StrEnum):
    """What a person says has happened, whatever the records hold."""

    PASSED = "passed"
    THERE = "there"
    """They went and took the test."""
    NOT_HEARD = "not_heard"
    """Nothing has come: no e-mail, no letter."""
    NO_CERTIFICATE = "no_certificate"
    """The certificate has not come."""
    SENT = "sent"
    """They have sent what is waited for."""
    BOUGHT = "bought"


_I_HAVE = r"\bi(?:'?ve| have)? (?:\w+ )?(?:\w+ )?"
_CLAIMS: tuple[tuple[Claim, re.Pattern[str]], ...] = (
    (
        Claim.NO_CERTIFICATE,
        re.compile(
            r"\bcert(?:ificate|s)?\b.*\b(?:never|didn'?t|hasn'?t|has not|not|isn'?t|no) (?:\w+ )?(?:came|come|"
            r"arrived?|here|"
            r"shown|showed|show)\b|\b(?:never|didn'?t|haven'?t|have not) (?:\w+ )?(?:got|get|gotten|received?|"
            r"seen) (?:\w+ ){0,2}cert"
        ),
    ),
    (Claim.NOT_HEARD, re.compile(r"\b(?:never|didn'?t|did not|haven'?t|have not|hasn'?t|nobody|no one|"
                                 r"nothing) (?:\w+ ){0,2}?(?:e-?mailed|emailed|email|e-?mail|sent|send|got|get|"
                                 r"gotten|received?|heard|came|come|arrived)\b")),
    (Claim.PASSED, re.compile(rf"{_I_HAVE}(?:passed|aced)\b|\bi did (?:\w+ )?pass\b|\bi know i passed\b")),
    (Claim.SENT, re.compile(rf"{_I_HAVE}(?:sent|mailed|submitted|turned|faxed|handed)\b(?! me)")),
    (Claim.THERE, re.compile(rf"{_I_HAVE}(?:took|sat|went|was there|showed|tested|finished|was at|"
                             r"attended)\b|\bi did (?:\w+ )?(?:go|show|take|sit|make it|attend)\b|\bi was (?:there|"
                             r"on time)\b")),
    (Claim.BOUGHT, re.compile(rf"{_I_HAVE}(?:bought|paid for|purchased|registered)\b")),
)  # fmt: skip
_SUPPOSES = re.compile(r"\b(?:if|suppose|what happens|when i)\b")


def claim_of(message: UserMessage) -> Claim | None:
    """What the message states as a fact; None for a question or a supposition."""
    words = message.words
    kind = None if message.act == "statement" else message.question_kind
    asks = message.asks or kind not in (None, QuestionKind.WHY)
    if message.pressed or (asks and not words.startswith(("no ", "but "))) or _SUPPOSES.search(words):
        return None
    return next((claim for claim, pattern in _CLAIMS if pattern.search(words)), None)


def is_code_alone(message: UserMessage) -> bool:
    """Whether it is a test and nothing else ("T8", "a6 please")."""
    rest = set(re.findall(r"[a-z']+", message.without_values("test_code"))) - bag(
        "the my please test exam uh um and what about how"
    )
    return bool(message.values("test_code")) and not rest and not message.pressed
