"""Plays a written conversation through the whole assistant (Rasa, actions, dialogue, store) and checks each reply.

A script is YAML: who speaks, when, on which channel, and steps. A step does one thing (`say`, `choose`, `press`,
`code`, `silence`, `hangup`) and states under `expect` what must hold afterwards. Only what is stated is checked, and a
script that states nothing, or states something under a key that is not known, fails.

- `label`: what was heard.
- `expects`, `task`, `step`, `signed_in`, `owner`: the state, as published. `no_task`: whether there is none.
- `decisions`: every decision told, as "rule outcome code [test or series]", in order. `decisions_include`: some of
  them, in any order; others may be told as well. `no_decisions`: whether none was told.
- `reasons`: "rule code", some of them. `sources`: ids, some of them. `has_sources`: whether there are any.
- `choices`: each stands in the title of some choice. `choices_not`: in none. `choices_at_least`: how many there are.
- `mentions`, `mentions_not`: facts (dates, places, numbers, codes, the words that matter) in the text.
  `speech_mentions`, `speech_mentions_not`: the same in the spoken form. Whole sentences are not compared.
- `silent`: whether nothing is said.
- `records`: stored appointments, ``{ASE ID: {purchase: [start, site, status] | null}}``; each purchase must exist.

What must be mentioned or offered must stand there as whole words: "March 1" is not mentioned by "March 10".
What must not be mentioned or offered must not stand there as a part of a word either.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.contracts.conversation import Identity, Message, Reply, Turn
from bot.conversation.service import Assistant
from bot.store import Store

SCRIPT_KEYS = {"name", "as", "agent", "about", "channel", "as_of", "steps"}
ACTIONS = {"say", "choose", "press", "code", "silence", "hangup"}
CODES = {"right", "wrong"}
CHECKS = frozenset({"expect"})
FLAGS = {"no_decisions", "no_task", "signed_in", "has_sources", "silent"}
NAMES = {"label", "expects", "task", "step", "owner"}
DECISIONS = {"decisions", "decisions_include"}
SPOKEN = {"mentions", "mentions_not", "speech_mentions", "speech_mentions_not"}
LISTS = DECISIONS | SPOKEN | {"reasons", "choices", "choices_not", "sources"}
EXPECT_KEYS = FLAGS | NAMES | LISTS | {"choices_at_least", "records"}


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

    async def enter(self, code: str) -> Reply:
        """A one-time code, as the channel takes it."""
        return await self.take("text", code)

    def last_code(self) -> str:
        """The newest one-time code that was mailed."""
        with self.store.unit_of_work(write=False) as uow:
            codes = [m.mail.code for m in uow.outbox.list() if m.mail.code]
        assert codes, "no code was mailed"
        return codes[-1]


async def play(script: Mapping[str, Any], talk: Talk) -> None:
    """Run every step; an AssertionError names the step and shows the reply."""
    validate(script)
    agent = script.get("agent")
    identity = Identity(None, agent, "agent") if agent else Identity(script.get("as"))
    await talk.open(script.get("channel", "web"), identity, script.get("about"))
    for number, step in enumerate(script["steps"], start=1):
        try:
            await do(step, talk)
            check(step.get("expect", {}), talk)
        except AssertionError as error:
            said = "\n".join(f"  {m.author}: {m.text}" for m in talk.reply.messages) if talk.reply else ""
            state = talk.reply.state.to_json() if talk.reply else {}
            raise AssertionError(f"step {number} ({step}): {error}\n{said}\n  {state}") from None


# --- before it is played: nothing may be written that would not be checked -----------------------------------


def validate(script: Mapping[str, Any], checks: Set[str] = CHECKS) -> None:
    """Refuse a script without steps, with unknown keys, or with a statement that can never fail.

    `checks` are the keys of a step that state something.
    """
    _only(script, SCRIPT_KEYS, "script")
    assert script.get("name"), "the script has no name"
    steps = script.get("steps")
    assert isinstance(steps, list), f"steps are no list: {steps!r}"
    assert steps, "the script has no steps"
    for number, step in enumerate(steps, start=1):
        where = f"step {number}"
        validate_step(step, ACTIONS, {"confidence"} | checks, where)
        for key in checks & set(step):
            assert step[key], f"{where}: {key} states nothing"
            assert key == "expect" or isinstance(step[key], list), f"{where}: {key} is no list"
        if "expect" in step:
            _validate_expect(step["expect"], where)
    assert checks & set(steps[-1]), "the last step states nothing"


def validate_step(step: Mapping[str, Any], actions: Set[str], others: Set[str], where: str) -> None:
    """Refuse a step with an unknown key, without an action or with two."""
    _only(step, actions | others, where)
    done = actions & set(step)
    assert len(done) == 1, f"{where} does not do one thing but {sorted(done)}"
    assert "code" not in step or step["code"] in CODES, f"{where}: the code is {step['code']!r}, not of {sorted(CODES)}"
    assert "confidence" not in step or "say" in step, f"{where}: only what is said is heard with a confidence"


def _validate_expect(expect: Any, where: str) -> None:
    assert isinstance(expect, dict), f"{where}: expect is no mapping: {expect!r}"
    _only(expect, EXPECT_KEYS, f"{where}: expect")
    for key, value in expect.items():
        shown = f"{where}: {key}: {value!r}"
        if key in FLAGS:
            assert isinstance(value, bool), f"{shown} is neither true nor false"
        elif key in NAMES:
            assert isinstance(value, str), f"{shown} is no name"
            assert value, f"{shown} is empty"
        elif key == "choices_at_least":
            assert isinstance(value, int), f"{shown} is no number"
            assert value >= 1, f"{shown} states nothing"
        elif key == "records":
            assert isinstance(value, dict), f"{shown} is no mapping"
            assert value, f"{shown} states nothing"
            assert all(isinstance(each, dict) and each for each in value.values()), (
                f"{shown} states nothing of somebody"
            )
        else:
            assert isinstance(value, list), f"{shown} is no list"
            assert value or key == "decisions", f"{shown} states nothing"
            assert all(isinstance(each, str) and each for each in value), f"{shown} is not all text"
        if key in DECISIONS:
            assert all(len(line.split()) in {3, 4} for line in value), (
                f"{shown}: not all are 'rule outcome code [test]'"
            )


def _only(given: Mapping[str, Any], known: Set[str], where: str) -> None:
    unknown = set(given) - known
    assert not unknown, f"{where} has unknown keys {sorted(unknown)}; known are {sorted(known)}"


# --- played ----------------------------------------------------------------------------------------------------


async def do(step: Mapping[str, Any], talk: Talk) -> Reply:
    """What a step does."""
    if "say" in step:
        return await talk.take("text", str(step["say"]), step.get("confidence"))
    if "choose" in step:
        return await talk.take("choice", choice(talk, str(step["choose"])))
    if "press" in step:
        return await talk.take("digits", str(step["press"]))
    if "code" in step:
        return await talk.enter(talk.last_code() if step["code"] == "right" else "000000")
    return await talk.take("event", "silence" if "silence" in step else "hangup")


def choice(talk: Talk, wanted: str) -> str:
    """The id of the one choice meant: by its id, its whole title, or the whole words its title alone begins with."""
    assert talk.reply is not None
    choices = [c for m in talk.reply.messages for c in m.choices]
    titles = [c.title for c in choices]
    for found in (
        {c.id for c in choices if c.id == wanted},
        {c.id for c in choices if c.title == wanted},
        {c.id for c in choices if re.match(rf"{re.escape(wanted)}(?!\w)", c.title)},
    ):
        assert len(found) <= 1, f"{wanted!r} may be any of {sorted(found)} among {titles}"
        if found:
            return found.pop()
    raise AssertionError(f"no choice {wanted!r} among {titles}")


def check(expect: Mapping[str, Any], talk: Talk) -> None:
    """Compare a reply with what a step expects."""
    _only(expect, EXPECT_KEYS, "expect")
    reply = talk.reply
    assert reply is not None
    mine = [m for m in reply.messages if m.author == "assistant"]
    if "label" in expect:
        heard = [m.intent["name"] for m in reply.messages if m.intent]
        assert heard == [expect["label"]], f"heard {heard}"
    lines = told(reply)
    if "decisions" in expect:
        assert lines == expect["decisions"], f"told {lines}"
    missing = Counter(expect.get("decisions_include", ())) - Counter(lines)
    assert not missing, f"{sorted(missing.elements())} not among {lines}"
    reasons = {f"{d['rule']} {reason['code']}" for m in mine for d in m.decisions for reason in d["reasons"]}
    assert set(expect.get("reasons", ())) <= reasons, f"reasons {sorted(reasons)}"
    sources = {s["id"] for m in mine for s in m.sources}
    assert set(expect.get("sources", ())) <= sources, f"sources {sorted(sources)}"
    _check_state(expect, reply)
    flags = {"no_decisions": not lines, "has_sources": bool(sources), "silent": not mine}
    for name in flags.keys() & expect:
        assert flags[name] is expect[name], f"{name}: decisions {lines}, sources {sorted(sources)}"
    _check_words(expect, mine)
    _check_choices(expect, [c.title for m in mine for c in m.choices])
    if "records" in expect:
        _check_records(expect["records"], talk)


def told(reply: Reply) -> list[str]:
    """The decisions of a reply, in order: rule, outcome, decisive code, and the test or series where there is one."""
    lines = []
    for decision in (d for m in reply.messages if m.author == "assistant" for d in m.decisions):
        about = decision["subject"].get("test") or decision["subject"].get("series") or ""
        lines.append(f"{decision['rule']} {decision['outcome']} {decision['reasons'][0]['code']} {about}".strip())
    return lines


def states(text: str, words: str) -> bool:
    """Whether the words are in the text, whole, in letters of either case."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _check_state(expect: Mapping[str, Any], reply: Reply) -> None:
    state = reply.state
    for name in ("expects", "signed_in", "owner"):
        if name in expect:
            assert getattr(state, name) == expect[name], f"{name}: {getattr(state, name)}"
    if "no_task" in expect:
        assert (state.task is None) is expect["no_task"], f"task {state.task}"
    for name, key in (("task", "name"), ("step", "step")):
        if name in expect:
            assert state.task is not None, "no task"
            assert getattr(state.task, key) == expect[name], f"task {state.task}"


def _check_words(expect: Mapping[str, Any], mine: list[Message]) -> None:
    assert mine or not SPOKEN & set(expect), "nothing was said"
    text, speech = "\n".join(m.text for m in mine), " ".join(m.speech for m in mine)
    for wanted in expect.get("mentions", ()):
        assert states(text, wanted), f"{wanted!r} is not mentioned"
    for unwanted in expect.get("mentions_not", ()):
        assert unwanted.lower() not in text.lower(), f"{unwanted!r} is mentioned"
    for wanted in expect.get("speech_mentions", ()):
        assert states(speech, wanted), f"{wanted!r} is not spoken in {speech!r}"
    for unwanted in expect.get("speech_mentions_not", ()):
        assert unwanted.lower() not in speech.lower(), f"{unwanted!r} is spoken in {speech!r}"


def _check_choices(expect: Mapping[str, Any], titles: list[str]) -> None:
    for wanted in expect.get("choices", ()):
        assert any(states(title, wanted) for title in titles), f"{wanted!r} not among {titles}"
    for unwanted in expect.get("choices_not", ()):
        assert not any(unwanted.lower() in title.lower() for title in titles), f"{unwanted!r} among {titles}"
    assert len(titles) >= expect.get("choices_at_least", 0), f"only {titles}"


def _check_records(expected: Mapping[str, Any], talk: Talk) -> None:
    with talk.store.unit_of_work(write=False) as uow:
        people = {ase_id: uow.records.person(ase_id) for ase_id in expected}
    for ase_id, purchases in expected.items():
        person = people[ase_id]
        assert person is not None, f"nobody is {ase_id}"
        booked = {purchase.id: purchase.appointment for purchase in person.candidate.purchases}
        for purchase, wanted in purchases.items():
            assert purchase in booked, f"{ase_id} has no purchase {purchase}, only {sorted(booked)}"
            a = booked[purchase]
            found = [a.starts_at.isoformat(timespec="minutes"), a.site, a.status.value] if a else None
            assert found == wanted, f"{ase_id} {purchase}: {found}"


# --- found -----------------------------------------------------------------------------------------------------


def scripts(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every script below a folder, named by its situation and its own name; a file without one is refused."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.yml")):
        written = [script for script in yaml.safe_load_all(path.read_text("utf-8")) if script is not None]
        assert written, f"{path} holds no script"
        for script in written:
            assert isinstance(script, dict), f"{path} holds what is no script: {script!r}"
            name = f"{path.relative_to(folder).with_suffix('')}: {script.get('name')}"
            assert name not in found, f"two scripts are called {name!r}"
            found[name] = script
    assert found, f"no script below {folder}"
    return list(found.items())
