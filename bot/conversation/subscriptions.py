"""Who follows what is stored: streams of single conversations, and watchers of all of them, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.contracts.conversation import Messages


class Subscriptions:
    """Tells every subscriber; whoever joins later asks for what came before."""

    def __init__(self) -> None:
        self._streams: dict[str, set[asyncio.Queue[Messages | None]]] = {}
        self._watchers: set[asyncio.Event] = set()

    @asynccontextmanager
    async def subscribe(self, conversation_id: str) -> AsyncIterator[AsyncIterator[Messages]]:
        """New messages of one conversation as they are told."""
        queue: asyncio.Queue[Messages | None] = asyncio.Queue()
        streams = self._streams.setdefault(conversation_id, set())
        streams.add(queue)

        async def stream() -> AsyncIterator[Messages]:
            while (item := await queue.get()) is not None:
                yield item

        try:
            yield stream()
        finally:
            streams.discard(queue)
            if not streams:
                self._streams.pop(conversation_id, None)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever anything happens in any conversation."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            yield event
        finally:
            self._watchers.discard(event)

    def tell(self, conversation_id: str, messages: Messages) -> None:
        """Messages were stored in a conversation."""
        for queue in self._streams.get(conversation_id, ()):
            queue.put_nowait(messages)
        self.notify()

    def notify(self) -> None:
        """Something happened in some conversation."""
        for event in self._watchers:
            event.set()

    def stop(self) -> None:
        """End every stream."""
        for streams in self._streams.values():
            for queue in streams:
                queue.put_nowait(None)
