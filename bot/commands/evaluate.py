"""`assistant evaluate`."""

from __future__ import annotations

import argparse
import sys

from bot.commands.parse_lines import evaluate
from bot.rasa_adapter.model_files import ensure_model


def run(given: argparse.Namespace) -> int:
    """Score the model on a file of lines and write the plots."""
    model = given.settings.model or ensure_model(tell=lambda said: print(said, file=sys.stderr))
    print(evaluate(given.file, model, given.out))
    return 0
