"""Every change × every repair, each a conversation through the whole assistant, down to what is stored.

The end of a conversation states `changes` (kinds of change made, oldest first; "undo" among them) and everything that
is not as it was before: `stored` (appointments by purchase), `orders` (series of copies on order), `address`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.changes.conftest import World
from tests.changes.playing import address, appointments, done, ordered, play, seats, sound

TASKS = (
    "schedule_test", "reschedule", "cancel_appointment", "cancel_test", "duplicate_certificate", "address_change",
    "undo",
)  # fmt: skip
REPAIRS = (
    "correct", "change_of_mind", "question", "stop", "start_over", "back", "negation", "second_request", "reference",
    "silence", "misfit",
)  # fmt: skip
MATRIX = Path(__file__).parent / "matrix"
FOUND = {task: yaml.safe_load((MATRIX / f"{task}.yml").read_text()) for task in TASKS}
CASE = {"steps", "changes", "stored", "orders", "address"}
CASES = [(task, repair) for task in TASKS for repair in REPAIRS]


@pytest.mark.parametrize(("task", "repair"), CASES, ids=[f"{task}-{repair}" for task, repair in CASES])
async def test_a_repair_in_the_middle_of_a_change(task: str, repair: str, world: World) -> None:
    script: dict[str, Any] = FOUND[task][repair]
    assert {"steps", "changes"} <= set(script) <= CASE, sorted(script)
    before, had = seats(world.store), appointments(world.store)
    booked = sum(str(each).endswith("booked") for each in had.values())
    talk = await world.talk()
    if task == "undo":
        await play([{"say": "move my A5 appointment to march 13 at 2 pm"}, {"say": "yes", "at": "nothing"}], talk)
    await play(script["steps"], talk)
    assert done(world.store) == script["changes"]
    found = appointments(world.store)
    stored = script.get("stored", {})
    assert set(stored) <= set(had)
    assert found == had | stored
    assert ordered(world.store) == script.get("orders", [])
    assert address(world.store) == script.get("address", "1 Main St, Chicago, IL 60505")
    now = sum(str(each).endswith("booked") for each in found.values())
    assert sum(seats(world.store).values()) + now == sum(before.values()) + booked  # no seat is lost or made
    with world.store.unit_of_work(write=False) as uow:
        assert uow.confirmations.pending("ASE-2000-0001", now=world.time.now) is None
        assert uow.seats.held("ASE-2000-0001", now=world.time.now) is None
    sound(world.store)


def test_the_matrix_is_full() -> None:
    assert {path.stem for path in MATRIX.glob("*.yml")} == set(TASKS)
    assert all(set(FOUND[task]) == set(REPAIRS) for task in TASKS)
    assert len(CASES) >= 77
