"""Reads a message without Rasa: what it asks for, the values in it, and why, straight from a trained archive.

Loading needs neither Rasa nor TensorFlow: the archive of a trained model holds a folder with our component's arrays
and JSON, and that is all that is opened.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from bot.contracts.given import Given
from bot.nlu.heads.heads import Asking
from bot.nlu.intents.encoder import Encoder, encoder, one_thread
from bot.nlu.intents.intent_model import OUT_OF_SCOPE, Neighbour, Verdict
from bot.nlu.intents.training import Trained
from bot.nlu.split import cuts
from bot.nlu.values.given import given_of
from bot.nlu.values.vocabulary import read_values
from bot.nlu.values.words import Value, bag

MARK = "intent_model.json"
"""The file that tells our classifier's folder in an archive."""

SURE = 0.6
"""A part of a message counts as a request of its own from this confidence on."""

MOVES = bag("""greet goodbye thanks affirm deny stop repeat inform explain bot_challenge help complaint out_of_scope""")
"""Labels that never make a second request beside another."""


@dataclass(frozen=True, slots=True)
class Request:
    """One of several requests in a message: its part of the text and what it asks for."""

    text: str
    start: int
    end: int
    label: str
    confidence: float
    asking: Asking | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `label` as in the taxonomy; `ranking` holds calibrated chances, best first."""

    text: str
    label: str
    confidence: float
    in_scope: float
    """0 … 1; below 0.5 the message is sent away and `label` is out_of_scope."""
    entities: tuple[Value, ...]
    ranking: tuple[tuple[str, float], ...]
    near_tie: bool
    requests: tuple[Request, ...]
    """The requests in order when there are several, otherwise empty."""
    asking: Asking | None = None
    """What the message does and what answers it; None where the model has no heads."""
    given: Given = field(default_factory=Given)
    """Days with what happened on them, and numbers of days and things."""

    @property
    def accepted(self) -> bool:
        """Whether the message is about our subject."""
        return self.in_scope >= 0.5


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message was read as it was."""

    reading: Reading
    repaired: str
    changes: tuple[tuple[str, str], ...]
    nearest: tuple[Neighbour, ...]
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """One of the two best labels: its chance, what vectors and n-grams say for it, and its most telling words."""

    label: str
    chance: float
    by_vector: float
    by_grams: float
    words: tuple[tuple[str, float], ...]


class Reader:
    """Reads messages with a trained model. Safe to share between threads."""

    def __init__(self, trained: Trained, sentence_encoder: Encoder) -> None:
        self._trained = trained
        self._encoder = sentence_encoder

    @classmethod
    def load(cls, model: Path) -> Reader:
        """From an archive (models/*.tar.gz) or the classifier's own folder.

        Raises FileNotFoundError when there is no such model in it, WeightsError for faulty encoder weights.
        """
        shared = encoder()
        one_thread()
        with opened(model) as folder:
            return cls(Trained.load(folder, shared), shared)

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels the model knows."""
        return self._trained.model.labels

    def read(self, text: str, *, as_of: datetime, zone: str, values: Sequence[Value] | None = None) -> Reading:
        """Read one message. `as_of` (aware) and `zone` (IANA name) resolve its dates.

        `values` are taken as they are where the caller has read them already.
        """
        found = self.values(text, as_of=as_of, zone=zone) if values is None else tuple(values)
        verdict, asking = self._judge(text, found)
        requests = tuple(self._requests(text, found, verdict))
        return Reading(
            text,
            verdict.label,
            verdict.confidence,
            verdict.in_scope,
            found,
            verdict.ranking,
            verdict.near_tie,
            requests,
            asking,
            given_of(text, found, as_of=as_of, zone=zone),
        )

    def values(self, text: str, *, as_of: datetime, zone: str) -> tuple[Value, ...]:
        """The values of a message alone."""
        return read_values(text, as_of=as_of, zone=zone, vocabulary=self._trained.vocabulary)

    def judge(self, text: str, values: Sequence[Value]) -> Verdict:
        """The label of a text whose values have been read."""
        return self._judge(text, values)[0]

    def _judge(self, text: str, values: Sequence[Value]) -> tuple[Verdict, Asking | None]:
        """The label, and what the heads make of the same vector."""
        prepared = self._trained.preparer.prepare(text, values)
        vector = self._encoder.encode([prepared.sentence])[0]
        verdict = self._trained.model.judge(prepared.line, vector)
        heads = self._trained.heads
        if heads is None:
            return verdict, None
        accepted = verdict.in_scope >= 0.5
        return verdict, heads.read(prepared.line, vector, dict(verdict.ranking), accepted=accepted)

    def explain(self, text: str, *, as_of: datetime, zone: str) -> Explanation:
        """Read a message and say why."""
        reading = self.read(text, as_of=as_of, zone=zone)
        prepared = self._trained.preparer.prepare(text, reading.entities)
        vector = self._encoder.encode([prepared.sentence])[0]
        verdict = self._trained.model.judge(prepared.line, vector)
        chances = dict(verdict.ranking)
        rivals = tuple(
            Rival(label, chances[label], by_vector, by_grams, self._trained.model.telling(prepared.line, label))
            for label, by_vector, by_grams in verdict.evidence
        )
        nearest = self._trained.model.neighbours(vector)
        return Explanation(reading, prepared.sentence, prepared.changes, nearest, rivals)

    def _requests(self, text: str, values: Sequence[Value], whole: Verdict) -> Iterator[Request]:
        """The parts of a message that are requests of their own, best cut first."""
        best: tuple[float, list[Request]] | None = None
        for left, right in cuts(text):
            parts = [self._request(text, span, values) for span in (left, right)]
            if not all(part.label not in MOVES and part.confidence >= SURE for part in parts):
                continue
            if parts[0].label == parts[1].label and not self._different_tests(parts, values):
                continue
            score = min(part.confidence for part in parts)
            if best is None or score > best[0]:
                best = (score, parts)
        if best is None:
            return
        for part in best[1]:
            inner = list(self._requests_within(text, part, values))
            yield from inner or [part]

    def _requests_within(self, text: str, part: Request, values: Sequence[Value]) -> Iterator[Request]:
        inside = [value for value in values if part.start <= value.start and value.end <= part.end]
        moved = [Value(v.entity, v.value, v.start - part.start, v.end - part.start, v.bound) for v in inside]
        for inner in self._requests(part.text, moved, self.judge(part.text, moved)):
            start = part.start + inner.start
            yield Request(inner.text, start, part.start + inner.end, inner.label, inner.confidence, inner.asking)

    def _request(self, text: str, span: tuple[int, int], values: Sequence[Value]) -> Request:
        start, end = span
        inside = [value for value in values if start <= value.start and value.end <= end]
        moved = [Value(v.entity, v.value, v.start - start, v.end - start, v.bound) for v in inside]
        verdict, asking = self._judge(text[start:end], moved)
        label = verdict.label if verdict.in_scope >= 0.5 else OUT_OF_SCOPE
        return Request(text[start:end], start, end, label, verdict.confidence, asking)

    def _different_tests(self, parts: Sequence[Request], values: Sequence[Value]) -> bool:
        tests = [
            {v.value for v in values if v.entity == "test_code" and part.start <= v.start and v.end <= part.end}
            for part in parts
        ]
        return all(tests) and not tests[0] & tests[1]


@contextmanager
def opened(model: Path) -> Iterator[Path]:
    """The classifier's folder of an archive, unpacked for as long as it is read, or of a folder.

    Raises FileNotFoundError when there is none.
    """
    if model.is_dir():
        found = next((path.parent for path in sorted(model.rglob(MARK))), None)
        if found is None:
            raise FileNotFoundError(f"{model} holds no trained intent model")
        yield found
        return
    with tarfile.open(model) as archive, tempfile.TemporaryDirectory() as place:
        mark = next((name for name in archive.getnames() if PurePosixPath(name).name == MARK), None)
        if mark is None:
            raise FileNotFoundError(f"{model} holds no trained intent model")
        folder = PurePosixPath(mark).parent
        members = [member for member in archive.getmembers() if PurePosixPath(member.name).parent == folder]
        archive.extractall(place, members=members, filter="data")
        yield Path(place) / folder
