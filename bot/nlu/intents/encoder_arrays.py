"""The weights of all-MiniLM-L6-v2 as our graph takes them, read from the pinned file without opening it as a model.

The file holds bytes and a scale for every column; its own graph turns them into floats before it reckons. Ours
(`encoder_graph.py`) reckons with the bytes themselves. Where each array lies in the file stands in
`encoder_arrays.json`, which goes with the pinned hash. The table of words, half of the file, stays in it: it is
mapped into memory, so that processes share it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LAYERS = 6
LONGEST = 256
"""Tokens of one message that are read; the model was trained up to this length."""

ZERO = 128
"""The byte that stands for nothing: bytes without a sign are exact on every processor, signed ones overflow on some."""

LOUD = (99, 223, 63, 157)
"""Channels that are many times larger than all others wherever a layer begins."""
LOUD_WITHIN = {0: (856,), 1: (607,), 2: (1004, 218), 3: (358,)}
"""The same between the two halves of a layer's feed-forward part.

Bytes share one scale, and a single loud channel would leave the others a few steps only. So these channels are
reckoned as floats, beside the bytes: the vectors then agree with the float model to 0.999 instead of 0.992 (cosine).
They were found on 150 training lines: those above one and a half times the eighth largest.
"""

PLACES = Path(__file__).with_name("encoder_arrays.json")


def read(path: Path) -> dict[str, Array]:
    """Every array of the graph by its name there. The file must be the pinned one. Raises OSError."""
    places: Mapping[str, Any] = json.loads(PLACES.read_text("utf-8"))

    def stored(name: str) -> Array:
        place = places[name]
        shape = tuple(place["shape"])
        return np.memmap(path, dtype=place["type"], mode="r", offset=place["offset"], shape=shape)

    words, positions, kinds = (
        f"inner.embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type")
    )
    order = stored(f"{positions}_q").astype(np.float32) * stored(f"{positions}_scale")
    arrays: dict[str, Array] = {
        "words": stored(f"{words}_q"),
        "words_scale": np.array(stored(f"{words}_scale")),
        "places": (order + stored(kinds)[0])[:LONGEST],
        **_norm("start", "inner.embeddings.LayerNorm", stored),
    }
    for layer in range(LAYERS):
        arrays |= _layer(layer, places["matrices"][6 * layer : 6 * layer + 6], stored)
    return arrays


def _layer(layer: int, matrices: list[str], stored: Callable[[str], Array]) -> dict[str, Array]:
    """The arrays of one layer: query, key and value in one matrix, mixing, and the two of the feed-forward part."""
    source = f"inner.encoder.layer.{layer}"
    asked = [stored(f"{source}.attention.self.{name}.bias") for name in ("query", "key", "value")]
    return {
        **_product(f"asked.{layer}", matrices[:3], LOUD, stored),
        f"asked.{layer}.bias": np.concatenate(asked),
        **_product(f"mixed.{layer}", matrices[3:4], (), stored),
        f"mixed.{layer}.bias": np.array(stored(f"{source}.attention.output.dense.bias")),
        **_norm(f"mixed.{layer}", f"{source}.attention.output.LayerNorm", stored),
        **_product(f"wide.{layer}", matrices[4:5], LOUD, stored),
        f"wide.{layer}.bias": np.array(stored(f"{source}.intermediate.dense.bias")),
        **_product(f"layer.{layer}", matrices[5:6], LOUD_WITHIN.get(layer, ()), stored),
        f"layer.{layer}.bias": np.array(stored(f"{source}.output.dense.bias")),
        **_norm(f"layer.{layer}", f"{source}.output.LayerNorm", stored),
    }


def _norm(name: str, source: str, stored: Callable[[str], Array]) -> dict[str, Array]:
    return {f"{name}.gain": np.array(stored(f"{source}.weight")), f"{name}.shift": np.array(stored(f"{source}.bias"))}


def _product(name: str, matrices: list[str], loud: tuple[int, ...], stored: Callable[[str], Array]) -> dict[str, Array]:
    """A matrix (or several side by side) in bytes around `ZERO`, its scales, and the floats of its loud channels."""
    signed = np.concatenate([stored(f"{matrix}_q") for matrix in matrices], axis=1)
    scale = np.concatenate([stored(f"{matrix}_scale") for matrix in matrices], axis=1)
    found: dict[str, Array] = {
        f"{name}.weight": (signed.astype(np.int16) + ZERO).astype(np.uint8),
        f"{name}.scale": scale[0],
        f"{name}.zero": np.full(signed.shape[1], ZERO, dtype=np.uint8),
    }
    if loud:
        quiet = np.ones(signed.shape[0], dtype=np.float32)
        quiet[list(loud)] = 0
        found[f"{name}.quiet"] = quiet
        found[f"{name}.loud"] = signed[list(loud)].astype(np.float32) * scale
        found[f"{name}.channels"] = np.array(loud, dtype=np.int64)
    return found
