import gzip
import re
from pathlib import Path

import pytest

from cli.setup.sources import read
from cli.setup.terminals import INDEX, VENDOR, gather, write

FILES = read(Path(__file__).resolve().parents[3])
IMPORT = re.compile(r'from "([^"]+)"')


@pytest.fixture
def found(tmp_path: Path) -> dict[str, bytes]:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    for name in VENDOR:
        (vendor / name).write_text(f"/* {name} */")
    return gather(FILES, vendor)


def test_every_script_finds_what_it_imports(found: dict[str, bytes]):
    scripts = {name for name in found if name.endswith(".js")}
    wanted = {one for name in scripts for one in IMPORT.findall(found[name].decode())}
    assert "./xterm.js" in wanted
    assert {one.removeprefix("./") for one in wanted} <= scripts


def test_the_page_has_one_script_of_its_own_and_finds_every_file(
    found: dict[str, bytes], tmp_path: Path
):
    write(found, tmp_path / "web")
    page = (tmp_path / "web" / INDEX).read_text()
    assert len(re.findall(r"<script(?![^>]* src=)", page)) == 1, "the one named by its digest"
    assert not re.search(r"<style| style=| on\w+=", page)
    places = re.findall(r'(?:href|src)="(/_supervisor/web/[^"]+)"', page)
    assert len(places) >= 7
    for place in places:
        assert (tmp_path / f"{place.removeprefix('/_supervisor/')}.gz").is_file()


def test_the_folder_is_named_by_what_is_in_it(found: dict[str, bytes], tmp_path: Path):
    write(found, tmp_path / "one")
    write({**found, "start.js": b"other"}, tmp_path / "two")
    one, two = ({path.name for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one & two == {INDEX}
    (folder,) = (tmp_path / "one" / name for name in one - {INDEX})
    packed = (folder / "start.js.gz").read_bytes()
    assert gzip.decompress(packed) == found["start.js"]
