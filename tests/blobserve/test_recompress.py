import os
import subprocess
import sys
from pathlib import Path

import brotli

from blobserve.recompress import recompress
from blobserve.store.better import Better
from blobserve.store.images import Images
from tests.blobserve.images import FILES, SCRIPT, make_image


def test_everything_compressible_is_made_once_and_smaller(tmp_path: Path) -> None:
    make_image(tmp_path / "assets")
    image = Images(tmp_path / "assets").get("vscode:1")
    assert image is not None
    better = Better(tmp_path / "better")
    assert recompress(image, better) == 2
    made = better.of_build("b1")
    assert set(made) == {"out/a.css.br", "out/a.js.br"}
    for name, piece in made.items():
        content = Path(piece.blob).read_bytes()
        assert brotli.decompress(content) == FILES[name.removesuffix(".br")]
        assert piece.size <= image.files[name].size
    assert recompress(image, better) == 0


def test_it_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    make_image(tmp_path / "assets")
    image = Images(tmp_path / "assets").get("vscode:1")
    assert image is not None
    better = Better(tmp_path / "better")
    better.add("b1", "out/a.js.br", brotli.compress(SCRIPT))
    assert recompress(image, better) == 1


def test_as_a_process_it_gives_way_and_tells(tmp_path: Path) -> None:
    make_image(tmp_path / "cache/assets")
    environment = {
        **os.environ,
        "PODIUM_HOME": str(tmp_path / "home"),
        "PODIUM_CACHE": str(tmp_path / "cache"),
    }

    def run(build: str) -> int:
        command = [sys.executable, "-m", "blobserve.recompress", build]
        return subprocess.run(command, env=environment, check=False).returncode

    assert run("b1") == 0
    assert (tmp_path / "home/blobserve/b1/out/a.js.br").exists()
    assert run("b2") == 1
