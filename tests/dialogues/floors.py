"""The floors: how many turns must be good, at the least. To be raised, never lowered."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from tests.dialogues.playing import Scored
from tests.dialogues.reading import Dialogue
from tests.dialogues.report import totals

FLOORS = Path(__file__).parent / "floors.yml"
ONE_IN = 7
"""So many dialogues there are for one of the short form."""

Floors = dict[str, dict[str, dict[str, list[int]]]]


def short_form(found: Iterable[Dialogue]) -> list[Dialogue]:
    """One dialogue in seven, always the same ones: which, only their names decide."""
    return [each for each in found if zlib.crc32(each.name.encode()) % ONE_IN == 0]


def floors() -> Floors:
    """Good turns and turns, at the least, by form, split and kind."""
    read: Floors = yaml.safe_load(FLOORS.read_text("utf-8"))
    return read


def below(form: str, scored: Sequence[Scored]) -> list[str]:
    """Where a form ("full" or "short") has fewer good turns than it must, or fewer turns than it had."""
    found, counted = [], totals(scored)
    for split, kinds in floors()[form].items():
        for kind, (good_at_least, of_at_least) in kinds.items():
            good, of = counted.get(split, {}).get(kind, (0, 0))
            if good < good_at_least or of < of_at_least:
                found.append(
                    f"{form} {split} {kind}: {good} of {of} turns good, at least {good_at_least} of {of_at_least}"
                )
    return found


def raise_floors(form: str, scored: Sequence[Scored]) -> None:
    """Write down what was measured where it is more than the floor: two in a hundred less, so that a turn may swap."""
    written = floors()
    for split, kinds in totals(scored).items():
        for kind in kinds if form == "full" else kinds.keys() & {"all"}:
            good, of = kinds[kind]
            before = written[form].setdefault(split, {}).get(kind, [0, 0])
            written[form][split][kind] = [max(before[0], good - max(1, good // 50)), max(before[1], of)]
    head = "".join(f"{line}\n" for line in FLOORS.read_text("utf-8").splitlines() if line.startswith("#"))
    FLOORS.write_text(head + yaml.safe_dump(written, default_flow_style=None), "utf-8")
