"""One unit of work is kept whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.rules.facts import Name
from bot.store import ReadOnlyWork, Store, StoreError, StoreUnavailable
from tests.store.facts import BARE, DANA, fill
from tests.threads import at_once


def test_nothing_is_kept_without_commit(store: Store) -> None:
    with store.unit_of_work() as unit:
        unit.records.put_candidates([BARE])
        assert unit.records.person(BARE.ase_id) is not None
    with store.unit_of_work(write=False) as unit:
        assert unit.records.person(BARE.ase_id) is None


def test_an_exception_keeps_nothing(store: Store) -> None:
    def fail() -> None:
        with store.unit_of_work() as unit:
            unit.records.put_candidates([BARE])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.unit_of_work(write=False) as unit:
        assert unit.records.count() == 0


def test_what_is_committed_stays(store: Store, url: str) -> None:
    with store.unit_of_work() as unit:
        unit.records.put_candidates([BARE])
        unit.commit()
    other = Store(url)
    with other.unit_of_work(write=False) as unit:
        assert unit.records.person(BARE.ase_id) is not None
    other.close()


def test_what_happens_after_rollback_is_refused(store: Store) -> None:
    with store.unit_of_work() as unit:
        unit.records.put_candidates([BARE])
        unit.rollback()
        with pytest.raises(StoreError):
            unit.commit()
    with store.unit_of_work(write=False) as unit:
        assert unit.records.count() == 0


def test_a_unit_for_reading_cannot_commit(store: Store) -> None:
    with store.unit_of_work(write=False) as unit, pytest.raises(ReadOnlyWork):
        unit.commit()


def test_a_unit_is_committed_once(store: Store) -> None:
    with store.unit_of_work() as unit:
        unit.commit()
        with pytest.raises(StoreError):
            unit.commit()


def test_a_reader_sees_one_moment(store: Store) -> None:
    fill(store)
    with store.unit_of_work(write=False) as reader:
        before = reader.records.person(DANA.ase_id)
        with store.unit_of_work() as writer:
            writer.records.put_candidates([replace(DANA, name=Name("Other", "Name"))])
            writer.commit()
        assert reader.records.person(DANA.ase_id) == before


def test_two_writers_queue_for_the_same_row(store: Store) -> None:
    fill(store)

    def count_up(_: int) -> None:
        for _ in range(5):
            with store.unit_of_work() as unit:
                person = unit.records.person(DANA.ase_id, lock=True)
                assert person is not None
                assert person.candidate.name is not None
                number = int(person.candidate.name.first) if person.candidate.name.first.isdigit() else 0
                name = Name(str(number + 1), "Reyes")
                unit.records.put_candidates([replace(person.candidate, name=name)])
                unit.commit()

    at_once(6, count_up)
    with store.unit_of_work(write=False) as unit:
        person = unit.records.person(DANA.ase_id)
    assert person is not None
    assert person.candidate.name == Name("30", "Reyes")
    assert person.version == 31


def test_ping_tells_whether_the_database_answers(store: Store) -> None:
    store.ping()
    away = Store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable):
        away.ping()
    with pytest.raises(StoreUnavailable), away.unit_of_work():
        pass
    away.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_an_address_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"memory|not supported"):
        Store(url)


def test_both_spellings_of_postgresql_are_known() -> None:
    for url in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert Store(url).engine.url.drivername == "postgresql+psycopg"
