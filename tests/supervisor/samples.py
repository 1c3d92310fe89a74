"""A wish of the server, for tests of the supervisor."""

import struct
from typing import Any

import msgspec

from wire.agent import Desired
from wire.names import Names

WORKSPACE = "amber-otter-4k2hw9xz1q"
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
WISH = Desired(
    version=1,
    instance=f"{WORKSPACE}.2",
    workspace=WORKSPACE,
    key=KEY,
    owner="u_1",
    trusted=True,
    repository="/workspace/demo",
    context_url="https://example.org/ada/demo",
    git_name="Ada",
    git_email="ada@example.org",
    environment={"GITPOD_WORKSPACE_URL": f"http://{WORKSPACE}.ws.localhost:8080"},
)


def wish(**changes: Any) -> Desired:
    return msgspec.structs.replace(WISH, **changes)


NAMES = Names(
    gateway="198.18.0.1",
    address="198.18.0.2",
    port=8080,
    hosts=["podium.localhost"],
    domain="ws.localhost",
    resolvers=["127.0.0.1"],
)


def query(name: str, kind: int = 1, *, flags: int = 0x0100, questions: int = 1) -> bytes:
    """A lookup as programs send it; kind 1 asks for an IPv4 address."""
    labels = b"".join(bytes([len(one)]) + one.encode() for one in name.split(".") if one)
    head = struct.pack("!HHHHHH", 7, flags, questions, 0, 0, 0)
    return head + labels + struct.pack("!BHH", 0, kind, 1)
