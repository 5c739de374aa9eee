"""The body of a request, read as long as it is worth it; whoever sends more is answered and hung up on."""

import asyncio
import contextlib
from http import HTTPStatus

from aiohttp import web

from recovery.errors import WinbackError

CHUNK = 65_536
BODY_SECONDS = 30.0  # survey tools send a few kilobytes; who needs longer holds a connection for nothing
# So much more is taken from a client that has its answer already: one that reads only after it has written
# would lose the answer if we hung up at once. aiohttp itself would go on reading for ten seconds.
LINGER_BYTES = 1_000_000
LINGER_SECONDS = 1.0


class NoBody(WinbackError):
    """The body is not to be had; the endpoint answers `status` with the sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def read(request: web.Request, most: int) -> bytes:
    """The raw body, decompressed where it came so. Raises NoBody: 413 over `most` bytes, 408, 400."""
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise NoBody(HTTPStatus.REQUEST_TIMEOUT, f"The body did not come in {BODY_SECONDS:.0f} seconds.") from None
    except (web.RequestPayloadError, ConnectionError):
        raise NoBody(
            HTTPStatus.BAD_REQUEST, "The body can't be read: its chunks or its compression are broken."
        ) from None
    return bytes(body)


async def turned_away(request: web.Request, response: web.Response) -> web.Response:
    """The answer to a request whose body nobody reads to its end. A long one ends the connection."""
    if request.content.at_eof():
        return response
    if request.content_length is None or request.content_length > LINGER_BYTES:
        response.force_close()
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write_eof()
    if not await _drained(request):
        request.protocol.force_close()
    return response


async def _drained(request: web.Request) -> bool:
    left = LINGER_BYTES
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0 and not request.content.at_eof():
                left -= len(await request.content.readany())
    except (TimeoutError, web.RequestPayloadError, ConnectionError):
        return False
    return request.content.at_eof()


def _too_large(most: int) -> NoBody:
    return NoBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"More than {most} bytes.")
