"""The general answer to what is asked: reckoned from the days that were named, or told by a statement or a known gap.

It needs nobody's records. The asked thing comes first; the whole text of the topic is there for the asking ("more").
"""

from __future__ import annotations

from bot.answers.replies import Picked, Subject
from bot.catalog.model import Entry, Gap
from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.dialogue.memories import Asked
from bot.dialogue.outcome import Reply

OF_ANOTHER = 0.6
"""What answers by another topic than the one that was read goes first from this chance on."""

OF_A_GAP = 0.35
"""A known gap of the topic that was read is told from this chance on."""

LEAST = 0.15
"""A statement of the topic that was read is told from this chance on; below it, the gist of the topic is."""


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
    if first is not None and first.label != label and first.score >= OF_ANOTHER:
        return Picked(first.label, first.id)
    for pick in asked.picks:
        gap = pick.label == label and entry is not None and isinstance(entry.find(pick.id), Gap)
        if pick.label == label and pick.score >= (OF_A_GAP if gap else LEAST):
            return Picked(pick.label, pick.id)
    return None


def within(asked: Asked, label: str) -> Picked | None:
    """The likeliest statement or gap of one topic, or None."""
    found = [{"label": pick.label, "id": pick.id, "score": pick.score} for pick in asked.picks]
    return Picked.within(found, label)


def follows_up(asked: Asked, label: str) -> bool:
    """Whether it can be a question on the topic that was spoken of last: a kind of question, or something it tells."""
    return asked.kind is not None and (asked.bare or within(asked, label) is not None)
