"""Answers to prompts: yes or no, and which of the choices offered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.nlu.values.hearing import heard_as, nearest
from bot.nlu.values.words import ORDINALS, Word, bag, cardinal, ordinal, words

_YES = bag(
    """yes yeah yep yup ya yea yah yess yas yus y sure ok okay okey k kk correct right absolutely definitely
    certainly affirmative exactly indeed please confirm confirmed confirmo agreed agree perfect totally good
    great fine alright aye true proceed si sí claro dale yessir uhhuh mhm mmhmm course cool accept"""
)
_NO = bag(
    """no nope nah naw n negative never wrong incorrect don't dont not cancel stop nay noo nooo nop neither
    isn't isnt wasn't didn't doesn't false wait decline can't cannot shouldn't won't"""
)
_PHRASES: tuple[tuple[str, bool | None], ...] = (
    (r"\bno (?:problem|worries|doubt|objections?|issues?)\b", True),
    (r"\bwhy not\b", True),
    (r"\bnot a problem\b", True),
    (r"\bdon'?t see why not\b", True),
    (r"\bcan'?t (?:wait|complain)\b|\b(?:can'?t|cannot) (?:argue with|say no to|go wrong with) (?:that|it)\b", True),
    (r"\b(?:go|move) (?:ahead|for it|on)\b", True),
    (r"\b(?:do|book|make|take|cancel|move|schedule|confirm|change|send|submit) (?:it|that)\b", True),
    (r"\b(?:sounds|looks|seems|works|is|it's|that's|thats|all) (?:good|great|right|fine|correct|ok|okay)\b", True),
    (r"\b(?:that|which|it) works\b|\b(?:that|this|it)(?:'?ll| will| should) (?:work|do)\b", True),
    (r"\bworks for me\b", True),
    (r"\bthat'?s (?:it|me|the one|what i want)\b", True),
    (r"\bthat is (?:it|me|the one|correct|right)\b", True),
    (
        r"\bi (?:do|am|did|would|will|want to|have)\b(?= ?(?:$|[,.!;]|(?:yes|yeah|please|thanks?|indeed|so|too|want|"
        r"confirm|agree|like that|like to|love to|do it|do that|that|it)\b))",
        True,
    ),
    (r"\bi'?d (?:like|love) (?:to|that|it)\b", True),
    (r"\buh[ -]?huh\b|\bmm[ -]?hmm?\b|\bmhmm?\b", True),
    (r"\bof course\b(?! not)", True),
    (r"\byou (?:got|bet|know) it\b|\byou (?:bet|betcha)\b|\bby all means\b|\bfor sure\b", True),
    (
        r"\blet'?s (?:do|go)\b|\bten four\b|\b10[ -]?4\b|\bsend it\b",
        True,
    ),
    (r"\b(?:uh[ -]?uh|nuh[ -]?uh|huh[ -]?uh|unh[ -]?unh)\b", False),
    (r"\bof course not\b|\babsolutely not\b|\bdefinitely not\b|\bcertainly not\b|\bno way\b|\bhell no\b", False),
    (r"\bnot (?:right|correct|really|now|yet|today|that|quite|at all|the right)\b", False),
    (r"\b(?:do|would|will|did|am|is|are|was|should|could|does|have) not\b|\bi'?d rather not\b|\bi pass\b", False),
    (r"\bdon'?t\b(?: \w+){0,3}|\bi'?ll pass\b|\bforget (?:it|that)\b|\bhold off\b", False),
    (r"\b(?:leave|keep) (?:it|that|things|everything|my \w+)\b", False),
    (r"\b(?:never ?mind|nvm)\b|\bi changed my mind\b|\bno thank(?:s| you)\b|\bno good\b", False),
    (r"\b(?:that'?s|it'?s|that is|it is) (?:not|wrong|incorrect)\b", False),
)
_PATTERNS = tuple((re.compile(pattern), answer) for pattern, answer in _PHRASES)
_SLIPS = {"yse": "yes", "eys": "yes", "ye": "yes", "yeh": "yes", "yex": "yes", "tes": "yes", "ues": "yes", "yed": "yes",
          "noe": "no", "nno": "no", "on": "no", "npe": "no", "nop": "no", "nto": "not"}  # fmt: skip
_NO_SLIPS = bag("year years night light might hope rope note nose none pure cure sire year's")
_WHOLE = {"👍": True, "👎": False, "shore": True, "oak hay": True, "oak kay": True, "oh kay": True}
"""Answers that count only where nothing else is said: "North Shore" is a place."""
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_CORRECTIONS = re.compile(r"\b(?:i mean|i meant|actually|sorry|wait|scratch that|on second thoughts?|hang on)\b")
_HEDGES = re.compile(
    r"^(?:(?:um+|uh+|er|well|hmm+|so)[ ,]+)*"
    r"(?:maybe|perhaps|i'?m not sure|not sure|i don'?t know|dunno|no idea|what|why|how|when|where)\b"
)

_PAUSES = re.compile(
    r"\b(?:hold|hang) on\b|\b(?:let|lemme) (?:me )?(?:think|check|see|ask|look)\b|\b(?:not|n'?t|un) ?sure\b|"
    r"\b(?:one|a|just a|give me a) (?:sec|second|minute|min|moment)\b|\bthink about (?:it|that)\b"
)
"""Somebody who wants time: neither a yes nor a no, unless one follows."""
_ASKS = re.compile(
    r"^(?:(?:um|uh|er|so|and|but|well|ok|okay|hmm)[ ,]+)*(?:(?:do (?:i|you|we|they)|"
    r"(?:does|did|will|would|can|could|should|am|is|are|may|was) (?:i|it|that|this|they|there|you|we|my|the))\b|"
    r"what|when|where|which|who|how)\b"
)
"""A question opens otherwise than an answer: "do I lose my money?" holds no yes."""
_YEAH_NO = re.compile(
    r"^(?:yeah|yes|yep|ok|okay|well|um|uh)[ ,]+(?:no|nope|nah)\b(?! (?:problem|worries|doubt|objection|issue))"
)
"""The opening of "yeah no that's wrong", a no, and of "yeah no that's perfect", a yes."""
_WHY_YES = re.compile(r"why (?:not|yes|sure|of course|certainly)\b")
_NO_YEAH = re.compile(r"^(?:no|nah)[ ,]+(?=(?:yeah|yes|yep)\b)")
_FLAT_NO = bag("no nope nah naw never")

_LAST = frozenset({"last", "final", "bottom", "ultimo", "último"})
_NOT_ORDINALS = bag("thirds seconds fort forty sixty seventy fifty firs fist birth word six seven five")
_REFUSING = bag("not don't dont isn't isnt")
_BEFORE_REFUSED = bag("the number option choice want like take that")
_FIRST = frozenset({"top", "former"})
_SPANISH = {"primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "uno": 1, "dos": 2,
            "tres": 3, "cuatro": 4, "cinco": 5}  # fmt: skip
_MARKERS = bag("number option choice item # no num pick press choose the nr")
_SAID = {
    "ay": 1, "won": 1, "be": 2, "bee": 2, "to": 2, "too": 2, "see": 3, "sea": 3, "cee": 3, "tree": 3, "dee": 4,
    "for": 4, "fore": 4, "fife": 5, "sex": 6, "ate": 8,
}  # fmt: skip


def read_yes_no(text: str) -> bool | None:
    """True for a yes, False for a no, None when the message is neither (or both without a correction).

    A correction counts: "no, I mean yes" is a yes.
    """
    lowered = text.lower().replace("’", "'").strip()
    whole = _whole(lowered)
    if whole is not None:
        return whole
    if len(lowered.split()) <= 2 and _yes_no(lowered) is None and not _PAUSES.search(lowered):
        lowered = " ".join(_meant(word) for word in heard_as(lowered).split())
    corrected = _CORRECTIONS.split(lowered)
    if len(corrected) > 1:
        for part in reversed(corrected):
            answer = _yes_no(part)
            if answer is not None:
                return answer
        asks = any(_ASKS.match(part.strip(" ,.!")) for part in corrected)
        return False if re.search(r"\bwait\b", lowered) and not asks else None
    return _yes_no(lowered)


def _whole(lowered: str) -> bool | None:
    """A thumb up or down, once or more, or a yes as it was misheard, where that is all of the message."""
    bare = _TONES.sub("", lowered).strip(" ,.!")
    return _WHOLE.get(bare[:1] if bare and not bare.replace(bare[0], "").strip() else bare)


def _meant(word: str) -> str:
    """A short answer as it was meant to be spelled: stretched letters taken out, one slip repaired."""
    bare = re.sub(r"(.)\1+", r"\1", word.strip(" ,.!?"))
    if bare in _YES | _NO or bare in _SLIPS:
        return _SLIPS.get(bare, bare)
    if len(word) >= 4 and word not in _NO_SLIPS:
        return nearest(word, ("yeah", "sure", "okay", "correct", "right", "confirm", "nope", "absolutely"), 1) or word
    return word


def _yes_no(lowered: str) -> bool | None:
    lowered = lowered.strip(" ,.!;:-")
    if not lowered or ((_HEDGES.match(lowered) or _ASKS.match(lowered)) and not _WHY_YES.match(lowered)):
        return None
    lowered = _NO_YEAH.sub("", lowered)  # "no yeah go ahead"
    yeah_no = _YEAH_NO.match(lowered)
    if yeah_no is not None:
        return _yes_no(lowered[yeah_no.end() :]) or False
    opening = re.match(r"[a-zí']+", lowered)
    first = opening.group() if opening else ""
    rest = _PAUSES.sub(" ", lowered)
    votes: list[bool] = []
    for pattern, answer in _PATTERNS:
        rest, count = pattern.subn(" ", rest)
        if count and answer is not None:
            votes.append(answer)
    if not votes or not all(votes) or first in _FLAT_NO:
        remaining = re.findall(r"[a-zí']+", rest)
        said_no = any(word in _NO for word in remaining)
        said_yes = any(word in _YES for word in remaining)
        votes += [False] * said_no + [True] * said_yes
    if not votes:
        return None
    if len(set(votes)) == 1:
        return votes[0]
    if first in _NO - {"not", "cancel"}:
        return False
    return first in _YES - {"please", "good", "great", "fine", "right", "ok", "okay"}


def read_choice(text: str, count: int, titles: Sequence[str] = ()) -> int | None:
    """Which of `count` choices is meant, counted from 1, or None.

    Reads numbers ("2", "number two", "option b"), ordinals ("the second one", "last one", "the former"), and,
    where `titles` are given, words that only one title has.
    """
    heard = heard_as(text) if len(text.split()) <= 5 else text
    row = [_ordered(word) for word in words(heard) if word.norm not in _POLITE]
    named = _by_title(row, titles)
    counted = _by_count(row, count)
    if counted is not None and (named is None or len(row) <= 4):
        return counted
    return named if named is not None else counted


_POLITE = bag(", . ! ? ' please pls plz thanks um uh er")


def _ordered(word: Word) -> Word:
    """An ordinal or "last" that was misspelled, as it was meant."""
    if len(word.norm) < 4 or word.norm in ORDINALS or word.norm in _LAST or word.norm in _NOT_ORDINALS:
        return word
    meant = nearest(word.norm, ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), 1)
    return Word(meant, meant, word.start, word.end) if meant else word


def _by_count(row: Sequence[Word], count: int) -> int | None:
    """The choice that is counted out, and never one that is turned down ("the other one, not the first")."""
    kept, refused = _without_refused(row, count)
    choice = _counted(kept, count)
    if choice is not None or not refused:
        return choice if choice not in refused else None
    others = [other for other in range(1, count + 1) if other not in refused]
    return others[0] if len(others) == 1 and any(word.norm == "other" for word in kept) else None


def _without_refused(row: Sequence[Word], count: int) -> tuple[list[Word], frozenset[int]]:
    """The words left when "not the first one" is taken out, and the choices so turned down."""
    kept: list[Word] = []
    refused: set[int] = set()
    at = 0
    while at < len(row):
        after = _refusal(row, at)
        choice = _counted(row[at + 1 : after], count) if after else None
        if after and choice is not None:
            refused.add(choice)
            at = after
        else:
            kept.append(row[at])
            at += 1
    return kept, frozenset(refused)


def _refusal(row: Sequence[Word], at: int) -> int:
    """The place after a choice that is turned down at `at` ("not the first one", "don't want number two"), or 0."""
    norms = [word.norm for word in row]
    if norms[at] not in _REFUSING or (at and norms[at - 1] == "why"):
        return 0
    place = at + 1
    while place < len(row) and norms[place] in _BEFORE_REFUSED:
        place += 1
    number = ordinal(row, place) or cardinal(row, place)
    after = number[1] if number else place + 1 if norms[place : place + 1] and norms[place] in _LAST | _FIRST else 0
    if after and norms[after : after + 1] in (["to"], ["from"]):
        after += 2 + (norms[after + 1 : after + 2] == ["the"])
    elif after and norms[after : after + 1] == ["last"] and number:
        after += 1
    return after + (norms[after : after + 1] in (["one"], ["1"])) if after else 0


def _beside(row: Sequence[Word], at: int, count: int) -> tuple[int, int] | None:
    """The choice next to another one ("the one after the first", "the one before the last"), and the place after."""
    norms = [word.norm for word in row]
    if norms[at] not in {"after", "before"} or norms[at - 1 : at] not in (["one"], ["option"], ["choice"]):
        return None
    place = at + 1 + (norms[at + 1 : at + 2] == ["the"])
    number = None if norms[place : place + 1] and row[place].is_number else ordinal(row, place)
    if norms[place : place + 1] and norms[place] in _LAST:
        number = (count, place + 1)
    if number is None or norms[number[1] : number[1] + 1] == ["of"]:
        return None
    after = number[1] + (norms[number[1] : number[1] + 1] == ["one"])
    return number[0] + (1 if norms[at] == "after" else -1), after


def _counted(row: Sequence[Word], count: int) -> int | None:
    found: list[int] = []
    norms = [word.norm for word in row]
    at = 0
    while at < len(row):
        norm = norms[at]
        before = norms[at - 1] if at else ""
        following = norms[at + 1] if at + 1 < len(norms) else ""
        place = ordinal(row, at)
        number = cardinal(row, at)
        beside = _beside(row, at, count)
        if beside is not None:
            found.append(beside[0])
            at = beside[1] - 1
        elif norm in _LAST:
            back = 1
            found.append(count - back + 1)
        elif norm == "latter":
            found.append(count)
        elif norm in _FIRST:
            found.append(1)
        elif norm == "middle" and count % 2:
            found.append(count // 2 + 1)
        elif place:
            after = norms[place[1]] if place[1] < len(norms) else ""
            if after in _LAST or after in {"to", "from"}:
                found.append(count - place[0] + 1)
                at = place[1] + (after in {"to", "from"} and norms[place[1] + 1 : place[1] + 2] != [])
            elif not (place[0] == 1 and following in {"of", "thing"}):
                found.append(place[0])
                at = place[1] - 1
        elif norm in _SPANISH:
            found.append(_SPANISH[norm])
        elif norm == "1" and (before in _LAST or (at and (ordinal(row, at - 1) or (at > 1 and ordinal(row, at - 2))))):
            pass
        elif number and not (norm == "one" and _is_pronoun(norms, at)):
            if following not in {"am", "pm", "a.m", "p.m", "o'clock", ":", "/"} and before not in {":", "/"}:
                found.append(number[0])
                at = number[1] - 1
        elif len(norm) == 1 and norm.isalpha() and _is_letter_choice(norms, at, count):
            found.append(ord(norm) - ord("a") + 1)
        elif norm in _SAID and (len(row) == 1 or before in _MARKERS - {"the", "no"}):
            found.append(_SAID[norm])
        at += 1
    allowed = [choice for choice in found if 1 <= choice <= count]
    return allowed[-1] if allowed and len(allowed) == len(found) else None


def _is_pronoun(norms: Sequence[str], at: int) -> bool:
    """Whether "one" stands for a noun ("the second one", "that one") and is no number."""
    if at == 0 or norms[at - 1] in {"number", "option", "choice", "#", "item", "pick", "press", "choose", "say"}:
        return False
    return len(norms) > 1


def _is_letter_choice(norms: Sequence[str], at: int, count: int) -> bool:
    index = ord(norms[at]) - ord("a") + 1
    if not 1 <= index <= count:
        return False
    return len(norms) == 1 or (at > 0 and norms[at - 1] in {"option", "choice", "letter", "answer", "pick"})


def _by_title(row: Sequence[Word], titles: Sequence[str]) -> int | None:
    """The one title that shares the most of its own words with the message."""
    if not titles:
        return None
    said = {word.norm for word in row if len(word.norm) > 1 or word.is_number}
    parts = [{word.norm for word in words(title) if len(word.norm) > 1 or word.is_number} for title in titles]
    scores = []
    for mine in parts:
        others = [other for other in parts if other is not mine]
        own = {word for word in mine if not any(word in other for other in others)}
        scores.append(len(own & said))
    best = max(scores)
    return scores.index(best) + 1 if best and scores.count(best) == 1 else None
