"""Log lines are whole JSON objects, and writing them never hurts."""

import io
import json
import sys

from supervisor.host.journal import note


def test_a_line_is_one_json_object(capsys):
    note("ide_exited", code=-9, why={"a"})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["process"], line["code"]) == ("ide_exited", "supervisor", -9)
    assert line["timestamp"] > 1_700_000_000


def test_a_newline_in_a_fact_stays_in_its_line(capsys):
    note("checkout_failed", detail="one\ntwo")
    assert capsys.readouterr().err.count("\n") == 1


def test_a_full_disk_is_survived(monkeypatch):
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    note("anything")
