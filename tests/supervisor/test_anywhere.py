"""The bundle as the first process of images that have nothing for it: no Python, no glibc."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.supervisor.inside import Inside, inside
from tests.supervisor.roots import KINDS
from tests.waiting import until
from wire.phases import StepState

pytestmark = pytest.mark.root


@pytest.fixture(params=sorted(KINDS))
async def started(request: pytest.FixtureRequest, bundle: Path) -> AsyncIterator[Inside]:
    async with inside(KINDS[request.param], bundle) as made:
        await made.start()
        yield made


async def test_it_runs_there_and_so_does_what_the_person_starts(started: Inside) -> None:
    """One life: a terminal, `gp`, a task, and the end."""
    seen = await started.type("echo $((40+2)):$(id -u):$PWD; env", "THEIA_WORKSPACE_ROOT=")
    assert "42:33333:/workspace" in seen
    assert not {name for name in ("LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHON") if name in seen}
    if (started.root / "bin/hello").exists():
        await started.type("hello", "linked with musl")
    await started.type("gp tasks list", "There are no tasks.")
    await until(lambda: started.newest.checkout.state is StepState.DONE)
    assert started.newest.checkout.state is StepState.DONE
    assert "path = /run/podium/gitconfig\n" in (started.root / "etc/gitconfig").read_text()
    told = (started.root / "run/podium/gitconfig").read_text()
    assert 'name = "Ada"\n' in told
    assert "directory = *\n" in told
    started.signal(signal.SIGTERM)
    assert await started.ended() == 0


async def test_tasks_run_without_bash_as_with_it(bundle: Path) -> None:
    async with inside(KINDS["busybox"], bundle) as made:
        (made.root / "workspace/.gitpod.yml").write_text("tasks: [{command: echo $((1+1))nd}]\n")
        await made.start()
        await until(lambda: [one.state.value for one in made.newest.tasks] == ["done"])
        assert "2nd" in await made.type("echo over", "over", "task-1")


async def test_orphans_are_reaped(bundle: Path) -> None:
    async with inside(KINDS["busybox"], bundle) as made:
        await made.start()
        await made.type("(sleep 0.01 &) ; echo star''ted", "started")
        children = Path(f"/proc/{made.pid()}/task/{made.pid()}/children")

        def one_shell_alone() -> bool:
            pids = children.read_text().split()
            return len(pids) == 1 and not is_zombie(pids[0])

        await until(one_shell_alone)


def is_zombie(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # it has just been reaped
        return True
    return state == "Z"
