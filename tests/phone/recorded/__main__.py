"""`python -m tests.phone.recorded [NAME]`: print the recorded calls with the seconds of every turn."""

from __future__ import annotations

import asyncio
import logging
import sys

from tests.phone.recorded.playing import play, prepared, recorded


def main() -> None:
    """Play those whose name holds the words given."""
    logging.disable(logging.WARNING)
    wanted = " ".join(sys.argv[1:])
    with prepared() as template:
        for call in recorded():
            if wanted not in call["name"]:
                continue
            played = asyncio.run(play(call, template))
            print(f"## {played.name}: {played.seconds:.0f} s of our voice\n")
            for turn in played.turns:
                print(f"- **Caller** {turn.did}")
                print(f"- {turn.words} words, {turn.seconds:.0f} s: {turn.heard}")
            print()


if __name__ == "__main__":
    main()
