"""Telephone calls in the store, with what of their conversations matters to the voice; words to say and to expect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

from bot.answers import Answers, Said
from bot.catalog.model import Catalog
from bot.contracts.calls import READ_AT_ONCE, Call, Inbound, LineWords, SpokenChoice, Vocabulary
from bot.contracts.conversation import AssistantUnavailable
from bot.dialogue.memories import TopicMemory
from bot.dialogue.state import ConversationState, read_state
from bot.dialogue.tasks import all_tasks
from bot.dialogue.understanding.answers import CONFIRM
from bot.store import Store, StoreUnavailable, UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")

SILENCES = 4
"""With this many silences in a row the dialogue has said goodbye."""


class CallsInStore:
    """Keeps calls, each access in a short unit of work of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, provider: str, call_id: str) -> Call | None:
        """The call as it stands now; None where it was never seen."""
        return await self._threaded(self._find, provider, call_id)

    def _find(self, provider: str, call_id: str) -> Call | None:
        with self._store.unit_of_work(write=False) as uow:
            return _call(uow, provider, call_id)

    async def add(self, provider: str, call_id: str, conversation_id: str, caller: str | None, at: datetime) -> Call:
        """Keep a new call. If it has a conversation already, that one stays and is returned."""
        return await self._threaded(self._add, provider, call_id, conversation_id, caller, at)

    def _add(self, provider: str, call_id: str, conversation_id: str, caller: str | None, at: datetime) -> Call:
        with self._store.unit_of_work() as uow:
            uow.calls.add(provider, call_id, conversation_id, caller=caller, at=at)
            kept = _call(uow, provider, call_id)
            uow.commit()
        assert kept is not None
        return kept

    async def called_by(self, call: Call, caller: str) -> None:
        """Keep the number of the caller, where it comes only now."""

        def called_by() -> None:
            with self._store.unit_of_work() as uow:
                uow.calls.called_by(call.provider, call.call_id, caller)
                uow.commit()

        await self._threaded(called_by)

    async def put_off(self, call: Call, pending: Inbound | None) -> None:
        """Keep a turn whose answer is still to be spoken, or (None) forget it."""

        def put_off() -> None:
            with self._store.unit_of_work() as uow:
                uow.calls.put_off(call.provider, call.call_id, pending.to_json() if pending else None)
                uow.commit()

        await self._threaded(put_off)

    async def end(self, call: Call, at: datetime) -> None:
        """The caller is gone."""

        def end() -> None:
            with self._store.unit_of_work() as uow:
                uow.calls.end(call.provider, call.call_id, at=at)
                uow.commit()

        await self._threaded(end)

    @staticmethod
    async def _threaded(function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(function, *given, **named)
        except StoreUnavailable as error:
            raise AssistantUnavailable from error


def _call(uow: UnitOfWork, provider: str, call_id: str) -> Call | None:
    kept = uow.calls.find(provider, call_id)
    conversation = uow.conversations.get(kept.conversation_id) if kept else None
    if kept is None or conversation is None:
        return None
    state = read_state(conversation.state, {name: task.memory for name, task in all_tasks().items()})
    question = state.question
    return Call(
        provider=kept.provider,
        call_id=kept.call_id,
        conversation_id=kept.conversation_id,
        turns=conversation.last_turn,
        caller=kept.caller,
        pending=Inbound.from_json(kept.pending) if kept.pending else None,
        ended=kept.ended_at is not None or conversation.ended_at is not None,
        over=state.silences >= SILENCES,
        slow=state.slow,
        silences=state.silences,
        misses=question.misses if question else 0,
        choices=tuple(SpokenChoice(c.id, c.spoken) for c in question.choices) if question else (),
        first=_first(state),
        waiting=state.waiting,
        confirming=question is not None and question.slot == CONFIRM,
    )


def _first(state: ConversationState) -> int:
    """Where reading out a long list goes on: three further each time that more was asked for."""
    task, question = state.task, state.question
    if task is None or question is None or len(question.choices) <= READ_AT_ONCE:
        return 0
    return task.memory.read_from if isinstance(task.memory, TopicMemory) else 0


def line_words(answers: Answers) -> LineWords:
    """What the line itself says, from `knowledge/phrases/phone.yml`. Raises UnknownText where a sentence is missing."""

    def choices(named: str) -> str:
        return answers.said("line_choices", choices=Said.same(named)).voice

    def key(number: int, choice: str) -> str:
        return answers.said("line_key", number=Said.same(str(number)), choice=Said.same(choice)).voice

    return LineWords(
        one_moment=answers.said("line_one_moment").voice,
        still_looking=answers.said("line_still_looking").voice,
        try_again=answers.said("line_try_again").voice,
        not_now=answers.said("line_not_now").voice,
        putting_through=answers.said("line_putting_through").voice,
        nobody_answered=answers.said("line_nobody_answered").voice,
        request_kept=answers.said("line_request_kept").voice,
        goodbye=answers.said("line_goodbye").voice,
        order=answers.said("line_order").voice,
        more=answers.said("line_more").voice,
        choices=choices,
        key=key,
    )


def words_to_expect(catalog: Catalog, store: Store) -> Vocabulary:
    """Codes and names of tests, and places with a test centre, as callers say them."""
    from bot.answers.format import Formats

    formats = Formats(catalog.tests)
    codes = [formats.code(code).voice for code in catalog.tests.tests]
    titles = [test.title for test in catalog.tests.tests.values() if test.title is not None]
    names = sorted({title.replace("/", " and ") for title in titles} | {s.title for s in catalog.tests.series.values()})
    with store.unit_of_work(write=False) as uow:
        sites = uow.records.sites().values()
    places = sorted({site.city for site in sites} | {site.name for site in sites})
    return Vocabulary(tests=(*codes, *names), places=tuple(places))
