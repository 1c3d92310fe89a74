"""What listens in a workspace."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from supervisor.api.endpoint import Call, Endpoint, Who, answers
from supervisor.host.journal import note
from supervisor.host.link import Link
from supervisor.host.listeners import Listeners
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import PortReport
from wire.names import OWN_PORTS


class PortsSubject(Subject):
    """Watches once the server listens, which has more to do with the start before."""

    def __init__(self, context: Context, link: Link) -> None:
        self._context = context
        self._link = link
        self.served: list[PortReport] = []

    def observed(self) -> Mapping[str, Any]:
        """Tell the ports that are served."""
        return {"ports": self.served}

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the list."""
        return [answers("GET", "/v1/ports", Who.PERSON, self.told)]

    def told(self, _call: Call) -> dict[str, Any]:
        """Return what `gp ports list` shows."""
        desired = self._context.desired
        public = desired.public_ports if desired is not None else []
        return {"ports": to_builtins(self.served), "public": public}

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Watch the listeners."""
        return {"ports": self._watch()}

    async def _watch(self) -> None:
        await self._link.connected.wait()
        note("connected", after=round(self._context.age, 3))
        await Listeners(OWN_PORTS | self._context.settings.own_ports).watch(self._listening)

    def _listening(self, ports: list[PortReport]) -> None:
        self.served = ports
        self._context.changed()
