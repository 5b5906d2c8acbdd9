"""What is planted in a conversation, in records and in failing statements stands in no log, at no level."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import exc

from bot.config.logs import discreet_record
from bot.contracts.conversation import AssistantUnavailable
from bot.store import StoreError
from tests.conversations.conftest import MakeTalk

EMAIL, NAME, CODE, WHO = "planted.person@example.org", "Zebedee Planted", "482915", "ASE-1000-0001"
PLANTED = (EMAIL, "Zebedee", CODE, WHO, "planted")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, at the lowest level, as the service logs it."""
    out, root, before = io.StringIO(), logging.getLogger(), logging.getLogRecordFactory()
    handler, level = logging.StreamHandler(out), root.level
    logging.setLogRecordFactory(discreet_record)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(before)


def clean(log: io.StringIO, *more: str) -> str:
    """The log, once it is certain that nothing planted stands in it."""
    text = log.getvalue()
    found = [each for each in (*PLANTED, *more) if each.lower() in text.lower()]
    assert found == [], text
    return text


async def test_conversations_and_failing_statements(make_talk: MakeTalk, log: io.StringIO) -> None:
    talk = make_talk()
    await talk.open()
    for text in (f"my name is {NAME}", f"write to {EMAIL}", "sign in", WHO):
        await talk.say(text)
    code = talk.last_code()
    with talk.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    await talk.open()
    await talk.say("sign in")
    with pytest.raises((AssistantUnavailable, StoreError, exc.SQLAlchemyError)) as caught:
        await talk.say(WHO)
    logging.getLogger("assistant.test").error("it failed", exc_info=caught.value)
    logging.getLogger("someone.else").error("it failed", exc_info=caught.value)
    text = clean(log, code, "dana@", "Dana")
    assert "it failed" in text
    assert type(caught.value).__name__ in text


async def test_what_libraries_say(log: io.StringIO) -> None:
    logging.getLogger("rasa.core.processor").debug(f"Received user message '{NAME} {EMAIL}'")
    logging.getLogger("rasa.core.processor").error("Encountered an exception", exc_info=ValueError(f"{CODE} {NAME}"))
    logging.getLogger("rasa_sdk.endpoint").error("Failed to run custom action for %s", EMAIL)
    logging.getLogger("sqlalchemy.engine.Engine").debug("Row %r", (EMAIL, CODE))
    logging.getLogger("aiohttp.server").error("Error handling request from %s", EMAIL)
    logging.getLogger("some.library").warning(f"no such mailbox: {EMAIL}, code {CODE}, of {WHO}\n{NAME}")

    async def fails() -> None:
        raise ValueError(f"{NAME} <{EMAIL}>")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    del task
    await asyncio.sleep(0.01)
    text = clean(log)
    assert "Encountered an exception [ValueError at" in text
    assert "Error handling request from" in text
    assert "Task exception was never retrieved" in text
