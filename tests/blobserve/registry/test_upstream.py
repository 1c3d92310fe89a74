"""Repositories of other registries, for clients that know indexes and those that do not."""

import pytest

from blobserve.core.faults import Fault
from blobserve.core.names import Remote
from blobserve.registry.contents import Content, Document, Held
from blobserve.registry.upstream import Distant
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Index, Platform, encode
from kit.oci.core.media import DOCKER_INDEX, OCI_INDEX, OCI_MANIFEST
from kit.oci.core.platforms import AMD64
from kit.oci.core.references import Reference
from kit.oci.core.secrets import Secrets

MANIFEST = b"manifest"


class Told:
    """A registry with one index, of one manifest."""

    def __init__(self, platform: Platform) -> None:
        leaf = Descriptor(OCI_MANIFEST, digest_of(MANIFEST), len(MANIFEST), platform=platform)
        self.index = encode(Index(2, [leaf], OCI_INDEX))
        self.asked: list[str] = []

    def of_person(self, secrets: Secrets) -> "Told":
        raise AssertionError(list(secrets))

    async def manifest(self, image: Reference) -> Document:
        self.asked.append(str(image))
        if image.digest == digest_of(MANIFEST):
            return Document(OCI_MANIFEST, image.digest, MANIFEST)
        return Document(OCI_INDEX, digest_of(self.index), self.index)

    async def blob(self, image: Reference) -> Content:
        self.asked.append(str(image))
        return Held(b"")

    async def tags(self, image: Reference) -> list[str]:
        return [image.name]


def distant(platform: Platform = AMD64) -> tuple[Distant, Told]:
    told = Told(platform)
    return Distant(told, Remote("docker.io", "library/x")), told


@pytest.mark.parametrize(
    "accept", ["", "*/*", f"{OCI_MANIFEST}, {OCI_INDEX};q=0.5", "application/*"]
)
async def test_who_takes_indexes_gets_it_as_it_is(accept: str) -> None:
    image, told = distant()
    found = await image.manifest("3", accept)
    assert (found.media_type, found.body) == (OCI_INDEX, told.index)
    assert told.asked == ["docker.io/library/x:3"]


@pytest.mark.parametrize("accept", [OCI_MANIFEST, f"{OCI_MANIFEST},{DOCKER_INDEX}"])
async def test_who_does_not_gets_the_image_for_this_machine(accept: str) -> None:
    image, told = distant()
    found = await image.manifest("3", accept)
    assert (found.media_type, found.body) == (OCI_MANIFEST, MANIFEST)
    assert told.asked[-1] == f"docker.io/library/x@{digest_of(MANIFEST)}"


async def test_no_image_for_this_machine() -> None:
    image, _told = distant(Platform("arm64", "linux"))
    with pytest.raises(Fault, match="no manifest for platform linux-amd64"):
        await image.manifest("3", OCI_MANIFEST)


async def test_blobs_and_tags_are_asked_for_by_their_names() -> None:
    image, told = distant()
    await image.blob(digest_of(b"x"))
    assert told.asked == [f"docker.io/library/x@{digest_of(b'x')}"]
    assert await image.tags() == ["docker.io/library/x"]
    bad = Distant(told, Remote("docker.io", "x" * 300))
    with pytest.raises(Fault):
        await bad.tags()
