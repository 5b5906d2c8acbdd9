"""Six-digit codes: ten minutes, once, one conversation; five wrong ones in a row lock the ID everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.auth.one_time_codes import (
    MAX_REQUESTS,
    REQUEST_WINDOW,
    InMemorySignIn,
    OneTimeCodes,
    SignInLock,
    code_matches,
    hash_code,
    read_digits,
)
from bot.clock import Clock

ASE_ID = "ASE-1000-0001"
HERE, THERE = "c-here", "c-there"


class World:
    """A clock whose real time is moved by hand; conversation time stands elsewhere and must not matter."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
        self.drawn = 0
        self.repository = InMemorySignIn()
        clock = Clock(datetime(2031, 1, 1, tzinfo=UTC), real=lambda: self.time)
        self.codes = OneTimeCodes(clock, draw=self.draw)

    def draw(self) -> str:
        self.drawn += 1
        return f"{self.drawn:06d}"

    def later(self, **span: float) -> None:
        self.time += timedelta(**span)

    def ask(self, conversation: str = HERE, ase_id: str = ASE_ID, known: bool = True) -> str:
        """Ask for a code; the code, or what came instead of one."""
        asked = self.codes.request(self.repository, conversation, ase_id, known=known)
        return asked.code or asked.outcome

    def enter(self, code: str, conversation: str = HERE) -> str:
        return self.codes.check(self.repository, conversation, code).outcome

    def fail(self, times: int, conversation: str = HERE) -> list[str]:
        return [self.enter("999999", conversation) for _ in range(times)]


@pytest.fixture
def world() -> World:
    return World()


def test_the_right_code_signs_in(world: World) -> None:
    code = world.ask()
    checked = world.codes.check(world.repository, HERE, code)
    assert (checked.outcome, checked.ase_id) == ("accepted", ASE_ID)


def test_a_code_works_once(world: World) -> None:
    code = world.ask()
    assert [world.enter(code), world.enter(code)] == ["accepted", "expired"]


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(0, "accepted"), (599, "accepted"), (600, "expired"), (601, "expired")]
)
def test_a_code_lives_ten_minutes(world: World, seconds: int, outcome: str) -> None:
    code = world.ask()
    world.later(seconds=seconds)
    assert world.enter(code) == outcome


def test_a_code_is_good_only_where_it_was_asked_for(world: World) -> None:
    code = world.ask(HERE)
    assert world.enter(code, THERE) == "expired"
    world.ask(THERE)
    assert world.enter(code, THERE) == "wrong"
    assert world.enter(code, HERE) == "accepted"


def test_a_new_code_makes_the_older_one_worthless(world: World) -> None:
    older, newer = world.ask(), world.ask()
    assert world.enter(older) == "wrong"
    assert world.enter(newer) == "accepted"


def test_asking_elsewhere_leaves_a_code_alone(world: World) -> None:
    code = world.ask(HERE)
    world.ask(THERE)
    assert world.enter(code, HERE) == "accepted"


def test_asking_for_another_id_binds_the_code_to_that_id(world: World) -> None:
    world.ask(HERE, ASE_ID)
    code = world.ask(HERE, "ASE-1000-0002")
    assert world.codes.check(world.repository, HERE, code).ase_id == "ASE-1000-0002"


def test_five_wrong_codes_lock(world: World) -> None:
    code = world.ask()
    assert world.fail(5) == ["wrong"] * 4 + ["locked"]
    assert world.enter(code) == "locked"
    assert world.ask() == "locked"


def test_tries_are_counted_down(world: World) -> None:
    world.ask()
    left = [world.codes.check(world.repository, HERE, "999999").tries_left for _ in range(5)]
    assert left == [4, 3, 2, 1, None]


def test_the_lock_holds_everywhere(world: World) -> None:
    elsewhere = world.ask(THERE)
    world.ask(HERE)
    world.fail(5, HERE)
    assert world.enter(elsewhere, THERE) == "locked"
    assert world.ask("c-third") == "locked"
    assert world.ask("c-third", "ASE-1000-0002").isdecimal()


def test_wrong_codes_add_up_over_conversations_and_new_codes(world: World) -> None:
    for number in range(4):
        conversation = f"c-{number}"
        world.ask(conversation)
        assert world.fail(1, conversation) == ["wrong"]
    world.ask("c-last")
    assert world.fail(1, "c-last") == ["locked"]


@pytest.mark.parametrize(("seconds", "locked"), [(0, True), (15 * 60 - 1, True), (15 * 60, False)])
def test_the_lock_lasts_fifteen_minutes(world: World, seconds: int, locked: bool) -> None:
    world.ask()
    world.fail(5)
    world.later(seconds=seconds)
    assert (world.ask() == "locked") is locked


def test_wrong_codes_under_the_lock_do_not_make_it_longer(world: World) -> None:
    world.ask()
    world.fail(5)
    world.later(minutes=9)
    assert world.fail(3) == ["locked"] * 3
    world.later(minutes=6)
    assert world.enter(world.ask()) == "accepted"


def test_after_the_lock_counting_starts_afresh(world: World) -> None:
    world.ask()
    world.fail(5)
    world.later(minutes=15)
    world.ask()
    assert world.fail(5) == ["wrong"] * 4 + ["locked"]


def test_a_right_code_ends_the_row(world: World) -> None:
    code = world.ask()
    world.fail(4)
    assert world.enter(code) == "accepted"
    world.ask()
    assert world.fail(4) == ["wrong"] * 4


def test_an_unknown_id_is_treated_the_same(world: World) -> None:
    known, unknown = World(), World()
    told = []
    for each, is_known in ((known, True), (unknown, False)):
        asked = each.codes.request(each.repository, HERE, ASE_ID, known=is_known)
        assert (asked.code is not None) is is_known
        checks = [each.codes.check(each.repository, HERE, "999999") for _ in range(6)]
        told.append((asked.outcome, asked.until, checks, each.ask(THERE, known=is_known)))
    assert told[0] == told[1]


def test_nobody_can_guess_the_code_of_an_unknown_id(world: World) -> None:
    world.ask(known=False)
    assert world.enter("000001") == "wrong"  # what would have been drawn for a known one


def test_what_is_not_a_code_is_not_counted(world: World) -> None:
    code = world.ask()
    assert [world.enter(text) for text in ("12345", "1234567", "abcdef", "", "12 34 5x")] == ["malformed"] * 5
    assert world.enter(code) == "accepted"


def test_without_a_code_nothing_is_counted(world: World) -> None:
    assert world.fail(6) == ["expired"] * 6
    assert world.repository.locks == {}


def test_codes_cannot_be_asked_for_without_end(world: World) -> None:
    assert all(world.ask(f"c-{number}").isdecimal() for number in range(MAX_REQUESTS))
    assert world.ask("c-more") == "too_many"
    assert world.ask("c-more", known=False) == "too_many"
    world.later(seconds=REQUEST_WINDOW.total_seconds())
    assert world.ask("c-more").isdecimal()


def test_a_used_code_forgives_earlier_requests(world: World) -> None:
    for number in range(3 * MAX_REQUESTS):
        world.later(seconds=1)
        conversation = f"c-{number}"
        assert world.enter(world.ask(conversation), conversation) == "accepted"


def test_only_a_hash_is_kept(world: World) -> None:
    code = world.ask()
    stored = world.repository.live_code(HERE)
    assert stored is not None
    assert code not in stored.code_hash
    assert stored.code_hash != hash_code(code, HERE)  # salted
    assert code_matches(code, HERE, stored.code_hash)
    assert not code_matches(code, THERE, stored.code_hash)


def test_drawn_codes_are_six_digits_and_differ() -> None:
    repository, codes = InMemorySignIn(), OneTimeCodes(Clock())
    drawn = {codes.request(repository, HERE, f"ASE-1000-{n:04d}", known=True).code for n in range(20)}
    assert len(drawn) >= 19
    assert all(code is not None and len(code) == 6 and code.isdecimal() for code in drawn)


@pytest.mark.parametrize(
    ("entered", "digits"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("123-456", "123456"),
        ("1 2 3 4 5 6 #", "123456"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", "123456"),
        ("12345²", None),
        ("12345", None),
        ("code 123456", None),
    ],
)
def test_digits_are_read_generously(entered: str, digits: str | None) -> None:
    assert read_digits(entered) == digits


def test_an_id_never_seen_has_a_fresh_lock() -> None:
    assert InMemorySignIn().lock_for(ASE_ID, "") == SignInLock(ASE_ID, 0, None)


def test_a_right_code_proves_who_is_there_for_five_minutes_in_that_conversation(world: World) -> None:
    def proven(conversation_id: str = HERE, ase_id: str = ASE_ID) -> bool:
        return world.codes.proven(world.repository, conversation_id, ase_id)

    made = world.codes.request(world.repository, HERE, ASE_ID, known=True)
    assert not proven()
    world.codes.check(world.repository, HERE, "999999")
    assert not proven()
    world.codes.check(world.repository, HERE, str(made.code))
    assert proven()
    assert not proven(THERE)
    assert not proven(HERE, "ASE-1000-0002")
    world.later(minutes=4, seconds=59)
    assert proven()
    world.later(seconds=1)
    assert not proven()
