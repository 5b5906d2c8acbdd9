"""Whether words lean on what was said before: they name nothing of their own, doubt it, or speak of somebody else."""

from __future__ import annotations

import re

from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.understanding.yes_no import is_question
from bot.nlu.values.words import bag

LONGEST = 8
"""Up to so many words a message may name nothing of its own."""

_LEANING = bag(
    "y el la los las "
    "a an the and so but or ok okay yeah yes no not well um uh oh then what whats how hows when where who which "
    "why until til till by from for of to in on at with about over after before if is are am was were be been do "
    "does did can could will would should shall may must might have has had got gotta get gets need want wanna "
    "going go gonna i im i'm id i'd you u it its it's that thats that's this these those them they there their me "
    "my mine we he she his him her one ones other another both each all any some same else more most much many "
    "long far soon early late later sooner faster quicker earlier first second third last now today still again "
    "too also even just only really right correct cost costs charge charged charges fee fees price pay paid free "
    "money extra phone call online take takes taking done happen happens happened mean work works count day days "
    "week weeks weekend weekends month months year years minutes hours full exactly least maybe like way though "
    "tho cuz because please thanks time times let say said know tell show send back isnt isn't dont don't doesnt "
    "doesn't wont won't cant can't didnt didn't wait number anything something nothing anyone anybody everyone "
    "someone include includes including holidays buy bought runs run out ran expire expires expired form forms "
    "list page link site guys kind type bout ya yall ur thing things deadline lose lost series copy copies email "
    "mail mailed sent come comes arrive arrives everything nobody new open possible allowed there's left "
    "enough give gives given make makes made find see look use needed as y o pero si que cuanto cuánto cuesta "
    "em lapse lapses lapsed expiring renewed rough roughly ballpark estimate text texted weekday business calendar "
    "cuando cuándo donde dónde como cómo por telefono teléfono tambien también"
)
"""Words that name no matter of their own; prices, times, the telephone and the like are asked of anything."""
_PRICE = re.compile(
    r"\b(?:costs?|charged?|charges|fees?|price[sd]?|pay|paid|free|money|extra|expensive|cheaper|how much)\b"
)
_BACK = re.compile(r"\b(?:back|refund|refunded)\b")
_DOUBT = re.compile(
    r"\b(?:(?:are|r) (?:you|u|ya) (?:sure|certain|positive)|(?:you|u) sure|for real|no way|says who|seriously"
    r"|(?:i )?(?:thought|heard|read|figured|was told|got told) (?:it|that|it'?s|it was|you|there|somewhere|the|"
    r"(?:a |an )?\d+)\b"
    r"|(?:buddy|boss|friend|guy|coworker|co-worker|manager|foreman|brother|dad|teacher|instructor|website|"
    r"site|somebody|"
    r"someone|people|everyone|everybody|they|he|she|prometric|google|other guy) (?:said|says|told|swears|"
    r"keeps saying)"
    r"|told me (?:it|that|\d+)|supposed to be \d+)\b"
)
_SURE = re.compile(
    r"\b(?:sure|certain|positive|for real|no way|says who|seriously|promise[ds]?|guarantee[ds]?|definite(?:ly)?)\b"
)
_HELD_TO = re.compile(
    r"^\W*(?:(?:so|and|but|ok|okay|is|that'?s|that|it'?s|it|this|for|a|the|you|guys|do|can|will|date|"
    r"firm|really|\d++|one|two|three|four|five|thirty|ninety|days?|weeks?|years?|are|"
    r"those)\W*+)*(?:promise[ds]?|guarantee[ds]?|for sure|definite(?:ly)?)(?: (?:it|that|me|that date|then|"
    r"right))*\W*$"
)
""" "Is that a promise?": what was said is to be held to."""
_WHO = (
    r"guys?|techs?|technicians?|students?|employees?|workers?|mechanics?|apprentices?|coworkers?|co-workers?|buddy|"
    r"buddies|friends?|brother|sister|son|daughter|husband|wife|dad|mom|cousin|nephew|kid|trainees?|crew|people"
)
_OTHER = re.compile(
    rf"\b(?:(?:one|some|any|all|two|three|a few|another) of (?:my|our|the)|my|"
    rf"our) (?!master tech)(?:\w+ )?(?:{_WHO})\b"
)
_TELLING = re.compile(
    rf"\b(?:my|our) (?:\w+ )?(?:{_WHO}) (?:said|says|told|swears|thinks|paid|pays|will pay|bought me)\b"
)
_LATE = re.compile(
    r"\btoo (?:late|early|soon)\b|\b(?:is|will|would) (?:that|this|it) (?:be )?(?:a |an |any )?"
    r"(?:problem|issue|trouble|bad)\b|\bam i late\b"
)
_DENIED = re.compile(r"\b(?:not|won'?t|can'?t|cannot|isn'?t|doesn'?t|don'?t|none|no good|nope|never|no longer)\b")
_ASKS_DENIED = re.compile(
    r"^\W*(?:(?:so|and|but|ok|okay|well|then)\W*+)*(?:can'?t|won'?t|isn'?t|doesn'?t|don'?t|why|how|what|if)\b|\bif\b"
    r"|\bor not\b|\bwhy not\b"
)
""" "Can't I do it on the 12th?" hopes for a yes."""


def leans(message: UserMessage) -> bool:
    """Whether the words name nothing of their own, so that only what was said before tells what they are about.

    >>> leans(UserMessage("how long does that take", "account/test_results"))
    True
    >>> leans(UserMessage("how long does a refund take", "account/cancel_test"))
    False
    """
    if message.pressed or message.length > LONGEST:
        return False
    words = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", message.without_values())
    return all(word in _LEANING for word in words)


_PHONE = re.compile(r"\b(?:phone|call|calling|telephone|over the line)\b")
_WHOM = re.compile(
    r"\b(?:anyone|anybody|someone|somebody|who|whom|a number|which number|what number|whats the number|"
    r"what'?s (?:the|their|your) (?:phone )?number|the number)\b"
)
_STILL = re.compile(r"\b(?:still|in time|enough time|time left|good|ok|okay|fine|too late)\b")
_SIGN_IN = re.compile(
    r"\b(?:(?:sign|log)(?:ing|ged)?[ -]?(?:me )?(?:back )?(?:in|on|up)|log-?in|sign-?in|authenticate)\b"
)
_NO_SIGN_IN = re.compile(
    r"\b(?:rather not|prefer not(?: to)?|without(?: having to)?|instead of|refuse to|(?:will not|won'?t)"
    r"|(?:do not|don'?t|not|no) (?:really )?(?:want(?: to)?|wanna|wish(?: to)?|care(?: to)?|like(?: to)?|"
    r"going to|gonna"
    r"|planning(?: to| on)?|comfortable|feel like|need to|have to))"
    r"(?: be)? " + _SIGN_IN.pattern.removeprefix(r"\b")
)
_ITS_OWNER = re.compile(r"\b(?:he|she|his|him|hers|her)\b")


def asks_by_phone(message: UserMessage) -> bool:
    """Whether it asks for the telephone as a way."""
    return _PHONE.search(message.words) is not None


def asks_whom_to_call(message: UserMessage) -> bool:
    """Whether it asks for a number, or for somebody who can be called."""
    words = message.words
    return _WHOM.search(words) is not None and ("number" in words or _PHONE.search(words) is not None)


def asks_if_open(message: UserMessage) -> bool:
    """Whether it asks if there is still time for something."""
    return _STILL.search(message.words) is not None


def names_sign_in(message: UserMessage) -> bool:
    """Whether it names signing in in so many words."""
    return _SIGN_IN.search(message.words) is not None


def declines_sign_in(message: UserMessage) -> bool:
    """Whether somebody says that they do not want to sign in.

    >>> declines_sign_in(UserMessage("I'd rather not sign in", "sign_in"))
    True
    >>> declines_sign_in(UserMessage("I can't sign in", "sign_in"))
    False
    """
    return not message.pressed and _NO_SIGN_IN.search(message.words) is not None


def asks_price(message: UserMessage) -> bool:
    """Whether the words ask what something costs, in whatever form."""
    return _PRICE.search(message.words) is not None and _BACK.search(message.words) is None


def doubts(message: UserMessage) -> bool:
    """Whether what was said is doubted ("are you sure", "my boss said two weeks")."""
    words = message.words
    return not message.pressed and (_DOUBT.search(words) is not None or _HELD_TO.match(words) is not None)


def asks_if_sure(message: UserMessage) -> bool:
    """Whether the doubt is put as a question that "yes, I'm sure" answers."""
    return _SURE.search(message.words) is not None


def about_another(message: UserMessage) -> bool:
    """Whether it is somebody else's case ("one of my guys failed his")."""
    words = message.words
    other = _OTHER.search(words) or _ITS_OWNER.search(words)
    return other is not None and _TELLING.search(words) is None


def against(message: UserMessage) -> bool:
    """Whether a day is asked about as one that is too late or too early, or a thing as one that is gone by then."""
    words = message.words
    return _LATE.search(words) is not None or (_GONE.search(words) is not None and _KEPT.search(words) is None)


_GONE = re.compile(
    r"\b(?:is|are|isn'?t|did|does|do|has|have|am|will|would|was|money|fees?|it|it'?s|cash|that'?s|"
    r"test)\b[^,.;?]{0,30}"
    r"\b(?:gone|lost|lose|expired?|run out|ran out|over with|dead|void|wasted|forfeit(?:ed)?|down the drain|"
    r"out of luck|screwed|lapsed?)\b"
)
""" "Is my money gone?": a yes is the answer where it is."""
_KEPT = re.compile(
    r"\bwhen (?:is|are|did|does|do|has|have|will|would)\b|\b(?:still|won'?t|not)\b|\bwhat (?:happens )?if\b"
)


_DAY_ASKED = re.compile(
    r"\b(?:what|which|whats|what's|when's|whens|when) ?(?:is|was|are|would be|be)? ?(?:the |my |his |"
    r"her )?(?:very |absolute )?"
    r"(?:last|latest|first|earliest|soonest|final|exact|cut-?off|next)(?: possible)? (?:day|date|minute|"
    r"moment|second|chance|one)\b"
    r"|\b(?:what|which) (?:day|date)\b|\b(?:un)?(?:til|till|until|by) (?:when|what day|what date)\b"
    r"|\bwhen(?:'s| is|s)? (?:the |my )?(?:deadline|cut-?off|soonest|earliest|latest|last)\b"
    r"|\bwhat(?:'s|s| is)? (?:the |my )(?:deadline|cut-?off|last day|first day|date)\b"
    r"|^\W*(?:(?:and|so|but|ok|okay|then|well)\W*+)*when(?: then| exactly| is (?:it|that)| would that be|"
    r" can (?:i|he|she|they)"
    r"(?: then)?| (?:does|do|did|will|would) (?:it|that|that one|this|mine|this one|"
    r"the other(?: one)?)(?: \w+){1,3})?\W*$"
    r"|\bwhen'?s (?:it|that|that one|this one|mine)(?: \w+){1,2}\W*$"
    r"|^\W*(?:(?:and|so|ok|the|my|whats|what's)\W*+)*(?:deadline|last day|cut-?off|"
    r"first day)(?: \w+){0,2}\W*$|\blast day to\b"
)
_HOUR_ASKED = re.compile(r"\b(?:hour|midnight|what time|o'?clock|business hours|end of (?:the )?day)\b")


def asks_day(message: UserMessage) -> bool:
    """Whether it asks for the first or the last day of something, or when that is."""
    words = message.words
    return not message.pressed and _DAY_ASKED.search(words) is not None and _HOUR_ASKED.search(words) is None


_CONDITION = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|well|then|what|how about|hm+|say|or)\W*+)*(?:if|say|suppose|supposing)\b[^?]*\W*$"
)
_OWN_QUESTION = re.compile(
    r"(?:,|\bthen\b|\d)\W*+(?:\w+ )?(?:can|could|do|does|did|is|are|am|when|how|what|will|would|where|who|"
    r"should|which|until)\b"
)


def only_if(message: UserMessage) -> bool:
    """Whether it is no more than a condition ("and if I bought it in May"), so that the question before still holds."""
    words = message.words
    return _CONDITION.match(words) is not None and _OWN_QUESTION.search(words) is None


_RESTATED = re.compile(
    r"\b(?:it|that|mine|this|his|hers|the (?:test|fail|purchase|order|day)) (?:was|were|had been|happened)\b|"
    r"^\W*(?:was|were) on\b"
    r"|\bi meant\b|\bmake that\b|\b(?:one|another|other|ones)(?: one| test| guy)? (?:from|in|on|of|"
    r"i (?:bought|took|got))\b"
)


def restates(message: UserMessage) -> bool:
    """Whether a day is told anew ("it was May 3")."""
    return _RESTATED.search(message.words) is not None


def denies(message: UserMessage) -> bool:
    """Whether it concludes that a day will not do ("so not March 1", "the 12th won't work then")."""
    words = message.words
    concludes = re.match(r"^\W*(?:so|then|meaning|that means)\b", words) is not None
    if message.length > (2 * LONGEST if concludes else LONGEST):
        return False
    return _DENIED.search(words) is not None and _ASKS_DENIED.search(words) is None and not against(message)


_ALONG = re.compile(
    r"^\W*(?:and|so|but|or|then|ok(?:ay)?|also|even|what about|how about|what if|in that case)\b"
    r"|\b(?:then|too|as well|also|though|tho|instead|either|meanwhile|in the meantime|(?:with|for|after|before|on|like|"
    r"of) (?:it|that|this|them)|there)\W*$|\b(?:meanwhile|in the meantime|while i wait)\b"
)


def goes_along(message: UserMessage) -> bool:
    """Whether its first or last words tie it to what was said before.

    >>> goes_along(UserMessage("registration fee too?", "faq/fees"))
    True
    >>> goes_along(UserMessage("what is the registration fee", "faq/fees"))
    False
    """
    return not message.pressed and _ALONG.search(message.words) is not None


_INSISTS = re.compile(
    r"\b(?:ball ?park|rough(?:ly)?|approx\w*|estimate|guess|guesstimate|give or take|more or less|on average|average|"
    r"typically|usually|normally|in general|generally|around|about what|an idea|just (?:tell|give) me)\b"
)


def insists(message: UserMessage) -> bool:
    """Whether it wants at least a rough answer ("just a ballpark")."""
    return not message.pressed and leans(message) and _INSISTS.search(message.words) is not None


_ON_WEEKDAY = re.compile(
    r"\b(?:is|was|isn'?t|be|so|that'?s|thats|it'?s|its|falls?|lands?|ends?|starts?|are)\b[^,.;?]{0,20}?\b(?:on |a )+"
    r"(?P<day>mon|tues|wednes|thurs|fri|satur|sun|week ?end|work|business)(?:day)?s?\b"
)
_WEEK = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_WEEKEND = (5, 6)


def weekdays_asked(message: UserMessage) -> tuple[int, ...]:
    """The days of the week (Monday is 0) of which it asks if a day told before is one ("so the last day is a Friday").

    >>> weekdays_asked(UserMessage("does it fall on a weekend", "inform"))
    (5, 6)
    """
    found = None if message.pressed or message.length > 2 * LONGEST else _ON_WEEKDAY.search(message.words)
    if found is None:
        return ()
    if found["day"] in _WEEK:
        return (_WEEK.index(found["day"]),)
    return _WEEKEND if found["day"].startswith("week") else ()


_BUYS_THEN = re.compile(
    r"\b(?:buy|re-?buy|purchase|register|sign up|pay)\b[^?.;]{0,25}\b(?:that (?:same )?day|then|right away|"
    r"on the first day|the day it opens|(?:that|the) (?:very )?(?:minute|day))\b"
)


def buys_then(message: UserMessage) -> bool:
    """Whether a test is to be bought on the day that was asked for ("and if I buy that day, when does it end")."""
    return not message.pressed and _BUYS_THEN.search(message.words) is not None


_EVEN = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|what|how|about|really)\b\W*+)*(?P<even>(?:not )?even) "
    r"(?:if|when|with|for|though|after|by|then)\b"
)


def even_so(message: UserMessage) -> str | None:
    """Whether it asks if what was told holds even so: "even", or "not even" ("not even if I pay extra")."""
    found = None if message.pressed else _EVEN.search(message.words)
    return None if found is None else found["even"]


_HOLDS = re.compile(
    r"\b(?:i|he|she|we|they|you)(?:'?m|'?ve| am| have| has|'?s| is)?(?: got| already| just| been)* "
    r"(?:certified|have|has|hold|holds|passed|pass|got|done|did|current)\b|"
    r"\bi'?ve got\b|^\W*(?:got|have|hold|passed|with) "
)


def tells_what_is_held(message: UserMessage) -> bool:
    """Whether it tells what somebody holds or has passed ("I'm certified in A1 through A7, what's missing")."""
    return not message.pressed and _HOLDS.search(message.words) is not None and " if " not in message.words


_THEIR_RECORDS = re.compile(
    r"\b(?:if|whether|did|has|have) (?:he|she|they|my \w+) (?:\w+ )?(?:pass(?:ed)?|fail(?:ed)?|bought|booked|signed up|"
    r"registered|show(?:ed)?|taken|took)\b|\b(?:his|her|their|my \w+'?s) (?:\w+ )?(?:results?|scores?|appointments?|"
    r"records?|account|status|dates?)\b"
)
_LOOK_AT = re.compile(
    r"\b(?:can|could|will|would) (?:you|u) (?:tell|see|check|look|show|find|pull|give|say|let)\b|^\W*(?:check|look up|"
    r"show me|tell me|pull up|did|has)\b"
)


def asks_of_their_records(message: UserMessage) -> bool:
    """Whether it wants to know what somebody else's records show ("can you tell me if he passed").

    >>> asks_of_their_records(UserMessage("can you see if my tech passed", "account/test_results"))
    True
    >>> asks_of_their_records(UserMessage("when can he see his results", "account/test_results"))
    False
    """
    words = message.words
    return about_another(message) and _LOOK_AT.search(words) is not None and _THEIR_RECORDS.search(words) is not None


_TRIED = re.compile(
    r"^\W*(?:(?:but|and|yeah|yes|no|well|ok|i'?ve|i|we|have|already|just|did)\b\W*+)*"
    r"(?:tried|checked|looked|done|did|"
    r"called|been there|asked)(?: (?:that|it|there|already|them|all that|both|everywhere|twice|again|in there|the "
    r"(?:account|site|website|spam|junk)(?: folder)?))*\W*$"
)


def has_tried(message: UserMessage) -> bool:
    """Whether it says that what was advised has been done ("I tried that").

    >>> has_tried(UserMessage("i tried that", "affirm"))
    True
    """
    return not message.pressed and not message.asks and _TRIED.match(message.words) is not None


_PLEA = re.compile(
    r"\b(?:he|she|they|we|my \w+|the \w+)(?:'?s| is| are|'re)? (?:said|says|told|asked|asks|knows?|gave|wants?|wanted|"
    r"agreed|agrees|ok|okay|fine|good|cool|right here|here|with me|next to me|busy|can'?t|doesn'?t|won'?t|isn'?t)\b"
    r"|\bi(?:'?m| am) (?:the|his|her|their|a|an|in charge|responsible|authorized|allowed|calling for|asking for)\b"
    r"|\bi (?:pay|paid|own|run|manage|employ|handle|do this|take care|have (?:his|her|their|the|permission)|got (?:his|"
    r"her|their|permission)|can prove|promise|swear)\b"
    r"|\b(?:permission|authori[sz]\w+|consent|on (?:his|her|their) behalf|for (?:him|her|them)|power of attorney)\b"
)


def pleads_for_another(message: UserMessage) -> bool:
    """Whether words that are no question of ours give a reason to open somebody else's records.

    >>> pleads_for_another(UserMessage("im the boss, i pay for it", "out_of_scope"))
    True
    """
    of_ours = message.label.startswith(("account/", "faq/")) and message.confidence > 0.8 and is_question(message)
    return not message.pressed and not of_ours and _PLEA.search(message.words) is not None
