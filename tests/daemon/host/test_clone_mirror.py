"""Mirrors at work: asked each time, fetched once, and never more than the remote shows."""

import asyncio
import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.core.credentials import Credentials
from daemon.core.faults import Fault
from daemon.host.git import USER, Cloned
from tests.daemon.nodes import Node
from tests.githost import GitHost
from tests.waiting import until

pytestmark = pytest.mark.root


@pytest.fixture
def githost(tmp_path) -> Iterator[GitHost]:
    folder = tmp_path / "git"
    folder.mkdir()
    with GitHost(folder) as host:
        host.make()
        yield host


@pytest.fixture
def node(tmp_path) -> Node:
    return Node(tmp_path)


def plain_clone(url: str, folder: Path) -> dict[str, str]:
    subprocess.run(["git", "clone", "-q", "--no-checkout", url, str(folder)], check=True)
    return shape(["git", "-C", str(folder)])


def shape(git: list[str]) -> dict[str, str]:
    """What people see of a repository: refs, HEAD, configuration."""
    asked = {
        "refs": ["for-each-ref", "--format=%(refname) %(objectname) %(symref)"],
        "head": ["symbolic-ref", "HEAD"],
        "config": ["config", "--local", "--list"],
        "count": ["rev-list", "--all", "--objects", "--count"],
    }
    return {
        name: subprocess.run([*git, *words], check=True, capture_output=True, text=True).stdout
        for name, words in asked.items()
    }


async def test_the_second_clone_fetches_nothing_and_is_the_same(node, githost, tmp_path):
    url = githost.url("demo")
    first = await node.clone("first", url)
    assert isinstance(first, Cloned), first
    assert githost.log() == ["list demo", "list demo", "fetch demo"]
    githost.forget()
    second = await node.clone("second", url)
    assert (second.revision, second.branch) == (first.revision, "main")
    assert githost.log() == ["list demo"]
    plain = plain_clone(url, tmp_path / "plain")
    for name in ("first", "second"):
        git = ["git", "-c", "safe.directory=*", "-C", str(tmp_path / name / ".podium-clone")]
        assert shape(git) == plain
        node.git(name, "fsck", "--full")
        assert {one.lstat().st_uid for one in (tmp_path / name).rglob("*")} == {USER}
        assert not any("/mirror" in one.read_text(errors="replace") for one in node.files(name))
        assert all(one.stat().st_nlink == 1 for one in node.files(name))


async def test_what_is_new_is_fetched_and_only_that(node, githost):
    url = githost.url("demo")
    await node.clone("first", url)
    githost.work("demo").joinpath("more").write_text("more")
    head = githost.commit("demo", "Second")
    githost.push("demo")
    moved = await node.clone("second", url)
    assert moved.revision == head
    assert not moved.tidy
    githost.forget()
    assert (await node.clone("third", url)).revision == head
    assert githost.log() == ["list demo"]


async def test_the_default_branch_is_the_remotes(node, githost):
    url = githost.url("demo")
    await node.clone("first", url)
    githost.bare("demo", "symbolic-ref", "HEAD", "refs/heads/feature")
    assert (await node.clone("second", url)).branch == "feature"


async def test_what_was_taken_back_reaches_nobody_any_more(node, githost):
    url = githost.url("demo")
    githost.git("demo", "checkout", "-q", "-b", "secret")
    githost.work("demo").joinpath("key").write_text("a secret")
    secret = githost.commit("demo", "Oops")
    githost.push("demo")
    await node.clone("first", url)
    node.git("first", "cat-file", "-e", secret)
    githost.git("demo", "checkout", "-q", "main")
    githost.git("demo", "branch", "-q", "-D", "secret")
    githost.push("demo")
    second = await node.clone("second", url)
    assert second.tidy
    with pytest.raises(subprocess.CalledProcessError):
        node.git("second", "cat-file", "-e", secret)
    assert node.git("second", "config", "remote.origin.url") == url
    source, _local = node.cloner.check(url, "")
    await node.cloner.tidy(source, repack=True)
    third = await node.clone("third", url)
    assert not third.tidy
    with pytest.raises(subprocess.CalledProcessError):
        node.git("third", "cat-file", "-e", secret)


async def test_two_starts_at_once_fetch_once(node, githost):
    url = githost.url("demo", "held")
    waits = "waiting for another fetch of this repository"
    async with asyncio.TaskGroup() as group:
        first = group.create_task(node.clone("first", url))
        await until(lambda: "fetch demo" in githost.log())
        second = group.create_task(node.clone("second", url))
        await until(lambda: waits in [one.text for one in node.told.get("second", [])])
        githost.release()
    assert all(isinstance(one.result(), Cloned) for one in (first, second))
    assert githost.log().count("fetch demo") == 1
    assert waits not in [one.text for one in node.told["first"]]


async def test_who_may_not_read_gets_nothing_although_it_is_here(node, githost):
    await node.clone("first", githost.url("demo"))
    githost.take_away("demo")
    refused = await node.clone("second", githost.url("demo"))
    assert isinstance(refused, Fault)
    assert refused.code == "repository_missing"
    assert node.files("second") == []


async def test_a_private_repository_is_filled_from_the_mirror_for_those_who_may_read(node, githost):
    url, ada = githost.url("demo", "private"), Credentials("ada", "secret")
    assert isinstance(await node.clone("first", url, credentials=ada), Cloned)
    githost.forget()
    assert isinstance(await node.clone("second", url, credentials=ada), Cloned)
    assert githost.log() == ["list demo"]
    stranger = await node.clone("third", url)
    assert isinstance(stranger, Fault)
    assert stranger.code == "clone_auth_required"
    wrong = await node.clone("fourth", url, credentials=Credentials("bob", "guess"))
    assert isinstance(wrong, Fault)
    assert wrong.code == "clone_denied"
    assert node.files("third") == node.files("fourth") == []
    kept = [one for one in node.files("mirrors") if b"secret" in one.read_bytes()]
    assert not kept


async def test_a_fetch_that_is_cut_leaves_no_half_mirror(node, githost):
    broken = await node.clone("first", githost.url("demo", "cut"))
    assert isinstance(broken, Fault)
    assert broken.code == "clone_interrupted"
    store = next(node.mirrors.place(githost.url("demo", "cut")).store.parent.glob("store"))
    assert list(store.iterdir()) == []


async def test_a_killed_fetch_leaves_a_mirror_that_the_next_one_mends(node, githost):
    url = githost.url("demo")
    await node.clone("first", url)
    whole = node.mirrors.place(url).store / "git"
    (whole / "objects" / "pack" / "tmp_pack_x").write_text("half")
    (whole / "packed-refs.lock").touch()
    (whole.parent / "new").mkdir()
    head = githost.commit("demo", "Second")
    githost.push("demo")
    assert (await node.clone("second", url)).revision == head
    left = {one.name for one in whole.parent.rglob("*")}
    assert not {"tmp_pack_x", "packed-refs.lock", "new"} & left


@pytest.mark.parametrize("moved", [True, False])
async def test_a_damaged_mirror_is_fetched_anew(node, githost, moved):
    url = githost.url("demo")
    head = (await node.clone("first", url)).revision
    whole = node.mirrors.place(url).store / "git"
    for pack in whole.glob("objects/pack/*"):
        pack.unlink()
    if moved:
        head = githost.commit("demo", "Second")
        githost.push("demo")
    second = await node.clone("second", url)
    assert isinstance(second, Cloned), second
    assert second.revision == head
    node.git("second", "fsck", "--full")


@pytest.mark.parametrize(
    ("ref", "branch"), [("feature", "feature"), ("v1", ""), ("refs/pull/7/head", "pull/7")]
)
async def test_refs_as_from_the_remote(node, githost, ref, branch):
    url = githost.url("demo")
    githost.bare("demo", "update-ref", "refs/pull/7/head", "feature")
    for name in ("first", "second"):
        cloned = await node.clone(name, url, ref)
        assert isinstance(cloned, Cloned), cloned
        assert cloned.branch == branch
    assert (await node.clone("third", url, "nope")).code == "ref_unknown"


async def test_an_empty_repository_opens(node, githost):
    githost.make_empty("bare", "trunk")
    cloned = await node.clone("first", githost.url("bare"))
    assert cloned == Cloned("", "trunk")


async def test_a_repository_beyond_the_limit(tmp_path, githost):
    githost.make("big", noise=4 << 20)
    small = Node(tmp_path / "small", limit=2 << 20)
    ended = await small.clone("first", githost.url("big"))
    assert isinstance(ended, Fault)
    assert ended.code == "clone_too_large", ended
    assert isinstance(await small.clone("second", githost.url("demo")), Cloned)


async def test_what_is_taken_back_while_a_start_waits_reaches_nobody_either(node, githost):
    url = githost.url("demo")
    githost.git("demo", "checkout", "-q", "-b", "secret")
    githost.work("demo").joinpath("key").write_text("a secret")
    secret = githost.commit("demo", "Oops")
    githost.push("demo")
    await node.clone("first", url)
    githost.git("demo", "branch", "new", "main")
    githost.push("demo")
    waits = "waiting for another fetch of this repository"
    async with asyncio.TaskGroup() as group:
        with node.mirrors.place(url).lock.open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            second = group.create_task(node.clone("second", url))
            await until(lambda: waits in [one.text for one in node.told.get("second", [])])
            githost.git("demo", "checkout", "-q", "main")
            githost.git("demo", "branch", "-q", "-D", "secret")
            githost.push("demo")
    assert isinstance(second.result(), Cloned)
    assert await node.clone("third", url)
    for name in ("second", "third"):
        with pytest.raises(subprocess.CalledProcessError):
            node.git(name, "cat-file", "-e", secret)


async def test_what_a_mirror_has_let_go_of_does_not_count_for_the_limit(tmp_path, githost):
    githost.make("big", noise=3 << 20)
    small = Node(tmp_path / "small", limit=4 << 20)
    assert isinstance(await small.clone("first", githost.url("big")), Cloned)
    githost.work("big").joinpath("noise").write_bytes(os.urandom(3 << 20))
    githost.git("big", "add", "-A")
    githost.git("big", "commit", "-q", "--amend", "-m", "Other")
    githost.git("big", "branch", "-f", "feature")
    githost.git("big", "tag", "-d", "v1")
    githost.push("big")
    for name in ("second", "third"):
        cloned = await small.clone(name, githost.url("big"))
        assert isinstance(cloned, Cloned), cloned
