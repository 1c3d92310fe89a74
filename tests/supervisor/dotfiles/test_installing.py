"""Dotfiles in a home: a script that runs, links, and everything that can be wrong with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.dotfiles.installing import NotInstalled, install
from tests.githost import GitHost

NAME = "dots"


@pytest.fixture
def githost(tmp_path: Path) -> Iterator[GitHost]:
    folder = tmp_path / "git"
    folder.mkdir()
    with GitHost(folder) as host:
        host.make(NAME)
        yield host


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def keep(host: GitHost, files: dict[str, str], mode: int = 0o644) -> None:
    """Commit files into the repository."""
    for name, text in files.items():
        path = host.work(NAME) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
    host.commit(NAME, "Files")
    host.push(NAME)


def log(home: Path) -> str:
    return (home / ".dotfiles.log").read_text()


def test_the_script_runs_in_the_home(githost: GitHost, home: Path) -> None:
    keep(githost, {"install": "exit 1\n"})  # cannot be executed
    keep(githost, {"setup.sh": 'pwd > where\nprintf "alias ll=ls\\n" >> .bashrc\n'}, 0o755)
    assert install(githost.url(NAME), str(home)) == "setup.sh ran for 0 s."
    assert (home / "where").read_text() == f"{home}\n"
    assert (home / ".bashrc").read_text() == "alias ll=ls\n"
    assert (home / ".dotfiles" / ".git").is_dir()
    assert not (home / "README.md").exists()
    assert "# running setup.sh" in log(home)


def test_without_one_files_are_linked_and_nothing_is_replaced(githost: GitHost, home: Path) -> None:
    keep(githost, {".bashrc": "theirs", ".vimrc": "set nu", ".config/fish/config.fish": "x"})
    keep(githost, {"taken/file": "x"})
    (githost.work(NAME) / ".config" / "link").symlink_to("fish")
    keep(githost, {})
    (home / ".bashrc").write_text("mine")
    (home / "taken").write_text("a file")
    said = install(githost.url(NAME), str(home))
    assert said == "4 files linked, 2 of the home stayed."
    assert (home / ".bashrc").read_text() == "mine"
    assert (home / ".vimrc").readlink() == home / ".dotfiles/.vimrc"
    assert (home / ".config/fish/config.fish").read_text() == "x"
    assert not (home / ".config").is_symlink()
    assert (home / ".config/link/config.fish").read_text() == "x"
    assert not (home / ".git").exists()
    assert "# ~/.bashrc is there already and stays" in log(home)


def test_what_is_there_stays(githost: GitHost, home: Path) -> None:
    (home / ".dotfiles").mkdir()
    assert "is there already" in install(githost.url(NAME), str(home))
    assert not (home / ".dotfiles.log").exists()


def test_again_brings_what_is_newer_and_runs_it(githost: GitHost, home: Path) -> None:
    keep(githost, {"install.sh": "exit 3\n"}, 0o755)
    with pytest.raises(NotInstalled, match="ended with 3"):
        install(githost.url(NAME), str(home))
    keep(githost, {"install.sh": "echo mended > mended\n"}, 0o755)
    assert install(githost.url(NAME), str(home), again=True) == "install.sh ran for 0 s."
    assert (home / "mended").exists()
    assert "# failed: install.sh ended with 3" in log(home), "what was said before is kept"
    assert log(home).splitlines()[-1] == "# install.sh ran for 0 s."


def test_again_runs_what_is_there_where_nothing_can_be_brought(
    githost: GitHost, home: Path
) -> None:
    keep(githost, {"install.sh": "echo ran >> ran\n"}, 0o755)
    install(githost.url(NAME), str(home))
    githost.take_away(NAME)
    (home / ".dotfiles.log").write_text("x" * (1 << 20) + "x")
    install(githost.url(NAME), str(home), again=True)
    assert (home / "ran").read_text() == "ran\nran\n"
    assert "what is there is used" in log(home)
    assert "xx" not in log(home), "a long log begins anew"


def test_a_clone_that_is_refused_is_told_and_leaves_the_place_free(
    githost: GitHost, home: Path
) -> None:
    (home / ".dotfiles.new").mkdir()  # an earlier one was killed
    with pytest.raises(NotInstalled, match=r"'http.*none\.git/' not found"):
        install(githost.url("none"), str(home))
    assert sorted(one.name for one in home.iterdir()) == [".dotfiles.log"]
    assert "# failed: " in log(home)


def test_a_host_that_never_answers_is_given_up(githost: GitHost, home: Path) -> None:
    with pytest.raises(NotInstalled, match="The clone was not done within 0 s"):
        install(githost.url(NAME, "silent"), str(home), patience=0.2)
    assert not (home / ".dotfiles").exists()


def test_a_script_that_fails_or_never_ends_is_told(githost: GitHost, home: Path) -> None:
    keep(githost, {"install.sh": "echo no such thing >&2; exit 3\n"}, 0o755)
    with pytest.raises(NotInstalled, match=r"install\.sh ended with 3: no such thing$"):
        install(githost.url(NAME), str(home))
    assert "no such thing" in log(home)
    # what is waited for is a pipe that nobody writes to
    (home / ".dotfiles/install.sh").write_text("mkfifo p; cat p | cat\n")
    with pytest.raises(NotInstalled, match=r"install\.sh was not done within 0 s, and was ended"):
        install(githost.url(NAME), str(home), patience=0.4, again=True)


def test_a_home_without_git_says_so(
    githost: GitHost, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(NotInstalled, match="git cannot be started: No such file"):
        install(githost.url(NAME), str(home))


def test_a_log_that_leads_elsewhere_is_not_followed(githost: GitHost, home: Path) -> None:
    (home / ".dotfiles.log").symlink_to(home / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        install(githost.url(NAME), str(home))
    assert not (home / "elsewhere").exists()
