"""Training beside Rasa's reading: the same model, and only if it was made from the same lines and settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.nlu.intents import train_ahead
from bot.nlu.intents.encoder import encoder
from bot.nlu.intents.intent_model import Recipe
from bot.nlu.intents.training import train
from bot.nlu.values import Vocabulary
from tests.nlu.small import small

PAIRS = train_ahead.in_order(zip(*small(), strict=True))


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small project, and its training begun beside."""
    root = Path(train_ahead.__file__).parents[3]
    (tmp_path / "config.yml").write_text((root / "config.yml").read_text("utf-8"), "utf-8")
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    for name in ("bot", "knowledge"):
        (tmp_path / name).symlink_to(root / name)
    labels = sorted({label for _, label in PAIRS})
    examples = {label: "".join(f"- {text}\n" for text, known in PAIRS if known == label) for label in labels}
    nlu = [{"intent": label, "examples": lines} for label, lines in examples.items()]
    (tmp_path / "data" / "nlu" / "all.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}), "utf-8")
    monkeypatch.chdir(tmp_path)
    with train_ahead.start():
        yield


@pytest.mark.usefixtures("started")
def test_what_was_trained_ahead_is_the_model_that_training_gives() -> None:
    taken = train_ahead.take(PAIRS, Recipe())
    assert taken is not None
    texts, labels = zip(*PAIRS, strict=True)
    wanted, _ = train(texts, labels, encoder(), Vocabulary.from_knowledge())
    assert taken.model.labels == wanted.model.labels
    steps = taken.model.machine.vectors.astype(int) - wanted.model.machine.vectors
    assert np.abs(steps).max() <= 1  # sums on one and on two threads differ in the last place
    assert taken.model.temperature == pytest.approx(wanted.model.temperature, rel=1e-3)
    assert train_ahead.take(PAIRS, Recipe()) is None


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    ("pairs", "recipe"),
    [(PAIRS[1:], Recipe()), ([*PAIRS, ("one more line", "greet")], Recipe()), (PAIRS, replace(Recipe(), rejected=0.5))],
    ids=["a line fewer", "a line more", "another setting"],
)
def test_a_model_of_other_lines_or_settings_is_not_taken(pairs: train_ahead.Pairs, recipe: Recipe) -> None:
    assert train_ahead.take(pairs, recipe) is None


def test_nothing_is_taken_where_nothing_was_started() -> None:
    assert train_ahead.take(PAIRS, Recipe()) is None


def test_a_training_ahead_that_fails_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.chdir(tmp_path)
    with train_ahead.start():
        assert train_ahead.take(PAIRS, Recipe()) is None


def test_settings_of_the_configuration_make_the_recipe() -> None:
    assert train_ahead.recipe_of({}) == Recipe()
    changed = train_ahead.recipe_of({"rejected": 0.1, "gamma": 3.0, "name": "anything"})
    assert changed.rejected == 0.1
    assert changed.shape.gamma == 3.0
    assert train_ahead.settings_of(changed)["gamma"] == 3.0
    assert changed.shape.ridge == Recipe().shape.ridge


def test_lines_stand_in_an_order_of_their_own() -> None:
    assert train_ahead.in_order([("b", "x"), ("a", "y"), ("b", "x")]) == [("a", "y"), ("b", "x")]
