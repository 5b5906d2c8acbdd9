"""A question about a change never arms it: nothing waits for a yes afterwards. An order is shown for a yes."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import yaml

from bot.dialogue.understanding.user_message import UserMessage
from bot.dialogue.understanding.wanting import acknowledges, takes_offer, wants_change
from tests.changes.conftest import World
from tests.changes.playing import address, appointments, ordered

SAID = yaml.safe_load((Path(__file__).parent / "asked_only.yml").read_text())
DOING = {
    "account/cancel_appointment": ("cancel my a5 appointment", "drop the a5 appointment"),
    "account/cancel_test": ("cancel a5", "return the a5 test"),
    "account/duplicate_certificate": ("order a duplicate", "get another copy"),
    "account/address_change": ("change my address", "update my address"),
    "account/reschedule": ("move my a5", "reschedule my a5"),
    "account/schedule_test": ("book a5", "schedule a5"),
    "stop": ("undo that", "take it back"),
}
ASKING = (
    "can i {}", "could i {}", "may i {}", "should i {}", "do i have to {}", "do i need to {}", "must i {}",
    "what if i {}", "what happens if i {}", "what would happen if i {}", "how do i {}", "how would i {}",
    "how much is it to {}", "how late can i {}", "when can i {}", "where do i {}", "who do i call to {}",
    "why would i {}", "is it possible to {}", "would it be possible to {}", "am i allowed to {}", "am i able to {}",
    "is there a fee to {}", "is there still time to {}", "do i still have time to {}", "does it cost to {}",
    "i'm wondering whether i can {}", "i was wondering if i could {}", "just curious if i can {}",
    "i'd like to know if i can {}", "i want to know how to {}", "i need to find out whether i can {}",
    "not sure if i should {}", "i don't know if i can {}", "tell me what happens if i {}", "can we {}",
    "so if i {} what then", "ok and could i {}", "hey can i still {}", "{}?", "if i {} do i lose money",
    "will i lose my money if i {}", "would i be able to {}", "suppose i {}", "what does it mean to {}",
)  # fmt: skip
ORDERING = (
    "{}", "please {}", "i want to {}", "i'd like to {}", "i need to {}", "can you {}", "could you {}", "would you {}",
    "can you please {}?", "go ahead and {}", "ok {}", "hi, i wanna {}", "i was wondering if you could {}",
    "if possible, {}", "i have to {}", "will you {} for me", "could you just {} for me",
)  # fmt: skip


def test_forms_of_questions_want_nothing_done() -> None:
    for label, doings in DOING.items():
        for frame, doing in product(ASKING, doings):
            said = frame.format(doing)
            assert not wants_change(UserMessage(said, label, act="request", act_score=0.9)), said


def test_forms_of_orders_want_it_done() -> None:
    for label, doings in DOING.items():
        for frame, doing in product(ORDERING, doings):
            if doing.startswith("get ") or ("a duplicate" in doing and "you" in frame and "for me" not in frame):
                continue  # "can you order a duplicate" asks what is done as a rule
            said = frame.format(doing)
            assert wants_change(UserMessage(said, label, act="request", act_score=0.9)), said


def test_an_ok_takes_up_no_offer() -> None:
    for said in ("ok", "okay", "ok thanks", "alright", "got it", "good to know", "thanks", "great, thank you", "fine"):
        message = UserMessage(said, "affirm")
        assert acknowledges(message), said
        assert not takes_offer(message), said
    for said in ("yes", "yes please", "do it", "yeah do it", "sure, go ahead", "please do it", "ok do it"):
        assert takes_offer(UserMessage(said, "affirm")), said


@pytest.mark.parametrize("part", range(4))
async def test_a_question_leaves_nothing_open(part: int, world: World) -> None:
    before = appointments(world.store), ordered(world.store), address(world.store)
    for said in SAID["asked"][part::4]:
        talk = await world.talk()
        reply = await talk.say(said)
        assert reply.state.expects != "yes_no", said
        reply = await talk.say("ok thanks")
        assert reply.state.expects != "yes_no", said
        assert (appointments(world.store), ordered(world.store), address(world.store)) == before, said


@pytest.mark.parametrize("part", range(2))
async def test_an_order_is_shown(part: int, world: World) -> None:
    for said in SAID["ordered"][part::2]:
        talk = await world.talk()
        reply = await talk.say(said)
        assert reply.state.expects in {"yes_no", "choice"}, said


async def test_a_plain_yes_after_the_answer_shows_it(world: World) -> None:
    before = appointments(world.store)
    talk = await world.talk()
    await talk.say("can I cancel my A5 appointment")
    reply = await talk.say("yes please")
    assert reply.state.expects == "yes_no"
    assert appointments(world.store) == before


def test_there_are_enough() -> None:
    assert len(SAID["asked"]) >= 60
    assert len(SAID["ordered"]) >= 30
    assert len(ASKING) >= 40
