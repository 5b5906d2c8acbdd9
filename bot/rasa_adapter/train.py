"""Train with Rasa into a folder: ``python -m bot.rasa_adapter.train FOLDER NAME``. Run as a process of its own."""

from __future__ import annotations

import sys

from bot.nlu.intents import train_ahead


def main(folder: str, name: str) -> int:
    """Train on the files of the current folder; the exit code is Rasa's."""
    with train_ahead.start():
        from rasa.model_training import train

        result = train("domain.yml", "config.yml", ["data"], output=folder, fixed_model_name=name, force_training=True)
    return int(result.code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
