"""`assistant records load|show|export|erase|seats`."""

from __future__ import annotations

import argparse
import json
import os
import sys

import yaml

from bot.commands.main import clock_of, store_of
from bot.records.codec import RecordsError
from bot.store.records_io import erase_person, export_person, free_seats, load_file, show_person


def load(given: argparse.Namespace) -> int:
    """Load a file whole, or list every fault and change nothing."""
    store = store_of(given.settings)
    try:
        report = load_file(store, given.file, clock_of(given.settings))
    except RecordsError as error:
        for fault in error.faults:
            print(f"{given.file}: {fault}", file=sys.stderr)
        print(f"{len(error.faults)} faults; nothing was changed", file=sys.stderr)
        return 1
    for warning in report.warnings:
        print(f"{given.file}: warning: {warning}", file=sys.stderr)
    print(report)
    return 0


def show(given: argparse.Namespace) -> int:
    """One person with the sites mentioned, as a records file."""
    shown = show_person(store_of(given.settings), given.ase_id)
    if shown is None:
        print(f"no records of {given.ase_id}", file=sys.stderr)
        return 1
    print(json.dumps(shown, indent=2) if given.json else yaml.safe_dump(shown, sort_keys=False), end="\n")
    return 0


def export(given: argparse.Namespace) -> int:
    """Everything kept about one person, as JSON; into a file that only its owner can read, where one is named."""
    found = export_person(store_of(given.settings), given.ase_id, clock_of(given.settings))
    if found is None:
        print(f"nothing is kept about {given.ase_id}", file=sys.stderr)
        return 1
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if given.out is None:
        print(text, end="")
        return 0
    with open(given.out, "x", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(text)
    return 0


def erase(given: argparse.Namespace) -> int:
    """Remove one person and what was said with them."""
    erased = erase_person(store_of(given.settings), given.ase_id)
    others = f"; mentions taken out of {len(erased.redacted)} other conversations" if erased and erased.redacted else ""
    print(f"erased {given.ase_id}{others}" if erased else f"no records of {given.ase_id}")
    return 0 if erased else 1


def seats(given: argparse.Namespace) -> int:
    """Free seats, soonest first."""
    found = free_seats(store_of(given.settings), given.site, clock_of(given.settings))
    rows = [{"site": s.site.id, "starts_at": s.starts_at.strftime("%Y-%m-%dT%H:%M"), "capacity": s.free} for s in found]
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        for seat, row in zip(found, rows, strict=True):
            when = seat.starts_at.strftime("%Y-%m-%d %H:%M")
            print(f"{when}  {row['site']:<8} {seat.site.name}, {seat.site.city}  {row['capacity']} free")
    return 0
