"""The played supervisors of a development server."""

from app.workspaces import rehearsal
from kit.tasks import Tasks
from tests.app.workspaces.control import Control
from wire.phases import Phase


async def test_every_start_comes_to_run_without_a_container(control: Control) -> None:
    tasks = Tasks()
    tasks.spawn(rehearsal.play(control.node, control.agents, pause=0.001), "rehearsal")
    try:
        async with control.reconciling():
            one, two = await control.create(), await control.create()
            await control.at(one.id, Phase.RUNNING)
            await control.at(two.id, Phase.RUNNING)
    finally:
        await tasks.close()
