"""Plays a written conversation and checks, step by step, what was told and asked, and at the end what is stored.

A step says something (`say`, `press`, `choose`, `silence`, `code`: the mailed one, or a wrong one) and may state:
`told` (decisions, "rule outcome code test"), `at` ("task/step", or "nothing"), `has` and `lacks` (words of the reply),
`owner`. The end states `changes` (kinds of change made, oldest first; "undo" among them) and `stored` (appointments by
purchase, orders, address).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation import Reply
from bot.replay import replayed
from bot.store import Store
from tests.conversations.harness import Talk

WHO = "ASE-2000-0001"
STEP = {"say", "press", "choose", "silence", "code", "told", "at", "has", "lacks", "owner"}


async def play(steps: Sequence[Mapping[str, Any]], talk: Talk) -> None:
    """Every step; an AssertionError shows the step and the reply."""
    for number, step in enumerate(steps, start=1):
        assert set(step) <= STEP, f"step {number} has unknown keys: {sorted(set(step) - STEP)}"
        reply = await _do(step, talk)
        try:
            check(step, reply)
        except AssertionError as error:
            said = "\n".join(f"  {m.author}: {m.text}" for m in reply.messages)
            raise AssertionError(f"step {number} {dict(step)}: {error}\n{said}\n  {reply.state.to_json()}") from None


async def _do(step: Mapping[str, Any], talk: Talk) -> Reply:
    if "say" in step:
        return await talk.take("text", str(step["say"]))
    if "press" in step:
        return await talk.take("digits", str(step["press"]))
    if "code" in step:
        return await talk.take("text", talk.last_code() if step["code"] == "right" else "000000")
    if "choose" in step:
        return await talk.take("choice", str(step["choose"]))
    return await talk.take("event", "silence")


def check(step: Mapping[str, Any], reply: Reply) -> None:
    """Compare a reply with what a step states."""
    mine = [m for m in reply.messages if m.author == "assistant"]
    text = "\n".join(m.text for m in mine).lower()
    if "told" in step:
        assert told(reply) == step["told"], told(reply)
    if "at" in step:
        task = reply.state.task
        found = "nothing" if task is None else f"{task.name}/{task.step}"
        assert found == step["at"], found
    for words in step.get("has", ()):
        assert str(words).lower() in text, f"{words!r} is not said"
    for words in step.get("lacks", ()):
        assert str(words).lower() not in text, f"{words!r} is said"
    if "owner" in step:
        assert reply.state.owner == step["owner"], reply.state.owner


def told(reply: Reply) -> list[str]:
    """The decisions of a reply: rule, outcome, decisive code and test or series."""
    lines = []
    for message in reply.messages:
        for decision in message.decisions:
            subject = decision["subject"]
            about = subject.get("test") or subject.get("series") or ""
            lines.append(f"{decision['rule']} {decision['outcome']} {decision['reasons'][0]['code']} {about}".strip())
    return lines


def done(store: Store, who: str = WHO) -> list[str]:
    """Kinds of change made for a person, oldest first, as the audit tells them."""
    with store.unit_of_work(write=False) as uow:
        lines = [entry.event for entry in uow.audit.entries(who)]
        kept = uow.done.changes_of(who)
    made = [event.action for event in lines if not event.action.startswith(("decision.", "records"))]
    assert sorted(made) == sorted(k.kind + ("_refused" if "refusal" in k.outcome else "") for k in kept)
    return made


def appointments(store: Store, who: str = WHO) -> dict[str, str | None]:
    """Each purchase with its appointment: "start site status", None, or "test cancelled"."""
    with store.unit_of_work(write=False) as uow:
        person = uow.records.person(who)
    assert person is not None
    shown: dict[str, str | None] = {}
    for purchase in person.candidate.purchases:
        booked = purchase.appointment
        if purchase.cancelled_on is not None:
            shown[purchase.id] = "test cancelled"
        elif booked is None:
            shown[purchase.id] = None
        else:
            shown[purchase.id] = f"{booked.starts_at.isoformat(timespec='minutes')} {booked.site} {booked.status.value}"
    return shown


def ordered(store: Store, who: str = WHO) -> list[str]:
    """Series of which duplicates are on order."""
    with store.unit_of_work(write=False) as uow:
        return sorted(order.series for order in uow.done.orders_of(who) if order.state == "ordered")


def address(store: Store, who: str = WHO) -> str:
    """The address in one line."""
    with store.unit_of_work(write=False) as uow:
        person = uow.records.person(who)
    assert person is not None
    found = person.candidate.address
    return f"{found.line1}, {found.city}, {found.region} {found.postal_code}" if found else ""


def seats(store: Store) -> dict[str, int]:
    """Free seats by "start site", held or not."""
    with store.unit_of_work(write=False) as uow:
        return {f"{s.starts_at.isoformat(timespec='minutes')} {s.site.id}": s.free for s in uow.seats.left()}


def sound(store: Store) -> int:
    """The audit is whole, and every decision comes out again as it was told; how many there were."""
    with store.unit_of_work(write=False) as uow:
        assert uow.audit.verify().whole
    results = list(replayed(store))
    different = [result for result in results if result is not None]
    assert not different, [(d.record.rule, d.record.subject, d.why, d.now, d.record.decision) for d in different]
    return len(results)
