"""What the builder inside an instance of kind `imagebuild` asks the server, and tells it.

Questions are POST on the agent listener with the instance's token, like those of
`wire.agentgit`. What is to be built comes as an answer and stays in memory: nothing of
it is in the container's configuration, and the push token is on no disk.
"""

from typing import Annotated

from msgspec import Meta, Struct

PLAN_PATH = "/agent/v1/image-build/plan"
LOG_PATH = "/agent/v1/image-build/log"
RESULT_PATH = "/agent/v1/image-build/result"

REGISTRY_SOCKET = "/run/podium/server/registry.sock"
"""Inside the instance: the registry facade, for whoever has a token."""
BASE = "/base"
"""Inside the instance: the installation's image that the Dockerfile begins with, read-only."""
PIECE = 128 * 1024
"""Bytes of log that are told at once."""
MOST_LOG = 8 * 1024 * 1024
"""Bytes of a build's log that are kept."""


class FeaturePart(Struct, frozen=True, kw_only=True):
    """A feature of a devcontainer that is installed above an image."""

    reference: str
    """As people name it."""
    source: str
    """Repository, as the registry facade calls it."""
    layer: str
    """Digest of its files: a tar with an `install.sh`, packed or not."""
    size: int
    variables: dict[str, str]
    """Of its script."""
    environment: dict[str, str]
    """Of the image, from its installation on."""


class BuildPlan(Struct, frozen=True, kw_only=True):
    """What is to be built, and where it goes."""

    name: str
    """Name of the result at the registry, e.g. `built/<hash>`."""
    token: str
    """Worth that name, and what the build may read."""
    folder: str
    """Name of the repository's folder below /workspace."""
    dockerfile: str
    """Path in the repository; empty: nothing but features above `above`."""
    above: str = ""
    """Image above which features are installed, where there is no Dockerfile."""
    features: list[FeaturePart] = []
    """In the order in which they are installed."""
    context: str
    """Path of a folder in the repository, empty for all of it."""
    secrets: dict[str, str] = {}
    """Name → value of what steps of the Dockerfile may mount; never to be told or kept."""
    target: str = ""
    """Stage to be built; empty is the last."""
    arguments: dict[str, str] = {}
    bases: list[str] = []
    """Names under which the Dockerfile means the image at BASE."""
    pulls: list[str] = []
    """Other images that the Dockerfile begins with or copies from; short names are written out."""
    registries: dict[str, str] = {}
    """Hosts of those, as they are named, and how the registry facade spells each."""


class LogPiece(Struct, frozen=True, kw_only=True):
    """Output of the build from `offset` bytes on."""

    offset: Annotated[int, Meta(ge=0)]
    data: Annotated[bytes, Meta(max_length=PIECE)]


class LogKept(Struct, frozen=True, kw_only=True):
    """How many bytes the server has."""

    length: int


class BuildResult(Struct, frozen=True, kw_only=True):
    """How it ended: a digest, or a code and what to tell."""

    digest: Annotated[str, Meta(max_length=71, pattern="^(sha256:[0-9a-f]{64})?$")] = ""
    base: Annotated[str, Meta(max_length=71, pattern="^(sha256:[0-9a-f]{64})?$")] = ""
    """Digest of the layer that stands for the image at BASE."""
    code: Annotated[str, Meta(max_length=40)] = ""
    detail: Annotated[str, Meta(max_length=500)] = ""
