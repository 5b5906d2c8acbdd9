"""The typed keys under which the application keeps what its handlers need."""

from __future__ import annotations

from aiohttp import web

from bot.auth.tokens import HostTokens
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.background import Background
from bot.contracts.demo import DemoPages
from bot.gateway.limits import Limits
from bot.gateway.metrics import Metrics
from bot.gateway.sockets import SocketRegistry
from bot.gateway.turns import TurnRunner

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
CLOCK: web.AppKey[Clock] = web.AppKey("clock", Clock)
TOKENS: web.AppKey[HostTokens] = web.AppKey("tokens", HostTokens)
LIMITS: web.AppKey[Limits] = web.AppKey("limits", Limits)
METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)
TURNS: web.AppKey[TurnRunner] = web.AppKey("turns", TurnRunner)
SOCKETS: web.AppKey[SocketRegistry] = web.AppKey("sockets", SocketRegistry)
DEMO: web.AppKey[DemoPages] = web.AppKey("demo")
BACKGROUND: web.AppKey[Background] = web.AppKey("background", Background)
