"""The table of commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.cli.commands import COMMANDS, GROUPS, parser

CHECKOUT = Path(__file__).resolve().parents[3]
GITPODS = (
    *("env", "ports list", "ports await", "ports expose", "ports visibility", "ports protocol"),
    *("await-port", "forward-port", "url", "preview", "open", "tasks list", "tasks attach"),
    *("tasks stop", "timeout show", "timeout set", "timeout extend", "stop", "snapshot", "ssh"),
    *("info", "top", "user-info", "version", "docs", "completion", "init", "sync-done"),
    *("sync-await", "idp", "validate", "credential-helper", "git-token-validator"),
    *("git-track-command", "git-commit-message-helper"),
)


def test_every_command_of_gitpods_is_there():
    assert set(GITPODS) <= {one.path for one in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.path)
def test_each_can_be_loaded_and_explains_itself(command, capsys):
    assert callable(command.load())
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*command.path.split(" "), "--help"])
    assert ended.value.code == 0
    assert command.text.split(" ")[0] in capsys.readouterr().out


@pytest.mark.parametrize(
    "typed",
    [
        "env -e",
        "env -u -s user NAME",
        "ports list --no-color",
        "ports expose 3000 4000 -r",
        "tasks attach task-1 -i -r",
        "tasks stop -a -f",
        "open -w file",
        "preview http://localhost:3000 --external",
        "validate --prebuild --log debug --from prebuild --headless",
        "rebuild",
        "top -j --no-color",
        "user-info --email",
        "info -j",
        "init -i",
        "idp token --audience x --decode",
        "idp login aws --role-arn x",
    ],
)
def test_what_gitpods_scripts_write_is_understood(typed):
    assert parser().parse_args(typed.split()).found


def test_the_list_shows_what_people_use_and_the_exit_codes(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    said = capsys.readouterr().out
    assert all(one in said for one in ("await-port", *GROUPS, "exit codes: 0 done"))
    assert "git-track-command" not in said


def test_a_command_loads_its_own_modules_alone():
    script = (
        "import sys\nfrom supervisor.cli.__main__ import main\nmain(['url'])\n"
        "heavy = {'msgspec', 'websockets', 'asyncio', 'http.client', 'yaml', 'subprocess'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    environment = {"GITPOD_WORKSPACE_URL": "http://a.ws.localhost", "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["http://a.ws.localhost", "[]"]
