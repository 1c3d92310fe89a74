"""What listens in a workspace, and what its file wishes of ports."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from supervisor.api.endpoint import Endpoint, Who
from supervisor.api.news import News, told
from supervisor.core.portlist import Port, document, listed
from supervisor.host.journal import note
from supervisor.host.link import Link
from supervisor.host.listeners import Listeners
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import PortReport
from wire.names import OWN_PORTS
from wire.ports import PortWish


class PortsSubject(Subject):
    """Watches once the server listens, which has more to do with the start before.

    `wishes` gives those of the file as it is now.
    """

    def __init__(
        self, context: Context, link: Link, wishes: Callable[[], Sequence[PortWish]]
    ) -> None:
        self._context = context
        self._link = link
        self._wishes = wishes
        self._news = News()
        context.when_changed(self._news.tell)
        self.served: list[PortReport] = []

    def observed(self) -> Mapping[str, Any]:
        """Tell the ports that are served."""
        return {"ports": self.served}

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the list, once or as it changes."""
        return told("/v1/ports", Who.PERSON, self._news, self.told)

    def listed(self) -> list[Port]:
        """Return what people see, in order."""
        desired = self._context.desired
        public = desired.public_ports if desired is not None else []
        wishes = self._wishes() if desired is not None and desired.trusted else []
        return listed(wishes, self.served, dict.fromkeys(public, True))

    @property
    def base(self) -> str:
        """The workspace's address; empty before the server has spoken."""
        desired = self._context.desired
        return desired.environment.get("GITPOD_WORKSPACE_URL", "") if desired is not None else ""

    def told(self) -> dict[str, Any]:
        """Return what `gp ports list` and VS Code's extension show."""
        ports = self.listed()
        return {
            "ports": [document(one, self.base) for one in ports],
            "public": [one.port for one in ports if one.public],
        }

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
