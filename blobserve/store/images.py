"""The images that are there: OCI layouts below one folder, opened when first asked for.

Every version that set-up has built is served, not only the newest: a workspace that was
started before an update goes on with the files of its own version.
"""

import tarfile
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct, field

from blobserve.core.compose import Piece, compose
from blobserve.store.layers import read_layer

_log = structlog.get_logger(__name__)

_NAME = "org.opencontainers.image.ref.name"
_SHA256 = "sha256:"
_INDEX = "[!.]*/index.json"
"""Of a layout that is whole: set-up builds under hidden names."""


class _Descriptor(Struct):
    digest: str
    annotations: dict[str, str] = field(default_factory=dict)


class _Index(Struct):
    manifests: list[_Descriptor]


class _Manifest(Struct):
    layers: list[_Descriptor]


@dataclass
class Image:
    """An opened image."""

    name: str
    folder: Path
    """Of its layout; its name is the digest of the build."""
    files: dict[str, Piece]
    better: dict[str, Piece] = default(default_factory=dict)
    """What was compressed harder since, by the names in `files`."""


class Images:
    """Images by reference, by tag and by digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._indexes: list[Path] = []
        self._listed: dict[str, tuple[Path, str, str]] = {}
        self._open: dict[tuple[Path, str, str], Image] = {}

    def get(self, reference: str) -> Image | None:
        """Return the image, or None when there is none of that name, or it cannot be read."""
        if reference not in self._listed:
            self._list()
        found = self._listed.get(reference)
        if found is None:
            return None
        if found not in self._open:
            try:
                self._open[found] = _opened(*found)
            except (OSError, ValueError, msgspec.DecodeError, tarfile.TarError) as error:
                _log.error("image_unreadable", image=reference, detail=str(error))
                return None
        return self._open[found]

    def of_build(self, digest: str) -> Image | None:
        """Return the image of the layout of that name."""
        self._list()
        for folder, _manifest, name in list(self._listed.values()):
            if folder.name == digest:
                return self.get(name)
        return None

    def builds(self) -> set[str]:
        """Return the names of all layouts that are there."""
        return {index.parent.name for index in self._folder.glob(_INDEX)}

    def _list(self) -> None:
        """Read the indexes when there are others than before."""
        # the newest of several builds of one name wins; they hold the same files
        found = sorted(self._folder.glob(_INDEX), key=lambda one: one.stat().st_mtime)
        if found == self._indexes:
            return
        self._indexes = found
        for index in found:
            try:
                self._take(index)
            except (OSError, msgspec.DecodeError) as error:
                _log.error("layout_unreadable", path=str(index), detail=str(error))

    def _take(self, index: Path) -> None:
        for one in msgspec.json.decode(index.read_bytes(), type=_Index).manifests:
            name = one.annotations.get(_NAME, "")
            found = (index.parent, one.digest, name)
            self._listed[name] = found
            self._listed[f"{name.partition(':')[0]}@{one.digest}"] = found


def _opened(folder: Path, digest: str, name: str) -> Image:
    manifest = msgspec.json.decode(_blob(folder, digest).read_bytes(), type=_Manifest)
    files = compose(read_layer(_blob(folder, one.digest)) for one in manifest.layers)
    _log.info("image_opened", image=name, files=len(files))
    return Image(name, folder, files)


def _blob(folder: Path, digest: str) -> Path:
    """Return the place of a blob; raises ValueError for what is no digest."""
    hexadecimal = digest.removeprefix(_SHA256)
    if hexadecimal == digest or not hexadecimal.isalnum():
        raise ValueError(f"{digest} is no digest of a kind that is served")
    return folder / "blobs/sha256" / hexadecimal
