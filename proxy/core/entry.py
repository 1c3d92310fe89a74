"""A connection that comes out of a workspace: a greeting first, then as every other one.

Whoever has no valid greeting is not answered at all: nobody but a supervisor has
business here, and a browser has the proxy's port.
"""

from proxy.core import events
from proxy.core.commands import Abort, Command
from proxy.core.connection import Connection
from proxy.core.events import Event, Moment
from proxy.core.patience import GREETING
from proxy.core.plans import Asker, Forward, World
from wire.names import LONGEST_GREETING, read_greeting


class EntryConnection:
    """One connection of a workspace; the face is that of `Connection`."""

    def __init__(self, world: World, seed: bytes, moment: Moment) -> None:
        self._world = world
        self._seed = seed
        self._begun = b""
        self._connection: Connection | None = None
        self._draining = False
        self._deadline = moment.monotonic + GREETING

    @property
    def forward(self) -> Forward | None:
        """What is passed on now."""
        return self._connection.forward if self._connection is not None else None

    @property
    def waits_for(self) -> str:
        """The workspace whose route the request in work waits for."""
        return self._connection.waits_for if self._connection is not None else ""

    @property
    def working(self) -> bool:
        """Whether a request is in work whose end can be waited for."""
        return self._connection is not None and self._connection.working

    @property
    def deadline(self) -> float:
        """When a `Tick` is wanted, monotonic."""
        return self._connection.deadline if self._connection is not None else self._deadline

    def handle(self, event: Event, moment: Moment) -> list[Command]:
        """Take an event; return what to do."""
        if self._connection is not None:
            return self._connection.handle(event, moment)
        match event:
            case events.Received(data=data):
                return self._greeted(data, moment)
            case events.ClientGone():
                self._deadline = float("inf")
                return []
            case events.Tick() if moment.monotonic < self._deadline:
                return []
            case events.Draining():
                self._draining = True
                return []
            case _:
                return self._refuse()

    def _greeted(self, data: bytes, moment: Moment) -> list[Command]:
        self._begun += data
        line, end, rest = self._begun.partition(b"\r\n")
        if not end:
            return self._refuse() if len(line) > LONGEST_GREETING else []
        greeting = read_greeting(line + end)
        route = self._world.table.routes.get(greeting.workspace) if greeting else None
        if greeting is None or route is None or not greeting.holds(route.key, moment.now):
            return self._refuse()
        asker = Asker(greeting.address, self._seed, greeting.workspace)
        self._connection = Connection(self._world, asker, moment)
        if self._draining:
            self._connection.handle(events.Draining(), moment)
        return self._connection.handle(events.Received(rest), moment) if rest else []

    def _refuse(self) -> list[Command]:
        self._deadline = float("inf")
        self._begun = b""
        return [Abort()]
