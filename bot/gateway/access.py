"""One log line and one count per request: method, route, status and time. No address, id, token or text."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.gateway.errors import REQUEST_ID, as_api_error
from bot.gateway.keys import LIMITS, METRICS

log = logging.getLogger("assistant.access")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})


def route_of(request: web.Request) -> str:
    """The route's pattern ("/api/v1/conversations/{id}/messages"), never the path as asked for."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(none)"


def setup_access(app: web.Application, clock: Clock) -> None:
    """Count, log and, where one address asks too much, turn away."""

    @web.middleware
    async def access(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = clock.monotonic()
        status = 500
        try:
            if request.path not in _UNLIMITED:
                limits = request.app[LIMITS]
                limits.requests.check(limits.address(request))
            response = await handler(request)
            status = response.status
        except Exception as error:
            api_error = as_api_error(error, request.get(REQUEST_ID, "-"))
            status = api_error.status
            raise api_error from None
        finally:
            seconds = clock.monotonic() - began
            method = request.method if request.method in _METHODS else "other"
            metrics, route = request.app[METRICS], route_of(request)
            metrics.requests.labels(method, route, str(status)).inc()
            if status != 101:  # a socket's life is not the time of an answer
                metrics.request_seconds.labels(route).observe(seconds)
            log.info("%s %s %d %.0fms %s", method, route, status, seconds * 1000, request.get(REQUEST_ID, "-"))
        return response

    app.middlewares.append(access)
