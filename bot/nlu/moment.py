"""The instant and zone that dates in a message are resolved by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

POLICY_ZONE = "America/New_York"


def moment_of(metadata: Mapping[str, Any] | None) -> tuple[datetime, str]:
    """From a message's metadata; the system's clock and the policy zone where it says nothing."""
    from bot.clock import Clock

    given = metadata or {}
    as_of = given.get("as_of")
    return (datetime.fromisoformat(as_of) if as_of else Clock().now()), str(given.get("time_zone") or POLICY_ZONE)
