from pathlib import PurePosixPath

from app.imagebuilds.assembly import Ground, assemble
from app.runtime.port import Credentials
from tests.app.imagebuilds.yard import Yard
from wire.layout import Layout


async def test_the_parts_know_one_another(yard: Yard, tmp_path):
    async def nothing(_person: str, _url: str) -> Credentials:
        return Credentials()

    made = assemble(
        Ground(
            database=yard.database,
            clock=yard.clock,
            layout=Layout(PurePosixPath(tmp_path), PurePosixPath(tmp_path)),
            content=yard.node,
            looks=yard.node,
            token_of=yard.builds.token_of,
            hash_of=lambda token: token,
            parts=lambda: None,
            images=dict,
            credentials=nothing,
            personal=yard,
            most=1,
            keep=1.0,
        )
    )
    order = await yard.order()
    standing = await made.builds.begin(order)
    await made.truth.advance(reachable=True)
    assert await made.working.plan(standing.id) is None
    assert made.logs.append(standing.id, 0, b"x") == 1
