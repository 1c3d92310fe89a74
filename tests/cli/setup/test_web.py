from cli.setup.terminals import VENDOR
from tests.cli.setup.built import Built


def test_pages_find_their_assets_and_licences_and_no_source_map(built: Built):
    folder = built.folder("web")
    names = {path.name for path in folder.iterdir()}
    assert {"htmx.js", "htmx-ext-ws.js", "xterm.css", *VENDOR} <= names
    assert len([name for name in names if name.endswith(".LICENSE")]) == 3
    assert not [name for name in names if name.endswith(".map")]
    for script in folder.glob("*.js"):
        assert "sourceMappingURL" not in script.read_text()
