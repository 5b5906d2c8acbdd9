"""What a question is after within its kind: words that knowledge, understanding and answers share."""

from __future__ import annotations

from enum import StrEnum


class Point(StrEnum):
    """What a question is after within its kind, so that its "Yes" or "No" is the one that was asked for."""

    TOO_LATE = "too_late"
    """Is it too late?"""
    LOSE = "lose"
    """Is something lost: the fees, the test, what was achieved?"""
    BACK = "back"
    """Is the money given back?"""
    PAY = "pay"
    """Does it have to be paid, or paid again?"""
    WAIT = "wait"
    """Must one wait, and is waiting all there is to do?"""
    SINCE = "since"
    """Since when is it so?"""
    START_OVER = "start_over"
    """Does everything have to be done again from the beginning?"""
    MUST = "must"
    """Does it have to be done at all?"""
    SOONER = "sooner"
    """Can it be sooner?"""
    COUNTING = "counting"
    """Which days count."""
    OVER = "over"
    """Has it run out, or ended?"""
    GOOD = "good"
    """Is it good, valid or in force (still)?"""
    COUNTS_FOR = "counts_for"
    """Does one thing count toward another?"""
    GO = "go"
    """Should one go, take it, keep it?"""
    WHEN_WAS = "when_was"
    """When did it happen?"""
    DAYS = "days"
    """Is it so many days?"""
    WHERE_SENT = "where_sent"
    """Where was it sent?"""
    FIRST = "first"
    """Which of them runs out first?"""
    WHAT_WRONG = "what_wrong"
    """What was wrong with it, why it came back."""


OF_YES_OR_NO = frozenset(
    {
        Point.TOO_LATE,
        Point.LOSE,
        Point.BACK,
        Point.PAY,
        Point.WAIT,
        Point.MUST,
        Point.OVER,
        Point.GOOD,
        Point.GO,
        Point.DAYS,
    }
)
"""Points of a question that "yes" or "no" answers; where a day, a time or an amount is asked for they say nothing."""
