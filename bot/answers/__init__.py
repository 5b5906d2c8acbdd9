"""Turns a decision, an entry or a phrase into what is written and what is spoken."""

from __future__ import annotations

from bot.answers.answer import Answer, Channel, joined
from bot.answers.answers import Answers, UnknownText
from bot.answers.format import FormatError, Said
from bot.answers.render import MissingValue

__all__ = ["Answer", "Answers", "Channel", "FormatError", "MissingValue", "Said", "UnknownText", "joined"]
