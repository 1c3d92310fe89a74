"""Who does not answer, and since when: silence proves nothing, but people are told of it."""

from collections.abc import Callable, Iterable

from kit.clock import Clock

NODE_AFTER = 3.0
"""Seconds of a node's silence before people are told: a daemon's restart is no news."""
SUPERVISOR_AFTER = 60.0
"""Seconds of a supervisor's silence; after a restart of the server they come back within two."""
_UNREACHABLE = "The workspace daemon of this node does not answer; running workspaces go on."


class Silence:
    """Measures on the monotonic clock; `connected` tells whether a supervisor is linked."""

    def __init__(self, clock: Clock, connected: Callable[[str], bool]) -> None:
        self._clock = clock
        self._connected = connected
        self._node_since: float | None = None
        self._since: dict[str, float] = {}

    def of_node(self, *, reachable: bool) -> str | None:
        """Return what people are told of an unreachable node, None while there is nothing."""
        now = self._clock.monotonic()
        if reachable:
            self._node_since = None
            return None
        if self._node_since is None:
            self._node_since = now
        return _UNREACHABLE if now - self._node_since >= NODE_AFTER else None

    def of_supervisors(self, instances: Iterable[str]) -> dict[str, bool]:
        """Return those of the instances that are not connected, and whether it is news by now."""
        now = self._clock.monotonic()
        away = [one for one in instances if not self._connected(one)]
        self._since = {one: self._since.get(one, now) for one in away}
        return {one: now - since >= SUPERVISOR_AFTER for one, since in self._since.items()}
