"""The records of candidates and the test centres: read as facts, replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.rules.facts import Appointment, Candidate, Certification, Site
from bot.rules.time import instant_of, zone
from bot.store.models import (
    AppointmentRow,
    CandidateRow,
    CertificationRow,
    PurchaseRow,
    RefundDueRow,
    ResultRow,
    SeatRow,
    SiteRow,
    SitesVersionRow,
)
from bot.store.repositories.people import (
    appointment_of,
    candidate_columns,
    candidate_of,
    lock_people,
    purchases_of,
    site_of,
)
from bot.store.values import Person, PersonSummary

_CHUNK = 400
"""Candidates handled by one statement: well below what a statement may carry in parameters."""

# Statements of a turn, built once.
_OF_PERSON: BindParameter[str] = bindparam("ase_id")
_CANDIDATE = select(CandidateRow).where(CandidateRow.ase_id == _OF_PERSON)
_PURCHASES = (
    select(PurchaseRow, ResultRow.outcome, ResultRow.taken_on, ResultRow.posted_on)
    .outerjoin(ResultRow, and_(ResultRow.ase_id == PurchaseRow.ase_id, ResultRow.purchase_id == PurchaseRow.id))
    .where(PurchaseRow.ase_id == _OF_PERSON)
)
_APPOINTMENTS = select(AppointmentRow).where(AppointmentRow.ase_id == _OF_PERSON)
_CERTIFICATIONS = (
    select(CertificationRow).where(CertificationRow.ase_id == _OF_PERSON).order_by(CertificationRow.position)
)
_SITES_VERSION = select(SitesVersionRow.version)
_TOUCH = update(CandidateRow).where(CandidateRow.ase_id == bindparam("which")).values(version=CandidateRow.version + 1)


class KnownSites:
    """The test centres as this process read them last, and the version they had then. Shared by all threads.

    A version is made up afresh with every change and never comes back, so one that was never committed, or was
    restored from a copy, cannot be taken for another.
    """

    def __init__(self) -> None:
        self._kept: tuple[str | None, Mapping[str, Site]] = (None, {})

    def of(self, version: str | None) -> dict[str, Site] | None:
        """The sites of this version, if they are known."""
        kept, sites = self._kept
        return dict(sites) if version is not None and kept == version else None

    def keep(self, version: str | None, sites: Mapping[str, Site]) -> None:
        """Remember the sites of this version."""
        self._kept = (version, dict(sites))


class RecordsRepository:
    """Candidates with all that belongs to them, and test centres."""

    def __init__(self, connection: Connection, known: KnownSites) -> None:
        self._connection = connection
        self._known = known

    # --- reading ------------------------------------------------------------------------------

    def person(self, ase_id: str, *, lock: bool = False, sites: Mapping[str, Site] | None = None) -> Person | None:
        """A person's records with the sites they mention. `lock` keeps other writers off until the end.

        `sites`: all sites, where this unit of work has read them already.
        """
        if lock:
            lock_people(self._connection, ase_id)
        row = self._connection.execute(_CANDIDATE, {"ase_id": ase_id}).one_or_none()
        if row is None:
            return None
        candidate = self._candidate(row)
        named = {p.appointment.site for p in candidate.purchases if p.appointment is not None}
        if sites is None:
            sites = self.sites() if named else {}
        return Person(candidate, {site: sites[site] for site in sorted(named)}, row.version)

    def people(self, *, after: str = "", limit: int | None = None) -> tuple[PersonSummary, ...]:
        """Everybody by ASE ID, from the one after `after` on."""
        statement = (
            select(CandidateRow.ase_id, CandidateRow.first_name, CandidateRow.last_name, CandidateRow.email)
            .where(CandidateRow.ase_id > after)
            .order_by(CandidateRow.ase_id)
            .limit(limit)
        )
        return tuple(PersonSummary(*row) for row in self._connection.execute(statement))

    def count(self) -> int:
        """How many people there are."""
        return self._connection.execute(select(func.count()).select_from(CandidateRow)).scalar_one()

    def appointments(self, ase_id: str, purchase_id: str) -> tuple[Appointment, ...]:
        """Every appointment a purchase ever had, oldest first, given-up ones included."""
        statement = (
            select(AppointmentRow)
            .where(AppointmentRow.ase_id == ase_id, AppointmentRow.purchase_id == purchase_id)
            .order_by(AppointmentRow.number)
        )
        return tuple(appointment_of(row) for row in self._connection.execute(statement))

    def sites(self) -> dict[str, Site]:
        """All sites by id. Read again only where they are not those this process knows."""
        return self.sites_of(self._connection.execute(_SITES_VERSION).scalar_one_or_none())

    def sites_of(self, version: str | None) -> dict[str, Site]:
        """All sites by id; their version was read in this unit of work."""
        found = self._known.of(version)
        if found is None:
            rows = self._connection.execute(select(SiteRow).order_by(SiteRow.id))
            found = {row.id: site_of(row) for row in rows}
            self._known.keep(version, found)
        return found

    # --- writing ------------------------------------------------------------------------------

    def put_sites(self, sites: Iterable[Site]) -> None:
        """Add sites or replace those of the same id; a new time zone moves the instants of what starts
        there."""
        known, changed = self.sites(), False
        for site in sites:
            values = {
                "name": site.name,
                "city": site.city,
                "region": site.region,
                "country": site.country,
                "time_zone": site.time_zone,
            }
            before = known.get(site.id)
            if before is None:
                self._connection.execute(insert(SiteRow).values(id=site.id, **values))
            elif before != site:
                self._connection.execute(update(SiteRow).where(SiteRow.id == site.id).values(**values))
                if before.time_zone != site.time_zone:
                    self._rezone(site)
            changed = changed or before != site
            known[site.id] = site
        if changed:
            self._new_sites_version()

    def put_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Add people or replace those of the same ASE ID, with all that belongs to them.

        The sites of their appointments must be there. What was done for them here (orders, refunds) stays;
        a refund due is withdrawn where the new records say that the test is not cancelled.
        """
        zones = {site.id: site.time_zone for site in self.sites().values()}
        for start in range(0, len(candidates), _CHUNK):
            self._put(candidates[start : start + _CHUNK], zones)

    def lock(self, ids: Sequence[str]) -> None:
        """Keep other writers off these people until the end of the unit of work."""
        for start in range(0, len(ids), _CHUNK):
            lock_people(self._connection, *sorted(ids)[start : start + _CHUNK])

    def touch(self, ase_id: str) -> None:
        """Count a change to anything of this person."""
        self._connection.execute(_TOUCH, {"which": ase_id})

    # --- inside -------------------------------------------------------------------------------

    def _candidate(self, row: Row[Any]) -> Candidate:
        whose = {"ase_id": row.ase_id}
        bought = self._connection.execute(_PURCHASES, whose)
        purchases = purchases_of(bought, self._connection.execute(_APPOINTMENTS, whose))
        held = self._connection.execute(_CERTIFICATIONS, whose)
        certifications = [Certification(each.test, each.certified_on) for each in held]
        return candidate_of(row, purchases, certifications)

    def _put(self, candidates: Sequence[Candidate], zones: Mapping[str, str]) -> None:
        ids = [candidate.ase_id for candidate in candidates]
        execute = self._connection.execute
        known = lock_people(self._connection, *ids)
        for table in (ResultRow, AppointmentRow, CertificationRow, PurchaseRow):
            if known:
                execute(delete(table).where(table.ase_id.in_(known)))
        fresh = [candidate_columns(c) for c in candidates if c.ase_id not in known]
        if fresh:
            execute(insert(CandidateRow), fresh)
        replaced = [candidate_columns(c) for c in candidates if c.ase_id in known]
        if replaced:
            changed = [{**values, "this": values["ase_id"]} for values in replaced]
            statement = update(CandidateRow).where(CandidateRow.ase_id == bindparam("this"))
            execute(statement.values(version=CandidateRow.version + 1, **{
                name: bindparam(name) for name in changed[0] if name not in {"this", "ase_id"}
            }), [{k: v for k, v in values.items() if k != "ase_id"} for values in changed])  # fmt: skip
        self._put_belongings(candidates, zones)
        self._withdraw_refunds(candidates, known)

    def _put_belongings(self, candidates: Sequence[Candidate], zones: Mapping[str, str]) -> None:
        purchases, appointments, results, certifications = [], [], [], []
        for candidate in candidates:
            whose = {"ase_id": candidate.ase_id}
            for position, purchase in enumerate(candidate.purchases):
                purchases.append(
                    {
                        **whose,
                        "id": purchase.id,
                        "position": position,
                        "test": purchase.test,
                        "purchased_on": purchase.purchased_on,
                        "paid_by": purchase.paid_by.value,
                        "cancelled_on": purchase.cancelled_on,
                    }
                )
                if (booked := purchase.appointment) is not None:
                    appointments.append(
                        {
                            **whose,
                            "id": booked.id,
                            "purchase_id": purchase.id,
                            "number": 1,
                            "site_id": booked.site,
                            "starts_at": booked.starts_at,
                            "starts_utc": instant_of(booked.starts_at, zone(zones[booked.site])),
                            "status": booked.status.value,
                        }
                    )
                if (result := purchase.result) is not None:
                    results.append(
                        {
                            **whose,
                            "purchase_id": purchase.id,
                            "outcome": result.outcome.value,
                            "taken_on": result.taken_on,
                            "posted_on": result.posted_on,
                        }
                    )
            for position, held in enumerate(candidate.certifications):
                certifications.append(
                    {**whose, "position": position, "test": held.test, "certified_on": held.certified_on}
                )
        for table, rows in (
            (PurchaseRow, purchases),
            (AppointmentRow, appointments),
            (ResultRow, results),
            (CertificationRow, certifications),
        ):
            if rows:
                self._connection.execute(insert(table), rows)

    def _withdraw_refunds(self, candidates: Sequence[Candidate], known: set[str]) -> None:
        for candidate in candidates:
            alive = [p.id for p in candidate.purchases if p.cancelled_on is None]
            if candidate.ase_id in known and alive:
                self._connection.execute(
                    update(RefundDueRow)
                    .where(
                        RefundDueRow.ase_id == candidate.ase_id,
                        RefundDueRow.purchase_id.in_(alive),
                        RefundDueRow.state == "due",
                    )
                    .values(state="withdrawn")
                )

    def _new_sites_version(self) -> None:
        version = uuid4().hex
        make = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        self._connection.execute(
            make(SitesVersionRow)
            .values(id=1, version=version)
            .on_conflict_do_update(index_elements=["id"], set_={"version": version})
        )

    def _rezone(self, site: Site) -> None:
        for table in (SeatRow, AppointmentRow):
            starts: Iterable[datetime] = self._connection.execute(
                select(table.starts_at).where(table.site_id == site.id).distinct()
            ).scalars()
            for local in list(starts):
                self._connection.execute(
                    update(table)
                    .where(table.site_id == site.id, table.starts_at == local)
                    .values(starts_utc=instant_of(local, zone(site.time_zone)))
                )
