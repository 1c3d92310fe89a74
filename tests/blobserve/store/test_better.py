from pathlib import Path

from blobserve.store.better import Better


def test_a_variant_is_there_when_it_is_whole(tmp_path: Path) -> None:
    better = Better(tmp_path)
    assert better.of_build("b1") == {}
    better.add("b1", "out/a.js.br", b"small")
    (tmp_path / "b1/out/b.js.br.new").write_bytes(b"half of i")
    found = better.of_build("b1")
    assert set(found) == {"out/a.js.br"}
    piece = found["out/a.js.br"]
    assert Path(piece.blob).read_bytes() == b"small"
    assert (piece.start, piece.size) == (0, 5)
    assert piece.tag.startswith("b1-")


def test_variants_of_builds_that_are_no_more_go(tmp_path: Path) -> None:
    better = Better(tmp_path)
    for build in ("b1", "b2"):
        better.add(build, "a.br", b"x")
    better.keep_only({"b2"})
    assert better.of_build("b1") == {}
    assert better.of_build("b2") != {}
