"""The lines that the heads learn from: question kinds and acts under `data/`, statements and gaps in `knowledge/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.catalog.model import Gap, Statement
from bot.contracts.asking import Act, Leaning, QuestionKind

KINDS_FOLDER = "question_kinds"
ACTS_FOLDER = "acts"
LEANING_FOLDER = "leaning"
FOLDERS = (KINDS_FOLDER, ACTS_FOLDER, LEANING_FOLDER)
"""Folders below `data/` that hold lines for the heads and nothing for Rasa."""

_ROOT = Path(__file__).resolve().parents[3]
_MANY = 150
"""So many lines of a label stand for an act at most."""
_WHOLE = 300
_LONG = 6
"""So many lines of labels of our subject, of that many words and more, show what says by itself what it is about."""
_ELSEWHERE = 700
"""So many lines of other labels show the selector what nothing answers."""


_SENTENCE = re.compile(r"(?<=[.!?])\s")
_OPENING = re.compile(
    r"^(?:My source (?:doesn't|does not|names|mentions|says|has|speaks of)\b"
    r"(?: (?:say|give|mention|describe|list|no|nothing)\b)?(?: (?:about|that|whether|how|what|when|where|which)\b)?"
    r"|Yes,?|No,?)\s*"
)


@dataclass(frozen=True, slots=True)
class Teller:
    """A statement or a gap as the selector knows it: where it stands and which kinds of question it answers."""

    label: str
    id: str
    gap: bool
    answers: tuple[QuestionKind, ...]


@dataclass(frozen=True, slots=True)
class Lessons:
    """`kinds`, `acts` and `leaning`: lines with what they are.

    `tellers`, and `asked`: lines with the place of their teller. `told` are the tellers' own words, one line each;
    `elsewhere` are lines that no statement or gap answers.
    """

    kinds: tuple[tuple[str, QuestionKind], ...]
    acts: tuple[tuple[str, Act], ...]
    leaning: tuple[tuple[str, Leaning], ...]
    tellers: tuple[Teller, ...]
    asked: tuple[tuple[str, int], ...]
    told: tuple[tuple[str, int], ...]
    elsewhere: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """All lines."""
        pairs: tuple[tuple[str, object], ...] = (*self.kinds, *self.acts, *self.leaning, *self.asked, *self.told)
        return [*(text for text, _ in pairs), *self.elsewhere]


def read_lessons(lines: Sequence[tuple[str, str]], root: Path = _ROOT) -> Lessons | None:
    """Everything the heads learn from. `lines` are the texts and labels of the intent model.

    None where there are no files for the heads under `root`, or the lines lack labels that those files use: a model of
    other lines has no heads. Raises ValueError for a file that names an unknown kind or act, and KnowledgeError.
    """
    by_label: dict[str, list[str]] = {}
    for text, label in lines:
        by_label.setdefault(label, []).append(text)
    whole = dict(_labels(root / "data" / ACTS_FOLDER))
    if not whole or not by_label.keys() >= {label for labels in whole.values() for label in labels}:
        return None
    kinds = tuple((text, QuestionKind(name)) for name, text in _listed(root / "data" / KINDS_FOLDER, "kind"))
    acts = [(text, Act(name)) for name, text in _listed(root / "data" / ACTS_FOLDER, "act")]
    acts += [(text, act) for act, labels in whole.items() for label in labels for text in _some(by_label[label], _MANY)]
    leaning = [(text, Leaning(name)) for name, text in _listed(root / "data" / LEANING_FOLDER, "leaning")]
    long = [text for text, label in lines if "/" in label and len(text.split()) >= _LONG]
    leaning += [(text, Leaning.ALONE) for text in _some(long, _WHOLE)]
    tellers, asked, told = _tellers(root / "knowledge")
    known = {text.lower() for text, _ in asked}
    others = [text for label, texts in sorted(by_label.items()) if "/" not in label for text in texts]
    away = [text for text in others if text.lower() not in known]
    return Lessons(kinds, tuple(acts), tuple(leaning), tellers, asked, told, tuple(_some(away, _ELSEWHERE)))


_Placed = tuple[tuple[str, int], ...]


def _tellers(knowledge: Path) -> tuple[tuple[Teller, ...], _Placed, _Placed]:
    from bot.catalog.load import load_catalog

    tellers: list[Teller] = []
    asked: list[tuple[str, int]] = []
    told: list[tuple[str, int]] = []
    for label, entry in load_catalog(knowledge).entries.items():
        every: tuple[Statement | Gap, ...] = (*entry.statements, *entry.gaps)
        for each in every:
            if each.lines:
                asked += [(line, len(tellers)) for line in each.lines]
                told.append((_gist(each.forms.web.plain()), len(tellers)))
                tellers.append(Teller(label, each.id, isinstance(each, Gap), each.answers))
    return tuple(tellers), tuple(asked), tuple(told)


def _gist(text: str) -> str:
    """The first sentence of what is told, without the words that all gaps begin with."""
    first = _SENTENCE.split(text.replace("**", ""))[0]
    return _OPENING.sub("", first) or first


def _documents(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    import yaml

    for path in sorted(folder.glob("*.yml")):
        document = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if not isinstance(document, dict):
            raise ValueError(f"{path}: not a mapping")
        yield path, document


def _listed(folder: Path, key: str) -> Iterator[tuple[str, str]]:
    """The lines of every file (`kind: how_much`, `lines: |` one a line), with the name of what they are."""
    for path, document in _documents(folder):
        if key not in document or set(document) - {key, "lines", "labels"}:
            raise ValueError(f"{path}: the keys are {key}, lines and, for acts, labels")
        for line in str(document["lines"]).splitlines():
            if line.strip():
                yield str(document[key]), line.strip()


def _labels(folder: Path) -> Iterator[tuple[Act, Sequence[str]]]:
    """Labels of the intent model whose lines all are of one act."""
    for _, document in _documents(folder):
        yield Act(document["act"]), document.get("labels", ())


def _some(lines: Sequence[str], most: int) -> list[str]:
    """At most so many lines, evenly picked."""
    step = max(len(lines) / most, 1.0)
    return [lines[int(place * step)] for place in range(min(len(lines), most))]
