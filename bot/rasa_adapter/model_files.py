"""Which model fits the data, and making one where none does. Light to import: Rasa comes in only to train."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOG = Path("var") / "train.log"
COMPONENTS = ("bot/rasa_adapter/components.py", "bot/rasa_adapter/importer.py")
KNOWLEDGE = ("knowledge/tests.yml", "knowledge/faq", "knowledge/account")
WHAT_IT_LEARNS_FROM = (
    "config.yml",
    "domain.yml",
    "data",
    *KNOWLEDGE,
    "bot/nlu",
    "bot/contracts/asking.py",
    *COMPONENTS,
)
KINDS = {".yml", ".py", ".json", ".onnx"}


class TrainingFailed(RuntimeError):
    """Rasa could not train; the message names the log."""


def fingerprint(root: Path = ROOT) -> str:
    """A digest of everything a model is made from: data, domain, configuration and our components."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def fitting_model(root: Path = ROOT) -> Path | None:
    """The trained model that fits the data as it is now, or None."""
    path = root / "models" / f"assistant-{fingerprint(root)}.tar.gz"
    return path if path.is_file() else None


def ensure_model(root: Path = ROOT, tell: Callable[[str], None] = lambda _: None) -> Path:
    """The model that fits the data, trained now if there is none. Raises TrainingFailed."""
    found = fitting_model(root)
    if found is not None:
        return found
    tell("Training a model (about a minute; what Rasa says goes to var/train.log) ...")
    return train(root)


def train(root: Path = ROOT) -> Path:
    """Train into ``models/``; the archive appears there whole or not at all. Raises TrainingFailed."""
    name = f"assistant-{fingerprint(root)}"
    log = root / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    (root / "models").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / "models") as out, log.open("w") as said:
        command = [sys.executable, "-m", "bot.rasa_adapter.train", out, name]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "RASA_TELEMETRY_ENABLED": "false"}
        done = subprocess.run(command, cwd=root, stdout=said, stderr=said, env=environment, check=False)
        made = Path(out) / f"{name}.tar.gz"
        if done.returncode != 0 or not made.is_file():
            last = [line for line in log.read_text().splitlines() if line.strip()][-1:]
            raise TrainingFailed(f"training failed, see {LOG}: {''.join(last)}")
        return made.replace(root / "models" / made.name)


def _sources(root: Path) -> Iterator[Path]:
    for name in WHAT_IT_LEARNS_FROM:
        place = root / name
        if place.is_file():
            yield place
        else:
            yield from sorted(path for path in place.rglob("*") if path.suffix in KINDS and path.is_file())
