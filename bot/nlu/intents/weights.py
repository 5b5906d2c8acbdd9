"""Checks the encoder's files, or puts others in their place: `python -m bot.nlu.intents.weights [FILE TOKENIZER]`."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.nlu.intents.encoder import PINS, WeightsError, check, locate

PARTS = ("model", "tokenizer")


def put(weights: Path, tokenizer: Path) -> None:
    """Copy the files into their places and pin their hashes. Raises OSError."""
    pins = json.loads(PINS.read_text("utf-8"))
    for part, path in zip(PARTS, (weights, tokenizer), strict=True):
        place = PINS.parent / pins[part]["file"]
        shutil.copyfile(path, place)
        pins[part]["sha256"] = hashlib.sha256(place.read_bytes()).hexdigest()
    PINS.write_text(json.dumps(pins, indent=2) + "\n", "utf-8")


def main(given: Sequence[str]) -> int:
    """Put the files if two are given, then check those that are there."""
    if len(given) not in {0, 2}:
        print(__doc__, file=sys.stderr)
        return 2
    if given:
        put(Path(given[0]), Path(given[1]))
    for part in PARTS:
        path, expected = locate(part, {})
        try:
            check(path, expected)
        except WeightsError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{part}: {path.name}, {path.stat().st_size} bytes, sha256 {expected}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
