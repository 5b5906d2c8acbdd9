"""Several threads at once, for trials of what they do to each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120
"""Seconds after which a trial counts as stuck."""


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """What `act` answered to 0, 1 … count - 1; all are let go in the same moment, each in a thread of its own.

    The first failure is raised here, once all have ended. No thread outlives the test run: a trial that is stuck
    fails instead of holding the run up.
    """
    gate = threading.Barrier(count, timeout=PATIENCE)
    answers: dict[int, T] = {}
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            gate.wait()
            answers[number] = act(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    if failures:
        raise failures[0]
    assert len(answers) == count, f"still at work after {PATIENCE} s"
    return [answers[number] for number in range(count)]
