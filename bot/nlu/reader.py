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
from bot.nlu.archive import unpack
from bot.nlu.intents.encoder import Encoder, encoder, one_thread
from bot.nlu.intents.heads.heads import Asking
from bot.nlu.intents.intent_model import Neighbour, Verdict
from bot.nlu.intents.training import Trained
from bot.nlu.values.given import given_of
from bot.nlu.values.read import read_values
from bot.nlu.values.words import Value

MARK = "intent_model.json"
"""The file that tells our classifier's folder in an archive."""


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

        Raises FileNotFoundError when there is no such model in it, UnsafeArchive for one that is not safe to unpack,
        WeightsError for faulty encoder weights.
        """
        shared = encoder()
        one_thread()
        with opened(model) as folder:
            return cls(Trained.load(folder, shared), shared)

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels the model knows."""
        return self._trained.model.labels

    def read(
        self,
        text: str,
        *,
        as_of: datetime,
        zone: str,
        values: Sequence[Value] | None = None,
        topics: Sequence[str] = (),
    ) -> Reading:
        """Read one message. `as_of` (aware) and `zone` (IANA name) resolve its dates.

        `values` are taken as they are where the caller has read them already; `topics` are the labels spoken of,
        the last first.
        """
        found = self.values(text, as_of=as_of, zone=zone) if values is None else tuple(values)
        verdict, asking = self._judge(text, found, topics)
        return Reading(
            text,
            verdict.label,
            verdict.confidence,
            verdict.in_scope,
            found,
            verdict.ranking,
            verdict.near_tie,
            asking,
            given_of(text, found, as_of=as_of, zone=zone),
        )

    def values(self, text: str, *, as_of: datetime, zone: str) -> tuple[Value, ...]:
        """The values of a message alone."""
        return read_values(text, as_of=as_of, zone=zone, vocabulary=self._trained.vocabulary)

    def judge(self, text: str, values: Sequence[Value]) -> Verdict:
        """The label of a text whose values have been read."""
        return self._judge(text, values)[0]

    def _judge(self, text: str, values: Sequence[Value], topics: Sequence[str] = ()) -> tuple[Verdict, Asking | None]:
        """The label, and what the heads make of the same vector."""
        prepared = self._trained.preparer.prepare(text, values)
        vector = self._encoder.encode([prepared.sentence])[0]
        verdict = self._trained.model.judge(prepared.line, vector)
        heads = self._trained.heads
        if heads is None:
            return verdict, None
        accepted = verdict.in_scope >= 0.5
        return verdict, heads.read(prepared.line, vector, dict(verdict.ranking), accepted=accepted, topics=topics)

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


@contextmanager
def opened(model: Path) -> Iterator[Path]:
    """The classifier's folder of an archive, unpacked for as long as it is read, or of a folder.

    Raises FileNotFoundError when there is none, UnsafeArchive when its files would leave the archive's folder.
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
        unpack(archive, members, Path(place))
        yield Path(place) / folder
