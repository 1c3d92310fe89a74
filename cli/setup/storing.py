"""What set-up has built, as OCI images: put into the installation's image store, and pushed.

Set-up is root and the store is blobserve's, so that what is written here is given to whoever the
store belongs to. An image that the store has under the name of its folder is not made again: a
folder never changes (ADR 1).
"""

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kit.env import SettingError, parts, text
from kit.oci.core.documents import Descriptor
from kit.oci.core.failures import Failure
from kit.oci.core.reach import networks
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Secrets, read_docker_config
from kit.oci.layout import Layout as Store
from kit.oci.layout import Missing
from kit.oci.making import put_image
from kit.oci.push import Pushes
from kit.oci.registry import Registries, Rules
from kit.oci.trees import Tree
from wire.ownimages import ABOVE, above, own_name

ROOT_RUNNING = MappingProxyType(
    {
        "User": "gitpod",
        "WorkingDir": "/home/gitpod",
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Cmd": ["/bin/bash"],
    }
)
"""How a container of an image of ours begins."""
_TITLE = "org.opencontainers.image.title"
_VERSION = "org.opencontainers.image.version"
_REVISION = "org.opencontainers.image.revision"


class NotPushedError(Exception):
    """An image did not get to its registry; says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of set-up as an image."""

    image: str
    """Name behind `podium/`."""
    folder: Path
    """Its name is the hash of what it was made of."""
    made_by: str
    inside: str = ""
    """Its place in a workspace; empty for a root file system."""
    without: Sequence[str] = ()
    """What no image of it has."""
    versions: Sequence[str] = ()
    """More tags."""
    running: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the image in the store; that of the folder first."""
        return [own_name(self.image, tag) for tag in (self.folder.name, *self.versions)]


def shown(kind: str, folder: Path, version: str = "") -> Source:
    """Return a tree that is laid above a base; `kind` is one of `wire.ownimages.ABOVE`."""
    one = ABOVE[kind]
    made_by = f"podium {above(kind, folder.name)}"
    versions = [version] if version else []
    return Source(one.image, folder, made_by, one.inside, one.without, versions)


def root(name: str, folder: Path) -> Source:
    """Return the root file system of an image of ours."""
    return Source(name, folder, f"podium {name}", running=ROOT_RUNNING, versions=["latest"])


def keep(store: Store, source: Source) -> Descriptor:
    """Put an image into the store unless it is there, with all its names; returns it."""
    store.make()
    found = store.resolve(source.names[0])
    if found is None:
        version = source.versions[0] if source.versions else ""
        labels = {_TITLE: f"podium/{source.image}", _REVISION: source.folder.name}
        labels |= {_VERSION: version} if version and source.inside else {}
        folder = source.folder if source.inside else source.folder / "rootfs"
        tree = Tree(folder, source.inside, source.without)
        found = put_image(store, tree, source.made_by, labels, source.running)
        _give(store)
    image = Descriptor(found.media_type, found.digest, found.size)
    for name in source.names:
        store.tag(name, image)
    _give(store)
    return image


def _give(store: Store) -> None:
    """Give what is root's to whoever the store belongs to."""
    owner = store.folder.stat()
    for one in _inside(store.folder):
        # what blobserve writes meanwhile comes and goes
        with contextlib.suppress(FileNotFoundError):
            if one.lstat().st_uid != owner.st_uid:
                os.chown(one, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _inside(folder: Path) -> Iterator[Path]:
    for path, folders, files in os.walk(folder):
        yield from (Path(path, one) for one in [*folders, *files])


def push(store: Store, image: Descriptor, to: str, environ: Mapping[str, str]) -> str:
    """Push an image to a registry; returns the reference with its digest.

    Networks and passwords are those of the installation's settings. Raises NotPushedError.
    """
    try:
        reference = parse(to)
        reach = networks(parts(environ, "PODIUM_REGISTRY_NETWORKS", ","))
        secrets = _secrets(text(environ, "PODIUM_REGISTRY_AUTH", ""))
        asyncio.run(_push(store, image, to, Rules(reach), secrets))
    except (Refused, Failure, Missing, SettingError, OSError, ValueError) as error:
        raise NotPushedError(f"{to}: {error}") from error
    return str(reference.at(image.digest))


async def _push(store: Store, image: Descriptor, to: str, rules: Rules, secrets: Secrets) -> None:
    registries = Registries(rules)
    try:
        await Pushes(store, registries).push(image, parse(to), secrets)
    finally:
        await registries.close()


def _secrets(path: str) -> Secrets:
    return read_docker_config(Path(path).read_bytes()) if path else NONE
