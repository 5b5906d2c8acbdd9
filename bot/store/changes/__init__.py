"""Doing, exactly once: each operation is one unit of work with its audit line, its mail and its answer."""

from __future__ import annotations

from bot.store.changes.appointments import book, cancel_appointment, cancel_test, clash, move
from bot.store.changes.operations import Operations
from bot.store.changes.orders import change_address, order_duplicates
from bot.store.changes.transaction import (
    Allowed,
    CaseFacts,
    Change,
    ChangeMail,
    Check,
    Order,
    Refusal,
    case_facts,
    unsettled,
)
from bot.store.changes.undo import undo

__all__ = [
    "Allowed",
    "CaseFacts",
    "Change",
    "ChangeMail",
    "Check",
    "Operations",
    "Order",
    "Refusal",
    "book",
    "cancel_appointment",
    "cancel_test",
    "case_facts",
    "change_address",
    "clash",
    "move",
    "order_duplicates",
    "undo",
    "unsettled",
]
