"""What to say and do, as the document that Twilio carries out. There is always a verb after listening."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from bot.contracts.calls import Outbound
from bot.gateway.channels.phone_ivr.speech import MAX_SAY, batches, in_two, plain, voice

_PLAIN_VOICES = frozenset({"man", "woman", "alice"})
_MAX_HINTS = 4_000
"""Characters of hints in all, to keep the document small."""


class Document:
    """A TwiML document being written."""

    def __init__(self, voice_name: str, locale: str = "en-US") -> None:
        self._voice = voice_name
        self._locale = locale
        self.root = ET.Element("Response")

    def say(self, parent: ET.Element, paragraphs: tuple[str, ...], *, slow: bool = False) -> None:
        """Speak; with marks for pauses and single letters where the voice takes them."""
        for number, batch in enumerate(batches(paragraphs, MAX_SAY)):
            if number:
                ET.SubElement(parent, "Pause", {"length": "1"})
            element = ET.SubElement(parent, "Say", {"voice": self._voice, "language": self._locale})
            if self._voice in _PLAIN_VOICES:
                element.text = plain(" ".join(paragraph) for paragraph in batch)
            else:
                voice(element, batch, slow=slow)

    def listen(self, out: Outbound, action: str) -> None:
        """Say it while listening, so that the caller may begin at any time; then, heard or not, go to `action`.

        What must be heard first is said before listening begins.
        """
        attributes = {
            "input": "dtmf speech",
            "action": action,
            "method": "POST",
            "actionOnEmptyResult": "true",
            "bargeIn": "true",
            "language": self._locale,
            "timeout": str(out.timeout),
            "speechTimeout": str(out.pause),
            "finishOnKey": out.keys.finish,
            "profanityFilter": "true",
        }
        if out.keys.most is not None:
            attributes["numDigits"] = str(out.keys.most)
        if out.hints:
            attributes["hints"] = _joined(out.hints)
        told, asked = in_two(out.say) if out.guarded else ((), out.say)
        if told:
            self.say(self.root, told, slow=out.slow)
        gather = ET.SubElement(self.root, "Gather", attributes)
        self.say(gather, asked, slow=out.slow)
        self.redirect(action)

    def redirect(self, to: str) -> None:
        """Ask again at another address."""
        ET.SubElement(self.root, "Redirect", {"method": "POST"}).text = to

    def pause(self, length: int) -> None:
        """Quiet, in seconds."""
        ET.SubElement(self.root, "Pause", {"length": str(length)})

    def dial(self, to: str, action: str, conversation_id: str) -> None:
        """Put the caller through; a SIP address gets the conversation's id as a header, for the person's screen."""
        dial = ET.SubElement(self.root, "Dial", {"action": action, "method": "POST", "timeout": "30"})
        if to.startswith(("sip:", "sips:")):
            ET.SubElement(dial, "Sip").text = f"{to}{'&' if '?' in to else '?'}X-Conversation={conversation_id}"
        else:
            ET.SubElement(dial, "Number").text = to.removeprefix("tel:")

    def hang_up(self) -> None:
        """End the call."""
        ET.SubElement(self.root, "Hangup")

    def text(self) -> str:
        """The document."""
        return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(self.root, encoding="unicode")


def _joined(phrases: tuple[str, ...]) -> str:
    out = ""
    for phrase in phrases:
        if len(out) + len(phrase) + 1 > _MAX_HINTS:
            break
        out = f"{out},{phrase}" if out else phrase
    return out
