"""B: what a workspace that is made finds in its environment, and the sizes of classes."""

from pathlib import Path

from daemon.core.classes import limits_of
from supervisor.core.environment import person_environment
from supervisor.host.limits import limits
from tests.app.workspaces.control import open_control
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.ids import InstanceId

ROWS = {"B1", "B3"}


async def test_b1_its_environment(tmp_path: Path) -> None:
    async with open_control(tmp_path) as control:
        made = await control.create()
        async with control.reconciling():
            await control.run(made.id)
        desired = await control.agents.desired(InstanceId(made.id, 1))
    assert desired is not None
    (tmp_path / "cpu.max").write_text("200000 100000")
    (tmp_path / "memory.max").write_text(str(4 << 30))
    inside = person_environment(
        desired, limits(str(tmp_path)), "/home/gitpod", "gitpod", "/bin/bash"
    )
    expected = {
        "GITPOD_REPO_ROOT": desired.repository,
        "GITPOD_REPO_ROOTS": desired.repository,
        "GITPOD_THEIA_PORT": str(IDE_PORT),
        "THEIA_WORKSPACE_ROOT": desired.repository,
        "GITPOD_WORKSPACE_CLASS": "standard",
        "THEIA_SUPERVISOR_ENDPOINT": f":{SUPERVISOR_PORT}",
        "GITPOD_GIT_USER_NAME": desired.git_name,
        "GITPOD_GIT_USER_EMAIL": desired.git_email,
        "GITPOD_MEMORY": "4096",
        "GITPOD_CPU_COUNT": "2",
    }
    assert {name: inside.get(name) for name in expected} == expected
    assert desired.repository.startswith("/workspace/")
    assert not {"THEIA_WEBVIEW_EXTERNAL_ENDPOINT", "GITPOD_INTERVAL"} & inside.keys()


def test_b3_a_class_has_processors_memory_and_disk() -> None:
    large = limits_of("large")
    assert large is not None
    assert (large.cpus, large.memory >> 30, large.disk >> 30) == (4, 8, 50)
