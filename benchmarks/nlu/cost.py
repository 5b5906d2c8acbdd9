"""What reading messages costs: time of a message, memory, size of the archive: ``python -m benchmarks.nlu.cost``.

Reads every line of `tests/nlu/held_out` that is about our subject, one at a time in this process. Time is given twice:
of the clock, and of the processor alone, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOW, ZONE = datetime.fromisoformat("2026-03-02T10:00:00-06:00"), "America/Chicago"
WARM = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="an archive; without it the one that fits the data")
    given = parser.parse_args(arguments)
    from bot.rasa_adapter.model_files import fitting_model

    model = given.model or fitting_model(ROOT)
    if model is None:
        print("No model fits the data: train one first, or name one with --model.")
        return 1
    import numpy as np

    from bot.nlu.intents.encoder import encoder
    from bot.nlu.reader import Reader

    steps = [("Python and numpy", memory())]
    shared = encoder()
    shared.encode(["warm"])
    steps.append(("sentence encoder", memory()))
    reader = Reader.load(model)
    steps.append(("trained model", memory()))
    texts = lines()
    for text in texts[:WARM]:
        reader.read(text, as_of=NOW, zone=ZONE)
    steps.append(("spaCy and the readers of values", memory()))
    clock, processor = [], []
    for text in texts:
        begun, used = time.perf_counter(), time.process_time()
        reader.read(text, as_of=NOW, zone=ZONE)
        clock.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    steps.append((f"{len(texts)} messages", memory()))
    print(f"archive {model.stat().st_size / 1e6:.1f} MB")
    for name, times in (("clock", clock), ("processor", processor)):
        middle, late = np.quantile(np.array(times) * 1000, [0.5, 0.95])
        print(f"one message, {name}: p50 {middle:.1f} ms, p95 {late:.1f} ms")
    for (_, before), (name, after) in pairwise(steps):
        print(f"memory, {name}: {after - before:+.0f} MB")
    print(f"memory added in all: {steps[-1][1] - steps[0][1]:.0f} MB")
    return 0


def lines() -> list[str]:
    """Held-out lines about our subject."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "nlu" / "held_out").glob("*/*.tsv")):
        if path.stem != "out_of_scope":
            found += [row.split("\t")[0] for row in path.read_text("utf-8").splitlines()[1:] if row.strip()]
    return found


def memory() -> float:
    """Resident memory of this process in MB (Linux)."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    sys.exit(main())
