"""What a message does, and what kind of answer a question wants: words that knowledge, readers and dialogue share."""

from __future__ import annotations

from enum import StrEnum


class QuestionKind(StrEnum):
    """What the first words of the answer must give."""

    WHETHER = "whether"
    WHEN = "when"
    FROM_WHEN = "from_when"
    UNTIL_WHEN = "until_when"
    HOW_LONG = "how_long"
    HOW_MUCH = "how_much"
    HOW = "how"
    WHERE = "where"
    WHO = "who"
    WHICH = "which"
    HOW_MANY = "how_many"
    WHY = "why"
    WHAT_IF = "what_if"
    WHAT_IF_NOT = "what_if_not"
    DIFFERENCE = "difference"
    WHAT_NEXT = "what_next"


class Leaning(StrEnum):
    """Whether a message says by itself what it is about."""

    ALONE = "alone"
    CONTINUES = "continues"
    """It leans on what was said before: an ellipsis, a pronoun, a bare value."""


class Act(StrEnum):
    """What the person does by saying it."""

    QUESTION = "question"
    REQUEST = "request"
    STATEMENT = "statement"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    VALUE = "value"
    CORRECTION = "correction"
    SOCIAL = "social"
    CONTROL = "control"
