"""An assistant with a small part to play: every kind of message the widget shows, at a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.contracts.conversation import (
    Author,
    ChannelName,
    Choice,
    Identity,
    InvalidRequest,
    Json,
    Message,
    Opened,
    Reply,
    State,
    TaskState,
    Turn,
)
from tests.gateway.fake_assistant import AT, FakeAssistant, Kept
from tests.widget import material as m

YES_NO = (Choice("yes", "Yes, do it"), Choice("no", "No, leave it"))
OFFERS = (Choice("faq/registration", "Registering and booking"), Choice("account/reschedule", "Move an appointment"))
SEATS = (
    ("CHI-01", "2026-03-20T09:00", "Fri, Mar 20, 2026, 9:00 AM Central time, Chicago North"),
    ("CHI-01", "2026-03-20T13:00", "Fri, Mar 20, 2026, 1:00 PM Central time, Chicago North"),
    ("CHI-01", "2026-03-21T09:00", "Sat, Mar 21, 2026, 9:00 AM Central time, Chicago North"),
    ("CHI-02", "2026-03-20T09:30", "Fri, Mar 20, 2026, 9:30 AM Central time, Chicago South"),
    ("CHI-02", "2026-03-24T15:00", "Tue, Mar 24, 2026, 3:00 PM Central time, Chicago South"),
)
MORE_SEATS = (("CHI-01", "2026-03-27T10:00", "Fri, Mar 27, 2026, 10:00 AM Central time, Chicago North"),)
LONG = "\n\n".join(f"Paragraph {number} of a long answer that goes on and on." for number in range(1, 31))


@dataclass(frozen=True, slots=True)
class RichMessage(Message):
    """A message with fields beyond the published ones, and whatever else a newer service might send."""

    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        return {**Message.to_json(self), **self.more}


class ScriptedAssistant(FakeAssistant):
    """Adds a script to the fake; `hold` is how long a previewed seat is held."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = timedelta(minutes=5)
        self.locales: list[str] = []
        self.moved = 0

    async def open(
        self,
        channel: ChannelName,
        locale: str,
        identity: Identity,
        about: str | None = None,
        address: str | None = None,
    ) -> Opened:
        self.locales.append(locale)
        opened = await super().open(channel, locale, identity, about)
        kept = self.kept[opened.conversation_id]
        kept.messages.clear()
        name = " Dana" if identity.candidate else ""
        text = f"Hello{name}! I'm the automated ASE assistant. Ask me about tests, results or certificates."
        greeting = self._rich(kept, {"text": text, "choices": OFFERS})
        return Opened(opened.conversation_id, opened.token, Reply(0, (greeting,), kept.state))

    async def _answer(self, kept: Kept, turn: Turn) -> Reply:
        parts = self._script(kept, turn)
        if parts is None:
            return await super()._answer(kept, turn)
        offered = {choice.id: choice.title for message in kept.messages for choice in message.choices}
        if turn.kind == "choice" and turn.value not in offered:
            raise InvalidRequest("choice", "This was not offered.")
        kept.turns += 1
        self.carried_out += 1
        own = self._say(kept, "candidate", offered.get(turn.value, turn.value) if turn.kind == "choice" else turn.value)
        said = tuple(self._rich(kept, part) for part in parts)
        return Reply(kept.turns, (own, *said), kept.state)

    def _rich(self, kept: Kept, part: Mapping[str, Any]) -> Message:
        known = ("text", "choices", "sources", "decisions")
        message = RichMessage(
            seq=len(kept.messages) + 1,
            author="assistant",
            at=AT,
            text=part["text"],
            speech=part["text"],
            choices=tuple(part.get("choices", ())),
            sources=tuple(part.get("sources", ())),
            decisions=tuple(part.get("decisions", ())),
            more={name: value for name, value in part.items() if name not in known},
        )
        kept.messages.append(message)
        return message

    def _script(self, kept: Kept, turn: Turn) -> list[dict[str, Any]] | None:
        """The answer as parts of messages, with the new state put in; None: as the fake does."""
        said = turn.value.lower().strip()
        signed_in = kept.state.signed_in
        kept.state = State(signed_in, owner=kept.state.owner)
        if turn.kind == "choice":
            if said.startswith("seat:"):
                return self._preview(kept, turn.value)
            if said == "yes":
                self.moved += 1
                return [{
                    "text": "Moved: **A5 Brakes** is now on **Friday, March 20, 2026 at 1:00 PM, Central time**, "
                    "Chicago North. You can still change it until Tuesday, March 17, 2026 at 1:00 PM.\n\n"
                    "If that was a mistake, say \"undo\".",
                    "calendar": m.CALENDAR,
                    **{"sources": m.entry("faq/registration")["sources"]},
                }]  # fmt: skip
            if said == "no":
                return [{"text": "All right, I'll leave everything as it is. Nothing has been changed."}]
            if said in ("account/reschedule",):
                return self._seats(kept, SEATS)
            return [{**m.entry("faq/fees"), "choices": OFFERS}]
        if turn.kind != "text":
            return None
        if "move" in said or "reschedule" in said:
            return self._seats(kept, SEATS)
        if said in ("other times", "more"):
            return self._seats(kept, MORE_SEATS)
        if said == "why?":
            return [{"text": "Changes are allowed up to 3 days before an appointment; yours is on March 23."}]
        if "sign me in" in said:
            kept.state = State(False, "ase_id", task=TaskState("sign_in", "ase_id"))
            return [{"text": "Please give me your ASE ID."}]
        if said.startswith("ase-"):
            kept.state = State(False, "code", task=TaskState("sign_in", "code"))
            return [{"text": "If that ID is known, a six-digit code is on its way. Please enter it here."}]
        if said == "123456":
            kept.state = State(True)
            return [{"text": "Thank you, you are signed in."}]
        if "person" in said:
            kept.state = State(signed_in, owner="queue")
            return [{"text": "I have asked a person to take over. You can leave this window open."}]
        scripted: dict[str, list[dict[str, Any]]] = {
            "fees": [{**m.entry("faq/fees"), "choices": OFFERS}],
            "too late": [m.told("reschedule", m.LATE, test="A5")],
            "window": [m.told("purchase_window", m.DANA, test="A6")],
            "retest": [m.told("retest", m.FAILED, test="A8")],
            "certificate": [m.told("certificate_delivery", m.PASSED, test="A4")],
            "master": [m.told("master_status", m.LAPSED, series="automobile")],
            "master lapsed": [m.told("master_status", m.ONLY_LAPSED, series="automobile")],
            "duplicate": [m.told("duplicate_certificate", m.LAPSED, series=["automobile"])],
            "cannot tell": [m.told("advanced_prerequisites", m.DANA, test="L3")],
            "evil": [{"text": m.EVIL}],
            "three": [{"text": "First."}, {"text": "Second."}, {"text": "Third."}],
            "long": [{"text": LONG}],
            "odd": [{
                "text": "The words are still here.", "mood": "sunny", "hold_until": "tomorrow", "calendar": "rubbish",
                "sources": [], "decisions": [
                    {"rule": "from_the_future", "outcome": "allowed", "subject": {"test": "Z9"}, "reasons": [
                        {"code": "brand_new", "values": {"shape": {"a": 1}, "some_day": "2026-05-01"}, "policy": []}]},
                    {"rule": "no reasons", "outcome": "allowed", "subject": {}, "reasons": []},
                    {"rule": "x", "outcome": "exploded", "subject": {}, "reasons": []},
                ],
            }],
        }  # fmt: skip
        return scripted.get(said)

    def _seats(self, kept: Kept, seats: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
        kept.state = State(kept.state.signed_in, "choice", task=TaskState("reschedule", "seat"))
        decision = m.told("reschedule", m.DANA, test="A5")
        choices = tuple(Choice(f"seat:{site}:{start}", title) for site, start, title in seats)
        return [{**decision, "text": decision["text"] + "\n\nThese seats are free. Which one would you like?",
                 "choices": choices}]  # fmt: skip

    def _preview(self, kept: Kept, seat: str) -> list[dict[str, Any]]:
        kept.state = State(kept.state.signed_in, "yes_no", task=TaskState("reschedule", "confirm"))
        until = datetime.now(UTC) + self.hold
        return [{
            "text": "Here's what I'd change for **A5 Brakes**: from Monday, March 23, 2026 at 9:00 AM, Chicago "
            "North, to **Friday, March 20, 2026 at 1:00 PM**, Chicago North. You keep the old seat until the new one "
            "is yours.\n\nShould I go ahead?",
            "choices": YES_NO, "hold_until": until.isoformat(),
        }]  # fmt: skip

    def break_in(self, conversation_id: str, text: str, author: Author = "agent") -> Message:
        """A support agent writes; call it on the server's own loop."""
        kept = self.kept[conversation_id]
        kept.state = State(kept.state.signed_in, owner="agent")
        message = self._say(kept, author, text)
        self._publish(kept, (message,))
        return message
