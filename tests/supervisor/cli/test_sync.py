"""One task waits for another."""

import argparse
import threading
import uuid

from supervisor.cli.client import Client
from supervisor.cli.sync import done, place, wait


def test_waiting_ends_when_it_is_done(capsys):
    found = argparse.Namespace(name=f"test-{uuid.uuid4()}")
    codes: list[int] = []
    waiting = threading.Thread(target=lambda: codes.append(wait(found, Client("/none"), {})))
    try:
        waiting.start()
        assert not codes
        assert done(found, Client("/none"), {}) == 0
        waiting.join(30)
        assert codes == [0]
        assert wait(found, Client("/none"), {}) == 0
    finally:
        place(found.name).unlink()
    assert "is done" in capsys.readouterr().out


def test_the_file_is_the_one_that_scripts_know():
    assert str(place("x")) == "/tmp/gp-11f6ad8ec52a2984abaafd7c3b516503785c2072.done"
