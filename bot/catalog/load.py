"""The ways into `knowledge/`. All raise KnowledgeError with every fault found."""

from __future__ import annotations

from pathlib import Path

from bot.catalog.faults import KnowledgeError
from bot.catalog.model import TestNames
from bot.catalog.policy import read_policy, read_sources, read_tests
from bot.catalog.reader import Reader
from bot.rules.catalogue import TestCatalogue
from bot.rules.policy import PolicyBook


def load_policy(root: Path) -> PolicyBook:
    """The dated policy values alone (light: what `decide` needs)."""
    reader = Reader(root)
    sources, _ = read_sources(reader)
    catalogue, _ = read_tests(reader)
    book, _ = read_policy(reader, sources, catalogue)
    _refuse(reader)
    return book


def load_tests(root: Path) -> TestCatalogue:
    """The test catalogue alone."""
    reader = Reader(root)
    catalogue, _ = read_tests(reader)
    _refuse(reader)
    return catalogue


def load_test_names(root: Path) -> TestNames:
    """How people name tests and series, for the understanding of messages."""
    reader = Reader(root)
    _, names = read_tests(reader)
    _refuse(reader)
    return names


def _refuse(reader: Reader) -> None:
    if reader.faults:
        raise KnowledgeError(reader.faults)
