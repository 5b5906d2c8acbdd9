"""Mail goes out once, or says that it may have gone out twice; none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from bot.adapters.calendar_file import MailSender
from bot.adapters.outbox_sender import MailServer, NotTaken, Sender, message_of, outbox_sender
from bot.clock import Clock
from bot.contracts.background import Background, BackgroundTask
from bot.store.repositories.outbox import MOST_ATTEMPTS
from bot.store.values import Mail
from tests.changes.conftest import World
from tests.changes.mailserver import FakeMailServer
from tests.changes.playing import WHO

FROM = MailSender("ASE <a@example.org>", "mail.example.org")


@pytest.fixture
async def server() -> AsyncIterator[tuple[FakeMailServer, str]]:
    made = FakeMailServer()
    url = await made.start()
    yield made, url
    await made.stop()


@pytest.fixture
def sender(world: World, server: tuple[FakeMailServer, str]) -> Callable[[], Sender]:
    def make() -> Sender:
        deliver = MailServer.of(server[1]).deliver
        clock = Clock(real=world.time)
        return Sender(world.store, clock, deliver, sender=FROM, twice="Perhaps twice.")

    return make


def put(world: World, *to: str) -> None:
    with world.store.unit_of_work() as uow:
        for each in to:
            uow.outbox.add(Mail(each, "notice", "Moved", "Your test was moved.", ase_id=WHO), at=world.time.now)
        uow.commit()


def states(world: World) -> list[str]:
    with world.store.unit_of_work(write=False) as uow:
        return [mail.state for mail in uow.outbox.list()]


async def test_each_mail_goes_out_once(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender]
) -> None:
    put(world, "a@example.org", "b@example.org")
    first, second = sender(), sender()
    while any(await asyncio.gather(first.send_one(), second.send_one())):
        pass
    assert sorted(str(m["To"]) for m in server[0].received) == ["a@example.org", "b@example.org"]
    assert states(world) == ["sent", "sent"]


async def test_a_booking_is_mailed_with_its_calendar_file(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender]
) -> None:
    talk = await world.talk()
    await talk.say("book my A1, the earliest")
    await talk.say("yes")
    assert await sender().send_one()
    (mail,) = server[0].received
    assert mail["To"] == "mia@example.org"
    (calendar,) = list(mail.iter_attachments())
    assert calendar.get_filename() == "appointment.ics"
    assert calendar.get_content_type() == "text/calendar"
    assert "DTSTART:20260311T140000Z" in calendar.get_content()


async def test_a_refused_mail_waits_and_does_not_hold_up_the_others(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender]
) -> None:
    put(world, "a@example.org", "b@example.org")
    sending = sender()
    server[0].fail = "refuse"
    assert await sending.send_one()
    server[0].fail = ""
    assert await sending.send_one()
    assert not await sending.send_one()
    assert states(world) == ["pending", "sent"]
    world.time.passes(seconds=15)
    assert await sending.send_one()
    assert states(world) == ["sent", "sent"]
    assert [str(m["To"]) for m in server[0].received] == ["b@example.org", "a@example.org"]


async def test_a_server_that_hangs_up_after_the_mail_leaves_a_doubt_that_is_told(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender]
) -> None:
    put(world, "a@example.org")
    sending = sender()
    server[0].fail = "hang up"
    assert await sending.send_one()
    server[0].fail = ""
    world.time.passes(seconds=15)
    assert await sending.send_one()
    assert states(world) == ["maybe_sent"]
    first, again = server[0].received
    assert first["Message-ID"] == again["Message-ID"]
    assert "Perhaps twice." not in first.get_content()
    assert "Perhaps twice." in again.get_content()


@pytest.mark.parametrize("when", ["before sending", "after sending"])
async def test_a_crash_between_claim_and_word_of_it_loses_nothing(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender], when: str
) -> None:
    put(world, "a@example.org")
    with world.store.unit_of_work() as uow:  # a sender that vanishes after this
        mail = uow.outbox.claim(at=world.time.now)
        uow.commit()
    assert mail is not None
    if when == "after sending":
        await MailServer.of(server[1]).deliver(message_of(mail, FROM, ""))
    sending = sender()
    assert not await sending.send_one()
    world.time.passes(minutes=2, seconds=1)
    assert await sending.send_one()
    assert states(world) == ["maybe_sent"]
    assert len(server[0].received) == (2 if when == "after sending" else 1)
    assert not await sending.send_one()


async def test_a_server_that_is_away_has_taken_nothing(world: World) -> None:
    with pytest.raises(NotTaken):
        await MailServer.of("smtp://127.0.0.1:1").deliver(
            message_of_some(world),
        )


def message_of_some(world: World) -> EmailMessage:
    put(world, "a@example.org")
    with world.store.unit_of_work(write=False) as uow:
        return message_of(uow.outbox.list()[0], FROM, "")


async def test_the_sender_runs_beside_the_application(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender]
) -> None:
    put(world, "a@example.org")
    async with Background(outbox_sender(sender())).running():
        for _ in range(200):
            if states(world) == ["sent"]:
                break
            await asyncio.sleep(0.02)
    assert len(server[0].received) == 1


@pytest.mark.parametrize("bad", ["undisclosed-recipients:;@x", "(c)@d.org", "dana@example..org", "a@b\n.org"])
async def test_one_bad_mail_holds_up_nobody_and_is_given_up(
    world: World, server: tuple[FakeMailServer, str], sender: Callable[[], Sender], bad: str
) -> None:
    with world.store.unit_of_work() as uow:
        uow.outbox.add(Mail("a@example.org", "notice", "Moved", "x", ase_id=WHO), at=world.time.now)
        uow.commit()
    put(world, "b@example.org")
    made = sender()

    async def deliver(message: EmailMessage) -> None:
        if "a@example.org" in str(message["To"]):
            raise AttributeError(bad)
        await MailServer.of(server[1]).deliver(message)

    made._deliver = deliver
    for _ in range(40):
        await made.send_one()
        world.time.now += timedelta(hours=1)
    with world.store.unit_of_work(write=False) as uow:
        first, second = uow.outbox.list()
    assert (first.state, first.attempts) == ("pending", MOST_ATTEMPTS)
    assert second.state == "sent"
    assert (made.waits.lag, made.waits.given_up) == (0.0, 1)


async def test_a_task_that_ends_is_started_again_and_counted() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise ValueError("the address of a person")
        if len(runs) > 2:
            await asyncio.Event().wait()

    task = BackgroundTask("one", work, first_pause=0.01)
    async with Background(task).running():
        for _ in range(200):
            if len(runs) == 3:
                break
            await asyncio.sleep(0.01)
        assert task.to_json() == {"running": True, "restarts": 2, "lag_seconds": 0.0, "given_up": 0}
    assert len(runs) == 3


def test_the_address_of_a_mail_server_is_read() -> None:
    assert MailServer.of("smtp://u%40x:p@mail.example.org:2525") == MailServer(
        "mail.example.org", 2525, False, "u@x", "p"
    )
    assert MailServer.of("smtps://mail.example.org").port == 465
