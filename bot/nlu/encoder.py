"""Sentence vectors from all-MiniLM-L6-v2 (int8), with the weights checked before they are opened.

The weights come from installed packages whose code is never run: the files are found by the import system's
file finder, and their SHA-256 must be the one pinned in `weights.json`. Two settings name other files:
`ASSISTANT_ENCODER_MODEL` and `ASSISTANT_ENCODER_TOKENIZER`, each `PATH` (must still match the pinned hash) or
`PATH#sha256=HEX` (another model, pinned by whoever sets it).
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

DIMENSION = 384
LONGEST = 256
"""Tokens of one message that are read; the model was trained up to this length."""

_TOGETHER = 16
"""Sentences of one length that are read at once where there are many."""

_PINS = Path(__file__).with_name("weights.json")
_SETTINGS = {"model": "ASSISTANT_ENCODER_MODEL", "tokenizer": "ASSISTANT_ENCODER_TOKENIZER"}


class WeightsError(RuntimeError):
    """The encoder's files are missing, or are not the files that were pinned."""


def locate(part: str, environment: Mapping[str, str] | None = None) -> tuple[Path, str]:
    """Path and expected SHA-256 of `part` ("model" or "tokenizer").

    Raises WeightsError when the package that ships the file is not installed.
    """
    pin = json.loads(_PINS.read_text("utf-8"))[part]
    environment = os.environ if environment is None else environment
    setting = environment.get(_SETTINGS[part], "")
    if setting:
        path, _, digest = setting.partition("#sha256=")
        return Path(path), digest or str(pin["sha256"])
    spec = importlib.util.find_spec(pin["package"])
    if spec is None or spec.origin is None:
        raise WeightsError(f"the encoder's {part} is missing: install {pin['distribution']}")
    return Path(spec.origin).parent / pin["file"], str(pin["sha256"])


def check(path: Path, expected: str) -> None:
    """Raise WeightsError unless the file at `path` has the SHA-256 `expected` (hex)."""
    if not path.is_file():
        raise WeightsError(f"the encoder file {path} does not exist")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    if digest.hexdigest() != expected.lower():
        raise WeightsError(
            f"{path} is not the pinned file: sha256 {digest.hexdigest()}, expected {expected}. It was not opened."
        )


class Encoder:
    """Turns sentences into unit vectors of 384 numbers. One thread, no padding."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = [node.name for node in session.get_inputs()]

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Encoder:
        """Check and open the files. Raises WeightsError. Prefer `encoder()`, which loads once per process."""
        paths = {}
        for part in _SETTINGS:
            paths[part], expected = locate(part, environment)
            check(paths[part], expected)
        import onnxruntime
        import tokenizers

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(paths["model"]), options, providers=["CPUExecutionProvider"])
        tokenizer = tokenizers.Tokenizer.from_file(str(paths["tokenizer"]))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        _give_back_memory()
        return cls(session, tokenizer)

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, shape (len(texts), 384). Sentences of one length are read together, so none is padded."""
        readings = self._tokenizer.encode_batch(list(texts)) if len(texts) > 1 else map(self._tokenizer.encode, texts)
        ids = [reading.ids for reading in readings]
        vectors = np.zeros((len(ids), DIMENSION), dtype=np.float32)
        lengths: dict[int, list[int]] = {}
        for row, tokens in enumerate(ids):
            lengths.setdefault(len(tokens), []).append(row)
        parts = [
            rows[start : start + _TOGETHER] for rows in lengths.values() for start in range(0, len(rows), _TOGETHER)
        ]

        def fill(rows: list[int]) -> None:
            vectors[rows] = self._read([ids[row] for row in rows])

        if threads > 1 and len(parts) > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(fill, parts))
        else:
            for part in parts:
                fill(part)
        return vectors

    def _read(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of sentences with equally many tokens."""
        tokens = np.array(ids, dtype=np.int64)
        feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        states = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        mean: Vectors = states.mean(axis=1)
        unit: Vectors = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
        return unit

    def whole_words(self) -> frozenset[str]:
        """Words that the tokenizer keeps whole: a cheap list of common English words."""
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha() and not word.startswith("["))


def _give_back_memory() -> None:
    """Hand the scratch memory of loading back to the system, where the C library can (about 45 MB)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def one_thread() -> None:
    """Let numpy do its sums on one thread from now on: what a message needs is too little to share."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The process's one encoder, loaded at the first call. Raises WeightsError."""
    return Encoder.load()
