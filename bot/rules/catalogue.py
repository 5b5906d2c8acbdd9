"""The certification tests and their series, as frozen values (bot/catalog reads them from knowledge/)."""

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

    def find(self, code: str) -> Test | None:
        """The test a code names.

        For a recertification code ("A5R") the base test. None where there is none.
        """
        test = self.tests.get(code)
        if test is None and code.endswith("R"):
            test = self.tests.get(code[:-1])
            if test is not None and not test.recertification:
                return None
        return test

    def nearest(self, code: str) -> tuple[str, ...]:
        """The three codes most like one that is not known, best first."""
        from difflib import get_close_matches  # only needed for an error message

        known = list(self.tests)
        asked = code.strip().upper()[:12]
        if asked.endswith("R"):
            known += [f"{test.code}R" for test in self.tests.values() if test.recertification]
        return tuple(get_close_matches(asked, known, n=3, cutoff=0.0))

    def unknown(self, code: str) -> str:
        """What to say of a code that is not known."""
        return f"unknown test {code[:40]!r}; the nearest are {', '.join(self.nearest(code))}"

    def unknown_series(self, series: str) -> str:
        """What to say of a series that is not known."""
        return f"unknown series {series[:60]!r}; the series are {', '.join(self.series)}"
