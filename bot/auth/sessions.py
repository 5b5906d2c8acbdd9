"""How long it holds that it was shown who is in a conversation. By real time.

The bearer token of a conversation opens the conversation for good; who is signed in there, and the word of the host
page for an agent, end: some time after the last turn, and at the latest some time after it was shown. What was said
until then is for that person alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol


class Shown(Protocol):
    """What a conversation says about who is there."""

    @property
    def ase_id(self) -> str | None: ...

    @property
    def agent_id(self) -> str | None: ...

    @property
    def owner(self) -> str: ...

    @property
    def shown_at(self) -> datetime | None: ...

    @property
    def used_at(self) -> datetime | None: ...

    @property
    def sealed_for(self) -> str | None: ...

    @property
    def sealed_seq(self) -> int | None: ...

    @property
    def last_seq(self) -> int: ...


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """After how long without a turn, and at the latest; for candidates and for agents."""

    idle: timedelta = timedelta(minutes=60)
    longest: timedelta = timedelta(hours=12)
    agent_idle: timedelta = timedelta(minutes=15)
    agent_longest: timedelta = timedelta(hours=2)

    def over(self, talk: Shown, now: datetime) -> Literal["idle", "longest"] | None:
        """Why it no longer holds; None while it does, and where nobody was ever shown.

        Who waits for a person, or talks with one, is not idle.
        """
        if talk.ase_id is None and talk.agent_id is None:
            return None
        agent = talk.agent_id is not None
        longest, idle = (self.agent_longest, self.agent_idle) if agent else (self.longest, self.idle)
        if talk.shown_at is None or now - talk.shown_at >= longest:
            return "longest"
        if talk.owner == "assistant" and (talk.used_at is None or now - talk.used_at >= idle):
            return "idle"
        return None

    def hidden(self, talk: Shown, now: datetime) -> int:
        """Up to which message nothing is shown to who holds the token; 0: everything is."""
        if self.over(talk, now) is not None:
            return talk.last_seq
        sealed = talk.sealed_for is not None and talk.sealed_for != talk.ase_id
        return (talk.sealed_seq or 0) if sealed else 0
