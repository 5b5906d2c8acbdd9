"""What a turn costs the database: transactions and statements, the check of the token included."""

from __future__ import annotations

from bot.contracts.conversation import Identity
from tests.conversations.conftest import MakeTalk
from tests.conversations.harness import Talk
from tests.store.costs import counted

SIGNED_IN = Identity("ASE-1000-0001")

AT_MOST = {
    "faq": (3, 9),
    "account": (4, 19),
    "seats": (8, 24),
    "choose": (7, 24),
    "yes": (9, 60),
}
"""Transactions and statements by turn."""


async def cost_of(talk: Talk, kind: str, value: str) -> tuple[int, int]:
    """Transactions and statements of one turn of somebody who holds the conversation's token."""
    with counted(talk.store) as cost:
        await talk.assistant.authorise(talk.conversation_id, "whatever they hold")
        await talk.take(kind, value)
    return cost.transactions, cost.statements


async def test_a_turn_costs_no_more_than_this(make_talk: MakeTalk) -> None:
    costs: dict[str, tuple[int, int]] = {}
    visitor, asking, moving = make_talk(), make_talk(), make_talk()
    await visitor.open()
    costs["faq"] = await cost_of(visitor, "text", "How do I register for a test?")
    await asking.open(identity=SIGNED_IN)
    costs["account"] = await cost_of(asking, "text", "When do I get my certificate?")
    await moving.open(identity=SIGNED_IN)
    costs["seats"] = await cost_of(moving, "text", "I want to reschedule my A5 appointment")
    assert moving.reply is not None
    first = moving.reply.messages[-1].choices[0]
    assert first.id.startswith("seat:")
    costs["choose"] = await cost_of(moving, "choice", first.id)
    assert moving.reply.state.expects == "yes_no"
    costs["yes"] = await cost_of(moving, "text", "yes")
    assert "Moved" in moving.reply.messages[-1].text
    over = {name: cost for name, cost in costs.items() if any(a > b for a, b in zip(cost, AT_MOST[name], strict=True))}
    assert over == {}, costs
