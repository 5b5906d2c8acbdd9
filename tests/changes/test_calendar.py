"""The calendar files of changes, written by one library and read by another."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
import vobject

from bot.adapters.addresses import Unsendable, ascii_address
from bot.adapters.calendar_file import MailSender, uid_of
from bot.adapters.outbox_sender import message_of
from bot.store.values import OutboxMail
from tests.changes.conftest import World
from tests.changes.playing import WHO
from tests.conversations.harness import Talk

FROM = MailSender("ASE assistant <assistant@example.org>", "example.org")


def mails(world: World, to: str = "mia@example.org") -> list[OutboxMail]:
    with world.store.unit_of_work(write=False) as uow:
        return list(uow.outbox.list(to))


def read(content: str) -> vobject.base.Component:
    calendar = vobject.readOne(content)
    assert len(calendar.vevent_list) == 1
    return calendar


async def said(talk: Talk, *words: str) -> None:
    for each in words:
        await talk.say(each)


async def test_one_appointment_is_one_entry_from_booking_to_cancelling_and_back(world: World) -> None:
    talk = await world.talk()
    await said(talk, "book my A1, the earliest", "yes", "move my A1 appointment to march 13 at 2 pm", "yes")
    await said(talk, "cancel my A1 appointment", "yes", "undo", "yes")
    files = [mail.mail.attachments for mail in mails(world)]
    assert [len(each) for each in files] == [1, 1, 1, 1]
    read_back = [read(each[0].content) for each in files]
    assert [c.method.value for c in read_back] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    events = [c.vevent for c in read_back]
    assert len({e.uid.value for e in events}) == 1
    assert [int(e.sequence.value) for e in events] == [0, 1, 2, 3]
    assert [e.status.value for e in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [each[0].name for each in files] == [
        "appointment.ics", "appointment.ics", "cancelled.ics", "appointment.ics"
    ]  # fmt: skip
    moved, gone, back = events[1:]
    for event in (moved, gone, back):
        assert event.dtstart.value == datetime(2026, 3, 13, 19, 0, tzinfo=UTC)
    for event in events:
        assert "A1" in event.summary.value
        assert "Engine Repair" in event.summary.value
        assert event.organizer.value == "mailto:assistant@localhost"
        assert event.attendee.value == "mailto:mia@example.org"
    assert "March 10, 2026" in moved.description.value
    assert [hasattr(event, "valarm") for event in events] == [True, True, False, True]


async def test_giving_up_a_booking_made_here_and_cancelling_a_test_take_the_entry_away(world: World) -> None:
    talk = await world.talk()
    await said(talk, "book my A4, the earliest", "yes", "undo", "yes", "cancel my A6 test for a refund", "yes")
    booked, undone, refunded = mails(world)
    assert [read(m.mail.attachments[0].content).method.value for m in (booked, undone, refunded)] == [
        "REQUEST", "CANCEL", "CANCEL"
    ]  # fmt: skip
    assert "A6" in read(refunded.mail.attachments[0].content).vevent.summary.value


async def test_the_file_to_save_by_hand_invites_nobody_and_says_until_when_it_can_be_changed(world: World) -> None:
    talk = await world.talk()
    await talk.say("move my A5 appointment to march 13 at 2 pm")
    reply = await talk.say("yes")
    (calendar,) = [m.calendar for m in reply.messages if m.calendar]
    found = read(calendar)
    assert found.method.value == "PUBLISH"
    assert not hasattr(found.vevent, "attendee")
    assert "can move or cancel it until" in found.vevent.description.value


async def test_a_mail_carries_the_file_as_outlook_and_gmail_want_it(world: World) -> None:
    talk = await world.talk()
    await said(talk, "cancel my A5 appointment", "yes")
    (kept,) = mails(world)
    message = message_from_bytes(bytes(message_of(kept, FROM, "")), policy=policy.default)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "text/calendar"]
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            assert part["Content-Type"].params["method"] == "CANCEL"
            assert read(bytes(part.get_payload(decode=True)).decode()).method.value == "CANCEL"
    assert message["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(
    ("say", "subject"),
    [
        ("book my A1, the earliest", "Booked: A1 Engine Repair, Wednesday, March 11, 2026 at 9:00 AM, Central time"),
        ("move my A5 appointment to march 13 at 2 pm", "Moved: A5 Brakes is now on Friday, March 13, 2026 at 2:00 PM"),
        ("cancel my A5 appointment", "Cancelled: A5 Brakes, Friday, March 20, 2026 at 9:00 AM"),
        ("cancel my A1 test for a refund", "Test cancelled on March 2, 2026: A1 Engine Repair"),
        ("order duplicate certificates for parts", "Duplicate certificates ordered on March 2, 2026"),
    ],
)
async def test_a_subject_says_what_happened_and_when(world: World, say: str, subject: str) -> None:
    talk = await world.talk()
    await said(talk, say, "yes")
    (mail,) = mails(world)
    assert mail.mail.subject.startswith(subject), mail.mail.subject


async def test_the_mail_of_a_cancelled_appointment_names_its_date(world: World) -> None:
    talk = await world.talk()
    await said(talk, "cancel my A5 appointment", "yes")
    (mail,) = mails(world)
    assert "Friday, March 20, 2026 at 9:00 AM" in mail.mail.body


def test_no_two_people_share_an_entry() -> None:
    people = [f"ASE-9000-{number:04}" for number in range(200)]
    names = {uid_of(who, appointment, "example.org") for who in people for appointment in ("AP-1", "AP-2", "")}
    assert len(names) == 600
    assert uid_of(WHO, "AP-1", "example.org") == uid_of(WHO, "AP-1", "example.org")
    assert not any(who in name for who in people for name in names)


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("dana@example.org", "dana@example.org"),
        ("dana@exämple.de", "dana@xn--exmple-cua.de"),
        ("o'neil+ase@Example.ORG", "o'neil+ase@example.org"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_domain_is_written_as_servers_take_it(address: str, sent_to: str) -> None:
    assert ascii_address(address) == sent_to


@pytest.mark.parametrize(
    "address",
    ["jörg@example.org", "dana@example..org", "dana,evil@evil.example", "undisclosed-recipients:;@x", "(c)@d.org",
     "dana", "@x.org", "a b@x.org", "dana@", "dana@-x.org", ".d@x.org", "d..a@x.org", "a@x.org\nBcc: b@x.org"],
)  # fmt: skip
def test_what_no_server_takes_is_told_apart(address: str) -> None:
    with pytest.raises(Unsendable):
        ascii_address(address)
