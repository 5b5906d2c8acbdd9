"""Plays a written conversation through the whole assistant (Rasa, actions, dialogue, store) and checks each reply.

A script is YAML: who speaks, when, on which channel, and steps. A step is what is said (`say`, `choose`, `press`,
`silence`) and what must hold afterwards: the label heard, the decisions told ("rule outcome code [test]"), what is
expected next, the task in hand, facts that must or must not be mentioned. Wording is not checked.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.contracts.conversation import Identity, Message, Reply, State, Turn
from bot.conversation.service import Assistant
from bot.store import Store

STEP_KEYS = {"say", "choose", "press", "silence", "hangup", "code", "confidence", "expect"}
EXPECT_KEYS = {
    "label",
    "decisions",
    "reasons",
    "no_decisions",
    "expects",
    "task",
    "step",
    "no_task",
    "signed_in",
    "owner",
    "choices",
    "choices_not",
    "choices_at_least",
    "mentions",
    "mentions_not",
    "speech_mentions",
    "speech_mentions_not",
    "sources",
    "has_sources",
    "silent",
    "records",
}
SCRIPT_KEYS = {"name", "as", "agent", "about", "channel", "as_of", "people", "steps"}


@dataclass
class Talk:
    """One conversation with an assistant."""

    assistant: Assistant
    store: Store
    conversation_id: str = ""
    reply: Reply | None = None
    counter: itertools.count[int] = field(default_factory=itertools.count)

    async def open(self, channel: str = "web", identity: Identity | None = None, about: str | None = None) -> None:
        """Start; the greeting is the first reply."""
        opened = await self.assistant.open(channel, "en-US", identity or Identity(), about)  # type: ignore[arg-type]
        self.conversation_id, self.reply = opened.conversation_id, opened.reply

    async def take(self, kind: str, value: str, confidence: float | None = None) -> Reply:
        """One turn."""
        self.reply = await self.assistant.take(
            Turn(
                self.conversation_id,
                f"m{next(self.counter)}",
                kind,  # type: ignore[arg-type]
                value,
                confidence,
                hashlib.sha256(f"{kind}:{value}".encode()).hexdigest(),
            )
        )
        return self.reply

    async def say(self, text: str) -> Reply:
        """One line of text."""
        return await self.take("text", text)

    def last_code(self) -> str:
        """The newest one-time code that was mailed."""
        with self.store.unit_of_work(write=False) as uow:
            codes = [m.mail.code for m in uow.outbox.list() if m.mail.code]
        assert codes, "no code was mailed"
        return codes[-1]


async def play(script: Mapping[str, Any], talk: Talk) -> None:
    """Run every step; an AssertionError names the step and shows the reply."""
    _only(script, SCRIPT_KEYS, "script")
    agent = script.get("agent")
    identity = Identity(None, agent, "agent") if agent else Identity(script.get("as"))
    await talk.open(script.get("channel", "web"), identity, script.get("about"))
    for number, step in enumerate(script["steps"], start=1):
        _only(step, STEP_KEYS, f"step {number}")
        await _do(step, talk)
        try:
            check(step.get("expect") or {}, talk)
        except AssertionError as error:
            said = "\n".join(f"  {m.author}: {m.text}" for m in talk.reply.messages) if talk.reply else ""
            state = talk.reply.state.to_json() if talk.reply else {}
            raise AssertionError(f"step {number} ({step}): {error}\n{said}\n  {state}") from None


async def _do(step: Mapping[str, Any], talk: Talk) -> None:
    if "say" in step:
        await talk.take("text", step["say"], step.get("confidence"))
    elif "choose" in step:
        await talk.take("choice", _choice(talk, str(step["choose"])))
    elif "press" in step:
        await talk.take("digits", str(step["press"]))
    elif "code" in step:
        await talk.take("text", talk.last_code() if step["code"] == "right" else "000000")
    else:
        await talk.take("event", "silence" if "silence" in step else "hangup")


def _choice(talk: Talk, wanted: str) -> str:
    assert talk.reply is not None
    choices = [c for m in talk.reply.messages for c in m.choices]
    found = [c.id for c in choices if wanted in {c.id, c.title} or c.title.startswith(wanted)]
    assert found, f"no choice {wanted!r} among {[c.title for c in choices]}"
    return found[0]


def check(expect: Mapping[str, Any], talk: Talk) -> None:
    """Compare a reply with what a step expects."""
    _only(expect, EXPECT_KEYS, "expect")
    reply = talk.reply
    assert reply is not None
    mine = [m for m in reply.messages if m.author == "assistant"]
    if "label" in expect:
        heard = [m.intent["name"] for m in reply.messages if m.intent]
        assert heard == [expect["label"]], f"heard {heard}"
    _check_decisions(expect, mine)
    _check_state(expect, reply.state)
    _check_words(expect, "\n".join(m.text for m in mine), " ".join(m.speech for m in mine))
    _check_offers(expect, mine)
    if expect.get("silent"):
        assert not mine, [m.text for m in mine]
    if "records" in expect:
        _check_records(expect["records"], talk)


def _check_decisions(expect: Mapping[str, Any], mine: Sequence[Message]) -> None:
    told = [_told(d) for m in mine for d in m.decisions]
    if "decisions" in expect:
        for wanted in expect["decisions"]:
            assert any(each.startswith(wanted) for each in told), f"{wanted!r} not among {told}"
        assert len(told) >= len(expect["decisions"])
    reasons = {f"{d['rule']} {reason['code']}" for m in mine for d in m.decisions for reason in d["reasons"]}
    assert set(expect.get("reasons", ())) <= reasons, reasons
    if expect.get("no_decisions"):
        assert not told, told


def _check_state(expect: Mapping[str, Any], state: State) -> None:
    if "expects" in expect:
        assert state.expects == expect["expects"], state.expects
    if "task" in expect:
        assert state.task is not None, "no task"
        assert state.task.name == expect["task"], state.task
    if "step" in expect:
        assert state.task is not None, "no task"
        assert state.task.step == expect["step"], state.task
    if expect.get("no_task"):
        assert state.task is None, state.task
    for name in ("signed_in", "owner"):
        if name in expect:
            assert getattr(state, name) == expect[name], getattr(state, name)


def _check_offers(expect: Mapping[str, Any], mine: Sequence[Message]) -> None:
    choices = [c.title for m in mine for c in m.choices]
    for wanted in expect.get("choices", ()):
        assert any(wanted in title for title in choices), f"{wanted!r} not among {choices}"
    for unwanted in expect.get("choices_not", ()):
        assert not any(unwanted in title for title in choices), f"{unwanted!r} among {choices}"
    assert len(choices) >= expect.get("choices_at_least", 0), choices
    sources = {s["id"] for m in mine for s in m.sources}
    assert set(expect.get("sources", ())) <= sources, sources
    if expect.get("has_sources"):
        assert sources


def _check_words(expect: Mapping[str, Any], text: str, speech: str) -> None:
    for wanted in expect.get("mentions", ()):
        assert str(wanted).lower() in text.lower(), f"{wanted!r} is not mentioned"
    for unwanted in expect.get("mentions_not", ()):
        assert str(unwanted).lower() not in text.lower(), f"{unwanted!r} is mentioned"
    for unwanted in expect.get("speech_mentions_not", ()):
        assert str(unwanted).lower() not in speech.lower(), f"{unwanted!r} is spoken in {speech!r}"
    for wanted in expect.get("speech_mentions", ()):
        assert str(wanted).lower() in speech.lower(), f"{wanted!r} is not spoken in {speech!r}"


def _check_records(expected: Mapping[str, Any], talk: Talk) -> None:
    """Stored appointments: ``{ASE-ID: {purchase: [start, site, status] | null}}``."""
    with talk.store.unit_of_work(write=False) as uow:
        for ase_id, purchases in expected.items():
            person = uow.records.person(ase_id)
            assert person is not None
            for purchase in person.candidate.purchases:
                if purchase.id not in purchases:
                    continue
                appointment, wanted = purchase.appointment, purchases[purchase.id]
                found = (
                    [appointment.starts_at.isoformat(timespec="minutes"), appointment.site, appointment.status.value]
                    if appointment
                    else None
                )
                assert found == wanted, f"{ase_id} {purchase.id}: {found}"


def _told(decision: Mapping[str, Any]) -> str:
    test = decision["subject"].get("test") or decision["subject"].get("series") or ""
    return f"{decision['rule']} {decision['outcome']} {decision['reasons'][0]['code']} {test}".strip()


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = set(given) - known
    assert not unknown, f"{where} has unknown keys {sorted(unknown)}; known are {sorted(known)}"


def scripts(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every script below a folder, named by its situation and its own name."""
    found = []
    for path in sorted(folder.rglob("*.yml")):
        for script in yaml.safe_load_all(path.read_text()):
            if script:
                found.append((f"{path.relative_to(folder).with_suffix('')}: {script['name']}", script))
    return found


def instant(text: str) -> datetime:
    """An aware instant."""
    return datetime.fromisoformat(text)
