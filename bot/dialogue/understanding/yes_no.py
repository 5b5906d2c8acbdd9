"""Yes and no: one vocabulary, and what makes a yes plain enough to change somebody's records.

A change needs a yes that is nothing but a yes. A question never is one ("is that ok"), nor a condition, nor a remark;
a hedge ("I guess", "probably") is asked about again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.changes.kinds import VERBS
from bot.dialogue.understanding.user_message import UserMessage
from bot.nlu.values import read_yes_no
from bot.nlu.values.hearing import nearest
from bot.nlu.values.words import bag

SHORT = 5
"""Up to this many words, a message that fits the open question is taken as its answer."""

_ASIDE = {"repeat", "explain", "help"}

BESIDE_A_YES = bag(
    "all of thanks thank you sir ma'am maam it is it's that's thats this that the my one i i'd i'll i'm id do does did "
    "would will want like love to go ahead for me us let's lets by means make take have send submit place booked put "
    "back undo update save hold keep switch and now so then well um uh er oh hey just really very works sounds looks "
    "seems with appointment test seat time day date copy copies certificate address bet got huh mhm mm hmm why not "
    "confirming"
) | {word for verb in VERBS for word in verb.split()}
"""Words that may stand beside a yes: courtesies, what was previewed, and the verbs of change. With any other word, a
message is asked about again. What a yes is itself, the reader of values knows (bot/nlu/values/answers.py)."""
_LONG_ENOUGH_TO_MISSPELL = tuple(word for word in sorted(BESIDE_A_YES) if len(word) >= 5)
_ASKS_OR_WAITS = bag(
    "what when where who which whose why how if can can't could later wait think no nope not never don't dont before "
    "after first says said"
)
_QUALIFIED = re.compile(
    r"\b(but|except|instead|rather|unless|only if|not(?<!why not)|another|different|other|maybe|perhaps|guess|"
    r"probably|possibly|suppose|correct (?:the|my|it))\b"
)
_LEAD_IN = r"(?:(?:um+|uh+|er|so|and|but|well|ok|okay|hmm+|wait|oh|yes|yeah|no|alright|please|hey)[ ,]+)*"
_SUBJECT = r"(?:i|it|that|this|they|there|these|those|you|we|he|she|my|the|your|a|an|any|anything|all|both|everything)"
_AUXILIARY = r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|have|has|had)"
_NEGATED = r"(?:isn|aren|wasn|don|doesn|didn|can|couldn|won|wouldn|shouldn|haven|hasn)'?t"
_QUESTION = re.compile(
    rf"^{_LEAD_IN}(?:(?:{_AUXILIARY}|{_NEGATED}) {_SUBJECT}\b|(?:what|when|where|which|who|whose|how)\b|why\b(?! not$))"
)
_INVERTED = re.compile(rf"^{_LEAD_IN}(?:is|are|was|were|does|did) [^ ]+ [^ ]+")
""" "Is noon that day ok": nothing but a question begins so."""
_REQUESTING = re.compile(
    rf"^{_LEAD_IN}(?:(?:can|could|will|would) you (?:please )?(?:go ahead|do|book|move|make|order|send|cancel|change|"
    r"reschedule|schedule|confirm)|do (?:it|that|this|so)\b)"
)
"""Somebody who asks us to do it: "could you go ahead please", "do it"."""
_CHECKING = re.compile(
    r"^(?>.*?\b(?:that'?s|that is|it'?s|it is|this is|so)\b).*\b(?:right|correct|ok|okay|huh|yes|yeah|no)$"
)
_CHECKING_VALUE = re.compile(
    r"^(?:(?:so|and|ok|wait)[ ,]+)*(?:the|my|our) .*\b(?:is|are|was) .+ (?:right|correct|huh)$"
)
""" "The zip is 60505, right": what is told is asked about."""
_AGREEING = re.compile(
    r"^(?:(?:yes|yeah|yep|ok|okay|sure)[ ,]+)?(?:that'?s|that is|it'?s|it is|all|sounds|looks|seems)"
    r" (?:all )?(?:right|correct|ok|okay|good|fine|great|perfect)(?: (?:yes|yeah))?$"
)
_REFUSED = re.compile(
    r"\b(?:don'?t|do not|never|no need to|please don'?t|not going to)(?: \w+){0,2} "
    r"(?:cancel|move|change|book|order|send|reschedule|touch|do|anything|it|that|this)\b"
    r"|\b(?:leave|keep) (?:it|that|everything|things|both|them)\b"
)


_COUNT = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|couple|few|several|more|another)\b")
"""How many of something: with it, words ask for more than a yes does."""
_SPARED = (
    r"(?:anything|nothing|the rest(?: of (?:it|them))?|(?:any|all|none)? ?(?:of )?(?:the|my) (?:others?|other \w+))"
)
_AS_IT_IS = r"(?: (?:alone|be|out|as (?:it|they|is|are)\b.*|the way .*|where .*|like .*|untouched))?"
_RESTRICTION = re.compile(
    rf"(?:[ ,.;!-]+(?:and|but|just|so|only)\b|[,.;!])[ ,]*+(?:please )?(?:"
    rf"(?:do not|don'?t|dont|never) (?:you )?(?:touch|change|move|cancel|mess with|do|book|alter|order)"
    rf" (?:anything else|nothing else|{_SPARED})(?: else)?"
    rf"|(?:leave|keep) (?:everything else|anything else|all else|{_SPARED}){_AS_IT_IS}"
    r"|nothing (?:else|more)|(?:that'?s|that is) (?:it|all)|(?:just|only) (?:that|this)(?: one)?|that one only"
    r")(?:[ ,]+(?:please|thanks|thank you|ok(?:ay)?))*\W*+$"
)
"""What a yes may bid besides: that nothing but what was shown is done. A preview never does more."""


def restricted(message: UserMessage) -> UserMessage | None:
    """The yes before words that only keep everything else as it is ("book it and don't touch anything else").

    >>> restricted(UserMessage("yes and leave the rest alone", "stop")).text
    'yes'
    """
    found = None if message.pressed or message.asks else _RESTRICTION.search(message.words)
    if (
        found is None
        or _ONLY_EVERYTHING.search(found[0])
        or not (head := message.words[: found.start()].strip(" ,.!;-"))
    ):
        return None
    alone = replace(message, text=head, label="affirm", confidence=1.0, entities=(), act=None)
    yes = read_yes_no(head) is True or _VERB_OF_CHANGE.search(head) is not None
    return alone if yes and is_plain_yes(alone) else None


_ONLY_EVERYTHING = re.compile(r"\b(?:touch|change|move|cancel|do|book|alter|order) (?:anything|nothing)\W*$")
""" "Yes but don't touch anything" takes back the yes."""
_VERB_OF_CHANGE = re.compile(rf"\b(?:{'|'.join(VERBS)}|do) (?:it|that|this)\b")


def is_question(message: UserMessage) -> bool:
    """Whether the words are put as a question, with or without a question mark.

    >>> is_question(UserMessage("is that the right one", "affirm"))
    True
    >>> is_question(UserMessage("do it", "affirm"))
    False
    """
    words = message.words.rstrip(" .!")
    if message.pressed:
        return False
    if message.asks:
        return True
    if _REQUESTING.match(words) or _AGREEING.match(words):
        return False
    return bool(_QUESTION.match(words) or _INVERTED.match(words)) or bool(
        _CHECKING.search(words) or _CHECKING_VALUE.match(words)
    )


def refuses(message: UserMessage) -> bool:
    """Whether the words turn down what was proposed ("actually don't cancel anything")."""
    if restricted(message) is not None:
        return False
    return not _QUESTION.match(message.words) and _REFUSED.search(message.words) is not None


_NO_FIRST = re.compile(
    r"(?:(?:um+|uh+|oh|ok|okay|well|wait|actually)[ ,]+)*(?:no+|nope|nah|naw)\b"
    r"(?! (?:problem|worries|doubt|objection|need|issue|fee|charge|wait|more|matter|one|other|way|idea|yes|yeah))"
)


def opens_with_no(message: UserMessage) -> bool:
    """Whether the words begin with a no and are not put as a question.

    >>> opens_with_no(UserMessage("no just the appointment", "inform"))
    True
    """
    return not message.pressed and _NO_FIRST.match(message.words) is not None and not is_question(message)


_YES_AND = re.compile(
    r"(?:yes|yeah|yep|yup|sure|ok(?:ay)? yes)\b(?! but)[ ,.;-]+(?:and\b|also\b|btw\b|by the way\b)?[ ,]*(?P<rest>.+)"
)


def says_yes_and_asks(message: UserMessage) -> bool:
    """Whether it is a yes that hangs on nothing, with a question beside it.

    >>> says_yes_and_asks(UserMessage("yes, and is there a fee for that?", "faq/fees"))
    True
    """
    found = None if message.pressed else _YES_AND.match(message.words)
    if found is None or _QUALIFIED.search(found["rest"]) or re.search(r"\b(?:if|unless|when|once)\b", found["rest"]):
        return False
    return message.asks or message.act == "question" or _QUESTION.match(found["rest"]) is not None


def not_yet(message: UserMessage) -> bool:
    """Whether the words put off what is asked for ("wait, not yet")."""
    return not message.pressed and not is_question(message) and _NOT_YET.search(message.words) is not None


_NOT_YET = re.compile(r"\bnot (?:yet|now|right now|today)\W*$")


def names_count(message: UserMessage) -> bool:
    """Whether the words name how many it should be, and nothing else ("make it 3", "three copies please").

    >>> names_count(UserMessage("yes, make that two", "affirm"))
    True
    """
    said = message.without_values("date", "time", "test_code")
    if message.pressed or is_question(message) or not _COUNT.search(said):
        return False
    others = set(re.findall(r"[a-z']+", _COUNT.sub(" ", said))) - BESIDE_A_YES
    return not any(read_yes_no(word) is None for word in others - _OF_COUNTS)


_OF_COUNTS = bag("i need want please each of them copies instead actually in total sets set per extra could you can")


def yes_or_no(message: UserMessage) -> bool | None:
    """True for a yes, False for a no, None for neither; however it is put."""
    if message.label == "affirm" and message.confidence > 0.5:
        return True
    refusing = message.act in {"refusal", "correction", "control"} and message.act_score >= 0.5
    reads_so = message.act is None or refusing
    if message.label == "deny" and message.confidence > 0.5 and reads_so:
        return False
    value = read_yes_no(message.text)
    if value and message.act == "statement" and message.length > 2 and not read_yes_no(message.words.split()[0]):
        return None  # "I definitely took it" tells something
    return None if value and message.label in _ASIDE else value  # "say that again, please" is no yes


def is_plain_yes(message: UserMessage) -> bool:
    """A yes and nothing else: every word belongs to one."""
    if is_question(message) or _QUALIFIED.search(message.words):
        return False
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", message.without_values().replace("’", "'"))
    if not words:
        return read_yes_no(message.text) is True
    if _COUNT.search(message.without_values("date", "time", "test_code")):
        return False
    return all(_of_a_yes(word) for word in words)


_HEED = bag(
    "good great fine alright alrighty right perfect cool nice awesome excellent wonderful sweet neat lovely super "
    "brilliant amazing fantastic thanks thank thankyou thx ty tysm tks cheers appreciated appreciate hm hmm hmmm mm "
    "mmm oh ooh ah aha ahh aw wow huh gotcha understood noted interesting well see know knew figured understand "
    "copy roger helpful helps glad worries problem enough fair really"
)
"""Words of somebody who has taken in what was said: they accept no change."""
_HEED_LONG = tuple(sorted(word for word in _HEED if len(word) >= 5))
_BARE_OK = bag("ok okay okey okie oki k kk kay sure correct true exactly indeed totally")
"""Accepts what was just shown; after an answer beside it, it may be about that."""
_HEEDING = re.compile(
    r"\b(?:got (?:it|you|ya|that)|i (?:see|know|get it|understand|hear you|figured|thought so)|good to know|"
    r"makes? (?:\w+ )?sense|fair enough|no (?:problem|worries)|(?:sounds|looks|seems) \w+|all right|"
    r"(?:it|that|this|there|they|these|those|he|she|[a-z]{1,2}\d\w?) (?:really |still |all )?"
    r"(?:does|do|did|is|was|are|were|has|have|will|would|can|could|should|works?|helps?|makes?|answers?)|"
    r"i (?:did|have|was)|(?:that|it|there|what|he|she)'?s|that'?ll|it'?ll|they'?re|you'?re)\b"
)
_ORDERS = re.compile(
    r"\bgo (?:right |on )?ah?ea?d\b|\bgo for it\b|\b(?:please|pls|plz) (?:do|go|proceed|continue)\b"
    r"|\bdo (?:it|that|this|so)\b|\blet'?s (?:do|go)\b|\bsure,? why not\b|\bwhy not\b|\bby all means\b"
    rf"|\b(?:{'|'.join(VERBS)}|make|send|submit|save|take|update|undo|put|proceed|confirm|continue)\b"
)
"""What bids us to do it: however it is led in, it is no murmur."""
_AFFIRMS = bag("please pls plz absolutely definitely certainly affirmative confirmed agreed aye proceed")
_CLOSING = re.compile(
    r"(?:[ ,.!]+(?:and|so much|very much|a lot|thanks|thank you|thank u|thx|ty|cheers|please|sir|ma'?am|man|buddy|"
    r"appreciate it))+[ ,.!]*$"
)
"""What may follow a clear yes out of politeness."""
_SAID_YES = re.compile(r"(?:(?:but|like|um+|uh+|and|well|hey|no)[ ,]+)*i (?:already |just |did )*(?:said|say) "
                       r"(?:yes|yeah|yep|yup|ok(?:ay)?|do it|go ahead)(?: already)?\W*$")  # fmt: skip


def insists(message: UserMessage) -> bool:
    """Whether the words say that a yes was said before ("I said yes")."""
    return not message.pressed and not message.asks and _SAID_YES.match(message.words) is not None


def heeds(message: UserMessage, *, after_answer: bool) -> bool:
    """Whether a yes may be no more than taking in what was said, so that it is asked about before anything is done.

    `after_answer`: whether something was answered since the change was shown, which a bare "ok" may be about.

    >>> heeds(UserMessage("ok thanks", "affirm"), after_answer=False)
    True
    >>> heeds(UserMessage("yes, thank you", "affirm"), after_answer=True)
    False
    """
    if message.pressed:
        return False
    words = message.words.strip(" .,!;")
    head = _CLOSING.sub("", f" {words}").strip(" .,!;") or words
    said = re.findall(r"[a-z]+(?:'[a-z]+)*", head)
    clear = [word for word in said if word in _AFFIRMS or (_clear(word) and read_yes_no(word) is True)]
    if _ORDERS.search(_HEEDING.sub(" ", words)) or "please" in words.split():
        return False
    if clear and not after_answer and _RIGHT_AS_SHOWN.fullmatch(head):
        return False
    heeding = _HEEDING.search(head) is not None or any(map(_heed, said))
    closed = head != words  # "ok thanks", "yeah ok thanks"
    if clear:
        if _YES_AT_LAST.fullmatch(words):
            return False  # "fine. yes."
        return heeding or (closed and any(word in _BARE_OK for word in said))
    return heeding or closed or after_answer


_YES_AT_LAST = re.compile(
    r"(?:[\w' ,]+[.!;]+ *|(?:fine|ok(?:ay)?|all ?right|good|great|perfect|whatever|right)(?: then| ok(?:ay)?)?[ ,]+)"
    r"(?:yes|yeah|yep|yup)(?:[ ,]+please)?"
)
"""A yes by itself after whatever came before it: the last word is the answer."""
_RIGHT_AS_SHOWN = re.compile(
    r"(?:[a-z']+[ ,.]+){0,2}?(?:yes|yeah|yep|yup|correct)[ ,.!]+(?:(?:that|this|it|everything|all)(?:'?s| is| looks)? "
    r"(?:all |exactly )?(?:right|correct|the (?:right )?one|what i want(?:ed)?)|correct)"
)
""" "Yes, that's right" agrees to what was read back; after an answer it may be about that."""


def _heed(word: str) -> bool:
    """Whether a word only takes something in, misspelled or not."""
    return word in _HEED or (len(word) >= 5 and nearest(word, _HEED_LONG, 1) is not None)


def _clear(word: str) -> bool:
    """Whether a word that says yes says nothing else."""
    others = _HEED | _BARE_OK
    return word not in others and (len(word) < 4 or nearest(word, tuple(sorted(others)), 1) is None)


def acknowledges(message: UserMessage, *, after_answer: bool) -> bool:
    """Whether it is nothing but a word of somebody who listens or is content, and neither a yes nor a no."""
    words = message.words.strip(" .,!;")
    if message.pressed or message.entities or is_question(message) or not heeds(message, after_answer=after_answer):
        return False
    left = re.findall(r"[a-z]+(?:'[a-z]+)*", _HEEDING.sub(" ", words))
    return bool(left or _HEEDING.search(words)) and all(
        _heed(word) or word in _BARE_OK or word in _AROUND_HEED or read_yes_no(word) is True for word in left
    )


_AROUND_HEED = bag("you so much very a lot that this it then now and um uh er yeah yes yep really all for the me man "
                   "i there to just still also too right cool my info answer help")  # fmt: skip


def is_yes(message: UserMessage) -> bool:
    """A short yes, by words, button or key."""
    if message.choice is not None:
        return message.choice == "yes"
    if message.digits is not None:
        return message.digits.strip("#*") == "1"
    return message.label == "affirm" and yes_or_no(message) is True and message.length <= SHORT


def _of_a_yes(word: str) -> bool:
    if word in BESIDE_A_YES or read_yes_no(word) is True:
        return True
    return len(word) >= 4 and word not in _ASKS_OR_WAITS and nearest(word, _LONG_ENOUGH_TO_MISSPELL, 1) is not None
