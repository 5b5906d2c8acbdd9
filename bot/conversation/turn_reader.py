"""Reading a turn: whatever it came as (words, a choice, keys, an event), it becomes the acts it holds.

Words may hold several requests; keys and choices mean what is open or was offered last; an agent names whom a question
is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.catalog.model import Catalog
from bot.contracts.conversation import InvalidRequest, Turn
from bot.conversation.messages import LEAVE_QUEUE
from bot.conversation.workers import Readers
from bot.dialogue.state import ConversationState, Expect, Question
from bot.dialogue.tasks.key_menu import MAIN, MENUS
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.misheard import badly_heard
from bot.dialogue.understanding.split_requests import (
    asks_for_person,
    named_in_short,
    pieces,
    says_only_whom,
    stand_alone,
    tells_and_asks,
)
from bot.dialogue.understanding.user_act import UserAct
from bot.nlu.legible import legible
from bot.nlu.values import read_ase_id, read_digits


class Parser(Protocol):
    """Reads words with the trained model."""

    @property
    def model_name(self) -> str:
        """The name of the model, for the record of a turn."""
        ...

    @property
    def actions(self) -> Mapping[str, str]:
        """Which action answers which family of labels."""
        ...

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What the words mean, as Rasa gives it. `metadata`: ``as_of`` (ISO instant), ``time_zone`` (IANA name)."""
        ...


@dataclass(frozen=True, slots=True)
class TurnRead:
    """A turn as it was read: the whole message as it came, and the acts it holds, in order."""

    text: str
    label: str
    confidence: float
    whole: UserAct
    acts: tuple[UserAct, ...]


class TurnReader:
    """Reads the turns of all conversations; it keeps nothing of them."""

    def __init__(self, parser: Parser, catalog: Catalog, readers: Readers | None = None) -> None:
        self._parser = parser
        self._catalog = catalog
        self._readers = readers or Readers()

    async def read(self, turn: TurnContext, came: Turn) -> TurnRead:
        """The acts of a turn.

        Raises InvalidRequest for a choice that is not open any more, TooMuchToRead and TooManyAtOnce.
        """
        return await self._readers.read(self._read, turn, came)

    def _read(self, turn: TurnContext, came: Turn) -> TurnRead:
        parsed = self._parsed(turn, came)
        parts = self._requests(turn, parsed)
        return TurnRead(
            text=came.value.strip() if came.kind == "text" else str(parsed["text"]),
            label=str(parsed.get("label") or parsed["intent"]["name"]),
            confidence=round(float(parsed["intent"]["confidence"]), 4),
            whole=UserAct.of_parsed(parsed),
            acts=tuple(UserAct.of_parsed(part) for part in parts),
        )

    def _parsed(self, turn: TurnContext, came: Turn) -> dict[str, Any]:
        match came.kind:
            case "text":
                return self._text(turn, came)
            case "choice":
                return self._chosen(turn.state, came.value)
            case "digits":
                return self._keyed(turn, came.value)
            case _:
                return parsed_value(came.value, "inform", kind="event")

    def _text(self, turn: TurnContext, came: Turn) -> dict[str, Any]:
        text = legible(came.value.strip().lstrip("/")) or legible(came.value)
        if not turn.visitor.is_agent and asks_for_person(text) and not _has_begun(turn.state):
            return parsed_value(text, "human_agent")
        parsed = self._parser.parse(text, _moment(turn))
        parsed |= {"text": text, "metadata": {"confidence": came.confidence}}
        digits = read_digits(text) if "/" not in parsed["label"] else None
        if _is_digit(turn.state, text) or (digits is not None and len(digits) > 1):  # a part of a number, no operator
            parsed |= {"label": "inform", "intent": {"name": "inform", "confidence": 1.0}, "accepted": True}
        if turn.visitor.is_agent:
            parsed["entities"] = [*parsed["entities"], *named_in_short(text, turn.visitor.about, parsed["entities"])]
            parsed |= self._without_name(turn, parsed)
        return parsed

    def _keyed(self, turn: TurnContext, value: str) -> dict[str, Any]:
        keys, state = value.strip("#*"), turn.state
        if not keys:
            return self._starred(state, value)
        if keys == "0" and not _has_begun(state):
            return parsed_value("0", "human_agent")
        topic = self._keyed_topic(turn, keys)
        if topic is not None:
            return parsed_value(self._catalog.topics[topic].title, topic)
        question, ase_id = state.question, read_ase_id(keys)
        nothing_asked = question is None or question.optional
        if nothing_asked and turn.visitor.subject_id is None:
            if ase_id is not None:
                return parsed_value(ase_id, "inform", kind="ase_id")  # keyed instead of "sign in"
            if len(keys) >= PART_OF_AN_ID and not turn.visitor.in_line:
                return parsed_value(keys, "inform")  # the first part of it
        if keys == AGAIN and _no_number(question):
            return parsed_value("repeat", "repeat")
        offered = question is None or (question.optional and question.slot == "sign_in")
        if keys in MENUS and offered and not (question is not None and keys == "1"):
            return parsed_value(keys, "inform", kind="menu")
        return parsed_value(value, "inform", kind="digits")

    @staticmethod
    def _starred(state: ConversationState, value: str) -> dict[str, Any]:
        """No figure at all: the star goes back, to the menu where nothing has to be answered; pound says it again."""
        if "*" not in value:
            return parsed_value(value, "repeat")
        if state.question is None or state.question.optional:
            return parsed_value(value, "inform", kind="menu", value=MAIN)
        return parsed_value("go back", "stop")

    def _without_name(self, turn: TurnContext, parsed: Mapping[str, Any]) -> dict[str, Any]:
        """An agent names whom a question is about; what is asked is read as if it said "the candidate"."""
        text, named = str(parsed["text"]), [e for e in parsed["entities"] if e["entity"] == "ase_id"]
        for entity in sorted(named, key=lambda e: -int(e["start"])):
            text = f"{text[: entity['start']]}the candidate{text[entity['end'] :]}"
        if named and says_only_whom(text):
            return {**parsed_value(text, "inform"), "text": parsed["text"], "entities": parsed["entities"]}
        if named and len(text.split()) < 4:
            return {}
        as_candidate = UserAct.of_parsed(parsed).of_candidate().quote if not named else text
        if as_candidate == parsed["text"]:
            return {}
        text = as_candidate
        read = self._parser.parse(text, _moment(turn))
        return {key: value for key, value in read.items() if key not in {"text", "entities"}}

    def _chosen(self, state: ConversationState, choice: str) -> dict[str, Any]:
        question = state.question
        for offered in question.choices if question is not None else ():
            if offered.id == choice:
                return parsed_value(offered.title, "inform", kind="choice", value=choice)
        if choice == "yes" and state.settled is not None and (question is None or question.optional):
            return parsed_value("Yes", "affirm", kind="choice", value="yes")
        if choice == LEAVE_QUEUE and choice in state.offered:
            return parsed_value(choice, "stop", kind="choice")
        topic = self._catalog.topics.get(choice)
        if topic is None or choice not in state.offered:
            raise InvalidRequest("choice", "this choice is not open any more")
        return parsed_value(topic.title, choice)

    def _keyed_topic(self, turn: TurnContext, keys: str) -> str | None:
        """The topic that a single key picks where nothing is being asked: its place among those offered last.

        A caller was not told of them, and has the keys of the menu.
        """
        state = turn.state
        if turn.channel == "phone":
            return None
        done_again = state.settled is not None and keys == "1"  # the yes to what was just done, pressed twice
        if state.question is not None or done_again or len(keys) != 1 or not keys.isdigit():
            return None
        offers = state.offered[: state.offered_last][int(keys) - 1 :]
        return offers[0] if offers and offers[0] in self._catalog.topics else None

    def _requests(self, turn: TurnContext, parsed: dict[str, Any]) -> list[dict[str, Any]]:
        """The message, or each request in it, in order."""
        question = turn.state.question
        spoken = parsed.get("metadata") or {}
        typed = "metadata" in parsed and not badly_heard(spoken.get("confidence"), turn.channel)
        if not typed or (question is not None and not question.optional and _answers(parsed)):
            return [parsed]
        confirming = question is not None and question.expects is Expect.YES_NO
        texts = pieces(str(parsed["text"]), answering=confirming)
        if len(texts) < 2:
            return [parsed]
        meta = _moment(turn)
        parts = [{**self._parser.parse(text, meta), "metadata": spoken, "text": text} for text in texts]
        if stand_alone(parts):
            return [{**part, "with_others": True} for part in parts]
        if len(parts) > 2 and (question is None or question.optional) and tells_and_asks(parts):
            last = ", ".join(texts[-2:])  # the question with what bears on it most; the rest leads up to it
            return [{**self._parser.parse(last, meta), "metadata": spoken, "text": last}]
        return [parsed]


NUMBERS = {Expect.ASE_ID, Expect.CODE, Expect.DIGITS}
"""Questions that a number answers."""

AGAIN = "9"
"""The key that says the last answer again; 0 is always a person, and those of `MENUS` lead to their topics."""

PART_OF_AN_ID = 4
"""So many keys where nothing is being asked are the first part of an ASE ID."""


def _no_number(question: Question | None) -> bool:
    """Whether a key is neither a figure of a number that is asked for nor one of many choices."""
    return question is None or (question.expects not in NUMBERS and len(question.choices) < int(AGAIN))


def _is_digit(state: ConversationState, text: str) -> bool:
    """Whether the words are a number, or a part of one, where a number is asked for."""
    question = state.question
    return question is not None and question.expects in NUMBERS and read_digits(text) is not None


def _has_begun(state: ConversationState) -> bool:
    """Whether a part of a number has been given, so that a 0 goes on with it."""
    task, question = state.task, state.question
    asked = task is not None and question is not None and question.expects in NUMBERS
    return asked and bool(getattr(task.memory if task is not None else None, "partial", ""))


def _moment(turn: TurnContext) -> dict[str, Any]:
    """When and where the words are said, and what was spoken of: dates and follow-ups are read by it."""
    return {"as_of": turn.now.isoformat(), "time_zone": turn.zone.key, "topics": turn.state.topics}


def _answers(parsed: Mapping[str, Any]) -> bool:
    return parsed["intent"]["name"] in {"inform", "affirm", "deny"}


def parsed_value(text: str, label: str, *, kind: str | None = None, value: str | None = None) -> dict[str, Any]:
    """A parsed message for something that was not typed: a choice, keys, an event, or a topic picked from a list."""
    entities = [{"entity": kind, "value": value or text, "start": 0, "end": len(text)}] if kind else []
    return {
        "text": text,
        "intent": {"name": label.partition("/")[0], "confidence": 1.0},
        "label": label,
        "accepted": True,
        "entities": entities,
        "intent_ranking": [],
    }
