from pathlib import Path

from cli.images.rootfs import add_user, bootstrap, clean, lists, still


def test_a_root_has_no_apt_and_no_manuals():
    command = bootstrap(["git", "ca-certificates"], ["deb http://x bookworm main"], Path("/r"))
    assert "--variant=essential" in command
    assert "--include=ca-certificates,git,usr-is-merged" in command
    assert "--dpkgopt=path-exclude=/usr/share/man/*" in command
    assert command[-3:] == ["bookworm", "/r", "deb http://x bookworm main"]


def test_what_is_of_the_day_or_of_the_machine_goes(tmp_path: Path):
    gone = [
        "var/log/apt/history.log",
        "var/cache/ldconfig/aux-cache",
        "var/lib/apt/lists/x",
        "etc/machine-id",
        "etc/passwd-",
        "usr/lib/python3.11/__pycache__/os.cpython-311.pyc",
        "usr/lib/python3.11/ensurepip/_bundled/pip.whl",
        "usr/lib/git-core/git-daemon",
        "usr/lib/x86_64-linux-gnu/perl/5.36/x.pm",
        "usr/lib/x86_64-linux-gnu/libperl.so.5.36",
    ]
    stays = [
        "etc/passwd",
        "usr/lib/x86_64-linux-gnu/perl-base/x.pm",
        "usr/lib/git-core/git",
        "usr/lib/python3.11/os.py",
        "var/lib/dpkg/status",
    ]
    for name in (*gone, *stays):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "var/log/link").symlink_to("apt")
    clean(tmp_path)
    assert [name for name in gone if (tmp_path / name).exists()] == []
    assert all((tmp_path / name).exists() for name in stays)
    assert list((tmp_path / "var/log").iterdir()) == []
    assert (tmp_path / "tmp").stat().st_mode & 0o7777 == 0o1777


def test_the_user_of_processes_is_added(tmp_path: Path):
    (tmp_path / "etc").mkdir()
    for name in ("passwd", "group"):
        (tmp_path / "etc" / name).write_text("root:x:0:\n")
    add_user(tmp_path)
    last = (tmp_path / "etc/passwd").read_text().splitlines()[-1]
    assert last == "podium:x:10001:10001::/nonexistent:/usr/sbin/nologin"
    assert (tmp_path / "etc/group").read_text().endswith("podium:x:10001:\n")


def test_every_time_is_the_epochs(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    still(tmp_path)
    assert {path.lstat().st_mtime for path in (tmp_path, *tmp_path.rglob("*"))} == {0.0}


def test_only_debians_own_lists_tell_its_state(tmp_path: Path):
    (tmp_path / "debian_InRelease").write_bytes(b"Signed\nOrigin: Debian\nDate: monday\n")
    monday = lists(tmp_path)
    (tmp_path / "other_InRelease").write_bytes(b"Signed\nOrigin: Somebody\nDate: tuesday\n")
    (tmp_path / "debian_Packages").write_bytes(b"\nOrigin: Debian\n")
    assert lists(tmp_path) == monday
    (tmp_path / "debian_InRelease").write_bytes(b"Signed\nOrigin: Debian\nDate: tuesday\n")
    assert lists(tmp_path) != monday
