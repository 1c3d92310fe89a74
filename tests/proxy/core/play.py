"""Conversations with a core connection: what comes in, what must go out."""

from proxy.core import commands, events
from proxy.core.connection import Connection
from proxy.core.plans import Asker, World
from tests.proxy.world import MOMENT, SEED, make_world

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Play:
    """One client's connection; commands come back as words, bytes are gathered."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or make_world()
        self.moment = MOMENT
        self.core = Connection(self.world, Asker("192.0.2.7", SEED), MOMENT)
        self.to_client = b""
        self.to_upstream = b""
        self.opened: list[commands.Open] = []
        self.records: list[dict] = []
        self.redeem: commands.Redeem | None = None
        self.share: commands.OpenShare | None = None
        self.relay: commands.Relay | None = None

    def tell(self, *happened: events.Event) -> list[str]:
        """Tell events; return what the core wants done, in words, logs left out."""
        words = []
        for event in happened:
            for command in self.core.handle(event, self.moment):
                words += self._note(command)
        return words

    def _note(self, command: commands.Command) -> list[str]:
        match command:
            case commands.Send(parts=parts):
                self.to_client += b"".join(parts)
            case commands.Tell(parts=parts):
                self.to_upstream += b"".join(parts)
            case commands.Open():
                self.opened.append(command)
            case commands.Redeem():
                self.redeem = command
            case commands.OpenShare():
                self.share = command
            case commands.Relay():
                self.relay = command
            case commands.Log(record=record):
                self.records.append(record)
                return []
            case commands.HoldClient(on=on) | commands.HoldUpstream(on=on):
                return [f"{type(command).__name__} {'on' if on else 'off'}"]
        return [type(command).__name__]

    def ask(self, data: bytes) -> list[str]:
        return self.tell(events.Received(data))

    def answer(self, data: bytes) -> list[str]:
        return self.tell(events.Answered(data))

    def through(self, data: bytes) -> list[str]:
        """Send a request and open its upstream on a fresh connection."""
        return self.tell(events.Received(data), events.Opened(kept=False))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, and tick when the deadline has come."""
        self.moment = events.Moment(self.moment.now + seconds, self.moment.monotonic + seconds)
        return self.tell(events.Tick()) if self.core.deadline <= self.moment.monotonic else []

    @property
    def status(self) -> int:
        """Status of the last response that begins in what the client was sent."""
        return int(self.to_client.rpartition(b"HTTP/1.1 ")[2][:3])

    def sent(self, name: str) -> list[str]:
        """Values of a header of the last response."""
        return _values(self.to_client.rpartition(b"HTTP/1.1 ")[2], name)

    def told(self, name: str) -> list[str]:
        """Values of a header of the last request."""
        return _values(self.to_upstream.rpartition(b" HTTP/1.1\r\n")[2], name)


def _values(message: bytes, name: str) -> list[str]:
    lines = message.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in lines]
    return [value for key, _, value in pairs if key.lower() == name.lower()]
