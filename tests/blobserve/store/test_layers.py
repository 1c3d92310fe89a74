import tarfile
from pathlib import Path

import pytest

from blobserve.store.layers import read_layer
from tests.blobserve.images import FILES, make_image


def test_each_file_is_found_at_its_place_in_the_layer(tmp_path: Path) -> None:
    blobs = make_image(tmp_path) / "blobs/sha256"
    largest = max(blobs.iterdir(), key=lambda one: one.stat().st_size)
    found = read_layer(largest)
    assert set(found) == set(FILES)
    for name, piece in found.items():
        content = Path(piece.blob).read_bytes()
        assert content[piece.start : piece.start + piece.size] == FILES[name]
        assert largest.name.startswith(piece.tag)


def test_folders_and_links_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "root/sub").mkdir(parents=True)
    (tmp_path / "root/sub/link").symlink_to("/etc/passwd")
    (tmp_path / "root/sub/file").write_text("x")
    blob = tmp_path / "layer"
    with tarfile.open(blob, "w") as tar:
        tar.add(tmp_path / "root", ".")
    assert set(read_layer(blob)) == {"sub/file"}


def test_what_is_no_tar_is_an_error(tmp_path: Path) -> None:
    blob = tmp_path / "layer"
    blob.write_bytes(b"no tar" * 1000)
    with pytest.raises(tarfile.TarError):
        read_layer(blob)
