"""Which files of VS Code browsers get, on a small tree and on the real one."""

import re
from pathlib import Path

import brotli

from blobserve.store.images import Images
from cli.setup import assets
from tests.cli.setup.built import Built
from wire.assets import image_of

SCRIPT = b"export const a = 1;\n" * 200
PAIR = re.compile(r'\w\("(@?[\w.-]+(?:/[\w.-]+)?)","[\w./-]+\.(?:js|wasm)"')
"""How the workbench names a file of a package that it loads by itself."""


def test_an_image_has_what_browsers_ask_for_and_nothing_of_the_server(tmp_path: Path) -> None:
    tree = {
        "out/a.js": SCRIPT,
        "out/small.js": b"1",
        "out/a.map": b"x",
        "out/server-main.js": SCRIPT,
        "out/vs/base/node/cpuUsage.js": SCRIPT,
        "node_modules/@xterm/xterm/lib/xterm.js": SCRIPT,
        "node_modules/ws/index.js": SCRIPT,
        "extensions/git/main.js": SCRIPT,
        "extensions/theme/theme.json": SCRIPT,
        "extensions/theme/node_modules/a/a.json": SCRIPT,
    }
    for name, content in tree.items():
        path = tmp_path / "tree/vscode" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "assets/b1").mkdir(parents=True)
    assets.build(None, tmp_path / "tree", image_of("0a1b"), tmp_path / "assets/b1")
    image = Images(tmp_path / "assets").get("vscode:0a1b")
    assert image is not None
    plain = {name for name in image.files if not name.endswith(".br")}
    assert plain == {
        "extensions/theme/theme.json",
        "out/a.js",
        "out/small.js",
        "node_modules/@xterm/xterm/lib/xterm.js",
    }
    piece = image.files["out/a.js.br"]
    content = Path(piece.blob).read_bytes()[piece.start : piece.start + piece.size]
    assert brotli.decompress(content) == SCRIPT
    assert "out/small.js.br" not in image.files


def test_the_real_image_holds_what_the_workbench_names(built: Built) -> None:
    image = Images(built.folder("assets").parent).get(image_of(built.plan.ide))
    assert image is not None
    vscode = built.folder("ide") / "vscode"
    workbench = "out/vs/code/browser/workbench/workbench.js"
    assert f"{workbench}.br" in image.files
    assert image.files[f"{workbench}.br"].size < image.files[workbench].size / 4
    for script in [one for one in image.files if one.startswith("out/") and one.endswith(".js")]:
        for package in set(PAIR.findall((vscode / script).read_text())):
            there = (vscode / "node_modules" / package / "package.json").exists()
            served = any(one.startswith(f"node_modules/{package}/") for one in image.files)
            assert served or not there, f"{script} loads {package}"


def test_a_tree_names_its_image(built: Built) -> None:
    assert (built.folder("ide") / "image").read_text() == image_of(built.plan.ide)
