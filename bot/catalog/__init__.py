"""Reads `knowledge/` into frozen objects, or refuses and says where and why."""

from __future__ import annotations

from bot.catalog.faults import Fault, KnowledgeError
from bot.catalog.load import load_catalog, load_policy, load_test_names, load_tests
from bot.catalog.model import Catalog, SourceDoc

__all__ = [
    "Catalog",
    "Fault",
    "KnowledgeError",
    "SourceDoc",
    "load_catalog",
    "load_policy",
    "load_test_names",
    "load_tests",
]
