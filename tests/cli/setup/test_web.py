from xml.etree import ElementTree as ET

import pytest

from cli.setup.web import sprite
from tests.cli.setup.built import Built

ICON = """<!-- @license lucide-static - ISC -->
<svg
  class="lucide lucide-x"
  viewBox="0 0 24 24"
>
  <path d="M18 6 6 18" />
  <path d="m6 6 12 12" />
</svg>
"""


def test_each_icon_is_a_symbol_that_takes_its_style_from_the_page():
    root = ET.fromstring(sprite({"x": ICON, "a": ICON}))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert [one.get("id") for one in root] == ["a", "x"]
    assert [one.get("d") for one in root[0].iter(f"{space}path")] == ["M18 6 6 18", "m6 6 12 12"]
    assert root[0].get("class") is None


def test_what_is_no_icon_is_refused():
    with pytest.raises(ValueError, match="folder is no icon"):
        sprite({"folder": "not found"})


def test_pages_find_their_assets_and_licences_and_no_source_map(built: Built):
    folder = built.folder("web")
    names = {path.name for path in folder.iterdir()}
    assert {"htmx.js", "htmx-ext-ws.js", "xterm.js", "xterm.css", "icons.svg"} <= names
    assert len([name for name in names if name.endswith(".LICENSE")]) == 4
    assert not [name for name in names if name.endswith(".map")]
    for script in folder.glob("*.js"):
        assert "sourceMappingURL" not in script.read_text()
