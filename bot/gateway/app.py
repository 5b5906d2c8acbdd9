"""Puts the front door together: the only place that knows all its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.auth.tokens import HostTokens
from bot.clock import Clock
from bot.config.settings import Settings
from bot.contracts.background import Background
from bot.contracts.conversation import AssistantService
from bot.contracts.demo import DemoPages
from bot.gateway.access import setup_access
from bot.gateway.bodies import MAX_BODY
from bot.gateway.conversations import setup_conversations
from bot.gateway.demo import setup_demo
from bot.gateway.errors import setup_errors
from bot.gateway.health import setup_health
from bot.gateway.keys import BACKGROUND, CLOCK, LIMITS, METRICS, SETTINGS, SOCKETS, TOKENS, TURNS
from bot.gateway.limits import Limits
from bot.gateway.metrics import Metrics
from bot.gateway.pages import setup_pages
from bot.gateway.security import setup_security
from bot.gateway.sockets import SocketRegistry
from bot.gateway.stream import setup_stream
from bot.gateway.turns import TurnRunner

Setup = Callable[[web.Application], None]


def create_app(
    service: AssistantService,
    settings: Settings,
    clock: Clock,
    *,
    demo: DemoPages | None = None,
    channels: Sequence[Setup] = (),
    background: Background | None = None,
    registry: CollectorRegistry | None = None,
) -> web.Application:
    """The application. Builds and connects nothing else.

    `demo`: the people and mails of the demo; needs settings made by `for_demo`. `channels`: further doors,
    each adds its routes and takes its turns through `app[TURNS]`. `background`: tasks that run while the
    application does. `registry`: where the figures at /metrics are kept, when others count there
    too.
    """
    app = web.Application(client_max_size=MAX_BODY)
    metrics = Metrics(registry)
    metrics.watch(background or Background())
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[BACKGROUND] = background or Background()
    app[METRICS] = metrics
    app[TOKENS] = HostTokens(settings.host_secret, clock)
    app[LIMITS] = Limits(settings, clock.monotonic)
    app[TURNS] = TurnRunner(service, metrics, clock, seconds=settings.turn_timeout)
    app[SOCKETS] = SocketRegistry(metrics)

    setup_errors(app)
    setup_access(app, clock)
    setup_security(app, settings, clock)
    setup_conversations(app)
    setup_stream(app)
    setup_health(app)
    setup_pages(app)
    if demo is not None:
        setup_demo(app, settings, demo)
    for setup in channels:
        setup(app)

    app.cleanup_ctx.append(_beside(app[BACKGROUND]))
    app.on_shutdown.append(close_doors)
    return app


def _beside(background: Background) -> Callable[[web.Application], AsyncIterator[None]]:
    async def running(_: web.Application) -> AsyncIterator[None]:
        async with background.running():
            yield

    return running


async def close_doors(app: web.Application) -> None:
    """Refuse new turns, wait for those in flight, then say goodbye on the sockets. Doing it twice does no
    harm."""
    turns = app[TURNS]
    turns.close()
    await turns.drain(app[SETTINGS].stop_timeout)
    await app[SOCKETS].close_all()
