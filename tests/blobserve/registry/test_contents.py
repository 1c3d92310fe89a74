"""Any part of what can be sent."""

from pathlib import Path

from blobserve.registry.contents import CHUNK, Content, Held, OfTree, OnDisk
from kit.oci.trees import Tree


async def part(content: Content, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in content.read(start, end)])


async def test_memory_and_disk_give_the_same(tmp_path: Path) -> None:
    body = bytes(range(256)) * (CHUNK // 100)
    path = tmp_path / "blob"
    path.write_bytes(body)
    for content in (Held(body), OnDisk(path, len(body))):
        assert content.size == len(body)
        for start, end in ((0, len(body)), (5, 9), (CHUNK - 1, CHUNK + 1), (7, 7)):
            assert await part(content, start, end) == body[start:end]


async def test_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    path.write_bytes(bytes(3 * CHUNK))
    sizes = [len(one) async for one in OnDisk(path, 3 * CHUNK).read(0, 3 * CHUNK)]
    assert sizes == [CHUNK] * 3


async def test_a_folder_is_its_tar(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(256)))
    tree = Tree(tmp_path, "ide")
    body = b"".join(tree.read(0, tree.size))
    for start, end in ((0, len(body)), (500, 700), (7, 7)):
        assert await part(OfTree(tree), start, end) == body[start:end]
    assert OfTree(tree).size == len(body)
