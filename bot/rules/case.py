"""Everything one decision may look at. Rules read a Case and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.rules.catalogue import TestCatalogue
from bot.rules.facts import Candidate, Seat, Site, Subject
from bot.rules.policy import PolicyBook


@dataclass(frozen=True, slots=True)
class Case:
    """`as_of` is the aware instant of the question; `seats` is None where free seats are not known."""

    candidate: Candidate
    as_of: datetime
    policy: PolicyBook
    catalogue: TestCatalogue
    subject: Subject = field(default_factory=Subject)
    sites: Mapping[str, Site] = field(default_factory=dict)
    seats: tuple[Seat, ...] | None = None


class CaseError(ValueError):
    """The question itself is faulty (unknown site, test or series, something missing): no decision is made.

    `field` names the part of the question at fault, e.g. ``subject.test``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
