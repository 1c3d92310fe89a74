"""Exchanging a handover's code for a grant, over the server's internal listener."""

from typing import TypeVar

import aiohttp
import msgspec

from wire.problems import Problem

PATH = "/internal/grants/redeem"
SHARE_PATH = "/internal/shares/open"
TIMEOUT = 10.0
"""Seconds."""


class RedeemError(Exception):
    """No grant was given; the text is for the person. `away`: the server did not answer."""

    def __init__(self, cause: str, *, away: bool = False, problem: Problem | None = None) -> None:
        super().__init__(cause)
        self.away = away
        self.problem = problem


class Grant(msgspec.Struct, frozen=True):
    """What the server gives for a code: the signed grant, and where the person wanted to go."""

    grant: str
    path: str
    ports: str = ""
    """One for the workspace's ports, with the IDE's."""


class Opened(msgspec.Struct, frozen=True):
    """What the server gives for a share link: the signed grant, and until when."""

    grant: str
    expires: int


Given = TypeVar("Given", Grant, Opened)


class Redeemer:
    """Talks to the internal listener; keeps its connections."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._session: aiohttp.ClientSession | None = None

    async def redeem(self, code: str, nonce: str, host: str) -> Grant:
        """Return the grant; raises RedeemError."""
        return await self._ask(PATH, {"code": code, "nonce": nonce, "host": host}, Grant)

    async def open_share(self, token: str, workspace: str, port: int, password: str) -> Opened:
        """Return the grant of a guest; raises RedeemError."""
        asked: dict[str, str | int] = {"workspace": workspace, "port": port}
        asked |= {"token": token, "password": password}
        return await self._ask(SHARE_PATH, asked, Opened)

    async def _ask(self, path: str, body: dict[str, str | int], kind: type[Given]) -> Given:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(self._path),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            )
        try:
            async with self._session.post(f"http://server{path}", json=body) as answer:
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RedeemError("The server is starting, or has stopped.", away=True) from error
        if status >= 500:
            raise RedeemError(f"The server failed with status {status}.", away=True)
        try:
            if status == 200:
                return msgspec.json.decode(content, type=kind)
            problem = msgspec.json.decode(content, type=Problem)
        except msgspec.DecodeError as error:
            raise RedeemError("The server refused this sign-in.") from error
        cause = f"{problem.detail or problem.title}.".replace("..", ".")
        raise RedeemError(cause, problem=problem)

    async def close(self) -> None:
        """Close the connections to the server."""
        if self._session is not None:
            await self._session.close()
