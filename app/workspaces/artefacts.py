"""Which supervisor, IDE and image new starts get: what set-up wrote for this installation."""

from pathlib import Path

import structlog
from msgspec import DecodeError, Struct, json

_log = structlog.get_logger(__name__)


class Artefacts(Struct, frozen=True, kw_only=True):
    """Content hashes of the parts of a container."""

    supervisor: str
    vscode: str
    image: str


FAKE = Artefacts(supervisor="fake", vscode="fake", image="fake")


def read_artefacts(path: Path) -> Artefacts | None:
    """Return what the pointer file names, or None while set-up has not written it."""
    try:
        return json.decode(path.read_bytes(), type=Artefacts)
    except FileNotFoundError:
        return None
    except (OSError, DecodeError) as error:
        _log.error("artefacts_unreadable", path=str(path), detail=str(error))
        return None
