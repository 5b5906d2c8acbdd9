"""A person's records as they are handed around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules.facts import Candidate, Site


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate's records and the test centers they mention."""

    candidate: Candidate
    sites: Mapping[str, Site]
