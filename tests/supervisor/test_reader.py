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


def test_the_file_is_read(tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: a}]")
    config = read(str(tmp_path))
    assert (config.name, len(config.tasks)) == (".gitpod.yml", 1)


def test_the_older_name_is_read_as_well(tmp_path):
    (tmp_path / ".gitpod").write_text("tasks: [{command: a}]")
    assert read(str(tmp_path)).name == ".gitpod"


def test_without_a_file_nothing_is_asked_for_and_nothing_is_wrong(tmp_path):
    assert read(str(tmp_path)) == Config()
    assert read(str(tmp_path / "none")) == Config()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_none(make, tmp_path):
    make(tmp_path / ".gitpod.yml")
    assert read(str(tmp_path)).tasks == []


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"\xff\xfe", "is no text in UTF-8"), (b"#" * (LARGEST + 1), "is larger than 256 KiB")],
)
def test_what_cannot_be_read_is_a_fault(content, cause, tmp_path):
    (tmp_path / ".gitpod.yml").write_bytes(content)
    assert [one.cause for one in read(str(tmp_path)).faults] == [cause]


def test_a_process_of_its_own_tells_it_as_json(tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: a}]")
    command = [sys.executable, "-m", "supervisor.reader", str(tmp_path)]
    said = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True).stdout
    assert msgspec.json.decode(said, type=Config) == read(str(tmp_path))
