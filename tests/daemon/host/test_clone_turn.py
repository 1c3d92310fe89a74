"""HEAD of real clones of a real repository."""

import os
import subprocess
from pathlib import Path

import pytest

from daemon.core.clone import CLONE_FOLDER, SOURCE, TARGET, Source, clone_command, turn_of
from daemon.host.clone_turn import LARGEST_CONFIG, Git, look, turn

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "LC_ALL": "C",
}


class Origin:
    """A repository with branches, tags and a pull request, and clones of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / "origin"
        self.path.mkdir()
        self.git("init", "-q", "-b", "main")
        self.main = self.commit("README.md", "docs/a b.md")
        self.git("tag", "v1")
        self.git("checkout", "-q", "-b", "feature/x")
        self.feature = self.commit("feature/file.txt")
        self.git("checkout", "-q", "--detach", "main")
        self.pull = self.commit("pulled.txt")
        self.git("update-ref", "refs/pull/7/head", "HEAD")
        self.git("checkout", "-q", "main")

    def git(self, *arguments: str) -> str:
        author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        command = ["git", *author, "-C", str(self.path), *arguments]
        done = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, *files: str) -> str:
        for name in files:
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"Add {files[0]}")
        return self.git("rev-parse", "HEAD")

    def opened(self, ref: str, *, place: bool = False, inside: str = "") -> tuple | None:
        """Clone and turn, as the helper does; returns revision, branch and path."""
        target = self._folder / "target"
        target.mkdir()
        source = Source(f"file://{self.path}", ref, str(self.path), place, inside)
        clone = [self._outside(one, target) for one in clone_command(source)]
        assert Git(ENVIRONMENT, str(target)).run(clone, quiet=True)
        wanted = turn_of(source)
        wanted["fetch"] = [self._outside(one, target) for one in wanted["fetch"]]
        self.clone = Git(ENVIRONMENT, str(target / CLONE_FOLDER))
        found = turn(self.clone, wanted)
        self.config = found["config"] if found else ""
        return found and (found["revision"], found["branch"], found["path"])

    def _outside(self, word: str, target: Path) -> str:
        return word.replace(f"file://{SOURCE}.", f"file://{self.path}.").replace(
            TARGET + "/", f"{target}/"
        )


@pytest.fixture
def origin(tmp_path) -> Origin:
    return Origin(tmp_path)


def test_the_default(origin):
    assert origin.opened("") == (origin.main, "main", "")
    assert origin.clone.ask("branch", "--format=%(refname)") == "refs/heads/main"


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("feature/x", ""),
        ("feature/x/feature", "feature/"),
        ("feature/x/feature/file.txt", "feature/file.txt"),
        ("feature/x/no-such-file", ""),
    ],
)
def test_a_branch_with_a_slash_and_what_follows_it(origin, place, path):
    assert origin.opened(place, place=True) == (origin.feature, "feature/x", path)
    assert origin.clone.ask("branch", "--format=%(refname)") == "refs/heads/feature/x"
    assert origin.clone.ask("rev-parse", "--abbrev-ref", "@{upstream}") == "origin/feature/x"


def test_the_default_branch_and_an_odd_name(origin):
    assert origin.opened("main/docs/a b.md", place=True) == (origin.main, "main", "docs/a b.md")


def test_the_beginning_of_gitpod_yml_is_told_as_it_is_at_the_commit(origin):
    assert origin.opened("") is not None
    assert origin.config == ""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (".gitpod.yml", "image: x\n", "image: x\n"),
        (".gitpod", "image: old\n", "image: old\n"),
        (".devcontainer/devcontainer.json", '{"image": "x"}', '{"image": "x"}'),
        (".devcontainer.json", '{"image": "x"}', '{"image": "x"}'),
        (".gitpod.yml", "é\0" + "x" * LARGEST_CONFIG, "é" + "x" * (LARGEST_CONFIG - 3)),
    ],
)
def test_gitpod_yml_by_either_name_cut_to_its_beginning(origin, name, text, told):
    (origin.path / name).parent.mkdir(exist_ok=True)
    (origin.path / name).write_text(text)
    origin.git("add", "-A")
    origin.git("commit", "-q", "-m", "Configure")
    (origin.path / name).write_text("image: not committed\n")
    assert origin.opened("") is not None
    assert origin.config == told


def test_a_folder_of_that_name_is_no_file(origin):
    origin.commit(".gitpod/x")
    assert origin.opened("") is not None
    assert origin.config == ""


def test_a_tag_is_detached(origin):
    assert origin.opened("v1/docs", place=True) == (origin.main, "", "docs/")


def test_a_short_commit(origin):
    assert origin.opened(origin.feature[:8], place=True) == (origin.feature, "", "")


def test_a_commit_that_no_branch_leads_to(origin):
    assert origin.opened(origin.pull, inside="pulled.txt") == (origin.pull, "", "pulled.txt")


def test_a_pull_request_is_a_branch_of_its_own(origin):
    assert origin.opened("refs/pull/7/head") == (origin.pull, "pull/7", "")
    assert origin.clone.ask("branch", "--format=%(refname)") == "refs/heads/pull/7"


def test_a_branch_with_a_path_that_the_url_tells_apart(origin):
    assert origin.opened("feature/x", inside="feature") == (
        origin.feature,
        "feature/x",
        "feature/",
    )


@pytest.mark.parametrize("place", ["no-such-branch", "deadbeef"])
def test_what_is_not_there_is_said_as_git_would(origin, place, capfd):
    assert origin.opened(place, place=True) is None
    assert f"Remote branch {place} not found" in capfd.readouterr().err


def test_a_pull_request_that_is_not_there(origin):
    assert origin.opened("refs/pull/8/head") is None


def test_what_is_at_paths_of_a_commit(origin: Origin) -> None:
    """A link is nothing, and neither is what lies behind one: ids tell of what is read."""
    (origin.path / "link").symlink_to("README.md")
    (origin.path / "linked").symlink_to("docs")
    revision = origin.commit("*.txt", "deep/file")
    paths = ["README.md", "docs", "", "link", "linked", "linked/a b.md", "gone", "*.txt", ":(top)x"]
    found = look(Git(ENVIRONMENT, str(origin.path)), revision, paths)
    ids = {path: one.get("id", "") for path, one in zip(paths, found, strict=True)}
    assert [path for path in paths if ids[path]] == ["README.md", "docs", "", "*.txt"]
    assert ids["README.md"] == origin.git("rev-parse", "HEAD:README.md")
    assert [one.get("folder") for one in found[:4]] == [False, True, True, False]
    assert found[0]["text"] == "README.md"
