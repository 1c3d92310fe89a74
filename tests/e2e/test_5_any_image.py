"""A workspace runs in any image of a registry: musl, without Python, busybox and nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.imagehost import ImageHost, hostile, tar_of
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import Workspace, open_ide, open_workspace, type_in_terminal
from tests.e2e.patience import until
from tests.supervisor.roots import KINDS

ENV = ("PATH=/opt/tools:/usr/local/bin:/usr/bin:/bin", "TOOL_HOME=/opt/tools", "USER=nobody")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageHost]:
    host = ImageHost(tmp_path_factory.mktemp("registry"))
    yield host
    host.stop()


def pushed(images: ImageHost, folder: Path, kind: str) -> str:
    root = folder / "root"
    root.mkdir()
    KINDS[kind](root)
    tools = root / "opt/tools/only-here"
    tools.parent.mkdir(parents=True)
    tools.write_text("#!/bin/sh\necho out of $TOOL_HOME\n")
    tools.chmod(0o755)
    (root / "home/gitpod/.from-the-image").write_text(f"{kind}\n")
    return images.push(kind, tar_of(root), env=ENV)


def repository(installation: Installation, name: str, image: str) -> str:
    return make_repository(installation.repositories, name, {".gitpod.yml": f"image: {image}\n"})


def said(page: Page, installation: Installation, workspace: Workspace, command: str) -> str:
    """Run a command in VS Code's terminal and return what it wrote."""
    tree = installation.content(workspace.id) / "workspace"
    (tree / ".done").unlink(missing_ok=True)
    # an image may have no program beside its shell
    words = f"({command}) >/workspace/.said; echo >/workspace/.done"
    type_in_terminal(page, installation, workspace, words)
    until((tree / ".done").exists, timeout=30)
    return (tree / ".said").read_text()


def conditions(installation: Installation, workspace: str) -> dict[str, str]:
    return installation.podium_json("workspace", "show", workspace)["instance"]["conditions"]


def again(installation: Installation, url: str) -> None:
    """Open a second workspace: it is ready with nothing built, and nothing told."""
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    assert conditions(installation, made) == {}
    with closing(sqlite3.connect(str(installation.layout.database))) as database:
        built = "SELECT count(*) FROM image_builds WHERE url = ?"
        assert database.execute(built, (url,)).fetchone() == (0,)
    installation.podium("workspace", "delete", made, "--yes", "--wait")


def test_busybox_and_nothing_else_named_by_devcontainer_json(
    page: Page, installation: Installation, images: ImageHost, tmp_path: Path
) -> None:
    image = pushed(images, tmp_path, "busybox")
    text = f'{{\n\t// nothing but busybox\n\t"image": "{image}",\n}}\n'
    files = {".devcontainer/devcontainer.json": text}
    url = make_repository(installation.repositories, "in-busybox", files)
    opened = open_workspace(page, installation, url)
    try:
        words = said(page, installation, opened, "only-here; git status --short; env")
        assert words.startswith("out of /opt/tools\n")
        assert f"PODIUM_IMAGE={image}" in words.splitlines()
        assert conditions(installation, opened.id) == {}
        again(installation, url)
    finally:
        installation.podium("workspace", "delete", opened.id, "--yes", "--wait")


def test_musl_opens_with_terminal_and_vs_code_and_once_fetched_asks_nobody(
    page: Page, installation: Installation, images: ImageHost, tmp_path: Path
) -> None:
    image = pushed(images, tmp_path, "musl")
    url = repository(installation, "in-musl", image)
    opened = open_workspace(page, installation, url)
    try:
        words = said(page, installation, opened, "only-here; id -u; cat ~/.from-the-image; env")
        lines = words.splitlines()
        assert lines[:3] == ["out of /opt/tools", "33333", "musl"]
        assert {f"PODIUM_IMAGE={image}", "TOOL_HOME=/opt/tools", "USER=gitpod"} <= set(lines)
        assert said(page, installation, opened, "hello") == "linked with musl\n"
        assert conditions(installation, opened.id) == {}
        again(installation, url)
        images.stop()
        assert installation.podium("workspace", "stop", opened.id, "--wait").returncode == 0
        assert installation.podium("workspace", "start", opened.id, "--wait").returncode == 0
        open_ide(page, installation, opened)
        assert said(page, installation, opened, "hello") == "linked with musl\n"
        assert conditions(installation, opened.id) == {}
    finally:
        installation.podium("workspace", "delete", opened.id, "--yes", "--wait")


def test_an_image_that_is_hostile_or_missing_opens_the_default_one(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    host = ImageHost(tmp_path_factory.mktemp("hostile"))
    try:
        names = {"image_refused": host.push("hostile", hostile()), "image_unknown": ""}
        names["image_unknown"] = names["image_refused"].replace("hostile", "missing")
        for code, name in names.items():
            url = repository(installation, code.replace("_", "-"), name)
            made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
            told = conditions(installation, made)[code]
            assert told.startswith(f"{name}: ")
            assert told.endswith("The default image is used.")
            assert ("../../escaped" in told) is (code == "image_refused")
            installation.podium("workspace", "delete", made, "--yes", "--wait")
        assert not list(Path(installation.layout.home).glob("**/escaped"))
    finally:
        host.stop()
