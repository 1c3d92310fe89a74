"""The trailer of a commit's message."""

import argparse

from supervisor.cli.client import Client
from supervisor.cli.trailer import add, with_trailer


def test_it_is_added_to_the_file_once(tmp_path):
    path = tmp_path / "message"
    path.write_text("First\n")
    found = argparse.Namespace(file=str(path))
    for _ in range(2):
        add(found, Client("none"), {"GITPOD_HOST": "https://podium.example.org:8443"})
    assert path.read_text() == "First\n\nTool: gitpod/podium.example.org\n"


def test_without_a_host_nothing_is_added(tmp_path):
    path = tmp_path / "message"
    path.write_text("First\n")
    add(argparse.Namespace(file=str(path)), Client("none"), {})
    assert path.read_text() == "First\n"


def test_it_stands_with_other_trailers():
    message = "First\n\nSigned-off-by: Ada <a@e.org>\n"
    assert with_trailer(message, "h.org") == f"{message}Tool: gitpod/h.org\n"
