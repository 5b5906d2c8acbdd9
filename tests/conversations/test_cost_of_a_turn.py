"""What a turn costs the database: transactions and statements, the check of the token included."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.contracts.conversation import Identity
from bot.conversation.service import Assistant
from bot.store.records_io import load_document
from tests.conversations.conftest import AS_OF, MakeTalk, _parts
from tests.conversations.harness import Talk
from tests.store.costs import counted
from tests.whole import dialogue, parser

SIGNED_IN = Identity("ASE-1000-0001")
FAQ, ACCOUNT, MOVE = (
    "How do I register for a test?",
    "When do I get my certificate?",
    "I want to reschedule my A5 appointment",
)

AT_MOST = {
    "faq": (3, 7),
    "account": (3, 16),
    "seats": (4, 18),
    "choose": (3, 28),
    "yes": (3, 48),
}
"""Transactions and statements by turn. The first turn of a conversation has one of each for its token."""


async def opened(talk: Talk, identity: Identity | None = None) -> str:
    """Start a conversation; its token."""
    begun = await talk.assistant.open("web", "en-US", identity or Identity())
    talk.conversation_id, talk.reply = begun.conversation_id, begun.reply
    return begun.token


async def cost_of(talk: Talk, token: str, kind: str, value: str) -> tuple[int, int]:
    """Transactions and statements of one turn of somebody who holds the conversation's token."""
    with counted(talk.store) as cost:
        assert await talk.assistant.authorise(talk.conversation_id, token)
        await talk.take(kind, value)
    return cost.transactions, cost.statements


async def costs_of_a_move(talk: Talk) -> dict[str, tuple[int, int]]:
    """An appointment is moved: what each turn costs."""
    token = await opened(talk, SIGNED_IN)
    costs = {"seats": await cost_of(talk, token, "text", MOVE)}
    assert talk.reply is not None
    first = talk.reply.messages[-1].choices[0]
    assert first.id.startswith("seat:")
    costs["choose"] = await cost_of(talk, token, "choice", first.id)
    assert talk.reply.state.expects == "yes_no"
    costs["yes"] = await cost_of(talk, token, "text", "yes")
    assert "Moved" in talk.reply.messages[-1].text
    return costs


async def test_a_turn_costs_no_more_than_this(make_talk: MakeTalk) -> None:
    costs: dict[str, tuple[int, int]] = {}
    visitor, asking, moving = make_talk(), make_talk(), make_talk()
    costs["faq"] = await cost_of(visitor, await opened(visitor), "text", FAQ)
    costs["account"] = await cost_of(asking, await opened(asking, SIGNED_IN), "text", ACCOUNT)
    costs |= await costs_of_a_move(moving)
    over = {name: cost for name, cost in costs.items() if any(a > b for a, b in zip(cost, AT_MOST[name], strict=True))}
    assert over == {}, costs


async def test_the_token_is_looked_up_once(make_talk: MakeTalk) -> None:
    talk = make_talk()
    token = await opened(talk)
    costs = [await cost_of_a_check(talk, given) for given in (token, token, "another one")]
    assert costs == [(1, 1), (0, 0), (1, 1)]


async def cost_of_a_check(talk: Talk, token: str) -> tuple[int, int]:
    """Transactions and statements of looking whether a token opens the conversation."""
    with counted(talk.store) as cost:
        await talk.assistant.authorise(talk.conversation_id, token)
    return cost.transactions, cost.statements


async def test_a_turn_costs_the_same_however_long_the_conversation_is(make_talk: MakeTalk) -> None:
    talk = make_talk()
    token = await opened(talk, SIGNED_IN)
    costs = [await cost_of(talk, token, "text", (FAQ, ACCOUNT)[number % 2]) for number in range(1, 41)]
    assert talk.reply is not None
    assert talk.reply.turn == 40
    assert (costs[2], costs[3]) == (costs[38], costs[39])
    assert len(set(costs[2:])) == 2, costs  # no turn in between costs more either


SITES = [
    {
        "id": f"ZZZ-{number:02}",
        "name": f"Center {number}",
        "city": ("Chicago", "Aurora", "Springfield", "Peoria", "Gary")[number % 5],
        "region": "IN" if number % 5 == 4 else "IL",
        "country": "US",
        "time_zone": "America/Chicago",
    }
    for number in range(50)
]
SEATS = [
    {"site": site["id"], "starts_at": f"2026-03-{day:02}T{hour:02}:00", "capacity": 3}
    for site in SITES
    for day in range(4, 28)
    for hour in (8, 13)
]


def with_more_sites(template: Path, path: Path) -> Talk:
    """A conversation over a copy of the people's database with fifty more sites and 2,400 more starts."""
    shutil.copy(template, path)
    parts = _parts(path, AS_OF)
    document: dict[str, Any] = {"now": AS_OF, "candidates": [], "sites": SITES, "seats": SEATS}
    report = load_document(parts.store, document, parts.clock)
    assert (report.sites, report.seats) == (50, 2400)
    return Talk(Assistant(parts.store, parts.services, dialogue(), parser()), parts.store)


async def test_a_turn_costs_the_same_however_many_sites_and_seats_there_are(
    make_talk: MakeTalk, template: Path, tmp_path: Path
) -> None:
    many = with_more_sites(template, tmp_path / "many.db")
    with closing(many.store):
        assert await costs_of_a_move(many) == await costs_of_a_move(make_talk())
