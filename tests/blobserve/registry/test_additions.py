"""What is laid above a base: trees of set-up and images of the store; and what is not there."""

from pathlib import Path, PurePosixPath

import msgspec
import pytest

from blobserve.core.faults import Fault
from blobserve.registry.additions import Additions
from kit.oci.core.digests import digest_of
from kit.oci.layout import Layout as Store
from kit.oci.making import put_image
from kit.oci.trees import Tree
from tests.kit.oci.images import add_image
from wire.layout import Layout


def made(folder: Path) -> tuple[Additions, Store]:
    layout = Layout(*(PurePosixPath(folder / one) for one in ("home", "cache", "run")))
    store = Store(folder / "store")
    return Additions(layout, store), store


async def test_a_tree_is_one_layer_at_its_place(tmp_path: Path) -> None:
    tree = tmp_path / "cache/supervisor/0123456789ab"
    tree.mkdir(parents=True)
    (tree / "run").write_text("#!/bin/sh\n")
    additions, _store = made(tmp_path)
    (layer,) = (await additions.get("supervisor/0123456789ab")).layers
    expected = Tree(tree, ".supervisor")
    assert (layer.described.digest, layer.described.size) == (
        expected.digest(),
        expected.size,
    )
    assert layer.diff == layer.described.digest
    content = await additions.blob(layer.diff)
    body = b"".join([chunk async for chunk in content.read(0, content.size)])
    assert digest_of(body) == layer.diff


async def test_a_trees_image_in_the_store_is_the_same_layer(tmp_path: Path) -> None:
    tree = tmp_path / "cache/ide/0123456789ab"
    tree.mkdir(parents=True)
    (tree / "run").write_text("#!/bin/sh\n")
    additions, store = made(tmp_path)
    computed = await additions.get("ide/0123456789ab")
    image = put_image(store, Tree(tree, "ide"), "somebody", {})
    store.tag("podium/code:0123456789ab", image)
    (tree / "run").unlink()
    kept = await additions.get("ide/0123456789ab")
    assert kept == computed
    # a node that has the image and no folder
    (fresh, _), digest = made(tmp_path), kept.layers[0].diff
    assert await fresh.get("ide/0123456789ab") == computed
    content = await fresh.blob(digest)
    body = b"".join([chunk async for chunk in content.read(0, content.size)])
    assert digest_of(body) == digest


async def test_an_image_of_the_store(tmp_path: Path) -> None:
    additions, store = made(tmp_path)
    image = add_image(store, {"ide/x": b"1"}, {"ide/y": b"2"})
    store.tag("podium.local/ide/code:1.2", image)
    found = await additions.get("podium.local/ide/code:1.2")
    assert [one.described for one in found.layers] == store.image(image.digest).layers
    assert (await additions.blob(found.layers[1].described.digest)).size > 0


@pytest.mark.parametrize(
    "name", ["supervisor/0123456789ab", "supervisor/../../x", "ide/", "nothing", "", "../x"]
)
async def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    additions, _store = made(tmp_path)
    with pytest.raises(Fault) as refused:
        await additions.get(name)
    assert refused.value.code == "MANIFEST_UNKNOWN"
    with pytest.raises(Fault):
        await additions.blob(digest_of(b"x"))


async def test_an_image_with_a_label_that_is_no_number(tmp_path: Path) -> None:
    additions, store = made(tmp_path)
    image = add_image(store, {"x": b"1"})
    body = store.read(store.image(image.digest).config.digest)
    odd = body.replace(
        b'"Env": ["PATH=/bin"]', b'"Labels": {"skip-n.registry-facade.gitpod.io": "-10"}'
    )
    config = store.put_bytes(odd, "application/vnd.oci.image.config.v1+json")
    manifest = store.image(image.digest)
    described = store.put_bytes(
        msgspec.json.encode(msgspec.structs.replace(manifest, config=config)), image.media_type
    )
    store.tag("podium.local/odd:1", described)
    with pytest.raises(Fault, match="-10"):
        await additions.get("podium.local/odd:1")
