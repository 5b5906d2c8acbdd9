"""The ways into `knowledge/`. All raise KnowledgeError with every fault found."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.catalog.content import check_offers, read_entries, read_phrases, read_topics, read_wording
from bot.catalog.faults import KnowledgeError
from bot.catalog.model import Catalog, TestNames
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


def load_catalog(root: Path) -> Catalog:
    """All of it, with the digest that answers are logged with."""
    reader = Reader(root)
    catalog = read_catalog(reader)
    _refuse(reader)
    return catalog


def read_catalog(reader: Reader) -> Catalog:
    """All of it as far as it can be read; what is wrong is in `reader.faults`."""
    sources, addresses = read_sources(reader)
    tests, names = read_tests(reader)
    policy, parameters = read_policy(reader, sources, tests)
    entries = read_entries(reader, sources, parameters)
    topics = read_topics(reader, entries)
    check_offers(reader, entries, topics)
    return Catalog(
        policy=policy,
        parameters=parameters,
        tests=tests,
        names=names,
        sources=sources,
        addresses=addresses,
        topics=topics,
        entries=entries,
        wording=read_wording(reader, parameters),
        phrases=read_phrases(reader, parameters),
        digest=digest(reader.root),
    )


def digest(root: Path) -> str:
    """SHA-256 over the path and content of every YAML file below the root, as hex."""
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.yml")):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _refuse(reader: Reader) -> None:
    if reader.faults:
        raise KnowledgeError(reader.faults)
