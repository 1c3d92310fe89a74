"""What a worker tells operators of itself: readiness, samples, its table without any secret."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kit.breaker import State
from kit.metrics import Sample
from proxy.core.table import Table
from proxy.core.tally import Tally
from proxy.net.feed import Feed
from proxy.net.gateway import Gateway
from proxy.net.probing import Probing
from wire.routes import AddressTarget, NodeTarget, Route

_LEVEL = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class Inside:
    """Reads the parts of one worker; `listening` is set when it accepts."""

    def __init__(self, gateway: Gateway, feed: Feed, probing: Probing, tally: Tally) -> None:
        self._gateway = gateway
        self._feed = feed
        self._probing = probing
        self._tally = tally
        self.listening = False

    @property
    def _table(self) -> Table:
        return self._gateway.world.table

    # --- readiness ---

    def readiness(self) -> dict[str, Any]:
        """Return whether requests should come here, and the cause of each check."""
        checks = {
            "table": self._table_check(),
            "listeners": (self.listening, "accepting" if self.listening else "not accepting yet"),
            "draining": (
                not self._gateway.draining,
                "ending: what is in work is finished" if self._gateway.draining else "no",
            ),
        }
        return {
            "ready": all(ok for ok, _cause in checks.values()),
            "checks": {name: {"ok": ok, "cause": cause} for name, (ok, cause) in checks.items()},
        }

    def _table_check(self) -> tuple[bool, str]:
        age = time.monotonic() - self._table.heard
        if age == float("inf"):
            return False, "the route feed has never been heard, and there is no table on disk"
        heard = f"{len(self._table.routes)} routes, heard {age:.0f} s ago"
        if self._feed.connected:
            return True, heard
        public = "" if self._table.fresh(time.monotonic()) else "; no port is public any more"
        return True, f"{heard}; the server is away{public}"

    # --- state ---

    def state(self) -> dict[str, Any]:
        """Return breakers, connections and the feed as they are now."""
        now, table = time.monotonic(), self._table
        age = now - table.heard
        return {
            "worker": os.getpid(),
            "services": {
                service.value: {
                    "state": breaker.state.value,
                    "seconds": None
                    if breaker.since == float("-inf")
                    else round(now - breaker.since),
                    "opened": breaker.opened,
                }
                for service, breaker in self._probing.breakers.items()
            },
            "kept": self._gateway.pool.counts(),
            "connections": dict(self._gateway.open),
            "upgrades": {name: count for name, count in self._gateway.upgrades.items() if count},
            "feed": {
                "connected": self._feed.connected,
                "age": None if age == float("inf") else round(age, 1),
                "place": table.since,
                "routes": len(table.routes),
                "keys": len(table.keys),
                "ended_sessions": len(table.ended),
            },
        }

    def rows(self, workspace: str) -> Iterator[dict[str, Any]]:
        """Yield routes of workspaces whose id begins so; keys stay here."""
        # a copy of references, so that a change meanwhile disturbs nobody
        for route in list(self._table.routes.values()):
            if route.workspace.startswith(workspace):
                yield _row(route)

    # --- samples ---

    def samples(self) -> list[Sample]:
        """Return everything that is measured."""
        gateway, feed, table = self._gateway, self._feed, self._table
        age = time.monotonic() - table.heard
        found = [
            *self._tally.samples(),
            *(Sample("connections", (name,), count) for name, count in gateway.open.items()),
            *(Sample("upgrades", (name,), count) for name, count in gateway.upgrades.items()),
            *(Sample("kept", (name,), count) for name, count in gateway.pool.counts().items()),
            Sample("gave_way", (), gateway.gave_way),
            Sample("visitors", (), gateway.world.visitors.present),
            Sample("waiting", (), gateway.waiting),
            Sample("routes", (), len(table.routes)),
            Sample("feed_connected", (), int(feed.connected)),
            Sample("feed_age_seconds", (), -1 if age == float("inf") else age),
            Sample("feed_seq", (), table.seq),
            Sample("feed_changes", (), gateway.changes),
            Sample("draining", (), int(gateway.draining)),
            Sample("workers", (), 1),
            Sample("cpu_seconds", (), time.process_time()),
            Sample("resident_bytes", (), _resident()),
            Sample("descriptors", (), len(os.listdir("/proc/self/fd"))),  # noqa: PTH208 - counted
        ]
        for service, breaker in self._probing.breakers.items():
            found.append(Sample("breaker", (service.value,), _LEVEL[breaker.state]))
            found.append(Sample("breaker_opened", (service.value,), breaker.opened))
        return found


def _row(route: Route) -> dict[str, Any]:
    """Return what may be shown of a route: fields are named one by one, so none slips in."""
    target = route.target
    where = None
    if isinstance(target, NodeTarget):
        where = f"instance {target.instance}"
    elif isinstance(target, AddressTarget):
        where = f"address {target.host}"
    return {
        "workspace": route.workspace,
        "instance": route.instance,
        "phase": route.phase.value,
        "version": route.version,
        "target": where,
        "owner": route.owner,
        "ports": {
            str(port): {"visibility": one.visibility, "protocol": one.protocol}
            for port, one in sorted(route.ports.items())
        },
        "shares": len(route.shares),
        "auth_epoch": route.auth_epoch,
    }


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
