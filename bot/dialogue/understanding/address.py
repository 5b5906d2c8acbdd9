"""An address as it is said (whole, as a street alone, or one part put right), and its parts as they are written.

Callers say everything in one breath and without commas, so an address is read from its end: postal code, state, and
then the city, which begins where the street ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.dialogue.regions import REGIONS
from bot.dialogue.understanding.postal import fits, is_plain, region_names
from bot.dialogue.understanding.repairs import repair_of
from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.understanding.yes_no import is_question
from bot.nlu.values import read_digits, read_yes_no
from bot.nlu.values.words import bag, cardinal, words

PARTS = ("line1", "city", "region", "postal_code")
"""The parts of an address in the order in which they are asked for."""

MILITARY = {"AE": "Armed Forces Europe", "AP": "Armed Forces Pacific", "AA": "Armed Forces Americas"}
"""What stands in the place of a state in a military address."""
_POST_OFFICES = bag("apo fpo dpo")

_STREET = re.compile(r"(?:\b(?:to|is|at)|:)\s+(?P<line1>\d+\w?\s+[A-Za-z][A-Za-z0-9 .'-]{1,60}?)\s*[.!]?$")
_PART_SAID = re.compile(
    r"\b(?:the |my )?(?P<part>street|city|town|state|province|(?:zip|postal)(?: code)?|zip)"
    r"(?:(?:['’]?s| is| should be| must be| has to be| was supposed to be) (?:actually |really )?(?:not .{1,40} but )?"
    r"|[ :,]+(?=\d))(?P<value>.{2,80}?)"
    r"(?:,? (?:and )?not .{2,40}|[ ,]+(?:sorry|actually|instead|please|my bad))?[.!]?$",
    re.IGNORECASE,
)
_POSTAL_PUT_RIGHT = re.compile(
    r"(?:(?:no+|oh|oops|wait|sorry|actually|it'?s|that'?s|should be|make (?:it|that)|i mean(?:t)?|the|zip|postal|"
    r"code|is|um|uh|correction|my bad)[ ,.:]+)+(?P<a>\d{5})"
    r"(?:[ ,.]+(?:sorry|actually|not \d{5}|instead|please|my bad))*[.!]?"
    r"|(?P<b>\d{5})[ ,.]+(?:(?:sorry|actually|not \d{5}|instead|i mean(?:t)?|my bad)[ ,.!]*)+",
    re.IGNORECASE,
)
""" "Its 78665, sorry": a postal code put right; the bare figures may be anything."""
_UNIT_SAID = re.compile(
    r"^(?:(?:no+|oh|oops|wait|sorry|actually|it'?s|it is|that'?s|there'?s|i'?m|in|also|and|add|plus|put|an?|the|i "
    r"forgot|with)[ ,.:]+)*(?P<unit>(?:apartment|apt|unit|suite|ste|room|lot|floor|#)[. #]*(?:number |no\.? )?"
    r"[a-z]?-?\d{1,5}[a-z]?|(?:apartment|apt|unit|suite) [a-z])(?:[ ,]+(?:sorry|too|also|please|by the way))*[.!]?",
    re.IGNORECASE,
)
""" "It's apartment 3": what belongs to the street, said after it."""
_PART_OF = {
    "street": "line1", "city": "city", "town": "city", "state": "region", "province": "region", "zip": "postal_code",
    "zip code": "postal_code", "postal": "postal_code", "postal code": "postal_code",
}  # fmt: skip
_REGION_CODES = region_names() | {name.lower(): code for code, name in (REGIONS | MILITARY).items()}
_POSTAL = {
    "US": re.compile(r"^\d{5}(-\d{4})?$"),
    "CA": re.compile(r"^[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d$"),
}
_POSTAL_AT_END = re.compile(
    r"(?<![ ,])[ ,]++((?:\d{5}(?:-\d{4})?)|(?:[a-z]\d[a-z][ -]?\d[a-z]\d))[ .!]*$", re.IGNORECASE
)
_STREET_WORDS = bag(
    "street st avenue ave av road rd drive dr lane ln boulevard blvd court ct place pl way circle cir highway hwy "
    "parkway pkwy terrace ter trail trl square sq route rt pike plaza alley loop run path crescent cres row broadway"
)
_UNITS = bag("apartment apt unit suite ste floor fl room rm lot box number #")
_DIRECTIONS = bag("n s e w ne nw se sw north south east west northeast northwest southeast southwest")
_NO_CITY = bag(
    "i you who what it is are was do does did how when where why can could will would not don't dont this that your "
    "please wait ok okay sorry thanks thank yes no yeah hello hi have has they we send sent change moved because so"
)
_LETTERS = {
    "bee": "b", "be": "b", "see": "c", "sea": "c", "dee": "d", "ee": "e", "eff": "f", "gee": "g", "aitch": "h",
    "jay": "j", "kay": "k", "el": "l", "em": "m", "en": "n", "pea": "p", "are": "r", "ess": "s", "tea": "t",
    "tee": "t", "you": "u", "vee": "v", "ex": "x", "why": "y", "zee": "z", "zed": "z",
}  # fmt: skip
"""How recognizers write a letter that was said alone."""
_LONGEST = 400
"""Characters that are looked at: an address is never longer."""
_LONGEST_PART = 80
_TALK = {
    *("affirm", "deny", "greet", "thanks", "goodbye", "bot_challenge", "help", "stop", "explain", "repeat", "sign_in"),
    *("human_agent", "complaint", "exception_request", "account_access", "test_day_problem"),
}
"""Labels of what is never a city or a street."""
_TALK_SURE = 0.6
_LONGEST_CITY = 5


@dataclass(frozen=True, slots=True)
class AddressSaid:
    """The parts of an address that a message names; `whole` where it names all of them, `street` a street alone."""

    whole: Mapping[str, str] = field(default_factory=dict)
    street: str | None = None
    part: tuple[str, str] | None = None
    """One part by name and its value ("the city is Elgin")."""
    unit: str | None = None
    """An apartment or a suite alone."""


_OF_ONE = _STREET_WORDS | _UNITS | bag("address zip postal code street city town state")


def speaks_of_one(message: UserMessage) -> bool:
    """Whether words beside an address that is shown are about a part of it: a number, or a word of addresses."""
    said = set(re.findall(r"[a-z#]+", message.words))
    figures = any(character.isdigit() for character in message.without_values("test_code"))
    return figures or bool(said & _OF_ONE)


def whole_address(text: str) -> dict[str, str]:
    """The four parts where the text holds a whole address, else nothing."""
    found = parts_in(text)
    return found if len(found) == len(PARTS) else {}


def parts_in(text: str) -> dict[str, str]:
    """The parts of an address that begins with its street, or with its city, as far as its end names them.

    >>> parts_in("412 West Elm Street Apartment 3B Denver Colorado 80202")["city"]
    'Denver'
    """
    rest, postal = _postal_at_end(" ".join(text[:_LONGEST].split()))
    alone = as_written("region", rest.strip(" ,.")) if postal is not None else None
    if alone is not None and postal is not None:
        return {"region": alone, "postal_code": postal}
    rest, region = _region_at_end(rest)
    if region is None:
        street, comma, city = rest.rpartition(",")
        named = comma and any(character.isdigit() for character in street) and is_city(city)
        return {"line1": street.strip(" ,"), "city": city.strip()} if named else {}
    found = {"region": region} | ({"postal_code": postal} if postal is not None else {})
    street, city = _street_and_city(_from_its_number(rest))
    if street:
        found["line1"] = street
    if city:
        found["city"] = city
    return found


def _postal_at_end(text: str) -> tuple[str, str | None]:
    typed = _POSTAL_AT_END.search(text)
    if typed is not None:
        return text[: typed.start()], _postal_code(typed.group(1))
    said = text.split(" ")
    for length in range(min(10, len(said) - 1), 2, -1):
        postal = as_written("postal_code", " ".join(said[-length:]))
        if postal is not None:
            return " ".join(said[:-length]), postal
    return text, None


def _region_at_end(text: str) -> tuple[str, str | None]:
    said = text.strip(" ,.").replace(",", " , ").split()
    for length in (3, 2, 1):
        name = " ".join(said[-length:]).strip(" .").lower()
        code = _REGION_CODES.get(name) or (name.upper() if name.upper() in REGIONS | MILITARY else None)
        if code is not None and len(said) > length:
            return " ".join(said[:-length]).replace(" , ", ", ").strip(" ,"), code
    return text, None


def _from_its_number(text: str) -> str:
    """The text from the number of the house, or the box, on; a number said in words as figures."""
    box = re.search(r"\b(?:psc|cmr|unit|rr|hc|urb|p\.? ?o\.? box|general delivery|rural route)\b", text, re.IGNORECASE)
    typed = re.search(r"\b\d", text)
    if box is not None and (typed is None or box.start() < typed.start()):
        return text[box.start() :]
    if typed is not None:
        return text[typed.start() :]
    row = words(text)
    first = next((at for at in range(len(row)) if cardinal(row, at)), None)
    if first is None:
        return text
    said, at = "", first
    while at < len(row) and (number := cardinal(row, at)) is not None:
        said, at = said + str(number[0]), number[1]
    return f"{said}{text[row[at - 1].end :]}" if at < len(row) else text


def _street_and_city(text: str) -> tuple[str, str]:
    """Where the city begins: after the last comma, else after the street and what belongs to it."""
    text = text.strip(" ,")
    if "," in text:
        street, _, city = text.rpartition(",")
        if is_city(city):
            return (street.strip(" ,"), city.strip()) if any(c.isdigit() for c in street) else ("", text)
    said = text.split()
    plain = [word.lower().strip(".,#") for word in said]
    office = next((at for at, word in enumerate(plain) if word in _POST_OFFICES), None)
    if office:
        return " ".join(said[:office]).strip(" ,"), plain[office].upper()
    if not any(character.isdigit() for character in text):
        return "", text if is_city(text) else ""
    ends = _end_of_street(said, plain)
    city = " ".join(said[ends:])
    return (" ".join(said[:ends]).strip(" ,"), city) if ends and is_city(city) else (text, "")


def _end_of_street(said: list[str], plain: list[str]) -> int:
    """The place after the street with its direction and its apartment; 0 where no word tells it."""
    ends = 0
    for at, word in enumerate(plain):
        if at and word in _STREET_WORDS and at + 1 < len(plain):
            ends = at + 1
        elif word in _UNITS or said[at].startswith("#"):
            ends = at + 1 if said[at][1:] and said[at].startswith("#") else at + 2
            if ends < len(plain) - 1 and len(plain[ends]) == 1 and plain[ends].isalpha():
                ends += 1  # "apartment three b"
        elif at and any(character.isdigit() for character in word):
            ends = max(ends, at + 1)
    while 0 < ends < len(plain) - 1 and plain[ends] in _DIRECTIONS:
        ends += 1
    return ends if ends < len(plain) else 0


_UNIT_AT_END = re.compile(
    r"(?<![ ,])[ ,]++(?:apartment|apt|unit|suite|ste|room|lot|floor|#)[. #]*+[\w-]{1,6}$", re.IGNORECASE
)


def without_unit(street: str) -> str:
    """A street without the apartment that stands at its end."""
    return _UNIT_AT_END.sub("", street)


def is_city(text: str) -> bool:
    """Whether words can be the name of a city."""
    said = re.findall(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*", text)
    letters = re.sub(r"[\s.,'’-]", "", text)
    return 0 < len(said) <= _LONGEST_CITY and letters.isalpha() and not {word.lower() for word in said} & _NO_CITY


def can_be(part: str, message: UserMessage) -> bool:
    """Whether a message can be a part of an address that is asked for, rather than talk."""
    if message.asks or is_question(message) or repair_of(message) is not None:
        return False
    text = message.text.strip(" .!,")
    if part == "postal_code":
        one_word = message.length == 1 and message.label not in _TALK  # meant as one, and told how one looks
        return one_word or as_written(part, text) is not None or any(character.isdigit() for character in text)
    if message.label in _TALK and message.confidence >= _TALK_SURE and not any(c.isdigit() for c in text):
        return False
    if part == "line1":
        return len(text) >= 2 and _names_a_place(text)
    if parts_in(text):
        return True
    if as_written("region", text) is not None:
        return True
    return is_city(text) and read_yes_no(text) is None


def _names_a_place(text: str) -> bool:
    """Whether there is a number, in figures or in words, or a word that a street has."""
    row = words(text)
    said = {word.norm for word in row}
    numbered = any(word.is_number or cardinal(row, at) for at, word in enumerate(row))
    named = said & ((_STREET_WORDS | _UNITS | _POST_OFFICES) - {"number"})
    return len(row) > 1 and (numbered or bool(named))


def country_of(postal_code: str) -> str | None:
    """The country whose postal codes look like this ("US", "CA"), or None."""
    return next((country for country, pattern in _POSTAL.items() if pattern.match(postal_code)), None)


def as_written(part: str, said: str) -> str | None:
    """One part of an address as it is written ("illinois" → "IL"), or None where it cannot be such a part."""
    value = " ".join(said.split()).strip(" .,")
    if part == "postal_code":
        return _postal_code(value)
    if part == "region":
        code = _REGION_CODES.get(value.lower(), value.upper())
        return code if code in REGIONS | MILITARY else None
    if not is_plain(value):
        return None
    if not 2 <= len(value) <= _LONGEST_PART or not any(character.isalpha() for character in value):
        return None
    return " ".join(word[:1].upper() + word[1:] for word in value.split()) if value.islower() else value


def lies_in(region: str, postal_code: str) -> bool:
    """Whether a postal code belongs to a state or province, so that one of the two was not misheard."""
    return fits(region, postal_code)


def _postal_code(value: str) -> str | None:
    """A postal code as it is typed, or said figure by figure and letter by letter."""
    if country_of(value) is not None:
        value = value.upper().replace("-", " ") if value[:1].isalpha() else value
        return f"{value[:3]} {value[-3:]}" if value[:1].isalpha() else value
    joined = value.replace(" ", "")
    if joined.isdigit() and len(joined) in {5, 9}:
        return joined if len(joined) == 5 else f"{joined[:5]}-{joined[5:]}"
    digits = read_digits(value)
    if digits is not None and len(digits) in {5, 9}:
        return digits if len(digits) == 5 else f"{digits[:5]}-{digits[5:]}"
    signs = "".join(_sign(word) for word in re.findall(r"[a-z]+|\d", value.lower()))
    if country_of(signs) is None:
        return None
    return f"{signs[:3]} {signs[3:]}".upper() if not signs.isdigit() else signs


def _sign(word: str) -> str:
    """One figure or letter of a postal code; anything else can be no part of one."""
    if len(word) == 1:
        return word
    number = cardinal(words(word), 0)
    if word == "oh":
        return "0"
    return str(number[0]) if number is not None else _LETTERS.get(word, "?")


def address_said(message: UserMessage) -> AddressSaid:
    """What a message says of an address."""
    text = message.text[:_LONGEST]
    whole, street, part = whole_address(text), _STREET.search(text), _PART_SAID.search(text)
    named = (_PART_OF[part.group("part").lower()], part.group("value").strip(" .!,")) if part is not None else None
    if named is not None and not _may_be(*named):
        named = None  # "the city is wrong", "the street is spelled with a k": no value
    asks = is_question(message) or message.act == "question"
    postal = _POSTAL_PUT_RIGHT.fullmatch(text.strip())
    if postal is not None:
        named = ("postal_code", postal["a"] or postal["b"])
    unit = _UNIT_SAID.fullmatch(text.strip())
    return AddressSaid(
        whole,
        street.group("line1") if street is not None and not whole else None,
        named if not asks else None,
        unit["unit"] if unit is not None and not is_question(message) else None,
    )


def _may_be(part: str, value: str) -> bool:
    """Whether words after the name of a part can be that part rather than something said of it."""
    if {word.lower() for word in re.findall(r"[^\W\d_]+", value)} & _SAID_OF_IT:
        return False
    if part == "line1":
        return _names_a_place(value)
    return is_city(value) if part == "city" else as_written(part, value) is not None


_SAID_OF_IT = bag(
    "wrong right correct incorrect fine good missing misspelled spelled spelt off old new same different mine there "
    "still already or what which whose and"
)
"""Words that say something of a part of an address, and are in none."""
_NAMED_PARTS = bag(
    "address street st ave avenue road city town state zip postal code apartment apt unit suite number house spelled "
    "spelling spell typo letter digit digits n s e w ne nw se sw north south east west"
)
_WHAT_IS_THERE = re.compile(
    r"\b(?:is|was|are|did|do|does|have|has|got|get|put|which|what(?:'?s)?|spell\w*|right|correct|say|says|wrote|written)\b"
)
_OF_ITS_WAY = re.compile(
    r"\b(?:how long|when|why|who|where (?:do|does|will|would)|certificates?|mail\w*|sen[dt]|ship\w*|cost|fee|test|"
    r"tests|exam|center|site|later|old|county|need|have to|required)\b"
)


def asks_what_is_there(message: UserMessage, parts: Iterable[str]) -> bool:
    """Whether it asks how an address stands that is being given ("is that w or e", "which zip did you put").

    `parts`: those that are known so far.
    """
    if message.pressed or _OF_ITS_WAY.search(message.words) or not _WHAT_IS_THERE.search(message.words):
        return False
    said = set(re.findall(r"[a-z]+|\d+", message.words))
    known = {word for part in parts for word in re.findall(r"[a-z]+|\d+", part.lower())}
    return (checks(message) or message.act == "question") and bool(said & (_NAMED_PARTS | known))


def checks(message: UserMessage) -> bool:
    """Whether it asks, be it by no more than a word at its end ("oak street with a k, right")."""
    return is_question(message) or _RIGHT_AT_END.search(message.words) is not None


_RIGHT_AT_END = re.compile(r"\w[ ,]+(?:right|correct|huh|yeah|yes|isn'?t it)\W*$")
