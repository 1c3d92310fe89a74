"""What `gp snapshot` asks of the server through its supervisor.

POST on the agent listener, as the questions of wire.agent; answered for a trusted workspace alone.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SNAPSHOT_PATH = "/agent/v1/snapshot"
SNAPSHOT_STATE_PATH = "/agent/v1/snapshot/state"


class SnapshotAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A snapshot of this workspace that is to be."""

    name: Annotated[str, Meta(max_length=100)] = ""
    access: Literal["owner", "people", "link"] = "link"
    """As Gitpod's: whoever is signed in and has the link."""
    lasts: Annotated[str, Meta(max_length=64)] = "720h"


class SnapshotWhich(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One that was asked for."""

    id: Annotated[str, Meta(max_length=64)]


class SnapshotSaid(Struct, frozen=True, kw_only=True):
    """How far it is."""

    id: str
    url: str
    """The link that opens it."""
    state: str
    problem: str = ""
    """Why it is not made yet, for people."""
