"""Two times: one that may be moved and then stands still, one that never is; and nobody else reads either."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock, ClockError, parse_instant

ROOT = Path(__file__).resolve().parent.parent
READS_TIME = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
# Measured durations of training and benchmarks are not times of day.
MEASURES = {("time", "monotonic")}


def test_without_as_of_both_run() -> None:
    clock = Clock()
    assert clock.as_of is None
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().tzinfo is not None
    assert clock.real() >= clock.now() - timedelta(minutes=1)


def test_as_of_stands_still_and_leaves_real_time_alone() -> None:
    instants = iter(datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(3))
    clock = Clock(parse_instant("2027-03-02T10:00:00-05:00"), real=lambda: next(instants))
    assert clock.now() == clock.now() == datetime(2027, 3, 2, 15, tzinfo=UTC)
    assert [clock.real().hour for _ in range(3)] == [0, 1, 2]


def test_an_offset_is_needed() -> None:
    with pytest.raises(ClockError, match="offset"):
        parse_instant("2026-03-02T10:00:00")
    with pytest.raises(ClockError, match="ISO"):
        parse_instant("tomorrow")
    with pytest.raises(ClockError, match="offset"):
        Clock(datetime(2026, 3, 2))


def test_monotonic_is_the_given_one() -> None:
    assert Clock(monotonic=lambda: 12.5).monotonic() == 12.5


def test_nobody_else_reads_the_time() -> None:
    seen = 0
    offenders = []
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]):
        seen += 1
        if path == ROOT / "bot" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if (owner, node.attr) in READS_TIME - MEASURES:
                    offenders.append(f"{path.relative_to(ROOT)}:{node.lineno} {owner}.{node.attr}")
    assert offenders == []
    assert seen >= 250
