from app.runtime.fakegit import FakeRepositories
from app.runtime.port import ContentState, Initializer
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)
WANTED = Initializer(url="https://h.org/a/b", ref="", folder="b", image="i", fresh=True)


def test_a_clone_shows_its_files_by_git_s_names():
    git = FakeRepositories()
    git.files[WANTED.url] = {"dev/Dockerfile": "FROM a\n", "x": "1"}
    assert git.clone(ONE, WANTED, None, 0.1).state is ContentState.READY
    file, folder, nothing = git.at(ONE.workspace, ["dev/Dockerfile", "dev", "missing"])
    assert (file.text, file.folder, folder.folder, nothing.id) == ("FROM a\n", False, True, "")
    git.files[WANTED.url]["dev/more"] = "2"
    assert git.at(ONE.workspace, ["dev"])[0].id != folder.id
    assert git.at("another", ["x"])[0].id == ""


def test_a_repository_that_is_missing_is_no_clone():
    git = FakeRepositories()
    git.missing.add(WANTED.url)
    failed = git.clone(ONE, WANTED, None, 0.1)
    assert failed.problem is not None
    assert failed.problem.code == "repository_missing"
