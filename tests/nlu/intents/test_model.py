"""Training, storing and reading with a model of a few labels."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import random as random_matrix

from bot.nlu.intents import kernel, scope
from bot.nlu.intents.encoder import Encoder, encoder
from bot.nlu.intents.features import Grams, grams
from bot.nlu.intents.intent_model import OUT_OF_SCOPE, IntentModel
from bot.nlu.intents.kernel import Shape
from bot.nlu.intents.training import Trained, train, vectors_of, with_names
from bot.nlu.reader import Reader
from bot.nlu.values import Vocabulary
from tests.nlu.small import small

NOW = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
ZONE = "America/Chicago"

READ = {
    "may I move my exam to Monday": "account/reschedule",
    "please rescheduel my appointmnt": "account/reschedule",
    "what does it cost": "faq/fees",
    "where is a test center near Boston": "faq/test_locations",
    "did I pass": "account/test_results",
    "hello hello": "greet",
    "A6": "inform",
    "who is going to win the game": OUT_OF_SCOPE,
    "bake me a cake": OUT_OF_SCOPE,
}


@pytest.fixture(scope="module")
def trained() -> Trained:
    texts, labels = small()
    return train(texts, labels, encoder(), Vocabulary.from_knowledge())[0]


@pytest.fixture(scope="module")
def reader(trained: Trained) -> Reader:
    return Reader(trained, encoder())


@pytest.mark.parametrize(("text", "label"), READ.items())
def test_a_message_is_read_as(reader: Reader, text: str, label: str) -> None:
    assert reader.read(text, as_of=NOW, zone=ZONE).label == label


def test_chances_add_up_and_are_ranked(reader: Reader) -> None:
    ranking = reader.read("how much is the fee", as_of=NOW, zone=ZONE).ranking
    assert sum(chance for _, chance in ranking) == pytest.approx(1, abs=1e-4)
    assert [chance for _, chance in ranking] == sorted((chance for _, chance in ranking), reverse=True)
    assert {name for name, _ in ranking} == set(reader.labels)


def test_what_is_sent_away_scores_below_one_half(reader: Reader) -> None:
    away = reader.read("bake me a cake", as_of=NOW, zone=ZONE)
    ours = reader.read("what does a test cost", as_of=NOW, zone=ZONE)
    assert away.in_scope < 0.5 <= ours.in_scope
    assert (away.accepted, ours.accepted) == (False, True)


def test_a_stored_model_reads_as_the_one_it_was(trained: Trained, tmp_path: Path) -> None:
    trained.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".json"}
    again = Reader(Trained.load(tmp_path, encoder()), encoder())
    before = Reader(trained, encoder())
    for text in READ:
        one, other = (item.read(text, as_of=NOW, zone=ZONE) for item in (before, again))
        assert one.label == other.label
        assert one.entities == other.entities
        assert one.in_scope == pytest.approx(other.in_scope, abs=0.02)
        assert [name for name, _ in one.ranking[:1]] == [name for name, _ in other.ranking[:1]]


def test_training_twice_gives_the_same_model(trained: Trained) -> None:
    texts, labels = small()
    again = train(texts, labels, encoder(), Vocabulary.from_knowledge())[0]
    assert np.array_equal(again.model.machine.coefficients, trained.model.machine.coefficients)
    assert again.model.temperature == trained.model.temperature


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no trained intent model"):
        Reader.load(tmp_path)


def test_a_reading_is_explained(reader: Reader) -> None:
    found = reader.explain("whats the regstration fee", as_of=NOW, zone=ZONE)
    assert ("regstration", "registration") in found.changes
    assert found.nearest[0].label == "faq/fees"
    assert found.rivals[0].label == "faq/fees"
    assert len(found.rivals) == 2


def test_held_out_scores_are_those_of_a_machine_trained_without() -> None:
    dice = np.random.default_rng(0)
    vectors = dice.normal(size=(120, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix = random_matrix(120, 40, 0.2, format="csr", dtype=np.float32, random_state=0)
    rows = dice.integers(0, 3, 120)
    held = np.arange(100, 120)
    shape, basis = Shape(axes=16), np.eye(16, dtype=np.float32)
    _, scores, _ = kernel.train(basis, vectors, matrix, rows, 3, shape, held)
    alone, _, _ = kernel.train(basis, vectors[:100], matrix[:100], rows[:100], 3, shape, np.array([99]))
    for place, row in zip(held, scores, strict=True):
        line = matrix[place]
        by_vector, by_grams = alone.scores(alone.cosines(vectors[place]), line.indices, line.data)
        assert np.allclose(by_vector + by_grams, row, atol=0.02)


def test_landmarks_stand_for_all_lines() -> None:
    dice = np.random.default_rng(1)
    vectors = dice.normal(size=(400, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix = random_matrix(400, 30, 0.1, format="csr", dtype=np.float32, random_state=0)
    rows = (vectors[:, 0] > 0).astype(np.int64)
    basis = np.eye(8, dtype=np.float32)
    full, _, _ = kernel.train(basis, vectors, matrix, rows, 2, Shape(axes=8), np.array([0]))
    few, _, marks = kernel.train(basis, vectors, matrix, rows, 2, Shape(axes=8, landmarks=150), np.array([0]))
    nothing = (np.zeros(0, np.int32), np.zeros(0, np.float32))
    assert len(marks) == 150
    assert set(rows[marks]) == {0, 1}
    agreed = [
        (few.scores(few.cosines(vector), *nothing)[0] > 0).tolist()
        == (full.scores(full.cosines(vector), *nothing)[0] > 0).tolist()
        for vector in vectors[:100]
    ]
    assert sum(agreed) >= 97


def test_the_border_sends_away_the_share_it_was_asked_for() -> None:
    dice = np.random.default_rng(2)
    inside, outside = dice.normal(1, 1, (1000, 3)), dice.normal(-2, 1, (300, 3))
    border = scope.fit(inside, outside, rejected=0.05)
    assert (border.score(inside) < 0.5).mean() == pytest.approx(0.05, abs=0.002)
    assert (border.score(outside) < 0.5).mean() > 0.95
    assert scope.Scope.from_json(border.to_json()).score(inside) == pytest.approx(border.score(inside))


def test_n_grams_are_of_characters_words_and_sounds() -> None:
    found = set(grams("my test"))
    assert found >= {"wmy test", "wtest", "c tes", "cest ", "pmts"}
    read = Grams.learn(["my test", "my appointment"]).read("my test")
    assert len(read[0]) == len(read[1])
    assert float((read[1] ** 2).sum()) == pytest.approx(3, abs=1e-4)


def test_vectors_in_bytes_are_compared_as_the_floats_they_were() -> None:
    dice = np.random.default_rng(3)
    vectors = dice.normal(size=(300, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    basis, rows = np.eye(64, dtype=np.float32), dice.integers(0, 2, 300)
    matrix = random_matrix(300, 20, 0.2, format="csr", dtype=np.float32, random_state=0)
    machine, _, _ = kernel.train(basis, vectors, matrix, rows, 2, Shape(axes=64), np.array([0]))
    assert machine.vectors.dtype == np.int8
    assert np.abs(machine.cosines(vectors[7]) - vectors @ vectors[7]).max() < 0.02


def test_principal_axes_keep_the_directions_that_vary_most() -> None:
    dice = np.random.default_rng(4)
    vectors = (dice.normal(size=(500, 6)) * np.array([5, 1, 4, 0.1, 0.1, 0.1])).astype(np.float32)
    basis = kernel.principal(vectors, 2)
    assert basis.shape == (6, 2)
    assert set(np.abs(basis).argmax(axis=0)) == {0, 2}
    assert abs(basis[0, 0]) > 0.99
    assert np.allclose(basis.T @ basis, np.eye(2), atol=1e-4)


def test_sentence_vectors_are_kept_for_the_next_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, read = tmp_path / "new" / "vectors.npz", encoder()
    first = vectors_of(["when is it", "move it", "when is it"], read, kept)
    encoded: list[str] = []

    def encode(texts: list[str], threads: int = 1) -> object:
        encoded.extend(texts)
        return Encoder.encode(read, texts, threads)

    monkeypatch.setattr(read, "encode", encode)
    again = vectors_of(["move it", "cancel it"], read, kept)
    assert encoded == ["cancel it"]
    assert np.array_equal(again[0], first[1])
    assert np.array_equal(first[0], first[2])
    monkeypatch.setattr(read, "digest", "of another encoder")
    vectors_of(["move it"], read, kept)
    assert encoded == ["cancel it", "move it"]
    kept.write_bytes(b"not whole")
    assert np.array_equal(vectors_of(["move it"], read, kept)[0], first[1])
    assert [path.name for path in kept.parent.iterdir()] == ["vectors.npz"]


def test_a_label_with_few_lines_gets_its_name_as_a_line() -> None:
    texts = ["where is it", "gone", *(f"line {number}" for number in range(30)), "bake a cake"]
    labels = ["faq/lost_card", "faq/lost_card", *["greet"] * 30, OUT_OF_SCOPE]
    assert with_names(texts, labels) == ([*texts, "lost card"], [*labels, "faq/lost_card"])


@pytest.mark.parametrize(
    ("texts", "labels", "fault"),
    [(["a", "b"], ["x", "x"], "two labels"), (["a", "b", "c"], ["x", "x", "y"], "single line: y")],
)
def test_too_few_lines_are_refused(texts: list[str], labels: list[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        IntentModel.train(texts, texts, np.eye(len(texts), 384, dtype=np.float32), labels)
