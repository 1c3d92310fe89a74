import gzip
from pathlib import Path

import pytest

from app.web.assets import Assets


def test_an_address_carries_the_contents_hash(tmp_path: Path) -> None:
    style = tmp_path / "css" / "a.css"
    style.parent.mkdir()
    style.write_text("a { color: red }")
    first = Assets(tmp_path).url("css/a.css")
    assert first == Assets(tmp_path).url("css/a.css")
    style.write_text("a { color: blue }")
    second = Assets(tmp_path).url("css/a.css")
    assert first != second
    assert first.startswith("/assets/")
    assert first.endswith("/css/a.css")


def test_large_files_are_kept_compressed_as_well(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "large.js").write_text("x = 1;\n" * 1000)
    (tmp_path / "js" / "small.js").write_text("x = 1;\n")
    assets = Assets(tmp_path)
    large = assets.find(assets.url("js/large.js").removeprefix("/assets/"))
    small = assets.find(assets.url("js/small.js").removeprefix("/assets/"))
    assert large is not None
    assert small is not None
    assert large.compressed is not None
    assert gzip.decompress(large.compressed) == large.content
    assert small.compressed is None
    assert "javascript" in large.media_type


def test_nothing_else_has_an_address(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    assets = Assets(tmp_path)
    for key in ("secret.txt", "../secret.txt", "css/../secret.txt", ""):
        assert assets.find(key) is None
    with pytest.raises(KeyError):
        assets.url("secret.txt")


def test_a_page_stays_small() -> None:
    assets = Assets()
    names = ("css/tokens", "css/base", "css/components", "css/pages")
    own = ("js/early", "js/times", "js/podium", "js/live", "js/filter", "js/notices", "js/vitals")
    scripts = (*own, "vendor/htmx", "vendor/htmx-ext-ws")
    total = 0
    for name in [*(f"{one}.css" for one in names), *(f"{one}.js" for one in scripts)]:
        found = assets.find(assets.url(name).removeprefix("/assets/"))
        assert found is not None
        total += len(found.compressed or found.content)
    assert total < 60_000
