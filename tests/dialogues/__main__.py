"""`python -m tests.dialogues`: score all dialogues, print the totals, fail if they are below their floors."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.dialogues.floors import below, raise_floors, short_form
from tests.dialogues.playing import score
from tests.dialogues.reading import SPLITS, dialogues
from tests.dialogues.report import failing, table


def main() -> int:
    """Parse the arguments and do it; 1 where a total is below its floor."""
    parser = argparse.ArgumentParser(prog="python -m tests.dialogues", description=__doc__)
    parser.add_argument("--split", choices=SPLITS, help="only this one")
    parser.add_argument("--kind", help="only dialogues of this kind")
    parser.add_argument("--name", help="only dialogues whose name holds this")
    parser.add_argument("--failing", action="store_true", help="print the open turns that are not good")
    parser.add_argument("--failing-held-out", action="store_true", help="print those held out too: they are spent then")
    parser.add_argument("--raise", dest="raised", action="store_true", help="raise the floors to what is measured")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    chosen = [
        each
        for each in dialogues()
        if given.split in (None, each.split)
        and given.kind in (None, each.kind)
        and (not given.name or given.name in each.name)
    ]
    if not chosen:
        parser.error("no dialogue is left")
    scored = score(chosen)
    if given.failing or given.failing_held_out:
        print(failing(each for each in scored if given.failing_held_out or each.dialogue.split == "open"))
    print(table(scored))
    if given.split or given.kind or given.name:
        return 0
    if given.raised:
        of_short_form = {each.name for each in short_form(chosen)}
        raise_floors("full", scored)
        raise_floors("short", [each for each in scored if each.dialogue.name in of_short_form])
    short = below("full", scored)
    print("\n".join(short))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
