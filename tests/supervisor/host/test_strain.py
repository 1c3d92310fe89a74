"""Measurements become a day, warnings, and the record of what was killed."""

import json
import os
from pathlib import Path

import pytest

from supervisor.host.strain import Strain, held_back, killed_names, sizes
from wire.phases import Condition
from wire.usage import Usage

FULL = Usage(cpu=0.1, memory=95, memory_limit=100)
FREE = Usage(cpu=0.1, memory=5, memory_limit=100)


def test_what_runs_out_is_said_in_the_log_and_stays_a_condition(tmp_path: Path) -> None:
    said: list[str] = []
    strain = Strain(said.append, killed=str(tmp_path / "killed"))
    strain.look(FREE, 0, 0)
    assert strain.look(FULL, 0, 0)
    assert said == [strain.conditions[Condition.MEMORY_LOW]]
    assert "most of it by " in said[0]
    strain.look(FULL, 0, 0)
    assert (len(said), list(strain.conditions)) == (1, [Condition.MEMORY_LOW])
    assert strain.look(FREE, 0, 0)
    assert strain.conditions == {}


def test_a_disk_that_is_nearly_full_is_a_condition(tmp_path: Path) -> None:
    said: list[str] = []
    strain = Strain(said.append, killed=str(tmp_path / "killed"))
    strain.look(Usage(cpu=0.0, disk_free=500_000_000), 0, 10**11)
    assert strain.conditions == {Condition.DISK_LOW: "Only 500 MB of the disk are free."}
    assert said == list(strain.conditions.values())


def test_a_kill_has_the_name_that_the_node_tells(tmp_path: Path) -> None:
    said: list[str] = []
    killed = tmp_path / "killed"
    strain = Strain(said.append, killed=str(killed))
    strain.look(FREE, 1, 0)
    assert said == []
    killed.write_text(json.dumps([{"number": 4, "name": "python3"}]))
    assert strain.look(FREE, 1, 0)
    assert said[-1].startswith("python3 was killed")
    assert strain.conditions == {Condition.PROCESS_KILLED: said[-1]}


@pytest.mark.parametrize("wrong", ["", "{", "[1]", '[{"number": 1}]', "3"])
def test_names_that_cannot_be_read_are_none(tmp_path: Path, wrong: str) -> None:
    assert killed_names(str(tmp_path / "nothing")) == []
    (tmp_path / "killed").write_text(wrong)
    assert killed_names(str(tmp_path / "killed")) == []


def test_processes_are_seen_with_their_size() -> None:
    name, size = sizes("/proc")[os.getpid()]
    assert name
    assert size > 1 << 20
    assert 1 not in sizes("/proc")


@pytest.mark.parametrize(("text", "held"), [("4096", 4096), ("0", 0), ("", 0), ("much", 0)])
def test_what_the_machine_has_no_room_for_is_read(tmp_path, text, held):
    assert held_back(str(tmp_path / "held")) == 0
    (tmp_path / "held").write_text(text)
    assert held_back(str(tmp_path / "held")) == held
