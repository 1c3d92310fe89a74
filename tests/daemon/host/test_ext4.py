"""File systems in files, with Debian's own programs."""

import errno
import os
from pathlib import Path

import pytest

from daemon.host import ext4

SIZE = 64 << 20


@pytest.fixture
def image(tmp_path: Path) -> Path:
    made = tmp_path / "image"
    made.touch()
    os.truncate(made, SIZE)
    ext4.make(made, SIZE)
    return made


def test_it_is_as_large_as_was_asked_and_takes_little(image: Path) -> None:
    assert ext4.size_of(image) == SIZE
    assert image.stat().st_blocks * 512 < SIZE / 4


def test_what_is_kept_of_it_and_which_tables_are_in_use_stand_in_it(image: Path) -> None:
    assert SIZE // 200 < ext4.kept_of(image) < SIZE // 30
    assert 0 < ext4.tables_used(image) < 16 << 10


def test_it_grows_to_its_file(image: Path) -> None:
    os.truncate(image, 2 * SIZE)
    assert ext4.size_of(image) == SIZE
    ext4.grow(image)
    assert ext4.size_of(image) == 2 * SIZE


def test_what_fails_is_told_in_the_programs_words(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(bytes(1 << 20))
    with pytest.raises(OSError, match="magic number"):
        ext4.grow(tmp_path / "image")
    with pytest.raises(OSError):  # noqa: PT011 -- a folder is no file system; the number differs
        ext4.grow_mounted(tmp_path, SIZE)


def test_a_program_without_an_end_is_ended_and_told(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = image.with_name("mkfs.ext4")
    stuck.write_text("#!/bin/sh\nexec /bin/sleep 600\n")
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", str(image.parent))
    monkeypatch.setattr(ext4, "_PATIENCE", 0.1)
    with pytest.raises(OSError, match="no end") as raised:
        ext4.make(image, SIZE)
    assert raised.value.errno == errno.ETIMEDOUT
    assert raised.value.filename == "mkfs.ext4"


def test_a_program_that_is_missing_is_named(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(image.parent))
    with pytest.raises(FileNotFoundError) as raised:
        ext4.make(image, SIZE)
    assert raised.value.filename == "mkfs.ext4"
