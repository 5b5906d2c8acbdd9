"""What running a model costs with Rasa and with our runner: ``python -m benchmarks.nlu.runner``.

Each way gets a process of its own, loads the model and reads every fourth held-out line about our subject, one at a
time.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.nlu.cost import NOW, ROOT, WARM, ZONE, lines, memory

METADATA = {"as_of": NOW.isoformat(), "time_zone": ZONE}
Parse = Callable[[str], dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of both ways, or of the one that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="an archive; without it the one that fits the data")
    parser.add_argument("--way", choices=sorted(WAYS), help="measure only this one, in this process")
    given = parser.parse_args(arguments)
    from bot.rasa_adapter.model_files import fitting_model

    model = given.model or fitting_model(ROOT)
    if model is None:
        print("No model fits the data: train one first, or name one with --model.")
        return 1
    if given.way:
        print(measured(given.way, model))
        return 0
    for way in WAYS:
        command = [sys.executable, "-m", "benchmarks.nlu.runner", "--way", way, "--model", str(model)]
        print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout, end="", flush=True)
    return 0


def measured(way: str, model: Path) -> str:
    """Load the model and read all lines; one line of figures."""
    before, begun, idle = memory(), time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parse = WAYS[way](model)
    parse("When is my A5 test on March 3rd at 9 am?")
    loading = f"{time.perf_counter() - begun:.1f} s, processor {time.process_time() - idle:.1f} s"
    texts = lines()[::4]
    for text in texts[:WARM]:
        parse(text)
    clock, processor = [], []
    for text in texts:
        start, used = time.perf_counter(), time.process_time()
        parse(text)
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return (
        f"{way}: loading and a first message {loading}; memory {memory() - before:.0f} MB; "
        f"{len(texts)} messages: clock {_told(clock)}, processor {_told(processor)}"
    )


def by_rasa(model: Path) -> Parse:
    """Rasa's agent with its task graph, not telling its log of every message."""
    import structlog
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    processor = Agent.load(model_path=str(model)).processor
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        return dict(loop.run_until_complete(processor.parse_message(UserMessage(text, metadata=METADATA))))

    return parse


def by_runner(model: Path) -> Parse:
    """Our runner."""
    from bot.rasa_adapter.model import ModelRunner

    runner = ModelRunner.load(model)
    return lambda text: runner.parse(text, METADATA)


WAYS: dict[str, Callable[[Path], Parse]] = {"rasa": by_rasa, "runner": by_runner}


def _told(seconds: Sequence[float]) -> str:
    import numpy as np

    middle, late = np.quantile(np.array(seconds) * 1000, [0.5, 0.99])
    return f"p50 {middle:.1f} ms, p99 {late:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
