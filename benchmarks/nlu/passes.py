"""How often a turn is encoded: ``python -m benchmarks.nlu.passes``.

Plays the open conversations of `tests/dialogues` and counts the sentences that are encoded in each turn. Those beyond
the first are pieces of a message, or what was put together from two.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from bot.nlu.intents.encoder import Encoder, Vectors
from tests.conversations import harness
from tests.dialogues import playing
from tests.dialogues.reading import dialogues


def main() -> int:
    """Print how many turns took how many passes."""
    logging.disable(logging.WARNING)
    turns: list[int] = []
    encode = Encoder.encode

    def counted(encoder: Encoder, texts: Sequence[str], threads: int = 1) -> Vectors:
        if turns:
            turns[-1] += len(texts)
        return encode(encoder, texts, threads)

    async def turn(*given: Any) -> Any:
        turns.append(0)
        return await harness.do(*given)

    with patch.object(Encoder, "encode", counted), patch.object(playing, "do", turn):
        playing.score(each for each in dialogues() if each.split == "open")
    for passes, count in sorted(Counter(turns).items()):
        print(f"{passes} passes: {count} turns, {count / len(turns):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
