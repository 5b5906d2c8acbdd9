"""Free slots: found, held for a while, taken and given back.

`capacity` is what is left. A hold does not lower it: it keeps the slot from everybody else until it expires
(real time). Whoever changes a slot locks its row first, rows of several slots in one order, so that writers
never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select, update

from bot.rules.facts import Seat, Site
from bot.rules.time import instant_of, zone
from bot.store.models import HoldRow, SeatRow, SiteRow
from bot.store.repositories.people import lock_people, site_of
from bot.store.types import write_local
from bot.store.values import FreeSeat, Hold

Slot = tuple[str, datetime]
"""A site and a start, local at the site."""


class SeatRepository:
    """Free slots and holds. `now` is always real time; `of` the person asking, whose own hold does not
    count."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- finding ------------------------------------------------------------------------------

    def free(
        self,
        *,
        now: datetime,
        of: str | None = None,
        site: str | None = None,
        city: str | None = None,
        region: str | None = None,
        country: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[FreeSeat, ...]:
        """Free slots, earliest first. `since` (exclusive) and `until` (inclusive) are instants of the start.

        `city`, `region` and `country` compare without regard to case.
        """
        held = _held(now, of)
        statement = (
            select(SeatRow, SiteRow, (SeatRow.capacity - func.coalesce(held.c.held, 0)).label("free"))
            .join(SiteRow, SiteRow.id == SeatRow.site_id)
            .outerjoin(held, and_(held.c.site_id == SeatRow.site_id, held.c.starts_at == SeatRow.starts_at))
            .where(SeatRow.capacity > func.coalesce(held.c.held, 0))
            .order_by(SeatRow.starts_utc, SeatRow.site_id)
            .limit(limit)
        )
        for column, wanted in ((SiteRow.city, city), (SiteRow.region, region), (SiteRow.country, country)):
            if wanted is not None:
                statement = statement.where(func.lower(column) == wanted.lower())
        if site is not None:
            statement = statement.where(SeatRow.site_id == site)
        if since is not None:
            statement = statement.where(SeatRow.starts_utc > since)
        if until is not None:
            statement = statement.where(SeatRow.starts_utc <= until)
        return tuple(_free_seat(row) for row in self._connection.execute(statement))

    def left(self, site: str | None = None) -> tuple[FreeSeat, ...]:
        """Every row with something left, of one site or all, soonest first; `free` counts held slots too."""
        statement = (
            select(SeatRow, SiteRow, SeatRow.capacity.label("free"))
            .join(SiteRow, SiteRow.id == SeatRow.site_id)
            .where(SeatRow.capacity > 0)
            .order_by(SeatRow.starts_utc, SeatRow.site_id)
        )
        if site is not None:
            statement = statement.where(SeatRow.site_id == site)
        return tuple(_free_seat(row) for row in self._connection.execute(statement))

    def seat(self, site: str, starts_at: datetime, *, now: datetime, of: str | None = None) -> Seat | None:
        """One slot with what this person could still take of it; None where there is no such slot."""
        row = self._row(site, starts_at, lock=False)
        if row is None:
            return None
        return Seat(site, starts_at, max(0, row.capacity - self._held_by_others(site, starts_at, now, of)))

    # --- writing ------------------------------------------------------------------------------

    def put(self, seats: Iterable[Seat]) -> None:
        """Add slots or replace what is left of those of the same site and start. The sites must be there."""
        zones = {row.id: zone(row.time_zone) for row in self._connection.execute(select(SiteRow))}
        stored = self._connection.execute(select(SeatRow.site_id, SeatRow.starts_at))
        known = {(site, write_local(starts_at)) for site, starts_at in stored}
        fresh = []
        for seat in sorted(seats, key=lambda seat: (seat.site, seat.starts_at)):
            if (seat.site, write_local(seat.starts_at)) in known:
                self._connection.execute(
                    update(SeatRow).where(*_is(seat.site, seat.starts_at)).values(capacity=seat.capacity)
                )
            else:
                fresh.append(
                    {
                        "site_id": seat.site,
                        "starts_at": seat.starts_at,
                        "starts_utc": instant_of(seat.starts_at, zones[seat.site]),
                        "capacity": seat.capacity,
                    }
                )
        if fresh:
            self._connection.execute(insert(SeatRow), fresh)

    def lock(self, *slots: Slot) -> None:
        """Keep other writers off these slots until the end of the unit of work."""
        for site, starts_at in sorted(set(slots)):
            self._row(site, starts_at, lock=True)

    def take(self, site: str, starts_at: datetime, *, of: str, now: datetime) -> bool:
        """Take one slot for a person, ending their hold on it; False if none is left that is not held by
        others."""
        row = self._row(site, starts_at, lock=True)
        if row is None or row.capacity <= self._held_by_others(site, starts_at, now, of):
            return False
        taken = self._connection.execute(
            update(SeatRow).where(*_is(site, starts_at), SeatRow.capacity > 0).values(capacity=SeatRow.capacity - 1)
        )
        if taken.rowcount != 1:
            return False
        self._connection.execute(
            delete(HoldRow).where(HoldRow.ase_id == of, HoldRow.site_id == site, HoldRow.starts_at == starts_at)
        )
        return True

    def give_back(self, site: Site, starts_at: datetime) -> None:
        """Add one to the slot; where there is no row, a new one of one."""
        given = self._connection.execute(
            update(SeatRow).where(*_is(site.id, starts_at)).values(capacity=SeatRow.capacity + 1)
        )
        if given.rowcount == 0:
            self.put([Seat(site.id, starts_at, 1)])

    # --- holds --------------------------------------------------------------------------------

    def hold(
        self,
        site: str,
        starts_at: datetime,
        *,
        of: str,
        now: datetime,
        until: datetime,
        conversation_id: str | None = None,
    ) -> Hold | None:
        """Keep a slot for a person, letting go of any other they hold; None if nothing is left to keep."""
        lock_people(self._connection, of)
        row = self._row(site, starts_at, lock=True)
        if row is None or row.capacity <= self._held_by_others(site, starts_at, now, of):
            return None
        self.release(of)
        hold = Hold(of, site, starts_at, conversation_id, now, until)
        self._connection.execute(
            insert(HoldRow).values(
                ase_id=of,
                site_id=site,
                starts_at=starts_at,
                conversation_id=conversation_id,
                created_at=now,
                expires_at=until,
            )
        )
        return hold

    def held(self, ase_id: str, *, now: datetime) -> Hold | None:
        """What a person holds and has not lost yet."""
        statement = select(HoldRow).where(HoldRow.ase_id == ase_id, HoldRow.expires_at > now)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        return Hold(row.ase_id, row.site_id, row.starts_at, row.conversation_id, row.created_at, row.expires_at)

    def release(self, ase_id: str) -> None:
        """Let go of what a person holds."""
        self._connection.execute(delete(HoldRow).where(HoldRow.ase_id == ase_id))

    def release_of(self, conversation_id: str) -> None:
        """Let go of what was kept for a person in this conversation; what another one took up stays."""
        self._connection.execute(delete(HoldRow).where(HoldRow.conversation_id == conversation_id))

    def sweep(self, *, now: datetime) -> int:
        """Remove expired holds; how many there were. They do not count anyway."""
        return self._connection.execute(delete(HoldRow).where(HoldRow.expires_at <= now)).rowcount

    # --- inside -------------------------------------------------------------------------------

    def _row(self, site: str, starts_at: datetime, *, lock: bool) -> Row[Any] | None:
        statement = select(SeatRow).where(*_is(site, starts_at))
        if lock:
            statement = statement.with_for_update(key_share=True)
        return self._connection.execute(statement).one_or_none()

    def _held_by_others(self, site: str, starts_at: datetime, now: datetime, of: str | None) -> int:
        statement = (
            select(func.count())
            .select_from(HoldRow)
            .where(HoldRow.site_id == site, HoldRow.starts_at == starts_at, *_others(now, of))
        )
        return self._connection.execute(statement).scalar_one()


def _is(site: str, starts_at: datetime) -> tuple[Any, Any]:
    return (SeatRow.site_id == site, SeatRow.starts_at == starts_at)


def _others(now: datetime, of: str | None) -> list[Any]:
    conditions: list[Any] = [HoldRow.expires_at > now]
    if of is not None:
        conditions.append(HoldRow.ase_id != of)
    return conditions


def _held(now: datetime, of: str | None) -> Any:
    statement: Select[Any] = select(HoldRow.site_id, HoldRow.starts_at, func.count().label("held"))
    return statement.where(*_others(now, of)).group_by(HoldRow.site_id, HoldRow.starts_at).subquery("held")


def _free_seat(row: Row[Any]) -> FreeSeat:
    return FreeSeat(site_of(row), row.starts_at, row.starts_utc, row.free)
