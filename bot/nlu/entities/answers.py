"""Answers to prompts: yes or no, and which of the choices offered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.nlu.entities.hearing import heard_as, nearest
from bot.nlu.entities.words import ORDINALS, Word, bag, cardinal, ordinal, words

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
    (r"\bcan'?t (?:wait|complain)\b", True),
    (r"\b(?:go|move) (?:ahead|for it|on)\b", True),
    (r"\b(?:do|book|make|take|cancel|move|schedule|confirm|change|send|submit) (?:it|that)\b", True),
    (r"\b(?:sounds|looks|seems|works|is|it's|that's|thats|all) (?:good|great|right|fine|correct|ok|okay)\b", True),
    (r"\b(?:that|which|it) works\b", True),
    (r"\bworks for me\b", True),
    (r"\bthat'?s (?:it|me|the one|what i want)\b", True),
    (r"\bthat is (?:it|me|the one|correct|right)\b", True),
    (r"\bi (?:do|am|did|would|will|want to|have)\b(?= ?(?:$|[,.!;]|(?:yes|yeah|please|thanks?|indeed|so|too|want|"
     r"confirm|agree|like that|like to|love to|do it|do that|that|it)\b))", True),
    (r"\bi'?d (?:like|love) (?:to|that|it)\b", True),
    (r"\buh[ -]?huh\b|\bmm[ -]?hmm?\b|\bmhmm?\b", True),
    (r"\bof course\b(?! not)", True),
    (r"\byou (?:got|bet|know) it\b|\byou bet\b|\bby all means\b|\bfor sure\b", True),
    (
        r"\blet'?s (?:do|go)\b|\bten four\b|\b10[ -]?4\b|\bsend it\b",
        True,
    ),
    (r"\b(?:uh[ -]?uh|nuh[ -]?uh|huh[ -]?uh|unh[ -]?unh)\b", False),
    (r"\bof course not\b|\babsolutely not\b|\bdefinitely not\b|\bcertainly not\b|\bno way\b|\bhell no\b", False),
    (r"\bnot (?:right|correct|really|now|yet|today|that|quite|at all|sure|the right)\b", False),
    (r"\b(?:do|would|will|did|am|is|are|was|should|could|does|have) not\b|\bi'?d rather not\b|\bi pass\b", False),
    (r"\bdon'?t\b(?: \w+){0,3}|\bi'?ll pass\b|\bnever ?mind\b|\bforget (?:it|that)\b|\bhold (?:on|off)\b", False),
    (r"\b(?:leave|keep) (?:it|that|things|everything|my \w+)\b", False),
    (r"\blet me think\b|\bi changed my mind\b|\bno thank(?:s| you)\b|\bno good\b", False),
    (r"\b(?:that'?s|it'?s|that is|it is) (?:not|wrong|incorrect)\b", False),
)
_PATTERNS = tuple((re.compile(pattern), answer) for pattern, answer in _PHRASES)
_SLIPS = {"yse": "yes", "eys": "yes", "ye": "yes", "yeh": "yes", "yex": "yes", "tes": "yes", "ues": "yes", "yed": "yes",
          "noe": "no", "nno": "no", "on": "no", "npe": "no", "nop": "no", "nto": "not"}  # fmt: skip
_NO_SLIPS = bag("year years night light might hope rope note nose none pure cure sire year's")
_CORRECTIONS = re.compile(r"\b(?:i mean|i meant|actually|sorry|wait|scratch that|on second thoughts?|hang on)\b")
_HEDGES = re.compile(r"^(?:maybe|perhaps|i'?m not sure|not sure|i don'?t know|dunno|no idea|what|why|how|when|where)\b")

_LAST = frozenset({"last", "final", "bottom", "ultimo", "último"})
_NOT_ORDINALS = bag("thirds seconds fort forty sixty seventy fifty firs fist birth word six seven five")
_FIRST = frozenset({"top", "former"})
_SPANISH = {"primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "uno": 1, "dos": 2,
            "tres": 3, "cuatro": 4, "cinco": 5}  # fmt: skip
_MARKERS = bag("number option choice item # no num pick press choose the nr")
_SAID = {"won": 1, "to": 2, "too": 2, "tree": 3, "for": 4, "fore": 4, "fife": 5, "sex": 6, "ate": 8}


def read_yes_no(text: str) -> bool | None:
    """True for a yes, False for a no, None when the message is neither (or both without a correction).

    A correction counts: "no, I mean yes" is a yes.
    """
    lowered = text.lower().replace("’", "'").strip()
    if len(lowered.split()) <= 2 and _yes_no(lowered) is None:
        lowered = " ".join(_meant(word) for word in heard_as(lowered).split())
    corrected = _CORRECTIONS.split(lowered)
    if len(corrected) > 1:
        for part in reversed(corrected):
            answer = _yes_no(part)
            if answer is not None:
                return answer
        return False if re.search(r"\bwait\b", lowered) else None
    return _yes_no(lowered)


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
    if not lowered or (_HEDGES.match(lowered) and not lowered.startswith("why not")):
        return None
    opening = re.match(r"[a-zí']+", lowered)
    rest = lowered
    votes: list[bool] = []
    for pattern, answer in _PATTERNS:
        rest, count = pattern.subn(" ", rest)
        if count and answer is not None:
            votes.append(answer)
    if not votes or not all(votes):
        remaining = re.findall(r"[a-zí']+", rest)
        said_no = any(word in _NO for word in remaining)
        said_yes = any(word in _YES for word in remaining)
        votes += [False] * said_no + [True] * said_yes
    if not votes:
        return None
    if len(set(votes)) == 1:
        return votes[0]
    first = opening.group() if opening else ""
    if first in _NO - {"not", "cancel"}:
        return False
    return first in _YES - {"please", "good", "great", "fine", "right", "ok", "okay"}


def read_choice(text: str, count: int, titles: Sequence[str] = ()) -> int | None:
    """Which of `count` choices is meant, counted from 1, or None.

    Reads numbers ("2", "number two", "option b"), ordinals ("the second one", "last one", "the former"), and,
    where `titles` are given, words that only one title has.
    """
    heard = heard_as(text) if len(text.split()) <= 5 else text
    row = [_ordered(word) for word in words(heard) if word.norm not in {",", ".", "!", "?", "'"}]
    named = _by_title(row, titles)
    counted = _by_count(row, count)
    if counted is not None and (named is None or len(row) <= 4):
        return counted
    return named if named is not None else counted


def _ordered(word: Word) -> Word:
    """An ordinal or "last" that was misspelled, as it was meant."""
    if len(word.norm) < 4 or word.norm in ORDINALS or word.norm in _LAST or word.norm in _NOT_ORDINALS:
        return word
    meant = nearest(word.norm, ("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), 1)
    return Word(meant, meant, word.start, word.end) if meant else word


def _by_count(row: Sequence[Word], count: int) -> int | None:
    found: list[int] = []
    norms = [word.norm for word in row]
    at = 0
    while at < len(row):
        norm = norms[at]
        before = norms[at - 1] if at else ""
        following = norms[at + 1] if at + 1 < len(norms) else ""
        place = ordinal(row, at)
        number = cardinal(row, at)
        if norm in _LAST:
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
        elif norm == "1" and (before in _LAST or (at and ordinal(row, at - 1))):
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
