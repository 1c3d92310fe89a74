"""Plays the supervisors of a fake runtime, so that a development server shows whole starts.

Only `python -m app --fake` uses it. Each running container connects, checks out
and starts its IDE after a pause, through the same code as a real agent link.
"""

import asyncio
from itertools import count
from math import sin

from msgspec.structs import replace

from app.runtime.fake import FakeRuntime
from app.runtime.port import ContainerState
from app.workspaces.agents import Agents
from kit.tasks import Tasks
from wire.agent import Activity, Beats, Observed, SaidLine, StepReport
from wire.git import GitState
from wire.ids import InstanceId
from wire.phases import StepState
from wire.usage import Usage

PAUSE = 0.7
"""Seconds between the steps: slow enough to watch, fast enough to work with."""


async def play(runtime: FakeRuntime, agents: Agents, pause: float = PAUSE) -> None:
    """Follow the runtime for ever and play a supervisor for each container."""
    tasks, playing = Tasks(), set[str]()
    try:
        async for observation in runtime.watch():
            for container in observation.containers:
                name = str(container.instance)
                if container.state is ContainerState.RUNNING and name not in playing:
                    playing.add(name)
                    tasks.spawn(
                        _start(runtime, container.instance, agents, pause), f"rehearsal-{name}"
                    )
    finally:
        await tasks.close()


async def _start(runtime: FakeRuntime, instance: InstanceId, agents: Agents, pause: float) -> None:
    name = str(instance)
    await asyncio.sleep(pause)
    if await agents.connected(name) is None:
        return
    working = StepReport(state=StepState.WORKING, detail="checking out main")
    done = StepReport(state=StepState.DONE, took=pause, detail="main, 214 files")
    ide = StepReport(state=StepState.DONE, took=pause, detail="VS Code answers")
    scenes = (
        Observed(version=1, checkout=working),
        Observed(version=2, checkout=done, ide=StepReport(state=StepState.WORKING)),
        Observed(
            version=3,
            checkout=done,
            ide=ide,
            said=SAID,
            git=GitState(uncommitted=3, unpushed=1),
            beats=Beats(count=1, last=Activity.IDE),
        ),
    )
    for scene in scenes:
        await asyncio.sleep(pause)
        await agents.observed(name, scene)
    for version in count(scenes[-1].version + 1):
        if instance not in runtime.containers:
            return
        await asyncio.sleep(3 * pause)
        await agents.observed(name, replace(scenes[-1], version=version, usage=_usage(version)))


def _usage(version: int) -> Usage:
    """Return figures that go up and down, for drawings."""
    wave = (1 + sin(version / 3)) / 2
    return Usage(
        cpu=round(0.1 + 1.4 * wave, 3),
        cores=2.0,
        memory=int(6e8 + 5e8 * wave),
        memory_limit=4 << 30,
        processes=31,
        disk=1_240_000_000,
        disk_free=83_000_000_000,
    )


SAID = [SaidLine(at=0.0, source="checkout", text="Switched to and reset branch 'main'")]
