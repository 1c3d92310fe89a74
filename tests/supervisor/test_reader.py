"""The process that reads .gitpod.yml."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from supervisor.core.config import Config
from supervisor.reader import LARGEST, read

CHECKOUT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"WHO": "ada"}


def test_the_file_is_read(tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: a}]")
    config = read(str(tmp_path), ENVIRONMENT)
    assert (config.name, len(config.tasks)) == (".gitpod.yml", 1)


def test_the_older_name_is_read_as_well(tmp_path):
    (tmp_path / ".gitpod").write_text("tasks: [{command: a}]")
    assert read(str(tmp_path), ENVIRONMENT).name == ".gitpod"


def test_without_a_file_nothing_is_asked_for_and_nothing_is_wrong(tmp_path):
    assert read(str(tmp_path), ENVIRONMENT) == Config()
    assert read(str(tmp_path / "none"), {}) == Config()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_none(make, tmp_path):
    make(tmp_path / ".gitpod.yml")
    assert read(str(tmp_path), ENVIRONMENT).tasks == []


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"\xff\xfe", "is no text in UTF-8"), (b"#" * (LARGEST + 1), "is larger than 256 KiB")],
)
def test_what_cannot_be_read_is_a_fault(content, cause, tmp_path):
    (tmp_path / ".gitpod.yml").write_bytes(content)
    assert [one.cause for one in read(str(tmp_path), ENVIRONMENT).faults] == [cause]


def test_a_process_of_its_own_tells_it_as_json(tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: a}]")
    command = [sys.executable, "-m", "supervisor.reader", str(tmp_path)]
    said = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True).stdout
    assert msgspec.json.decode(said, type=Config) == read(str(tmp_path), ENVIRONMENT)


def test_a_text_that_json_cannot_hold_is_a_fault(tmp_path):
    (tmp_path / ".gitpod.yml").write_text('tasks: [{command: "\\ud800"}]')
    command = [sys.executable, "-m", "supervisor.reader", str(tmp_path)]
    said = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True).stdout
    assert [one.cause for one in msgspec.json.decode(said, type=Config).faults] == [
        "a text in it has half a character"
    ]


def test_a_devcontainer_is_read_where_there_is_no_other_file(tmp_path):
    (tmp_path / ".devcontainer.json").write_text('{"containerEnv": {"A": "${localEnv:WHO}"}}')
    found = read(str(tmp_path), ENVIRONMENT)
    assert (found.name, found.env, found.unfollowed) == (".devcontainer.json", {"A": "ada"}, [])


def test_of_both_the_gitpod_file_counts_and_the_other_is_told(tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: a}]")
    (tmp_path / ".devcontainer.json").write_text('{"postStartCommand": "b"}')
    found = read(str(tmp_path), ENVIRONMENT)
    assert [one.command for one in found.tasks] == ["a"]
    assert found.told_unfollowed() == (
        ".devcontainer.json line 1: is not followed: .gitpod.yml is there and counts alone"
    )


def test_of_several_devcontainers_the_first_counts(tmp_path):
    for name in ("web", "api"):
        (tmp_path / ".devcontainer" / name).mkdir(parents=True)
        (tmp_path / ".devcontainer" / name / "devcontainer.json").write_text("{}")
    found = read(str(tmp_path), ENVIRONMENT)
    assert found.name == ".devcontainer/api/devcontainer.json"
    assert [one.file for one in found.unfollowed] == [".devcontainer/web/devcontainer.json"]
    (tmp_path / ".devcontainer/devcontainer.json").write_text("{}")
    assert read(str(tmp_path), ENVIRONMENT).name == ".devcontainer/devcontainer.json"
