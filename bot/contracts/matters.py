"""Matters that words can name beyond doubt."""

from __future__ import annotations

from enum import StrEnum


class Matter(StrEnum):
    """What a question is about, where its words leave no doubt."""

    MISS_OR_FAIL = "miss_or_fail"
    """When a test can be taken again that was missed, or failed."""
    MASTER_LAPSED = "master_lapsed"
    """Whether one is a Master while a certification has run out."""
    MASTER_BACK = "master_back"
    """Whether one is a Master again after recertifying."""
    KEEPS_TIME = "keeps_time"
    """Whether the time left on a certification is kept."""
    RECERT_LATE = "recert_late"
    """Whether one may still recertify after the last day."""
    LOSES_TIME = "loses_time"
    """Whether the time left on a certification is lost."""
    NO_EXPERIENCE = "no_experience"
    """Whether one is certified who has passed while the work experience is open."""
    BORDER = "border"
    """A border town, on this side."""
    CANADA = "canada"
    TERRITORY = "territory"
    """A U.S. territory."""
    OTHER_COUNTRY = "other_country"
    BASE_NAMED = "base_named"
    """One military base by its name."""
    MILITARY = "military"
    """Somebody who serves abroad."""
    FAMILY_ON_BASE = "family_on_base"
