"""Signing in, over the database: limits by place, locks that shut out strangers only, and what is noted."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.candidates import CodesByMail
from bot.answers.answers import Answers
from bot.auth.attempts import AttemptLimits, Origin, Tally, origin_of, place_of
from bot.auth.one_time_codes import MAX_REQUESTS
from bot.catalog.load import load_catalog
from bot.clock import Clock
from bot.console.accounts import Accounts
from bot.console.errors import ConsoleError
from bot.rasa_adapter.model_files import ROOT
from bot.store import Store
from tests.store.conftest import everything
from tests.store.facts import BARE, DANA, NOW, fill

WHO = DANA.ase_id
HOME, EVIL = "203.0.113.7", "198.51.100.9"
PASSWORD = "correct horse battery"
ANSWERS = Answers(load_catalog(ROOT / "knowledge"))


class House:
    """Conversations that begin at addresses, and codes as they are mailed."""

    def __init__(self, store: Store, limits: AttemptLimits | None = None) -> None:
        fill(store, DANA, BARE)
        self.store, self.now, self.tally, self.made = store, NOW, Tally(), 0
        self.clock = Clock(real=lambda: self.now)
        self.codes = CodesByMail(store, self.clock, ANSWERS, limits, self.tally)
        self.accounts = Accounts(store, self.clock, limits, self.tally)

    def talk(self, address: str | None, ase_id: str | None = None) -> str:
        self.made += 1
        name = f"talk-{self.made}"
        with self.store.unit_of_work() as unit:
            unit.conversations.create(
                name, channel="web", locale="en", token_hash=name, at=NOW, ase_id=ase_id, origin=origin_of(address)
            )
            unit.commit()
        return name

    def ask(self, address: str | None, who: str = WHO, talk: str | None = None) -> tuple[str, str]:
        talk = talk or self.talk(address)
        return self.codes.request(who, talk), talk

    def code(self) -> str:
        with self.store.unit_of_work(write=False) as unit:
            return [mail.mail.code for mail in unit.outbox.list() if mail.mail.code][-1] or ""

    def sign_in(self, address: str | None) -> str:
        told, talk = self.ask(address)
        assert told == "sent"
        assert self.codes.check(talk, self.code()) == ("accepted", WHO)
        with self.store.unit_of_work() as unit:
            unit.conversations.sign_in(talk, WHO, at=NOW)
            unit.commit()
        return talk

    def lock_out(self, address: str, who: str = WHO) -> None:
        _, talk = self.ask(address, who)
        assert [self.codes.check(talk, f"00000{n}")[0] for n in range(5)][-1] == "locked"

    def actions(self) -> list[str]:
        with self.store.unit_of_work(write=False) as unit:
            return [entry.event.action for entry in unit.audit.entries()]


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


# --- a lock that outsiders set ---------------------------------------------------------------------------


def test_a_lock_by_strangers_does_not_hold_where_the_person_signed_in_before(house: House) -> None:
    house.sign_in(HOME)
    house.lock_out(EVIL)
    assert house.ask(EVIL)[0] == "locked"
    assert house.ask(None)[0] == "locked"
    house.sign_in(HOME)
    house.sign_in("203.0.113.99")  # the same network, another address
    assert house.ask("203.0.114.7")[0] == "locked"


def test_a_lock_by_strangers_does_not_hold_for_who_comes_with_a_host_token(house: House) -> None:
    house.lock_out(EVIL)
    talk = house.talk("192.0.2.1", WHO)
    assert house.codes.request(WHO, talk) == "sent"
    assert house.codes.check(talk, house.code()) == ("accepted", WHO)


def test_guessing_from_a_known_place_locks_that_place(house: House) -> None:
    house.sign_in(HOME)
    house.lock_out(HOME)
    assert house.ask(HOME)[0] == "locked"
    assert house.ask(EVIL)[0] == "sent"
    house.now += timedelta(minutes=15)
    assert house.ask(HOME)[0] == "sent"


def test_codes_asked_for_by_strangers_leave_enough_for_the_person(house: House) -> None:
    house.sign_in(HOME)
    house.now += timedelta(seconds=1)
    assert [house.ask(EVIL)[0] for _ in range(MAX_REQUESTS)] == ["sent"] * MAX_REQUESTS
    assert house.ask(EVIL)[0] == "too_many"
    assert house.ask(HOME)[0] == "sent"


def test_a_place_counts_for_that_person_only_and_not_for_ever(house: House) -> None:
    house.sign_in(HOME)
    house.lock_out(EVIL, BARE.ase_id)
    assert house.ask(HOME, BARE.ase_id)[0] == "locked"
    house.now += timedelta(days=181)
    house.lock_out(EVIL)
    assert house.ask(HOME)[0] == "locked"


def test_an_unknown_id_is_told_the_same_from_everywhere(store: Store) -> None:
    house = House(store, AttemptLimits(address=7, network=0, overall=0))
    told = []
    for who, address in ((WHO, HOME), ("ASE-9999-9999", EVIL)):
        first, talk = house.ask(address, who)
        told.append([first, *(house.codes.check(talk, f"00000{n}")[0] for n in range(6)), house.ask(address, who)[0]])
        told[-1] += [house.ask(address, f"ASE-8888-000{n}")[0] for n in range(8)]
    assert told[0] == told[1]
    assert told[0][-1] == "busy"


# --- limits by place -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "addresses"),
    [
        (AttemptLimits(address=10, network=0, overall=0), lambda n: EVIL),
        (AttemptLimits(address=0, network=10, overall=0), lambda n: f"198.51.100.{n}"),
        (AttemptLimits(address=0, network=0, overall=10), lambda n: f"198.51.{n}.1"),
        (AttemptLimits(address=10, network=0, overall=0), lambda n: "2001:db8:1:2::/64"),
        (AttemptLimits(address=0, network=10, overall=0), lambda n: f"2001:db8:1:{n:x}::/64"),
        (AttemptLimits(address=10, network=0, overall=0), lambda n: "tel:+13125550100"),
    ],
)
def test_guessing_over_many_ids_ends_after_a_few(store: Store, limits: AttemptLimits, addresses) -> None:
    house = House(store, limits)
    compared = 0
    for number in range(60):
        told, talk = house.ask(addresses(number), f"ASE-7000-{number:04}")
        if told == "busy":
            continue
        compared += house.codes.check(talk, "123456")[0] == "wrong"
    assert compared == 10
    assert house.actions().count("sign_in.limit_reached") in {1, 2}
    house.now += timedelta(minutes=16)
    assert house.ask(addresses(1), "ASE-7000-0099")[0] == "sent"


def test_wrong_codes_are_counted_apart_from_codes_asked_for(store: Store) -> None:
    house = House(store, AttemptLimits(address=4, network=0, overall=0))
    talks = [house.ask(EVIL, f"ASE-7000-{n:04}")[1] for n in range(4)]
    told = [house.codes.check(talk, f"00000{n}")[0] for talk in talks for n in range(2)]
    assert told == ["wrong"] * 4 + ["busy"] * 4


def test_who_signs_in_uses_nothing_up(store: Store) -> None:
    house = House(store, AttemptLimits(address=2, network=2, overall=2))
    for _ in range(12):
        house.now += timedelta(seconds=1)
        house.sign_in(HOME)


def test_a_limit_over_all_does_not_hold_where_the_person_signed_in_before(store: Store) -> None:
    house = House(store, AttemptLimits(address=0, network=0, overall=5))
    house.sign_in(HOME)
    assert [house.ask(EVIL, f"ASE-7000-{n:04}")[0] for n in range(6)][-1] == "busy"
    assert house.ask("192.0.2.1")[0] == "busy"
    house.sign_in(HOME)


def test_an_address_is_kept_as_a_digest_only(house: House) -> None:
    house.sign_in(HOME)
    house.lock_out(EVIL)
    kept = str(everything(house.store))
    assert HOME not in kept
    assert EVIL not in kept
    assert place_of(WHO, origin_of(HOME)) != place_of(BARE.ase_id, origin_of(HOME))
    assert place_of(WHO, Origin()) is None
    assert origin_of("rubbish") == Origin()


def test_counts_and_locks_are_not_kept_for_ever(house: House) -> None:
    house.lock_out(EVIL)
    house.now += timedelta(days=2)
    house.ask(HOME, BARE.ase_id)
    kept = everything(house.store)
    assert [row[0] for row in kept["sign_in_locks"]] == [BARE.ase_id]
    assert {row[2] for row in kept["sign_in_counts"]} != set()
    assert all(isinstance(row[2], datetime) and row[2] > NOW + timedelta(days=1) for row in kept["sign_in_counts"])


# --- what is noted ---------------------------------------------------------------------------------------


def test_success_failure_and_lock_are_in_the_audit_and_the_figures(house: House) -> None:
    house.sign_in(HOME)
    house.lock_out(EVIL)
    house.ask(EVIL)
    assert house.actions() == ["sign_in.accepted", *["sign_in.wrong_code"] * 5, "sign_in.locked"]
    assert house.tally.all() == {
        ("candidate", "code_sent"): 2,
        ("candidate", "accepted"): 1,
        ("candidate", "wrong"): 4,
        ("candidate", "locked"): 1,
        ("candidate", "code_locked"): 1,
    }
    with house.store.unit_of_work(write=False) as unit:
        assert unit.audit.verify().whole
        assert {entry.event.subject for entry in unit.audit.entries()} == {WHO}


def test_a_code_is_kept_by_its_hash_once_it_went_out(house: House) -> None:
    house.ask(HOME)
    code = house.code()
    with house.store.unit_of_work() as unit:
        mail = unit.outbox.claim(at=NOW)
        assert mail is not None
        assert code in mail.mail.body
        unit.outbox.sent(mail.id, at=NOW)
        unit.commit()
    assert code not in str(everything(house.store))


def test_an_expired_code_is_not_sent_and_sent_mail_is_removed(house: House) -> None:
    house.ask(HOME)
    with house.store.unit_of_work() as unit:
        assert unit.outbox.drop_expired(at=NOW + timedelta(minutes=9, seconds=59)) == 0
        assert unit.outbox.drop_expired(at=NOW + timedelta(minutes=10)) == 1
        assert unit.outbox.claim(at=NOW) is None
        unit.commit()
    house.ask(HOME)
    with house.store.unit_of_work() as unit:
        mail = unit.outbox.claim(at=NOW)
        assert mail is not None
        unit.outbox.sent(mail.id, at=NOW)
        assert unit.outbox.purge(before=NOW) == 0
        assert unit.outbox.purge(before=NOW + timedelta(seconds=1)) == 1
        unit.commit()


# --- agents ----------------------------------------------------------------------------------------------


def attempt(house: House, name: str, password: str, address: str | None = EVIL) -> str:
    try:
        house.accounts.sign_in(name, password, address)
    except ConsoleError as error:
        return error.words(ANSWERS)
    return "in"


def test_a_name_that_nobody_has_cannot_be_told_from_one_that_somebody_has(house: House) -> None:
    house.accounts.add("ben", "lead", PASSWORD)
    real, made_up = ([attempt(house, name, "wrong password") for _ in range(8)] for name in ("ben", "bob"))
    assert real == made_up
    assert len(set(real)) == 2
    house.now += timedelta(minutes=16)
    assert attempt(house, "ben", "wrong password") == attempt(house, "bob", "wrong password") == real[0]


def test_a_lead_is_not_locked_out_where_they_signed_in_before(house: House) -> None:
    house.accounts.add("ben", "lead", PASSWORD)
    assert attempt(house, "ben", PASSWORD, HOME) == "in"
    for _ in range(6):
        attempt(house, "ben", "wrong password")
    assert attempt(house, "ben", PASSWORD) != "in"
    assert attempt(house, "ben", PASSWORD, HOME) == "in"
    for _ in range(5):
        attempt(house, "ben", "wrong password", HOME)
    assert attempt(house, "ben", PASSWORD, HOME) != "in"


def test_passwords_over_many_names_end_after_a_few(store: Store) -> None:
    house = House(store, AttemptLimits(address=10, network=0, overall=0))
    told = [attempt(house, f"agent{n}", "a common password") for n in range(30)]
    assert told[:10] == [told[0]] * 10
    assert set(told[10:]) == {told[-1]} != {told[0]}


def test_accounts_and_sessions_are_in_the_audit(house: House) -> None:
    house.accounts.add("ben", "agent", PASSWORD)
    begun = house.accounts.sign_in("ben", PASSWORD, HOME)
    house.accounts.sign_out(begun.token)
    attempt(house, "ben", "wrong password")
    attempt(house, "hunter2-typed-as-name", "wrong password")
    house.accounts.change("ben", role="lead", by="ada")
    house.accounts.change("ben", disabled=True, by="ada")
    with house.store.unit_of_work(write=False) as unit:
        events = [entry.event for entry in unit.audit.entries()]
    assert [(e.action, e.actor_id) for e in events] == [
        ("account.added", None),
        ("agent.signed_in", "ben"),
        ("agent.signed_out", "ben"),
        ("agent.sign_in_failed", None),
        ("agent.sign_in_failed", None),
        ("account.changed", "ada"),
        ("account.changed", "ada"),
    ]
    assert (events[5].before or {})["role"] == "agent"
    assert (events[5].after or {})["role"] == "lead"
    assert (events[6].after or {})["disabled"] is True
    assert "hunter2" not in str([event for event in events])
    assert house.tally.all() == {("agent", "accepted"): 1, ("agent", "wrong"): 2}


# --- files -----------------------------------------------------------------------------------------------


def test_the_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    older.touch(mode=0o644)
    for path in (older, tmp_path / "new" / "fresh.db"):
        before = os.umask(0o022)
        try:
            store = Store(f"sqlite:///{path}")
            store.migrate()
            with store.engine.begin() as connection:
                connection.execute(text("CREATE TABLE x (y TEXT)"))
            for file in path.parent.glob(f"{path.name}*"):
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
            store.close()
        finally:
            os.umask(before)
