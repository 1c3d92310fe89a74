"""Images from a registry into the store.

One pull at a time for a name, one download at a time for a blob, whoever asks: what is there
is not loaded again, and what broke off is gone on from. A name appears in the store when the
whole image is there.
"""

import asyncio
import shutil
from dataclasses import dataclass, field

import structlog

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Manifest, Platform, check_image, read_manifest
from kit.oci.core.failures import Failure
from kit.oci.core.platforms import AMD64, choose
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Credentials, Secrets
from kit.oci.downloads import USUAL, Downloads, Limits
from kit.oci.flights import Flights
from kit.oci.layout import Layout, Missing
from kit.oci.registry import Registries

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """Bytes of an image; those that were there already count as loaded."""

    total: int = 0
    """0 until the manifest has come."""
    loaded: dict[str, int] = field(default_factory=dict)
    """By digest."""

    @property
    def done(self) -> int:
        """Bytes that are there."""
        return sum(self.loaded.values())


@dataclass(frozen=True, slots=True)
class Pulled:
    """An image in the store."""

    named: Descriptor
    """What its name stands for: a manifest or an index."""
    image: Descriptor
    """The manifest for the platform."""


Key = tuple[str, Platform, Credentials]


class Pulls:
    """Pulls into one store. Made and used in one event loop."""

    def __init__(
        self,
        layout: Layout,
        registries: Registries,
        limits: Limits = USUAL,
    ) -> None:
        self._layout, self._registries, self._limits = layout, registries, limits
        self._images: Flights[Key, Pulled] = Flights("pull-image")
        self._downloads = Downloads(layout, registries, limits)
        self._running: dict[str, Progress] = {}

    async def close(self) -> None:
        """Give every pull up."""
        await self._images.close()
        await self._downloads.close()

    def progress(self, reference: Reference) -> Progress | None:
        """Return how far the pull of a name is; None while there is none."""
        found = self._running.get(reference.key)
        if found is not None:
            arriving = self._downloads.arriving
            found.loaded.update({one: arriving[one] for one in found.loaded if one in arriving})
        return found

    async def pull(
        self, reference: Reference, secrets: Secrets = NONE, platform: Platform = AMD64
    ) -> Pulled:
        """Return the image that the name stands for now, once it is in the store.

        The registry is asked each time, with the asker's own passwords: that an image is in the
        store gives nobody the right to it. Raises Refused or a Failure.
        """
        key = reference.key, platform, secrets.get(reference.host, Credentials())
        return await self._images.do(key, lambda: self._pull(reference, secrets, platform))

    async def _pull(self, reference: Reference, secrets: Secrets, platform: Platform) -> Pulled:
        progress = self._running.setdefault(reference.key, Progress())
        try:
            named, document = await self._document(reference, secrets)
            image = named
            if isinstance(document, Index):
                image = choose(document, platform)
                at = reference.at(image.digest)
                found, document = await self._document(at, secrets, image)
                image = found
            if isinstance(document, Index):
                raise Refused(f"{reference} leads from an index to an index")
            check_image(document)
            try:
                await self._whole(reference, named, document, secrets, progress)
            except Missing:
                # somebody removed what was there when we looked: it is young from now on
                await self._whole(reference, named, document, secrets, progress)
        finally:
            self._running.pop(reference.key, None)
        _log.info("image_pulled", image=str(reference), digest=image.digest, size=document.size)
        return Pulled(named, image)

    async def _whole(
        self,
        reference: Reference,
        named: Descriptor,
        manifest: Manifest,
        secrets: Secrets,
        progress: Progress,
    ) -> None:
        """Load the parts, and give the image its name."""
        await self._parts(reference, manifest, secrets, progress)
        await asyncio.to_thread(self._layout.config, manifest)
        await asyncio.to_thread(self._layout.tag, reference.key, named)

    async def _document(
        self, reference: Reference, secrets: Secrets, said: Descriptor | None = None
    ) -> tuple[Descriptor, Manifest | Index]:
        answer = await self._registries.manifest(reference, secrets)
        found = answer.descriptor
        if said is not None and found.size != said.size:
            raise Refused(f"{said.digest} has {found.size} bytes; the index says {said.size}")
        document = read_manifest(answer.body, found.media_type)
        kind = found.media_type or document.media_type
        if not kind:
            kind = media.OCI_INDEX if isinstance(document, Index) else media.OCI_MANIFEST
        put = self._layout.put_bytes
        return await asyncio.to_thread(put, answer.body, kind), document

    async def _parts(
        self, reference: Reference, manifest: Manifest, secrets: Secrets, progress: Progress
    ) -> None:
        """Load configuration and layers."""
        parts = manifest.blobs
        progress.total = manifest.size
        progress.loaded = {one.digest: 0 for one in parts}
        if progress.total > self._limits.largest:
            raise Refused(
                f"{reference} has {progress.total} bytes; {self._limits.largest} are taken"
            )
        missing = sum(one.size for one in parts if not self._layout.has(one.digest))
        free = shutil.disk_usage(self._layout.folder).free - self._limits.reserve
        if missing > free:
            raise Failure(f"{reference} needs {missing} bytes on the disk; {max(0, free)} are left")
        try:
            async with asyncio.TaskGroup() as group:
                for one in parts:
                    group.create_task(self._part(reference, one, secrets, progress))
        except ExceptionGroup as several:
            raise _first(several) from several

    async def _part(
        self, reference: Reference, blob: Descriptor, secrets: Secrets, progress: Progress
    ) -> None:
        """Load one blob, unless it is there or on its way."""
        await self._downloads.get(reference, blob, secrets)
        progress.loaded[blob.digest] = blob.size


def stored(layout: Layout, reference: Reference, platform: Platform = AMD64) -> Pulled | None:
    """Return an image by its name in the store, without asking anybody; None when it is not there.

    Whether somebody may use it is for the caller to know.
    """
    named = layout.resolve(reference.key)
    if named is None:
        return None
    document = layout.manifest(named.digest)
    image = choose(document, platform) if isinstance(document, Index) else named
    return Pulled(named, image) if layout.has(image.digest) else None


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """Return one of the reasons: the others are mostly what it caused."""
    found = group.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found
