"""The whole assistant (model, rules, database) behind the real gateway, for browsers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.adapters.demo_pages import DemoInStore
from bot.clock import Clock
from bot.config.settings import Settings
from bot.conversation.service import Assistant
from bot.demo.people import load_demo
from bot.gateway.app import create_app
from bot.gateway.channels.agent_console import agent_console, build_console
from bot.rules.facts import Appointment, Site
from bot.store import Store
from bot.store.decision_log import keep_policy
from bot.store.values import Hold
from tests import serving
from tests.whole import assistant_on, catalog, dialogue, services_on

SECRET = "the key of the host page in tests, long enough"
AS_OF = datetime.fromisoformat("2026-03-02T10:00:00-06:00")


class WholeServing(serving.Serving):
    """The people of the demo on a day that stands still; holds go by real time."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._url = f"sqlite:///{path}"
        self.store: Store
        self.assistant: Assistant

    async def begin(self) -> None:
        clock = Clock(AS_OF)
        self.store = Store(self._url)
        self.store.migrate()
        load_demo(self.store, clock)
        keep_policy(self.store, catalog(), AS_OF)
        self.assistant = assistant_on(self.store, clock)
        settings = Settings.from_environment({"ASSISTANT_HOST_SECRET": SECRET, "ASSISTANT_STOP_TIMEOUT": "1"})
        await self.assistant.warm_up()
        console = build_console(
            self.assistant, self.store, services_on(self.store, clock), dialogue(), clock, demo=True
        )
        self.app = create_app(
            self.assistant,
            settings.for_demo(),
            clock,
            demo=DemoInStore(self.store),
            channels=[agent_console(console)],
        )
        self.app.on_shutdown.append(self._stopped)
        self.url = f"http://127.0.0.1:{await self.listen(self.app)}"

    async def _stopped(self, _: object) -> None:
        self.assistant.stop()

    async def end(self) -> None:
        self.store.close()

    # --- what the records say ------------------------------------------------------------------------

    def appointment(self, ase_id: str, purchase_id: str) -> Appointment:
        """The appointment of a bought test."""
        with self.store.unit_of_work(write=False) as uow:
            person = uow.records.person(ase_id)
        assert person is not None
        [found] = [one.appointment for one in person.candidate.purchases if one.id == purchase_id]
        assert found is not None
        return found

    def site(self, site_id: str) -> Site:
        """A test center."""
        with self.store.unit_of_work(write=False) as uow:
            return uow.records.sites()[site_id]

    def held(self, ase_id: str) -> Hold | None:
        """The seat that is kept for a person now."""
        with self.store.unit_of_work(write=False) as uow:
            return uow.seats.held(ase_id, now=Clock().real())

    def code(self) -> str:
        """The newest sign-in code that was mailed."""
        with self.store.unit_of_work(write=False) as uow:
            codes = [mail.mail.code for mail in uow.outbox.list() if mail.mail.code]
        return codes[-1]
