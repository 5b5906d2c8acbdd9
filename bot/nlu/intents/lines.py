"""The training lines as plain data: text, label and file, read from `data/nlu` without Rasa."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MARKED = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<entity>[^)]+)\)|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    label: str
    file: str = ""


def read_lines(folder: Path) -> list[Line]:
    """Every example under `folder` (Rasa's YAML training format), sorted by file, entity marks taken off."""
    import yaml

    found: list[Line] = []
    for path in sorted(folder.rglob("*.yml")):
        document = yaml.safe_load(path.read_text("utf-8")) or {}
        for item in document.get("nlu") or ():
            if "intent" not in item:
                continue
            for example in str(item["examples"]).splitlines():
                if example.strip().startswith("-"):
                    text = plain(example.strip()[1:].strip())
                    if text:
                        found.append(Line(text, str(item["intent"]), str(path.relative_to(folder))))
    return found


def plain(example: str) -> str:
    """An example without its entity marks: "[A5](test_code)" is A5."""
    return _MARKED.sub(lambda match: match.group("text"), example)


def read_table(path: Path) -> list[Line]:
    """Lines of a table with tab-separated columns text, label[, …]; a heading line "text<TAB>label" is skipped."""
    found: list[Line] = []
    for number, row in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        columns = row.split("\t")
        if len(columns) < 2:
            raise ValueError(f"{path}, line {number}: expected text and label, separated by a tab")
        if [column.strip() for column in columns[:2]] == ["text", "label"]:
            continue
        found.append(Line(columns[0].strip(), columns[1].strip(), path.name))
    return found


def texts(lines: Sequence[Line]) -> list[str]:
    """The texts alone, in order."""
    return [line.text for line in lines]
