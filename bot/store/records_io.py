"""Records files in and out of the store: `assistant records load|show|erase|seats`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.records.checks import two_at_once
from bot.records.codec import Fault, RecordsFile, parse_records, person_to_dict
from bot.rules.catalogue import TestCatalogue
from bot.store.records_file import read_document
from bot.store.values import AuditEvent, Erased, FreeSeat, Json

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.store import Store, UnitOfWork

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a records file brought: how many people were added and replaced, how many sites and seat rows it had.

    `warnings`: what was loaded as it stands although it can hardly be meant.
    """

    added: int
    replaced: int
    sites: int
    seats: int
    warnings: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return f"{self.added} people added, {self.replaced} replaced, {self.sites} sites, {self.seats} seats"


def load_file(store: Store, path: str | Path, clock: Clock, catalogue: TestCatalogue | None = None) -> LoadReport:
    """Merge a records file into the store, all of it or nothing. Migrates an empty database.

    `catalogue` is that of the tests, read from `knowledge/` where it is not given. Raises RecordsError with every
    fault and its path.
    """
    return load_document(store, read_document(Path(path)), clock, catalogue)


def load_document(store: Store, document: object, clock: Clock, catalogue: TestCatalogue | None = None) -> LoadReport:
    """The same for a file that is already read. Facts dated after today and unknown sites are faults."""
    store.migrate()
    with store.unit_of_work(write=False) as unit:
        known_sites = unit.records.sites()
    records = parse_records(document, catalogue or known_tests(), known_sites=known_sites, as_of=clock.now())
    with store.unit_of_work() as unit:
        report = put_records(unit, records)
        unit.commit()
    sites = {**known_sites, **{site.id: site for site in records.sites}}
    return replace(report, warnings=two_at_once(records.candidates, sites))


def known_tests() -> TestCatalogue:
    """The catalogue of tests in `knowledge/`."""
    from bot.catalog.load import load_tests

    return load_tests(KNOWLEDGE)


def put_records(unit: UnitOfWork, records: RecordsFile) -> LoadReport:
    """Put everything into a unit of work. People in the file replace those stored, as do sites and seats."""
    unit.records.lock([candidate.ase_id for candidate in records.candidates])
    before = unit.records.count()
    unit.records.put_sites(records.sites)
    unit.seats.put(records.seats)
    unit.records.put_candidates(records.candidates)
    added = unit.records.count() - before
    return LoadReport(added, len(records.candidates) - added, len(records.sites), len(records.seats))


def show_person(store: Store, ase_id: str) -> Json | None:
    """A records file, as plain data, with one person and the sites they mention; None if there is nobody."""
    store.migrate()
    with store.unit_of_work(write=False) as unit:
        person = unit.records.person(ase_id)
    if person is None:
        return None
    return person_to_dict(person.candidate, person.sites)


def erase_person(store: Store, ase_id: str, clock: Clock | None = None) -> Erased | None:
    """Remove a person for good, from the files of the database too; None if nothing was known of them."""
    from bot.clock import Clock as SystemClock

    at = (clock or SystemClock()).real()
    store.migrate()
    with store.unit_of_work() as unit:
        erased = unit.erase(ase_id, at=at)
        unit.commit()
    store.scrub()
    return erased


def export_person(store: Store, ase_id: str, clock: Clock | None = None) -> Json | None:
    """Everything that is kept about a person, as plain data; None if nothing is. That it was given out is audited."""
    from bot.clock import Clock as SystemClock

    at = (clock or SystemClock()).real()
    store.migrate()
    with store.unit_of_work() as unit:
        person, kept = unit.records.person(ase_id), unit.export(ase_id)
        if person is None and not any(kept.values()):
            return None
        unit.audit.append(AuditEvent(at, "system", "terminal", "records_exported", subject=ase_id))
        unit.commit()
    records = None if person is None else person_to_dict(person.candidate, person.sites)
    return {"ase_id": ase_id, "exported_at": at.isoformat(), "records": records, "kept": kept}


def free_seats(store: Store, site: str | None = None, clock: Clock | None = None) -> tuple[FreeSeat, ...]:
    """Rows with something left, soonest first; slots held for somebody still count as left."""
    store.migrate()
    with store.unit_of_work(write=False) as unit:
        return unit.seats.left(site)
