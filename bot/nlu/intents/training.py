"""From training lines to a trained reader: values, preparation, vectors, model."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.nlu.intents.encoder import Encoder, Vectors
from bot.nlu.intents.heads.heads import Heads
from bot.nlu.intents.heads.lessons import Lessons
from bot.nlu.intents.heads.training import train as train_heads
from bot.nlu.intents.intent_model import OUT_OF_SCOPE, HeldOut, IntentModel, Recipe, count
from bot.nlu.intents.prepare import Prepared, Preparer
from bot.nlu.values.read import read_values
from bot.nlu.values.vocabulary import Vocabulary
from bot.nlu.values.words import Value

Half = npt.NDArray[np.float16]

_THREADS = 2
"""Threads that encode the training lines; a message is always read by one."""

_FEW = 20
"""A label with fewer lines than this gets its own name as one more."""

_PREPARER = "spelling.json"
_VOCABULARY = "vocabulary.json"
_ANY_DAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Trained:
    """Everything that reads a message, but the encoder."""

    model: IntentModel
    preparer: Preparer
    vocabulary: Vocabulary
    heads: Heads | None = None
    """What a message does and what answers it; None where the model was trained on labels alone."""

    def save(self, folder: Path) -> None:
        """Write into an existing folder: arrays and JSON."""
        self.model.save(folder)
        if self.heads is not None:
            self.heads.save(folder)
        _write(folder / _PREPARER, self.preparer.to_json())
        _write(folder / _VOCABULARY, self.vocabulary.to_json())

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> Trained:
        """Read what `save` wrote. Raises OSError or ValueError when it is not there or not whole."""
        preparer = Preparer.from_json(json.loads((folder / _PREPARER).read_text("utf-8")), encoder.whole_words())
        vocabulary = Vocabulary.from_json(json.loads((folder / _VOCABULARY).read_text("utf-8")))
        model = IntentModel.load(folder)
        heads = Heads.load(folder, model.machine.basis) if Heads.is_in(folder) else None
        return cls(model, preparer, vocabulary, heads)


def values_for_reading(text: str, vocabulary: Vocabulary) -> tuple[Value, ...]:
    """The values of a message as far as preparing needs them: their places, not what day is meant."""
    return read_values(text, as_of=_ANY_DAY, zone="America/New_York", vocabulary=vocabulary)


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    encoder: Encoder,
    vocabulary: Vocabulary,
    recipe: Recipe | None = None,
    kept: Path | None = None,
    lessons: Lessons | None = None,
) -> tuple[Trained, HeldOut]:
    """Train on texts and their labels, and the heads on their lessons.

    `kept` is a file of sentence vectors, see `vectors_of`. Raises ValueError.
    """
    texts, labels = with_names(texts, labels)
    values = [values_for_reading(text, vocabulary) for text in texts]
    others = {} if lessons is None else {text: values_for_reading(text, vocabulary) for text in lessons.texts}
    spelled = [*zip(texts, values, strict=True), *others.items()]
    preparer = Preparer.learn(spelled, encoder.whole_words())
    prepared = [preparer.prepare(text, found) for text, found in zip(texts, values, strict=True)]
    alike = zip((item.sentence for item in prepared), (item.line for item in prepared), labels, strict=True)
    sentences, lines, names = zip(*dict.fromkeys(alike), strict=True)
    counted = count(lines, recipe or Recipe())  # first, as it keeps one core busy and encoding two
    asked = {text: preparer.prepare(text, found) for text, found in others.items()}
    vectors = vectors_of([*sentences, *(item.sentence for item in asked.values())], encoder, kept)
    mine, more = vectors[: len(sentences)], vectors[len(sentences) :]
    model, held_out = IntentModel.train_with_scores(sentences, lines, mine, names, recipe, counted)
    if lessons is None:
        return Trained(model, preparer, vocabulary), held_out
    read = {text: (item.line, vector) for (text, item), vector in zip(asked.items(), more, strict=True)}
    return Trained(model, preparer, vocabulary, train_heads(lessons, read, model)), held_out


def with_names(texts: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines, and for labels with few of them the words of their name: "faq/lost_card" has the line "lost card"."""
    counts = Counter(labels)
    few = [label for label in sorted(counts) if counts[label] < _FEW and label != OUT_OF_SCOPE]
    names = [label.rpartition("/")[2].replace("_", " ") for label in few]
    return [*texts, *names], [*labels, *few]


def vectors_of(sentences: Sequence[str], encoder: Encoder, kept: Path | None = None) -> Vectors:
    """Sentence vectors (n, channels), each sentence encoded once.

    Vectors of these sentences in the file `kept` are used again, and it then holds those of this call: most lines stay
    from one training to the next, and encoding them is most of the work. All are rounded to half precision, so that
    kept ones and new ones are the same.
    """
    known = {} if kept is None else _known(kept, encoder.digest)
    found = {sentence: known.get(sentence) for sentence in sentences}
    missing = [sentence for sentence, vector in found.items() if vector is None]
    found.update(zip(missing, encoder.encode(missing, _THREADS).astype(np.float16), strict=True))
    if kept is not None and missing:
        _keep(kept, encoder.digest, found)
    return np.array([found[sentence] for sentence in sentences], dtype=np.float32)


def _known(path: Path, digest: str) -> dict[str, Half]:
    """Sentences and vectors of an earlier call with the same encoder; none where the file is missing or not whole."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["digest"]) != digest:
                return {}
            return dict(zip(json.loads(file["sentences"].tobytes()), file["vectors"], strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        return {}


def _keep(path: Path, digest: str, found: Mapping[str, Half | None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sentences = np.frombuffer(json.dumps(list(found)).encode(), dtype=np.uint8)
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as new:
        np.savez(new, digest=digest, sentences=sentences, vectors=np.array(list(found.values())))
    Path(new.name).replace(path)


def _write(path: Path, data: Mapping[str, object]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


__all__ = ["Prepared", "Trained", "train", "values_for_reading", "vectors_of"]
