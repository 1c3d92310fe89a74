"""Which supervisor, IDE and image new starts get: what set-up wrote for this installation."""

from pathlib import Path

import structlog
from msgspec import DecodeError, Struct, field, json

from app.images.aliases import DEFAULT, FULL

_log = structlog.get_logger(__name__)


class Artefacts(Struct, frozen=True, kw_only=True):
    """Content hashes of the parts of a container."""

    supervisor: str
    vscode: str
    image: str
    full: str = ""
    """The image with more languages; empty while it is not built."""
    jupyterlab: str = ""
    """JupyterLab's tree; empty while it is not built."""
    editors: dict[str, dict[str, str]] = field(default_factory=dict)
    """Package → {version → tree}, the stable one among them."""
    latest: dict[str, str] = field(default_factory=dict)
    """Package → the version that `-latest` means."""


def images_of(artefacts: Artefacts | None) -> dict[str, str]:
    """Return the images that containers can be made of, name → digest."""
    if artefacts is None:
        return {}
    built = {DEFAULT: artefacts.image, FULL: artefacts.full}
    return {name: digest for name, digest in built.items() if digest}


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
