"""What a dialogue is: its keys, the facts it may name, and where the files are."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.harness import ACTIONS, scripts, validate_step

HERE = Path(__file__).parent
SPLITS = ("open", "held_out")
KEYS = {"name", "as", "channel", "agent", "about", "turns"}
STARTS = {"yes", "no", "not yes"}
FACTS = {"first", "says"}
WORDS = {"not"}
LISTS = FACTS | WORDS | {"topic", "decisions_include"}
STATE = {"expects", "task", "step", "no_task", "owner", "signed_in"}
STATING = LISTS | STATE | {"starts", "changes", "unchanged"}
ALLOWING = {"words", "unclear", "again"}
"""These state nothing; they allow more words, a reply that did not understand, and a repeated one."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A written conversation and where it stands."""

    split: str
    kind: str
    script: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its own name within all of them."""
        return f"{self.split}/{self.kind}: {self.script['name']}"

    @property
    def turns(self) -> Sequence[Mapping[str, Any]]:
        """What is done and what must hold after each."""
        turns: Sequence[Mapping[str, Any]] = self.script["turns"]
        return turns

    @property
    def channel(self) -> str:
        """On which channel it is held."""
        return str(self.script.get("channel", "agent" if self.script.get("agent") else "web"))

    @property
    def person(self) -> str | None:
        """Whose records a change without an ASE ID means."""
        return self.script.get("as") or self.script.get("about")


@functools.cache
def facts() -> Mapping[str, Sequence[str]]:
    """Wordings by the name of the fact."""
    found: Mapping[str, Sequence[str]] = yaml.safe_load((HERE / "facts.yml").read_text("utf-8"))
    return found


def wordings(fact: str) -> list[str]:
    """The wordings that state a fact: alternatives between bars, of which some may be named facts."""
    found: list[str] = []
    for part in (each.strip() for each in fact.split("|")):
        named = re.fullmatch(r"<(.+)>", part)
        found += facts()[named[1]] if named else [part]
    return found


def states_something(turn: Mapping[str, Any]) -> bool:
    """Whether a turn is scored: only what states something is."""
    return bool(STATING & set(turn))


@functools.cache
def dialogues() -> tuple[Dialogue, ...]:
    """All of them, each valid; a kind may lie in several files ("dates_2.yml" is of the kind "dates")."""
    found = []
    for split in SPLITS:
        for name, script in scripts(HERE / split):
            kind = re.sub(r"_\d+$", "", Path(name.split(":")[0]).name)
            validate(script, name)
            found.append(Dialogue(split, kind, script))
    names = [each.name for each in found]
    assert len(names) == len(set(names)), f"twice: {sorted({n for n in names if names.count(n) > 1})}"
    return tuple(found)


def validate(script: Mapping[str, Any], where: str) -> None:
    """Refuse unknown keys, a statement that can never fail, and a conversation that ends with nothing stated."""
    unknown = set(script) - KEYS
    assert not unknown, f"{where} has unknown keys {sorted(unknown)}"
    turns = script.get("turns")
    assert isinstance(turns, list), f"{where}: turns are no list"
    assert 1 <= len(turns) <= 10, f"{where} has {len(turns)} turns"
    for number, turn in enumerate(turns, start=1):
        validate_step(turn, ACTIONS, STATING | ALLOWING | {"confidence"}, f"{where}, turn {number}")
        _validate_statements(turn, f"{where}, turn {number}")
    assert states_something(turns[-1]), f"{where}: the last turn states nothing"


def _validate_statements(turn: Mapping[str, Any], where: str) -> None:
    for key in LISTS & set(turn):
        value = turn[key]
        assert isinstance(value, list), f"{where}: {key} is no list"
        assert value, f"{where}: {key} states nothing"
        assert all(isinstance(each, str) and each.strip() for each in value), f"{where}: {key} is not all text: {value}"
    for fact in (fact for key in FACTS & set(turn) for fact in turn[key]):
        assert all(wordings(fact)), f"{where}: {fact!r} has an empty wording"
    assert "starts" not in turn or start(turn) in STARTS, f"{where}: starts is none of {sorted(STARTS)}"
    assert "changes" not in turn or turn["changes"], f"{where}: changes is empty"
    assert turn.get("unchanged", True) is True, f"{where}: unchanged is either true or not written"
    assert isinstance(turn.get("words", 1), int), f"{where}: words is no number"


def start(turn: Mapping[str, Any]) -> str:
    """How the first sentence must start; YAML reads a bare yes as true."""
    value = turn["starts"]
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
