"""`assistant knowledge check`."""

from __future__ import annotations

import argparse
import sys

from bot.catalog.check import check as find_faults
from bot.rasa_adapter.model_files import ROOT


def check(given: argparse.Namespace) -> int:
    """Print every fault, by file and key; 1 if there is any."""
    faults = find_faults(given.folder or ROOT / "knowledge")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults" if faults else "knowledge is in order")
    return 1 if faults else 0
