"""Plays the supervisors of a fake runtime, so that a development server shows whole starts.

Only `python -m app --fake` uses it. Each running container connects, checks out
and starts its IDE after a pause, through the same code as a real agent link.
"""

import asyncio

from app.runtime.fake import FakeRuntime
from app.runtime.port import ContainerState
from app.workspaces.agents import Agents
from kit.tasks import Tasks
from wire.agent import Observed, StepReport
from wire.phases import StepState

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
                    tasks.spawn(_start(name, agents, pause), f"rehearsal-{name}")
    finally:
        await tasks.close()


async def _start(name: str, agents: Agents, pause: float) -> None:
    await asyncio.sleep(pause)
    if await agents.connected(name) is None:
        return
    working = StepReport(state=StepState.WORKING, detail="checking out main")
    done = StepReport(state=StepState.DONE, took=pause, detail="main, 214 files")
    ide = StepReport(state=StepState.DONE, took=pause, detail="VS Code answers")
    scenes = (
        Observed(version=1, checkout=working),
        Observed(version=2, checkout=done, ide=StepReport(state=StepState.WORKING)),
        Observed(version=3, checkout=done, ide=ide),
    )
    for scene in scenes:
        await asyncio.sleep(pause)
        await agents.observed(name, scene)
