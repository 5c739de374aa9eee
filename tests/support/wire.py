"""A survey tool, or an attacker, that writes its bytes by hand: half requests, endless ones, broken ones."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.support.story import Story

PIECE = bytes(65_536)


class Wire:
    """One connection to the bot's port; `sent` counts the bytes of the body that it took from us."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sent = 0
        self._reader = reader
        self._writer = writer

    async def head(self, path: str, headers: Mapping[str, str | bytes]) -> None:
        """The request line and the headers of a POST."""
        lines = [b"POST " + path.encode() + b" HTTP/1.1", b"Host: here"]
        for name, value in headers.items():
            lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
        await self.write(b"\r\n".join(lines) + b"\r\n\r\n")

    async def write(self, raw: bytes) -> None:
        self._writer.write(raw)
        await self._writer.drain()

    async def pour(self, most: int, *, chunked: bool) -> None:
        """Pieces of 64 KiB until `most` bytes are gone or the other side has had enough."""
        try:
            while self.sent < most:
                await self.write(b"10000\r\n" + PIECE + b"\r\n" if chunked else PIECE)
                self.sent += len(PIECE)
            if chunked:
                await self.write(b"0\r\n\r\n")
        except ConnectionError:
            return

    async def status(self) -> int:
        """The status of the answer; 0 if the connection ended without one."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            return 0
        return int(line.split()[1]) if line else 0

    async def ended(self) -> None:
        """Returns when the other side has closed."""
        try:
            while await self._reader.read(65_536):
                pass
        except ConnectionError:
            return

    def reset(self) -> None:
        """Hangs up in the middle of whatever it was."""
        self._writer.transport.abort()


@asynccontextmanager
async def wire(it: Story) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", it.bot.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
