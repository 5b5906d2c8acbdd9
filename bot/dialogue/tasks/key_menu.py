"""The menu of a caller who uses the keys: three groups of topics, and in each the topics by one key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.dialogue.memories import KeyMenuMemory
from bot.dialogue.outcome import Reply, Step
from bot.dialogue.state import Choice, Expect, Memory
from bot.dialogue.tasks.base import PlainTask
from bot.dialogue.turn_context import TurnContext
from bot.dialogue.understanding.user_act import UserAct

MAIN = "main"
"""The menu of the greeting: it is said, and its keys work wherever nothing is being asked."""

MENUS = {
    "1": (
        *("account/appointment_details", "account/reschedule", "account/cancel_appointment"),
        *("account/schedule_test", "faq/test_locations"),
    ),
    "2": (
        *("account/test_results", "account/certificate_status", "account/certification_expiry"),
        *("account/duplicate_certificate", "account/address_change"),
    ),
    "3": ("faq/registration", "account/retest", "account/purchase_window", "faq/fees", "account/cancel_test"),
}
"""What each key of the greeting leads to: the topics in the order of their own keys."""

PHRASES = {"1": "key_menu_appointments", "2": "key_menu_results", "3": "key_menu_buying"}


@dataclass(frozen=True, slots=True)
class KeyMenu(PlainTask):
    """One of the groups: its topics by key; then the one that was chosen is answered."""

    name: str = "key_menu"
    label: str = "inform"

    @property
    def memory(self) -> type[KeyMenuMemory]:
        """Which group, and what was chosen."""
        return KeyMenuMemory

    def start(self, turn: TurnContext, act: UserAct) -> KeyMenuMemory:
        """The group that the key stands for."""
        return KeyMenuMemory(menu=act.menu_key or MAIN)

    def advance(self, turn: TurnContext, memory: Memory) -> Step:
        """Say the keys, then answer."""
        known, reply = cast(KeyMenuMemory, memory), Reply(turn)
        if known.topic is not None:
            return reply.read_again(UserAct.of_label(known.topic))
        if known.menu not in MENUS:
            reply.phrase("key_menu")
            return reply.done()
        reply.phrase(PHRASES[known.menu])
        choices = [
            Choice(id=label, title=title.web, spoken=title.voice, value=label)
            for label in MENUS[known.menu]
            for title in [turn.services.answers.title(label)]
        ]
        return reply.ask(known, "topic", Expect.CHOICE, choices, optional=True)
