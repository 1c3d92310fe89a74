"""Getting in: what a registry's 401 asks for, and the token that an authorization server gives.

Bearer (distribution spec, token.md; with an identity token by OAuth 2's refresh) and Basic. A
password goes to the registry that it is for and to the server which that registry names.
"""

import asyncio
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from kit.oci.asking import Asking, read
from kit.oci.core.answers import LARGEST, failure, read_token
from kit.oci.core.challenges import Challenge, parse
from kit.oci.core.failures import Failure, Unauthorized
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials

_CLIENT = "podium"
_MOST = 1000
"""Answers that are remembered."""


@dataclass(frozen=True, slots=True)
class Door:
    """What is asked for: one host, one scope, by one person."""

    host: str
    scope: str
    """`repository:<name>:pull`."""
    credentials: Credentials = field(repr=False)


class Doors:
    """Authorization fields by door, as long as they are good."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[Door, tuple[str, float]] = {}

    def known(self, door: Door) -> str:
        """Return the value of an Authorization field; empty while the door has asked for none."""
        value, until = self._known.get(door, ("", 0.0))
        return value if until > asyncio.get_running_loop().time() else ""

    async def open(self, door: Door, origin: URL, response: aiohttp.ClientResponse) -> str:
        """Answer a 401; returns the field's value, raises Unauthorized, Refused or Unavailable."""
        said = response.headers.getall("WWW-Authenticate", [])
        found = {one.scheme: one for text in said for one in parse(text)}
        life = float("inf")
        if "bearer" in found:
            value, life = await self._bearer(door, origin, found["bearer"])
        elif "basic" in found and door.credentials.basic:
            value = door.credentials.basic
        else:
            body = await read(response, LARGEST, self._asking.patience)
            raise failure(401, body, door.host)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[door] = value, asyncio.get_running_loop().time() + life
        return value

    def forget(self, door: Door) -> None:
        """Drop what a registry no longer takes."""
        self._known.pop(door, None)

    async def _bearer(self, door: Door, origin: URL, challenge: Challenge) -> tuple[str, float]:
        said = challenge.parameters
        try:
            realm = URL(said.get("realm", ""))
        except ValueError as error:
            raise Refused(f"{door.host} names no door that can be asked for a token") from error
        if not realm.host:
            raise Refused(f"{door.host} names no door that can be asked for a token")
        if realm.scheme not in {origin.scheme, "https"}:
            raise Refused(f"{door.host} would have its password sent without encryption")
        query = {"service": said["service"]} if said.get("service") else {}
        query["scope"] = door.scope
        if door.credentials.refresh:
            form = {"grant_type": "refresh_token", "client_id": _CLIENT, **query}
            form["refresh_token"] = door.credentials.refresh
            asked = self._asking.ask("POST", realm, {}, aiohttp.FormData(form), led_by=origin)
        else:
            basic = door.credentials.basic
            headers = {"Authorization": basic} if basic else {}
            asked = self._asking.ask("GET", realm.update_query(query), headers, led_by=origin)
        async with asked as response:
            body = await read(response, LARGEST, self._asking.patience)
            if response.status != 200:
                raise _refused(response.status, body, door)
            token = read_token(body)
        return f"Bearer {token.value}", token.life


def _refused(status: int, body: bytes, door: Door) -> Failure:
    found = failure(status, body, door.host)
    # 400 and 404 are what some say to a wrong password
    return found if status >= 429 else Unauthorized(f"{door.host} gives no token: {found}")
