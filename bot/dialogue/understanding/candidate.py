"""An agent's words about the candidate in hand, put as the candidate would say them ("can she rebuy" → "can I …")."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.understanding.user_message import Entity, UserMessage

_NAMED = r"(?:the |this |that )?(?:caller|candidate|cand|customer|client)"
_THINGS = r"(?! (?:\w+ )?(?:expires?|run|runs|come|arrive|post|posted|cost|costs|count|counts|good|valid|current)\b)"
_WHO = rf"(?:{_NAMED}|he|she|they{_THINGS})"
_VERB = {"is": "am", "are": "am", "was": "was", "were": "was", "has": "have", "have": "have", "does": "do", "do": "do"}
_ASKED = re.compile(rf"\b(is|are|was|were|has|have|does|do) {_WHO}\b", re.IGNORECASE)
_SAID = re.compile(rf"\b{_WHO} (is|are|was|were|has|have|does|do)\b", re.IGNORECASE)
_OWN = re.compile(rf"\b(?:{_NAMED}'?s|his|hers?|their)\b", re.IGNORECASE)
_DOES = re.compile(rf"\b{_WHO}\b", re.IGNORECASE)
_AGENTS_OWN = re.compile(r"\b(?:i|me|my)\b", re.IGNORECASE)


def of_candidate(message: UserMessage) -> UserMessage:
    """The message with the candidate as the one who speaks; as it is where the agent speaks of themselves."""
    if message.pressed or _AGENTS_OWN.search(message.text):
        return message
    for pattern, said in ((_ASKED, "{verb} i"), (_SAID, "i {verb}"), (_OWN, "my"), (_DOES, "i")):
        while (found := pattern.search(message.text)) is not None:
            verb = _VERB[found.group(1).lower()] if pattern.groups else ""
            message = _with(message, found.start(), found.end(), said.format(verb=verb))
    return message


def _with(message: UserMessage, start: int, end: int, said: str) -> UserMessage:
    """The message with other words in one place; the values found behind it move along."""
    moved = len(said) - (end - start)

    def shifted(entity: Entity) -> Entity:
        behind = entity.start >= end
        return replace(entity, start=entity.start + moved, end=entity.end + moved) if behind else entity

    text = message.text[:start] + said + message.text[end:]
    return replace(message, text=text, entities=tuple(shifted(each) for each in message.entities))
