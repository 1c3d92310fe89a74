"""Files of an archived workspace that are on its node after all."""

from app.runtime.port import ContentState, ContentStatus
from app.workspaces.archiving import NOTHING_SAFE
from tests.app.content.conftest import Safe
from tests.app.content.test_archives import FILE, archived, row_of, wished
from tests.waiting import until
from wire.ids import InstanceId


async def test_files_that_the_node_still_has_are_not_replaced(safe: Safe) -> None:
    """A platform out of a backup says that it is archived, and it was opened since."""
    await wished(safe)
    await archived(safe)
    since = ContentStatus(instance=InstanceId(safe.workspace, 2), state=ContentState.SEALED)
    safe.control.node.put(since)
    safe.files[FILE] = b"written since"
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await until(lambda: _looked(safe))
    row = await row_of(safe)
    assert (row.content, row.archived_at, row.wish) == ("present", None, "running")
    assert row.backed_up_stop == NOTHING_SAFE
    assert safe.files == {FILE: b"written since"}
    assert "Its files are still on the node: they stay." in await safe.history()


async def _looked(safe: Safe) -> bool:
    await safe.content.loop.once()
    return not (await row_of(safe)).restoring
