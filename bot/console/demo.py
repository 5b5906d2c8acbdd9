"""Accounts for the demo, one of each role. Never in production: their password is known to everybody."""

from __future__ import annotations

from bot.console.accounts import Accounts
from bot.store.console_values import Role

DEMO_PASSWORD = "demo-only-password"
DEMO_AGENTS: tuple[tuple[str, Role, str], ...] = (
    ("anna", "agent", "Anna Berg"),
    ("ben", "agent", "Ben Ortiz"),
    ("lena", "lead", "Lena Moss"),
    ("olga", "content_owner", "Olga Finch"),
    ("adam", "admin", "Adam Cole"),
)


def make_demo_agents(accounts: Accounts) -> None:
    """Make the accounts of the demo that are not there yet."""
    there = {agent.id for agent in accounts.all()}
    for name, role, shown in DEMO_AGENTS:
        if name not in there:
            accounts.add(name, role, DEMO_PASSWORD, shown)
