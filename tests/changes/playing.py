"""Plays a written conversation and checks, step by step, what was told and asked, and at the end what is stored.

A step says something (`say`, `press`, `silence`, `code`: the mailed one, or a wrong one) and may state: `told` (every
decision, "rule outcome code test"), `at` ("task/step", or "nothing"), `has` and `lacks` (words of the reply), `owner`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.contracts.conversation import Reply
from bot.store import Store
from bot.store.decision_log import replayed
from tests.conversations.harness import Talk, do, states, told, validate_step

WHO = "ASE-2000-0001"
ACTIONS = {"say", "press", "silence", "code"}
NO_CHANGE = ("decision.", "records", "sign_in.", "session.")
CHECKS = {"told", "at", "has", "lacks", "owner"}


async def play(steps: Sequence[Mapping[str, Any]], talk: Talk) -> None:
    """Every step; an AssertionError shows the step and the reply."""
    assert steps, "no steps"
    for number, step in enumerate(steps, start=1):
        validate_step(step, ACTIONS, CHECKS, f"step {number}")
        reply = await do(step, talk)
        try:
            check(step, reply)
        except AssertionError as error:
            said = "\n".join(f"  {m.author}: {m.text}" for m in reply.messages)
            raise AssertionError(f"step {number} {dict(step)}: {error}\n{said}\n  {reply.state.to_json()}") from None


def check(step: Mapping[str, Any], reply: Reply) -> None:
    """Compare a reply with what a step states."""
    text = "\n".join(m.text for m in reply.messages if m.author == "assistant")
    if "told" in step:
        assert told(reply) == step["told"], told(reply)
    if "at" in step:
        task = reply.state.task
        found = "nothing" if task is None else f"{task.name}/{task.step}"
        assert found == step["at"], found
    for key in {"has", "lacks"} & set(step):
        assert isinstance(step[key], list), f"{key} is no list"
        assert step[key], f"{key} states nothing"
        assert text, "nothing was said"
    for words in step.get("has", ()):
        assert states(text, str(words)), f"{words!r} is not said"
    for words in step.get("lacks", ()):
        assert str(words).lower() not in text.lower(), f"{words!r} is said"
    if "owner" in step:
        assert reply.state.owner == step["owner"], reply.state.owner


def done(store: Store, who: str = WHO) -> list[str]:
    """Kinds of change made for a person, oldest first, as the audit tells them."""
    with store.unit_of_work(write=False) as uow:
        lines = [entry.event for entry in uow.audit.entries(who)]
        kept = uow.done.changes_of(who)
    made = [
        event.action for event in lines if not event.action.startswith(("decision.", "records", "sign_in.", "session."))
    ]
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
