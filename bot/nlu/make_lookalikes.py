"""Writes `lookalikes.json` afresh: ``python -m bot.nlu.make_lookalikes``."""

from __future__ import annotations

import json

from bot.nlu.intents.encoder import encoder
from bot.nlu.values.lookalikes import FILE, find
from bot.nlu.values.vocabulary import Vocabulary


def main() -> None:
    """Write the file from the names in the catalogue as they are now."""
    found = find(encoder().whole_words(), Vocabulary.from_knowledge().name_words)
    FILE.write_text(json.dumps(found, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
