"""The choices that a question offers, with their words from `knowledge/phrases/choices.yml`."""

from __future__ import annotations

from typing import Any

from bot.answers import Answers, Said
from bot.dialogue.state import Choice
from bot.rules.decision import Value


def choice_of(answers: Answers, key: str, *, id: str, value: Any, **values: Value | Said) -> Choice:
    """The choice with the words of the phrase `key`; `values` go into its text. Raises UnknownText."""
    said = answers.said(key, **values)
    return Choice(id=id, title=said.web, spoken=said.voice, value=value)


def yes_or_no(answers: Answers, key: str = "choice") -> list[Choice]:
    """Yes (True) and no (False) with the words of the phrases `<key>_yes` and `<key>_no`."""
    return [choice_of(answers, f"{key}_{id}", id=id, value=value) for id, value in (("yes", True), ("no", False))]
