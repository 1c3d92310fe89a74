import importlib.util
import os
import sys
from pathlib import Path

import pytest

from cli.setup.sources import compile_folder, copy_platform, read, refresh_vendor
from cli.setup.steps import PLATFORM


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for part in PLATFORM:
        (folder / part).mkdir(parents=True)
    (folder / "requirements.lock").write_text("uv==1\n")
    (folder / "app/main.py").write_text("WORD = 'hello'\n")
    return folder


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    folder = tmp_path / "web" / "abc"
    folder.mkdir(parents=True)
    (folder / "htmx.js").write_text("htmx")
    return folder


def test_what_tools_left_in_a_checkout_is_not_read(checkout: Path):
    for name in ("app/__pycache__/main.pyc", "app/.main.py.swp", "frontend/node_modules/x.js"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).touch()
    (checkout / "frontend/static/vendor").mkdir(parents=True)
    (checkout / "frontend/static/vendor/htmx.js").touch()
    assert sorted(read(checkout)) == ["app/main.py", "requirements.lock"]


def test_the_copy_is_whole_compiled_and_readable_by_everybody(
    checkout: Path, vendor: Path, tmp_path: Path
):
    copy = tmp_path / "copy"
    mask = os.umask(0o022)
    try:
        copy_platform(read(checkout), vendor, None, copy)
    finally:
        os.umask(mask)
    assert (copy / "app/main.py").read_text() == "WORD = 'hello'\n"
    assert (copy / "requirements.lock").exists()
    assert (copy / "frontend/static/vendor/htmx.js").read_text() == "htmx"
    assert (copy / "app/main.py").stat().st_mode & 0o777 == 0o644
    assert list((copy / "app/__pycache__").iterdir()) == [compiled(copy / "app/main.py")]


def test_machine_code_goes_beside_the_module_it_stands_for(
    checkout: Path, vendor: Path, tmp_path: Path
):
    (tmp_path / "code/app").mkdir(parents=True)
    (tmp_path / "code/app/main.so").touch()
    copy_platform(read(checkout), vendor, tmp_path / "code", tmp_path / "copy")
    assert (tmp_path / "copy/app/main.so").exists()
    assert (tmp_path / "copy/app/main.py").exists()


def compiled(module: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(module)))


def test_compiled_code_is_never_compared_with_its_source(tmp_path: Path):
    module = tmp_path / "once.py"
    module.write_text("WORD = 'first'\n")
    compile_folder(tmp_path, "/seen")
    module.write_text("WORD = 'edited'\n")
    spec = importlib.util.spec_from_file_location("once", module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert loaded.WORD == "first"
    assert "once" not in sys.modules


def test_the_checkout_gets_the_web_assets_and_new_ones_replace_them(checkout: Path, vendor: Path):
    target = checkout / "frontend/static/vendor"
    refresh_vendor(checkout, vendor)
    assert (target / "htmx.js").read_text() == "htmx"
    newer = vendor.with_name("def")
    newer.mkdir()
    (newer / "xterm.js").touch()
    refresh_vendor(checkout, newer)
    assert [path.name for path in target.iterdir() if path.name[0] != "."] == ["xterm.js"]


def test_web_assets_that_are_there_are_left_alone(checkout: Path, vendor: Path):
    refresh_vendor(checkout, vendor)
    (checkout / "frontend/static/vendor/htmx.js").write_text("edited")
    refresh_vendor(checkout, vendor)
    assert (checkout / "frontend/static/vendor/htmx.js").read_text() == "edited"


def test_a_link_in_their_place_is_replaced_and_what_it_led_to_stays(checkout: Path, vendor: Path):
    target = checkout / "frontend/static/vendor"
    target.parent.mkdir(parents=True)
    target.symlink_to(vendor)
    refresh_vendor(checkout, vendor)
    assert not target.is_symlink()
    assert (vendor / "htmx.js").exists()


def test_what_is_compiled_follows_from_the_sources(tmp_path: Path) -> None:
    """Names in sets, and strings that something else has used before, change no byte."""
    text = "SOME = {'a', 'b', 'c', 'd'}\ndef f(x):\n    return x in {'e', 'f', 'g', 'Path'}\n"
    found = []
    for name in ("one", "another-place"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "m.py").write_text(text)
        compile_folder(folder, "/seen")
        (compiled,) = (folder / "__pycache__").iterdir()
        found.append(compiled.read_bytes())
    assert found[0] == found[1]
    assert b"/seen/m.py" in found[0]
