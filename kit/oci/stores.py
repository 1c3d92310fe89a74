"""Where images are kept: a layout on the disk, or a registry. One port, two adapters.

Both take images out of a layout and give them into one, since that is where builds, unpacking
and serving have theirs.
"""

import asyncio
from collections.abc import Iterator
from typing import Protocol

from kit.oci.core.documents import Descriptor, Index
from kit.oci.core.failures import NotFound
from kit.oci.core.references import Reference
from kit.oci.core.secrets import NONE, Secrets
from kit.oci.layout import Layout
from kit.oci.pull import Pulls
from kit.oci.push import Pushes
from kit.oci.registry import Registries

_PIECE = 1 << 20


class Store(Protocol):
    """Keeps images by name."""

    async def find(self, name: Reference) -> str | None:
        """Return the digest that a name stands for; None when there is none. Raises a Failure."""
        ...

    async def put(self, source: Layout, image: Descriptor, name: Reference) -> None:
        """Keep an image of a layout under a name, which no other image has then.

        Raises Missing when the layout has only half of it, Refused, or a Failure.
        """
        ...

    async def get(self, name: Reference, into: Layout) -> str:
        """Put an image into a layout under its name; returns the digest that the name stands for.

        Raises NotFound, Refused or another Failure.
        """
        ...


class OnDisk:
    """A layout of its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def find(self, name: Reference) -> str | None:
        found = await asyncio.to_thread(self._layout.resolve, name.key)
        return found.digest if found is not None else None

    async def put(self, source: Layout, image: Descriptor, name: Reference) -> None:
        await asyncio.to_thread(_copy, source, image, self._layout, name.key)

    async def get(self, name: Reference, into: Layout) -> str:
        found = await asyncio.to_thread(self._layout.resolve, name.key)
        if found is None:
            raise NotFound(f"{name} is not in the store")
        await asyncio.to_thread(_copy, self._layout, found, into, name.key)
        return found.digest


class InRegistry:
    """Registries, by the hosts of names."""

    def __init__(self, registries: Registries, secrets: Secrets = NONE) -> None:
        self._registries, self._secrets = registries, secrets

    async def find(self, name: Reference) -> str | None:
        try:
            return (await self._registries.head(name, self._secrets)).digest
        except NotFound:
            return None

    async def put(self, source: Layout, image: Descriptor, name: Reference) -> None:
        await Pushes(source, self._registries).push(image, name, self._secrets)

    async def get(self, name: Reference, into: Layout) -> str:
        pulls = Pulls(into, self._registries)
        try:
            return (await pulls.pull(name, self._secrets)).named.digest
        finally:
            await pulls.close()


def _copy(source: Layout, image: Descriptor, target: Layout, name: str) -> None:
    """Copy an image, its manifest after its parts and its name last."""
    for part in [*_parts(source, image), image]:
        target.put(_pieces(source, part), part)
    target.tag(name, image)


def _parts(source: Layout, image: Descriptor) -> Iterator[Descriptor]:
    document = source.manifest(image.digest)
    if not isinstance(document, Index):
        yield from document.blobs
        return
    for one in document.manifests:
        if source.has(one.digest):
            yield from _parts(source, one)
            yield one


def _pieces(source: Layout, blob: Descriptor) -> Iterator[bytes]:
    with source.open(blob.digest) as file:
        while piece := file.read(_PIECE):
            yield piece
