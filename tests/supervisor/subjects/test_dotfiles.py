"""Dotfiles of a workspace: installed beside everything else, and told when they were not."""

from pathlib import Path

import pytest

from supervisor.api.endpoint import Call, Refused
from supervisor.subjects.dotfiles import DotfilesSubject
from supervisor.subjects.resources import ResourcesSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.phases import Condition

CALL = Call("POST", "/v1/dotfiles/install")
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
    assert "does not exist. ~/.dotfiles.log has all that was said; `gp dotfiles" in told
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


async def test_what_has_failed_is_run_again_by_the_next_start_and_by_hand(context, vitals):
    folder = Path(context.account.home, ".dotfiles")
    folder.mkdir()
    script = folder / "install.sh"
    script.write_text("#!/bin/sh\nexit 3\n")
    script.chmod(0o755)
    Path(context.account.home, ".dotfiles.log").write_text("# failed: x\n")
    one = DotfilesSubject(context, vitals)
    context.desired = wish(dotfiles="/none")
    one.receive(context.desired)
    await until(one.installing)
    with pytest.raises(Refused, match="being installed") as refused:
        await one.again(CALL)
    assert refused.value.code == "dotfiles_busy"
    await until(lambda: one.observed()["conditions"])
    assert await one.again(CALL) == {"said": "install.sh ended with 3", "failed": True}
    script.write_text("#!/bin/sh\n")
    assert (await one.again(CALL))["failed"] is False
    assert one.observed() == {"conditions": {}}


async def test_by_hand_there_must_be_some(context, vitals):
    context.desired = wish()
    with pytest.raises(Refused, match="You have chosen none") as refused:
        await DotfilesSubject(context, vitals).again(CALL)
    assert refused.value.code == "no_dotfiles"
