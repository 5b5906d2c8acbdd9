"""Free slots: found, held for a while, taken and given back.

`capacity` is what is left. A hold does not lower it: it keeps the slot from everybody else until it expires
(real time). Whoever changes a slot locks its row first, rows of several slots in one order, so that writers
never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Row,
    ScalarSelect,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from bot.contracts.seats import SOONEST, SeatFilter, SeatOrder
from bot.rules.facts import Seat, Site
from bot.rules.time import instant_of, zone
from bot.store.models import HoldRow, SeatRow, SiteRow
from bot.store.repositories.people import lock_people, site_of
from bot.store.types import write_local
from bot.store.values import FreeSeat, Hold

Slot = tuple[str, datetime]
"""A site and a start, local at the site."""
EVERY = SeatFilter()
"""Every start at every site."""

# Statements of a change, built once.
_SITE: BindParameter[str] = bindparam("site")
_START: BindParameter[datetime] = bindparam("start")
_IS_SLOT = (SeatRow.site_id == _SITE, SeatRow.starts_at == _START)
_SLOT = select(SeatRow).where(*_IS_SLOT)
_SLOT_LOCKED = _SLOT.with_for_update(key_share=True)
_SET_LEFT = update(SeatRow).where(*_IS_SLOT).values(capacity=bindparam("left"))
_TAKE = update(SeatRow).where(*_IS_SLOT, SeatRow.capacity > 0).values(capacity=SeatRow.capacity - 1)
_GIVE_BACK = update(SeatRow).where(*_IS_SLOT).values(capacity=SeatRow.capacity + 1)
_ADD_SLOT = insert(SeatRow)
_HELD_BY_ALL = (
    select(func.count())
    .select_from(HoldRow)
    .where(HoldRow.site_id == _SITE, HoldRow.starts_at == _START, HoldRow.expires_at > bindparam("now"))
)
_HELD_BY_OTHERS = _HELD_BY_ALL.where(HoldRow.ase_id != bindparam("of"))
_ADD_HOLD = insert(HoldRow)
_RELEASE = delete(HoldRow).where(HoldRow.ase_id == bindparam("of"))
_RELEASE_SLOT = _RELEASE.where(HoldRow.site_id == _SITE, HoldRow.starts_at == _START)
_RELEASE_OF_CONVERSATION = delete(HoldRow).where(HoldRow.conversation_id == bindparam("conversation_id"))


class SeatRepository:
    """Free slots and holds. `now` is always real time; `of` the person asking, whose own hold does not
    count."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- finding ------------------------------------------------------------------------------

    def free(
        self,
        wanted: SeatFilter = EVERY,
        *,
        now: datetime,
        of: str | None = None,
        since: datetime | None = None,
        order: SeatOrder = SOONEST,
        limit: int | None = None,
    ) -> tuple[FreeSeat, ...]:
        """Free slots that start after the instant `since`, in this order."""
        left = SeatRow.capacity - _held(now, of)
        statement = (
            select(SeatRow, SiteRow, left.label("free"))
            .join(SiteRow, SiteRow.id == SeatRow.site_id)
            .where(*_free(wanted, now, of, since))
            .order_by(*_ordered(order))
            .limit(limit)
        )
        found = tuple(_free_seat(row) for row in self._connection.execute(statement))
        return found[::-1] if order.latest else found

    def any_free(
        self, several: Sequence[SeatFilter], *, now: datetime, of: str | None = None, since: datetime | None = None
    ) -> tuple[bool, ...]:
        """For each of these whether there is any free slot, in one statement."""
        asked = [exists().where(*_free(wanted, now, of, since)) for wanted in several]
        return tuple(bool(found) for found in self._connection.execute(select(*asked)).one())

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
                self._connection.execute(_SET_LEFT, {**_is(seat.site, seat.starts_at), "left": seat.capacity})
            else:
                fresh.append(_columns(seat, zones[seat.site]))
        if fresh:
            self._connection.execute(_ADD_SLOT, fresh)

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
        if self._connection.execute(_TAKE, _is(site, starts_at)).rowcount != 1:
            return False
        self._connection.execute(_RELEASE_SLOT, {**_is(site, starts_at), "of": of})
        return True

    def give_back(self, site: Site, starts_at: datetime) -> None:
        """Add one to the slot; where there is no row, a new one of one."""
        if self._connection.execute(_GIVE_BACK, _is(site.id, starts_at)).rowcount == 0:
            self._connection.execute(_ADD_SLOT, _columns(Seat(site.id, starts_at, 1), zone(site.time_zone)))

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
            _ADD_HOLD,
            {
                "ase_id": of,
                "site_id": site,
                "starts_at": starts_at,
                "conversation_id": conversation_id,
                "created_at": now,
                "expires_at": until,
            },
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
        self._connection.execute(_RELEASE, {"of": ase_id})

    def release_of(self, conversation_id: str) -> None:
        """Let go of what was kept for a person in this conversation; what another one took up stays."""
        self._connection.execute(_RELEASE_OF_CONVERSATION, {"conversation_id": conversation_id})

    def sweep(self, *, now: datetime) -> int:
        """Remove expired holds; how many there were. They do not count anyway."""
        return self._connection.execute(delete(HoldRow).where(HoldRow.expires_at <= now)).rowcount

    # --- inside -------------------------------------------------------------------------------

    def _row(self, site: str, starts_at: datetime, *, lock: bool) -> Row[Any] | None:
        return self._connection.execute(_SLOT_LOCKED if lock else _SLOT, _is(site, starts_at)).one_or_none()

    def _held_by_others(self, site: str, starts_at: datetime, now: datetime, of: str | None) -> int:
        values = {**_is(site, starts_at), "now": now}
        if of is None:
            return self._connection.execute(_HELD_BY_ALL, values).scalar_one()
        return self._connection.execute(_HELD_BY_OTHERS, {**values, "of": of}).scalar_one()


def _columns(seat: Seat, zone_of_site: ZoneInfo) -> dict[str, Any]:
    return {
        "site_id": seat.site,
        "starts_at": seat.starts_at,
        "starts_utc": instant_of(seat.starts_at, zone_of_site),
        "capacity": seat.capacity,
    }


def _is(site: str, starts_at: datetime) -> dict[str, Any]:
    """A slot as the statements above name it."""
    return {"site": site, "start": starts_at}


def _others(now: datetime, of: str | None) -> list[Any]:
    conditions: list[Any] = [HoldRow.expires_at > now]
    if of is not None:
        conditions.append(HoldRow.ase_id != of)
    return conditions


def _held(now: datetime, of: str | None) -> ScalarSelect[int]:
    statement = select(func.count()).where(HoldRow.site_id == SeatRow.site_id, HoldRow.starts_at == SeatRow.starts_at)
    return statement.where(*_others(now, of)).correlate(SeatRow).scalar_subquery()


_DAY = func.substr(SeatRow.starts_at, 1, 10, type_=Text)
"""The local day of a start, "2026-03-10"."""
_TIME = func.substr(SeatRow.starts_at, 12, 8, type_=Text)
"""The local time of a start to the second, "09:00:00"."""
_LOCAL = func.substr(SeatRow.starts_at, 1, 19, type_=Text)
"""The local start to the second, the same for the second of two."""
_DATE = cast(_DAY, Date().with_variant(Text(), "sqlite"))
"""The local day as what the database reckons with."""
_FAR = timedelta(days=2)
"""A local day lies within its UTC days so many days before and after."""


def _free(wanted: SeatFilter, now: datetime, of: str | None, since: datetime | None) -> Iterator[ColumnElement[bool]]:
    """The conditions of a slot that is wanted and free. The instants leave little to look at, by the index."""
    after = since
    if wanted.first_day is not None:
        begins = datetime.combine(wanted.first_day, time(), UTC) - _FAR
        after = begins if after is None else max(after, begins)
        yield wanted.first_day.isoformat() <= _DAY
    if after is not None:
        yield SeatRow.starts_utc > after
    if wanted.last_day is not None:
        yield SeatRow.starts_utc < datetime.combine(wanted.last_day, time(), UTC) + _FAR
        yield wanted.last_day.isoformat() >= _DAY
    if wanted.sites is not None:
        yield SeatRow.site_id.in_(sorted(wanted.sites))
    if wanted.earliest is not None:
        yield wanted.earliest.isoformat("seconds") <= _TIME
    if wanted.latest is not None:
        yield wanted.latest.isoformat("seconds") >= _TIME
    for begins_at, ends_at in wanted.hours_out:
        yield or_(begins_at.isoformat("seconds") > _TIME, ends_at.isoformat("seconds") <= _TIME)
    if wanted.weekdays_out:
        yield extract("dow", _DATE).not_in([(day + 1) % 7 for day in sorted(wanted.weekdays_out)])
    if wanted.days_out:
        yield _DAY.not_in([day.isoformat() for day in sorted(wanted.days_out)])
    if wanted.later_than is not None:
        yield wanted.later_than.isoformat(timespec="seconds") < _LOCAL
    if wanted.earlier_than is not None:
        yield wanted.earlier_than.isoformat(timespec="seconds") > _LOCAL
    for site, starts_at in sorted(wanted.starts_out):
        yield not_(and_(SeatRow.site_id == site, _LOCAL.in_([starts_at.isoformat(timespec="seconds")])))
    yield SeatRow.capacity > _held(now, of)


def _ordered(order: SeatOrder) -> list[ColumnElement[Any]]:
    """What comes first; by the instants alone where nothing else is asked."""
    if order.closed_until is not None:
        late = case((SeatRow.starts_utc <= order.closed_until, 1), else_=0)
        return [late, *_ordered(replace(order, closed_until=None))]
    by_instant: list[ColumnElement[Any]] = [SeatRow.starts_utc.expression, SeatRow.site_id.expression]
    if order.latest:
        return [column.desc() for column in by_instant]
    if order.near_day is not None:
        day = int(datetime.combine(order.near_day, time(), UTC).timestamp())
        return [func.abs(extract("epoch", _DATE) - day), _LOCAL, *by_instant]
    if order.rings:
        rings = [(SeatRow.site_id.in_(sorted(ring)), number) for number, ring in enumerate(order.rings)]
        return [case(*rings, else_=len(rings)), _LOCAL, *by_instant]
    return by_instant


def _free_seat(row: Row[Any]) -> FreeSeat:
    return FreeSeat(site_of(row), row.starts_at, row.starts_utc, row.free)
