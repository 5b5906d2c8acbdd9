"""Sentence vectors from all-MiniLM-L6-v2 in bytes, with the weights checked before they are opened.

The vector of a sentence is the mean of its tokens after the last layer, and after two earlier ones (`_SHARES`).

The weights lie in `minilm/`, with their license and where they are from, and their SHA-256 must be the one pinned in
`weights.json`. Two settings name other files:
`ASSISTANT_ENCODER_MODEL` and `ASSISTANT_ENCODER_TOKENIZER`, each `PATH` (must still match the pinned hash) or
`PATH#sha256=HEX` (another model, pinned by whoever sets it).
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu.intents import encoder_arrays
from bot.nlu.intents.encoder_arrays import LONGEST

Vectors = npt.NDArray[np.float32]

_SHARES = (0.5, 0.25, 0.25)
"""What the last layer, the third and the fourth count in a vector: earlier layers know more of the words themselves."""
DIMENSION = 384 * len(_SHARES)

_GRAPH = Path(__file__).with_name("encoder.onnx")
PINS = Path(__file__).with_name("weights.json")
_SETTINGS = {"model": "ASSISTANT_ENCODER_MODEL", "tokenizer": "ASSISTANT_ENCODER_TOKENIZER"}


class WeightsError(RuntimeError):
    """The encoder's files are missing, or are not the files that were pinned."""


def _pins() -> dict[str, dict[str, str]]:
    pins: dict[str, dict[str, str]] = json.loads(PINS.read_text("utf-8"))
    return pins


def locate(part: str, environment: Mapping[str, str] | None = None) -> tuple[Path, str]:
    """Path and expected SHA-256 of `part` ("model" or "tokenizer")."""
    pin = _pins()[part]
    environment = os.environ if environment is None else environment
    setting = environment.get(_SETTINGS[part], "")
    if setting:
        path, _, digest = setting.partition("#sha256=")
        return Path(path), digest.lower() or pin["sha256"]
    return PINS.parent / pin["file"], pin["sha256"]


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
    """Turns sentences into unit vectors, one at a time and without padding, so that none depends on others."""

    def __init__(self, session: Any, tokenizer: Any, digest: str = "") -> None:
        self.digest = digest
        """Tells what the vectors depend on: weights, tokenizer, graph."""
        self._session = session
        self.tokenizer = tokenizer
        self._inputs = [node.name for node in session.get_inputs()]

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Encoder:
        """Check and open the files. Raises WeightsError. Prefer `encoder()`, which loads once per process."""
        paths, hashes = {}, {}
        for part in _SETTINGS:
            paths[part], hashes[part] = locate(part, environment)
            check(paths[part], hashes[part])
        import tokenizers

        opened = _ours if hashes["model"] == _pins()["model"]["sha256"] else session_as_it_is
        tokenizer = tokenizers.Tokenizer.from_file(str(paths["tokenizer"]))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        session = opened(paths["model"])
        _give_back_memory()
        told = [*hashes.values(), hashlib.sha256(_GRAPH.read_bytes()).hexdigest(), repr(_SHARES)]
        return cls(session, tokenizer, hashlib.sha256(" ".join(told).encode()).hexdigest())

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, shape (len(texts), `DIMENSION`); another model than the pinned one may have other vectors."""
        readings = self.tokenizer.encode_batch(list(texts)) if len(texts) > 1 else map(self.tokenizer.encode, texts)
        ids = [reading.ids for reading in readings]
        if threads > 1 and len(ids) > 1:
            with ThreadPoolExecutor(threads) as pool:
                read = list(pool.map(self._read, ids))
        else:
            read = [self._read(tokens) for tokens in ids]
        return np.array(read, dtype=np.float32) if read else np.zeros((0, DIMENSION), dtype=np.float32)

    def _read(self, ids: Sequence[int]) -> Vectors:
        """The unit vector of one sentence."""
        tokens = np.array([ids], dtype=np.int64)
        feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        told = self._session.run(None, {name: feed[name] for name in self._inputs})
        if told[0].ndim == 3:
            return _unit(told[0][0].mean(axis=0))
        vector: Vectors = np.concatenate(
            [np.sqrt(share) * _unit(mean[0]) for share, mean in zip(_SHARES, told, strict=True)]
        )
        return vector

    def whole_words(self) -> frozenset[str]:
        """Words that the tokenizer keeps whole: a cheap list of common English words."""
        return frozenset(word for word in self.tokenizer.get_vocab() if word.isalpha() and not word.startswith("["))


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options


def _ours(weights: Path) -> Any:
    """Our own graph over the pinned weights. The table of words stays in its file, mapped into memory."""
    from onnxruntime import InferenceSession, OrtValue

    arrays = encoder_arrays.read(weights)
    options = _options()
    options.add_external_initializers(list(arrays), [OrtValue.ortvalue_from_numpy(array) for array in arrays.values()])
    return InferenceSession(_GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])


def session_as_it_is(model: Path) -> Any:
    """Another model as it is: its first output must be the states of the tokens."""
    from onnxruntime import InferenceSession

    return InferenceSession(str(model), _options(), providers=["CPUExecutionProvider"])


def _unit(vector: Vectors) -> Vectors:
    unit: Vectors = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return unit


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
