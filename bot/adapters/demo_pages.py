"""What the demo pages show, from the store."""

from __future__ import annotations

import asyncio

from bot.contracts.demo import DemoMail, DemoPerson
from bot.demo.people import DEMO_PEOPLE
from bot.store import Store


class DemoInStore:
    """The demo's people, and the mails that would have gone out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def people(self) -> tuple[DemoPerson, ...]:
        """Everybody one may be, in the order of their IDs."""
        return await asyncio.to_thread(self._people)

    def _people(self) -> tuple[DemoPerson, ...]:
        with self._store.unit_of_work(write=False) as uow:
            known = uow.records.people()
        return tuple(
            DemoPerson(p.ase_id, f"{p.first_name or ''} {p.last_name or ''}".strip(), DEMO_PEOPLE.get(p.ase_id, ""))
            for p in known
        )

    async def mails(self, limit: int) -> tuple[DemoMail, ...]:
        """The newest mails, newest first."""
        return await asyncio.to_thread(self._mails, limit)

    def _mails(self, limit: int) -> tuple[DemoMail, ...]:
        with self._store.unit_of_work(write=False) as uow:
            kept = uow.outbox.list()
        return tuple(
            DemoMail(m.mail.to, m.created_at, m.mail.subject, m.mail.body, m.mail.code) for m in reversed(kept[-limit:])
        )
