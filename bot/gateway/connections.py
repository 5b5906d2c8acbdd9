"""How long a connection may take, and what it hears when it speaks no HTTP: the one error shape.

aiohttp waits for ever for a header that does not end, and answers one that it cannot read in a text of its own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.gateway.errors import from_http

HEADER_TIME = 15.0
"""Seconds that a new connection has to send its first request's header."""
IDLE_TIME = 75.0
"""Seconds that a connection is kept between two requests; proxies should keep theirs shorter."""
LINGER_TIME = 2.0
"""Seconds that the rest of a body nobody wants is read before the connection is closed."""
REQUEST_LINE = 8_190
"""Longest request line and header, in bytes."""


class Connection(web.RequestHandler):
    """One connection: closed where its first header does not come in time."""

    def __init__(self, *given: Any, header_time: float = HEADER_TIME, **named: Any) -> None:
        super().__init__(*given, **named)
        self._header_time = header_time
        self._header_end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the time for the first header."""
        super().connection_made(transport)
        self._header_end = asyncio.get_running_loop().call_later(self._header_time, self._header_is_late)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the time."""
        if self._header_end is not None:
            self._header_end.cancel()
        super().connection_lost(exc)

    def _header_is_late(self) -> None:
        if self._request_count == 0 and self._current_request is None:
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read as HTTP gets our error, without a word of what was sent."""
        answer = super().handle_error(request, status, exc, None if status == 500 else "")
        if status >= 500:
            return answer
        response = from_http(web.HTTPBadRequest()).to_response()
        response.headers["Server"] = "assistant"
        response.force_close()
        return response


class Runner(web.AppRunner):
    """Runs the application with connections of ours. `header_time` in seconds."""

    __slots__ = ("_header_time",)

    def __init__(self, app: web.Application, *, header_time: float = HEADER_TIME, **named: Any) -> None:
        super().__init__(
            app,
            access_log=None,  # ours is a middleware and logs nothing personal
            max_line_size=REQUEST_LINE,
            max_field_size=REQUEST_LINE,
            auto_decompress=False,
            keepalive_timeout=IDLE_TIME,
            lingering_time=LINGER_TIME,
            **named,
        )
        self._header_time = header_time

    @property
    def server(self) -> Any:
        """What makes a connection."""
        server = self._server
        if server is None:
            return None

        def connection() -> Connection:
            return Connection(server, loop=server._loop, header_time=self._header_time, **server._kwargs)

        return connection
