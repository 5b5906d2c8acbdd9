"""`assistant audit verify|show|replay`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from bot.store import Store
from bot.store.decision_log import replayed
from bot.store.values import AuditEntry


def verify(given: argparse.Namespace) -> int:
    """Check the chain; 1 where anything is wrong."""
    with Store(given.settings.database_url).unit_of_work(write=False) as uow:
        report = uow.audit.verify()
    for fault in report.faults:
        print(fault, file=sys.stderr)
    erased = f", {report.erased} of them erased" if report.erased else ""
    print(f"{report.entries} lines{erased}: {'the chain is whole' if report.whole else 'the chain is broken'}")
    return 0 if report.whole else 1


def show(given: argparse.Namespace) -> int:
    """Everything in the audit about one person, oldest first."""
    with Store(given.settings.database_url).unit_of_work(write=False) as uow:
        entries = list(uow.audit.entries(given.ase_id))
    for entry in entries:
        print(json.dumps(_as_json(entry)) if given.json else _in_words(entry))
    if not entries:
        print(f"nothing in the audit about {given.ase_id}", file=sys.stderr)
    return 0 if entries else 1


def replay(given: argparse.Namespace) -> int:
    """Make every stored decision again; 1 where one comes out differently."""
    made = differ = 0
    for difference in replayed(Store(given.settings.database_url), given.ase_id):
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
