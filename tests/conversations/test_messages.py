"""One message in its three shapes: said, stored, published."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.answers import Answer
from bot.conversation.messages import Draft, published, stored_lines
from bot.store.values import StoredMessage

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_that_keys_were_told_comes_through_to_the_line_and_is_not_published() -> None:
    [line] = stored_lines([Draft.of_answer(Answer("Yes or no?", "Press one for yes.", tells_keys=True))], NOW)
    message = published(StoredMessage("c1", 1, 1, line.author, line.at, line.text, line.speech, line.payload))
    assert message.tells_keys
    assert "tells_keys" not in message.to_json()
    [line] = stored_lines([Draft.of_answer(Answer("Which one?", "Which one?"))], NOW)
    assert "tells_keys" not in line.payload
