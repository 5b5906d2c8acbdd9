"""Counts and failing turns, as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.dialogues.playing import Scored
from tests.dialogues.reading import SPLITS


def totals(scored: Sequence[Scored]) -> dict[str, dict[str, tuple[int, int]]]:
    """Good turns and all turns, by split and kind; the kind "all" sums up a split."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for split in SPLITS:
        mine = [each for each in scored if each.dialogue.split == split]
        kinds = sorted({each.dialogue.kind for each in mine})
        found[split] = {kind: _count(each for each in mine if each.dialogue.kind == kind) for kind in kinds}
        if mine:
            found[split]["all"] = _count(mine)
    return found


def table(scored: Sequence[Scored]) -> str:
    """The totals in lines."""
    lines = []
    for split, kinds in totals(scored).items():
        for kind, (good, of) in kinds.items():
            lines.append(f"{split:9} {kind:20} {good:5} of {of:5} turns good  {100 * good / of:5.1f} %")
    for split in SPLITS:
        whole: dict[str, bool] = {}
        for each in scored:
            if each.dialogue.split == split:
                whole[each.dialogue.name] = whole.get(each.dialogue.name, True) and each.good
        if whole:
            lines.append(f"{split:9} conversations good throughout: {sum(whole.values())} of {len(whole)}")
    return "\n".join(lines)


def failing(scored: Iterable[Scored], width: int = 220) -> str:
    """The turns that are not good, two lines each."""
    lines = []
    for each in scored:
        if not each.good:
            lines.append(f"{each.dialogue.kind} [{each.dialogue.script['name']}] {each.number}. {each.done}")
            lines.append(f"    {'; '.join(each.faults)}  <- {' '.join(each.said.split())[:width]}")
    return "\n".join(lines)


def _count(scored: Iterable[Scored]) -> tuple[int, int]:
    goods = [each.good for each in scored]
    return sum(goods), len(goods)
