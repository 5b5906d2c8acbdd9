"""What is wrong in `knowledge/`: one fault per place, all of them told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`file` is relative to the root, `key` the path inside it (`versions[0].web`; "" for all of it)."""

    file: str
    key: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}: " if self.key else f"{self.file}: "
        return f"{place}{'warning: ' if self.warning else ''}{self.message}"


class KnowledgeError(ValueError):
    """`knowledge/` cannot be used as it is. `faults` holds everything found, never just the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
