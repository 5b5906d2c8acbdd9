"""The short form of the simulations: as many runs end right as before. All of them: `make simulations`."""

from __future__ import annotations

from tests.simulations.floors import WAYS, below, short_form, table
from tests.simulations.reading import goals
from tests.simulations.running import run

AT_LEAST, CHANGING, STAYING, SHORT_AT_LEAST = 60, 25, 25, 10


def test_all_goals_were_found() -> None:
    found = goals()
    assert len(found) >= AT_LEAST
    assert sum(bool(each.ends) for each in found) >= CHANGING
    assert sum(not each.ends for each in found) >= STAYING


def test_the_short_form_is_not_below_its_floors() -> None:
    chosen = short_form(goals())
    assert len(chosen) >= SHORT_AT_LEAST
    runs = run(chosen, WAYS)
    assert not below("short", runs), table(runs)
