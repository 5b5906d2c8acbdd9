"""Runs goals, each from eight openings and on records of its own.

A run is right if the records end as they should and what had to be said was said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.contracts.conversation import ConversationError, Identity
from tests.conversations.harness import Talk, do
from tests.dialogues.playing import changes, prepared, records, talk_on
from tests.dialogues.scoring import Spoken, stated
from tests.simulations.reading import OPENINGS, Goal
from tests.simulations.user import ENOUGH, Person


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a goal: its opening, what went wrong, and the conversation in lines."""

    goal: Goal
    way: int
    faults: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether it ended as it should."""
        return not self.faults


def run(chosen: Iterable[Goal], ways: Sequence[int] = range(OPENINGS)) -> list[Run]:
    """Run each goal with each of these openings."""
    with prepared() as folder:
        return [_one(goal, way, folder) for goal in chosen for way in ways]


def _one(goal: Goal, way: int, folder: Path) -> Run:
    with talk_on(folder) as talk:
        return asyncio.run(_run(goal, way, talk))


async def _run(goal: Goal, way: int, talk: Talk) -> Run:
    await talk.open(goal.channel, Identity(goal.script.get("as")))
    before, person = records(talk.store), Person(goal, way)
    action: tuple[str, str] | None = ("say", goal.openings[way])
    spoken, lines, faults = [], [], []
    for _ in range(ENOUGH):
        if action is None:
            break
        lines.append(f"> {action[1]}")
        try:
            reply = await do({action[0]: action[1]}, talk)
        except (AssertionError, ConversationError) as error:
            faults.append(f"impossible: {error}")
            break
        except Exception as error:  # a run that breaks the assistant is wrong; the others go on
            faults.append(f"crashed: {type(error).__name__}: {error}")
            break
        heard = Spoken.of(reply, goal.channel)
        spoken.append(heard)
        lines.append(f"  {' '.join(heard.text.split())[:240]}")
        action = person.next(reply)
    whole = [text for each in spoken for text in each.whole]
    faults += [f"not said: {fact}" for fact in goal.script.get("said", ()) if not stated(fact, whole)]
    faults += [f"said: {fact}" for fact in goal.script.get("not_said", ()) if stated(fact, whole)]
    found = changes(before, records(talk.store))
    if found != goal.ends:
        faults.append(f"ends with {found or 'nothing changed'}")
    return Run(goal, way, tuple(faults), tuple(lines))
