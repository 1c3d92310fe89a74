"""Folders as layers: a tar that nobody keeps, the same on every machine, from any byte on."""

import io
import os
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from blobserve.registry.trees import Tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "bin").mkdir(parents=True)
    (root / "lib/deep/er").mkdir(parents=True)
    (root / "bin/node").write_bytes(b"\x7fELF" + os.urandom(3_000_000))
    (root / "bin/node").chmod(0o4755)
    (root / "lib/deep/er/ünï.txt").write_text("hello\n")
    (root / "lib/empty").touch(0o644)
    (root / ("n" * 120)).write_bytes(b"x" * 512)
    (root / "bin/link").symlink_to("../lib/deep")
    return root


async def whole(tree: Tree) -> bytes:
    return b"".join([chunk async for chunk in tree.read(0, tree.size)])


async def test_it_is_a_tar_of_the_folder(folder: Path) -> None:
    tree = Tree(folder, "/ide")
    body = await whole(tree)
    assert len(body) == tree.size
    assert await tree.digest() == f"sha256:{sha256(body).hexdigest()}"
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        found = {one.name: one for one in tar}
        node = tar.extractfile("ide/bin/node")
        assert node is not None
        assert node.read() == (folder / "bin/node").read_bytes()
        assert tar.extractfile("ide/lib/deep/er/ünï.txt").read() == b"hello\n"
    assert found["ide/bin/node"].mode == 0o755, "set-user-id is not given to a workspace"
    assert found["ide/bin/link"].linkname == "../lib/deep"
    assert found["ide"].isdir()
    assert {(one.uid, one.gid, one.mtime, one.uname) for one in found.values()} == {(0, 0, 0, "")}
    assert sorted(found) == sorted(
        ["ide", *(f"ide/{one.relative_to(folder)}" for one in folder.rglob("*"))]
    )


async def test_owners_and_times_do_not_count(folder: Path, tmp_path: Path) -> None:
    before = await Tree(folder, ".supervisor").digest()
    os.utime(folder / "lib/empty", (1, 1))
    copy = tmp_path / "copy"
    folder.rename(copy)
    assert await Tree(copy, ".supervisor").digest() == before
    assert await Tree(copy, "ide").digest() != before
    (copy / "lib/empty").chmod(0o600)
    assert await Tree(copy, ".supervisor").digest() != before


@pytest.mark.parametrize(("start", "length"), [(0, 1), (511, 2), (1000, 5000), (1_048_570, 20)])
async def test_any_part_is_what_the_whole_has_there(folder: Path, start: int, length: int) -> None:
    tree = Tree(folder, "a/b")
    body = await whole(tree)
    for place in (start, tree.size - start - length):
        part = b"".join([chunk async for chunk in tree.read(place, place + length)])
        assert part == body[place : place + length]


async def test_what_a_layer_cannot_hold_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        Tree(tmp_path, "ide")


async def test_an_empty_folder_is_a_layer(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    tree = Tree(tmp_path / "e", "ide")
    with tarfile.open(fileobj=io.BytesIO(await whole(tree))) as tar:
        assert tar.getnames() == ["ide"]
