"""What only one of several test processes may do at a time, such as training the model that all of them read."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from bot.rasa_adapter.model_files import ROOT


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other process of this checkout does `what`."""
    lock = ROOT / "var" / f"{what}.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
