"""What the demo pages show; the composition root brings an implementation that reads the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be in the demo; `about` says in a few words what is special about the records."""

    ase_id: str
    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail that would have been sent."""

    to: str
    at: datetime
    subject: str
    text: str
    code: str | None = None


class DemoPages(Protocol):
    """The people of the demo and the mails that would have gone out."""

    async def people(self) -> tuple[DemoPerson, ...]:
        """Everybody one may be."""
        ...

    async def mails(self, limit: int) -> tuple[DemoMail, ...]:
        """The newest mails, newest first."""
        ...
