from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.commands import ides
from cli.commands.images import add, export
from cli.settings import Settings


def test_one_is_built_and_pushed_by_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parser, ran = ArgumentParser(), []

    class Done:
        returncode = 3

    def run(command, **how):
        ran.append((command[2:], how["env"]["PODIUM_HOME"]))
        return Done

    monkeypatch.setattr(ides.subprocess, "run", run)
    add(parser)
    settings = Settings.from_environ({"PODIUM_HOME": str(tmp_path)})
    words = parser.parse_args(["default", "--push", "registry.example/default:1"])
    assert export(settings, words) == 3
    assert export(settings, parser.parse_args(["full"])) == 3
    assert ran == [
        (
            ["-m", "cli.setup.rootbuild", "default", "--push=registry.example/default:1"],
            str(tmp_path),
        ),
        (["-m", "cli.setup.rootbuild", "full"], str(tmp_path)),
    ]
