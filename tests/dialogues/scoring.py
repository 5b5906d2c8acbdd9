"""Scores one reply against what its turn states, and against what holds for every reply."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.conversation import Message, Reply
from tests.conversations.harness import states, told
from tests.dialogues.reading import STATE, start, wordings

BUDGET = {"web": 70, "agent": 70, "phone": 60}
LONG = 120
"""Words of a reply that lists what there is to choose, or shows a change before it is made."""
SAME_FROM = 18
"""So many words that stood in an earlier reply are a repetition; shorter ones are offers and questions asked again."""

_SENTENCE = re.compile(r"(?<=[.!?])[\"”)*]*\s+(?=[A-Z0-9\"“*(¿¡-])|\n+")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b[ap]\.m|\b(?:St|Dr|Ave|Mr|Ms|vs|e\.g|i\.e))\.[\"”)*]*$")
_YES = re.compile(r"(yes|yep|yeah|right|correct|exactly|that's right|sure)\b", re.IGNORECASE)
_NO = re.compile(r"(no|nope|not|never|neither|sorry, no|unfortunately)\b", re.IGNORECASE)
_AGAINST = re.compile(
    r"\b(not|no|never|none|nothing|neither|nor|without|cannot|only|until|unless|must|have to|has to|too late|too early|"
    r"too soon|over|ended|expired|lost|forfeited|refused|lapsed)\b|n[’']t\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(not|no|never|none|nothing|neither|cannot|too late|too early|too soon)\b|n[’']t\b", re.IGNORECASE
)
_LOST = re.compile(
    r"not sure what to do with|not sure I understood|didn[’']t get that|did you mean one of|I can think of|"
    r"still don[’']t get it|don[’']t understand what you need|not something I know about|not sure what you mean|"
    r"nothing to stop right now",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said in one reply, as the person met it."""

    text: str
    speech: str
    bodies: tuple[str, ...]
    titles: tuple[str, ...]
    channel: str

    @classmethod
    def of(cls, reply: Reply, channel: str) -> Spoken:
        """The assistant's own messages of a reply."""
        mine: Sequence[Message] = [m for m in reply.messages if m.author == "assistant"]
        paragraphs = [p.strip() for m in mine for p in m.text.split("\n\n")]
        text, speech = "\n".join(m.text for m in mine), " ".join(m.speech for m in mine)
        return cls(text, speech, tuple(paragraphs), tuple(c.title for m in mine for c in m.choices), channel)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The first two sentences, and what is shown to be picked; on the phone, written or spoken."""
        texts = (self.text, self.speech) if self.channel == "phone" else (self.text,)
        return (*(" ".join(sentences(each)[:2]) for each in texts), *self.titles)

    @property
    def whole(self) -> tuple[str, ...]:
        """All that was said or shown; on the phone, written or spoken."""
        return (*((self.text, self.speech) if self.channel == "phone" else (self.text,)), *self.titles)

    @property
    def words(self) -> int:
        """How many words a person reads or hears."""
        return len((self.speech if self.channel == "phone" else self.text).split())


@dataclass
class Heard:
    """What was said so far in a conversation."""

    bodies: set[str] = field(default_factory=set)

    def repeated(self, spoken: Spoken) -> str | None:
        """A paragraph that was said before, word for word."""
        long = [body for body in spoken.bodies if len(body.split()) >= SAME_FROM]
        again = next((body for body in long if body in self.bodies), None)
        self.bodies.update(long)
        return again


def sentences(text: str) -> list[str]:
    """The sentences of a text, without marks of emphasis; neither an abbreviation nor a colon ends one."""
    found: list[str] = []
    for piece in (p.strip() for p in _SENTENCE.split(text.replace("**", "")) if p.strip()):
        if found and (found[-1].endswith(":") or _ABBREVIATED.search(found[-1])):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found


def polarity_fits(sentence: str, wanted: str) -> bool:
    """Whether a first sentence reads as the answer that is wanted.

    A leading yes or no decides. Without one, a sentence is a no if it denies or restricts, a yes if it does not deny.
    """
    if wanted == "not yes":
        return not _YES.match(sentence)
    if _YES.match(sentence):
        return wanted == "yes"
    if _NO.match(sentence):
        return wanted == "no"
    return bool(_AGAINST.search(sentence)) if wanted == "no" else not _NEGATED.search(re.split(r";| but ", sentence)[0])


def stated(fact: str, texts: Sequence[str]) -> bool:
    """Whether one of the wordings of a fact stands in one of the texts, whole, whatever its dashes and quotes."""
    return any(states(_plain(text), _plain(words)) for text in texts for words in wordings(fact))


def faults(
    turn: Mapping[str, Any], reply: Reply, spoken: Spoken, changed: Mapping[str, Mapping[str, str]], heard: Heard
) -> list[str]:
    """All that is wrong with a reply; none if the turn is good."""
    found = _facts(turn, spoken) + _structure(turn, reply)
    wanted = turn.get("changes", {})
    if changed != wanted:
        found.append(f"changed {dict(changed)}, not {wanted}" if wanted else f"CHANGED {dict(changed)}")
    again = heard.repeated(spoken)
    if again and not turn.get("again"):
        found.append(f"said before: {again[:60]!r}")
    if not turn.get("unclear") and _LOST.search(spoken.text):
        found.append("not understood")
    budget = turn.get("words") or _budget(reply, spoken.channel)
    if spoken.words > budget:
        found.append(f"{spoken.words} words, at most {budget}")
    return found


def _facts(turn: Mapping[str, Any], spoken: Spoken) -> list[str]:
    found = [f"not first: {fact}" for fact in turn.get("first", ()) if not stated(fact, spoken.beginnings)]
    found += [f"not said: {fact}" for fact in turn.get("says", ()) if not stated(fact, spoken.whole)]
    found += [f"said: {words}" for words in turn.get("not", ()) if stated(words, spoken.whole)]
    if "starts" in turn:
        first = next(iter(sentences(spoken.text)), "")
        if not polarity_fits(first, start(turn)):
            found.append(f"does not start with {start(turn)}")
    return found


def _structure(turn: Mapping[str, Any], reply: Reply) -> list[str]:
    found = []
    heard = [str(m.intent["name"]) for m in reply.messages if m.intent]
    if "topic" in turn and not set(heard) & set(turn["topic"]):
        found.append(f"heard {heard}")
    missing = Counter(turn.get("decisions_include", ())) - Counter(told(reply))
    if missing:
        found.append(f"{sorted(missing.elements())} not among {told(reply)}")
    task = reply.state.task
    now = {
        "expects": reply.state.expects,
        "owner": reply.state.owner,
        "signed_in": reply.state.signed_in,
        "task": task and task.name,
        "step": task and task.step,
        "no_task": task is None,
    }
    found += [f"{key} is {now[key]}" for key in sorted(STATE & set(turn)) if now[key] != turn[key]]
    return found


def _budget(reply: Reply, channel: str) -> int:
    task = reply.state.task
    shows = task is not None and task.step != "sign_in" and reply.state.expects in {"choice", "yes_no"}
    return LONG if shows else BUDGET[channel]


def _plain(text: str) -> str:
    text = text.replace("**", "").replace("’", "'").replace("–", "-").replace("‑", "-").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)
