"""Races between real processes, some of them killed: exactly one effect each.

The short form runs with the other tests, the long one with `-m long`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from bot.rules.facts import Appointment, AppointmentStatus, Candidate, Purchase, Seat
from bot.store import Store
from tests.store.facts import CHICAGO
from tests.store.racing import Job, Workers

PARALLEL = 10
FIRST = datetime(2026, 4, 1, 9)


@pytest.fixture
def workers(store: Store, url: str) -> Iterator[Workers]:
    with store.unit_of_work() as unit:
        unit.records.put_sites([CHICAGO])
        unit.commit()
    running = Workers(url, PARALLEL)
    yield running
    running.stop()


def prepare(store: Store, trial: int, people: int) -> list[Job]:
    """People with an appointment each, and one free slot that all of them want."""
    wanted = (CHICAGO.id, FIRST + timedelta(minutes=trial))
    old = (CHICAGO.id, FIRST - timedelta(days=1))
    ids = [f"ASE-{trial:04d}-{number:04d}" for number in range(people)]
    with store.unit_of_work() as unit:
        unit.seats.put([Seat(*wanted, 1)])
        unit.records.put_candidates(
            [
                Candidate(
                    ase_id,
                    purchases=(
                        Purchase(
                            "P",
                            "A5",
                            date(2026, 1, 10),
                            appointment=Appointment(f"AP of {ase_id}", old[1], old[0], AppointmentStatus.BOOKED),
                        ),
                    ),
                )
                for ase_id in ids
            ]
        )
        unit.commit()
    return [Job(ids[number % people], f"key {trial} of {number % people}", old, wanted) for number in range(PARALLEL)]


def race(store: Store, workers: Workers, trial: int, people: int, chance: random.Random) -> None:
    """One round; every tenth loses a worker in the middle of it."""
    jobs = prepare(store, trial, people)
    workers.begin(jobs)
    if trial % 10 == 3:
        time.sleep(chance.uniform(0, 0.03))
        workers.kill(chance.randrange(PARALLEL))
    answers = workers.answers()
    assert len(answers) >= PARALLEL - 1
    moved = []
    with store.unit_of_work(write=False) as unit:
        for ase_id in {job.ase_id for job in jobs}:
            found = unit.records.person(ase_id)
            assert found is not None
            booked = found.candidate.purchases[0].appointment
            assert booked is not None
            assert booked.status is AppointmentStatus.BOOKED
            there = (booked.site, booked.starts_at) == jobs[0].slot
            assert there or (booked.site, booked.starts_at) == jobs[0].was
            moved += [ase_id] if there else []
            assert len(unit.done.changes_of(ase_id)) == len(list(unit.audit.entries(ase_id))) <= 1
        left = {(s.site.id, s.starts_at): s.free for s in unit.seats.left()}
    assert len(moved) == 1
    assert jobs[0].slot not in left
    if people == 1:
        assert {(answer.done, answer.after) for answer in answers} == {(True, answers[0].after)}
        assert sum(not answer.repeated for answer in answers) <= 1
    else:
        assert sum(answer.done for answer in answers) <= 1
        assert {answer.refusal for answer in answers if not answer.done} == {"seat_taken"}


def run(store: Store, workers: Workers, trials: int, people: int) -> None:
    """Rounds in which each of `people` wants the one free slot, ten processes at once."""
    chance = random.Random(7)
    for trial in range(trials):
        race(store, workers, trial, people, chance)
    with store.unit_of_work(write=False) as unit:
        assert unit.audit.verify().whole
        given_back = {s.starts_at: s.free for s in unit.seats.left()}
    assert given_back == {FIRST - timedelta(days=1): trials}


@pytest.mark.parametrize("people", [1, PARALLEL], ids=["equal confirmations", "last seat"])
def test_processes_that_race_have_one_effect(store: Store, workers: Workers, people: int) -> None:
    run(store, workers, 10, people)


@pytest.mark.long
@pytest.mark.parametrize("people", [1, PARALLEL], ids=["equal confirmations", "last seat"])
def test_a_thousand_races_have_one_effect_each(store: Store, workers: Workers, people: int) -> None:
    run(store, workers, 1000, people)
