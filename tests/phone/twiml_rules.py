"""What a TwiML document must be: known verbs, attributes that the provider's own library knows, and never a dead end.

The library says which attributes each verb has; the rest is what goes wrong on real calls: a document that ends the
call by running out of verbs, speech too long, hints too many, a value that no synthesiser takes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from twilio.twiml.voice_response import Dial, Say, SsmlProsody, SsmlS, VoiceResponse

INSIDE: dict[str, set[str]] = {
    "Response": {"Say", "Gather", "Redirect", "Pause", "Dial", "Hangup"},
    "Gather": {"Say", "Pause"},
    "Dial": {"Number", "Sip"},
    "Say": {"s", "break", "prosody"},
    "prosody": {"s", "break"},
    "s": {"say-as"},
    **{leaf: set() for leaf in ("Redirect", "Pause", "Hangup", "Number", "Sip", "break", "say-as")},
}
_BUILDERS: dict[str, Callable[..., Any]] = {
    "Say": VoiceResponse.say,
    "Gather": VoiceResponse.gather,
    "Redirect": VoiceResponse.redirect,
    "Pause": VoiceResponse.pause,
    "Dial": VoiceResponse.dial,
    "Hangup": VoiceResponse.hangup,
    "Number": Dial.number,
    "Sip": Dial.sip,
    "break": Say.break_,
    "prosody": Say.prosody,
    "s": SsmlProsody.s,
    "say-as": SsmlS.say_as,
}
MAX_SAY = 4_000
_SECONDS = re.compile(r"[1-9][0-9]?")


def attributes_of(verb: str) -> set[str]:
    """The attributes that the provider's library gives a verb, spelled as in the document."""
    names = inspect.signature(_BUILDERS[verb]).parameters if verb in _BUILDERS else {}
    if verb == "say-as":
        return {"interpret-as", "format"}
    return {re.sub(r"_(\w)", lambda m: m[1].upper(), name) for name in names} - {"self", "kwargs"}


def check(text: str) -> ET.Element:
    """Parse and check a document; an AssertionError says what is wrong. The root is returned."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root = ET.fromstring(text)
    assert root.tag == "Response"
    assert not root.attrib
    assert len(root), "an empty document ends the call"
    assert root[-1].tag in {"Redirect", "Hangup"}, f"the call would just end after {root[-1].tag}"
    _check(root)
    spoken = [verb for verb in root.iter("Say")]
    assert spoken or root.find("Hangup") is not None or root.find("Pause") is not None, "nothing is said"
    return root


def _check(element: ET.Element) -> None:
    assert element.tag in INSIDE, f"unknown verb {element.tag}"
    for child in element:
        assert child.tag in INSIDE[element.tag], f"{child.tag} inside {element.tag}"
        _check(child)
    if element.tag in _BUILDERS:
        unknown = set(element.attrib) - attributes_of(element.tag)
        assert not unknown, f"{element.tag} has no {unknown}"
    checks = {"Gather": _gather, "Say": _say, "Redirect": _redirect, "Dial": _dial, "say-as": _say_as, "break": _break}
    if element.tag in checks:
        checks[element.tag](element)


def _gather(gather: ET.Element) -> None:
    given = gather.attrib
    assert given["input"] == "dtmf speech"
    assert given["method"] == "POST"
    assert given["actionOnEmptyResult"] == "true"
    assert re.fullmatch(r"(/[a-z]+)?/channels/twilio/turn\?n=[0-9]+(&try=[12])?", given["action"]), given["action"]
    assert _SECONDS.fullmatch(given["timeout"])
    assert _SECONDS.fullmatch(given["speechTimeout"])
    assert given["finishOnKey"] in {"", "#"}
    assert "numDigits" not in given or 1 <= int(given["numDigits"]) <= 20
    assert "numDigits" in given or given["finishOnKey"], "keys would never end"
    hints = given.get("hints", "").split(",")
    assert len(hints) <= 500
    assert all(hint == hint.strip() and len(hint) <= 100 for hint in hints)
    assert len(list(gather.iter("Say"))) >= 1, "nothing is asked"


def _say(say: ET.Element) -> None:
    said = "".join(say.itertext())
    assert said.strip(), "nothing is said"
    assert len(said) <= MAX_SAY
    assert not re.search(r"https?://|www\.|\*\*|\]\(|_{2,}", said), said
    assert say.attrib["voice"]
    assert say.attrib["language"] == "en-US"


def _redirect(redirect: ET.Element) -> None:
    assert redirect.attrib == {"method": "POST"}
    assert re.fullmatch(r"(/[a-z]+)?/channels/twilio/(turn|voice)(\?[a-z0-9=&]+)?", redirect.text or ""), redirect.text


def _dial(dial: ET.Element) -> None:
    assert len(dial) == 1
    assert "channels/twilio/turn" in dial.attrib["action"], "nobody would hear that nobody answered"


def _say_as(say_as: ET.Element) -> None:
    assert say_as.attrib["interpret-as"] in {"characters", "digits", "telephone"}
    assert say_as.text


def _break(pause: ET.Element) -> None:
    assert re.fullmatch(r"[1-9][0-9]{1,3}ms", pause.attrib["time"])


def words(root: ET.Element) -> str:
    """What a caller hears of a document."""
    pieces: list[str] = []

    def read(element: ET.Element) -> None:
        pieces.append(element.text or "")
        for child in element:
            pieces.append(" " if child.tag in {"s", "break", "Say"} else "")
            read(child)
            pieces.append(child.tail or "")

    for say in root.iter():
        if say.tag in {"Say", "speak"}:
            pieces.append(" ")
            read(say)
    return " ".join("".join(pieces).split())


__all__ = ["attributes_of", "check", "words"]
