"""A first tree through the daemon: clone, home and what is told meanwhile."""

from pathlib import Path

import pytest

from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_a_first_tree_has_clone_home_and_a_private_folder(caller, url, workspace):
    status = caller.prepared(f"{workspace}.1", url)
    assert status.state == pb.CONTENT_READY
    assert len(status.revision) == 40
    tree = Path(caller.host.layout.content) / workspace
    assert (tree / "workspace" / "demo" / ".git").is_dir()
    assert oct((tree / "workspace" / ".podium").stat().st_mode & 0o777) == "0o700"
    assert (tree / "home").is_dir()
    caller.discard(workspace, 1)


def test_a_clone_that_fails_leaves_nothing(caller, url, workspace):
    status = caller.prepared(f"{workspace}.1", url + "-nowhere")
    assert status.state == pb.CONTENT_FAILED
    assert not (Path(caller.host.layout.content) / workspace / "content.json").exists()
