"""What the API tells about builds. Times are seconds since 1970 (UTC, fractions kept)."""

from msgspec import Struct

from wire.problems import Problem


class ImageBuildView(Struct, frozen=True, kw_only=True):
    """A build of an image."""

    id: str
    state: str
    """queued, running, done, failed or cancelled."""
    place: int
    """In the queue, from 1; 0 outside of it."""
    repository: str
    """Address of the one that it was first asked for."""
    revision: str
    dockerfile: str
    """Path in the repository; empty where nothing but features is installed above an image."""
    workspaces: list[str]
    """Those of whoever asks that wait for it, or got their image from it."""
    created: float
    started: float | None
    ended: float | None
    log_length: int
    """Bytes; 0 once the log was removed."""
    problem: Problem | None


class ImageBuildList(Struct, frozen=True, kw_only=True):
    """Body of GET /api/v1/image-builds, newest first."""

    builds: list[ImageBuildView]
