"""The routing table: what the route feed has told, and how long ago."""

from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.routes import Del, EndSession, FeedMessage, Hello, Part, Put, Route, Snapshot

STALE_AFTER = 15 * 60.0
"""Seconds without a feed after which no port is public any more."""

RELEASED_AT_ONCE = 2000

EVERYTHING = ""
"""Among touched workspaces: every one of them (a session ended, or the table is new)."""


class Table:
    """Routes, keys and ended sessions of one installation."""

    def __init__(self) -> None:
        self.epoch = ""
        self.seq = 0
        self.keys: list[Ed25519PublicKey] = []
        self.raw_keys: list[str] = []
        self.routes: dict[str, Route] = {}
        self.ended: dict[str, int] = {}
        self.heard = float("-inf")
        """When the feed last gave a sign of life, monotonic."""
        self._gone: dict[str, int] = {}
        self._coming: dict[str, Route] = {}
        """Routes of a snapshot that is not whole yet; until then the old table counts."""
        self._begun: Snapshot | None = None
        self._old: dict[str, Route] = {}
        """Routes of the table before; to let go of all of them at once would take 10 ms."""

    @property
    def since(self) -> str:
        """What to ask the feed for: changes after this."""
        return f"{self.epoch}:{self.seq}"

    def fresh(self, monotonic: float) -> bool:
        """Tell whether the feed has been heard lately."""
        return monotonic - self.heard < STALE_AFTER

    def set_keys(self, keys: list[str]) -> None:
        """Take over the keys that sign grants; raises ValueError for what is no key."""
        self.keys = [Ed25519PublicKey.from_public_bytes(b64decode(one)) for one in keys]
        self.raw_keys = list(keys)

    def forget_place(self) -> None:
        """Ask for the whole table next time; what is known stays until it comes."""
        self.epoch, self.seq = "", 0

    def apply(self, message: FeedMessage, monotonic: float) -> set[str] | None:
        """Take a message in; return the workspaces whose open connections must be looked at.

        None says that a message was missed: ask for the whole table.
        """
        match message:
            case Hello():
                self.set_keys(message.keys)
                self.heard = monotonic
                self._begun = None
                return set()
            case Snapshot():
                self._begun, self._coming = message, {}
                return self._gather(message, monotonic)
            case Part():
                begun = self._begun
                if begun is None or (begun.epoch, begun.seq) != (message.epoch, message.seq):
                    return None
                return self._gather(message, monotonic)
            case _:
                return None if self._begun is not None else self._change(message, monotonic)

    def _gather(self, message: Snapshot | Part, monotonic: float) -> set[str]:
        """Take routes of a snapshot in; with the last of them the table is another one."""
        begun = self._begun
        assert begun is not None
        for route in message.routes:
            held = self.routes.get(route.workspace)
            # What has not changed stays: two tables at once would take twice the memory.
            self._coming[route.workspace] = held if held is not None and held == route else route
        if message.more:
            return set()
        self.epoch, self.seq, self.heard = begun.epoch, begun.seq, monotonic
        self._old, self.routes = self.routes, self._coming
        self._coming, self._begun = {}, None
        self.ended = dict(begun.sessions)
        self._gone.clear()
        return {EVERYTHING}

    def _change(self, message: Put | Del | EndSession, monotonic: float) -> set[str] | None:
        if message.epoch != self.epoch or message.seq > self.seq + 1:
            return None
        self.heard = monotonic
        if message.seq <= self.seq:
            return set()
        self.seq = message.seq
        match message:
            case Put(route=route):
                held = self.routes.get(route.workspace)
                newest = self._gone.get(route.workspace, -1) if held is None else held.version
                if newest > route.version:
                    return set()
                self.routes[route.workspace] = route
                return {route.workspace}
            case Del(workspace=workspace, version=version):
                held = self.routes.get(workspace)
                if held is not None and held.version > version:
                    return set()
                self._gone[workspace] = version
                return {workspace} if self.routes.pop(workspace, None) is not None else set()
            case EndSession(session=session, at=at):
                self.ended[session] = at
                return {EVERYTHING}

    def release(self) -> bool:
        """Let go of some routes of the table before; tell whether there are more."""
        for _ in range(min(RELEASED_AT_ONCE, len(self._old))):
            self._old.popitem()
        return bool(self._old)

    def snapshot(self) -> Snapshot:
        """Return the whole table as a message, to be kept on disk."""
        return Snapshot(
            epoch=self.epoch,
            seq=self.seq,
            routes=list(self.routes.values()),
            sessions=dict(self.ended),
        )
