"""Private submodules and large files: each host gets its own token, ssh the key, nobody another's.

Four hosts: the repository's own (ada's `secret`), one with another token, one that the person
has no token for, and ssh. What cannot be had is told with its cause, and the workspace opens.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.githosts import Hosts, git_hosts
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import content_of, until
from tests.githost import GitHost
from tests.largefiles import LargeFiles

BESIDE = """\
additionalRepositories:
- {{url: "{far}", checkoutLocation: parts/far}}
- {{url: "{closed}", checkoutLocation: parts/shut}}
"""
SECRET, OTHER = "ada:secret", "ada:other"


@dataclass
class World:
    """The hosts; `home` is the repository's own."""

    hosts: Hosts
    far: GitHost
    closed: GitHost

    @property
    def home(self) -> GitHost:
        return self.hosts.http

    def forget(self) -> None:
        for host in (self.home, self.far, self.closed):
            host.forget()


@pytest.fixture(scope="module")
def world(installation: Installation) -> Iterator[World]:
    with (
        git_hosts(ssh_port=2223) as hosts,
        tempfile.TemporaryDirectory() as far,
        tempfile.TemporaryDirectory() as closed,
    ):
        address = hosts.ssh.address
        with (
            GitHost(Path(far), netns=hosts.netns, address=address, credentials=OTHER) as other,
            GitHost(Path(closed), netns=hosts.netns, address=address) as third,
        ):
            made = World(hosts, other, third)
            fill(made)
            for host, token in ((made.home, "secret"), (other, "other")):
                words = ("git-access", "set-token", "--user", "ada", place(host))
                kept = installation.podium(*words, text=f"{token}\n")
                assert kept.returncode == 0, kept.stderr
            yield made
            for host in (made.home, other):
                installation.podium("git-access", "remove-token", place(host))


def place(host: GitHost) -> str:
    return host.url("x").split("/")[2]


def fill(world: World) -> None:
    """Make the repositories; `outer` holds all the others."""
    home, far, closed = world.home, world.far, world.closed
    home.make("lib")
    home.add_large("lib", "lib.bin", b"large in a submodule")
    home.push("lib")
    home.make("keyed")
    far.make("deep")
    far.make("far")
    far.add_submodule("far", "deep", "../deep.git", head(far, "deep"))
    far.push("far")
    home.make("outer")
    beside = {"far": far.url("far", "private"), "closed": closed.url("shut", "private")}
    configure(home, "outer", BESIDE.format(**beside))
    for path, address, commit in (
        ("lib", "../lib.git", head(home, "lib")),
        ("closed", closed.url("shut", "private"), closed.make("shut")),
        ("far", far.url("far", "private"), head(far, "far")),
        ("keyed", world.hosts.ssh.url("keyed"), head(home, "keyed")),
    ):
        home.add_submodule("outer", path, address, commit)
    home.add_large("outer", "a.bin", b"large and private")
    home.push("outer")
    home.make("signed")
    configure(home, "signed", "checkoutLocation: src/signed\n")
    home.add_large("signed", "s.bin", b"large, by ssh")
    home.push("signed")
    world.hosts.ssh.serve_large(home.url("x", "private").rpartition("/")[0], LargeFiles.PASS)


def configure(host: GitHost, name: str, text: str) -> None:
    (host.work(name) / ".gitpod.yml").write_text(text)
    host.commit(name, "Configure")


def head(host: GitHost, name: str) -> str:
    return host.git(name, "rev-parse", "HEAD")


def conditions(installation: Installation, workspace: str) -> dict[str, str]:
    shown = installation.podium_json("workspace", "show", workspace)
    found: dict[str, str] = shown["instance"]["conditions"]
    return found


def settled(installation: Installation, workspace: str) -> dict[str, str]:
    """Wait until nothing more arrives; returns what is still wrong.

    A workspace runs before it is known whether there is more to come: what has to come is waited
    for first.
    """
    until(lambda: "files_arriving" not in conditions(installation, workspace), timeout=60)
    return conditions(installation, workspace)


def failing(installation: Installation, workspace: str, *names: str) -> dict[str, str]:
    """Wait until these conditions are told, and no other one is; return them."""
    told: dict[str, str] = {}

    def looked() -> bool:
        nonlocal told
        told = conditions(installation, workspace)
        return set(told) == set(names)

    until(looked, timeout=60)
    return told


def test_over_ssh_large_files_come_with_the_key(
    installation: Installation, page: Page, world: World
) -> None:
    ssh = world.hosts.ssh
    ssh.authorize(installation.podium("git-access", "make-key").stdout.strip())
    made = installation.podium_json("workspace", "create", ssh.url("signed"), "--trust")["id"]

    def refused() -> bool:
        instance = installation.podium_json("workspace", "show", made)["instance"]
        return bool(instance["problem"])

    until(refused, timeout=60)
    accepted = installation.podium("git-access", "accept", made, ssh.fingerprint)
    assert accepted.returncode == 0, accepted.stderr
    installation.podium_json("workspace", "start", made, "--wait")
    files = installation.content(made) / "workspace" / "src" / "signed"
    until(lambda: content_of(files / "s.bin") == b"large, by ssh", timeout=60)
    assert settled(installation, made) == {}

    workspace = Workspace(made, "signed")
    add = "echo more > m.bin && git add m.bin && git commit -q -m More && git push -q"
    run(page, installation, workspace, f"cd /workspace/src/signed && {add}")
    assert world.hosts.head("signed") == "More"
    assert kept(world, b"more\n")
    installation.podium("workspace", "delete", made, "--yes")


def kept(world: World, content: bytes) -> bool:
    folder = world.home.folder / "lfs"
    return content in [one.read_bytes() for one in folder.iterdir()]


def test_each_host_gets_its_own_token_and_what_is_closed_is_told(
    installation: Installation, page: Page, world: World
) -> None:
    world.forget()
    url = world.home.url("outer", "private")
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    wrong = failing(installation, made, "submodules_failed", "repositories_failed")
    assert f"there is no token for {place(world.closed)}" in wrong["repositories_failed"]
    told = wrong["submodules_failed"]
    assert f"closed: Podium: there is no token for {place(world.closed)}. Add one at " in told
    assert f"/settings?host={place(world.closed).replace(':', '%3A')}" in told
    files = installation.content(made) / "workspace" / "outer"
    for there in ("lib", "far", "far/deep", "keyed"):
        assert (files / there / "README.md").exists(), there
    beside = files.parent / "parts"
    assert (beside / "far" / "README.md").exists()
    assert (beside / "far" / "deep" / "README.md").exists()
    assert not (beside / "shut").exists()
    assert (files / "a.bin").read_bytes() == b"large and private"
    assert (files / "lib" / "lib.bin").read_bytes() == b"large in a submodule"
    assert set(world.home.shown()) == {SECRET, LargeFiles.PASS}
    assert set(world.far.shown()) == {OTHER}
    assert world.closed.shown() == []

    page.goto(f"{installation.dashboard}/workspaces/{made}")
    expect(page.locator(".condition")).to_have_count(2)
    told = page.locator(".condition").all_inner_texts()
    assert [place(world.closed) in one for one in told] == [True, True]
    add = "echo larger > l.bin && git add l.bin && git commit -q -m Larger && git push -q"
    inner = "git switch -q main && git commit -q --allow-empty -m Inner && git push -q"
    workspace = Workspace(made, "outer")
    run(page, installation, workspace, f"cd /workspace/outer && {add}")
    for path in ("lib", "far", "far/deep", "keyed"):
        run(page, installation, workspace, f"cd /workspace/outer/{path} && {inner}")
    assert world.hosts.head("outer") == "Larger"
    assert kept(world, b"larger\n")
    for host, name in ((world.home, "lib"), (world.far, "deep"), (world.home, "keyed")):
        bare = ["-C", str(host.folder / f"{name}.git"), "-c", "safe.directory=*"]
        assert host.git(name, *bare, "log", "-1", "--format=%s", "main") == "Inner"
    secrets = "sudo grep -rlsaE ':(secret|other)@|^password=' /home /workspace /etc || true"
    assert run(page, installation, workspace, secrets) == ""

    # once there is a token, the next start completes it
    words = ("git-access", "set-token", "--user", "ada", place(world.closed))
    installation.podium(*words, text="secret\n")
    installation.podium_json("workspace", "stop", made, "--wait")
    installation.podium_json("workspace", "start", made, "--wait")
    until((beside / "shut" / "README.md").exists, timeout=60)
    until((files / "closed" / "README.md").exists, timeout=60)
    assert settled(installation, made) == {}
    installation.podium("git-access", "remove-token", place(world.closed))
    installation.podium("workspace", "delete", made, "--yes")


def test_a_repository_that_is_not_trusted_gets_no_token_for_its_parts(
    installation: Installation, world: World
) -> None:
    home = world.home
    home.make("doubtful")
    batch = home.url("outer", "private") + "/info/lfs"
    (home.work("doubtful") / ".lfsconfig").write_text(f"[lfs]\n\turl = {batch}\n")
    home.commit("doubtful", "Where large files are")
    home.add_submodule("doubtful", "lib", home.url("lib", "private"), head(home, "lib"))
    home.add_submodule("doubtful", "keyed", world.hosts.ssh.url("keyed"), head(home, "keyed"))
    home.add_large("doubtful", "a.bin", b"large and private")
    home.push("doubtful")
    world.forget()
    url = home.url("doubtful")
    made = installation.podium_json("workspace", "create", url, "--wait")["id"]
    wrong = failing(installation, made, "submodules_failed", "lfs_failed")
    assert (
        "lib: Podium: this repository is not trusted, so it gets no token"
        in (wrong["submodules_failed"])
    )
    assert "keyed: Host key verification failed" in wrong["submodules_failed"]
    assert home.shown() == []
    files = installation.content(made) / "workspace" / "doubtful"
    assert (files / "README.md").exists()
    assert not list((files / "lib").iterdir())
    assert b"git-lfs" in (files / "a.bin").read_bytes()
    installation.podium("workspace", "delete", made, "--yes")
