"""What a goal is: who wants what, what they know, how it must end, and how it may be opened."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.harness import scripts
from tests.dialogues.reading import wordings

HERE = Path(__file__).parent
OPENINGS = 8
KEYS = {"name", "as", "channel", "openings", "words", "knows", "agrees", "asks", "then", "ends", "said", "not_said"}
KNOWS = {"id", "test", "seat", "sees", "sees_not", "series", "address", "which"}
STEPS = {"seat", "confirm", "about", "code", "ase_id"}
"""The steps at which a person may ask something before the answer is given."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a person wants. `kind` is the file that it lies in."""

    kind: str
    script: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name within all of them."""
        return f"{self.kind}: {self.script['name']}"

    @property
    def channel(self) -> str:
        """On which channel the person comes."""
        return str(self.script.get("channel", "web"))

    @property
    def knows(self) -> Mapping[str, Any]:
        """What the person can tell when asked."""
        knows: Mapping[str, Any] = self.script.get("knows", {})
        return knows

    @property
    def openings(self) -> Sequence[str]:
        """The eight first messages, each in other words."""
        given = self.script["openings"]
        lines = given if isinstance(given, list) else openings()[given]
        return [line.format(**self.script.get("words", {})) for line in lines]

    @property
    def ends(self) -> dict[str, dict[str, str]]:
        """What is otherwise at the end, by person; of the person who is there, the ASE ID is not written."""
        own = self.script.get("as") or self.knows.get("id")
        given: Mapping[str, Any] = self.script.get("ends", {})
        return {str(own): {key: str(value) for key, value in given.items()}} if given else {}


@functools.cache
def openings() -> Mapping[str, Sequence[str]]:
    """First messages that several goals share, with places for what is wanted."""
    found: Mapping[str, Sequence[str]] = yaml.safe_load((HERE / "openings.yml").read_text("utf-8"))
    return found


@functools.cache
def goals() -> tuple[Goal, ...]:
    """All of them, each valid."""
    found = []
    for name, script in scripts(HERE / "goals"):
        validate(script, name)
        found.append(Goal(Path(name.split(":")[0]).name, script))
    return tuple(found)


def validate(script: Mapping[str, Any], where: str) -> None:
    """Refuse unknown keys, fewer openings than eight, and a goal that states nothing."""
    unknown = set(script) - KEYS
    assert not unknown, f"{where} has unknown keys {sorted(unknown)}"
    unknown = set(script.get("knows", {})) - KNOWS
    assert not unknown, f"{where} knows {sorted(unknown)}"
    unknown = set(script.get("asks", {})) - STEPS
    assert not unknown, f"{where} asks at {sorted(unknown)}"
    opened = Goal("", script).openings
    assert len(set(opened)) == OPENINGS, f"{where} has {len(set(opened))} openings"
    assert not any("{" in line for line in opened), f"{where}: a place is not filled"
    assert script.get("ends") or script.get("said"), f"{where} states neither an end nor a fact"
    assert isinstance(script.get("agrees", False), bool), f"{where}: agrees is neither true nor false"
    assert "ends" not in script or script.get("agrees"), f"{where}: nothing changes without agreeing"
    for fact in [*script.get("said", ()), *script.get("not_said", ())]:
        assert all(wordings(fact)), f"{where}: {fact!r} has an empty wording"
