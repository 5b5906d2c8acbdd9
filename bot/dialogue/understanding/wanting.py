"""Whether words ask for a change or only ask about it: the one reading that decides if a change may be shown for a yes.

An order ("cancel my A5"), a wish ("I'd like to cancel it") and a request to us ("could you cancel it") want it done.
Whatever asks, supposes or wonders wants to know something, and so does "can I cancel it".
"""

from __future__ import annotations

import re

from bot.contracts.asking import QuestionKind
from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.understanding.yes_no import is_question
from bot.nlu.values import read_yes_no

_LEAD = (
    r"(?:(?:um+|uh+|er|so|and|but|then|well|ok(?:ay)?|alright|right|yes|yeah|yep|no|nope|hi|hey|hello|there|oh|"
    r"please|pls|plz|oops|ugh|damn|crap|actually|just|now|also|sorry|excuse me|thanks|thank you|good (?:morning|"
    r"afternoon|evening)|"
    r"wait|look|listen|hmm+|quick(?:ly)?|in that case|if (?:you can|you could|possible|you would|you don'?t mind|"
    r"that'?s (?:ok|okay|fine|possible|alright)|it'?s (?:ok|okay|possible|no trouble)))\b[ ,.!;:-]*)*"
)
_VERB = (
    r"(?:cancel+|cancle|drop|scrap|refund|return|withdraw|void|remove|pull|kill|end|order|re-?order|send|ship|mail|"
    r"change|update|correct|fix|switch|move|re-?schedule|postpone|push|book|schedule|sign me up|put|set|get rid of|"
    r"get me|get my|give me|give (?:up|back)|give my|take (?:me|my|the|it|that|this|back)|do (?:it|that|this)|"
    r"undo|revert|reverse|make|process|issue|print|replace|reserve|start|begin|register|enter|"
    r"(?:go ahead|proceed)(?: (?:and|with))?)"
)
_FIRMLY = r"(?:(?:please|just|also|now|maybe|possibly|kindly|perhaps|actually|go ahead and|help me(?: to)?) )*"
_ORDER = re.compile(rf"^{_LEAD}{_FIRMLY}{_VERB}\b")
_TO_US = re.compile(
    rf"\b(?:can|could|would|will|won'?t|can'?t) (?:you|u|ya|y'?all)(?: guys)? {_FIRMLY}{_VERB}\b"
    r"(?! (?:a|an|any|one|your|tests?|exams?|appointments?|certificates?|duplicates?)\b(?!.*\b(?:for me|my|please)\b))"
    rf"|\b(?:wondering|wonder|asking|hoping|see) (?:if|whether) (?:you|u) (?:can|could|would) {_FIRMLY}{_VERB}\b"
    r"|\b(?:would|do) (?:you|u) mind (?:please )?(?:cancel+ing|ordering|sending|changing|updating|moving|rescheduling|"
    r"booking|scheduling|refunding|undoing|dropping|returning)\b"
)
"""A request to us. "Can you cancel a test" asks what is done as a rule."""
_WISH = re.compile(
    r"\b(?:i|we|id|i'?d|we'?d)(?: (?:really|just|do|still|also|definitely|now|actually|would|kinda|kind of|"
    r"think i|'d|am|'m|have|'ve|want to go ahead and))* "
    r"(?:want|wanna|wants|need|needs|like(?: to)?|love to|wish to|prefer to|have to|got(?:ta| to)|gotta|"
    r"(?:am )?(?:looking|trying|going|gonna|hoping|ready|calling|here|writing) to)\b"
    r"|\bi'?m (?:looking|trying|going|gonna|hoping|ready|calling|here|writing)(?: to)?\b"
    r"|\b(?:let'?s|lets|i'?ll (?:take|have|order|cancel|get)) |\bplease (?:just )?" + _VERB
)
_TO_KNOW = re.compile(
    r"\b(?:know|find out|ask|understand|check|see|hear|learn|be sure|make sure|figure out|confirm|clarify|wondering|"
    r"an answer|information|info|question)\b"
)
"""A wish for an answer, not for a change."""
_ABOUT = re.compile(
    r"\b(?:whether|what if|suppos\w+|say i|let'?s say|hypothetical\w*|curious|wonder\w*|possible|possibility|allowed|"
    r"difference|refundable|cancell?able|what happens?|what would|what will|how (?:much|long|do|does|would|to|"
    r"about|many|"
    r"can|come|late|soon|often|is|are)|tell me|explain|any way|a way to|not sure|unsure|thinking (?:about|of)|"
    r"no idea|don'?t know|dunno|can it be|would it be|is it|is there|are there|do you|does it|will it|should i|"
    r"am i|may i|might i|must i|can i|could i|can we|could we|do i|did i|have i|will i|would i|do we|shall i|"
    r"eligible|entitled|in case|unless|as long as|provided|depends?|before i (?:decide|cancel|do)|considering)\b"
)
_IF = re.compile(r"\bif\b(?! (?:you (?:can|could|would|don'?t mind)|possible|that'?s (?:ok|okay|fine|possible)))")
_ASKING = re.compile(
    r"(?:^|[,.;:!?-] *|\b(?:and|but|so|or|then|because|cause) )"
    r"(?:what(?:'?s)?|when|where(?:'?s)?|which|who|whose|how|why|"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|may|might|must|am|has|have|isn'?t|don'?t|can'?t|"
    r"won'?t|doesn'?t) (?:i|it|that|this|the|my|they|he|she|his|her|there|a|an|we|you|some\w*|any\w*))\b"
    r"(?! you (?:please|go))"
)
_DO_IT = re.compile(r"^(?:do|have) (?:it|that|this)\b")
_HARDLY = 0.55
"""Below this, words without any mark of a question ("new address for you guys") are none."""


_UNWANTED = re.compile(
    rf"^{_LEAD}(?:no|not|without) (?:an? |any |the |more )*(?:copy|copies|duplicates?|refund|appointment|booking|move|"
    r"change|"
    r"changes|cancell?ation|new (?:date|time|address))\b"
)
""" "No copy for now": turned down before it was offered."""


def wants_change(message: UserMessage) -> bool:
    """Whether the words plainly ask for what they are about to be done.

    >>> wants_change(UserMessage("i'd like to cancel my a5", "account/cancel_test"))
    True
    >>> wants_change(UserMessage("can i cancel my a5", "account/cancel_test"))
    False
    """
    if message.pressed or not message.text.strip():
        return True
    words = " ".join(message.words.replace("’", "'").split())
    asked_of_us = _TO_US.search(words)
    if asked_of_us is not None:
        return _is_request(words[: asked_of_us.start()], words[asked_of_us.end() :])
    if words.rstrip(" .!").endswith("?"):
        return False
    if _UNWANTED.match(words):
        return False
    if _ORDER.match(words):
        return not _IF.search(words)
    if _ABOUT.search(words) or _IF.search(words) or _asks(message, words):
        return False
    wish = _WISH.search(words)
    if wish is not None:
        return not _TO_KNOW.search(words[wish.end() :])
    return message.act != "question" or message.act_score < _HARDLY


def _is_request(before: str, after: str) -> bool:
    """Whether "could you cancel it" is a request where it stands: not after "how", and not under a condition."""
    before = _SOFTLY.sub("", before)
    return not (_QUESTION_WORD.search(before) or _IF.search(before) or _IF.search(after))


_SOFTLY = re.compile(r"\b(?:wondering|wonder|asking|hoping|see) (?:if|whether)\s*$")
""" "I was wondering if you could …": a request put softly."""
_QUESTION_WORD = re.compile(r"\b(?:how|what|when|where|why|who|which|whether)\b")


def _asks(message: UserMessage, words: str) -> bool:
    if _DO_IT.match(words):
        return False
    return is_question(message) or _ASKING.search(words) is not None


_ASSENT = re.compile(
    rf"^{_LEAD}(?:(?:yes|yeah|yep|yup|sure|absolutely|definitely|of course)(?:[ ,]+(?:please|do (?:it|that|so)|"
    r"go ahead|thanks|thank you|i (?:do|would)|cancel (?:it|that)|order (?:it|them)|i want (?:it|that)(?: done)?))*"
    r"|(?:please )?(?:do (?:it|that|so)|go ahead(?: (?:and do (?:it|that)|with (?:it|that)))?|go for it|"
    r"i want (?:it|that)(?: done)?|please do|let'?s do (?:it|that))(?:[ ,]+(?:please|thanks|then|now))*)[.! ]*$"
)
_FIRM = re.compile(r"\b(?:yes|yeah|yep|yup|sure|absolutely|definitely|of course|do|go ahead|go for it|want|done)\b")


def takes_offer(message: UserMessage) -> bool:
    """Whether the words take up what was only offered in words: more than an "ok", which may only have been heard.

    >>> takes_offer(UserMessage("yes please", "affirm"))
    True
    >>> takes_offer(UserMessage("ok thanks", "affirm"))
    False
    """
    if message.pressed or is_question(message):
        return False
    words = " ".join(message.words.replace("’", "'").split())
    return _ASSENT.match(words) is not None and _FIRM.search(words) is not None


def acknowledges(message: UserMessage) -> bool:
    """Whether the words only take note of an answer ("ok", "ok thanks", "good to know")."""
    if message.pressed or is_question(message):
        return False
    words = " ".join(message.words.replace("’", "'").split())
    return _NOTED.match(words) is not None or (message.label == "affirm" and read_yes_no(words) is True)


_NOTED = re.compile(
    r"^(?:(?:ok(?:ay)?|k|kk|alright|all right|right|fine|good|great|cool|nice|perfect|awesome|got it|gotcha|i see|"
    r"understood|makes sense|sounds good|good to know|noted|thanks|thank you|thx|ty|oh|ah|well|for (?:that|now|"
    r"the (?:info|help))|so much|a lot|then|that(?:'s| is)? (?:helps?|good|all|it)|no problem|very much)\b[ ,.!]*)+$"
)


_DUTY = re.compile(
    r"\b(?:(?:do|would|will|should|must) (?:i|we)(?: even| really| still| actually| also)* (?:have to|need to|got to|"
    r"gotta)|must (?:i|we)|(?:am i|is it) (?:required|necessary|needed|obliged|mandatory)|is there (?:a|any) need|"
    r"should i|do i need)\b"
)


def asks_if_needed(message: UserMessage) -> bool:
    """Whether it asks if something has to be done ("do I need to cancel it")."""
    return not message.pressed and _DUTY.search(message.words) is not None


_FREE = re.compile(
    r"\b(?:for free|free of charge|without (?:paying|a fee|any fee|the fee|a charge|charge|cost)|no (?:charge|"
    r"fee|cost)|"
    r"is it free|are (?:they|duplicates|copies) free|free (?:duplicate|copy|copies|certificate|one)|at no)\b"
    r"|\bfree\W*$"
)


def asks_if_free(message: UserMessage) -> bool:
    """Whether it asks if something costs nothing."""
    return not message.pressed and _FREE.search(message.words) is not None


_APPOINTMENT = re.compile(r"\b(?:appointments?|appts?|slots?|seats?|booking)\b")
_TEST = re.compile(
    r"\b(?:tests?|exams?|refund|money|whole thing|purchase)\b(?! (?:appointments?|appts?|slots?|seats?|dates?|"
    r"day|center))"
)


def compares_cancelling(message: UserMessage) -> bool:
    """Whether a question names both the appointment and the test as what is cancelled."""
    if message.pressed or _APPOINTMENT.search(message.words) is None:
        return False
    compared = message.question_kind == QuestionKind.DIFFERENCE or re.search(r"\bdifference\b", message.words)
    return bool(compared) or _TEST.search(message.words) is not None
