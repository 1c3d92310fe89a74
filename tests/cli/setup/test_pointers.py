import json
from pathlib import Path

from cli.setup.pointers import add, note

RECORD = {"supervisor": "a", "vscode": "b", "image": "c"}


def test_the_record_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path):
    pointer = tmp_path / "artefacts.json"
    note(pointer, {**RECORD, "image": "old"})
    note(pointer, RECORD)
    assert json.loads(pointer.read_text()) == RECORD
    assert list(tmp_path.iterdir()) == [pointer]


def test_a_record_that_says_so_already_is_not_touched(tmp_path: Path):
    pointer = tmp_path / "artefacts.json"
    note(pointer, RECORD)
    before = pointer.stat().st_ino
    note(pointer, RECORD)
    assert pointer.stat().st_ino == before


def test_what_comes_later_is_added_to_the_same_parts_only(tmp_path: Path):
    pointer = tmp_path / "artefacts.json"
    assert not add(pointer, RECORD, {"full": "d"})
    note(pointer, {**RECORD, "other": "kept"})
    assert add(pointer, RECORD, {"full": "d"})
    assert json.loads(pointer.read_text()) == {**RECORD, "other": "kept", "full": "d"}
    note(pointer, {**RECORD, "image": "newer"})
    assert not add(pointer, RECORD, {"full": "d"})
    assert "full" not in json.loads(pointer.read_text())
