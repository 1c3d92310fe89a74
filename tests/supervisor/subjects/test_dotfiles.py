"""Dotfiles of a workspace: installed beside everything else, and told when they were not."""

from pathlib import Path

import pytest

from supervisor.subjects.dotfiles import DotfilesSubject
from supervisor.subjects.resources import ResourcesSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.phases import Condition

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def vitals(context, terminals, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    context.configured = {"PYTHONPATH": str(ROOT)}
    return ResourcesSubject(context, terminals.all, dict).vitals


async def test_what_cannot_be_cloned_is_a_condition_and_a_line(context, vitals):
    one = DotfilesSubject(context, vitals)
    one.receive(wish(dotfiles="/none/at/all"))
    assert one.observed() == {"conditions": {}}
    await until(lambda: one.observed()["conditions"])
    told = one.observed()["conditions"][Condition.DOTFILES_FAILED]
    assert told.startswith("Your dotfiles were not installed: fatal: repository '/none/at/all'")
    assert told.endswith("does not exist. ~/.dotfiles.log has all that was said.")
    [line] = vitals.said.lines
    assert (line.source, "does not exist" in line.text) == ("dotfiles", True)
    assert "does not exist" in Path(context.account.home, ".dotfiles.log").read_text()


async def test_nothing_is_done_for_nobody_for_what_is_there_or_for_a_later_choice(context, vitals):
    for first in ("", "/none"):
        one = DotfilesSubject(context, vitals)
        one.receive(wish(dotfiles=first, headless=True))
        one.receive(wish(dotfiles="/none"))
    Path(context.account.home, ".dotfiles").mkdir()
    DotfilesSubject(context, vitals).receive(wish(dotfiles="/none"))
    assert not Path(context.account.home, ".dotfiles.log").exists()
