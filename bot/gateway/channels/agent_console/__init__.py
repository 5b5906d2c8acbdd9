"""The console of the support agents at /agent."""

from __future__ import annotations

from bot.gateway.channels.agent_console.routes import ROUTES, agent_console
from bot.gateway.channels.agent_console.service import Console, build_console

__all__ = ["ROUTES", "Console", "agent_console", "build_console"]
