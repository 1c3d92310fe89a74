"""Asking a proxy's admin sockets."""

from pathlib import PurePath

import aiohttp


async def asked(path: PurePath, target: str, **options) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session,
        session.get(f"http://proxy{target}", **options) as answer,
    ):
        return answer.status, await answer.text()
