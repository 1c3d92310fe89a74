"""Folders as layers: a tar that nobody keeps, the same on every machine, from any byte on."""

import io
import os
import stat
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from kit.oci.trees import Tree


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


def whole(tree: Tree) -> bytes:
    return b"".join(tree.read(0, tree.size))


def test_it_is_a_tar_of_the_folder(folder: Path) -> None:
    tree = Tree(folder, "/ide")
    body = whole(tree)
    assert len(body) == tree.size
    assert tree.digest() == f"sha256:{sha256(body).hexdigest()}"
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


def test_owners_and_times_do_not_count(folder: Path, tmp_path: Path) -> None:
    before = Tree(folder, ".supervisor").digest()
    os.utime(folder / "lib/empty", (1, 1))
    copy = tmp_path / "copy"
    folder.rename(copy)
    assert Tree(copy, ".supervisor").digest() == before
    assert Tree(copy, "ide").digest() != before
    (copy / "lib/empty").chmod(0o600)
    assert Tree(copy, ".supervisor").digest() != before


@pytest.mark.parametrize(("start", "length"), [(0, 1), (511, 2), (1000, 5000), (1_048_570, 20)])
def test_any_part_is_what_the_whole_has_there(folder: Path, start: int, length: int) -> None:
    tree = Tree(folder, "a/b")
    body = whole(tree)
    for place in (start, tree.size - start - length):
        part = b"".join(tree.read(place, place + length))
        assert part == body[place : place + length]


def test_what_a_layer_cannot_hold_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        Tree(tmp_path, "ide")


def test_what_is_left_out(folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(whole(Tree(folder, "ide", ["lib/deep", "bin/x"])))) as tar:
        names = tar.getnames()
    assert "ide/lib/empty" in names
    assert not [one for one in names if "deep" in one]


def test_an_empty_folder_is_a_layer(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    tree = Tree(tmp_path / "e", "ide")
    with tarfile.open(fileobj=io.BytesIO(whole(tree))) as tar:
        assert tar.getnames() == ["ide"]


@pytest.mark.root
def test_a_root_keeps_what_it_is_made_of(tmp_path: Path) -> None:
    root = tmp_path / "rootfs"
    (root / "usr/bin").mkdir(parents=True)
    (root / "dev").mkdir()
    program = root / "usr/bin/sudo"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o4755)
    os.link(program, root / "usr/bin/visudo")
    mapper = root / "usr/bin/newuidmap"
    mapper.write_bytes(b"\x7fELF")
    capability = bytes.fromhex("0100000280000000000000000000000000000000")
    os.setxattr(mapper, "security.capability", capability)
    home = root / "home"
    home.mkdir()
    os.chown(home, 33333, 33333)
    os.utime(home, (5.5, 5.5))
    os.mknod(root / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    os.mkfifo(root / "dev/pipe")
    with tarfile.open(fileobj=io.BytesIO(whole(Tree(root)))) as tar:
        found = {one.name: one for one in tar}
    assert list(found) == [
        *("dev", "home", "usr", "usr/bin", "usr/bin/newuidmap", "usr/bin/sudo", "usr/bin/visudo")
    ]
    assert found["usr/bin/sudo"].mode == 0o4755
    assert (found["usr/bin/visudo"].islnk(), found["usr/bin/visudo"].linkname) == (
        True,
        "usr/bin/sudo",
    )
    assert (found["home"].uid, found["home"].gid, found["home"].mtime) == (33333, 33333, 5)
    kept = found["usr/bin/newuidmap"].pax_headers["SCHILY.xattr.security.capability"]
    assert kept.encode("utf-8", "surrogateescape") == capability


def test_a_file_that_became_shorter_is_told(folder: Path) -> None:
    tree = Tree(folder, "ide")
    (folder / "bin/node").write_bytes(b"")
    with pytest.raises(ValueError, match="has become shorter"):
        whole(tree)
