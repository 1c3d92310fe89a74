"""The installation's passwords for registries, read again when their file changes."""

from pathlib import Path

import structlog

from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Secrets, read_docker_config

_LARGEST = 1 << 20
_log = structlog.get_logger(__name__)


class Passwords:
    """A config.json as Docker keeps it; without a path there are none."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._known: Secrets = NONE
        self._stamp: tuple[int, int] | None = None

    def read(self) -> Secrets:
        """Return what the file holds now; what cannot be read is told in the log, and is none."""
        if self._path is None:
            return NONE
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp != self._stamp:
                self._stamp = stamp
                self._known = NONE
                self._known = read_docker_config(self._path.read_bytes()[:_LARGEST])
        except (OSError, Refused) as error:
            _log.error("registry_passwords_unreadable", path=str(self._path), detail=str(error))
        return self._known
