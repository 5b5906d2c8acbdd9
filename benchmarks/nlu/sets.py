"""The public sets: CLINC150, BANKING77 (full, 10 a label, noisy) and HWU64, read from a folder of JSON files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUT_OF_SCOPE = "out_of_scope"

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Trial:
    """Training lines and the tests to score: name → lines."""

    name: str
    train: Lines
    tests: Mapping[str, Lines]
    off_topic: Lines = field(default_factory=list)
    """Test lines that belong to no label."""


def trials(folder: Path) -> Iterator[Trial]:
    """Every trial that the files in `folder` allow, smallest first."""
    if (folder / "hwu64.json").is_file():
        hwu = _read(folder / "hwu64.json")
        yield Trial("HWU64 10-shot", _pairs(hwu["train_10"]), {"clean": _pairs(hwu["test"])})
    if (folder / "banking77.json").is_file():
        banking = _read(folder / "banking77.json")
        tests = {"clean": _pairs(banking["test"]), **_noisy(folder, _pairs(banking["test"]))}
        yield Trial("BANKING77 10-shot", _pairs(banking["train_10"]), tests)
    if (folder / "clinc150.json").is_file():
        clinc = _read(folder / "clinc150.json")
        away = [(text, OUT_OF_SCOPE) for text, _ in _pairs(clinc["oos_test"])]
        yield Trial("CLINC150 10-shot", _pairs(clinc["train_10"]), {"clean": _pairs(clinc["test"])}, away)
    if (folder / "hwu64.json").is_file():
        yield Trial("HWU64", _pairs(hwu["train"]), {"clean": _pairs(hwu["test"])})
    if (folder / "banking77.json").is_file():
        yield Trial("BANKING77", _pairs(banking["train"]), tests)
    if (folder / "clinc150.json").is_file():
        yield Trial("CLINC150", _pairs(clinc["train"]), {"clean": _pairs(clinc["test"])}, away)
        known = [(text, OUT_OF_SCOPE) for text, _ in _pairs(clinc["oos_train"])]
        yield Trial("CLINC150 + 100 off topic", _pairs(clinc["train"]) + known, {"clean": _pairs(clinc["test"])}, away)


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _pairs(rows: list[Any]) -> Lines:
    return [(str(row[0]), str(row[1])) if isinstance(row, list) else (str(row), OUT_OF_SCOPE) for row in rows]


def _noisy(folder: Path, clean: Lines) -> dict[str, Lines]:
    path = folder / "banking77_noisy_test.json"
    if not path.is_file():
        return {}
    noisy: dict[str, Lines] = {}
    for kind, rows in _read(path).items():
        texts = [row[0] if isinstance(row, list) else row for row in rows]
        noisy[kind] = [(str(text), label) for text, (_, label) in zip(texts, clean, strict=True)]
    return noisy
