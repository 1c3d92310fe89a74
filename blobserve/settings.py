"""Settings of blobserve."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kit.env import number, text
from wire.layout import Layout

REPOSITORIES = frozenset({"vscode"})
"""Repositories of images that are served; any other is refused."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once in `__main__`."""

    layout: Layout
    """PODIUM_HOME, PODIUM_CACHE and PODIUM_RUN_ROOT: where images, sockets and variants are."""
    quiet: int
    """PODIUM_ASSETS_QUIET: seconds without a request after which files are compressed harder, at
    idle priority; 600, so that nobody who works notices. 0 never does it."""
    log_level: str
    """PODIUM_LOG_LEVEL: debug, info, warning or error; info tells each request."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; raises SettingError for what cannot be understood."""
        home = os.path.realpath(text(environ, "PODIUM_HOME", "/var/lib/podium"))
        cache = text(environ, "PODIUM_CACHE", "/var/cache/podium")
        run = text(environ, "PODIUM_RUN_ROOT", "/run/podium")
        return cls(
            layout=Layout(PurePosixPath(home), PurePosixPath(cache), PurePosixPath(run)),
            quiet=number(environ, "PODIUM_ASSETS_QUIET", 600),
            log_level=text(environ, "PODIUM_LOG_LEVEL", "info"),
        )
