"""From what went wrong to what is learned: a queue for the content owner, and a patch of training lines.

The patch is a change to review like any other: a new file below `data/nlu/learned` whose head says of each line where
it came from, what it was taken for and who decided. It can be traced both ways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from bot.clock import Clock
from bot.console.anonymize import scrubbed
from bot.console.errors import conflict, invalid, not_found
from bot.store import Store, UnitOfWork
from bot.store.console_values import Agent, ReviewItem
from bot.store.values import AuditEvent, Json

OUT_OF_SCOPE = "out_of_scope"
FOLDER = "data/nlu/learned"
MAX_LINE = 300


class ReviewQueue:
    """The review queue. `topics` are the labels that can be assigned."""

    def __init__(self, store: Store, clock: Clock, topics: Mapping[str, object], root: Path) -> None:
        self._store = store
        self._clock = clock
        self._topics = topics
        self._root = root

    # --- in -----------------------------------------------------------------------------------------

    def collect(self) -> int:
        """Put up what was not understood and what got a thumb down since last time; how many are new."""
        new = 0
        with self._store.unit_of_work() as uow:
            for found in uow.console.to_review():
                names = _names(uow, found["person"])
                new += uow.console.put_up(
                    ReviewItem(
                        id=uuid4().hex[:12],
                        source=found["source"],
                        conversation_id=found["conversation_id"],
                        seq=found["seq"],
                        text=scrubbed(found["text"], names)[:MAX_LINE],
                        heard_as=found["intent"],
                        confidence=found["confidence"],
                        model=found["model"],
                        remark=scrubbed(found["comment"], names) if found["comment"] else None,
                        state="open",
                        label=None,
                        decided_by=None,
                        decided_at=None,
                        patch=None,
                        at=self._clock.real(),
                    )
                )
            uow.commit()
        return new

    def rejected(self, conversation_id: str, seq: int, *, reason: str | None, topic: str | None) -> None:
        """An agent turned a suggestion down or named the right topic. Raises ConsoleError for an unknown one."""
        if topic is not None and topic not in self._topics and topic != OUT_OF_SCOPE:
            raise invalid("topic", "There is no such topic.")
        with self._store.unit_of_work() as uow:
            conversation = uow.conversations.get(conversation_id)
            message = next(
                (m for m in uow.conversations.messages_after(conversation_id, seq - 1) if m.seq == seq), None
            )
            if conversation is None or message is None:
                raise not_found("error_no_message")
            turn = uow.conversations.turn(conversation_id, message.turn)
            names = _names(uow, conversation.person)
            remark = ", ".join(part for part in (topic, reason) if part)
            uow.console.put_up(
                ReviewItem(
                    id=uuid4().hex[:12],
                    source="corrected_topic" if topic else "rejected_suggestion",
                    conversation_id=conversation_id,
                    seq=seq,
                    text=scrubbed(message.text, names)[:MAX_LINE],
                    heard_as=turn.intent if turn else None,
                    confidence=turn.confidence if turn else None,
                    model=turn.model if turn else None,
                    remark=scrubbed(remark, names) or None,
                    state="open",
                    label=None,
                    decided_by=None,
                    decided_at=None,
                    patch=None,
                    at=self._clock.real(),
                )
            )
            uow.commit()

    # --- deciding -------------------------------------------------------------------------------------

    def items(self, state: str | None) -> list[Json]:
        """The queue, newest first."""
        with self._store.unit_of_work(write=False) as uow:
            return [_as_json(item) for item in uow.console.reviews(state=state)]

    def decide(self, agent: Agent, item_id: str, decision: str, label: str | None, text: str | None) -> Json:
        """Accept under a label, mark out of scope, or dismiss. `text` corrects the line. Raises ConsoleError."""
        if decision not in ("accepted", "out_of_scope", "dismissed"):
            raise invalid("decision", "Must be accepted, out_of_scope or dismissed.")
        if decision == "accepted" and (label is None or label not in self._topics or label == OUT_OF_SCOPE):
            raise invalid("label", "There is no such topic.")
        with self._store.unit_of_work() as uow:
            item = uow.console.review(item_id)
            if item is None:
                raise not_found("error_no_item")
            line = scrubbed(text if text is not None else item.text)[:MAX_LINE]
            if not line:
                raise invalid("text", "The line is empty.")
            now = self._clock.real()
            settled = uow.console.settle(
                item_id,
                state=decision,
                label=label if decision == "accepted" else None,
                text=line,
                by=agent.id,
                at=now,
            )
            if not settled:
                raise conflict("exported", "error_exported")
            uow.audit.append(
                AuditEvent(
                    at=self._clock.now(),
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="review.decided",
                    conversation_id=item.conversation_id,
                    after={"item": item_id, "decision": decision, "label": label},
                )
            )
            found = uow.console.review(item_id)
            uow.commit()
        assert found is not None
        return _as_json(found)

    # --- out --------------------------------------------------------------------------------------------

    def export(self, agent: Agent) -> Json:
        """A patch with every accepted and out-of-scope line that has not gone out yet. Raises ConsoleError."""
        with self._store.unit_of_work() as uow:
            items = [i for s in ("accepted", "out_of_scope") for i in uow.console.reviews(state=s) if i.patch is None]
            if not items:
                raise conflict("nothing", "error_nothing_to_export")
            items.sort(key=lambda item: (item.label or OUT_OF_SCOPE, item.text, item.id))
            name = hashlib.sha256("".join(item.id for item in items).encode()).hexdigest()[:12]
            content = training_file(name, items)
            uow.console.exported([item.id for item in items], name)
            uow.audit.append(
                AuditEvent(
                    at=self._clock.now(),
                    actor_kind="agent",
                    actor_id=agent.id,
                    channel="agent",
                    action="review.exported",
                    after={"patch": name, "items": [item.id for item in items]},
                )
            )
            uow.commit()
        path = f"{FOLDER}/{name}.yml"
        return {"patch": name, "path": path, "lines": len(items), "diff": as_new_file(path, content)}

    def trace(self, item_id: str, model: str, fitting: str) -> Json:
        """Where a line is on its way: decided, exported, in the data, in the model that answers now."""
        with self._store.unit_of_work(write=False) as uow:
            item = uow.console.review(item_id)
        if item is None:
            raise not_found("error_no_item")
        path = self._root / FOLDER / f"{item.patch}.yml" if item.patch else None
        in_data = path is not None and path.is_file() and item.id in path.read_text(encoding="utf-8")
        return _as_json(item) | {
            "path": f"{FOLDER}/{item.patch}.yml" if item.patch else None,
            "in_data": in_data,
            "learned_by": model if in_data and model == fitting else None,
        }


def training_file(name: str, items: Sequence[ReviewItem]) -> str:
    """Training lines in Rasa's format; the head says of each where it came from."""
    head = [f"# Lines learned from reviewed messages, patch {name}. Personal data was replaced by made-up values."]
    by_label: dict[str, list[str]] = {}
    for item in items:
        label = item.label or OUT_OF_SCOPE
        day = item.decided_at.date().isoformat() if item.decided_at else ""
        read = f"heard as {item.heard_as} by {item.model}"
        head.append(f"# {item.id}: {item.source}, {read}, {label} by {item.decided_by} on {day}")
        lines = by_label.setdefault(label, [])
        if item.text not in lines:
            lines.append(item.text)
    body = ['version: "3.1"', "nlu:"]
    for label, lines in sorted(by_label.items()):
        body += [f"- intent: {label}", "  examples: |", *(f"    - {_unmarked(line)}" for line in lines)]
    return "\n".join([*head, *body]) + "\n"


def as_new_file(path: str, content: str) -> str:
    """The content as a unified diff that adds one file (`git apply` takes it)."""
    lines = content.splitlines()
    head = ["diff --git a/{0} b/{0}", "new file mode 100644", "--- /dev/null", "+++ b/{0}"]
    body = [f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)]
    return "\n".join([*(line.format(path) for line in head), *body]) + "\n"


def _unmarked(line: str) -> str:
    """Brackets mean something in training data; in what people say they do not."""
    return line.translate(str.maketrans("[]{}", "()()"))


def _names(uow: UnitOfWork, ase_id: str | None) -> list[str]:
    person = uow.records.person(ase_id) if ase_id else None
    name = person.candidate.name if person else None
    return [name.first, name.last] if name else []


def _as_json(item: ReviewItem) -> Json:
    return {
        "id": item.id,
        "source": item.source,
        "conversation_id": item.conversation_id,
        "seq": item.seq,
        "text": item.text,
        "heard_as": item.heard_as,
        "confidence": item.confidence,
        "model": item.model,
        "remark": item.remark,
        "state": item.state,
        "label": item.label,
        "decided_by": item.decided_by,
        "decided_at": item.decided_at.isoformat() if item.decided_at else None,
        "patch": item.patch,
        "at": item.at.isoformat(),
    }
