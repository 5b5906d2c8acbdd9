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


class Aside(StrEnum):
    """What is said beside the subject: about signing in, about waiting for a person, about the line itself.

    Where it is said decides whether it counts: "where is it" is about the code only while a code is asked for.
    """

    CODE_AGAIN = "code_again"
    CODE_LATE = "code_late"
    CODE_WHERE = "code_where"
    CODE_SPAM = "code_spam"
    MAIL_LOST = "mail_lost"
    CODE_BY_TEXT = "code_by_text"
    ID_WHAT = "id_what"
    ID_WHERE = "id_where"
    ID_FORGOTTEN = "id_forgotten"
    WHY = "why"
    SAFE = "safe"
    LOOKING = "looking"
    HAVE_IT = "have_it"
    OTHER_WAY = "other_way"
    LEAVE_QUEUE = "leave_queue"
    QUEUE_STATUS = "queue_status"
    RECORDING = "recording"
    NORMAL_SPEED = "normal_speed"
    LOUDER = "louder"
    SPANISH = "spanish"
    NOT_TO_YOU = "not_to_you"
    CUT_OFF = "cut_off"


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
