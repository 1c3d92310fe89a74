"""The IDE's process, and the rest after it has exited."""

import os
import sys
import time
from pathlib import Path

import pytest

from supervisor.core.config import Config
from supervisor.host.ahead import begin
from supervisor.subjects.context import Context
from supervisor.subjects.ide import IdeSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.ides import Ide
from wire.phases import Condition, StepState


async def test_it_starts_once_and_rests_after_its_exit(context):
    one = IdeSubject(context)
    now = time.monotonic()
    assert one.not_before(now) <= now
    one.start(wish(repository="/"), now)
    assert one.not_before(now) > now + 60
    await until(lambda: one.process.running)
    one.process.stop()
    await until(lambda: one.observed()["ide_restarts"] == 1)
    assert one.not_before(time.monotonic()) < now + 60


async def test_exits_in_a_loop_are_a_condition(context):
    one = IdeSubject(context)
    now = time.monotonic()
    for _ in range(5):
        one.process.restarts = one.process.restarts.exited(now)
    assert Condition.IDE_FAILING in one.failing(now)
    assert one.failing(now + 3600) == {}


async def test_jupyterlab_that_is_not_there_is_a_condition_and_opens_the_terminals(context):
    one = IdeSubject(context)
    assert context.accept(wish(repository="/", ide="jupyterlab"))
    assert "podium ide build jupyterlab" in one.failing(0.0)[Condition.IDE_MISSING]
    one.open_doorway()
    await until(lambda: one.doorway.is_open)
    one.doorway.close()
    one.jupyterlab = True
    assert one.failing(0.0) == {}
    one.start(wish(repository="/", ide="jupyterlab"), time.monotonic())
    assert one.kind is Ide.JUPYTERLAB
    await until(lambda: one.process.running)
    one.process.stop()


async def test_it_tells_its_windows_what_the_file_asks_for(context):
    told = IdeSubject(context, lambda: Config(extensions=["a.b"])).told()
    assert (told["state"], told["restarts"], told["why"]) == (StepState.WAITING, 0, "")
    assert told["extensions"] == ["a.b"]


async def test_terminals_take_its_place_and_it_comes_back(context):
    one = IdeSubject(context)
    assert context.accept(wish(repository="/", ide="vscode"))
    one.start(wish(repository="/"), time.monotonic())
    await until(lambda: one.process.running)
    assert context.accept(wish(repository="/", ide="terminal", version=2))
    one.leave()
    one.leave()
    await until(lambda: one.process.running is None)
    assert one.process.restarts.total == 0
    assert one.not_before(time.monotonic()) <= time.monotonic(), "it may come back at once"
    assert one.report.state is StepState.WAITING
    one.open_doorway()
    one.open_doorway()
    await until(lambda: one.doorway.is_open)
    assert (one.report.state, one.report.detail) == (StepState.DONE, "terminals answer")
    one.start(wish(repository="/"), time.monotonic())
    await until(lambda: one.process.running)
    assert not one.doorway.is_open
    one.process.stop()


async def test_the_way_is_not_opened_for_what_is_no_longer_wanted(context):
    one = IdeSubject(context)
    assert context.accept(wish(ide="vscode"))
    one.open_doorway()
    await until(lambda: not one.opening)
    assert not one.doorway.is_open


@pytest.mark.parametrize(
    ("wanted", "stays"),
    [
        (wish(ide="vscode"), True),
        (wish(ide="terminal"), False),
        (wish(ide=""), False),
        (wish(ide="vscode", headless=True), False),
    ],
)
async def test_vs_code_that_was_begun_ahead_stays_only_when_it_is_wanted(
    settings, account, tmp_path, wanted, stays
):
    script = tmp_path / "ahead.py"
    script.write_text("import sys; sys.stdin.read()")
    begun = begin({}, [sys.executable, str(script)], str(tmp_path / "ide.log"), os.getuid())
    context = Context(settings, "the-token", 0.0, begun)
    context.account = account
    context.reaper.install()
    one = IdeSubject(context)
    one.receive(wanted)
    if stays:
        assert Path(f"/proc/{begun.pid}").exists()
        one.process.forgo()
    await until(lambda: not Path(f"/proc/{begun.pid}").exists())
