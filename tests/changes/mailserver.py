"""A small SMTP server in this process, which can be told to fail at any point."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage


class FakeMailServer:
    """`fail` is "", "refuse" (says no to the recipient), "hang up" (takes the mail and says nothing)."""

    def __init__(self) -> None:
        self.fail = ""
        self.received: list[EmailMessage] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on a free port; the address."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 fake")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                say("250 fake")
            elif verb == "RCPT" and self.fail == "refuse":
                say("550 nobody of that name")
            elif verb == "DATA":
                say("354 go on")
                text = await reader.readuntil(b"\r\n.\r\n")
                self.received.append(message_from_bytes(text[:-5], policy=policy.default))
                if self.fail == "hang up":
                    break
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say("250 fine")
            await writer.drain()
        writer.close()
