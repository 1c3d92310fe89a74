"""Versions: how they are spelt, where their digest comes from, and what new starts are told."""

import io
import json
from pathlib import Path
from typing import ClassVar

import pytest

from cli.setup import editors
from cli.setup.commands import Commands
from cli.setup.npm import Npm
from cli.setup.progress import Board, Step, StepFailedError
from kit.clock import FakeClock

PIN = json.dumps({"package": "code-server", "version": "4.139.1", "integrity": "sha512-x"}).encode()
OTHER = f"sha512-{'A' * 86}=="


class Registry(Npm):
    """An npm whose registry tells what it is given; asked once."""

    answers: ClassVar[list[str]] = []

    def told(self, step: Step, words) -> str:
        assert words == ["view", "code-server@4.138.0", "dist.integrity"]
        return self.answers.pop()


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step("A version", tmp_path / "log", Board(io.StringIO(), FakeClock()), Commands())


def tree(folder: Path, name: str, version: str) -> None:
    (folder / name / "vscode").mkdir(parents=True)
    (folder / name / "vscode/package.json").write_text(json.dumps({"version": version}))


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        *(("1.138.0", "4.138.0"), ("4.138.0", "4.138.0"), ("", ""), ("1.138", ""), ("latest", "")),
        *(("4.1.0-rc", ""), ("2.1.0", ""), ("1.138.0\n", "")),
    ],
)
def test_a_version_is_the_editors_or_the_packages(wanted: str, version: str) -> None:
    assert editors.package_version(wanted) == version


def test_a_digest_is_asked_for_once(step: Step, tmp_path: Path) -> None:
    npm = Registry(tmp_path)
    npm.answers[:] = [OTHER]
    with step:
        pins = [editors.pin_of(step, npm, PIN, "4.138.0", tmp_path / "kept") for _ in "ab"]
        assert editors.pin_of(step, npm, PIN, "4.139.1", tmp_path / "kept") == PIN
    assert pins[0] == pins[1]
    assert json.loads(pins[0]) == {**json.loads(PIN), "version": "4.138.0", "integrity": OTHER}


@pytest.mark.parametrize("answer", ["", "404", "sha1-abc"])
def test_a_version_that_there_is_not(step: Step, tmp_path: Path, answer: str) -> None:
    npm = Registry(tmp_path)
    npm.answers[:] = [answer]
    with step, pytest.raises(StepFailedError, match="no code-server@4"):
        editors.pin_of(step, npm, PIN, "4.138.0", tmp_path)


def test_what_starts_are_told(tmp_path: Path) -> None:
    tree(tmp_path, "aa", "1.139.1")
    assert editors.offered({}, {"code": "aa"}, tmp_path) == {
        "editors": {"code": {"1.139.1": "aa"}},
        "latest": {},
    }
    tree(tmp_path, "bb", "1.140.0")
    tree(tmp_path, "cc", "1.99.9")
    told = {"editors": {"code": {"1.139.1": "older"}}}
    for one, version in (("bb", "1.140.0"), ("cc", "1.99.9"), ("gone", "1.5.0")):
        told = {"editors": editors.added(told, "code", version, one)}
    assert editors.offered(told, {"code": "aa"}, tmp_path) == {
        "editors": {"code": {"1.139.1": "aa", "1.140.0": "bb", "1.99.9": "cc"}},
        "latest": {"code": "1.140.0"},
    }
    # a newer Podium, whose own is newer than all
    tree(tmp_path, "dd", "1.141.0")
    assert editors.offered(told, {"code": "dd"}, tmp_path)["latest"] == {}


def test_jupyterlab_tells_its_version_too(tmp_path: Path) -> None:
    (tmp_path / "site/jupyterlab-4.2.5.dist-info").mkdir(parents=True)
    assert editors.version_of(tmp_path) == "4.2.5"
    assert editors.version_of(tmp_path / "nothing") == ""
