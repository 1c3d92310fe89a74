"""The image of an instance: composed when it is asked for, and kept for whoever asks next."""

from collections import OrderedDict
from collections.abc import Callable

from blobserve.core.faults import Fault
from blobserve.core.laid import Base, Whole, lay
from blobserve.core.names import Repository, parse_name
from blobserve.registry.additions import Additions
from blobserve.registry.contents import Content, Document, Held
from blobserve.registry.reading import Image
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import LARGEST_CONFIG, Manifest, read_config, read_manifest
from kit.oci.core.media import DOCKER_MANIFEST, OCI_MANIFEST
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from wire.ownimages import is_own
from wire.registry import BUILT, LATEST, InstanceImage, facade_name

_KEPT = 128
"""Composed images whose documents stay in memory, some 20 KB each."""
_ONE_PLATFORM = f"{OCI_MANIFEST},{DOCKER_MANIFEST}"

_Key = tuple[str, ...]


class Composer:
    """Composes, and keeps what was asked for lately."""

    def __init__(self, bases: Callable[[Repository, str], Image], additions: Additions) -> None:
        self._bases = bases
        self._additions = additions
        self._wholes: OrderedDict[_Key, Whole] = OrderedDict()

    async def whole(self, document: InstanceImage) -> Whole:
        """Return the composed image of a document; raises Fault."""
        key = (document.base, *document.additions)
        if key in self._wholes:
            self._wholes.move_to_end(key)
            return self._wholes[key]
        # two who ask at once both compose; documents are small, and come out the same
        made = self._wholes[key] = await self._compose(document)
        if len(self._wholes) > _KEPT:
            self._wholes.popitem(last=False)
        return made

    async def _compose(self, document: InstanceImage) -> Whole:
        image, reference = self.base(document)
        found = await image.manifest(reference, _ONE_PLATFORM)
        try:
            manifest = _image(found)
            config = await _read(await image.blob(manifest.config.digest), manifest.config.digest)
            read_config(config, manifest)
            above = [await self._additions.get(one) for one in document.additions]
            return lay(Base(document.base, manifest, found.media_type, config), above)
        except Refused as error:
            raise Fault.upstream(str(error)) from error

    def base(self, document: InstanceImage) -> tuple[Image, str]:
        """Return the base of a document, and its reference there; raises Fault."""
        if document.base.startswith(f"{BUILT}/"):
            name, _, digest = document.base.partition("@")
            return self._bases(parse_name(name), ""), digest or LATEST
        name, _, tag = document.base.rpartition(":")
        if is_own(name):
            return self._bases(parse_name(name), ""), tag
        try:
            named = parse(document.base)
        except Refused as error:
            raise Fault.manifest_unknown(str(error)) from error
        name = facade_name(named.host, named.repository)
        return self._bases(parse_name(name), document.passwords), named.wanted

    async def above(self, digest: str) -> Content:
        """Return a layer that was laid above a base; raises Fault."""
        return await self._additions.blob(digest)


class Composed:
    """The image of one instance."""

    def __init__(self, composer: Composer, document: InstanceImage, name: str) -> None:
        self._composer = composer
        self._document = document
        self._name = name

    async def manifest(self, reference: str, accept: str) -> Document:  # noqa: ARG002 - one type
        whole = await self._composer.whole(self._document)
        described = whole.described
        if reference not in {LATEST, described.digest}:
            raise Fault.manifest_unknown(f"{self._name}:{reference}")
        return Document(described.media_type, described.digest, whole.manifest)

    async def blob(self, digest: str) -> Content:
        whole = await self._composer.whole(self._document)
        if digest == whole.config_digest:
            return Held(whole.config)
        if digest in whole.above:
            return await self._composer.above(digest)
        if digest in whole.base:
            return await self._composer.base(self._document)[0].blob(digest)
        raise Fault.blob_unknown(digest)

    async def tags(self) -> list[str]:
        return [LATEST]


def _image(found: Document) -> Manifest:
    manifest = read_manifest(found.body, found.media_type)
    if not isinstance(manifest, Manifest):
        raise Refused(f"{found.digest} is an index where an image was asked for")
    return manifest


async def _read(content: Content, digest: str) -> bytes:
    """Return a configuration, whole and checked; raises Fault."""
    if content.size > LARGEST_CONFIG:
        raise Fault.upstream(f"the configuration has {content.size} bytes")
    found = b"".join([chunk async for chunk in content.read(0, content.size)])
    if digest_of(found) != digest:
        raise Fault.upstream(f"{digest} was asked for, and {digest_of(found)} came")
    return found
