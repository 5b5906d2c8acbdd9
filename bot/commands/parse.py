"""`assistant parse`."""

from __future__ import annotations

import argparse
import sys

from bot.commands.main import clock_of
from bot.commands.parse_lines import parse_lines
from bot.rasa_adapter.model_files import ensure_model


def run(given: argparse.Namespace) -> int:
    """Lines on standard input, one JSON object a line out."""
    model = given.settings.model or ensure_model(tell=lambda said: print(said, file=sys.stderr))
    for line in parse_lines(sys.stdin, model, as_of=clock_of(given.settings).now(), explain=given.explain):
        print(line, flush=True)
    return 0
