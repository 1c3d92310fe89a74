from pathlib import Path

import pytest

from cli.images.graph import Part
from cli.images.kept import Kept


def build(text: str):
    def fill(fresh: Path) -> str:
        (fresh / "file").write_text(text)
        return text

    return fill


def run(folder: Path, debian: str, code: str, comes: str) -> list[str]:
    """Build a root and an image above it; returns what was built."""
    kept = Kept(folder)
    kept.have(Part("debian", {"day": debian.encode()}), build(comes))
    kept.have(Part("server", {"code": code.encode()}, ("debian",)), build("image"))
    return kept.fresh


def test_a_second_run_builds_nothing(tmp_path: Path):
    assert run(tmp_path, "monday", "1", "root") == ["debian", "server"]
    assert run(tmp_path, "monday", "1", "root") == []


def test_a_change_of_code_builds_no_root(tmp_path: Path):
    run(tmp_path, "monday", "1", "root")
    assert run(tmp_path, "monday", "2", "root") == ["server"]


def test_a_root_that_came_out_the_same_builds_no_image(tmp_path: Path):
    run(tmp_path, "monday", "1", "root")
    assert run(tmp_path, "tuesday", "1", "root") == ["debian"]
    assert run(tmp_path, "wednesday", "1", "newer root") == ["debian", "server"]


def test_what_was_before_is_found_again(tmp_path: Path):
    run(tmp_path, "monday", "1", "root")
    run(tmp_path, "monday", "2", "root")
    assert run(tmp_path, "monday", "1", "root") == []


def test_a_build_that_failed_is_tried_again(tmp_path: Path):
    def fail(fresh: Path) -> str:
        raise OSError("disk full")

    part = Part("debian", {})
    with pytest.raises(OSError, match="disk full"):
        Kept(tmp_path).have(part, fail)
    kept = Kept(tmp_path)
    assert (kept.have(part, build("root")) / "file").read_text() == "root"
    assert kept.fresh == ["debian"]


def test_nobody_but_root_looks_into_what_is_kept(tmp_path: Path):
    run(tmp_path, "monday", "1", "root")
    assert (tmp_path / "debian").stat().st_mode & 0o777 == 0o700
