"""The short form of the dialogues: as many turns as before are good. All of them: `make dialogues`."""

from __future__ import annotations

from tests.dialogues.floors import below, floors, short_form
from tests.dialogues.playing import score
from tests.dialogues.reading import SPLITS, dialogues
from tests.dialogues.report import table

AT_LEAST, TURNS, SHORT_AT_LEAST = 380, 900, 45


def test_all_dialogues_were_found() -> None:
    found = dialogues()
    assert len(found) >= AT_LEAST
    assert sum(len(each.turns) for each in found) >= TURNS
    shares = {split: sum(each.split == split for each in found) / len(found) for split in SPLITS}
    assert 0.25 <= shares["held_out"] <= 0.4, shares


def test_no_conversation_stands_in_both_splits() -> None:
    said = {split: {_opening(each.turns) for each in dialogues() if each.split == split} for split in SPLITS}
    assert not said["open"] & said["held_out"]


def test_the_short_form_is_not_below_its_floors() -> None:
    chosen = short_form(dialogues())
    assert len(chosen) >= SHORT_AT_LEAST
    assert floors()["short"], "no floor of the short form"
    scored = score(chosen)
    assert not below("short", scored), table(scored)


def _opening(turns: object) -> str:
    return repr(turns).casefold()
