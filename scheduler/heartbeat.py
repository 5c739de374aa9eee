"""Tells a monitor elsewhere that all is well. When it stops hearing from us, it calls somebody."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

log = logging.getLogger(__name__)

SECONDS = 10.0

AllIsWell = Callable[[], Awaitable[bool]]


class Heartbeat:
    """GETs `url` with each beat while `all_is_well` says so. The address is a secret of its own and not logged."""

    def __init__(self, url: str, all_is_well: AllIsWell) -> None:
        self._url = url
        self._all_is_well = all_is_well
        self._host = urlsplit(url).hostname

    async def beat(self) -> None:
        """One beat; whatever goes wrong is logged and changes nothing for anybody else."""
        try:
            if self._url and await self._all_is_well():
                await self._call()
        except Exception as error:  # noqa: BLE001 - a monitor that is down must not look like a bot that is down
            # Only its kind: aiohttp's words hold the address.
            log.warning("the heartbeat did not reach %s (%s)", self._host, type(error).__name__)

    async def _call(self) -> None:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._url) as answer:
            if answer.status >= HTTPStatus.BAD_REQUEST:
                log.warning("the heartbeat was answered %s by %s", answer.status, self._host)
