"""Content from a git host over the network: through the daemon, in the workspaces' network."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

import pytest

from daemon.core.faults import Fault
from daemon.host.git import USER, Cloner
from tests import nodehost
from tests.daemon.caller import Caller, eventually
from tests.daemon.outside import start_outside
from tests.githost import GitHost
from tests.nodehost import NodeHost
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Iterator[NodeHost]:
    started = nodehost.start_daemon(tmp_path_factory.mktemp("node"))
    nodehost.make_repository(started)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def githost(tmp_path_factory) -> Iterator[GitHost]:
    outside = start_outside()
    try:
        folder = tmp_path_factory.mktemp("git")
        with GitHost(folder, netns=f"px{outside.number}", address=outside.address) as serving:
            serving.make()
            yield serving
    finally:
        outside.stop()


def another() -> str:
    return f"{workspace_id_from(token_bytes(16))}.1"


def test_the_second_workspace_fetches_nothing(caller: Caller, githost, workspace):
    githost.forget()
    first = caller.prepared(f"{workspace}.1", githost.url("demo"))
    assert first.state == pb.CONTENT_READY, first.fault
    second = caller.prepared(another(), githost.url("demo"))
    assert (second.revision, second.branch) == (first.revision, "main")
    assert githost.log() == ["list demo", "list demo", "fetch demo", "list demo"]


def test_a_daemon_killed_while_it_fetches(caller: Caller, host, githost, workspace):
    githost.make("held")
    url = githost.url("held", "held")
    caller.prepare(f"{workspace}.1", url)
    eventually(lambda: "fetch held" in githost.log())
    host.kill()
    eventually(lambda: not git_processes())
    host.start()
    githost.release()
    content = caller.prepared(f"{workspace}.1", url)
    assert content.state == pb.CONTENT_READY, content.fault


def test_a_git_that_is_killed_while_it_fetches(caller: Caller, githost, workspace):
    (githost.folder / "go").unlink(missing_ok=True)
    githost.make("shot")
    url = githost.url("shot", "held")
    caller.prepare(f"{workspace}.1", url)
    eventually(lambda: "fetch shot" in githost.log())
    for pid in git_processes():
        os.kill(pid, signal.SIGKILL)
    failed = caller.content(f"{workspace}.1", pb.CONTENT_FAILED)
    assert failed.fault.code == "clone_failed", failed.fault
    githost.release()
    assert caller.prepared(another(), url).state == pb.CONTENT_READY


async def test_a_redirect_inward_ends_at_the_workspaces_walls(
    caller: Caller, host, githost, url, workspace, tmp_path
):
    caller.prepared(f"{workspace}.1", url)
    netns = Path(host.layout.run) / "netns" / f"{workspace}.1"
    cloner = Cloner(tmp_path / "box", ("http",), (), patience=2.0)
    cloner.open()
    tree = tmp_path / "tree"
    (tree / ".podium-clone").mkdir(parents=True)
    os.chown(tree / ".podium-clone", USER, USER)
    source, local = cloner.check(githost.url("demo", "inward"), "")
    ended = await cloner.clone(source, local, tree, netns, [], lambda _progress: None)
    assert isinstance(ended, Fault)
    assert ended.code == "clone_unreachable"
    caller.deleted(f"{workspace}.1")


def git_processes() -> list[int]:
    found = subprocess.run(["pgrep", "-u", str(USER), "git"], capture_output=True, check=False)
    return [int(word) for word in found.stdout.split()]
