"""A source document as it is published."""

from __future__ import annotations

from bot.catalog.model import SourceDoc


def source_to_json(source: SourceDoc) -> dict[str, str]:
    """A source document as JSON: id, title, as_of and its address where it has one."""
    shown = {"id": source.id, "title": source.title, "as_of": source.as_of.isoformat()}
    return shown | ({"url": source.url} if source.url else {})
