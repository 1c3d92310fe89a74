"""`gp init`."""

import argparse
import io

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.initialise import init, text_of
from supervisor.core.gitpodfile import parse
from supervisor.core.inference import Found


def run(folder, *, interactive=False):
    found = argparse.Namespace(interactive=interactive)
    environment = {"GITPOD_REPO_ROOT": str(folder), "PODIUM_HOST": "https://p.org"}
    assert init(found, Client("none"), environment) == 0
    return (folder / ".gitpod.yml").read_text()


def test_what_the_repository_seems_to_need_is_written(tmp_path):
    (tmp_path / "package.json").write_text('{"scripts": {"build": "a", "start": "b"}}')
    text = run(tmp_path)
    assert text.startswith("# yaml-language-server: $schema=https://p.org/schemas/gitpod.json\n")
    config = parse(".gitpod.yml", text)
    assert config.faults == []
    assert (config.tasks[0].init, config.tasks[0].command) == (
        "npm install && npm run build",
        "npm run start",
    )
    with pytest.raises(NotServed, match="already"):
        run(tmp_path)


@pytest.mark.parametrize("image", ["gitpod/workspace-full", ".gitpod.Dockerfile", 'x"\n: {'])
def test_an_image_is_asked_for(image, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{image}\n"))
    config = parse(".gitpod.yml", run(tmp_path, interactive=True))
    assert config.faults == []
    assert config.image is not None
    assert image.split("\n")[0] in {config.image.name, config.image.dockerfile}


def test_an_empty_repository_gets_a_task_to_be_replaced():
    (task,) = parse(".gitpod.yml", text_of(Found(), "", "")).tasks
    assert task.command.startswith("echo")
