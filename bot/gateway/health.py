"""For those who run the service: is it up, can it answer, what does it count, what does it offer."""

from __future__ import annotations

import hmac

from aiohttp import web

from bot.gateway.conversations import API
from bot.gateway.errors import ApiError, unauthorised
from bot.gateway.keys import BACKGROUND, METRICS, SETTINGS, TURNS
from bot.gateway.metrics import CONTENT_TYPE
from bot.gateway.openapi import document
from bot.gateway.security import bearer


async def healthz(request: web.Request) -> web.Response:
    """The process runs."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Turns can be answered: 200; otherwise 503 with what is missing."""
    turns = request.app[TURNS]
    readiness = await turns.service.ready()
    body = readiness.to_json()
    if turns.closed:
        body = {"status": "not_ready", "checks": {**body["checks"], "gateway": "stopping"}}
    body["background"] = request.app[BACKGROUND].to_json()
    if body["status"] == "ready":
        return web.json_response(body)
    error = {"code": "not_ready", "message": "Some part cannot work yet or any more."}
    return web.json_response({"error": error, **body}, status=503)


async def metrics(request: web.Request) -> web.Response:
    """All figures in the text format of Prometheus. Raises ApiError (401, 404)."""
    settings = request.app[SETTINGS]
    if settings.metrics_token is not None:
        if not hmac.compare_digest(bearer(request).encode(), settings.metrics_token.encode()):
            raise unauthorised("Needs the bearer token of the figures.")
    elif settings.production:
        raise ApiError(404, "not_found", "There is nothing at this address.")
    response = web.Response(body=request.app[METRICS].text())
    response.headers["Content-Type"] = CONTENT_TYPE
    return response


async def openapi(request: web.Request) -> web.Response:
    """The published description of this interface."""
    return web.json_response(document())


def setup_health(app: web.Application) -> None:
    """The routes for operators and tools."""
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    app.router.add_get(f"{API}/openapi.json", openapi)
