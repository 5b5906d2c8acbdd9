"""The sentence encoder: the vectors it was chosen for, and files it refuses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from bot.nlu.intents import encoder as encoder_module
from bot.nlu.intents import encoder_arrays, encoder_graph, weights
from bot.nlu.intents.encoder import DIMENSION, Encoder, WeightsError, check, encoder, locate, session_as_it_is

REFERENCE = json.loads(Path(__file__).with_name("reference_vectors.json").read_text("utf-8"))


@pytest.mark.parametrize("row", range(len(REFERENCE["sentences"])))
def test_a_sentence_has_the_vector_it_had(row: int) -> None:
    vector = encoder().encode([REFERENCE["sentences"][row]])[0]
    wanted = np.array(REFERENCE["ours"][row], dtype=np.float32) / REFERENCE["scale"]
    assert float(vector @ wanted / np.linalg.norm(wanted)) > 0.998


def test_reckoning_in_bytes_agrees_with_the_model_in_full_precision() -> None:
    wanted = np.array(REFERENCE["vectors"], dtype=np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    found = encoder().encode(REFERENCE["sentences"])[:, : wanted.shape[1]]
    cosines = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1)
    assert cosines.min() > 0.99
    assert cosines.mean() > 0.998


def test_another_model_is_read_by_its_own_graph() -> None:
    path, _ = locate("model", {})
    other = Encoder(session_as_it_is(path), encoder().tokenizer).encode(REFERENCE["sentences"][:3])
    wanted = np.array(REFERENCE["vectors"][:3], dtype=np.float32)
    assert other.shape == (3, 384)
    assert ((other * wanted).sum(axis=1) / np.linalg.norm(wanted, axis=1)).min() > 0.999


def test_a_sentence_is_read_alike_alone_and_among_others_and_by_any_number_of_threads() -> None:
    alone = np.concatenate([encoder().encode([sentence]) for sentence in REFERENCE["sentences"]])
    assert np.array_equal(alone, encoder().encode(REFERENCE["sentences"]))
    assert np.array_equal(alone, encoder().encode(REFERENCE["sentences"], threads=3))
    assert encoder().encode([]).shape == (0, DIMENSION)


def test_the_table_of_words_stays_in_its_file() -> None:
    arrays = encoder_arrays.read(locate("model", {})[0])
    assert isinstance(arrays["words"], np.memmap)
    assert arrays["words"].shape == (30522, 384)
    assert sum(name.endswith(".weight") for name in arrays) == 4 * encoder_arrays.LAYERS


def test_the_stored_graph_and_table_are_those_that_are_written() -> None:
    path, _ = locate("model", {})
    assert json.loads(encoder_arrays.PLACES.read_text("utf-8")) == encoder_graph.table(path)
    stored = onnx.load_model_from_string(encoder_graph.GRAPH.read_bytes())
    built = encoder_graph.build(encoder_arrays.read(path))
    assert stored == built


def test_vectors_have_length_one() -> None:
    vectors = encoder().encode(
        ["a short one", "and one that is quite a bit longer than the other, with more words in it"]
    )
    assert vectors.shape == (2, DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_same_meaning_is_nearer_than_another() -> None:
    move, reschedule, weather = encoder().encode(
        ["can I move my appointment", "I want to reschedule", "nice weather today"]
    )
    assert move @ reschedule > move @ weather + 0.2


def test_the_encoder_is_loaded_once() -> None:
    assert encoder() is encoder()


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"not the weights")
    with pytest.raises(WeightsError, match="not the pinned file"):
        Encoder.load({"ASSISTANT_ENCODER_MODEL": str(other)})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="does not exist"):
        Encoder.load({"ASSISTANT_ENCODER_TOKENIZER": str(tmp_path / "tokenizer.json")})


def test_another_model_may_be_named_with_its_own_hash(tmp_path: Path) -> None:
    path, expected = locate("model", {"ASSISTANT_ENCODER_MODEL": f"{tmp_path}/m.onnx#sha256={'ab' * 32}"})
    assert path == tmp_path / "m.onnx"
    assert expected == "ab" * 32


def test_the_files_in_the_repository_are_the_pinned_ones() -> None:
    for part in ("model", "tokenizer"):
        check(*locate(part, {}))


def test_the_weights_are_put_in_place_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights.main([]) == 0
    pins = tmp_path / "weights.json"
    pins.write_text(encoder_module.PINS.read_text("utf-8"), "utf-8")
    (tmp_path / "minilm").mkdir()
    monkeypatch.setattr(weights, "PINS", pins)
    monkeypatch.setattr(encoder_module, "PINS", pins)
    for name in ("a", "b"):
        (tmp_path / name).write_text(name, "utf-8")
    assert weights.main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert locate("tokenizer", {})[1] == hashlib.sha256(b"b").hexdigest()
    (tmp_path / "minilm" / "weights.bin").write_text("x", "utf-8")
    assert weights.main([]) == 1
    assert "not the pinned file" in capsys.readouterr().err


def test_license_and_origin_lie_beside_the_weights() -> None:
    folder = encoder_module.PINS.with_name("minilm")
    assert "Apache License" in (folder / "LICENSE").read_text("utf-8")
    assert "all-MiniLM-L6-v2" in (folder / "README.md").read_text("utf-8")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 25_000_000


def test_there_are_reference_sentences() -> None:
    assert len(REFERENCE["sentences"]) == 20
