"""Which server is started for what, and how."""

import pytest

from supervisor.core.programs import kind_of, program_of, static_files
from tests.supervisor.samples import WORKSPACE, wish
from wire.ides import Ide


def vscode(**changes: object) -> list[str]:
    return program_of(Ide.VSCODE, wish(**changes), "/home/gitpod/.podium/vscode", "").command


@pytest.mark.parametrize(
    ("word", "there", "kind"),
    [
        ("vscode", True, Ide.VSCODE),
        ("something-newer", True, Ide.VSCODE),
        ("terminal", True, Ide.TERMINAL),
        ("jupyterlab", True, Ide.JUPYTERLAB),
        ("jupyterlab", False, Ide.TERMINAL),
    ],
)
def test_what_is_to_run(word: str, *, there: bool, kind: Ide) -> None:
    assert kind_of(wish(ide=word), jupyterlab=there) is kind


def test_vs_code_opens_the_repository_on_loopback_only():
    command = vscode()
    assert command[:2] == ["/ide/bin/node", "/ide/vscode/out/server-main.js"]
    assert "--host=127.0.0.1" in command
    assert "--default-folder=/workspace/demo" in command
    assert "--server-data-dir=/home/gitpod/.podium/vscode" in command
    assert "--default-folder=/workspace" in vscode(repository="")


def test_vs_code_asks_about_trust_only_when_nobody_has_answered():
    assert "--disable-workspace-trust" in vscode(trusted=True)
    assert "--disable-workspace-trust" not in vscode(trusted=False)


def test_static_files_come_from_their_origin_where_there_is_one():
    served = wish(assets="http://ide.localhost:8080")
    root = "http://ide.localhost:8080/blobserve/vscode:0a1b/__files__"
    assert static_files(served, "vscode:0a1b") == {"VSCODE_STATIC_ROOT": root}
    assert static_files(served, "") == {}
    assert static_files(wish(), "vscode:0a1b") == {}


def test_jupyterlab_is_on_loopback_without_a_password_under_the_workspaces_name():
    program = program_of(Ide.JUPYTERLAB, wish(), "/d", "vscode:0a1b")
    assert program.command[0] == "/ides/jupyterlab/bin/python3"
    assert {
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=23000",
        "--ServerApp.root_dir=/workspace/demo",
        "--IdentityProvider.token=",
        f"--ServerApp.local_hostnames={WORKSPACE}.ws.localhost",
    } < set(program.command)
    assert program.probe == "/api"
    assert set(program.environment) == {"JUPYTER_PATH"}
    bare = program_of(Ide.JUPYTERLAB, wish(environment={}, repository=""), "/d", "").command
    assert "--ServerApp.root_dir=/workspace" in bare
    assert not [one for one in bare if one.endswith("local_hostnames=")]
