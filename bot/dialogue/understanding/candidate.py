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
_SHORT = re.compile(rf"\b{_WHO}['’](s|re|ve|ll|d)\b( (?:got|been|had|taken|passed|failed|missed))?", re.IGNORECASE)
_NOT = re.compile(rf"\b(is|are|was|were|has|have|does|do)n['’]?t {_WHO}\b", re.IGNORECASE)
_NOT_VERB = {"is": "aren't", "are": "aren't", "was": "wasn't", "were": "wasn't", "has": "haven't", "have": "haven't"}
_ACTS = re.compile(
    rf"\b{_WHO} ((?:still|just|already|also|then|ever|only|really) )?(\w+?(?:ss|sh|ch|x|z|o)es|\w+?ies|\w*[^\W\ds]s)\b",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:for|to|with|by|from|about) (him|her|them)\b(?! \w*(?:tests?|[A-Z]\d))", re.IGNORECASE)
_AGENTS_OWN = re.compile(r"\b(?:i|me|my)\b", re.IGNORECASE)


def of_candidate(message: UserMessage) -> UserMessage:
    """The message with the candidate as the one who speaks; as it is where the agent speaks of themselves."""
    if message.pressed or _AGENTS_OWN.search(message.text):
        return message
    message = _inflected(message)
    while (found := _FOR.search(message.text)) is not None:
        message = _with(message, found.start(1), found.end(1), "me")
    for pattern, said in ((_ASKED, "{verb} i"), (_SAID, "i {verb}"), (_OWN, "my"), (_DOES, "i")):
        while (found := pattern.search(message.text)) is not None:
            verb = _VERB[found.group(1).lower()] if pattern.groups else ""
            message = _with(message, found.start(), found.end(), said.format(verb=verb))
    return message


def _inflected(message: UserMessage) -> UserMessage:
    """Forms that hang on who is spoken of: "she's got" is "I've got", "hasn't he" "haven't I", "he moves" "I move"."""
    while (found := _SHORT.search(message.text)) is not None:
        form = found.group(1).lower()
        short = {"s": "'ve" if found.group(2) else "'m", "re": "'m"}.get(form, f"'{form}")
        message = _with(message, found.start(), found.end(), f"i{short}{found.group(2) or ''}")
    while (found := _NOT.search(message.text)) is not None:
        verb = _NOT_VERB.get(found.group(1).lower(), "don't")
        message = _with(message, found.start(), found.end(), f"{verb} i")
    while (found := _ACTS.search(message.text)) is not None and not _BE_OR_HAVE.fullmatch(found.group(2)):
        message = _with(message, found.start(), found.end(), f"i {found.group(1) or ''}{_plain(found.group(2))}")
    return message


_BE_OR_HAVE = re.compile(r"is|was|has|does|this|his|always|tests?|results|fees", re.IGNORECASE)


def _plain(verb: str) -> str:
    """A verb as "I" takes it: "passes" is "pass", "goes" "go", "tries" "try", "moves" "move"."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:ss|sh|ch|x|zz|o)es$", verb) else verb[:-1]


def _with(message: UserMessage, start: int, end: int, said: str) -> UserMessage:
    """The message with other words in one place; the values found behind it move along."""
    moved = len(said) - (end - start)

    def shifted(entity: Entity) -> Entity:
        behind = entity.start >= end
        return replace(entity, start=entity.start + moved, end=entity.end + moved) if behind else entity

    text = message.text[:start] + said + message.text[end:]
    return replace(message, text=text, entities=tuple(shifted(each) for each in message.entities))
