"""The console behind the real gateway, for browsers."""

from __future__ import annotations

from pathlib import Path

from bot.bootstrap import demo_pages
from bot.clock import Clock
from bot.gateway.app import create_app
from bot.gateway.channels.agent_console import agent_console
from tests import serving
from tests.console.conftest import House, Time, build_house


class Serving(serving.Serving):
    """The clock runs, for the person's browser and the agent's see the same."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.house: House

    async def begin(self) -> None:
        self.house = build_house(self._path, clock=Clock(), time=Time(), demo=True)
        parts = self.house.parts
        self.app = create_app(
            self.house.assistant,
            parts.settings,
            parts.clock,
            demo=demo_pages(parts),
            channels=[agent_console(self.house.console)],
        )
        self.app.on_shutdown.append(self._stopped)
        self.url = f"http://127.0.0.1:{await self.listen(self.app)}"

    async def _stopped(self, _: object) -> None:
        self.house.assistant.stop()

    async def end(self) -> None:
        self.house.store.close()
