"""`assistant train`."""

from __future__ import annotations

import argparse

from rich.console import Console

from bot.rasa_adapter.model_files import ensure_model, fitting_model


def run(given: argparse.Namespace) -> int:
    """Train where no model fits; say which one does."""
    console = Console(stderr=True)
    found = fitting_model()
    if found is None:
        with console.status("Training a model (what Rasa says goes to var/train.log)"):
            found = ensure_model()
        console.print(f"trained {found.name}")
    else:
        console.print(f"nothing to do: {found.name} fits the data")
    return 0
