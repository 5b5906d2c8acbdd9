"""Twilio's door: signed requests only, each turn once, and a document that never leaves the caller in the dark."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from bot.clock import Clock
from bot.contracts.calls import Call, SpokenChoice
from bot.contracts.conversation import State
from bot.gateway.channels.phone_ivr.line import menu
from tests.gateway.fake_assistant import BOOM
from tests.phone import twiml_rules
from tests.phone.conftest import (
    CHOICES,
    LINES,
    PAYLOADS,
    PUBLIC,
    TOKEN,
    Client,
    MakeClient,
    MemoryCalls,
    Phone,
    PhoneAssistant,
    payload,
)

RECORDED = sorted(path.stem for path in PAYLOADS.glob("twilio_*.json"))


async def send(client: Client, name: str, token: str = TOKEN) -> Any:
    """Post a payload as its provider would."""
    given = payload(name)
    signed = RequestValidator(token).compute_signature(f"{PUBLIC}{given['path']}", given["form"])
    return await client.post(
        given["path"], data=given["form"], headers={**given["headers"], "X-Twilio-Signature": signed}
    )


# --- payloads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDED)
async def test_every_payload_is_answered_with_a_sound_document(client: Client, name: str) -> None:
    first = await send(client, "twilio_incoming")
    twiml_rules.check(await first.text())
    answer = await send(client, name)
    if "/status" in payload(name)["path"]:
        assert answer.status == 204
    else:
        assert answer.status == 200
        twiml_rules.check(await answer.text())


def test_enough_payloads_are_posted() -> None:
    assert len(RECORDED) >= 13


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("twilio_speech", "When does my A5 test expire?"),
        ("twilio_speech_without_confidence", "brakes"),
        ("twilio_digits", "482913"),
        ("twilio_empty", "silence"),
        ("twilio_noise", "silence"),
        ("twilio_profanity", "where is my certificate"),
    ],
)
async def test_what_was_heard_arrives(client: Client, assistant: PhoneAssistant, name: str, heard: str) -> None:
    await send(client, "twilio_incoming")
    answer = await send(client, name)
    assert f"You said: {heard}" in twiml_rules.words(twiml_rules.check(await answer.text()))
    assert assistant.carried_out == 1


async def test_confidence_reaches_the_assistant(client: Client, assistant: PhoneAssistant) -> None:
    seen = []
    take = assistant.take

    async def watch(turn: Any) -> Any:
        seen.append((turn.kind, turn.confidence))
        return await take(turn)

    assistant.take = watch  # type: ignore[method-assign]
    for name in ("twilio_incoming", "twilio_speech"):
        await send(client, name)
    phone = Phone(client, "CA2")
    await phone.dial()
    await phone.say("brakes", Confidence="0.0")
    await phone.say("brakes", Confidence="often")
    await phone.key("1", Confidence="0.9")
    assert seen == [("text", 0.9316), ("text", None), ("text", None), ("digits", None)]


# --- who may ---------------------------------------------------------------------------------------------


async def test_unsigned_or_badly_signed_is_refused_and_nothing_is_done(
    client: Client, assistant: PhoneAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    phone = Phone(client)
    for path in ("/channels/twilio/voice", "/channels/twilio/turn?n=1", "/channels/twilio/status"):
        for signature in ("", "AAAA", "not base64 ü"):
            answer = await phone.post(path, signature=signature, SpeechResult="my secret words")
            assert answer.status == 403
            assert (await answer.json())["error"]["code"] == "bad_signature"
        answer = await Phone(client, token="another token").post(path)
        assert answer.status == 403
        bare = await client.post(path, data={"CallSid": "CA1"})
        assert bare.status == 403
    assert assistant.kept == {}
    assert "refused: bad signature" in caplog.text
    assert "refused: no signature" in caplog.text
    for personal in ("+13125550101", "my secret words", phone.call_id):
        assert personal not in caplog.text


async def test_without_a_token_everything_is_refused(make_client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    client = await make_client(twilio_auth_token=None)
    for token in (TOKEN, ""):
        answer = await Phone(client, token=token).post("/channels/twilio/voice")
        assert answer.status == 403
    assert "no token is set" in caplog.text


async def test_the_address_signed_is_the_public_one_with_or_without_its_port(make_client: MakeClient) -> None:
    client = await make_client(public_url="https://voice.example.org/base")
    for public in ("https://voice.example.org/base", "https://voice.example.org:443/base"):
        phone = Phone(client, public=public)
        await phone.dial()
        assert phone.at == "/base/channels/twilio/turn?n=1"
    for public in ("https://voice.example.org", "http://voice.example.org/base", "https://other.example.org/base"):
        assert (await Phone(client, public=public).post("/channels/twilio/voice")).status == 403


async def test_without_a_public_address_the_one_asked_for_counts(make_client: MakeClient) -> None:
    client = await make_client(public_url=None)
    here = f"http://127.0.0.1:{client.port}"
    assert "Welcome" in await Phone(client, public=here).dial()


async def test_the_newer_signature_by_sha_256(make_client: MakeClient) -> None:
    key = "the shared key"
    with_key = await make_client(twilio_shared_key=key)
    without = await make_client()
    path, form = "/channels/twilio/voice", {"CallSid": "CA1", "CallStatus": "ringing"}
    for client, secret, status in ((with_key, key, 200), (with_key, TOKEN, 403), (without, TOKEN, 200)):
        signed = RequestValidator(secret).compute_signature(f"{PUBLIC}{path}", form, "HMAC_SHA256")
        settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
        headers = {"X-Twilio-Signature": signed, "X-Twilio-Webhooks-Signature-Settings": settings}
        assert (await client.post(path, data=form, headers=headers)).status == status
        del headers["X-Twilio-Webhooks-Signature-Settings"]
        assert (await client.post(path, data=form, headers=headers)).status == 403
    unknown = {"X-Twilio-Signature": "AAAA", "X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_MD5"}
    assert (await without.post(path, data=form, headers=unknown)).status == 403


async def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    answer = await client.post("/channels/twilio/voice", json={"CallSid": "CA1"}, headers={"X-Twilio-Signature": "AA"})
    assert answer.status == 403
    assert (await client.get("/channels/twilio/voice")).status == 405


@pytest.mark.parametrize("call_id", ["", "CA 1", "<CA>", "x" * 65])
async def test_a_call_without_a_proper_id_is_refused(client: Client, call_id: str) -> None:
    assert (await Phone(client, call_id).post("/channels/twilio/voice")).status == 400


# --- the conversation -------------------------------------------------------------------------------------


async def test_a_call_from_greeting_to_the_end(phone: Phone, assistant: PhoneAssistant) -> None:
    assert await phone.dial() == "Welcome."
    assert phone.verbs == ["Gather", "Redirect"]
    assert await phone.say("hello") == "You said: hello"
    assert await phone.key("12") == "You said: 12"
    assert await phone.silence() == "You said: silence"
    assert phone.at == "/channels/twilio/turn?n=4"
    answer = await phone.post("/channels/twilio/status", CallStatus="completed")
    assert answer.status == 204
    (kept,) = assistant.kept.values()
    assert kept.channel == "phone"
    assert kept.ended
    again = await phone.post("/channels/twilio/status", CallStatus="completed")
    assert again.status == 204
    assert assistant.carried_out == 4
    assert "Goodbye" in await phone.say("still there?")
    assert phone.verbs == ["Say", "Hangup"]


async def test_the_call_is_the_conversation_not_the_number(client: Client, assistant: PhoneAssistant) -> None:
    first, second = Phone(client, "CA1"), Phone(client, "CA2")
    for phone in (first, second):
        await phone.dial(From="+13125550101")
        await phone.say("hello")
    assert len(assistant.kept) == 2
    assert [kept.turns for kept in assistant.kept.values()] == [1, 1]


async def test_the_number_is_kept_as_a_hint_where_it_is_one(client: Client, calls: MemoryCalls) -> None:
    for number, (given, kept) in enumerate(
        [
            ("+13125550101", "+13125550101"),
            ("anonymous", None),
            ("+266696687", None),
            ("+7378742833", None),
            ("sip:x@y", None),
        ]
    ):
        await Phone(client, f"CA{number}").dial(From=given)
        assert calls.calls["twilio", f"CA{number}"].caller == kept


async def test_status_of_a_call_nobody_knows_or_that_goes_on(phone: Phone, assistant: PhoneAssistant) -> None:
    assert (await phone.post("/channels/twilio/status", CallStatus="completed")).status == 204
    await phone.dial()
    assert (await phone.post("/channels/twilio/status", CallStatus="in-progress")).status == 204
    assert not next(iter(assistant.kept.values())).ended


@pytest.mark.parametrize(
    ("expects", "digits", "finish"),
    [
        ("free", "8", "#"),
        ("choice", "1", ""),
        ("yes_no", "1", ""),
        ("test", "1", ""),
        ("date", "1", ""),
        ("code", "6", "#"),
        ("ase_id", "8", "#"),
        ("digits", None, "#"),
    ],
)
async def test_keys_and_hints_follow_what_is_expected(
    phone: Phone, expects: str, digits: str | None, finish: str
) -> None:
    await phone.dial()
    await phone.say(f"expect {expects}")
    assert phone.gather.get("numDigits") == digits
    assert phone.gather["finishOnKey"] == finish
    hints = phone.gather["hints"].split(",")
    assert "agent" in hints
    wanted = {
        "code": "double",
        "ase_id": "A S E",
        "yes_no": "yes",
        "test": "Brakes",
        "date": "Tuesday",
        "free": "refund",
    }
    assert wanted.get(expects, "agent") in hints


async def test_menus_by_key_come_as_a_second_attempt(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    calls.manner = {"choices": CHOICES[:3]}
    first = await phone.say("expect choice")
    assert "You can say: choice one; choice two; choice three." in first
    assert "Press" not in first
    calls.manner = {"choices": CHOICES[:3], "silences": 1}
    second = await phone.say("expect choice")
    assert "Press 1 for choice one. Press 2 for choice two. Press 3 for choice three." in second
    calls.manner = {"choices": CHOICES[:3], "misses": 1}
    assert "Press 2 for choice two." in await phone.say("expect choice")


async def test_yes_and_no_by_key_come_as_a_second_attempt(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    yes, no = SpokenChoice("yes", "yes"), SpokenChoice("no", "no")
    calls.manner = {"choices": (yes, no), "misses": 1}
    assert "Press 1 for yes. Press 2 for no." in await phone.say("expect yes_no")
    assert await phone.say("keys One is yes, two is no.") == "One is yes, two is no."


def test_a_list_read_out_is_numbered_in_its_order() -> None:
    call = Call("twilio", "CA1", "c1", choices=CHOICES[:2], silences=1)
    said = "Choice one, or choice two?"
    assert menu(LINES, call, State(expects="choice"), said) == [LINES.order]
    assert menu(LINES, call, State(expects="choice"), said, tells_keys=True) == []
    assert menu(LINES, call, State(expects="free"), "What else?") == []


def test_keys_that_were_told_are_not_told_again_however_they_were_worded() -> None:
    call = Call("twilio", "CA1", "c1", choices=(SpokenChoice("yes", "yes"), SpokenChoice("no", "no")), misses=1)
    assert menu(LINES, call, State(expects="yes_no"), "Key one means yes.", tells_keys=True) == []
    assert menu(LINES, call, State(expects="yes_no"), "Did you press one?") == ["Press 1 for yes. Press 2 for no."]


async def test_three_at_a_time_and_then_more(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    calls.manner = {"choices": CHOICES}
    heard = await phone.say("expect choice")
    assert "choice three" in heard
    assert "choice four" not in heard
    assert LINES.more in heard
    calls.manner = {"choices": CHOICES, "first": 3}
    heard = await phone.say("expect choice")
    assert "You can say: choice four; choice five." in heard
    assert LINES.more not in heard
    calls.manner = {"choices": CHOICES, "first": 3, "misses": 1}
    assert "Press 4 for choice four. Press 5 for choice five." in await phone.say("expect choice")
    calls.manner = {"choices": CHOICES, "first": 6}
    assert "choice one" in await phone.say("expect choice")


async def test_choices_named_already_are_not_named_twice(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    calls.manner = {"choices": CHOICES[:2]}
    await phone.say("expect choice")
    heard = await phone.say("say Which one? Choice one, or choice two?")
    assert heard.count("hoice one") == 1


async def test_slowly_when_asked(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    assert phone.root.find(".//prosody") is None
    calls.manner = {"slow": True}
    await phone.say("slower")
    prosody = phone.root.find(".//prosody")
    assert prosody is not None
    assert prosody.attrib == {"rate": "slow"}


async def test_a_plain_voice_gets_plain_text(make_client: MakeClient) -> None:
    phone = Phone(await make_client(twilio_voice="alice"))
    await phone.dial()
    heard = await phone.say("say Your A5 appointment. ASE-1000-0001.")
    assert heard == "Your A 5 appointment. A S E, 1 0 0 0, 0 0 0 1."
    assert list(phone.root.iter("s")) == []


async def test_very_long_answers_come_in_parts(phone: Phone) -> None:
    await phone.dial()
    heard = await phone.say("long")
    assert heard.count("said quite often") == 200
    assert len(list(phone.root.iter("Say"))) >= 3


async def test_what_is_said_cannot_break_the_document(phone: Phone) -> None:
    await phone.dial()
    heard = await phone.say("markup")
    assert heard == 'A </Say><Hangup/> & "quotes" <s> done.'
    assert phone.verbs == ["Gather", "Redirect"]


# --- silence, goodbye, a person ---------------------------------------------------------------------------


async def test_the_line_hangs_up_when_the_assistant_has_said_goodbye(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    await phone.silence()
    calls.manner = {"over": True}
    assert "silence" in await phone.silence()
    assert phone.verbs == ["Say", "Hangup"]


async def test_a_goodbye_ends_the_call_but_not_in_mid_task(phone: Phone) -> None:
    await phone.dial()
    await phone.say("bye")
    assert phone.verbs == ["Say", "Hangup"]


@pytest.mark.parametrize(
    ("to", "inner"),
    [
        ("+13125550199", "<Number>+13125550199</Number>"),
        ("tel:+13125550199", "<Number>+13125550199</Number>"),
        ("sip:desk@example.org", "<Sip>sip:desk@example.org?X-Conversation="),
    ],
)
async def test_a_person_is_dialled_in_their_hours(make_client: MakeClient, to: str, inner: str) -> None:
    phone = Phone(await make_client(transfer_to=to))
    await phone.dial()
    answer = await phone.post(phone.at, Digits="0")
    text = await answer.text()
    assert inner in text
    root = twiml_rules.check(text)
    assert [verb.tag for verb in root] == ["Say", "Dial", "Hangup"]
    assert LINES.putting_through in twiml_rules.words(root)
    dial = root.find("Dial")
    assert dial is not None
    assert LINES.nobody_answered in await phone.fetch(dial.attrib["action"], DialCallStatus="no-answer")
    assert phone.verbs == ["Gather", "Redirect"]
    await phone.say("how long is my test good for")
    assert phone.verbs == ["Gather", "Redirect"]
    await phone.fetch(dial.attrib["action"], DialCallStatus="completed")
    assert phone.verbs == ["Hangup"]


async def test_out_of_hours_nobody_is_dialled(make_client: MakeClient) -> None:
    at_night = Clock(datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
    phone = Phone(await make_client(transfer_to="+13125550199", clock=at_night))
    await phone.dial()
    await phone.say("agent")
    assert phone.verbs == ["Gather", "Redirect"]


async def test_without_a_number_to_dial_the_request_is_kept_and_the_assistant_goes_on(phone: Phone) -> None:
    await phone.dial()
    assert LINES.request_kept in await phone.say("agent")
    assert phone.verbs == ["Gather", "Redirect"]


async def test_a_moment_asked_for_is_a_longer_one(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    await phone.say("expect code")
    short = int(phone.gather["timeout"])
    calls.manner = {"waiting": True}
    await phone.say("expect code")
    assert int(phone.gather["timeout"]) >= 4 * short


# --- duplicates, order, slow turns ------------------------------------------------------------------------


async def test_a_delivery_that_comes_twice_is_done_once(phone: Phone, assistant: PhoneAssistant) -> None:
    first = await (await phone.post("/channels/twilio/voice", idem="A")).text()
    assert await (await phone.post("/channels/twilio/voice", idem="A")).text() == first
    assert await (await phone.post("/channels/twilio/voice", idem="B")).text() == first
    assert len(assistant.kept) == 1
    said = [await (await phone.post("/channels/twilio/turn?n=1", SpeechResult="yes", idem=i)).text() for i in "CCD"]
    assert len(set(said)) == 1
    assert assistant.carried_out == 1


async def test_many_at_once_are_done_once(phone: Phone, assistant: PhoneAssistant) -> None:
    greetings = await asyncio.gather(*(phone.post("/channels/twilio/voice", idem="A") for _ in range(8)))
    assert len({await answer.text() for answer in greetings}) == 1
    answers = await asyncio.gather(
        *(phone.post("/channels/twilio/turn?n=1", SpeechResult="yes", Confidence="0.9", idem="B") for _ in range(8))
    )
    assert len({await answer.text() for answer in answers}) == 1
    assert assistant.carried_out == 1


async def test_without_a_number_the_token_of_the_delivery_tells(phone: Phone, assistant: PhoneAssistant) -> None:
    await phone.dial()
    for idem, turns in (("A", 1), ("A", 1), ("B", 2), ("B", 2)):
        await phone.post("/channels/twilio/turn", SpeechResult="yes", idem=idem)
        assert assistant.carried_out == turns


async def test_an_older_turn_delivered_late_is_answered_as_before(phone: Phone, assistant: PhoneAssistant) -> None:
    await phone.dial()
    first = await phone.say("one")
    await phone.say("two")
    late = await phone.fetch("/channels/twilio/turn?n=1", SpeechResult="one", Confidence="0.91")
    assert late == first
    assert assistant.carried_out == 2


async def test_another_answer_to_an_answered_question_changes_nothing(phone: Phone, assistant: PhoneAssistant) -> None:
    await phone.dial()
    await phone.say("one")
    await phone.say("two")
    heard = await phone.fetch("/channels/twilio/turn?n=1", SpeechResult="something else")
    assert heard == "You said: two"
    assert phone.at == "/channels/twilio/turn?n=3"
    assert assistant.carried_out == 2


async def test_picked_up_again_in_mid_call_it_goes_on_where_it_was(phone: Phone) -> None:
    await phone.dial()
    await phone.say("one")
    assert await phone.dial() == "You said: one"
    assert phone.at == "/channels/twilio/turn?n=2"


async def test_a_turn_of_a_call_nobody_knows_is_greeted(phone: Phone) -> None:
    assert await phone.fetch("/channels/twilio/turn?n=7", SpeechResult="hello?") == "Welcome."
    assert phone.at == "/channels/twilio/turn?n=1"


async def test_a_slow_turn_speaks_a_filler_and_comes_back(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    phone = Phone(await make_client(patience=0.05))
    await phone.dial()
    heard = await phone.say("slow")
    assert heard == LINES.one_moment
    assert phone.verbs == ["Say", "Redirect"]
    assert phone.at == "/channels/twilio/turn?n=1&wait=1"
    assert await phone.silence() == ""
    assert phone.verbs == ["Pause", "Redirect"]
    await phone.silence()
    assert await phone.silence() == LINES.still_looking
    assistant.let_go()
    assert await phone.silence() == "You said: slow"
    assert phone.at == "/channels/twilio/turn?n=2"
    assert assistant.carried_out == 1


async def test_too_slow_altogether_asks_again_and_loses_nothing(
    make_client: MakeClient, assistant: PhoneAssistant
) -> None:
    phone = Phone(await make_client(patience=0.02, turn_timeout=4))
    await phone.dial()
    await phone.say("slow")
    heard = ""
    for _ in range(4):
        heard = await phone.silence()
        if phone.verbs[0] == "Gather":
            break
    assert heard == LINES.try_again
    assert phone.at == "/channels/twilio/turn?n=1"
    assistant.let_go()
    assert await phone.say("slow") == "You said: slow"
    assert assistant.carried_out == 1


async def test_a_slow_turn_survives_a_restart(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    phone = Phone(await make_client(patience=0.05))
    await phone.dial()
    await phone.say("slow")
    phone.client = await make_client(patience=1.0)
    assistant.let_go()
    assert await phone.silence() == "You said: slow"
    assert assistant.carried_out == 1


async def test_a_restart_in_mid_call_is_not_noticed(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    phone = Phone(await make_client())
    await phone.dial()
    for number in range(1, 7):
        if number % 2:
            phone.client = await make_client()
        assert await phone.say(f"turn {number}") == f"You said: turn {number}"
    assert assistant.carried_out == 6
    assert len(assistant.kept) == 1


async def test_ten_calls_at_once_keep_their_places(make_client: MakeClient, assistant: PhoneAssistant) -> None:
    clients = [await make_client(), await make_client(), await make_client()]

    async def call(number: int) -> None:
        phone = Phone(clients[0], f"CA{number}")
        await phone.dial()
        for turn in range(30):
            phone.client = clients[(number + turn) % 3]
            assert await phone.say(f"{number} {turn}") == f"You said: {number} {turn}"
            if turn % 7 == 0:
                await phone.fetch(
                    f"/channels/twilio/turn?n={turn + 1}", SpeechResult=f"{number} {turn}", Confidence="0.91"
                )

    await asyncio.gather(*(call(number) for number in range(10)))
    assert assistant.carried_out == 300
    assert len(assistant.kept) == 10


# --- trouble ----------------------------------------------------------------------------------------------


async def test_an_assistant_that_is_away_is_told_and_asked_again(phone: Phone) -> None:
    await phone.dial()
    assert await phone.say("lost") == LINES.not_now
    assert phone.at == "/channels/twilio/turn?n=1&try=1"
    assert await phone.say("hello") == "You said: hello"
    assert phone.at == "/channels/twilio/turn?n=2"


async def test_what_was_not_foreseen_is_said_in_words_and_not_for_ever(
    phone: Phone, assistant: PhoneAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await phone.dial()
    assert await phone.say("boom") == LINES.not_now
    assert await phone.say("boom") == LINES.not_now
    assert "Goodbye" in await phone.say("boom")
    assert phone.verbs == ["Say", "Hangup"]
    assert "RuntimeError" in caplog.text
    assert BOOM not in caplog.text
    assert assistant.carried_out == 0


async def test_a_database_that_is_away_never_drops_the_call_at_once(phone: Phone, calls: MemoryCalls) -> None:
    await phone.dial()
    calls.down = True
    assert await phone.say("hello") == LINES.not_now
    calls.down = False
    assert await phone.say("hello") == "You said: hello"
    calls.down = True
    other = Phone(phone.client, "CA2")
    heard = [await other.dial()]
    while other.root.find("Hangup") is None:
        heard.append(await other.silence())
    assert heard == [LINES.one_moment] * 3 + [LINES.not_now]


async def test_the_library_knows_the_attributes_that_are_used() -> None:
    assert {"input", "hints", "numDigits", "finishOnKey", "bargeIn"} <= twiml_rules.attributes_of("Gather")
    assert twiml_rules.attributes_of("break") == {"strength", "time"}
