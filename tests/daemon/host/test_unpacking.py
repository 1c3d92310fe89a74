"""Layers through the child: what is hostile is refused by name, and nothing leaves the root."""

import gzip
import os
import subprocess
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import zstandard

from daemon.core.layers import Allowance
from daemon.host.unpacking import Layer, LayerRefused, NoSpace, unpack_layer
from kit.oci.core.digests import digest_of
from tests.daemon.layers import Member, folder, hard, link, tar_of

pytestmark = pytest.mark.root
CAPABILITY = b"\x01\0\0\x02\0\x04" + bytes(14)


def run(*words: str) -> bytes:
    return subprocess.run(words, check=True, capture_output=True).stdout


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 1000):
        yield data[start : start + 1000]


async def unpacked(
    root: Path, tar: bytes, *, pack=bytes, bytes_left: int = 1 << 20, entries: int = 100, **said
) -> Allowance:
    root.mkdir(exist_ok=True)
    data = pack(tar)
    layer = Layer(
        said.get("digest", digest_of(data)),
        said.get("size", len(data)),
        said.get("diff_id", digest_of(tar)),
    )
    return await unpack_layer(root, layer, chunks(data), Allowance(bytes_left, entries))


async def refusal(root: Path, tar: bytes, **said: object) -> str:
    with pytest.raises(LayerRefused) as refused:
        await unpacked(root, tar, **said)
    return str(refused.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
async def test_a_layer_with_owners_modes_capabilities_and_links(tmp_path, pack):
    root = tmp_path / "root"
    capable = {"SCHILY.xattr.security.capability": CAPABILITY.decode()}
    tar = tar_of(
        folder("bin"),
        Member("bin/su", b"hello", fields={"mode": 0o4755, "uid": 3, "gid": 4, "mtime": 77}),
        hard("bin/again", "bin/su"),
        link("sh", "/bin/su"),
        Member("ping", b"p", fields={"pax_headers": capable}),
        Member("caf\udce9\n", b"odd"),
        Member("dev/null", kind=tarfile.CHRTYPE),
        Member("pipe", kind=tarfile.FIFOTYPE),
    )
    left = await unpacked(root, tar, pack=pack)
    assert (left.bytes, left.entries) == ((1 << 20) - 9, 92)
    found = (root / "bin/su").stat()
    assert (found.st_mode & 0o7777, found.st_uid, found.st_gid) == (0o4755, 3, 4)
    assert (found.st_nlink, found.st_mtime) == (2, 77)
    assert os.getxattr(root / "ping", "security.capability") == CAPABILITY
    assert b"caf\xe9\n" in [os.fsencode(one.name) for one in root.iterdir()]
    assert not (root / "dev/null").exists()
    assert (root / "sh").readlink() == Path("/bin/su")


async def test_holes_stay_holes_and_count_as_large_as_they_look(tmp_path):
    made = tmp_path / "sparse"
    with made.open("wb") as file:
        file.write(b"begin")
        file.truncate(600_000)
    tar = run("tar", "--sparse", "--create", "--file=-", "-C", str(tmp_path), "sparse")
    assert len(tar) < 50_000
    await unpacked(tmp_path / "root", tar)
    found = tmp_path / "root" / "sparse"
    assert found.read_bytes() == made.read_bytes()
    assert found.stat().st_blocks * 512 < 600_000
    assert "sparse of 600000 bytes makes" in await refusal(tmp_path / "root", tar, bytes_left=5)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([Member("../escape", b"x")], "../escape leads upwards"),
        ([Member("/escape", b"x")], "/escape is an absolute name"),
        ([link("a", "../../outside")], "a is a link out of the image"),
        ([hard("a", "../outside/secret")], "a: ../outside/secret leads upwards"),
        ([hard("a", "outside/secret")], "a is a second name of outside/secret, which is not"),
        ([Member("sda", kind=tarfile.BLKTYPE)], "sda is a device"),
        ([Member("big", b"x" * 2_000_000)], "big of 2000000 bytes makes the image larger"),
        ([folder(f"d{one}") for one in range(101)], "more files than PODIUM_IMAGE_ENTRIES"),
        ([Member("n" * 300, b"x")], "too long, or too deep"),
    ],
)
async def test_a_hostile_entry_is_refused_by_name(tmp_path, members, why):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("s")
    assert why in await refusal(tmp_path / "root", tar_of(*members))
    assert {one.name for one in tmp_path.iterdir()} == {"outside", "root"}
    assert (outside / "secret").stat().st_nlink == 1


async def test_a_link_leads_nowhere_outside(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    members = [link("away", str(outside)), Member("away/file", b"x"), hard("h", "away/file")]
    await unpacked(tmp_path / "root", tar_of(*members))
    assert list(outside.iterdir()) == []
    assert (tmp_path / "root" / str(outside).lstrip("/") / "file").read_bytes() == b"x"


async def test_what_was_promised_is_checked(tmp_path):
    tar = tar_of(Member("f", b"x"))
    wrong = f"sha256:{'0' * 64}"
    assert "the layer is sha256:" in await refusal(tmp_path / "a", tar, digest=wrong)
    assert "what the layer unpacks to is" in await refusal(tmp_path / "b", tar, diff_id=wrong)
    assert "longer than its manifest says" in await refusal(tmp_path / "c", tar, size=3)


async def test_bombs_are_cut_off(tmp_path):
    zeros = tar_of(Member("f", b"x")) + bytes(1 << 26)
    told = await refusal(tmp_path / "a", zeros, pack=gzip.compress, entries=10)
    assert "unpacks to more than PODIUM_IMAGE_LIMIT" in told
    huge = tarfile.TarInfo("././@PaxHeader")
    huge.type, huge.size = tarfile.XHDTYPE, 1 << 32
    header = huge.tobuf(tarfile.USTAR_FORMAT)
    assert "a header asks for" in await refusal(tmp_path / "b", header + bytes(4096))


@pytest.mark.parametrize("data", [b"<html>no layer</html>", b"\x1f\x8bnothing", b"x" * 2000, b""])
async def test_what_is_no_layer_is_refused(tmp_path, data):
    assert "cannot be" in await refusal(tmp_path / "root", data)


async def test_garbage_behind_an_entry_is_no_end(tmp_path):
    tar = tar_of(Member("f", b"x"))[:1024] + b"garbage " * 200
    assert "something in it that is no entry" in await refusal(tmp_path / "root", tar)


async def test_a_source_that_breaks_ends_the_child(tmp_path):
    async def broken() -> AsyncIterator[bytes]:
        yield tar_of(Member("f", b"x"))[:600]
        raise ConnectionError("gone")

    (tmp_path / "root").mkdir()
    layer = Layer("sha256:0", 9999, "sha256:0")
    with pytest.raises(ConnectionError):
        await unpack_layer(tmp_path / "root", layer, broken(), Allowance(1 << 20, 10))


async def test_a_full_disk_is_no_fault_of_the_layer(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(root))
    try:
        with pytest.raises(NoSpace):
            await unpacked(root, tar_of(Member("f", b"x" * 200_000)))
    finally:
        run("umount", str(root))
