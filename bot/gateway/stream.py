"""The conversation over a WebSocket: replay what was missed, then live.

First the client sends ``{"token", "after"}``. The first frame back holds all messages later than `after`;
from then on every message arrives on this socket exactly once, in the order of `seq`, whoever caused it.
Client frames are as the body of a POSTed turn; the answer to one also carries `turn` and
`client_message_id`. A frame that is refused is answered with the one error shape and does not end the socket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from bot.contracts.conversation import AssistantService, Json, Message, Messages, State, messages_to_json
from bot.gateway.bodies import MAX_BODY, TurnBody, hello_frame, parse_object, turn_body
from bot.gateway.conversations import API, take_turn
from bot.gateway.errors import REQUEST_ID, ApiError, as_api_error, too_many
from bot.gateway.keys import METRICS, SETTINGS, SOCKETS, TURNS
from bot.gateway.security import Origins, authorise, bearer

HELLO_TIME = 10.0
"""Seconds within which the first frame must come."""
SEND_TIME = 10.0
"""Seconds after which a client that does not take what we send is dropped."""
HEARTBEAT = 20.0
"""Seconds between pings."""
MAX_WAITING = 16
"""Frames that may wait while a turn is being taken."""
MAX_BAD_FRAMES = 20
"""Refused frames after which a socket is closed."""

CLOSE_REFUSED = 4400
CLOSE_UNAUTHORISED = 4401
CLOSE_TOO_MANY = 4429


class _Dropped(Exception):
    """The client does not take what we send."""


async def stream(request: web.Request) -> web.StreamResponse:
    """Check where the socket comes from, then talk until either side ends it."""
    if not Origins(request.app[SETTINGS]).allowed(request):
        raise ApiError(403, "origin_not_allowed", "Pages of this origin may not open the stream.")
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_BODY, compress=False)
    if not socket.can_prepare(request):
        await authorise(request.app[TURNS].service, request.match_info["id"], bearer(request))
        raise ApiError(
            426,
            "upgrade_required",
            "This address speaks WebSocket only.",
            headers={"Upgrade": "websocket", "Connection": "Upgrade"},
        )
    await socket.prepare(request)
    talk = _Talk(request, socket)
    try:
        await talk.run()
    except _Dropped:
        request.app[METRICS].sockets_dropped.labels("slow").inc()
        if request.transport is not None:
            request.transport.abort()
    except ConnectionError:
        request.app[METRICS].sockets_dropped.labels("gone").inc()
    except Exception as error:
        await talk.end(as_api_error(error, request[REQUEST_ID]))
    return socket


class _Talk:
    """One socket of one conversation. `seen` is the newest `seq` that was sent on it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._app = request.app
        self._request_id = request[REQUEST_ID]
        self._conversation_id = request.match_info["id"]
        self._socket = socket
        self._seen = 0
        self._state: State | None = None
        self._bad_frames = 0
        self._sending = asyncio.Lock()
        self._waiting: asyncio.Queue[TurnBody] = asyncio.Queue(MAX_WAITING)

    @property
    def _service(self) -> AssistantService:
        return self._app[TURNS].service

    async def run(self) -> None:
        """From the first frame to the end of the socket."""
        hello = hello_frame(await self._first_frame())
        await authorise(self._service, self._conversation_id, hello.token)
        self._seen = hello.after
        with self._app[SOCKETS].entered(self._conversation_id, self._socket):
            async with self._service.subscribe(self._conversation_id) as updates:
                missed = await self._service.messages_after(self._conversation_id, self._seen)
                await self._send_messages(missed)
                await self._until_one_ends(self._read(), self._answer(), self._pass_on(updates))

    async def end(self, error: ApiError) -> None:
        """Say why, then close."""
        code = {
            400: CLOSE_REFUSED,
            401: CLOSE_UNAUTHORISED,
            429: CLOSE_TOO_MANY,
            503: WSCloseCode.TRY_AGAIN_LATER,
        }
        try:
            if not self._socket.closed:
                await self._send(error.to_json())
            await self._socket.close(code=code.get(error.status, WSCloseCode.INTERNAL_ERROR))
        except _Dropped:
            self._app[METRICS].sockets_dropped.labels("slow").inc()
        except ConnectionError:
            self._app[METRICS].sockets_dropped.labels("gone").inc()

    # --- in --------------------------------------------------------------------------------------------

    async def _first_frame(self) -> Json:
        try:
            frame = await self._socket.receive(HELLO_TIME)
        except TimeoutError:
            raise ApiError(400, "invalid_request", "The first frame did not come.", field="token") from None
        if frame.type is not WSMsgType.TEXT:
            raise ApiError(400, "invalid_request", "The first frame must be JSON text.", field="token")
        return parse_object(frame.data)

    async def _read(self) -> None:
        """Read frames until the client goes; never waits for a turn, so that pings are answered."""
        async for frame in self._socket:
            refused = self._accept(frame)
            if refused is None:
                continue
            await self._send(refused)
            self._bad_frames += 1
            if self._bad_frames >= MAX_BAD_FRAMES:
                await self.end(ApiError(400, "invalid_request", "Too many frames could not be read."))
                return

    def _accept(self, frame: WSMessage) -> Json | None:
        """Put a frame in the queue; what to answer when it is refused."""
        body: Json = {}
        try:
            if frame.type is not WSMsgType.TEXT:
                raise ApiError(400, "invalid_json", "A frame must be JSON text.")
            body = parse_object(frame.data)
            self._waiting.put_nowait(turn_body(body))
        except ApiError as error:
            return _named(error, body.get("client_message_id"))
        except asyncio.QueueFull:
            return _named(too_many(1), body.get("client_message_id"))
        return None

    async def _answer(self) -> None:
        """Take the turns one after the other. Those that were begun are finished by the turn runner in any case."""
        while True:
            body = await self._waiting.get()
            async with self._sending:
                try:
                    reply = await take_turn(self._app, self._conversation_id, body)
                except Exception as error:
                    refused = as_api_error(error, self._request_id)
                    await self._send(_named(refused, body.client_message_id))
                    continue
                batch = await self._unseen(Messages(reply.messages, reply.state))
                await self._send_messages(batch, {"turn": reply.turn, "client_message_id": body.client_message_id})

    # --- out -------------------------------------------------------------------------------------------

    async def _pass_on(self, updates: AsyncIterator[Messages]) -> None:
        """Send what others caused. Waits while a turn of this socket is answered, so that nothing comes
        twice."""
        async for update in updates:
            async with self._sending:
                batch = await self._unseen(update)
                if batch.messages or batch.state != self._state:
                    await self._send_messages(batch)
        await self.end(ApiError(503, "unavailable", "The stream has ended. Please connect again."))

    async def _unseen(self, update: Messages) -> Messages:
        """What of it was not sent yet; read afresh where something between is missing or the update is
        old."""
        fresh = tuple(message for message in update.messages if message.seq > self._seen)
        if fresh and [message.seq for message in fresh] == _run_from(self._seen, fresh):
            return Messages(fresh, update.state)
        if not fresh and update.state == self._state:
            return Messages((), update.state)
        return await self._service.messages_after(self._conversation_id, self._seen)

    async def _send_messages(self, batch: Messages, extra: Json | None = None) -> None:
        frame: Json = {**(extra or {}), "messages": messages_to_json(batch.messages)}
        frame["state"] = batch.state.to_json()
        await self._send(frame)
        self._state = batch.state
        if batch.messages:
            self._seen = max(self._seen, batch.messages[-1].seq)

    async def _send(self, frame: Json) -> None:
        try:
            await asyncio.wait_for(self._socket.send_str(json.dumps(frame)), SEND_TIME)
        except TimeoutError:
            raise _Dropped from None

    # --- the end ---------------------------------------------------------------------------------------

    @staticmethod
    async def _until_one_ends(*parts: Coroutine[Any, Any, None]) -> None:
        """Run all parts until the first ends, end the others, and raise what it raised."""
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _run_from(seen: int, fresh: tuple[Message, ...]) -> list[int]:
    return list(range(seen + 1, seen + 1 + len(fresh)))


def _named(error: ApiError, client_message_id: object) -> Json:
    """The error, with the client_message_id of the frame it answers where that can be told."""
    out = error.to_json()
    if isinstance(client_message_id, str) and len(client_message_id) <= 64:
        out["client_message_id"] = client_message_id
    return out


def setup_stream(app: web.Application) -> None:
    """The route of the stream."""
    app.router.add_get(f"{API}/conversations/{{id}}/stream", stream, allow_head=False)
