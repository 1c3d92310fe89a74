"""What `gp` asks of the server, for which the supervisor has the token: variables and the like.

Nothing of it stays here. What a workspace that is not trusted asks for is refused by the server.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, convert

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers
from supervisor.host.asking import Asking, NotGiven
from supervisor.subjects.subject import Subject
from wire.snapshots import (
    SNAPSHOT_PATH,
    SNAPSHOT_STATE_PATH,
    SnapshotAsked,
    SnapshotSaid,
    SnapshotWhich,
)
from wire.variables import (
    PORT_PATH,
    SET_VARIABLES_PATH,
    UNSET_VARIABLES_PATH,
    VARIABLES_PATH,
    PortSaid,
    VariablesGiven,
    VariablesSet,
    VariablesUnset,
)

_MOST = 512 * 1024
"""Bytes of a body: fifty of the longest values."""


class PortWished(Struct, frozen=True, forbid_unknown_fields=True):
    """What `gp ports visibility` and `gp ports protocol` say."""

    visibility: Annotated[str, Meta(max_length=10)] | None = None
    protocol: Annotated[str, Meta(max_length=10)] | None = None


class ErrandsSubject(Subject):
    """`asking` is the way to the server."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve `gp`, and nobody outside."""
        inside = Who.INSIDE
        return [
            answers("GET", "/v1/variables", inside, self.variables),
            answers("PUT", "/v1/variables", inside, self.set_variables, most=_MOST),
            answers("POST", "/v1/variables/unset", inside, self.unset_variables),
            answers("PUT", "/v1/ports/{port}", inside, self.say_port),
            answers("POST", "/v1/snapshots", inside, self.take_snapshot),
            answers("GET", "/v1/snapshots/{snapshot}", inside, self.snapshot),
        ]

    async def variables(self, _call: Call) -> dict[str, Any]:
        """Return what counts in this repository."""
        content = await self._ask(VARIABLES_PATH, None)
        return {"variables": msgspec.json.decode(content, type=VariablesGiven).variables}

    async def set_variables(self, call: Call) -> None:
        """Keep variables for this repository."""
        await self._ask(SET_VARIABLES_PATH, call.document(VariablesSet))

    async def unset_variables(self, call: Call) -> None:
        """Forget variables of this repository."""
        await self._ask(UNSET_VARIABLES_PATH, call.document(VariablesUnset))

    async def say_port(self, call: Call) -> None:
        """Say who may open a port, or what it speaks."""
        wished, port = call.document(PortWished), call.values["port"]
        said = {"port": int(port) if port.isdecimal() and len(port) < 6 else 0}
        said |= msgspec.structs.asdict(wished)
        try:
            document = convert(said, PortSaid)
        except msgspec.ValidationError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "port_invalid", str(error)) from error
        await self._ask(PORT_PATH, document)

    async def take_snapshot(self, call: Call) -> dict[str, Any]:
        """Have the workspace's files kept as they are now."""
        content = await self._ask(SNAPSHOT_PATH, call.document(SnapshotAsked))
        return msgspec.structs.asdict(msgspec.json.decode(content, type=SnapshotSaid))

    async def snapshot(self, call: Call) -> dict[str, Any]:
        """Tell how far a snapshot is."""
        which = SnapshotWhich(id=call.values["snapshot"])
        content = await self._ask(SNAPSHOT_STATE_PATH, which)
        return msgspec.structs.asdict(msgspec.json.decode(content, type=SnapshotSaid))

    async def _ask(self, path: str, document: Struct | None) -> bytes:
        try:
            return await self._asking.ask(path, document)
        except NotGiven as error:
            raise _refusal(error) from error


def _refusal(error: NotGiven) -> Refused:
    match error.status:
        case 403:
            why = "This repository is not trusted, so programs in it cannot do this."
            return Refused(HTTPStatus.FORBIDDEN, "not_trusted", why)
        case 0:
            why = "Podium's server does not answer now; try again."
            return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "no_answer", why)
        case _:
            why = error.detail or "Podium's server refuses this."
            return Refused(HTTPStatus.BAD_REQUEST, "refused", why)
