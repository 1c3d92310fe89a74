"""Before a start is resolved, and after its end, its workspace shows what the next one opens."""

from app.ides.reading import built_in
from app.workspaces.opened import editor_of, opened_of, trees_of
from tests.app.workspaces.control import Control
from wire.ids import InstanceId


async def test_what_is_written_down_counts_while_the_start_lives(control: Control) -> None:
    made = await control.create()
    async with control.store.change() as change:
        found = await change.exactly(InstanceId(made.id, 1))
        assert found is not None
        row, instance = found
        assert (opened_of(instance), trees_of(instance)) == (None, {})
        assert editor_of(row, None, built_in()).id == "vscode"
        instance.editor = {"ide": "terminal", "trees": {"code": "d1"}}
        assert editor_of(row, instance, built_in()).id == "terminal"
        assert trees_of(instance) == {"code": "d1"}
        instance.live = False
        assert (editor_of(row, instance, built_in()).id, trees_of(instance)) == ("vscode", {})
