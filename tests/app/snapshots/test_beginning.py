"""What a workspace that begins as a snapshot has, and has not."""

from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.snapshots.beginning import begun, context_of
from tests.app.people import person
from tests.app.snapshots.conftest import Kept


async def test_the_code_goes_along_and_nothing_of_its_owners(kept: Kept) -> None:
    made = await kept.made()
    async with kept.control.database.write() as session:
        source = await session.get_one(WorkspaceRow, kept.workspace)
        source.variables, source.location, source.ide = {"A": "secret"}, "src/demo", "terminal"
        source.image = {"name": "private", "digest": "sha256:1"}
        context = context_of(source)
        row = await session.get_one(SnapshotRow, made.id)
        row.context = {**context, "checked_out": False}
        new = begun(row, person("bob"), 7.0)
    assert (new.owner_id, new.snapshot, new.created_at) == ("bob", made.id, 7.0)
    assert (new.url, new.location, new.ide) == (source.url, "src/demo", "terminal")
    assert (new.revision, new.checked_out) == (source.revision, True)
    assert (new.variables, new.image, new.port_settings, new.trusted) == ({}, {}, {}, False)
    assert new.id != source.id
    assert "secret" not in str(context)
