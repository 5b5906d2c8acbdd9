"""The lines that the heads learn from: question kinds and acts under `data/`, statements and gaps in `knowledge/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.catalog.model import Gap, Statement
from bot.contracts.asking import Act, Aside, QuestionKind

KINDS_FOLDER = "question_kinds"
ACTS_FOLDER = "acts"
ASIDES_FOLDER = "asides"
RANKING_FOLDER = "ranking"
FOLDERS = (KINDS_FOLDER, ACTS_FOLDER, ASIDES_FOLDER, RANKING_FOLDER)
"""Folders below `data/` that hold lines for the heads and nothing for Rasa."""

_Placed = tuple[tuple[str, int], ...]

_ROOT = Path(__file__).resolve().parents[3]
_MANY = 150
"""So many lines of a label stand for an act at most."""
NO_ASIDE = "none"
"""The name of what is no aside."""
_PLAIN = 14
"""So many lines of each label show what is no aside."""
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
    """`kinds` and `acts`: lines with what they are. `tellers`, and `asked`: lines with the place of their teller.

    `told` are the tellers' own words, one line each; `elsewhere` are lines that no statement or gap answers. `weighed`
    are questions by others than who wrote `asked`, with the place of their teller, and whether they lean on the topic
    spoken of: nothing is learned from them but how much each sign counts, as lines of one writer are more alike than
    what people say.
    """

    kinds: tuple[tuple[str, QuestionKind], ...]
    acts: tuple[tuple[str, Act], ...]
    tellers: tuple[Teller, ...]
    asked: tuple[tuple[str, int], ...]
    told: tuple[tuple[str, int], ...]
    elsewhere: tuple[str, ...]
    weighed: tuple[tuple[str, int, bool], ...]
    asides: tuple[tuple[str, str], ...] = ()
    """Lines with the aside they are, or `NO_ASIDE`."""

    @property
    def texts(self) -> list[str]:
        """All lines."""
        heads: tuple[tuple[str, object], ...] = (*self.kinds, *self.acts, *self.asides, *self.asked, *self.told)
        return [*(text for text, _ in heads), *(text for text, _, _ in self.weighed), *self.elsewhere]


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
    tellers, asked, told = _tellers(root / "knowledge")
    known = {text.lower() for text, _ in asked}
    others = [text for label, texts in sorted(by_label.items()) if "/" not in label for text in texts]
    away = [text for text in others if text.lower() not in known]
    elsewhere = tuple(_some(away, _ELSEWHERE))
    weighed = _weighed(root / "data" / RANKING_FOLDER, tellers)
    return Lessons(kinds, tuple(acts), tellers, asked, told, elsewhere, weighed, _asides(root, by_label))


def _weighed(folder: Path, tellers: Sequence[Teller]) -> tuple[tuple[str, int, bool], ...]:
    """Questions by others with what they were written for: `first` ones stand alone, `follow` ones lean on a topic."""
    places = {(teller.label, teller.id): place for place, teller in enumerate(tellers)}
    found: list[tuple[str, int, bool]] = []
    for path, document in _documents(folder):
        if set(document) != {"label", "first", "follow"}:
            raise ValueError(f"{path}: the keys are label, first and follow")
        for part in ("first", "follow"):
            for name, lines in document[part].items():
                if (document["label"], name) not in places:
                    raise ValueError(f"{path}: {document['label']} has no statement or gap {name}")
                place = places[document["label"], name]
                found += [(str(line), place, part == "follow") for line in _each(lines)]
    return tuple(found)


def _each(lines: str | Sequence[str]) -> Sequence[str]:
    """One line, or a list of them."""
    return [lines] if isinstance(lines, str) else lines


def _asides(root: Path, by_label: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """The lines of the asides, and lines of every label that are none of them."""
    found = [(text, Aside(name).value) for name, text in _listed(root / "data" / ASIDES_FOLDER, "aside")]
    known = {text.lower() for text, _ in found}
    plain = [text for label in sorted(by_label) for text in _some(by_label[label], _PLAIN)]
    return (*found, *((text, NO_ASIDE) for text in plain if text.lower() not in known))


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
