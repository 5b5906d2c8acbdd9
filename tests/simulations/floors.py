"""The floors of the simulations, to be raised, never lowered; and what is told of runs."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from tests.simulations.reading import Goal
from tests.simulations.running import Run

FLOORS = Path(__file__).parent / "floors.yml"
ONE_IN, WAYS = 6, (0, 5)
"""The short form: one goal in six, by its name, with two openings."""

Counts = dict[str, int]


def short_form(found: Iterable[Goal]) -> list[Goal]:
    """The goals of the short form, always the same ones."""
    return [each for each in found if zlib.crc32(each.name.encode()) % ONE_IN == 0]


def counts(runs: Sequence[Run]) -> Counts:
    """Goals, those right whichever way they were opened, runs, and those right; in how many something wrong changed."""
    names = {each.goal.name for each in runs}
    broken = {each.goal.name for each in runs if not each.right}
    return {
        "goals": len(names),
        "all_ways_right": len(names - broken),
        "runs": len(runs),
        "right": sum(each.right for each in runs),
        "unwanted_changes": sum(any(f.startswith("ends with {") for f in each.faults) for each in runs),
    }


def below(form: str, runs: Sequence[Run]) -> list[str]:
    """Where a form ("full" or "short") falls short of its floors; of unwanted changes there may be fewer."""
    floors: Counts = yaml.safe_load(FLOORS.read_text("utf-8"))[form]
    found = counts(runs)
    return [
        f"{form}: {key} is {found[key]}, the floor {floor}"
        for key, floor in floors.items()
        if (found[key] > floor if key == "unwanted_changes" else found[key] < floor)
    ]


def table(runs: Sequence[Run]) -> str:
    """Counts by kind, and of all."""
    kinds = sorted({each.goal.kind for each in runs})
    lines = []
    for kind in [*kinds, "all"]:
        n = counts([each for each in runs if kind in (each.goal.kind, "all")])
        lines.append(
            f"{kind:18} {n['all_ways_right']:3} of {n['goals']:3} goals right in all ways"
            f"   {n['right']:4} of {n['runs']:4} runs   {n['unwanted_changes']} with an unwanted change"
        )
    return "\n".join(lines)
