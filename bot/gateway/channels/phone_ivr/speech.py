"""From spoken wording to what a synthesiser takes: sentences, pauses, and letters and digits one by one.

The wording itself comes ready for the ear. What is left here is to cut it where a voice should breathe and to make
sure that a code, an ID or a number that slipped in as it is written is read out and not swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

MAX_SAY = 3_000
"""Characters spoken by one verb at most; providers stop at about 4,000."""
BEFORE_QUESTION = "400ms"
AFTER_QUESTION = "900ms"
"""After a question that something else follows: the caller may answer already."""
BETWEEN_PARAGRAPHS = "600ms"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S*[^\s.,;:!?)]|\b[a-z0-9-]+\.(?:com|org|net)(?:/\S*[^\s.,;:!?)])?", re.I)
_MARKS = re.compile(r"\*\*|__|`|^\s*[-*#]+\s+", re.M)
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])")
_INITIALS = re.compile(r"\b[A-Z]\.$")
_PART = re.compile(
    r"(?P<id>\bASE-(\d{4})-(\d{4})\b)"
    r"|(?P<phone>(?:\+1 ?|\b1-)?\(?\b\d{3}\)?[- ]\d{3}-\d{4}\b|\+\d{8,15}\b)"
    r"|(?P<code>\b[A-Z]\d{1,2}R?\b)"
    r"|(?P<digits>\b\d{5,}\b)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence. `how`: None as it is, else "characters" or "digits" one by one, or "telephone"."""

    text: str
    how: str | None = None

    @property
    def plain(self) -> str:
        """For a voice without markup: letters and digits set apart, groups by commas."""
        if self.how is None:
            return self.text
        if self.how == "telephone":
            groups = [" ".join(group) for group in re.findall(r"\d+", self.text)]
            return ", ".join(groups)
        return " ".join(self.text)


def clean(text: str) -> str:
    """Without markup, links and characters that no document may hold; on one line."""
    text = _LINK.sub(r"\1", _NOT_XML.sub("", text))
    text = _ADDRESS.sub("the web page", _MARKS.sub("", text))
    return " ".join(text.split())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with its end mark. Initials ("J. Reyes") do not end one."""
    found: list[str] = []
    start = 0
    cleaned = clean(text)
    for cut in _END.finditer(cleaned):
        if _INITIALS.search(cleaned[start : cut.start()].rstrip("\"')]")):
            continue
        found.append(cleaned[start : cut.start()].strip() + cut.group().strip())
        start = cut.end()
    rest = cleaned[start:].strip()
    if rest:
        found.append(rest)
    return tuple(found)


def in_two(paragraphs: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is told, and the question at its end; all of it is told where it ends with none."""
    said = tuple(sentence for paragraph in paragraphs for sentence in sentences(paragraph))
    asked = next((at for at in range(len(said) - 1, -1, -1) if said[at].endswith("?")), len(said))
    return (said[:asked], said[asked:]) if 0 < asked < len(said) else ((), tuple(paragraphs))


def parts(sentence: str) -> Iterator[Part]:
    """A sentence in stretches, so that IDs, codes and long numbers are read one by one."""
    at = 0
    for found in _PART.finditer(sentence):
        if found.start() > at:
            yield Part(sentence[at : found.start()])
        at = found.end()
        if found["id"]:
            yield Part("ASE", "characters")
            yield Part(", ")
            yield Part(found[2], "digits")
            yield Part(", ")
            yield Part(found[3], "digits")
        elif found["phone"]:
            yield Part(found["phone"], "telephone")
        elif found["code"]:
            again = found["code"].endswith("R")
            yield Part(found["code"].removesuffix("R"), "characters")
            if again:
                yield Part(" recertification")
        else:
            yield Part(found["digits"], "digits")
    if at < len(sentence):
        yield Part(sentence[at:])


def plain(paragraphs: Iterable[str]) -> str:
    """Everything as plain text, for a voice that takes no markup."""
    said = (sentence for paragraph in paragraphs for sentence in sentences(paragraph))
    return " ".join("".join(part.plain for part in parts(sentence)) for sentence in said)


def batches(paragraphs: Iterable[str], most: int = MAX_SAY) -> list[list[tuple[str, ...]]]:
    """Paragraphs as lists of sentences, in batches of at most `most` characters; a longer sentence is cut at words."""
    out: list[list[tuple[str, ...]]] = []
    room = 0
    for paragraph in paragraphs:
        fresh = True
        for sentence in (piece for whole in sentences(paragraph) for piece in _pieces(whole, most)):
            if room < len(sentence):
                out.append([])
                room, fresh = most, True
            if fresh:
                out[-1].append(())
            out[-1][-1] += (sentence,)
            room, fresh = room - len(sentence) - 1, False
    return out


def _pieces(sentence: str, most: int) -> Iterator[str]:
    while len(sentence) > most:
        cut = sentence.rfind(" ", 1, most)
        cut = cut if cut > 0 else most
        yield sentence[:cut]
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def voice(element: ET.Element, paragraphs: list[tuple[str, ...]], *, slow: bool = False) -> None:
    """Fill a `Say` or `speak` element: sentences, a breath before the question, codes and numbers one by one."""
    inner = ET.SubElement(element, "prosody", {"rate": "slow"}) if slow else element
    for number, paragraph in enumerate(paragraphs):
        if number:
            ET.SubElement(inner, "break", {"time": BETWEEN_PARAGRAPHS})
        for place, sentence in enumerate(paragraph):
            if place and paragraph[place - 1].endswith("?"):
                ET.SubElement(inner, "break", {"time": AFTER_QUESTION})
            elif place and place == len(paragraph) - 1 and sentence.endswith("?"):
                ET.SubElement(inner, "break", {"time": BEFORE_QUESTION})
            _fill(ET.SubElement(inner, "s"), sentence)


def _fill(element: ET.Element, sentence: str) -> None:
    last: ET.Element | None = None
    for part in parts(sentence):
        if part.how is not None:
            last = ET.SubElement(element, "say-as", {"interpret-as": part.how})
            last.text = part.text
        elif last is None:
            element.text = (element.text or "") + part.text
        else:
            last.tail = (last.tail or "") + part.text


def ssml(paragraphs: Iterable[str], *, slow: bool = False) -> str:
    """Everything as one SSML document."""
    speak = ET.Element("speak")
    for batch in batches(paragraphs):
        voice(speak, batch, slow=slow)
    return ET.tostring(speak, encoding="unicode")
