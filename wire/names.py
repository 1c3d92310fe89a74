r"""The platform's own names inside a workspace.

There `podium.localhost` and `3000-<workspace>.ws.localhost` have to lead to the proxy,
although no resolver knows them and the host is closed. The daemon writes `Names` for
the supervisor, which answers for them and brings connections to the proxy's socket
(`ENTRY_SOCKET`). Each of these begins with a greeting, by which the proxy knows whose
they are; only the supervisor has the key:

    podium <workspace> <address> v1 <seconds> <user> <role> <hex HMAC-SHA256>\r\n
"""

import re
from dataclasses import dataclass

from msgspec import Struct

from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import LOOPBACK, Hosts
from wire.ids import is_workspace_id
from wire.proof import Bearer, check, prove
from wire.slots import is_workspace_address
from wire.ssh import SSH_PORT

NAMES_FILE = "/run/podium/names"
"""Inside the workspace: `Names` as JSON; not there when the names are left to the resolvers."""
ENTRY_SOCKET = "/run/podium/server/entry.sock"
"""Inside the workspace: where the proxy takes connections of workspaces."""
LOOKUP_PORT = 22998
"""Where the supervisor answers lookups that were sent to the gateway's port 53."""
ENTRY_PORT = 22997
"""Where the supervisor takes connections that were meant for the platform."""
OWN_PORTS = frozenset({IDE_PORT, SUPERVISOR_PORT, LOOKUP_PORT, ENTRY_PORT, SSH_PORT})
"""Ports inside a workspace that are the platform's, and have no address of their own."""
OWN_MARK = 0x706F
"""Mark of the platform's own sockets in a workspace, which are not redirected."""

LONGEST_GREETING = 512
_GREETING = re.compile(rb"podium (\S{1,64}) ([0-9.]{7,15}) (v1 [\x21-\x7e]+ [\x21-\x7e ]+)\r\n")
_METHOD = "ENTRY"
_ROLE = "workspace"


class Names(Struct, frozen=True, kw_only=True):
    """What leads to the proxy, and who answers for everything else."""

    gateway: str
    """IPv4 address that the names resolve to."""
    address: str
    """The workspace's own."""
    port: int
    """The platform's TCP port, as in its URLs."""
    hosts: list[str]
    """Single names."""
    domain: str
    """Every name below it."""
    resolvers: list[str]
    """IPv4 addresses of real resolvers, the first one first."""

    def covers(self, name: str) -> bool:
        """Tell whether a name (any case, with or without a dot behind it) is the platform's."""
        plain = name.lower().removesuffix(".")
        return plain in self.hosts or plain.endswith(f".{self.domain}")


def names_of(hosts: Hosts, gateway: str, address: str, resolvers: list[str]) -> Names | None:
    """Return the names of an installation, None when they are left to the resolvers.

    Behind TLS somebody else than the proxy answers, at an address that resolvers know.
    """
    if hosts.scheme != "http":
        return None
    single = [hosts.name, f"ide.{hosts.content}", f"reg.{hosts.content}"]
    return Names(
        gateway=gateway,
        address=address,
        port=hosts.port,
        hosts=[one for one in single if one not in LOOPBACK],
        domain=hosts.workspace_domain,
        resolvers=resolvers,
    )


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who says that a connection is theirs; nothing is proven yet."""

    workspace: str
    address: str
    proof: str

    def holds(self, key: str, now: float) -> bool:
        """Tell whether it was made with the instance's key, lately."""
        return bool(key) and check(key, _METHOD, self._target, self.proof, now) is not None

    @property
    def _target(self) -> str:
        return f"{self.workspace} {self.address}"


def greet(workspace: str, address: str, key: str, now: float) -> bytes:
    """Return the greeting of a workspace's supervisor; `key` is base64 as in `Desired`."""
    proof = prove(key, _METHOD, f"{workspace} {address}", Bearer("-", _ROLE), now)
    return f"podium {workspace} {address} {proof}\r\n".encode()


def read_greeting(line: bytes) -> Greeting | None:
    """Return what a first line says, None when it is no greeting."""
    match = _GREETING.fullmatch(line)
    if match is None:
        return None
    workspace, address, proof = (one.decode() for one in match.groups())
    # applications and limits go by addresses: nobody in a workspace has one of anybody else's
    known = is_workspace_id(workspace) and is_workspace_address(address)
    return Greeting(workspace, address, proof) if known else None
