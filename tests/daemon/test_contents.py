"""Trees of workspaces: where they come from, and that nothing is ever lost or half there."""

import hashlib
import os
import subprocess
from pathlib import Path

import grpc
import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller, eventually, inside
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def tree_of(host, workspace) -> Path:
    return Path(host.layout.content) / workspace / "workspace"


def test_a_clone_of_the_default_branch(caller: Caller, host, url, workspace):
    content = caller.prepared(f"{workspace}.1", url)
    assert content.state == pb.CONTENT_READY
    head = subprocess.run(
        ["git", "-C", str(host.repositories / "demo"), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert (content.revision, content.branch) == (head, "main")
    tree = tree_of(host, workspace)
    assert sorted(one.name for one in tree.iterdir()) == [".podium", "demo"]
    assert [one.name for one in (tree / "demo").iterdir()] == [".git"]
    assert (tree / ".podium").stat().st_mode & 0o777 == 0o700
    assert {one.lstat().st_uid for one in tree.rglob("*")} == {33333}
    assert url in (tree / "demo" / ".git" / "config").read_text()
    parents = [tree.parent, tree.parent.parent]
    assert [one.stat().st_mode & 0o777 for one in parents] == [0o700, 0o700]
    assert {one.stat().st_uid for one in parents} == {0}


@pytest.mark.parametrize(("ref", "branch"), [("feature", "feature"), ("v1", "")])
def test_a_branch_or_a_tag(caller: Caller, url, workspace, ref, branch):
    content = caller.prepared(f"{workspace}.1", url, ref=ref)
    assert content.state == pb.CONTENT_READY
    assert len(content.revision) == 40
    assert content.branch == branch


def test_a_commit(caller: Caller, host, url, workspace):
    head = caller.prepared(f"{workspace}.1", url).revision
    other = "gray-lion-" + workspace[-10:]
    content = caller.prepared(f"{other}.1", url, ref=head)
    assert (content.revision, content.branch) == (head, "")
    unknown = "jade-lion-" + workspace[-10:]
    missing = caller.prepared(f"{unknown}.1", url, ref="0" * 39 + "1")
    assert missing.fault.code == "ref_unknown"


@pytest.mark.parametrize(
    ("place", "branch", "path"),
    [
        ({"ref": "feature/README.md", "place": True}, "feature", "README.md"),
        ({"ref": "v1", "place": True}, "", ""),
        ({"ref": "main", "path": "README.md"}, "main", "README.md"),
        ({"ref": "refs/pull/7/head"}, "pull/7", ""),
    ],
)
def test_a_place_of_a_page(caller: Caller, host, url, workspace, place, branch, path):
    demo = str(host.repositories / "demo")
    subprocess.run(["git", "-C", demo, "update-ref", "refs/pull/7/head", "feature"], check=True)
    ready = caller.prepared(f"{workspace}.1", url, **place)
    assert ready.state == pb.CONTENT_READY, ready.fault
    assert (ready.branch, ready.path) == (branch, path)
    assert caller.prepared(f"{workspace}.2", url, fresh=False).path == path


def test_a_place_that_is_not_there(caller: Caller, url, workspace):
    failed = caller.prepared(f"{workspace}.1", url, ref="no/such/place", place=True)
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "ref_unknown")


def test_an_empty_repository(caller: Caller, host, workspace):
    path = host.repositories / "empty"
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    content = caller.prepared(f"{workspace}.1", host.file_url("empty"))
    assert content.state == pb.CONTENT_READY
    assert (content.revision, content.branch) == ("", "main")


@pytest.mark.parametrize(
    ("address", "ref", "code"),
    [
        ("file:///etc", "", "url_refused"),
        ("nonsense", "", "url_refused"),
        ("ext::sh -c id", "", "url_refused"),
        ("{url}x", "", "repository_missing"),
        ("{url}/.git/objects", "", "repository_missing"),
        ("{url}", "nope", "ref_unknown"),
        ("{url}", "--upload-pack=id", "ref_unknown"),
        ("http://127.0.0.1:1/x", "", "clone_unreachable"),
    ],
)
def test_faults(caller: Caller, host, url, workspace, address, ref, code):
    content = caller.prepared(f"{workspace}.1", address.format(url=url), ref=ref)
    assert content.state == pb.CONTENT_FAILED
    assert content.fault.code == code, content.fault
    assert content.fault.title
    assert content.fault.cure
    assert not tree_of(host, workspace).exists()


def test_a_link_out_of_the_allowed_folder_is_refused(caller: Caller, host, workspace):
    outside = host.folder / "outside"
    subprocess.run(["git", "init", "-q", str(outside)], check=True)
    (host.repositories / "link").symlink_to(outside)
    content = caller.prepared(f"{workspace}.1", host.file_url("link"))
    assert content.fault.code == "url_refused"


def test_a_repository_that_only_its_owner_may_read(caller: Caller, host, workspace):
    path = host.repositories / "private"
    nodehost.make_repository(host, "private")
    for one in [path, *path.rglob("*")]:
        os.lchown(one, 4242, 4242)
        if not one.is_symlink():
            one.chmod(one.stat().st_mode & 0o700)
    content = caller.prepared(f"{workspace}.1", host.file_url("private"))
    assert content.state == pb.CONTENT_READY, content.fault
    assert {one.lstat().st_uid for one in tree_of(host, workspace).rglob("*")} == {33333}


def test_a_missing_tree_is_never_replaced_by_an_empty_one(caller: Caller, host, url, workspace):
    missing = caller.prepare(f"{workspace}.1", url, fresh=False)
    assert missing.state == pb.CONTENT_FAILED
    assert missing.fault.code == "content_missing"
    assert not tree_of(host, workspace).exists()


def test_a_lost_tree_is_a_fault_even_when_asked_for_as_fresh(caller, host, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    tree = tree_of(host, workspace)
    tree.rename(tree.with_name("aside"))
    lost = caller.prepare(f"{workspace}.2", url)
    assert lost.fault.code == "content_missing"


def test_repeating_changes_nothing(caller: Caller, host, url, workspace):
    first = caller.prepared(f"{workspace}.1", url)
    mark = tree_of(host, workspace) / "demo" / "mark"
    mark.touch()
    again = caller.prepare(f"{workspace}.1", url)
    assert (again.state, again.revision) == (pb.CONTENT_READY, first.revision)
    assert mark.exists()


def test_a_smaller_number_is_fenced_across_restarts(caller: Caller, host, url, workspace):
    caller.prepared(f"{workspace}.2", url)
    calls = (
        lambda: caller.prepare(f"{workspace}.1", url),
        lambda: caller.apply(f"{workspace}.1"),
        lambda: caller.seal(f"{workspace}.1"),
        lambda: caller.discard(workspace, 1),
    )
    for again in (False, True):
        if again:
            host.kill()
            host.start()
        for call in calls:
            with pytest.raises(grpc.RpcError) as refused:
                call()
            assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_discarding_frees_the_disk_and_fences_late_calls(caller: Caller, host, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    caller.seal(f"{workspace}.1")
    assert caller.discard(workspace, 1) > 50_000
    assert not tree_of(host, workspace).parent.exists()
    assert caller.discard(workspace, 1) == 0
    with pytest.raises(grpc.RpcError):
        caller.prepare(f"{workspace}.1", url)


def test_sealing_and_discarding_wait_for_the_container(caller, running, workspace):
    running()
    sealed = caller.seal(f"{workspace}.1")
    assert sealed.state == pb.CONTENT_READY
    assert sealed.fault.code == "container_alive"
    with pytest.raises(grpc.RpcError) as refused:
        caller.discard(workspace, 1)
    assert refused.value.code() is grpc.StatusCode.ABORTED


MESS = """
set -e
cd /workspace && mkdir -p demo/deep && echo data > demo/deep/file && chmod 4751 demo/deep/file
ln -s ../nowhere demo/link && ln demo/deep/file demo/hard && mkfifo demo/pipe
chmod 1777 demo/deep && touch -d '2001-02-03 04:05:06.789' demo/deep/file
python3 -c "import os; os.setxattr('demo/deep/file', 'user.colour', b'green')"
python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('demo/sock')"
truncate -s 1M demo/sparse && touch "demo/a
b" && cd && echo history > .bash_history && mkdir -m 700 .ssh && ln -s /etc/passwd .link
"""


def fingerprint(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything of a tree that must survive: kinds, modes, owners, times, links, xattrs, bytes."""
    found = {}
    for path in sorted([root, *root.rglob("*")]):
        stat = path.lstat()
        content = ""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        xattrs = {name: os.getxattr(path, name, follow_symlinks=False)
                  for name in os.listxattr(path, follow_symlinks=False)}  # fmt: skip
        found[str(path.relative_to(root))] = (
            stat.st_mode, stat.st_uid, stat.st_gid, stat.st_nlink, stat.st_size,
            stat.st_mtime_ns, stat.st_blocks, content, xattrs,
        )  # fmt: skip
    return found


def test_tree_and_home_are_the_same_bit_for_bit_after_stop_and_start(
    caller: Caller, host, running, url, workspace
):
    running()
    done = inside(host, f"{workspace}.1", f"export HOME=/home/gitpod\n{MESS}", user=33333)
    assert done.returncode == 0, done.stderr
    inside(host, f"{workspace}.1", "chown 1234:4321 /workspace/demo/hard; touch /etc/gone")
    caller.deleted(f"{workspace}.1")
    sealed = caller.seal(f"{workspace}.1")
    assert sealed.state == pb.CONTENT_SEALED
    with disks.shown(host.layout, workspace) as folder:
        before = fingerprint(folder)
    assert before["workspace/demo/deep/file"][1:3] == (1234, 4321)
    again = caller.prepared(f"{workspace}.2", url, fresh=False)
    assert again.state == pb.CONTENT_READY
    caller.started(f"{workspace}.2")
    script = (
        "stat -c '%u %g' /workspace/demo/deep/file; ls /etc/gone; cat /home/gitpod/.bash_history"
    )
    seen = inside(host, f"{workspace}.2", script)
    assert seen.stdout.split() == ["1234", "4321", "history"]
    caller.deleted(f"{workspace}.2")
    after = fingerprint(tree_of(host, workspace).parent)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {".", ".layers", "content.json"}


def test_a_daemon_killed_in_the_middle_of_a_clone(caller: Caller, host, workspace):
    big = host.repositories / "big"
    if not big.exists():
        _make_big(big)
    url = host.file_url("big")
    caller.prepare(f"{workspace}.1", url)
    growing = tree_of(host, workspace) / ".podium-clone"
    eventually(lambda: growing.exists() and any(growing.rglob("tmp_pack*")))
    host.kill()
    eventually(lambda: not _git_processes())
    assert not (tree_of(host, workspace) / "demo").exists()
    host.start()
    assert [one for one in caller.list().contents if one.instance.startswith(workspace)] == []
    content = caller.prepared(f"{workspace}.1", url)
    assert content.state == pb.CONTENT_READY, content.fault
    checked = [
        "git",
        "-c",
        "safe.directory=*",
        "-C",
        str(tree_of(host, workspace) / "demo"),
        "fsck",
    ]
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 0


def test_deleting_cancels_a_clone(caller: Caller, host, workspace):
    if not (host.repositories / "big").exists():
        _make_big(host.repositories / "big")
    caller.prepare(f"{workspace}.1", host.file_url("big"))
    caller.deleted(f"{workspace}.1")
    eventually(lambda: not _git_processes())
    assert [one for one in caller.list().contents if one.instance.startswith(workspace)] == []


def _make_big(path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    (path / "noise").write_bytes(os.urandom(96 << 20))
    git = ["git", "-C", str(path), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    git += ["-c", "core.compression=0"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Noise"], check=True)


def _git_processes() -> list[str]:
    found = subprocess.run(["pgrep", "-u", "33333", "-x", "git"], capture_output=True, check=False)
    return found.stdout.decode().split()
