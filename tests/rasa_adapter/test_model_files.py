"""Which model fits, and that a failed training leaves nothing behind."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import IO

import pytest

from bot.rasa_adapter import model_files as training


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project: only what a fingerprint looks at."""
    for name in ("config.yml", "domain.yml", "knowledge/tests.yml", "data/nlu/greet.yml", "bot/nlu/model.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "knowledge/tests.yml", "data/nlu/greet.yml", "bot/nlu/model.py"]
)
def test_a_model_fits_only_what_it_was_trained_on(root: Path, name: str) -> None:
    before = training.fingerprint(root)
    assert training.fingerprint(root) == before
    (root / name).write_text("changed\n")
    assert training.fingerprint(root) != before


def test_the_fitting_model_is_used_as_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = root / "models" / f"assistant-{training.fingerprint(root)}.tar.gz"
    made.parent.mkdir()
    made.write_bytes(b"a model")
    monkeypatch.setattr(training, "train", lambda _root: pytest.fail("trained although a model fits"))
    assert training.ensure_model(root) == made


def test_a_failed_training_leaves_no_model_and_names_the_log(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], *, stdout: IO[str], **_: object) -> subprocess.CompletedProcess[str]:
        Path(command[3], "half-a-model.tar.gz").write_bytes(b"half")
        stdout.write("no training data was found\n")
        stdout.flush()
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(training.TrainingFailed, match=r"train\.log.*no training data"):
        training.train(root)
    assert training.fitting_model(root) is None
    assert not list((root / "models").rglob("*.tar.gz"))
