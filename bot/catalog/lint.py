"""What a text must not have: bare policy numbers, words that cannot be spoken, links nobody vouches for.

Each function takes a text whose placeholders are already replaced by a plain word and gives what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

SENTENCE_WORDS = 25
"""A spoken sentence may have so many words; spelled-out letters ("A S E") count as one."""

WRITTEN_WORDS = 45
SPOKEN_WORDS = 35
"""A statement or gap may have so many words; a placeholder counts as one, and so do spelled-out letters."""

NAMED_NUMBERS = ("EPA Section 609", "Section 609", "EPA 609", "Type 4")
"""Numbers that are part of a name."""

_SMALL = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen"
)
_BIG = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
_UNITS = "day|week|month|year|hour|minute|dollar|cent|percent"
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?:{_SMALL}|{_BIG})(?:-\w+)?[ -](?:(?:full|whole|calendar|business|working)[ -])?(?:{_UNITS})s?"
    rf"|(?:{_BIG})(?:-\w+)?)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b([A-Z][0-9])R?\b")
_LINK = re.compile(r"(?:https?://|www\.)[^\s)\]]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|info)\b[^\s)\]]*", re.I)
_ABBREVIATION = re.compile(
    r"\b(?:[a-z]\.(?:[a-z]\.)+|(?:etc|vs|approx|incl|dept|ext|tel|mr|mrs|ms|dr)\.|(?:eg|ie|appt|acct|w/o?)\b)",
    re.I,
)
_SPELLED = re.compile(r"\b(?:[A-Z] )+[A-Z]\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"\u201d']?\s+")
_SPOKEN_MARKS = set(".,;:!?'\"-\u2019\u201c\u201d\u2013\u2014")
_LIST = re.compile(r"^\s*[-*\u2013\u2014\u2022] ", re.M)
_UNIT_TWICE = re.compile(r"\{[\w.]+\|(?:days|weeks|years|left)\}[ -](?:full )?(?:day|week|year)s?\b")
_WRITTEN = (
    (re.compile(r"^\s{0,3}#", re.M), "a heading"),
    (re.compile(r"^\s*[*+•] ", re.M), 'a list that does not start with "- "'),
    (re.compile(r"^\s*\d+[.)] ", re.M), "a numbered list"),
    (re.compile(r"[`|<>~]"), "code, a table or a tag"),
    (re.compile(r"!\["), "a picture"),
    (re.compile(r"(?<!\*)\*(?!\*)"), "a single * (only **bold** is known)"),
    (re.compile(r"(?<![\w/])_[^_\s]|__"), "an underscore for emphasis (only **bold** is known)"),
)


def bare_numbers(text: str, codes: Collection[str], addresses: Collection[str] = ()) -> Iterator[str]:
    """Numbers, in digits or words, that are no test code, no part of a name and not in a known address."""
    for address in sorted(addresses, key=len, reverse=True):
        text = text.replace(address, " ")
    for name in NAMED_NUMBERS:
        text = text.replace(name, " ")
    text = _CODE.sub(lambda found: " " if found[1] in codes else found[0], text)
    found = [*re.findall(r"\S*\d\S*", text), *(match[0] for match in _NUMBER_WORDS.finditer(text))]
    for number in found:
        yield f'the number "{number}" stands in the text; use a placeholder like {{policy.…}} or leave it out'
    if "$" in text:
        yield "an amount of money stands in the text; use a placeholder"


def unspeakable(text: str) -> Iterator[str]:
    """What a voice cannot read out as it stands."""
    if _LINK.search(text):
        yield f'a link cannot be spoken: "{_first(_LINK, text)}"'
        text = _LINK.sub(" ", text)
    if _ABBREVIATION.search(text):
        yield f'an abbreviation cannot be spoken: "{_first(_ABBREVIATION, text)}"'
    if _LIST.search(text):
        yield "a list cannot be spoken; write sentences"
    marks = sorted({mark for mark in text if not (mark.isalpha() or mark.isspace() or mark in _SPOKEN_MARKS)})
    if marks:
        yield f"these cannot be spoken, write words: {' '.join(marks)}"
    for sentence in _SENTENCE_END.split(text.strip()):
        words = _SPELLED.sub("letters", sentence).split()
        if len(words) > SENTENCE_WORDS:
            start = " ".join(words[:6])
            yield f'a spoken sentence of {len(words)} words (at most {SENTENCE_WORDS}): "{start} …"'


def unwritable(text: str, addresses: Collection[str]) -> Iterator[str]:
    """Markup that the written form does not know: it has paragraphs, **bold**, "- " lists and known links."""
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;:!?*")
        if not any(_bare(address) == _bare(known) for known in addresses):
            yield f'not a known address: "{address}"; known: {", ".join(addresses)}'
    for match in re.finditer(r"\]\(([^)]*)\)", text):
        if not _LINK.fullmatch(match[1]):
            yield f'a link to "{match[1]}"; known addresses: {", ".join(addresses)}'
    if "@" in text:
        yield "an e-mail address; none is known"
    for pattern, name in _WRITTEN:
        if pattern.search(_LINK.sub(" ", text)):
            yield f"{name} is not part of the written form"
    if text.count("**") % 2:
        yield "** is opened and not closed"
    for mark in sorted({mark for mark in text if unicodedata.category(mark) in ("So", "Cs", "Co")}):
        yield f"no emoji or pictographs: {mark}"


def too_long(text: str, most: int) -> Iterator[str]:
    """More words than an answer to one narrow question may have."""
    words = len(_SPELLED.sub("letters", text).split())
    if words > most:
        yield f"{words} words; a narrow question gets at most {most}"


def says_unit_twice(source: str) -> Iterator[str]:
    """A placeholder that already says its unit, followed by that unit."""
    for match in _UNIT_TWICE.finditer(source):
        yield f'"{match[0]}" says the unit twice'


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address).rstrip("/")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
