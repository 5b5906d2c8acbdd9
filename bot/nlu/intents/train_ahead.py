"""Trains our model in a process of its own while Rasa reads its files.

The process is ``python -m bot.nlu.intents.train_ahead FOLDER``.

Rasa needs about twenty seconds before the first component may train, on one core. `start` begins at once on the
same lines; the classifier then `take`s what it finds, if it was made from exactly its own lines and settings.
Plain `rasa train` starts nothing ahead and gets the same model.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.nlu.intents.encoder import Encoder, encoder
from bot.nlu.intents.heads.lessons import read_lessons
from bot.nlu.intents.intent_model import Recipe
from bot.nlu.intents.kernel import Shape
from bot.nlu.intents.lines import read_lines
from bot.nlu.intents.training import Trained, train
from bot.nlu.values.vocabulary import Vocabulary

Pairs = list[tuple[str, str]]

_CLASSIFIER = "bot.rasa_adapter.components.LabelClassifier"
_DIGEST = "digest"
_KEPT = Path(".cache") / "nlu" / "vectors.npz"
_running: list[tuple[subprocess.Popen[bytes], Path]] = []


def settings_of(recipe: Recipe) -> dict[str, float]:
    """What `config.yml` may set for the classifier, with the values of a recipe."""
    shape = recipe.shape
    return {
        "rejected": recipe.rejected,
        "tie": recipe.tie,
        "least": recipe.least,
        "gamma": shape.gamma,
        "gram_share": shape.gram_share,
        "ridge": shape.ridge,
        "balance": shape.balance,
    }


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """The recipe that the classifier's settings describe; what is not set is as usual."""
    given = settings_of(Recipe()) | {name: settings[name] for name in settings_of(Recipe()) if name in settings}
    shape = Shape(given["gamma"], given["gram_share"], given["ridge"], given["balance"])
    return Recipe(shape, given["rejected"], given["least"], given["tie"])


def in_order(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Texts with their labels, each once, in an order that does not depend on the files."""
    return sorted(set(pairs))


@contextmanager
def start() -> Iterator[None]:
    """Train on the current folder's data beside whatever is done within."""
    with TemporaryDirectory() as place:
        process = subprocess.Popen([sys.executable, "-m", "bot.nlu.intents.train_ahead", place])
        _running.append((process, Path(place)))
        try:
            yield
        finally:
            _running.clear()
            process.kill()
            process.wait()


def take(pairs: Pairs, recipe: Recipe) -> Trained | None:
    """What was trained ahead from these very lines and settings, as soon as it is ready; None if nothing was."""
    if not _running:
        return None
    process, place = _running.pop()
    if process.wait() != 0 or (place / _DIGEST).read_text() != digest(pairs, recipe):
        return None
    return Trained.load(place, encoder())


def digest(pairs: Sequence[tuple[str, str]], recipe: Recipe) -> str:
    """Tells lines and settings from others."""
    return hashlib.sha256(json.dumps([pairs, repr(recipe)]).encode()).hexdigest()


def main(place: Path, root: Path, shared: Encoder) -> int:
    """Train on the data under `root` into `place`."""
    import yaml

    config = yaml.safe_load((root / "config.yml").read_text("utf-8"))
    settings = next(item for item in config["pipeline"] if item["name"] == _CLASSIFIER)
    recipe = recipe_of(settings)
    pairs = in_order((line.text, line.label) for line in read_lines(root / "data" / "nlu"))
    texts, labels = zip(*pairs, strict=True)
    trained, _ = train(
        texts, labels, shared, Vocabulary.from_knowledge(), recipe, root / _KEPT, read_lessons(pairs, root)
    )
    trained.save(place)
    (place / _DIGEST).write_text(digest(pairs, recipe))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path.cwd(), encoder()))
