"""`assistant audit verify|head|show|replay`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from bot.commands.main import clock_of, store_of
from bot.store.decision_log import replayed
from bot.store.values import AuditEntry, AuditHead


def verify(given: argparse.Namespace) -> int:
    """Check the chain, and that it still goes through a head that was kept; 1 where anything is wrong."""
    try:
        heads = () if given.head is None else (_head(given.head),)
    except (ValueError, KeyError, TypeError, OSError):
        print(f"{given.head}: no head (what `assistant audit head` prints, or SEQ:HASH)", file=sys.stderr)
        return 2
    with store_of(given.settings).unit_of_work(write=False) as uow:
        report = uow.audit.verify(*heads)
    for fault in report.faults:
        print(fault, file=sys.stderr)
    erased = f", {report.erased} of them erased" if report.erased else ""
    signed = "" if given.settings.audit_key is None or not report.whole else ", and its end is signed"
    print(f"{report.entries} lines{erased}: {'the chain is whole' if report.whole else 'the chain is broken'}{signed}")
    return 0 if report.whole else 1


def head(given: argparse.Namespace) -> int:
    """Print the end of the chain, signed where there is a key."""
    with store_of(given.settings).unit_of_work(write=False) as uow:
        found = uow.audit.head()
    if found.signature is None:
        print("not signed: ASSISTANT_AUDIT_KEY is not set", file=sys.stderr)
    at = clock_of(given.settings).real().isoformat(timespec="seconds")
    print(json.dumps({"seq": found.seq, "hash": found.hash, "at": at, "signature": found.signature}))
    return 0


def _head(given: str) -> AuditHead:
    """A head as it was printed, from a file or standard input, or in short. Raises ValueError and the like."""
    short = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", given)
    if short is not None:
        return AuditHead(int(short[1]), short[2])
    printed = json.loads(sys.stdin.read() if given == "-" else Path(given).read_text(encoding="utf-8"))
    return AuditHead(int(printed["seq"]), str(printed["hash"]), printed.get("signature"))


def show(given: argparse.Namespace) -> int:
    """Everything in the audit about one person, oldest first."""
    with store_of(given.settings).unit_of_work(write=False) as uow:
        entries = list(uow.audit.entries(given.ase_id))
    for entry in entries:
        print(json.dumps(_as_json(entry)) if given.json else _in_words(entry))
    if not entries:
        print(f"nothing in the audit about {given.ase_id}", file=sys.stderr)
    return 0 if entries else 1


def replay(given: argparse.Namespace) -> int:
    """Make every stored decision again; 1 where one comes out differently."""
    made = differ = 0
    for difference in replayed(store_of(given.settings), given.ase_id):
        made += 1
        if difference is None:
            continue
        differ += 1
        record = difference.record
        line: dict[str, Any] = {
            "id": record.id,
            "rule": record.rule,
            "as_of": record.as_of.isoformat(),
            "why": difference.why,
            "told": record.decision,
            "now": difference.now,
        }
        print(json.dumps(line))
    print(f"{made} decisions made again, {differ} of them differ", file=sys.stderr)
    return 1 if differ else 0


def _as_json(entry: AuditEntry) -> dict[str, Any]:
    event = entry.event
    shown = {
        "seq": entry.seq,
        "at": event.at.isoformat(),
        "who": event.actor_id or event.actor_kind,
        "kind": event.actor_kind,
        "channel": event.channel,
        "action": event.action,
        "subject": event.subject,
        "conversation": event.conversation_id,
        "before": event.before,
        "after": event.after,
        "decision": event.decision,
        "policy": event.policy_digest,
        "model": event.model,
        "hash": entry.hash,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _in_words(entry: AuditEntry) -> str:
    event = entry.event
    who = event.actor_kind if event.actor_id is None else f"{event.actor_kind} {event.actor_id}"
    parts = [f"{entry.seq:>6}", event.at.isoformat(timespec="seconds"), f"{who} ({event.channel})", event.action]
    if event.decision is not None:
        codes = ", ".join(reason["code"] for reason in event.decision["reasons"])
        parts.append(f"{event.decision['rule']}: {event.decision['outcome']} ({codes})")
    if event.before or event.after:
        parts.append(f"{json.dumps(event.before)} -> {json.dumps(event.after)}")
    return "  ".join(parts)
