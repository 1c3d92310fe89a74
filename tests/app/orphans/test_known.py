"""What the database says of names, however many there are."""

from app.orphans.judging import Known
from app.orphans.known import known
from app.runtime.holdings import Held, Kind
from tests.app.orphans.conftest import Found


async def test_many_names_are_asked_about_in_parts(found: Found) -> None:
    workspace = found.safe.workspace
    held = [Held(kind=Kind.TREE, name=f"dusty-wren-{n:010}") for n in range(1200)]
    held += [Held(kind=kind, name=workspace) for kind in (Kind.TREE, Kind.POINTS)]
    held += [Held(kind=Kind.FROZEN, name="s")]
    names, restored = await known(found.safe.control.database, held)
    mine = Known(deleted_at=None, content=True, points=True)
    assert names == {(Kind.TREE, workspace): mine, (Kind.POINTS, workspace): mine}
    assert restored is None
