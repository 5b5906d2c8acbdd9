"""Between the preview and the yes: time, other people, other conversations, the rule and the database move on."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
import yaml
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.clock import Clock
from bot.contracts.conversation import AssistantUnavailable, Reply, Turn
from bot.dialogue.values import Visitor
from bot.store import ConcurrentTurn
from bot.store.records_io import load_document
from tests.changes.conftest import AS_OF, PEOPLE, World
from tests.changes.playing import WHO, appointments, done, play, seats, sound
from tests.conversations.harness import Talk, told
from tests.store.costs import counted

OLD = "2026-03-20T09:00 CHI-01 booked"
NEW = "2026-03-13T14:00 CHI-01 booked"
MOVE = "move my A5 appointment to march 13 at 2 pm"


def words(reply: Reply | None) -> str:
    assert reply is not None
    return "\n".join(m.text for m in reply.messages if m.author == "assistant")


def at(reply: Reply | None) -> str:
    assert reply is not None
    return "nothing" if reply.state.task is None else f"{reply.state.task.name}/{reply.state.task.step}"


async def previewed(world: World, who: str = WHO, say: str = MOVE, channel: str = "web") -> Talk:
    talk = await world.talk(who, channel)
    reply = await talk.say(say)
    assert reply.state.expects == "yes_no", words(reply)
    return talk


# --- time ------------------------------------------------------------------------------------------------------


async def test_a_yes_after_ten_minutes_does_nothing_and_asks_again(world: World) -> None:
    talk = await previewed(world)
    world.time.passes(minutes=10)
    reply = await talk.say("yes")
    assert at(reply) == "reschedule/confirm"
    assert "Nothing has been changed" in words(reply)
    assert appointments(world.store)["P-A5"] == OLD
    await talk.say("yes")
    assert appointments(world.store)["P-A5"] == NEW
    assert done(world.store) == ["reschedule_refused", "reschedule"]


async def test_a_yes_within_ten_minutes_works_although_the_hold_is_over(world: World) -> None:
    talk = await previewed(world)
    world.time.passes(minutes=9, seconds=59)
    assert at(await talk.say("yes")) == "nothing"
    assert appointments(world.store)["P-A5"] == NEW


async def test_a_held_seat_is_shown_with_its_end_and_kept_from_others(world: World) -> None:
    talk = await world.talk()
    reply = await talk.say("move my A5 appointment to march 18 at 9 am")  # one seat only
    shown = [m.hold_until for m in reply.messages if m.hold_until]
    assert shown == [world.time.now + timedelta(minutes=5)]
    assert reply.messages[-1].to_json()["hold_until"] == shown[0].isoformat()
    other = await world.talk("ASE-2100-0000")
    assert "No seats are free on Wednesday, March 18" in words(await other.say("book my A1 on march 18"))
    world.time.passes(minutes=5)
    assert at(await other.say("march 18 at 9 am")) == "schedule_test/confirm"
    assert at(await other.say("yes")) == "nothing"
    lost = await talk.say("yes")  # the seat went to somebody else meanwhile
    assert at(lost) == "reschedule/seat"
    assert "was just taken" in words(lost)
    assert appointments(world.store)["P-A5"] == OLD


async def test_stopping_gives_the_seat_back_at_once(world: World) -> None:
    talk = await previewed(world, say="move my A5 appointment to march 18 at 9 am")
    await talk.say("stop")
    other = await world.talk("ASE-2100-0000")
    assert at(await other.say("book my A1 on march 18 at 9 am")) == "schedule_test/confirm"


async def test_hanging_up_gives_the_seat_back_and_leaves_the_question_open(world: World) -> None:
    phone = await previewed(world, say="move my A5 appointment to march 18 at 9 am", channel="phone")
    await phone.take("event", "hangup")
    other = await world.talk("ASE-2100-0000")
    assert at(await other.say("book my A1 on march 18 at 9 am")) == "schedule_test/confirm"
    await other.say("stop")
    web = await world.talk(WHO)
    assert at(await web.say("move my A5 appointment")) == "reschedule/confirm"
    assert at(await web.say("yes")) == "nothing"
    assert appointments(world.store)["P-A5"] == "2026-03-18T09:00 CHI-01 booked"


async def test_hanging_up_leaves_a_seat_that_another_conversation_has_taken_up(world: World) -> None:
    web = await previewed(world, say="move my A5 appointment to march 18 at 9 am")
    phone = await world.talk(WHO, "phone")
    assert at(await phone.say("move my A5 appointment")) == "reschedule/confirm"
    await web.take("event", "hangup")
    other = await world.talk("ASE-2100-0000")
    assert "No seats are free on Wednesday, March 18" in words(await other.say("book my A1 on march 18"))


async def test_asking_for_a_person_leaves_the_question_open_and_asks_nothing(world: World) -> None:
    talk = await previewed(world)
    reply = await talk.say("I want to talk to a person")
    assert (reply.state.owner, reply.state.expects, at(reply)) == ("queue", "free", "nothing")
    assert [choice.id for message in reply.messages for choice in message.choices] == ["leave_queue"]
    await talk.say("yes")
    assert appointments(world.store)["P-A5"] == OLD
    phone = await world.talk(WHO, "phone")
    assert at(await phone.say("move my A5 appointment")) == "reschedule/confirm"
    assert at(await phone.say("yes")) == "nothing"
    assert appointments(world.store)["P-A5"] == NEW


# --- the rule and the records ----------------------------------------------------------------------------------


async def test_the_cut_off_passes_between_preview_and_yes(world: World) -> None:
    before = await world.talk("ASE-2000-0004", as_of="2026-03-02T10:04:00-06:00")
    assert at(await before.say("cancel my appointment")) == "cancel_appointment/confirm"
    after = Talk(world.assistant("2026-03-02T10:06:00-06:00"), world.store, before.conversation_id)
    after.counter = before.counter
    reply = await after.take("text", "yes")
    assert told(reply) == ["cancel_appointment refused inside_change_cutoff A5"]
    assert "Nothing has been done" in words(reply)
    assert at(reply) == "nothing"
    assert done(world.store, "ASE-2000-0004") == ["cancel_appointment_refused"]
    assert sound(world.store) >= 2
    assert "within 3 days" in words(await after.say("why?"))


async def test_records_that_were_loaded_anew_are_what_counts(world: World) -> None:
    talk = await previewed(world)
    document = yaml.safe_load(PEOPLE.read_text())
    document["candidates"][0]["purchases"][0]["appointment"]["starts_at"] = "2026-03-20T11:00"
    load_document(world.store, document, Clock(datetime.fromisoformat(AS_OF)))
    reply = await talk.say("yes")
    assert at(reply) == "reschedule/confirm"
    assert "Something has changed in the meantime" in words(reply)
    assert "11:00 AM" in words(reply)
    assert appointments(world.store)["P-A5"] == "2026-03-20T11:00 CHI-01 booked"
    await talk.say("yes")
    assert appointments(world.store)["P-A5"] == NEW


async def test_no_booking_while_a_request_is_pending_not_even_inside_the_transaction(world: World) -> None:
    talk = await world.talk("ASE-2000-0003")
    assert told(await talk.say("book my A1")) == ["schedule_test refused accommodation_pending A1"]
    other = await previewed(world, "ASE-2000-0005", "book my A1, the earliest")
    document = yaml.safe_load(PEOPLE.read_text())
    ruth = next(c for c in document["candidates"] if c["ase_id"] == "ASE-2000-0005")
    ruth["accommodation"] = {"status": "in_review", "submitted_on": "2026-03-01", "decided_on": None}
    load_document(world.store, document, Clock(datetime.fromisoformat(AS_OF)))
    assert told(await other.say("yes")) == ["schedule_test refused accommodation_pending A1"]
    assert appointments(world.store, "ASE-2000-0005") == {"P-A1": None}


async def test_no_room_before_the_last_day_is_said(world: World) -> None:
    reply = await (await world.talk("ASE-2000-0002")).say("move my appointment")
    assert told(reply) == ["reschedule allowed can_reschedule A5"]
    assert "March 9, 2026" in words(reply)
    assert "keep the appointment" in words(reply)
    assert at(reply) == "nothing"


# --- answers that are no plain yes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        *("yes but in the afternoon", "cancel it", "yes the A6", "yes, on march 18"),
        *("I'd rather not", "not yet", "maybe"),
        *("i have two ase accounts", "i would like a different time", "i am a diesel tech", "i want to talk about a6"),
        *("is that right?", "sure, what does it cost", "ok so what happens to the old one", "do it on friday instead"),
        *("it's all right, leave it", "right, and when is the A6", "that's not it", "correct the date please"),
        *("ok google", "good question", "all right then no", "yes or no?", "what if i say yes", "can i say yes later"),
        *("okay let me think", "is it okay to eat there", "how do i confirm", "my wife says yes", "yesterday"),
    ],
)
async def test_only_a_plain_yes_is_one(world: World, said: str) -> None:
    talk = await previewed(world, say="move my A5 appointment to march 13 at 9 am")
    await talk.say(said)
    assert appointments(world.store)["P-A5"] == OLD
    assert done(world.store) == []


@pytest.mark.parametrize("said", ["yes", "yes please", "sure", "ok do it", "move it", "go ahead", "1"])
async def test_a_plain_yes_is_one(world: World, said: str) -> None:
    talk = await previewed(world)
    await (talk.take("digits", said) if said == "1" else talk.say(said))
    assert appointments(world.store)["P-A5"] == NEW


# --- twice, and in two places ----------------------------------------------------------------------------------


async def test_a_yes_that_comes_again_gets_the_same_answer_and_does_nothing(world: World) -> None:
    talk = await previewed(world)
    first = words(await talk.say("yes"))
    assert words(await talk.say("yes")) == first
    assert words(await talk.take("choice", "yes")) == first
    world.time.passes(minutes=3)
    assert words(await talk.say("yes")).endswith(first)
    assert "already" in words(await talk.say("yes"))
    assert done(world.store) == ["reschedule"]


async def test_the_same_turn_again_gets_the_same_reply(world: World) -> None:
    talk = await previewed(world)
    turn = Turn(talk.conversation_id, "again", "text", "yes", None, "h")
    replies = [await world.assistant().take(turn) for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert done(world.store) == ["reschedule"]


async def test_ten_yeses_at_once_in_one_conversation(world: World) -> None:
    talk = await previewed(world)
    turns = [Turn(talk.conversation_id, f"t{n}", "text", "yes", None, "h") for n in range(10)]
    replies = await asyncio.gather(*(world.assistant().take(turn) for turn in turns))
    assert len({words(reply) for reply in replies}) == 1
    assert done(world.store) == ["reschedule"]


async def test_a_yes_to_what_the_turn_has_read_is_one_transaction(world: World) -> None:
    talk = await previewed(world)
    services = world.assistant()._services
    assert services.changes is not None
    visitor = Visitor(talk.conversation_id, "web", signed_in_as=WHO)
    standing = services.people.standing(visitor)
    waiting, sites = standing.pending, standing.sites
    assert waiting is not None
    with counted(world.store) as cost:
        made = services.changes.confirm(visitor, WHO, waiting.id, waiting=waiting, sites=sites)
    assert (made.refused, cost.transactions) == (None, 1)
    assert appointments(world.store)["P-A5"] == NEW
    again = services.changes.confirm(visitor, WHO, waiting.id)
    assert again.repeated
    assert made.person == again.person == services.people.person(WHO)


async def test_a_yes_to_what_another_conversation_has_taken_up_meanwhile(world: World) -> None:
    talk = await previewed(world)
    services = world.assistant()._services
    assert services.changes is not None
    visitor = Visitor(talk.conversation_id, "web", signed_in_as=WHO)
    standing = services.people.standing(visitor)
    waiting, sites = standing.pending, standing.sites
    assert waiting is not None
    await previewed(world)
    assert services.changes.confirm(visitor, WHO, waiting.id, waiting=waiting, sites=sites).refused is None
    assert appointments(world.store)["P-A5"] == NEW


async def test_one_pending_confirmation_is_seen_in_both_conversations(world: World) -> None:
    web = await previewed(world)
    phone = await world.talk(channel="phone")
    assert phone.reply is not None
    assert at(phone.reply) == "unfinished/wanted"
    shown = await phone.say("yes")
    assert at(shown) == "reschedule/confirm"
    assert "March thirteenth" in shown.messages[-1].speech
    with world.store.unit_of_work(write=False) as uow:
        pending = uow.confirmations.pending(WHO, now=world.time.now)
    assert pending is not None
    assert pending.conversation_id == phone.conversation_id
    first = words(await web.say("yes"))  # it was shown here as well: one yes for both
    assert "Moved" in first
    assert words(await phone.say("yes")) == first
    assert done(world.store) == ["reschedule"]


async def test_ten_yeses_from_two_conversations_at_once(world: World) -> None:
    web = await previewed(world)
    phone = await world.talk(channel="phone")
    await phone.say("yes")
    turns = [Turn([web, phone][n % 2].conversation_id, f"t{n}", "text", "yes", None, "h") for n in range(10)]
    replies = await asyncio.gather(*(world.assistant().take(turn) for turn in turns))
    assert len({words(reply) for reply in replies}) == 1
    assert done(world.store) == ["reschedule"]


async def test_the_other_conversation_is_offered_after_signing_in(world: World) -> None:
    await previewed(world)
    late = await world.talk(None)
    await late.say("sign in")
    await late.say(WHO)
    assert at(await late.say(late.last_code())) == "unfinished/wanted"
    declined = await late.say("no")
    assert at(declined) == "nothing"
    assert done(world.store) == []


async def test_another_change_takes_the_place_of_the_one_that_waits(world: World) -> None:
    web = await previewed(world)
    other = await world.talk()
    await other.say("no")
    assert at(await other.say("cancel my A6 appointment")) == "cancel_appointment/confirm"
    reply = await web.say("yes")
    assert at(reply) == "reschedule/confirm"  # shown again, nothing done
    assert done(world.store) == ["reschedule_refused"]
    assert appointments(world.store)["P-A5"] == OLD
    assert at(await web.say("yes")) == "nothing"
    assert at(await other.say("yes")) == "cancel_appointment/confirm"


async def test_nobody_says_yes_for_somebody_else(world: World) -> None:
    talk = await previewed(world)
    other = await world.talk("ASE-2000-0004")
    assert "Moved" not in words(await other.say("yes"))
    with pytest.raises(Exception, match="not open any more"):
        await other.take("choice", "yes")
    assert done(world.store) == done(world.store, "ASE-2000-0004") == []
    assert at(talk.reply) == "reschedule/confirm"


async def test_an_agent_confirms_too_and_the_audit_says_who(world: World) -> None:
    agent = await world.talk(WHO, "agent", agent="ag-7")
    assert at(await agent.say(MOVE)) == "reschedule/confirm"
    await agent.say("yes")
    with world.store.unit_of_work(write=False) as uow:
        lines = [entry.event for entry in uow.audit.entries(WHO)]
    assert {(line.actor_kind, line.actor_id) for line in lines} == {("agent", "ag-7")}
    actions = [line.action for line in lines]
    assert actions.count("records.read") == 3  # the opening and each of the two turns
    assert actions.count("reschedule") == 1
    assert actions.count("decision.told") == 1
    made = next(line for line in lines if line.action == "reschedule")
    assert made.before is not None
    assert made.after is not None
    assert made.before["appointment"]["starts_at"] == "2026-03-20T09:00:00"
    assert made.after["appointment"]["starts_at"] == "2026-03-13T14:00:00"
    assert made.decision is not None
    assert made.decision["outcome"] == "allowed"
    assert made.policy_digest


# --- the booking's calendar ------------------------------------------------------------------------------------


async def test_a_booking_comes_with_a_calendar_file_and_a_mail_that_carries_it(world: World) -> None:
    talk = await previewed(world)
    reply = await talk.say("yes")
    (calendar,) = [m.calendar for m in reply.messages if m.calendar]
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert "DTSTART:20260313T190000Z" in calendar
    with world.store.unit_of_work(write=False) as uow:
        (mail,) = uow.outbox.list("mia@example.org")
    assert [a.name for a in mail.mail.attachments] == ["appointment.ics"]
    assert "A5" in mail.mail.body


async def test_without_an_address_no_mail_is_promised(world: World) -> None:
    talk = await previewed(world, "ASE-2000-0005", "book my A1, the earliest")
    assert "e-mail" not in words(await talk.say("yes"))


# --- putting back ----------------------------------------------------------------------------------------------


async def test_undo_is_honest_when_the_old_seat_is_gone(world: World) -> None:
    talk = await previewed(world)
    await talk.say("yes")
    other = await world.talk("ASE-2100-0000")
    await other.say("book my A1 on march 20 at 9 am")
    assert at(await other.say("yes")) == "nothing"
    await talk.say("undo")
    reply = await talk.say("yes")
    assert "can't be undone" in words(reply)
    assert "else has taken the old seat" in words(reply)
    assert appointments(world.store)["P-A5"] == NEW


async def test_a_cancelled_test_is_not_put_back(world: World) -> None:
    talk = await world.talk()
    assert "can't be undone" in words(await talk.say("cancel my A1 test for a refund"))
    reply = await talk.say("yes")
    assert "undo" not in words(reply)
    assert at(await talk.say("undo")) == "nothing"
    assert done(world.store) == ["cancel_test"]
    with world.store.unit_of_work(write=False) as uow:
        assert [r.purchase_id for r in uow.done.refunds_of(WHO)] == ["P-A1"]


# --- a database that is away -----------------------------------------------------------------------------------


class Outage:
    """Statements that fail, or a commit that does, as when the database goes away."""

    def __init__(self, world: World) -> None:
        self._engine = world.store.engine
        self.table = ""
        event.listen(self._engine, "before_cursor_execute", self._fail)

    def _fail(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if self.table and self.table in statement and not statement.startswith("SELECT"):
            raise OperationalError(statement, None, Exception("away"))

    def over(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._fail)


async def test_a_database_that_is_away_changes_nothing_and_says_so(world: World) -> None:
    talk = await previewed(world)
    outage = Outage(world)
    outage.table = "appointments"
    reply = await talk.say("yes")
    assert "nothing has been changed" in words(reply)
    assert at(reply) == "reschedule/confirm"  # not a fresh conversation: the question is still there
    assert appointments(world.store)["P-A5"] == OLD
    outage.over()
    assert "Moved" in words(await talk.say("yes"))
    assert done(world.store) == ["reschedule"]


async def test_a_turn_that_cannot_be_kept_is_done_once_all_the_same(world: World) -> None:
    talk = await previewed(world)
    outage = Outage(world)
    outage.table = "turns"
    turn = Turn(talk.conversation_id, "once", "text", "yes", None, "h")
    with pytest.raises(AssistantUnavailable, match="won't be done twice"):
        await world.assistant().take(turn)
    outage.over()
    assert appointments(world.store)["P-A5"] == NEW
    reply = await world.assistant().take(turn)
    assert "Moved" in words(reply)
    assert done(world.store) == ["reschedule"]


async def test_a_question_that_cannot_be_kept_says_that_nothing_was_changed(world: World) -> None:
    talk = await world.talk()
    outage = Outage(world)
    outage.table = "turns"
    with pytest.raises(AssistantUnavailable, match="nothing has been changed"):
        await talk.say("when do I get my A8 certificate?")
    outage.over()
    assert told(await talk.say("when do I get my A8 certificate?")) == [
        "certificate_delivery allowed certificate_expected A8"
    ]


async def test_a_code_is_used_once_although_the_turn_is_served_again(world: World) -> None:
    talk = await world.talk(None)
    await talk.say("sign in")
    await talk.say(WHO)
    code = talk.last_code()
    store = world.store
    raced: list[str] = []

    def overtake(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE conversations") and not raced:
            raced.append(statement)
            raise ConcurrentTurn("another turn was faster")

    event.listen(store.engine, "before_cursor_execute", overtake)
    reply = await talk.say(code)
    event.remove(store.engine, "before_cursor_execute", overtake)
    assert raced
    assert reply.state.signed_in


# --- seats by words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("in Milwaukee", ["Thursday, March 12, 2026, 9:00 AM", "Thursday, March 26, 2026, 4:00 PM"]),
        ("in Wisconsin", ["Thursday, March 12, 2026, 9:00 AM", "Thursday, March 26, 2026, 4:00 PM"]),
        ("anywhere", ["Wednesday, March 11, 2026, 9:00 AM, Chicago", "Thursday, March 12, 2026, 9:00 AM, Milwaukee"]),
        ("Chicago South", ["Monday, March 16, 2026, 10:00 AM", "Tuesday, March 17, 2026, 3:00 PM"]),
        ("in the afternoon", ["Friday, March 13, 2026, 2:00 PM", "Tuesday, March 17, 2026, 3:00 PM"]),
        ("let's say nine", ["Wednesday, March 11, 2026, 9:00 AM", "Friday, March 13, 2026, 9:00 AM"]),
        ("show me more", ["Thursday, March 19, 2026, 9:00 AM", "Friday, March 27, 2026, 1:00 PM"]),
    ],
)
async def test_seats_are_found_by_what_was_said(world: World, said: str, expected: list[str]) -> None:
    talk = await world.talk()
    await talk.say("book an appointment for my A1")
    reply = await talk.say(said)
    titles = [choice.title for choice in reply.messages[-1].choices]
    for wanted, title in zip(expected, titles, strict=False):
        assert title.startswith(wanted), titles
    assert len(titles) >= len(expected)


@pytest.mark.parametrize(
    ("said", "booked"),
    [
        ("the earliest", "2026-03-11T09:00 CHI-01"),
        ("the soonest in Milwaukee", "2026-03-12T09:00 MKE-01"),
        ("as late as possible", "2026-03-27T13:00 CHI-01"),
        ("march 13 at 2 pm", "2026-03-13T14:00 CHI-01"),
        ("next friday afternoon", "2026-03-13T14:00 CHI-01"),
        ("the second one", "2026-03-13T09:00 CHI-01"),
    ],
)
async def test_words_that_name_one_seat_take_it(world: World, said: str, booked: str) -> None:
    talk = await world.talk()
    await talk.say("book an appointment for my A1")
    assert at(await talk.say(said)) == "schedule_test/confirm"
    await talk.say("yes")
    assert appointments(world.store)["P-A1"] == f"{booked} booked"
    assert f"{booked}" not in {k for k, free in seats(world.store).items() if free == 0}


async def test_nothing_is_shown_after_the_last_day(world: World) -> None:
    talk = await world.talk()
    reply = await talk.say("book an appointment for my A1 on june 1")
    titles = [choice.title for choice in reply.messages[-1].choices]
    assert titles
    assert not [title for title in titles if "June" in title]
    assert "June 1" in words(reply)


async def test_all_decisions_of_a_day_come_out_again(world: World) -> None:
    talk = await world.talk()
    await play(
        [
            {"say": "what do I have on my account?"},
            {"say": "am I still a master automobile technician?"},
            {"say": "when do I get my A8 certificate?"},
            {"say": "if I fail my A5 when can I retest?"},
            {"say": "book my A1, the earliest"},
            {"say": "yes"},
            {"say": "cancel my A6 test"},
            {"say": "yes"},
            {"say": "undo"},
        ],
        talk,
    )
    assert sound(world.store) >= 8


@pytest.mark.parametrize("said", ["book my A1 on march 11 at 9 am", "move my A5 appointment to march 11 at 9 am"])
async def test_no_undo_is_offered_where_it_would_be_refused(world: World, said: str) -> None:
    talk = await world.talk(as_of="2026-03-09T10:00:00-05:00")
    assert at(await talk.say(said)).endswith("/confirm")
    reply = words(await talk.say("yes"))
    assert "can no longer be changed" in reply
    assert "undo" not in reply
    assert "March 8" not in reply
    assert at(await talk.say("undo")) in {"undo/confirm", "nothing"}
