"""A blob of another name comes into the store once that name has it."""

from pathlib import Path

import pytest

from blobserve.core.faults import Fault
from blobserve.registry.contents import Content, Document, Held
from blobserve.registry.mounting import mount
from kit.oci.core.digests import digest_of
from kit.oci.layout import Layout


class Elsewhere:
    """An image that says what it is told to say."""

    def __init__(self, digest: str, body: bytes) -> None:
        self._digest, self._body = digest, body

    async def manifest(self, reference: str, accept: str) -> Document:
        raise Fault.manifest_unknown(reference)

    async def blob(self, digest: str) -> Content:
        if digest != self._digest:
            raise Fault.blob_unknown(digest)
        return Held(self._body)

    async def tags(self) -> list[str]:
        return []


async def test_it_is_copied_once(tmp_path: Path) -> None:
    store, digest = Layout(tmp_path), digest_of(b"body")
    for _ in range(2):
        assert await mount(store, Elsewhere(digest, b"body"), digest, 100) == 4
    assert store.read(digest) == b"body"


async def test_what_the_name_has_not_is_not_mounted_though_the_store_has_it(tmp_path: Path) -> None:
    store = Layout(tmp_path)
    digest = store.put([b"secret"])
    with pytest.raises(Fault, match="no such part"):
        await mount(store, Elsewhere(digest_of(b"body"), b"body"), digest, 100)


async def test_a_lie_or_too_much_is_not_kept(tmp_path: Path) -> None:
    store, digest = Layout(tmp_path), digest_of(b"body")
    with pytest.raises(Fault) as refused:
        await mount(store, Elsewhere(digest, b"lies"), digest, 100)
    assert refused.value.status == 502
    with pytest.raises(Fault) as refused:
        await mount(store, Elsewhere(digest, b"body"), digest, 3)
    assert refused.value.status == 413
    assert not store.has(digest)
