"""An image out of a folder: made twice, on two days, it is one and the same."""

import os
import shutil
from pathlib import Path

from kit.oci.layout import Layout
from kit.oci.making import put_image
from kit.oci.trees import Tree

LABELS = {"org.opencontainers.image.version": "1.2", "org.opencontainers.image.title": "x"}


def test_the_same_folder_gives_the_same_image(tmp_path: Path) -> None:
    first = tmp_path / "first"
    (first / "bin").mkdir(parents=True)
    (first / "bin/run").write_text("#!/bin/sh\n")
    (first / "bin/run").chmod(0o755)
    (first / "a").symlink_to("bin/run")
    second = tmp_path / "second"
    second.mkdir()
    # another order of making, other times, another store
    (second / "a").symlink_to("bin/run")
    shutil.copytree(first / "bin", second / "bin", copy_function=shutil.copyfile)
    (second / "bin/run").chmod(0o755)
    for one in (second / "bin/run", second / "bin", second):
        os.utime(one, (1, 1))
    stores = [Layout(tmp_path / "one"), Layout(tmp_path / "two")]
    made = [
        put_image(store, Tree(tree, "ide"), "x", labels)
        for store, tree, labels in zip(
            stores, [first, second], [LABELS, dict(reversed(LABELS.items()))], strict=True
        )
    ]
    assert made[0] == made[1]
    manifest = stores[1].image(made[1].digest)
    config = stores[1].config(manifest)
    assert config.rootfs.diff_ids == [manifest.layers[0].digest] == [Tree(first, "ide").digest()]
    assert config.config is not None
    assert config.config.labels == LABELS
    (second / "bin/run").write_text("#!/bin/bash\n")
    assert put_image(stores[1], Tree(second, "ide"), "x", LABELS) != made[0]


def test_how_a_container_begins_is_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "root/etc").mkdir(parents=True)
    store = Layout(tmp_path / "store")
    image = put_image(store, Tree(tmp_path / "root"), "x", {}, {"User": "gitpod", "Env": ["A=b"]})
    config = store.config(store.image(image.digest))
    assert config.config is not None
    assert (config.config.user, config.config.env) == ("gitpod", ["A=b"])
    store.tag("podium/default:1", image)
