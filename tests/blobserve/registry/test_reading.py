"""Images of the store, by their name: what belongs to them can be read, and nothing else."""

import os
from pathlib import Path

import pytest

from blobserve.core.faults import Fault
from blobserve.registry.reading import Kept, Tagged, of_layout
from kit.oci.core.digests import digest_of
from kit.oci.layout import Layout
from tests.kit.oci.images import add_image


async def test_an_image_has_its_own_parts(tmp_path: Path) -> None:
    store = Layout(tmp_path)
    image, other = add_image(store, {"a": b"1"}), add_image(store, {"b": b"2"})
    store.tag("built/x", image)
    kept = Kept(store, "built/x")
    os.utime(store.path(image.digest), (1, 1))
    for reference in ("latest", image.digest):
        found = await kept.manifest(reference, "")
        assert (found.digest, found.body) == (image.digest, store.read(image.digest))
    assert store.path(image.digest).stat().st_mtime > 1, "what is read is used"
    layer = store.image(image.digest).layers[0]
    assert (await kept.blob(layer.digest)).size == layer.size
    assert await kept.tags() == ["latest"]
    for reference in ("other", other.digest):
        with pytest.raises(Fault, match="no such image"):
            await kept.manifest(reference, "")
    with pytest.raises(Fault, match="no such part"):
        await kept.blob(store.image(other.digest).layers[0].digest)


async def test_what_is_not_there(tmp_path: Path) -> None:
    kept = Kept(Layout(tmp_path), "built/x")
    for asked in (kept.manifest("latest", ""), kept.blob(digest_of(b"x")), kept.tags()):
        with pytest.raises(Fault) as refused:
            await asked
        assert refused.value.status == 404
    with pytest.raises(Fault):
        of_layout(Layout(tmp_path), digest_of(b"x"))


async def test_an_image_whose_manifest_went_away(tmp_path: Path) -> None:
    store = Layout(tmp_path)
    image = add_image(store, {"a": b"1"})
    store.tag("built/x", image)
    layer = store.image(image.digest).layers[0]
    store.path(image.digest).unlink()
    kept = Kept(store, "built/x")
    with pytest.raises(Fault):
        await kept.manifest("latest", "")
    with pytest.raises(Fault):
        await kept.blob(layer.digest)


async def test_images_of_one_name_by_their_tags(tmp_path: Path) -> None:
    store = Layout(tmp_path)
    old, new, other = (add_image(store, {"a": one}) for one in (b"1", b"2", b"3"))
    store.tag("podium/code:1.1", old)
    store.tag("podium/code:1.2", new)
    store.tag("podium/codex:1.3", other)
    tagged = Tagged(store, "podium/code")
    assert sorted(await tagged.tags()) == ["1.1", "1.2"]
    for reference, image in (("1.1", old), ("1.2", new), (old.digest, old)):
        assert (await tagged.manifest(reference, "")).digest == image.digest
    layer = store.image(old.digest).layers[0]
    assert (await tagged.blob(layer.digest)).size == layer.size
    for reference in ("1.3", "latest", other.digest):
        with pytest.raises(Fault, match="no such image"):
            await tagged.manifest(reference, "")
    with pytest.raises(Fault, match="no such part"):
        await tagged.blob(store.image(other.digest).layers[0].digest)
    with pytest.raises(Fault):
        await Tagged(store, "podium/full").tags()
