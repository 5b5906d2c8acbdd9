"""The general answer to what is asked: reckoned from the days that were named, or told by a statement or a known gap.

It needs nobody's records. The asked thing comes first; the whole text of the topic is there for the asking ("more").
"""

from __future__ import annotations

from bot.answers.reckoning import as_happened
from bot.answers.replies import Picked, Subject, usual
from bot.catalog.model import Entry, Gap
from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.dialogue.memories import Asked
from bot.dialogue.outcome import Reply
from bot.dialogue.state import ConversationState
from bot.dialogue.turn_context import TurnContext

OF_ANOTHER = 0.6
"""What answers by another topic than the one that was read goes first from this chance on."""

OF_A_GAP = 0.22
"""A known gap of the topic that was read is told from this chance on."""

LEAST = 0.15
"""A statement of the topic that was read is told from this chance on; below it, the gist of the topic is."""

_OF_ONE_QUESTION = ("asked", "days", "ahead", "count")
"""What is given for one question only; what happened on a day holds for the next one too."""


def say_general(reply: Reply, label: str, asked: Asked | None) -> None:
    """Answer a question on a topic, or give its text where it is not known what was asked."""
    turn = reply.turn
    answers = turn.services.answers
    if asked is None:
        reply.entry(label)
        return
    kind = QuestionKind(asked.kind) if asked.kind is not None else None
    reckoned = answers.reckon(label, kind, Given.of(asked.given), day=turn.today)
    if reckoned is not None:
        reply.say(reckoned)
        return
    subject = Subject(asked.tests, asked.series, Given.of(asked.given).count)
    entry = answers.catalog.entries.get(label)
    reply.say(answers.reply(label, kind, picked(asked, label, entry), subject, day=turn.today, bare=asked.bare))


def picked(asked: Asked, label: str, entry: Entry | None) -> Picked | None:
    """What answers: the likeliest of all where it is likely enough, else the likeliest on this topic.

    That the source does not say takes more than a likeness: a plain question has a plain answer.
    """
    first = asked.picks[0] if asked.sure else None
    if first is not None and not asked.bare and first.label != label and first.score >= OF_ANOTHER:
        return Picked(first.label, first.id)
    for pick in asked.picks:
        gap = pick.label == label and entry is not None and isinstance(entry.find(pick.id), Gap)
        if pick.label == label and pick.score >= (OF_A_GAP if gap else LEAST):
            return Picked(pick.label, pick.id)
    return None


def going_on(turn: TurnContext, asked: Asked, state: ConversationState) -> Asked | None:
    """What is asked in words that name no topic, if it can be about the one spoken of last: with the days given there.

    Any kind of question goes on with it where it has something to tell, and so does a day that can be reckoned with.
    """
    topic = state.last_topic
    if topic is None:
        return None
    if asked.kind is None:
        told = as_happened(topic, Given.of(asked.given), day=turn.today)
        asked = asked.model_copy(update={"given": told.as_dict()})
    asked = with_days(asked, topic, state)
    answers = turn.services.answers
    entry = answers.catalog.entries.get(topic)
    kind = QuestionKind(asked.kind) if asked.kind is not None else None
    if asked.given and answers.reckon(topic, kind, Given.of(asked.given), day=turn.today) is not None:
        return asked
    if kind is None or entry is None:
        return None
    if picked(asked, topic, entry) is not None:
        return asked
    return asked.model_copy(update={"bare": True}) if usual(entry, kind) is not None else None


def with_days(asked: Asked, topic: str, state: ConversationState) -> Asked:
    """What is asked on a topic, with the days and numbers given on it before unless it gives them anew."""
    before = state.last_given if topic == state.last_topic else {}
    happened = {name: value for name, value in before.items() if name not in _OF_ONE_QUESTION}
    return asked.model_copy(update={"given": {**happened, **asked.given}})
