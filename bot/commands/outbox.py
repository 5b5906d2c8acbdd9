"""`assistant outbox`."""

from __future__ import annotations

import argparse
import json
import sys

from bot.store import Store


def run(given: argparse.Namespace) -> int:
    """What would have been sent, oldest first."""
    if given.settings.production:
        print("the outbox is not shown in production", file=sys.stderr)
        return 1
    with Store(given.settings.database_url).unit_of_work(write=False) as uow:
        mails = uow.outbox.list(to=given.to)
    for kept in mails:
        line = {
            "to": kept.mail.to,
            "at": kept.created_at.isoformat(),
            "subject": kept.mail.subject,
            "text": kept.mail.body,
        }
        if kept.state == "maybe_sent":
            line["state"] = kept.state
        if kept.mail.code:
            line["code"] = kept.mail.code
        print(json.dumps(line) if given.json else f"{line['at']}  {line['to']}  {line['subject']}\n{line['text']}\n")
    return 0
