import json
import stat
import subprocess
from pathlib import Path

import pytest

from cli.setup.image import Recipe, bootstrap, put_files
from tests.cli.setup.built import Built


def test_the_bootstrap_takes_the_hosts_sources_and_leaves_documents_out():
    command = bootstrap(["git", "sudo"], ["deb http://mirror.example bookworm main"], Path("/r"))
    assert command[-3:] == ["bookworm", "/r", "deb http://mirror.example bookworm main"]
    assert "--include=git,sudo" in command
    excluded = command.index("--dpkgopt=path-exclude=/usr/share/doc/*")
    kept = command.index("--dpkgopt=path-include=/usr/share/doc/*/copyright")
    assert excluded < kept


def test_a_line_is_a_package_or_one_file_of_it():
    recipe = Recipe("default", ["git", "docker.io:/usr/bin/docker"], {})
    assert recipe.installed == ["git"]
    assert recipe.taken == [("docker.io", "/usr/bin/docker")]


def test_files_are_readable_and_programs_can_be_run(tmp_path: Path):
    put_files({"etc/a.conf": b"a", "usr/libexec/x/b": b"#!/bin/sh\n"}, tmp_path)
    assert (tmp_path / "etc/a.conf").read_bytes() == b"a"
    assert (tmp_path / "etc/a.conf").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "usr/libexec/x/b").stat().st_mode & 0o777 == 0o755


def inside(root: Path, *words: str) -> str:
    confined = ["unshare", "--mount", "--pid", "--fork", "chroot", str(root), *words]
    return subprocess.run(confined, check=True, capture_output=True, text=True).stdout


@pytest.mark.root
def test_the_user_is_gitpod_with_a_home_and_sudo(built: Built):
    root = built.folder("images") / "rootfs"
    assert inside(root, "getent", "passwd", "gitpod").startswith("gitpod:x:33333:33333:")
    home = root / "home/gitpod"
    assert (home.stat().st_uid, home.stat().st_gid) == (33333, 33333)
    assert (home / ".bashrc").exists()
    assert inside(root, "sudo", "-u", "gitpod", "sudo", "id", "-u") == "0\n"
    assert (root / "usr/bin/sudo").stat().st_mode & stat.S_ISUID


@pytest.mark.root
def test_the_tools_of_the_list_are_there(built: Built):
    root = built.folder("images") / "rootfs"
    assert inside(root, "git", "--version").startswith("git version")
    inside(root, "python3", "-m", "venv", "--help")
    record = json.loads((built.folder("images") / "image.json").read_text())
    assert record["name"] == "default"
    assert "git" in record["packages"]


@pytest.mark.root
def test_node_and_docker_are_there_without_their_packages(built: Built):
    root = built.folder("images") / "rootfs"
    assert inside(root, "node", "--version").startswith("v24.")
    assert inside(root, "npm", "config", "get", "prefix").strip().endswith("/.local")
    assert "20.10" in inside(root, "docker", "--version")
    assert not (root / "usr/sbin/dockerd").exists()
    assert "1.29" in inside(root, "docker", "compose", "version")


@pytest.mark.root
def test_ids_can_be_mapped_within_the_workspaces_own(built: Built):
    root = built.folder("images") / "rootfs"
    assert "cap_setuid=ep" in inside(root, "getcap", "/usr/bin/newuidmap")
    assert not (root / "usr/bin/newuidmap").stat().st_mode & stat.S_ISUID
    for name in ("subuid", "subgid"):
        ranges = [line.split(":")[1:] for line in (root / "etc" / name).read_text().splitlines()]
        given = {one for first, size in ranges for one in range(int(first), int(first) + int(size))}
        assert given == set(range(1, 65536)) - {33333}


@pytest.mark.root
def test_nobody_on_the_host_reaches_the_images_programs(built: Built):
    folder = built.folder("images").parent
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.root
def test_nothing_of_the_host_stays_in_the_image(built: Built):
    root = built.folder("images") / "rootfs"
    for name in ("etc/hostname", "etc/resolv.conf", "etc/machine-id"):
        assert (root / name).read_text() == ""
    assert list((root / "var/lib/apt/lists").iterdir()) == []
    assert list((root / "proc").iterdir()) == []
