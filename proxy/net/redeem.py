"""Exchanging a handover's code for a grant, over the server's internal listener."""

import aiohttp
import msgspec

from wire.problems import Problem

PATH = "/internal/grants/redeem"
TIMEOUT = 10.0
"""Seconds."""


class RedeemError(Exception):
    """No grant was given; the text is for the person. `away`: the server did not answer."""

    def __init__(self, cause: str, *, away: bool = False) -> None:
        super().__init__(cause)
        self.away = away


class Grant(msgspec.Struct, frozen=True):
    """What the server gives for a code: the signed grant, and where the person wanted to go."""

    grant: str
    path: str


class Redeemer:
    """Talks to the internal listener; keeps its connections."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._session: aiohttp.ClientSession | None = None

    async def redeem(self, code: str, nonce: str, host: str) -> Grant:
        """Return the grant; raises RedeemError."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(self._path),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            )
        body = {"code": code, "nonce": nonce, "host": host}
        try:
            async with self._session.post(f"http://server{PATH}", json=body) as answer:
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RedeemError("The server is starting, or has stopped.", away=True) from error
        if status >= 500:
            raise RedeemError(f"The server failed with status {status}.", away=True)
        try:
            if status == 200:
                return msgspec.json.decode(content, type=Grant)
            problem = msgspec.json.decode(content, type=Problem)
        except msgspec.DecodeError as error:
            raise RedeemError("The server refused this sign-in.") from error
        raise RedeemError(f"{problem.detail or problem.title}.".replace("..", "."))

    async def close(self) -> None:
        """Close the connections to the server."""
        if self._session is not None:
            await self._session.close()
