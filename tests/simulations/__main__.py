"""`python -m tests.simulations`: run every goal from its eight openings and print pass^8; fails below the floors."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.simulations.floors import below, table
from tests.simulations.reading import goals
from tests.simulations.running import run


def main() -> int:
    """Parse the arguments and do it; 1 where a count is below its floor."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description=__doc__)
    parser.add_argument("--kind", help="only goals of this kind")
    parser.add_argument("--name", help="only goals whose name holds this")
    parser.add_argument("--failing", action="store_true", help="say what was wrong in each run")
    parser.add_argument("--talks", action="store_true", help="print the conversations of the wrong runs")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    chosen = [g for g in goals() if given.kind in (None, g.kind) and (not given.name or given.name in g.name)]
    if not chosen:
        parser.error("no goal is left")
    runs = run(chosen)
    for each in runs if given.failing or given.talks else ():
        if not each.right:
            print(f"{each.goal.name} ({each.way}): {'; '.join(each.faults)}  <- {each.lines[0]}")
            if given.talks:
                print("\n".join(f"    {line}" for line in each.lines))
    print(table(runs))
    short = [] if given.kind or given.name else below("full", runs)
    print("\n".join(short))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
