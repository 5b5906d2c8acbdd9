"""The certification tests and their series, as frozen values (read from knowledge/tests.yml by bot/catalog)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Test:
    __test__ = False  # not a pytest class

    code: str
    series: str
    title: str | None = None  # None: known by code only
    recertification: bool = True
    """Whether code + "R" names a recertification test."""


@dataclass(frozen=True, slots=True)
class Series:
    id: str
    title: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestCatalogue:
    __test__ = False

    tests: Mapping[str, Test]
    series: Mapping[str, Series]
