"""Every way in which a clone can fail, really caused: its code, and nothing half done."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.core.faults import Fault
from daemon.host.git import Cloned
from tests.daemon.nodes import Node
from tests.githost import GitHost

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def githost(tmp_path_factory) -> Iterator[GitHost]:
    with GitHost(tmp_path_factory.mktemp("git")) as host:
        host.make()
        host.make("big", noise=6 << 20)
        yield host


@pytest.fixture
def node(tmp_path) -> Node:
    return Node(tmp_path / "node", patience=2.0)


def nothing_left(node: Node, name: str) -> bool:
    return not node.files(name) and not kept(node)


def kept(node: Node) -> list[Path]:
    return [*(node.folder / "mirrors").glob("*/store/*")]


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        ("silent", "clone_unreachable"),
        ("private", "clone_auth_required"),
        ("forbidden", "clone_auth_required"),
        ("loop", "redirect_refused"),
        ("file", "redirect_refused"),
        ("inward", "clone_unreachable"),
        ("cut", "clone_interrupted"),
    ],
)
async def test_a_host_that_behaves_badly(node, githost, manner, code):
    failed = await node.clone("first", githost.url("demo", manner))
    assert isinstance(failed, Fault)
    assert (failed.code, bool(failed.detail), bool(failed.cure)) == (code, True, True), failed
    assert nothing_left(node, "first")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://nowhere.invalid/x", "host_unknown"),
        ("http://127.0.0.1:1/x", "clone_unreachable"),
        ("{plain}none", "repository_missing"),
        ("{plain}../demo", "repository_missing"),
        ("http://127.0.0.1/a%0ab", "url_refused"),
        ("--upload-pack=touch${{IFS}}/tmp/x", "url_refused"),
        ("http://-oProxyCommand=x/y", "url_refused"),
        ("ext::sh -c id", "url_refused"),
        ("http://127.0.0.1/a\nb", "url_refused"),
        ("https://127.0.0.1:1/x", "clone_unreachable"),
    ],
)
async def test_an_address_that_leads_nowhere(node, githost, url, code):
    plain = githost.url("x").removesuffix("x.git")
    failed = await node.clone("first", url.format(plain=plain))
    assert isinstance(failed, Fault)
    assert failed.code == code, failed
    assert nothing_left(node, "first")


@pytest.mark.parametrize("ref", ["nope", "--upload-pack=id", "a..b", "a\nb", "0" * 40, "x" * 256])
async def test_a_ref_that_is_not_there(node, githost, ref):
    failed = await node.clone("first", githost.url("demo"), ref)
    assert isinstance(failed, Fault)
    assert failed.code == "ref_unknown", failed


async def test_a_redirect_to_another_address_is_followed_and_origin_stays(node, githost):
    url = githost.url("demo", "moved")
    assert isinstance(await node.clone("first", url), Cloned)
    assert node.git("first", "config", "remote.origin.url") == url


async def test_a_certificate_that_nobody_vouches_for(node, tmp_path):
    folder = tmp_path / "tls"
    folder.mkdir()
    with GitHost(folder, tls=True) as host:
        host.make()
        failed = await node.clone("first", host.url("demo"))
    assert isinstance(failed, Fault)
    assert failed.code == "certificate_invalid", failed


@pytest.fixture
def little(tmp_path) -> Iterator[Path]:
    """A filesystem of 4 MiB."""
    folder = tmp_path / "little"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_below_the_mirror(githost, little):
    node = Node(little)
    failed = await node.clone("first", githost.url("big"))
    assert isinstance(failed, Fault)
    assert failed.code == "disk_full", failed
    assert nothing_left(node, "first")
    assert isinstance(await node.clone("second", githost.url("demo")), Cloned)


async def test_a_full_disk_below_the_tree(node, githost, little):
    failed = await node.clone("first", githost.url("big"), tree=little / "tree")
    assert isinstance(failed, Fault)
    assert failed.code == "disk_full", failed
    assert isinstance(await node.clone("second", githost.url("big")), Cloned)
    await node.cloner.make_room()
    assert not kept(node)


async def test_a_repository_beyond_the_limit_can_be_had_without_old_files(githost, tmp_path):
    githost.make("grown", noise=6 << 20)
    githost.work("grown").joinpath("noise").write_bytes(b"small now")
    head = githost.commit("grown", "Smaller")
    githost.push("grown")
    node = Node(tmp_path / "node", limit=3 << 20)
    ended = await node.clone("first", githost.url("grown"))
    assert isinstance(ended, Fault)
    assert ended.code == "clone_too_large", ended
    assert ended.detail.startswith("It takes more than 3.0 MiB; ")
    assert nothing_left(node, "first")
    partial = await node.clone("second", githost.url("grown"), partial=True)
    assert isinstance(partial, Cloned), partial
    assert partial.revision == head
    node.git("second", "-c", "remote.origin.url=http://127.0.0.1:1/", "checkout", "-f", "main")
    assert node.folder.joinpath("second/.podium-clone/noise").read_bytes() == b"small now"
    assert node.git("second", "config", "remote.origin.promisor") == "true"
    old = await node.clone("third", githost.url("grown", "old"), partial=True)
    assert isinstance(old, Fault)
    assert old.code == "partial_unsupported", old


HOSTILE = [
    b"n" * 255,
    b"\xff\xfe not text",
    b"Readme",
    b"README",
    b"line\nbreak",
    b"-rf",
    b"$(touch pwned)",
    b"way-out",
]
BRANCH = "x;$(touch${IFS}pwned)&'\"`id`|#"


async def test_names_that_mean_harm_are_only_names(node, githost):
    bare = githost.make_empty("hostile", "main")
    git = ["git", "-C", str(bare), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]

    def run(given: bytes, *words: str) -> str:
        done = subprocess.run([*git, *words], input=given, check=True, capture_output=True)
        return done.stdout.decode().strip()

    blob = run(b"../../../etc/passwd", "hash-object", "-w", "--stdin")
    lines = [
        b"%s blob %s\t%s" % (b"120000" if name == b"way-out" else b"100644", blob.encode(), name)
        for name in HOSTILE
    ]
    tree = run(b"\0".join(lines) + b"\0", "mktree", "-z")
    commit = run(b"", "commit-tree", "-m", "Hostile", tree)
    for branch in ("main", BRANCH):
        run(b"", "update-ref", f"refs/heads/{branch}", commit)
    for name in ("first", "second"):
        cloned = await node.clone(name, githost.url("hostile"), BRANCH)
        assert isinstance(cloned, Cloned), cloned
        assert (cloned.revision, cloned.branch) == (commit, BRANCH)
        listed = node.git(name, "ls-tree", "-z", "--name-only", "HEAD").split("\0")
        assert {os.fsencode(one) for one in listed if one} == set(HOSTILE)
    assert not [*node.folder.rglob("pwned")]
